/// The errors that docs/faq.md explains are those that Taut has: each sentence, between its gaps, stands in a header, an example or a test.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path root = fs::path(TAUT_TESTS_FOLDER).parent_path();

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file.good(), path.string());
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What stands between backticks in the first cell of each row behind "## Errors", cut at the gaps "…".
std::vector<std::string> pieces_of_errors() {
  const std::string page = text_of(root / "docs/faq.md");
  std::vector<std::string> pieces;
  std::istringstream lines(page.substr(page.find("## Errors while compiling")));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find("| `"), end = line.find("` |");
    if (begin != 0 || end == std::string::npos) continue;
    const std::string gap = "…";
    std::string rest = line.substr(3, end - 3) + gap;
    for (std::size_t cut = rest.find(gap); cut != std::string::npos; cut = rest.find(gap)) {
      if (cut > 8) pieces.push_back(rest.substr(0, cut));
      rest.erase(0, cut + gap.size());
    }
  }
  return pieces;
}

}  // namespace

TEST_CASE("docs/faq.md: errors that exist") {
  std::string sources = text_of(root / "examples/02_shape_errors.cpp") + "xsimd/xsimd.hpp: No such file or directory";  // a compiler's own
  for (const char* const folder : {"include", "tests/compile_fail"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file()) sources += text_of(entry.path());
    }
  }
  const std::vector<std::string> pieces = pieces_of_errors();
  CHECK(pieces.size() >= 15);
  for (std::string piece : pieces) {
    // "the model" and "X" stand for a part that varies.
    for (const std::string varies : {"the model ", "X "}) {
      if (piece.starts_with(varies)) piece.erase(0, varies.size());
    }
    while (piece.ends_with(' ')) piece.pop_back();
    CHECK_MESSAGE(sources.find(piece) != std::string::npos, piece);
  }
}
