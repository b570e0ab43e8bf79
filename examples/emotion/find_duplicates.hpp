/// find_duplicates: the pictures that a training must leave out, so that what it is judged by is new to it.
#pragma once

#include <string>

namespace emotion {

struct DuplicateOptions {
  std::string data, out;
};

/// Writes the PictureList of what recurs between the training pictures and those that weights are chosen and judged by: PublicTest and
/// PrivateTest of a fer2013.csv, the test folder of folders.
void find_duplicates(const DuplicateOptions& options);

}  // namespace emotion
