#include "engine/program/op.h"

#include <cstring>

#include "engine/program/kernel_registry.h"
#include "engine/program/program.h"
#include "engine/runtime/host_tensor.h"

namespace tuna {
namespace {

// A function's static, so that it exists before the first kernel registers itself.
KernelRegistry& registry() {
  static KernelRegistry kernels;
  return kernels;
}

}  // namespace

Tensors Op::grad(const Tensors&, const Tensors&, const Tensors&) const { fail("{}: has no gradient", name()); }

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

size_t Op::bytes(const Args& args) const {
  size_t sum = 0;
  for (const auto* views : {&args.in, &args.out})
    for (const View& each : *views) sum += each.type.bytes();
  return sum;
}

DType real_type(const Types& in, const Types& out) {
  for (const Types* types : {&out, &in})
    for (const Type& type : *types)
      if (is_real(type.dtype)) return type.dtype;
  return DType::f32;
}

DType short_type(const Types& in, const Types& out) {
  for (const Types* types : {&in, &out})
    for (const Type& type : *types)
      if (is_short(type.dtype)) return type.dtype;
  return DType::f32;
}

PrepareKernel with_short_types(PrepareKernel kernel) {
  return [kernel = std::move(kernel)](const Op& op, const Types& in, const Types& out, Device& device) {
    const DType stored = short_type(in, out);
    if (!is_short(stored)) return kernel(op, in, out, device);
    const auto exact = [](Types types) {
      for (Type& type : types)
        if (is_real(type.dtype)) type.dtype = DType::f64;
      return types;
    };
    const Types exact_in = exact(in), exact_out = exact(out);
    const Prepared inner = kernel(op, exact_in, exact_out, device);
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

Tensors record(Program& program, AnyOp op, const Tensors& in) { return program.record(std::move(op), in); }

}  // namespace tuna
