#include <doctest/doctest.h>

#include "taut/core/fnv1a.hpp"

TEST_CASE("a fingerprint is the published function: FNV-1a, 64 bits") {
  taut::Fnv1a hash;
  CHECK(hash.hex() == "cbf29ce484222325");
  hash.add(std::uint64_t{0});
  CHECK(hash.hex() == "a8c7f832281a39c5");
}

TEST_CASE("a fingerprint tells lists apart that hold the same bytes") {
  taut::Fnv1a together, apart;
  together.add(std::string_view("abc"));
  apart.add(std::string_view("ab"));
  apart.add(std::string_view("c"));
  CHECK(together.value() != apart.value());
}
