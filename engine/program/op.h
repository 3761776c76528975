// An operation: its attributes are members of a struct derived from Op; its kernels register themselves per backend.
// Attributes are compared by `bool operator==(const O&) const = default;` in the struct of an op O that has any.
//
// To add one, write its struct, infer() and grad(), a `ref` kernel that is its equation in plain loops, and a row in
// tests/ops; nothing else is edited.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <vector>

#include "engine/program/tensor.h"
#include "engine/runtime/device.h"

namespace tuna {

/// This output is a part of an input's memory: no step runs for it.
struct Alias {
  int input = 0;
  size_t byte_offset = 0;
};

struct Args;

struct Op {
  virtual ~Op() = default;
  bool operator==(const Op&) const = default;
  virtual std::string_view name() const = 0;

  /// Types of the outputs; throws Error naming the op and the shapes.
  virtual Types infer(const Types& in) const = 0;

  /// Records the gradient with respect to each input, given that of each output (an empty Tensor where none flows).
  /// An empty Tensor, or a list that ends early, says that no gradient flows to that input.
  virtual Tensors grad(const Tensors& in, const Tensors& out, const Tensors& dout) const;

  /// The input whose memory this output may take over, or -1.  The kernel must be right with and without.
  virtual int overwrites(int /*out*/) const { return -1; }

  virtual std::optional<Alias> alias(int /*out*/, const Types& /*in*/) const { return std::nullopt; }

  /// Whether gradients read output `which` as recompute() records it, so that nobody keeps it until then.
  virtual bool is_recomputed(size_t /*which*/) const { return false; }
  virtual Tensor recompute(size_t /*which*/, const Tensors& /*in*/, const Tensors& /*out*/) const { return {}; }

  /// Whether kernels round this input of f32 to the type of the activations beside it before they multiply: weights.
  virtual bool rounds(int /*in*/) const { return false; }

  /// Floating-point operations of the definition, however a kernel computes it: each sum, product, quotient, comparison
  /// and elementary function (sqrt, exp, tanh) of an element is 1, so that a multiply-add is 2.  What is computed once
  /// per channel or sample is not counted next to elements.  0 for an op that only moves data.
  virtual double flops(const Types& in, const Types& out) const = 0;

  /// Bytes that a step must read and write.  An op that does not touch all of its inputs and outputs overrides it.
  virtual size_t bytes(const Args& args) const;
};

/// How many elements a tensor has, as flops() counts them.
inline double elements(const Type& type) { return double(type.shape.count()); }

/// A typed look at a tensor's memory.
template <class T>
struct Elements {
  T* data;
  Shape shape;

  T& operator()(int64_t n, int64_t h, int64_t w, int64_t c) const {
    return data[((n * shape.h + h) * shape.w + w) * shape.c + c];
  }
  T& operator()(int64_t n, int64_t pixel, int64_t c) const { return data[(n * shape.pixels() + pixel) * shape.c + c]; }
  T& operator[](int64_t i) const { return data[i]; }
  int64_t count() const { return shape.count(); }
};

struct View {
  Type type;
  void* memory = nullptr;

  template <class T>
  T* data() const {
    return static_cast<T*>(memory);
  }
  template <class T>
  Elements<T> as() const {
    return {static_cast<T*>(memory), type.shape};
  }
};

struct Args {
  std::vector<View> in, out;
  std::vector<const void*> packed;  // one per Prepared::packings
  void* workspace = nullptr;
};

/// An input that a kernel wants in another layout (weights, for a library).  The executable packs it once per value and
/// layout, however many steps ask for it.
struct Packing {
  int input = 0;
  std::string layout;  // equal for equal results
  size_t bytes = 0;
  std::function<void(const void* source, void* packed, Stream&)> pack;
};

/// A kernel made ready for given types; library plans live in the closure.
struct Prepared {
  size_t workspace = 0;
  std::function<void(const Args&, Stream&)> run;
  std::vector<Packing> packings = {};
  std::string algorithm = {};  // its name, where the op has several
};

using PrepareKernel = std::function<Prepared(const Op&, const Types& in, const Types& out, Device&)>;

void register_kernel(std::type_index op, Backend backend, PrepareKernel prepare);

/// Throws Error naming op and backend where two kernels were registered for them.  main() calls it first; find_kernel()
/// does, too.
void check_kernels();

bool has_kernel(const Op& op, Backend backend);

/// Throws Error listing the backends that have a kernel for this op where `backend` has none.
const PrepareKernel& find_kernel(const Op& op, Backend backend);

/// The floating-point type that an op computes in: that of its first real output, else input; f32 if there is none.
DType real_type(const Types& in, const Types& out);

/// The short type among them, or f32 if there is none.
DType short_type(const Types& in, const Types& out);

/// A kernel for short types too, from one that knows f64: inputs become f64 and results are rounded, so that rounding
/// is all that tells it from the exact result.
PrepareKernel with_short_types(PrepareKernel kernel);

/// Registers a kernel at program start.  Takes one of
///   (const O&, auto real, const Args&)                      plain loops, for float and double
///   (const O&, const Args&)                                 f32 only
///   (const O&, const Types& in, const Types& out, Device&)  returns Prepared
/// Those of backend ref need not know the short types.
template <class O, Backend B>
struct KernelFor {
  template <class F>
  explicit KernelFor(F kernel) {
    PrepareKernel prepare = [kernel](const Op& base, const Types& in, const Types& out, Device& device) {
      const O& op = static_cast<const O&>(base);
      if constexpr (B == Backend::cpu)
        check(!is_short(short_type(in, out)), "{}: backend cpu has no {}", op.name(), to_string(short_type(in, out)));
      if constexpr (std::is_invocable_v<F, const O&, const Types&, const Types&, Device&>) {
        return kernel(op, in, out, device);
      } else if constexpr (std::is_invocable_v<F, const O&, const Args&>) {
        check(real_type(in, out) == DType::f32, "{}: backend {} computes in f32 only", op.name(), to_string(B));
        return Prepared{0, [&op, kernel](const Args& args, Stream&) { kernel(op, args); }};
      } else {
        if (real_type(in, out) == DType::f64)
          return Prepared{0, [&op, kernel](const Args& args, Stream&) { kernel(op, double(), args); }};
        return Prepared{0, [&op, kernel](const Args& args, Stream&) { kernel(op, float(), args); }};
      }
    };
    register_kernel(typeid(O), B, B == Backend::ref ? with_short_types(std::move(prepare)) : std::move(prepare));
  }
};

/// Whether O itself compares its attributes: one that inherits the comparison would leave its own out.
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
    return typeid(*op_) == typeid(*other.op_) && same_attributes_(*op_, *other.op_);
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
