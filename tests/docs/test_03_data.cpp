/// The code of docs/03_data.md.
#include <doctest/doctest.h>

#include "taut/image.hpp"
#include "taut/taut.hpp"

TEST_CASE("docs/03_data.md: one word opens a data set") {
  const taut::DataSource source = taut::open_data("synthetic:280", 0.1, 42);
  const taut::ImageDataset& faces = source.splits.train;
  CHECK(faces.size() == 280);
  CHECK(faces.class_names().at(3) == "happy");
  CHECK(source.description.find("280 training") != std::string::npos);
}

TEST_CASE("docs/03_data.md: a data set of one's own") {
  taut::ImageDataset stripes(8, 8, {"horizontal", "vertical"});
  for (int i = 0; i < 10; ++i) {
    std::array<std::uint8_t, 64> image{};
    for (std::size_t pixel = 0; pixel < 64; ++pixel) image[pixel] = (i % 2 == 0 ? pixel / 8 : pixel) % 2 != 0 ? 255 : 0;
    stripes.append(image, i % 2);
  }
  CHECK(stripes.size() == 10);
  CHECK(stripes.class_counts() == std::vector<taut::index_t>{5, 5});
}
