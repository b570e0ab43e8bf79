/// find_duplicates: the pictures that a training must leave out, so that what it is judged by is new to it.
#include "emotion/find_duplicates.hpp"

#include <filesystem>
#include <iostream>
#include <utility>

#include "emotion/network.hpp"
#include "taut/data/fer2013.hpp"
#include "taut/data/image_folder.hpp"
#include "taut/data/picture_list.hpp"
#include "taut/io/atomic_file.hpp"

namespace emotion {

namespace {

struct Sides {
  taut::ImageDataset training, judged;
};

Sides read_sides(const std::filesystem::path& data) {
  constexpr taut::Shape face = EmotionNet::input_shape;
  if (std::filesystem::is_directory(data)) {
    taut::ImageFolder folder = taut::read_image_folder(data, face.d1, face.d2);
    return {std::move(folder.train), std::move(folder.test)};
  }
  taut::DataSplits splits = taut::read_fer2013_csv(data);
  for (taut::index_t i = 0; i < splits.test.size(); ++i) splits.validation.append(splits.test.image(i), splits.test.label(i));
  return {std::move(splits.train), std::move(splits.validation)};
}

}  // namespace

void find_duplicates(const DuplicateOptions& options) {
  const Sides sides = read_sides(options.data);
  const taut::PictureList list = taut::PictureList::recurring(sides.training, sides.judged);
  const taut::index_t training = sides.training.size() - list.removed_from(sides.training).size();
  const taut::index_t judged = sides.judged.size() - list.removed_from(sides.judged).size();
  taut::write_file_atomically(options.out, list.to_text("Fingerprints of the pictures that stand, exactly or nearly, both in the training "
                                                        "pictures and in those it is judged by"));
  std::cout << training << " of " << sides.training.size() << " training pictures recur in what they would be judged by, " << judged
            << " of " << sides.judged.size() << " there; " << options.out << " lists them\n";
}

}  // namespace emotion
