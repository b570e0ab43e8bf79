/// Text: sentences composed while compiling, to be read in an error message or a model summary.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string_view>

#include "taut/core/shape.hpp"

namespace taut {

/// A string that may be a template argument.
template <std::size_t Length>
struct Text {
  char chars[Length + 1];

  constexpr std::string_view view() const { return {chars, Length}; }
};

/// A constexpr stream for words, numbers and shapes; more than 511 characters end the compilation.
struct TextBuilder {
  char chars[512]{};
  std::size_t length = 0;

  constexpr std::string_view view() const { return {chars, length}; }

  constexpr TextBuilder& operator<<(std::string_view words) {
    for (char letter : words) append(letter);
    return *this;
  }
  constexpr TextBuilder& operator<<(const char* words) { return *this << std::string_view{words}; }
  constexpr TextBuilder& operator<<(index_t number) {
    char digits[20]{};
    int count = 0;
    do {
      digits[count++] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    while (count != 0) append(digits[--count]);
    return *this;
  }
  constexpr TextBuilder& operator<<(const Shape& shape) {
    for (int axis = 0; axis < shape.rank(); ++axis) {
      if (axis != 0) *this << "x";
      *this << shape[axis];
    }
    return *this;
  }

 private:
  constexpr void append(char letter) {
    if (length == sizeof(chars)) throw std::length_error("a text of more than 512 characters");
    chars[length++] = letter;
  }
};

/// Runs `Write` while compiling and trims its text to fit.
template <auto Write>
consteval auto text_of() {
  constexpr TextBuilder written = Write();
  Text<written.length> text{};
  for (std::size_t i = 0; i < written.length; ++i) text.chars[i] = written.chars[i];
  text.chars[written.length] = '\0';  // clang prints a char array as words only if every element was assigned
  return text;
}

}  // namespace taut
