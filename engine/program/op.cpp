#include "engine/program/op.h"

#include "engine/program/kernel.h"

namespace tuna {

Tensors Op::grad(const Tensors&, const Tensors&, const Tensors&) const { fail("{}: has no gradient", name()); }

size_t Op::bytes(const Args& args) const {
  size_t sum = 0;
  for (const auto* views : {&args.in, &args.out})
    for (const View& each : *views) sum += each.type.bytes();
  return sum;
}

}  // namespace tuna
