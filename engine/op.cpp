#include "engine/op.h"

#include <map>

#include "engine/program.h"

namespace tuna {
namespace {

// A function's static, so that it exists before the first kernel registers itself.
std::map<std::pair<std::type_index, Backend>, PrepareKernel>& registry() {
  static std::map<std::pair<std::type_index, Backend>, PrepareKernel> kernels;
  return kernels;
}

}  // namespace

Tensors Op::grad(const Tensors&, const Tensors&, const Tensors&) const { fail("{}: has no gradient", name()); }

void register_kernel(std::type_index op, Backend backend, PrepareKernel prepare) {
  registry()[{op, backend}] = std::move(prepare);
}

bool has_kernel(const Op& op, Backend backend) { return registry().count({typeid(op), backend}) > 0; }

const PrepareKernel& find_kernel(const Op& op, Backend backend) {
  const auto found = registry().find({typeid(op), backend});
  if (found != registry().end()) return found->second;
  std::string others;
  for (const Backend other : kBackends)
    if (has_kernel(op, other)) others += (others.empty() ? "" : ", ") + to_string(other);
  fail("{}: no kernel for backend {}; it has {}", op.name(), to_string(backend), others.empty() ? "none" : others);
}

DType real_type(const Types& in, const Types& out) {
  for (const Types* types : {&out, &in})
    for (const Type& type : *types)
      if (is_real(type.dtype)) return type.dtype;
  return DType::f32;
}

Tensors record(Program& program, std::shared_ptr<const Op> op, const Tensors& in) {
  return program.record(std::move(op), in);
}

}  // namespace tuna
