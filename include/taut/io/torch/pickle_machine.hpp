/// PickleMachine: runs the pickle of a PyTorch checkpoint: a stack machine over a closed list of opcodes, which builds values and calls
/// nothing (Python's pickletools module describes the opcodes). Every opcode makes at most one value and moves those it takes, so that
/// time and memory stay in proportion to the pickle's length; nothing here is recursive.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/io/byte_reader.hpp"
#include "taut/io/torch/pickle_globals.hpp"
#include "taut/io/torch/pickle_value.hpp"

namespace taut::detail {

/// A thousand tensors take about 200 KB.
inline constexpr std::uint64_t longest_pickle = 4 << 20;

/// Of values, and of those that are stored to be recalled: a tensor has about twenty, an opcode of one byte can make one.
inline constexpr std::size_t most_pickle_values = 1 << 20;

/// A tuple can be taken again and again: what is copied out of one must be short.
inline constexpr std::size_t most_axes = 8;

class PickleMachine {
 public:
  /// Runs the whole pickle. Texts of values lie in `bytes`.
  PickleMachine(std::span<const std::byte> bytes, std::string_view origin) : reader_(bytes, origin), origin_(origin) {
    if (bytes.size() > longest_pickle) fail(origin_, ": expected a pickle of at most ", longest_pickle, " bytes but found ", bytes.size());
    while (step()) {
    }
  }

  /// What the pickle was of.
  PickleReference result() const { return result_; }

  const PickleValue& operator[](PickleReference reference) const { return values_[reference]; }

  /// The value as a Kind, null if it is none.
  template <class Kind>
  const Kind* get(PickleReference reference) const {
    return std::get_if<Kind>(&values_[reference]);
  }

 private:
  /// Runs one opcode; false at the end.
  bool step() {
    const std::uint64_t position = reader_.position();
    const auto opcode = reader_.number<std::uint8_t>();
    switch (opcode) {
      case 0x80: reader_.take(1); return true;                                  // PROTO
      case 0x95: reader_.take(8); return true;                                  // FRAME
      case '.': result_ = pop(); return false;                                  // STOP
      case '(': marks_.push_back(stack_.size()); return true;                   // MARK
      case 'N': push(PickleNone{}); return true;                                // NONE
      case 0x88: push(true); return true;                                       // NEWTRUE
      case 0x89: push(false); return true;                                      // NEWFALSE
      case 'J': push(std::int64_t{reader_.number<std::int32_t>()}); return true;   // BININT
      case 'K': push(std::int64_t{reader_.number<std::uint8_t>()}); return true;   // BININT1
      case 'M': push(std::int64_t{reader_.number<std::uint16_t>()}); return true;  // BININT2
      case 0x8A: push(long_integer()); return true;                             // LONG1
      case 'G': push(big_endian_double()); return true;                         // BINFLOAT
      case 'X': push(reader_.text(reader_.number<std::uint32_t>())); return true;  // BINUNICODE
      case 0x8C: push(reader_.text(reader_.number<std::uint8_t>())); return true;  // SHORT_BINUNICODE
      case ')': push(PickleTuple{}); return true;                               // EMPTY_TUPLE
      case 't': push(PickleTuple{pop_to_mark()}); return true;                  // TUPLE
      case 0x85: push(PickleTuple{pop_last(1)}); return true;                   // TUPLE1
      case 0x86: push(PickleTuple{pop_last(2)}); return true;                   // TUPLE2
      case 0x87: push(PickleTuple{pop_last(3)}); return true;                   // TUPLE3
      case ']': push(PickleList{}); return true;                                // EMPTY_LIST
      case 'a': append(pop_last(1)); return true;                               // APPEND
      case 'e': append(pop_to_mark()); return true;                             // APPENDS
      case '}': push(PickleDictionary{}); return true;                          // EMPTY_DICT
      case 's': set_items(pop_last(2)); return true;                            // SETITEM
      case 'u': set_items(pop_to_mark()); return true;                          // SETITEMS
      case 'q': memorize(reader_.number<std::uint8_t>()); return true;          // BINPUT
      case 'r': memorize(reader_.number<std::uint32_t>()); return true;         // LONG_BINPUT
      case 0x94: memorize(static_cast<std::uint32_t>(memo_.size())); return true;  // MEMOIZE
      case 'h': recall(reader_.number<std::uint8_t>()); return true;            // BINGET
      case 'j': recall(reader_.number<std::uint32_t>()); return true;           // LONG_BINGET
      case 'c': push_global(); return true;                                     // GLOBAL
      case 0x93: push_stack_global(); return true;                              // STACK_GLOBAL
      case 'Q': push(storage(pop())); return true;                              // BINPERSID
      case 'R': reduce(); return true;                                          // REDUCE
      case 'b': build(); return true;                                           // BUILD
      default: fail(origin_, ": the pickle has opcode ", int{opcode}, " at byte ", position, ", which no state_dict needs");
    }
  }

