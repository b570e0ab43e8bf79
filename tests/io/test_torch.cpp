// PyTorch's checkpoints: tensors however they lie in their storages, networks that give PyTorch's logits, and every way to be wrong.
// tests/io/make_torch.py made the files.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/error_of.hpp"
#include "networks.hpp"
#include "taut/core/batch.hpp"
#include "taut/core/channels_last.hpp"
#include "taut/device/cpu.hpp"
#include "taut/io/read_file.hpp"
#include "taut/io/torch.hpp"
#include "taut/nn/model.hpp"

using namespace taut;
using taut::test::contains;
using taut::test::EmotionNet;
using taut::test::error_of;
using taut::test::Grouped;
using taut::test::Mlp;
using taut::test::Strided;
using taut::test::Winograd;

namespace {

using Bytes = std::vector<std::byte>;

std::string path(const std::string& name) { return std::string(TAUT_TESTS_FOLDER) + "/io/torch/" + name + ".pth"; }

Bytes bytes(const std::string& name) { return read_file(path(name)); }

std::string decode_error(const Bytes& content, std::string_view key = {}) {
  return error_of([&] { (void)decode_torch(content, "file", key); });
}

/// max |Δ| of a network's logits from PyTorch's, as a multiple of the largest of these and 1.
template <class Net>
double logits_error(const std::string& name) {
  Model<Net, float, Cpu<>, 8> model{seed(1), Cpu<>{1}};
  load_torch_weights(path(name), model, {.key = "net"});
  const TensorFile check = read_torch(path(name), "check");
  const std::vector<float> images = check.tensor<float>("images"), expected = check.tensor<float>("logits");
  const index_t rows = check.at("images").shape[0];
  Batch<float, Net::input_shape, 8> batch(rows);
  for (index_t row = 0; row < rows; ++row) {
    Tensor<float, Net::input_shape> image;
    std::copy_n(images.data() + row * Net::input_shape.size(), Net::input_shape.size(), image.data());
    to_channels_last(image, batch.view(), row);
  }
  const auto logits = model.evaluate(batch);
  double largest = 1, error = 0;
  for (index_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
    error = std::max(error, std::abs(static_cast<double>(logits.data[i]) - static_cast<double>(expected[i])));
  }
  return error / largest;
}

constexpr double bound = 1e-5;

}  // namespace

TEST_CASE("networks that PyTorch saved give PyTorch's logits") {
  CHECK(logits_error<Mlp>("mlp") <= bound);
  CHECK(logits_error<Strided>("strided") <= bound);
  CHECK(logits_error<Grouped>("grouped") <= bound);
  CHECK(logits_error<Winograd>("winograd") <= bound);
}

TEST_CASE("tensors of every type come out row by row, whatever their strides are and whoever shares their storage") {
  for (const char* name : {"views", "zip64"}) {
    CAPTURE(name);
    const TensorFile file = read_torch(path(name));
    using Numbers = std::vector<float>;
    CHECK(file.entries.size() == 13);
    CHECK(file.entries.front().name == "whole");
    CHECK(file.tensor<float>("whole").back() == 23);
    CHECK(file.at("transposed").shape == std::vector<index_t>{4, 2, 3});
    CHECK(file.tensor<float>("transposed") == Numbers{0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23});
    CHECK(file.tensor<float>("part") == Numbers{13, 14, 17, 18, 21, 22});
    CHECK(file.at("last").shape.empty());
    CHECK(file.tensor<float>("last") == Numbers{23});
    CHECK(file.tensor<float>("column") == Numbers{6, 18});
    CHECK(file.tensor<float>("expanded") == Numbers{1, 1, 1, 2, 2, 2});
    CHECK(file.at("none").shape == std::vector<index_t>{0, 4});
    CHECK(file.tensor<float>("none").empty());
    CHECK(file.tensor<float>("half") == Numbers{1.5F, -0.25F, 65504});
    CHECK(file.tensor<float>("brain") == Numbers{1.5F, -3});
    CHECK(file.tensor<double>("double") == std::vector<double>{0.1, -1e300});
    CHECK(file.tensor<std::int64_t>("count") == std::vector<std::int64_t>{-7});
    CHECK(file.tensor<float>("parameter") == Numbers{3, 4});
    CHECK(file.at("flags").dtype == Dtype::boolean);
  }
}

TEST_CASE("the stride of an axis that has one element doesn't matter, however large it is") {
  CHECK(read_torch(path("far")).tensor<float>("a") == std::vector<float>{1});
}

