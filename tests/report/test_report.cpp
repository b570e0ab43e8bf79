/// Pictures and the report page: well-formed, complete in themselves, saying what they were told.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "support/temporary_directory.hpp"
#include "taut/report/report.hpp"

namespace {

/// Whether every element of `xml` is closed by its like, in order; enough to catch a text that was not escaped.
bool is_well_formed(const std::string& xml) {
  std::vector<std::string> open;
  for (std::size_t i = 0; i < xml.size(); ++i) {
    if (xml[i] == '>') return false;
    if (xml[i] == '&' && (xml.find(';', i) == std::string::npos || xml.find(';', i) > i + 6)) return false;
    if (xml[i] != '<') continue;
    const std::size_t end = xml.find('>', i);
    if (end == std::string::npos) return false;
    const std::string tag = xml.substr(i + 1, end - i - 1);
    const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
    if (tag.find('<') != std::string::npos) return false;
    if (tag[0] == '/') {
      if (open.empty() || open.back() != tag.substr(1)) return false;
      open.pop_back();
    } else if (tag[0] != '!' && tag.back() != '/' && name != "meta") {
      open.push_back(name);
    }
    i = end;
  }
  return open.empty();
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

taut::Report example() {
  taut::Report report{.title = "Cats & <dogs>", .summary = "Stopped: \"enough\""};
  for (taut::index_t epoch = 1; epoch <= 12; ++epoch) {
    const double e = static_cast<double>(epoch);
    report.records.push_back({.epoch = epoch,
                              .train_loss = 2 / e,
                              .train_accuracy = 1 - 1 / (1 + e),
                              .validation_loss = 2.5 / e,
                              .validation_accuracy = epoch == 7 ? 0.8125 : 0.5,
                              .learning_rate = 1e-3,
                              .seconds = 10,
                              .images_per_second = 1234});
  }
  report.best_epoch = 7;
  report.class_names = {"cat<s>", "dogs & co"};
  taut::ConfusionMatrix matrix(2);
  matrix.add(0, 0, 30);
  matrix.add(0, 1, 10);
  matrix.add(1, 1, 2000);
  report.evaluations.push_back({"Test", matrix, {{"PNG", "dogs & co", "cat<s>", 0.9876}}});
  report.settings = {{"data", "a/<b>/c"}, {"seed", "42"}};
  report.input_shape = "3x32x32";
  report.layers = {{"0", "Conv2d<8, 3, Padding{1}>", "8x32x32", 224, 221184, 0}, {"1", "ReLU", "8x32x32", 0, 0, 0},
                   {"2", "Flatten", "8192", 0, 0, 1},                           {"3", "Linear<2>", "2", 16386, 16384, 1}};
  report.memory_plan = "parameters  64.9 KiB\n";
  return report;
}

}  // namespace

TEST_CASE("what stands in pictures is escaped") {
  CHECK(taut::xml_escaped("a<b> & \"c\" 'd'\x01") == "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39; ");
  CHECK(taut::coordinate(1.5) == "1.5");
  CHECK(taut::coordinate(100) == "100");
  CHECK(taut::coordinate(-0.001) == "0");
  CHECK(taut::coordinate(2.0 / 3) == "0.67");
  CHECK(taut::coordinate(std::nan("")) == "0");
}

TEST_CASE("ticks are round, enclose their range and tell themselves apart") {
  const auto check = [](double low, double high, std::vector<double> expected, int decimals) {
    const taut::Ticks ticks = taut::enclosing_ticks(low, high, 5);
    REQUIRE(ticks.values.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(ticks.values[i] == doctest::Approx(expected[i]));
    CHECK(ticks.decimals == decimals);
  };
  check(23, 97, {20, 40, 60, 80, 100}, 0);
  check(0.2, 1.9, {0, 0.5, 1, 1.5, 2}, 1);
  check(0.31, 0.36, {0.31, 0.32, 0.33, 0.34, 0.35, 0.36}, 2);
  check(5, 5, {4.4, 4.6, 4.8, 5.0, 5.2, 5.4, 5.6}, 1);
  check(0, 0, {-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6}, 1);
  const taut::Ticks epochs = taut::enclosing_ticks(1, 3, 8, 1);
  CHECK(epochs.values == std::vector<double>{1, 2, 3});
}

TEST_CASE("curves show both quantities and the best epoch") {
  const taut::Report report = example();
  const std::string svg = taut::curves_svg(report.records, 7).standalone();
  CHECK(is_well_formed(svg));
  CHECK(contains(svg, "best epoch 7: validation accuracy 81.25%, loss 0.3571"));
  std::size_t curves = 0;
  for (const char* name : {"class=\"train\"/>", "class=\"validation\"/>"}) {
    for (std::size_t at = svg.find(name); at != std::string::npos; at = svg.find(name, at + 1)) ++curves;
  }
  CHECK(curves == 6);  // two curves of each, and two samples in the legend
}

TEST_CASE("curves of no epoch, one epoch and values that aren't numbers are pictures too") {
  CHECK(is_well_formed(taut::curves_svg({}, 0).standalone()));
  CHECK(contains(taut::curves_svg({}, 0).standalone(), "no finished epoch yet"));
  std::vector<taut::EpochRecord> records = example().records;
  CHECK(contains(taut::curves_svg(std::span(records).first(1), 1).standalone(), "class=\"train-dot\""));
  records[3].train_loss = std::nan("");
  records[6].validation_loss = std::numeric_limits<double>::infinity();
  const std::string svg = taut::curves_svg(records, 7).standalone();
  CHECK(is_well_formed(svg));
  CHECK_FALSE(contains(svg, "nan"));
  CHECK(contains(svg, "loss inf"));  // said in the legend, drawn nowhere
}

TEST_CASE("a training without classes shows its loss alone") {
  taut::Report report = example();
  for (taut::EpochRecord& record : report.records) record.train_accuracy = record.validation_accuracy = std::nan("");
  report.evaluations.clear();
  const std::string svg = taut::curves_svg(report.records, 7).standalone();
  CHECK(is_well_formed(svg));
  CHECK(!contains(svg, "Accuracy"));
  CHECK(!contains(svg, "nan"));
  CHECK(contains(svg, "best epoch 7: validation loss 0.3571"));
  const std::string html = taut::report_html(report);
  CHECK(contains(html, "<b>0.3571</b><span>best validation loss, epoch 7</span>"));
  CHECK(!contains(html, "nan"));
}

TEST_CASE("a confusion matrix shows shares, counts, recall and precision") {
  const taut::Report report = example();
  const std::string svg = taut::confusion_matrix_svg(report.evaluations[0].matrix, report.class_names, "Test").standalone();
  CHECK(is_well_formed(svg));
  for (const char* part :
       {">75%<", ">30<", ">25%<", ">10<", ">2,000<", ">75.0%<", ">100.0%<", "2,030 of 2,040 right: 99.51%", "cat&lt;s&gt;"}) {
    CAPTURE(part);
    CHECK(contains(svg, part));
  }
  CHECK(is_well_formed(
      taut::confusion_matrix_svg(taut::ConfusionMatrix(40), std::vector<std::string>(40, "a long class name")).standalone()));
  CHECK_THROWS_WITH_AS(taut::confusion_matrix_svg(taut::ConfusionMatrix(3), report.class_names),
                       "confusion_matrix_svg: expected 3 class names, found 2", taut::Error);
}

TEST_CASE("class scores show every class, its three scores and its support") {
  const taut::Report report = example();
  const taut::ClassificationReport scores = taut::classification_report(report.evaluations[0].matrix, report.class_names);
  const std::string svg = taut::class_scores_svg(scores, "Test").standalone();
  CHECK(is_well_formed(svg));
  // 30 of 40 cats are found, by 30 predictions; 2,000 of 2,000 dogs, by 2,010.
  for (const char* part : {">1.00<", ">0.75<", ">0.86<", ">40 images<", ">2,000 images<", "cat&lt;s&gt;", "dogs &amp; co",
                           ">average of all classes<"}) {
    CAPTURE(part);
    CHECK(contains(svg, part));
  }
  const std::vector<std::string> names(40, "a name so long that it would leave no room for any bar, nor for the numbers behind the bars");
  CHECK(is_well_formed(taut::class_scores_svg(taut::classification_report(taut::ConfusionMatrix(40), names)).standalone()));
}

TEST_CASE("base 64 of the RFC's examples") {
  CHECK(taut::base64("").empty());
  CHECK(taut::base64("f") == "Zg==");
  CHECK(taut::base64("fo") == "Zm8=");
  CHECK(taut::base64("foobar") == "Zm9vYmFy");
  CHECK(taut::base64("\xFB\xFF\xFE") == "+//+");
}

TEST_CASE("an architecture shows every layer, and its totals") {
  const taut::Report report = example();
  const std::string svg = taut::architecture_svg(report.title, report.input_shape, report.layers).standalone();
  CHECK(is_well_formed(svg));
  for (const char* part : {"16,610 parameters, 237.6 k multiply-adds a sample, 4 layers in 2 steps", "Conv2d&lt;8, 3, Padding{1}&gt;",
                           ">8×32×32<", ">3×32×32<", ">16,386<", ">221.2 k<"}) {
    CAPTURE(part);
    CHECK(contains(svg, part));
  }
  CHECK(
      is_well_formed(taut::architecture_svg("deep", "1x8x8", std::vector<taut::LayerRow>(60, {"0", "ReLU", "1x8x8", 0, 0, 0})).standalone()));
  CHECK(is_well_formed(taut::architecture_svg("empty", "", {}).standalone()));
}

TEST_CASE("the page is complete in itself") {
  const taut::Report report = example();
  const std::string html = taut::report_html(report);
  std::string markup = html;  // the style sheet alone may hold what markup may not
  markup.erase(markup.find("<style>"), markup.find("</style>") - markup.find("<style>") + 8);
  CHECK(is_well_formed(markup));
  for (const char* outside : {"href=", "@import", "url(", "<script"}) {
    CAPTURE(outside);
    CHECK_FALSE(contains(html, outside));
  }
  for (std::size_t at = html.find("src="); at != std::string::npos; at = html.find("src=", at + 1)) {
    CHECK(html.substr(at, 27) == "src=\"data:image/png;base64,");
  }
  for (const char* part : {"Cats &amp; &lt;dogs&gt;", "a/&lt;b&gt;/c", "weighted avg", "parameters  64.9 KiB", "81.25%",
                           "<tr class=\"best\"><td>7</td>", "base64,UE5H\" alt=\"dogs &amp; co, taken for cat&lt;s&gt;\"", "98.8%",
                           "true: dogs &amp; co", "Stopped: &quot;enough&quot;"}) {
    CAPTURE(part);
    CHECK(contains(html, part));
  }
  CHECK(is_well_formed(taut::xml_escaped(html)));
  CHECK_FALSE(contains(taut::report_html({.title = "nothing", .summary = {}}), "<section>"));
}

TEST_CASE("a report is five files, or an error that names one") {
  const taut::test::TemporaryDirectory directory;
  taut::write_report(directory / ".", example());
  for (const char* name : {"report.html", "curves.svg", "class_scores.svg", "confusion_matrix.svg", "architecture.svg"}) {
    CAPTURE(name);
    std::ifstream file(directory / name, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    CHECK(contains(text, "</svg>"));
  }
  CHECK_THROWS_AS(taut::write_report(directory / "missing", example()), taut::Error);
}