  template <class Value>
  void push(Value value) {
    if (values_.size() == most_pickle_values) fail(origin_, ": the pickle makes more than ", most_pickle_values, " values");
    stack_.push_back(static_cast<PickleReference>(values_.size()));
    values_.emplace_back(std::move(value));
  }

  PickleReference pop() { return pop_last(1)[0]; }

  /// What lies above the last mark doesn't reach below it.
  std::vector<PickleReference> pop_last(std::size_t count) {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() < floor + count) {
      fail(origin_, ": the pickle takes more from its stack than there is, before byte ", reader_.position());
    }
    std::vector<PickleReference> taken(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return taken;
  }

  std::vector<PickleReference> pop_to_mark() {
    if (marks_.empty()) fail(origin_, ": the pickle's mark is missing before byte ", reader_.position());
    std::vector<PickleReference> taken = pop_last(stack_.size() - marks_.back());
    marks_.pop_back();
    return taken;
  }

  PickleReference top() {
    const PickleReference reference = pop();
    stack_.push_back(reference);
    return reference;
  }

  void memorize(std::uint32_t place) {
    if (memo_.size() == most_pickle_values) fail(origin_, ": the pickle stores more than ", most_pickle_values, " values");
    memo_[place] = top();
  }

  void recall(std::uint32_t place) {
    const auto found = memo_.find(place);
    if (found == memo_.end()) fail(origin_, ": the pickle recalls ", place, ", which it never stored");
    stack_.push_back(found->second);
  }

  /// The value that is taken for a Kind; `what` names it where it is none.
  template <class Kind>
  Kind& expect(PickleReference reference, std::string_view what) {
    Kind* const value = std::get_if<Kind>(&values_[reference]);
    if (value == nullptr) fail(origin_, ": the pickle lacks ", what, " before byte ", reader_.position());
    return *value;
  }

  std::int64_t long_integer() {
    const auto bytes = reader_.take(reader_.number<std::uint8_t>());
    if (bytes.size() > 8) fail(origin_, ": the pickle has an integer of ", bytes.size(), " bytes, more than 8");
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) bits |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
    const bool negative = !bytes.empty() && (static_cast<unsigned>(bytes.back()) & 0x80U) != 0;
    if (negative && bytes.size() < 8) bits |= ~std::uint64_t{0} << (8 * bytes.size());
    return static_cast<std::int64_t>(bits);
  }

  double big_endian_double() {
    std::uint64_t bits = 0;
    for (const std::byte byte : reader_.take(8)) bits = (bits << 8) | static_cast<std::uint64_t>(byte);
    return std::bit_cast<double>(bits);
  }

  void append(const std::vector<PickleReference>& items) {
    auto& list = expect<PickleList>(top(), "a list to append to").items;
    list.insert(list.end(), items.begin(), items.end());
  }

  void set_items(const std::vector<PickleReference>& items) {
    if (items.size() % 2 != 0) fail(origin_, ": the pickle has a key without a value before byte ", reader_.position());
    auto& dictionary = expect<PickleDictionary>(top(), "a dictionary to fill").items;
    for (std::size_t i = 0; i < items.size(); i += 2) dictionary.emplace_back(items[i], items[i + 1]);
  }

