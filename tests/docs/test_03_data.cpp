/// The code of docs/03_data.md.
#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include "taut/idx.hpp"
#include "taut/image.hpp"
#include "taut/taut.hpp"

TEST_CASE("docs/03_data.md: one word opens a data set") {
  const taut::DataSource source = taut::open_data("synthetic:280", 0.1, 42);
  const taut::ImageDataset& faces = source.splits.train;
  CHECK(faces.size() == 280);
  CHECK(faces.class_names().at(3) == "happy");
  CHECK(source.description.find("280 training") != std::string::npos);
}

TEST_CASE("docs/03_data.md: Fashion-MNIST") {
  const std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
  if (!std::filesystem::exists(folder)) {
    MESSAGE("skipped: ", folder.string(), " isn't there");
    return;
  }
  const taut::DataSplits garments = taut::read_fashion_mnist(folder, 0.1, 42);
  CHECK(garments.train.size() == 54'000);
}

TEST_CASE("docs/03_data.md: a container") {
  using Net = taut::Sequential<taut::Shape{2}, taut::Linear<32>, taut::ReLU, taut::Linear<2>>;
  taut::Model<Net, float, taut::Cpu<>> model{taut::seed(42)};
  taut::Adam adam{model, {.lr = 1e-2}};
  taut::ConstantRate schedule{1e-2};
  const taut::CrossEntropy<2> loss;

  std::vector<std::pair<std::array<float, 2>, int>> points;
  taut::Random random{1};
  for (int i = 0; i < 1000; ++i) {
    const float x = random.uniform(-1, 1), y = random.uniform(-1, 1);
    points.push_back({{x, y}, x * x + y * y < 0.5F});
  }
  taut::SampleLoader train{std::span(points).first(800), {.batch = 64, .seed = 42}};
  taut::SampleLoader validation{std::span(points).subspan(800)};

  taut::Trainer trainer{model, adam, schedule, loss, {.epochs = 20}};
  const taut::TrainingResult result = trainer.fit(train, [&] { return taut::evaluate(model, validation, loss); });
  CHECK(result.best_accuracy > 0.95);
}

TEST_CASE("docs/03_data.md: a function") {
  struct Photo {
    std::array<std::uint8_t, 32 * 32 * 3> rgb{};
    int animal = 0;
  };
  std::vector<Photo> photos(3);
  for (int i = 0; i < 3; ++i) photos[static_cast<std::size_t>(i)].animal = i;
  photos[2].rgb.back() = 255;

  taut::SampleLoader loader(photos.size(), 32 * 32 * 3, {.batch = 64, .seed = 42}, [&](taut::index_t i, std::span<float> values) {
    for (taut::index_t v = 0; v < values.size(); ++v) values[v] = static_cast<float>(photos[i].rgb[v]) / 255.0F;
    return photos[i].animal;
  });

  loader.start(0);
  const auto batch = loader.next();
  REQUIRE(batch->rows == 3);
  for (taut::index_t row = 0; row < 3; ++row) {
    CHECK(batch->images[(row + 1) * loader.pixels() - 1] == (batch->labels[row] == 2 ? 1.0F : 0.0F));
  }
}

TEST_CASE("docs/03_data.md: gray pictures of one's own") {
  taut::ImageDataset stripes(8, 8, {"horizontal", "vertical"});
  for (int i = 0; i < 10; ++i) {
    std::array<std::uint8_t, 64> image{};
    for (std::size_t pixel = 0; pixel < 64; ++pixel) image[pixel] = (i % 2 == 0 ? pixel / 8 : pixel) % 2 != 0 ? 255 : 0;
    stripes.append(image, i % 2);
  }
  CHECK(stripes.size() == 10);
  CHECK(stripes.class_counts() == std::vector<taut::index_t>{5, 5});
}
