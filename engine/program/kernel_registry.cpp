#include "engine/program/kernel_registry.h"

#include <cxxabi.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "engine/runtime/host_tensor.h"

namespace tuna {
namespace {

// "tuna::Relu"; Op::name() needs an op, which does not exist yet.
std::string type_name(std::type_index type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status),
                                                         &std::free);
  return status == 0 ? name.get() : type.name();
}

// A function-local static, so that it exists before the first kernel registers itself.
KernelRegistry& registry() {
  static KernelRegistry kernels;
  return kernels;
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

void register_kernel(std::type_index op, Backend backend, PrepareKernel prepare) {
  registry().add(op, backend, std::move(prepare));
}

void check_kernels() { registry().check_unique(); }

bool has_kernel(const Op& op, Backend backend) { return registry().find(typeid(op), backend) != nullptr; }

const PrepareKernel& find_kernel(const Op& op, Backend backend) {
  check_kernels();
  if (const PrepareKernel* found = registry().find(typeid(op), backend)) return *found;
  std::string others;
  for (const Backend other : kBackends)
    if (has_kernel(op, other)) others += (others.empty() ? "" : ", ") + to_string(other);
  fail("{}: no kernel for backend {}; it has {}", op.name(), to_string(backend), others.empty() ? "none" : others);
}

PrepareKernel with_reduced_precision(PrepareKernel kernel) {
  return [kernel = std::move(kernel)](const Op& op, const Types& in, const Types& out, const Target& target) {
    const DType stored = stored_type(in, out);
    if (!is_reduced_precision(stored)) return kernel(op, in, out, target);
    const auto exact = [](Types types) {
      for (Type& type : types)
        if (is_real(type.dtype)) type.dtype = DType::f64;
      return types;
    };
    const Types exact_in = exact(in), exact_out = exact(out);
    const Prepared inner = kernel(op, exact_in, exact_out, target);
    return Prepared{inner.workspace, [=, &op](const Args& args, Stream& stream) {
                      std::vector<HostTensor> tensors;
                      tensors.reserve(args.in.size() + args.out.size());
                      Args exact_args;
                      exact_args.workspace = args.workspace;
                      const auto add = [&](std::vector<View>& views, HostTensor tensor) {
                        tensors.push_back(std::move(tensor));
                        views.push_back({tensors.back().type(), tensors.back().bytes().data()});
                      };
                      for (size_t i = 0; i < args.in.size(); ++i) {
                        HostTensor value(Device::reference(), args.in[i]);
                        if (op.rounds(int(i))) value = HostTensor({stored, value.type().shape}, value.values());
                        add(exact_args.in, HostTensor(exact_in[i], value.values()));
                      }
                      for (const Type& type : exact_out) add(exact_args.out, HostTensor(type));
                      inner.run(exact_args, stream);
                      for (size_t i = 0; i < args.out.size(); ++i) {
                        const HostTensor rounded(args.out[i].type, tensors[args.in.size() + i].values());
                        std::memcpy(args.out[i].memory, rounded.bytes().data(), rounded.bytes().size());
                      }
                    }};
  };
}

}  // namespace tuna