  void push_global() {
    const std::string_view module = reader_.line(), name = reader_.line();
    push(pickle_global(module, name, origin_));
  }

  void push_stack_global() {
    const auto names = pop_last(2);
    const auto module = expect<std::string_view>(names[0], "a module's name"), name = expect<std::string_view>(names[1], "a name");
    push(pickle_global(module, name, origin_));
  }

  /// ("storage", its type, its key, its device, its number of elements); the device doesn't matter.
  PickleStorage storage(PickleReference persistent) {
    const auto& items = expect<PickleTuple>(persistent, "a storage's description").items;
    if (items.size() != 5) fail(origin_, ": the pickle describes a storage by ", items.size(), " values, not 5");
    const auto type = expect<PickleGlobal>(items[1], "a storage's type");
    if (expect<std::string_view>(items[0], "a storage's description") != "storage" || type.kind != PickleGlobal::Kind::storage) {
      fail(origin_, ": the pickle refers to something that is no storage, before byte ", reader_.position());
    }
    const auto elements = expect<std::int64_t>(items[4], "a storage's size");
    if (elements < 0) fail(origin_, ": the pickle has a storage of ", elements, " elements");
    return {type.dtype, expect<std::string_view>(items[2], "a storage's key"), elements};
  }

  std::vector<std::int64_t> integers(PickleReference tuple, std::string_view what) {
    const auto& items = expect<PickleTuple>(tuple, what).items;
    if (items.size() > most_axes) fail(origin_, ": expected a tensor of at most ", most_axes, " axes but found ", items.size());
    std::vector<std::int64_t> numbers;
    for (const PickleReference item : items) numbers.push_back(expect<std::int64_t>(item, what));
    return numbers;
  }

  void reduce() {
    const auto taken = pop_last(2);
    const auto global = expect<PickleGlobal>(taken[0], "a known function");
    const auto& arguments = expect<PickleTuple>(taken[1], "arguments").items;
    const auto need = [&](std::size_t count, std::string_view what) {
      if (arguments.size() < count) fail(origin_, ": the pickle describes ", what, " by ", arguments.size(), " values");
    };
    switch (global.kind) {
      case PickleGlobal::Kind::ordered_dictionary:
        if (!arguments.empty()) fail(origin_, ": the pickle makes a dictionary of ", arguments.size(), " values, not of none");
        return push(PickleDictionary{});
      case PickleGlobal::Kind::rebuild_tensor:  // storage, offset, size, stride, requires_grad, hooks and perhaps metadata
        need(4, "a tensor");
        expect<PickleStorage>(arguments[0], "a tensor's storage");
        return push(PickleTensor{arguments[0], expect<std::int64_t>(arguments[1], "a tensor's offset"),
                                 integers(arguments[2], "a tensor's size"), integers(arguments[3], "a tensor's stride")});
      case PickleGlobal::Kind::rebuild_parameter:  // tensor, requires_grad, hooks
        need(1, "a parameter");
        expect<PickleTensor>(arguments[0], "a parameter's tensor");
        stack_.push_back(arguments[0]);
        return;
      case PickleGlobal::Kind::storage:
        fail(origin_, ": the pickle calls a storage's type, before byte ", reader_.position());
    }
  }

  /// An OrderedDict's attributes: a state_dict's _metadata, the versions of its modules, which change nothing here.
  void build() {
    const PickleReference state = pop();
    expect<PickleDictionary>(top(), "a dictionary with attributes");
    expect<PickleDictionary>(state, "a dictionary of attributes");
  }

  ByteReader reader_;
  std::string_view origin_;
  std::vector<PickleValue> values_;
  std::vector<PickleReference> stack_;
  std::vector<std::size_t> marks_;
  std::map<std::uint32_t, PickleReference> memo_;
  PickleReference result_ = 0;
};

}  // namespace taut::detail