TEST_CASE("a checkpoint that holds more than tensors wants a key") {
  CHECK(read_torch(path("protocol_4")).entries.size() == 2);
  const TensorFile inner = read_torch(path("training"), "ema.model");  // one key with a dot
  CHECK(inner.entries.size() == 2);
  CHECK(inner.find("0.weight") != nullptr);
  const std::string without = decode_error(bytes("training"));
  CHECK(contains(without, "\"epoch\" is no tensor"));
  CHECK(contains(without, "one of \"ema.model\", \"optimizer\""));
  CHECK(contains(decode_error(bytes("training"), "model"), "there is no \"model\"; the keys are \"epoch\", \"loss\", \"ema.model\", \"optimizer\""));
  CHECK(contains(decode_error(bytes("training"), "epoch"), "expected a dictionary of tensors at \"epoch\""));
  CHECK(contains(decode_error(bytes("training"), "optimizer"), "\"state\" is no tensor"));
}

TEST_CASE("names are matched by the network's own, by a map, or by order, and what doesn't fit is listed") {
  Model<Mlp, float, Cpu<>, 8> model{seed(1), Cpu<>{1}};
  const auto before = model.export_tensors();
  const TensorFile file = read_torch(path("mlp"), "net");
  REQUIRE(file.entries[0].name == "hidden.weight");

  const TensorFile by_order = match_tensors<Mlp>(file);
  CHECK(by_order.entries[0].name == "1.weight");
  CHECK(by_order.tensor<float>("4.bias") == file.tensor<float>("head.bias"));

  TensorFile shuffled = file;
  std::swap(shuffled.entries[0], shuffled.entries[3]);
  const std::map<std::string, std::string> names{
      {"1.weight", "hidden.weight"}, {"1.bias", "hidden.bias"}, {"4.weight", "head.weight"}, {"4.bias", "head.bias"}};
  CHECK(match_tensors<Mlp>(shuffled, names).tensor<float>("4.bias") == file.tensor<float>("head.bias"));
  CHECK(match_tensors<Mlp>(by_order).tensor<float>("1.weight") == file.tensor<float>("hidden.weight"));

  const std::string wrong = error_of([&] { (void)match_tensors<Mlp>(shuffled); });
  CHECK(contains(wrong, "1.weight of layer 1, Linear<8> should be 8x16 but \"head.bias\" is 5"));
  TensorFile more = file;
  more.add<float>("extra", {2}, std::vector<float>{1, 2});
  CHECK(contains(error_of([&] { (void)match_tensors<Mlp>(more); }), "no layer takes \"extra\", 2"));
  TensorFile less = file;
  less.entries.pop_back();
  CHECK(contains(error_of([&] { (void)match_tensors<Mlp>(less); }), "4.bias of layer 4, Linear<5> should be 5 but there is no tensor for it"));
  CHECK(contains(error_of([&] { (void)match_tensors<Mlp>(file, {{"1.weight", "stem"}}); }), "there is no tensor \"stem\""));

  CHECK(contains(error_of([&] { load_torch_weights(path("strided"), model, {.key = "net"}); }), "weights of another network"));
  const auto after = model.export_tensors();
  for (index_t i = 0; i < before.size(); ++i) CHECK(before[i].values == after[i].values);
}

TEST_CASE("what is no state_dict is refused by name") {
  CHECK(contains(decode_error(bytes("before_1_6")), "before PyTorch 1.6"));
  CHECK(contains(decode_error(bytes("compressed")), "is compressed (method 8)"));
  CHECK(contains(decode_error(bytes("module")), "holds a whole module of class \"torch.nn.modules.container.Sequential\""));
  CHECK(contains(decode_error(bytes("beyond")), "tensor \"a\": reaches beyond the 3 elements of its storage"));
  CHECK(contains(decode_error(bytes("expanded")), "tensor \"a\": describes more than the file can hold"));
  CHECK(contains(decode_error(bytes("numbered")), "a tensor without a name"));
  CHECK(contains(decode_error(Bytes(100)), "expected a zip file"));
  CHECK(contains(decode_error({}), "expected a zip file"));
  CHECK(contains(error_of([] { (void)read_torch("/nowhere.pth"); }), "/nowhere.pth"));
}

namespace {

/// Runs a pickle and says what is wrong with it; `text` may hold zeros.
std::string pickle_error(std::string_view text) {
  return error_of([&] { detail::PickleMachine(std::as_bytes(std::span(text.data(), text.size())), "file"); });
}

}  // namespace

