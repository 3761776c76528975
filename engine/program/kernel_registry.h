// Which kernel runs an op on a backend.  Kernels register themselves before main() begins, by a KernelFor.
#pragma once

#include <map>
#include <string>
#include <type_traits>
#include <typeindex>
#include <utility>

#include "engine/base/check.h"
#include "engine/program/kernel.h"
#include "engine/program/op.h"

namespace tuna {

class KernelRegistry {
 public:
  /// Never throws: an exception before main() would end the program without a message.  check_unique() reports
  /// duplicates.
  void add(std::type_index op, Backend backend, PrepareKernel prepare);

  /// Null if there is none.
  const PrepareKernel* find(std::type_index op, Backend backend) const;

  /// Throws Error naming the op and the backend if two kernels were registered for them: which of the two would run
  /// would depend on the order in which the program was linked.
  void check_unique() const;

 private:
  std::map<std::pair<std::type_index, Backend>, PrepareKernel> kernels_;
  std::string duplicates_;  // "Relu on cpu, Tanh on ref"
};

void register_kernel(std::type_index op, Backend backend, PrepareKernel prepare);

/// Throws Error naming op and backend if two kernels were registered for them.  main() calls it first; find_kernel()
/// does, too.
void check_kernels();

bool has_kernel(const Op& op, Backend backend);

/// Throws Error if `backend` has no kernel for this op, listing the backends that have one.
const PrepareKernel& find_kernel(const Op& op, Backend backend);

/// Adds the reduced-precision types to a kernel that supports f64: inputs become f64 and results are rounded, so
/// rounding is the only difference from the exact result.
PrepareKernel with_reduced_precision(PrepareKernel kernel);

/// Registers a kernel at program start.  Takes one of
///   (const O&, auto real, const Args&)                      plain loops, for float and double
///   (const O&, const Args&)                                 f32 only
///   (const O&, const Types& in, const Types& out, const Target&)  returns Prepared
/// Those of backend ref need not support the reduced-precision types.
template <class O, Backend B>
struct KernelFor {
  template <class F>
  explicit KernelFor(F kernel) {
    PrepareKernel prepare = [kernel](const Op& base, const Types& in, const Types& out, const Target& target) {
      const O& op = static_cast<const O&>(base);
      if constexpr (B == Backend::cpu)
        check(!is_reduced_precision(stored_type(in, out)), "{}: backend cpu has no {}", op.name(),
              to_string(stored_type(in, out)));
      if constexpr (std::is_invocable_v<F, const O&, const Types&, const Types&, const Target&>) {
        return kernel(op, in, out, target);
      } else if constexpr (std::is_invocable_v<F, const O&, const Args&>) {
        check(real_type(in, out) == DType::f32, "{}: backend {} computes in f32 only", op.name(), to_string(B));
        return Prepared{0, [&op, kernel](const Args& args, Stream&) { kernel(op, args); }};
      } else {
        if (real_type(in, out) == DType::f64)
          return Prepared{0, [&op, kernel](const Args& args, Stream&) { kernel(op, double(), args); }};
        return Prepared{0, [&op, kernel](const Args& args, Stream&) { kernel(op, float(), args); }};
      }
    };
    register_kernel(typeid(O), B, B == Backend::ref ? with_reduced_precision(std::move(prepare)) : std::move(prepare));
  }
};

}  // namespace tuna
