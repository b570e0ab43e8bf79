/// Operand misfits: sentences about operands, axes and element types that an operation on tensors doesn't take.
#pragma once

#include <string_view>

#include "taut/core/broadcast.hpp"
#include "taut/core/type_name.hpp"
#include "taut/core/view_misfit.hpp"

namespace taut::diagnostics {

/// Common pieces: a sentence about the operation `Operation`, which has a `name`, on a tensor of the shape `S`, where `Got` came.
template <class Operation, Shape S, Shape Got = S>
struct about_operation : about_tensor<S, Got> {
  static constexpr TextBuilder who() { return about_operation::say(Operation::name, " of ", word(S).view()); }

  /// A shape as a word of its own.
  static constexpr TextBuilder word(Shape shape) {
    return shape.rank() == 0 ? about_operation::say("a scalar") : about_operation::say(shape);
  }
  static constexpr TextBuilder number(int value) {
    return about_operation::say(value < 0 ? "-" : "", static_cast<index_t>(value < 0 ? -value : value));
  }
};

template <class Operation, Shape A, Shape B>
struct broadcast_misfit : about_operation<Operation, A, B> {
  static constexpr TextBuilder wanted() { return broadcast_misfit::say("expects an operand that broadcasts"); }
  static constexpr TextBuilder got() { return broadcast_misfit::say("but got ", broadcast_misfit::word(B).view()); }
  static constexpr TextBuilder where() { return broadcast_misfit::say("trailing axes are equal or 1"); }
};

/// `Result` is what both operands together would become.
template <class Operation, Shape Into, Shape Got, Shape Result>
struct in_place_misfit : about_operation<Operation, Into, Got> {
  static constexpr TextBuilder who() { return in_place_misfit::say(Operation::name, "= of ", in_place_misfit::word(Into).view()); }
  static constexpr TextBuilder wanted() { return in_place_misfit::say("expects an operand that fits into it"); }
  static constexpr TextBuilder got() { return in_place_misfit::say("but got ", in_place_misfit::word(Got).view()); }
  static constexpr TextBuilder where() { return in_place_misfit::say("the result would be ", Result); }
};

/// Common pieces of sentences about elements of the type `T`.
template <class Operation, class T>
struct about_elements : about_tensor<Shape{}, Shape{}> {
  static constexpr TextBuilder who() { return about_elements::say(Operation::name, " of ", type_name<T>()); }
};

template <class Operation, class T, class Got>
struct element_misfit : about_elements<Operation, T> {
  static constexpr TextBuilder wanted() { return element_misfit::say("expects ", type_name<T>(), " too"); }
  static constexpr TextBuilder got() { return element_misfit::say("but got ", type_name<Got>()); }
  static constexpr TextBuilder where() { return element_misfit::say("tensors never convert unasked"); }
  static constexpr TextBuilder advice() { return element_misfit::say("cast<", type_name<T>(), ">(x)"); }
};

template <class Operation, class T, class Number>
struct number_misfit : about_elements<Operation, T> {
  static constexpr TextBuilder wanted() {
    return number_misfit::say(std::is_same_v<T, bool> ? "expects a bool" : "expects a whole number");
  }
  static constexpr TextBuilder got() { return number_misfit::say("but got ", type_name<Number>()); }
  static constexpr TextBuilder where() { return number_misfit::say("a number becomes what the tensor is"); }
  static constexpr TextBuilder advice() { return number_misfit::say("cast<", type_name<Number>(), ">(x)"); }
};

/// `Wanted` says in its `words` what elements the operation takes.
template <class Operation, class Wanted, class Got>
struct kind_misfit : about_tensor<Shape{}, Shape{}> {
  static constexpr TextBuilder who() { return kind_misfit::say(Operation::name); }
  static constexpr TextBuilder wanted() { return kind_misfit::say("expects ", Wanted::words, " elements"); }
  static constexpr TextBuilder got() { return kind_misfit::say("but got ", type_name<Got>()); }
  static constexpr TextBuilder where() { return kind_misfit::say("the type of the elements"); }
  static constexpr TextBuilder advice() { return kind_misfit::say(Wanted::advice); }
};

template <class Operation, Shape S, int Axis>
struct axis_misfit : about_operation<Operation, S> {
  static constexpr TextBuilder wanted() {
    if (S.rank() == 0) return axis_misfit::say("expects no axis");
    return axis_misfit::say("expects an axis from ", axis_misfit::number(-S.rank()).view(), " to ",
                            axis_misfit::number(S.rank() - 1).view());
  }
  static constexpr TextBuilder got() { return axis_misfit::say("but got ", axis_misfit::number(Axis).view()); }
  static constexpr TextBuilder where() { return axis_misfit::say("-1 is the last axis"); }
};

/// Axes that name one twice, or that don't name each where each is wanted.
template <class Operation, Shape S, bool Each, int... Axis>
struct axes_misfit : about_operation<Operation, S> {
  static constexpr TextBuilder wanted() {
    if (!Each) return axes_misfit::say("expects axes that differ");
    return axes_misfit::say("expects each of its ", static_cast<index_t>(S.rank()), " axes once");
  }
  static constexpr TextBuilder got() {
    TextBuilder text = axes_misfit::say("but got");
    ((text << " " << axes_misfit::number(Axis).view()), ...);
    return text;
  }
  static constexpr TextBuilder where() { return axes_misfit::say("-1 is the last axis"); }
};

}  // namespace taut::diagnostics
