// Texts that come from files, as errors show them.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "taut/core/quote.hpp"

using taut::detail::is_utf8;
using taut::detail::printable;
using taut::detail::quote;
using std::string_view_literals::operator""sv;

TEST_CASE("a quoted text stays one line of printable characters") {
  CHECK(quote("") == "\"\"");
  CHECK(quote("conv1.weight") == "\"conv1.weight\"");
  CHECK(quote("fröhlich, 嬉しい, 😀") == "\"fröhlich, 嬉しい, 😀\"");
  CHECK(quote("a\nb\tc\x1B[2J\x7F\0d"sv) == "\"a?b?c?[2J??d\"");
  CHECK(quote("\x89PNG\xFF\xC3_\xE5\xAC") == "\"?PNG??_??\"");  // no UTF-8
}

TEST_CASE("what isn't UTF-8 is known by RFC 3629's table") {
  CHECK(is_utf8("\u0000\u007F\u0080\u07FF\u0800\uD7FF\uE000\uFFFF\U00010000\U0010FFFF"sv));
  for (const std::string_view bytes : {"\x80"sv, "\xC1\xBF"sv, "\xE0\x9F\xBF"sv, "\xED\xA0\x80"sv, "\xF0\x8F\xBF\xBF"sv,
                                       "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xE2\x82"sv, "\xE2\x82\x28"sv}) {
    CHECK_FALSE(is_utf8(bytes));
    CHECK(printable(bytes).starts_with('?'));
    CHECK(printable(bytes).size() == bytes.size());
  }
}

TEST_CASE("a long text is cut, between two characters") {
  const std::string eighty(80, 'x');
  CHECK(quote(eighty) == "\"" + eighty + "\"");
  CHECK(quote(eighty + "y", 81) == "\"" + eighty + "y\"");
  CHECK(quote(eighty + "y") == "\"" + eighty + "…\"");
  CHECK(quote(std::string(79, 'x') + "ö") == "\"" + std::string(79, 'x') + "…\"");
  CHECK(quote(std::string(78, 'x') + "ö") == "\"" + std::string(78, 'x') + "ö\"");
  CHECK(quote(std::string(1 << 20, '\x80')) == "\"" + std::string(80, '?') + "…\"");
}