TEST_CASE("a pickle can name nothing but what tensors need, and do nothing but build") {
  using std::string_view_literals::operator""sv;
  CHECK(contains(pickle_error("cos\nsystem\n(X\x02\0\0\0lstR."sv), "holds \"os.system\""));
  CHECK(contains(pickle_error("\x8C\x08"
                              "builtins\x8C\x04"
                              "eval\x93."sv),
                 "holds \"builtins.eval\""));
  CHECK(contains(pickle_error("ctorch\nFloatStorage\n)R."sv), "calls a storage's type"));
  CHECK(contains(pickle_error("ios\nsystem\n."sv), "opcode 105 at byte 0"));  // INST
  CHECK(contains(pickle_error(")\x81."sv), "opcode 129"));                    // NEWOBJ
  CHECK(contains(pickle_error("."sv), "takes more from its stack"));
  CHECK(pickle_error("(K\x01K\x02."sv) == "");  // a mark that nothing takes is none of ours to mind
  CHECK(contains(pickle_error("K\x01(\x85."sv), "takes more from its stack"));  // nothing below the mark may be taken
  CHECK(contains(pickle_error("t."sv), "mark is missing"));
  CHECK(contains(pickle_error("h\x07."sv), "recalls 7"));
  CHECK(contains(pickle_error("K\x01K\x02s."sv), "takes more"));
  CHECK(contains(pickle_error("K\x01(K\x02K\x03u."sv), "a dictionary to fill"));
  CHECK(contains(pickle_error("}(K\x01u."sv), "a key without a value"));
  CHECK(contains(pickle_error("K\x01)R."sv), "a known function"));
  CHECK(contains(pickle_error("ccollections\nOrderedDict\nK\x01\x85R."sv), "a dictionary of 1 values"));
  CHECK(contains(pickle_error("ctorch._utils\n_rebuild_tensor_v2\n)R."sv), "a tensor by 0 values"));
  CHECK(contains(pickle_error("K\x01\x85Q."sv), "a storage by 1 values"));
  CHECK(contains(pickle_error("X\xFF\xFF\xFF\xFF"sv), "truncated"));
  CHECK(contains(pickle_error("ctorch"sv), "a line begins at byte 1"));
  CHECK(contains(pickle_error("\x8A\x09\x01\x01\x01\x01\x01\x01\x01\x01\x01."sv), "an integer of 9 bytes"));
  CHECK(contains(pickle_error(std::string(detail::longest_pickle + 1, 'N')), "a pickle of at most"));
  CHECK(pickle_error(std::string(1'000'000, '(') + "N.") == "");  // nesting costs nothing
  CHECK(contains(pickle_error(std::string(detail::longest_pickle, ')')), "makes more than 1048576 values"));
  CHECK(contains(pickle_error("N" + std::string(detail::longest_pickle - 1, '\x94')), "stores more than 1048576 values"));
}

TEST_CASE("every truncation is refused, and no changed byte does worse") {
  const Bytes whole = bytes("views");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK(decode_error(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length))) != "");
  }
  std::size_t refused = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
      Bytes damaged = whole;
      damaged[i] ^= static_cast<std::byte>(flip);
      const std::string error = decode_error(damaged);
      refused += error.empty() ? 0 : 1;
      CHECK(error.find('\n') == std::string::npos);
    }
  }
  CHECK(refused > whole.size());  // the others lie in padding, dates and device names
}

TEST_CASE("the checkpoint of the emotion network that PyTorch trained: TAUT_REFERENCE names its folder") {
  const char* const folder = std::getenv("TAUT_REFERENCE");
  if (folder == nullptr) {
    MESSAGE("skipped: TAUT_REFERENCE is not set");
    return;
  }
  const auto file = std::filesystem::path(folder) / "emotion_pytorch.pth";
  Model<EmotionNet, float, Cpu<>> model{seed(1), Cpu<>{1}};
  load_torch_weights(file, model);
  // Out and in again: the same bits under the same names, counters aside.
  TensorFile original = read_torch(file);
  const TensorFile matched = match_tensors<EmotionNet>(original);
  std::erase_if(original.entries, [](const TensorEntry& entry) { return detail::is_batch_count(entry.name); });
  const auto tensors = model.export_tensors();
  REQUIRE(tensors.size() == original.entries.size());
  for (index_t i = 0; i < tensors.size(); ++i) {
    CHECK(tensors[i].values == original.entries[i].values<float>());
    CHECK(tensors[i].name == matched.entries[i].name);
  }
}
