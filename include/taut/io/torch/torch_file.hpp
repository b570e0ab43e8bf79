/// read_torch: the tensors of a PyTorch checkpoint (`torch.save(model.state_dict(), path)`, the zip format since PyTorch 1.6) into memory,
/// without Python and without running anything that the file says.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/io/read_file.hpp"
#include "taut/io/tensor_file.hpp"
#include "taut/io/torch/pickle_machine.hpp"
#include "taut/io/torch/zip_archive.hpp"

namespace taut {

namespace detail {

/// Views of one storage may overlap, so that a small file can describe large tensors: in all at most so many times its own size.
inline constexpr std::uint64_t most_torch_expansion = 16;

class TorchFile {
 public:
  TorchFile(std::span<const std::byte> bytes, std::string_view origin)
      : origin_(origin), archive_(bytes, origin), folder_(find_folder()), pickle_(archive_.at(folder_ + "data.pkl"), origin),
        bytes_left_(bytes.size() * most_torch_expansion) {
    const auto order = archive_.entries().find(folder_ + "byteorder");
    if (order == archive_.entries().end()) return;
    if (const std::string_view word(reinterpret_cast<const char*>(order->second.data()), order->second.size()); word != "little") {
      fail(origin_, ": expected little-endian numbers but found ", quote(word));
    }
  }

  TensorFile tensors(std::string_view key) {
    TensorFile file;
    file.origin = origin_;
    std::set<std::string_view> names;
    for (const auto& [name, value] : dictionary(key)) {
      const auto* const tensor = pickle_.get<PickleTensor>(value);
      if (tensor == nullptr) refuse(key, name);
      if (name.empty()) fail(origin_, ": has a tensor without a name");
      if (!names.insert(name).second) fail(origin_, ": tensor ", quote(name), " is there twice");
      file.entries.push_back(entry(name, *tensor));
    }
    return file;
  }

 private:
  using Items = std::vector<std::pair<std::string_view, PickleReference>>;

  /// The archive's only folder, named after the file that PyTorch wrote.
  std::string find_folder() const {
    constexpr std::string_view pickle = "/data.pkl";
    for (const auto& [name, content] : archive_.entries()) {
      if (name.ends_with(pickle) && name.find('/') == name.size() - pickle.size()) {
        return std::string(name.substr(0, name.size() - pickle.size() + 1));
      }
    }
    fail(origin_, ": no PyTorch checkpoint: expected an entry \"…/data.pkl\" in the zip file");
  }

  Items items_of(PickleReference reference, std::string_view what) const {
    const auto* const dictionary = pickle_.get<PickleDictionary>(reference);
    if (dictionary == nullptr) {
      fail(origin_, ": expected a dictionary of tensors", what.empty() ? "" : " at ", what.empty() ? "" : quote(what));
    }
    Items items;
    for (const auto& [key, value] : dictionary->items) {
      // Optimizers number their states; such keys are none of a tensor that is asked for.
      const auto* const name = pickle_.get<std::string_view>(key);
      items.emplace_back(name == nullptr ? std::string_view{} : *name, value);
    }
    return items;
  }

  /// The dictionary at a path of keys, the outermost for none. A key may have dots itself.
  Items dictionary(std::string_view path) const {
    Items items = items_of(pickle_.result(), "");
    std::string_view rest = path;
    while (!rest.empty()) {
      const std::pair<std::string_view, PickleReference>* found = nullptr;
      for (const auto& item : items) {
        const bool leads = rest == item.first || (rest.starts_with(item.first) && rest[item.first.size()] == '.');
        if (!item.first.empty() && leads && (found == nullptr || item.first.size() > found->first.size())) found = &item;
      }
      if (found == nullptr) fail(origin_, ": there is no ", quote(path), "; the keys are ", names(items));
      rest.remove_prefix(std::min(rest.size(), found->first.size() + 1));
      items = items_of(found->second, path);
    }
    return items;
  }

  static std::string names(const Items& items) {
    constexpr std::size_t most = 8;
    std::string list;
    for (std::size_t i = 0; i < items.size() && i < most; ++i) list.append(list.empty() ? "" : ", ").append(quote(items[i].first));
    return list + (items.size() > most ? ", …" : "");
  }

  [[noreturn]] void refuse(std::string_view key, std::string_view name) const {
    Items inner = dictionary(key);
    std::erase_if(inner, [&](const auto& item) { return pickle_.get<PickleDictionary>(item.second) == nullptr; });
    if (inner.empty()) fail(origin_, ": ", quote(name), " is no tensor");
    fail(origin_, ": ", quote(name), " is no tensor; name the dictionary that holds the tensors, one of ", names(inner));
  }

