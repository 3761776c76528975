#include "engine/program/kernel_registry.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace tuna {
namespace {

// "tuna::Relu": there is no op yet that could give its name.
std::string type_name(std::type_index type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status),
                                                         &std::free);
  return status == 0 ? name.get() : type.name();
}

}  // namespace

void KernelRegistry::add(std::type_index op, Backend backend, PrepareKernel prepare) {
  if (kernels_.emplace(std::make_pair(op, backend), std::move(prepare)).second) return;
  duplicates_ += (duplicates_.empty() ? "" : ", ") + type_name(op) + " on " + to_string(backend);
}

const PrepareKernel* KernelRegistry::find(std::type_index op, Backend backend) const {
  const auto found = kernels_.find({op, backend});
  return found == kernels_.end() ? nullptr : &found->second;
}

void KernelRegistry::check_unique() const {
  check(duplicates_.empty(), "kernels: two are registered for {}; one op has one kernel per backend", duplicates_);
}

}  // namespace tuna
