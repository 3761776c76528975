#include "engine/compile/passes.h"
#include "engine/program/kernel_registry.h"

namespace tuna {
namespace {

using PackedInputs = std::map<std::pair<uint32_t, std::string>, int>;  // (value, layout) -> storage

Prepared prepare(Draft& draft, const Step& step) {
  try {
    const PrepareKernel& kernel = find_kernel(*step.op, draft.target.device.backend);
    return kernel(*step.op, draft.types(step.in), draft.types(step.out), draft.target);
  } catch (const OutOfMemory&) {
    throw;
  } catch (const Error& error) {
    fail("{}{}{}", step.scope, step.scope.empty() ? "" : ": ", error.what());
  }
}

int add_storage(Draft& draft, size_t bytes, int step) {
  draft.storages.push_back({bytes, step, step, nullptr});
  return int(draft.storages.size()) - 1;
}

void add_packed_inputs(Draft& draft, PackedInputs& packed, int k) {
  PreparedStep& step = draft.prepared[size_t(k)];
  for (size_t p = 0; p < step.kernel.packings.size(); ++p) {
    const Packing& packing = step.kernel.packings[p];
    const auto key = std::make_pair(draft.steps[size_t(k)].in[size_t(packing.input)], packing.layout);
    if (!packed.count(key)) {
      packed[key] = add_storage(draft, packing.bytes, k);
      step.to_pack.push_back(p);
    }
    const int storage = packed.at(key);
    draft.storages[size_t(storage)].last = k;
    step.packed.push_back(storage);
  }
}

}  // namespace

void prepare_kernels(Draft& draft) {
  PackedInputs packed;
  draft.prepared.assign(draft.steps.size(), {});
  for (size_t k = 0; k < draft.steps.size(); ++k) {
    PreparedStep& step = draft.prepared[k];
    if (draft.is_alias(draft.steps[k])) continue;
    step.kernel = prepare(draft, draft.steps[k]);
    add_packed_inputs(draft, packed, int(k));
    if (step.kernel.workspace > 0) step.workspace = add_storage(draft, step.kernel.workspace, int(k));
  }
}

}  // namespace tuna
