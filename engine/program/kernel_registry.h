// Which kernel runs an op on a backend.  Kernels register themselves before main() begins (KernelFor in
// engine/program/op.h).
#pragma once

#include <map>
#include <string>
#include <typeindex>
#include <utility>

#include "engine/program/op.h"

namespace tuna {

class KernelRegistry {
 public:
  /// Never throws: an exception before main() would end the program without a message.  check_unique() reports what
  /// was registered twice.
  void add(std::type_index op, Backend backend, PrepareKernel prepare);

  /// Null where there is none.
  const PrepareKernel* find(std::type_index op, Backend backend) const;

  /// Throws Error naming the op and the backend if two kernels were registered for them: which of the two would run
  /// depended on the order in which the program was linked.
  void check_unique() const;

 private:
  std::map<std::pair<std::type_index, Backend>, PrepareKernel> kernels_;
  std::string duplicates_;  // "Relu on cpu, Tanh on ref"
};

}  // namespace tuna