  TensorEntry entry(std::string_view name, const PickleTensor& tensor) {
    const auto stop = [&](const auto&... parts) { fail(origin_, ": tensor ", quote(name), ": ", parts...); };
    const auto& storage = *pickle_.get<PickleStorage>(tensor.storage);
    const std::span<const std::byte> content = archive_.at(folder_ + "data/" + std::string(storage.key));
    const std::uint64_t width = bytes_of(storage.dtype), held = content.size() / width;
    if (content.size() != held * width || held != static_cast<std::uint64_t>(storage.elements)) {
      stop("expected ", storage.elements, " elements of ", name_of(storage.dtype), " but found ", content.size(), " bytes");
    }
    if (tensor.size.size() != tensor.stride.size()) stop("has ", tensor.size.size(), " sizes and ", tensor.stride.size(), " strides");

    TensorEntry made{std::string(name), storage.dtype, {}, {}};
    std::uint64_t count = 1, last = static_cast<std::uint64_t>(tensor.offset);
    if (tensor.offset < 0 || last > held) stop("begins at element ", tensor.offset, " of a storage of ", held);
    for (std::size_t axis = 0; axis < tensor.size.size(); ++axis) {
      const std::int64_t extent = tensor.size[axis], stride = tensor.stride[axis];
      if (extent < 0 || stride < 0) stop("has a negative size or stride");
      made.shape.push_back(static_cast<index_t>(extent));
      if (extent == 0) count = 0;
      if (count == 0) continue;
      if (count > bytes_left_ / static_cast<std::uint64_t>(extent)) stop("describes more than the file can hold");
      count *= static_cast<std::uint64_t>(extent);
      // Step by step, so that nothing exceeds 64 bits.
      const auto steps = static_cast<std::uint64_t>(extent - 1), step = static_cast<std::uint64_t>(stride);
      if (steps != 0 && step > (held - last) / steps) stop("reaches beyond the ", held, " elements of its storage");
      last += steps * step;
    }
    if (count != 0 && last >= held) stop("reaches beyond the ", held, " elements of its storage");
    if (count * width > bytes_left_) stop("describes more than the file can hold");
    bytes_left_ -= count * width;
    made.bytes.resize(count * width);
    gather(tensor, content, width, made.bytes);
    return made;
  }

  /// Row-major, whatever the strides are.
  static void gather(const PickleTensor& tensor, std::span<const std::byte> content, std::uint64_t width, std::span<std::byte> to) {
    std::vector<std::int64_t> place(tensor.size.size(), 0);
    std::int64_t element = tensor.offset;
    for (std::uint64_t done = 0; done < to.size(); done += width) {
      std::memcpy(to.data() + done, content.data() + static_cast<std::uint64_t>(element) * width, width);
      for (std::size_t axis = place.size(); axis-- > 0;) {
        if (++place[axis] < tensor.size[axis]) {
          element += tensor.stride[axis];
          break;
        }
        element -= tensor.stride[axis] * (tensor.size[axis] - 1);
        place[axis] = 0;
      }
    }
  }

  std::string_view origin_;
  ZipArchive archive_;
  std::string folder_;
  PickleMachine pickle_;
  std::uint64_t bytes_left_;
};

}  // namespace detail

/// Reads the bytes of a whole checkpoint; `origin` names it in errors. `key` names the dictionary of tensors where the checkpoint holds
/// more than that: "model", or "ema.model" for one inside another. Tensors come in the order in which they were saved.
inline TensorFile decode_torch(std::span<const std::byte> bytes, std::string_view origin, std::string_view key = {}) {
  const auto begins_with = [&](std::string_view magic) {
    return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
  };
  if (!begins_with("PK")) {
    using std::string_view_literals::operator""sv;
    if (begins_with("\x80\x02\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19"sv)) {
      fail(origin, ": is in the format before PyTorch 1.6; load it and save it again with a newer PyTorch");
    }
    fail(origin, ": no PyTorch checkpoint: expected a zip file");
  }
  return detail::TorchFile(bytes, origin).tensors(key);
}

/// Reads and checks `path`. Throws an Error that names it and the tensor at fault.
inline TensorFile read_torch(const std::filesystem::path& path, std::string_view key = {},
                             std::uint64_t max_bytes = default_max_file_bytes) {
  const std::vector<std::byte> bytes = read_file(path, max_bytes);
  return decode_torch(bytes, path.string(), key);
}

}  // namespace taut
