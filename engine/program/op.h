// An operation: its attributes are members of a struct derived from Op; its kernels register themselves per backend
// (kernel_registry.h).  An op O that has attributes declares `bool operator==(const O&) const = default;`.
//
// A new op is its struct with infer() and grad(), a `ref` kernel that is its equation in plain loops, and a row in
// tests/ops; no other file changes (docs/adding-an-op.md).
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string_view>
#include <typeinfo>
#include <utility>

#include "engine/base/check.h"
#include "engine/program/tensor.h"

namespace tuna {

/// The output is a part of an input's memory: no step runs for it.
struct Alias {
  int input = 0;
  size_t byte_offset = 0;
};

struct Args;  // kernel.h

struct Op {
  virtual ~Op() = default;
  bool operator==(const Op&) const = default;
  virtual std::string_view name() const = 0;

  /// Types of the outputs; throws Error naming the op and the shapes.
  virtual Types infer(const Types& in) const = 0;

  /// Records the gradient with respect to each input, given that of each output (an empty Tensor if none flows).
  /// In the result, an empty Tensor or a list that ends early means that no gradient flows to that input.
  virtual Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const;

  /// The input whose memory this output may overwrite, or -1.  The kernel must be correct in place and out of place.
  virtual int overwrites(int /*out*/) const { return -1; }

  virtual std::optional<Alias> alias(int /*out*/, const Types& /*in*/) const { return std::nullopt; }

  /// Whether gradients read output `which` as recompute() records it, so it need not be kept for the backward pass.
  virtual bool is_recomputed(size_t /*which*/) const { return false; }
  virtual Tensor recompute(size_t /*which*/, const Tensors& /*in*/, const Tensors& /*out*/) const { return {}; }

  /// Whether kernels round this f32 input to the type of the activations before they multiply: weights.
  virtual bool rounds(int /*in*/) const { return false; }

  /// Floating-point operations of the definition, however a kernel computes it: each sum, product, quotient, comparison
  /// and elementary function (sqrt, exp, tanh) of an element is 1, so that a multiply-add is 2.  Work that is done
  /// once per channel or sample is not counted if there is work per element.  0 for an op that only moves data.
  virtual double flops(const Types& in, const Types& out) const = 0;

  /// Bytes that a step must read and write.  An op that does not touch all of its inputs and outputs overrides it.
  virtual size_t bytes(const Args& args) const;
};

/// Whether O declares the comparison itself: an inherited one would ignore O's own attributes.
template <class O>
concept ComparesAttributes = requires {
  static_cast<bool (O::*)(const O&) const>(&O::operator==);
};

/// An op of any type, as programs share it.
class AnyOp {
 public:
  template <std::derived_from<Op> O>
  AnyOp(O op) : op_(std::make_shared<const O>(std::move(op))), same_attributes_(&same_attributes<O>) {}

  const Op& operator*() const { return *op_; }
  const Op* operator->() const { return op_.get(); }
  const Op* get() const { return op_.get(); }

  /// Whether both are of one type with the same attributes, so that the same inputs give the same outputs: an op has no
  /// other state, and types and attributes choose its kernel on a device.
  bool operator==(const AnyOp& other) const {
    const Op &a = *op_, &b = *other.op_;
    return typeid(a) == typeid(b) && same_attributes_(a, b);
  }

 private:
  template <class O>
  static bool same_attributes(const Op& a, const Op& b) {
    constexpr bool has_attributes = sizeof(O) > sizeof(Op);
    static_assert(!has_attributes || ComparesAttributes<O>,
                  "an op with attributes needs `bool operator==(const O&) const = default;`");
    if constexpr (has_attributes)
      return static_cast<const O&>(a) == static_cast<const O&>(b);
    else
      return true;
  }

  std::shared_ptr<const Op> op_;
  bool (*same_attributes_)(const Op&, const Op&);
};

/// Adds a step to the program of its inputs and returns its outputs.
Tensors record(Program& program, AnyOp op, const Tensors& in);

template <class O>
Tensors record(O op, const Tensors& in) {
  check(!in.empty() && in[0].program, "{}: its first input was never recorded", op.name());
  return record(*in[0].program, std::move(op), in);
}

}  // namespace tuna
