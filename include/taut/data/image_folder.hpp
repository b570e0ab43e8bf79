/// read_image_folder: `train/<class>/*.jpg|jpeg|png` and `test/<class>/*`, a class a folder.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/image_file.hpp"

namespace taut {

/// What the folder holds; validation images are for split_validation to take from train.
struct ImageFolder {
  ImageDataset train, test;
};

namespace detail {

/// Entries by name, so that the order doesn't depend on the file system. Names that begin with a dot are the system's, not data.
inline std::vector<std::filesystem::path> sorted_entries(const std::filesystem::path& folder) {
  std::error_code problem;
  std::vector<std::filesystem::path> entries;
  for (std::filesystem::directory_iterator entry(folder, problem), end; !problem && entry != end; entry.increment(problem)) {
    if (!entry->path().filename().string().starts_with('.')) entries.push_back(entry->path());
  }
  if (problem) fail(folder.string(), ": can't read this folder (", problem.message(), ")");
  std::ranges::sort(entries);
  return entries;
}

inline std::vector<std::string> class_folders(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  if (!std::filesystem::is_directory(folder)) fail(folder.string(), ": expected a folder with one folder a class but found none");
  for (const std::filesystem::path& entry : sorted_entries(folder)) {
    if (!std::filesystem::is_directory(entry)) fail(entry.string(), ": expected a folder of one class's pictures but found a file");
    names.push_back(entry.filename().string());
  }
  if (names.empty()) fail(folder.string(), ": expected one folder a class but it is empty");
  return names;
}

inline bool has_image_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  for (char& letter : extension) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

inline ImageDataset read_class_folders(const std::filesystem::path& folder, const std::vector<std::string>& classes, index_t height,
                                       index_t width) {
  ImageDataset images(height, width, classes);
  for (index_t label = 0; label < classes.size(); ++label) {
    const std::filesystem::path class_folder = folder / classes[label];
    const std::vector<std::filesystem::path> files = sorted_entries(class_folder);
    if (files.empty()) fail(class_folder.string(), ": expected at least one picture but the folder is empty");
    for (const std::filesystem::path& file : files) {
      if (!has_image_extension(file)) fail(file.string(), ": expected a picture (.jpg, .jpeg or .png) but found something else");
      images.append(read_gray_image(file, height, width).pixels, static_cast<std::int32_t>(label));
    }
  }
  return images;
}

}  // namespace detail

/// Classes are the folders of train by name, files are read by name, and every picture is brought to height × width, gray.
inline ImageFolder read_image_folder(const std::filesystem::path& path, index_t height, index_t width) {
  if (!std::filesystem::is_directory(path)) fail(path.string(), ": expected a folder with train/<class>/ and test/<class>/ but found none");
  const std::filesystem::path train = path / "train", test = path / "test";
  const std::vector<std::string> classes = detail::class_folders(train), test_classes = detail::class_folders(test);
  for (const std::string& name : test_classes) {
    if (!std::ranges::binary_search(classes, name)) fail((test / name).string(), ": unknown class, train has none of this name");
  }
  for (const std::string& name : classes) {
    if (!std::ranges::binary_search(test_classes, name)) fail((test / name).string(), ": missing class, train has it");
  }
  return {detail::read_class_folders(train, classes, height, width), detail::read_class_folders(test, classes, height, width)};
}

}  // namespace taut
