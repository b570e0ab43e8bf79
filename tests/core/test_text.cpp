/// Text, TextBuilder, type_name and Error: sentences.
#include <doctest/doctest.h>

#include <limits>
#include <string>

#include "taut/core/error.hpp"
#include "taut/core/text.hpp"
#include "taut/core/type_name.hpp"

namespace {

struct Garbage {};

constexpr taut::TextBuilder sentence() {
  taut::TextBuilder text;
  text << "layer " << taut::index_t{12} << " got " << taut::Shape{256, 3, 3};
  return text;
}

template <class... Parts>
std::string written(const Parts&... parts) {
  taut::TextBuilder text;
  (text << ... << parts);
  return std::string(text.view());
}

}  // namespace

TEST_CASE("a builder writes words, numbers and shapes") {
  static_assert(sentence().view() == "layer 12 got 256x3x3");
  CHECK(written(taut::index_t{0}) == "0");
  CHECK(written(std::numeric_limits<taut::index_t>::max()) == std::to_string(std::numeric_limits<taut::index_t>::max()));
  CHECK(written(taut::Shape{7}) == "7");
  CHECK(written(taut::Shape{1, 2, 3, 4}) == "1x2x3x4");
  CHECK(written("") == "");
}

TEST_CASE("a text is trimmed to its length and ends with a NUL") {
  constexpr auto text = taut::text_of<[] { return sentence(); }>();
  static_assert(sizeof(text.chars) == sentence().length + 1);
  CHECK(text.view() == "layer 12 got 256x3x3");
  CHECK(text.chars[text.view().size()] == '\0');
  constexpr auto none = taut::text_of<[] { return taut::TextBuilder{}; }>();
  CHECK(none.view().empty());
}

TEST_CASE("a type is named") {
  static_assert(taut::type_name<int>() == "int");
  CHECK(taut::type_name<Garbage>().find("Garbage") != std::string_view::npos);
  CHECK(taut::type_name<Garbage>().back() == 'e');
}

TEST_CASE("fail throws an Error of its parts") {
  CHECK_THROWS_WITH_AS(taut::fail("row ", 7, " of ", "a.csv", ": expected ", 2304, " pixels"), "row 7 of a.csv: expected 2304 pixels",
                       taut::Error);
  try {
    taut::fail("an error is a runtime_error");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()) == "an error is a runtime_error");
  }
}
