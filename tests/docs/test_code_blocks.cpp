/// Every C++ block in README.md and docs/ stands, line by line, in a source that the build compiles.
/// The source is named in a comment right before the block: <!-- examples/first_network.cpp -->
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path root = fs::path(TAUT_TESTS_FOLDER).parent_path();

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file.good(), path.string());
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// Lines without the indentation that they share.
std::vector<std::string> unindented(std::vector<std::string> lines) {
  std::size_t shared = std::string::npos;
  for (const std::string& line : lines) {
    if (!line.empty()) shared = std::min(shared, line.find_first_not_of(' '));
  }
  for (std::string& line : lines) line.erase(0, std::min(shared, line.size()));
  return lines;
}

bool stands_in(const std::vector<std::string>& block, const std::vector<std::string>& source) {
  for (std::size_t begin = 0; begin + block.size() <= source.size(); ++begin) {
    const auto first = source.begin() + static_cast<std::ptrdiff_t>(begin);
    if (unindented({first, first + static_cast<std::ptrdiff_t>(block.size())}) == unindented(block)) return true;
  }
  return false;
}

void check_page(const fs::path& page, int& blocks) {
  const std::vector<std::string> lines = lines_of(page);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i] != "```cpp") continue;
    ++blocks;
    const std::string where = page.filename().string() + ", line " + std::to_string(i + 1);
    REQUIRE_MESSAGE(i > 0, where);
    const std::string& comment = lines[i - 1];
    REQUIRE_MESSAGE((comment.starts_with("<!-- ") && comment.ends_with(" -->")), where << ": the line before names no source");
    const std::string source = comment.substr(5, comment.size() - 9);
    CHECK_MESSAGE((source.starts_with("examples/") || source.starts_with("tests/") || source.starts_with("bench/")),
                  where << ": " << source << " is not compiled");
    std::vector<std::string> block;
    for (++i; i < lines.size() && lines[i] != "```"; ++i) block.push_back(lines[i]);
    CHECK_MESSAGE(stands_in(block, lines_of(root / source)), where << ": the block is not in " << source);
  }
}

}  // namespace

TEST_CASE("code blocks in the documentation come from compiled files") {
  int blocks = 0;
  check_page(root / "README.md", blocks);
  for (const auto& entry : fs::directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") check_page(entry.path(), blocks);
  }
  CHECK(blocks > 0);
}
