#include "engine/base/address_sanitizer.h"
#include "engine/compile/passes.h"

namespace tuna {
namespace {

// Without reuse of memory, AddressSanitizer guards a gap after each storage.
size_t gap(const Draft& draft) { return kAddressSanitizer && !draft.options.reuse_memory ? 64 : 0; }

char* allocate(Draft& draft, size_t bytes, const char* purpose) {
  return static_cast<char*>(draft.memory.emplace_back(draft.target.device, bytes, purpose).address());
}

void forbid_gaps(const Draft& draft) {
  if (gap(draft) == 0) return;
  for (size_t s = 0; s < draft.storages.size(); ++s) {
    const size_t bytes = draft.storages[s].bytes;
    if (draft.storages[s].outside) continue;
    forbid_access(draft.addresses[s], align_up(bytes + gap(draft)));
    allow_access(draft.addresses[s], bytes);
  }
}

}  // namespace

void plan_memory(Draft& draft) {
  std::vector<Lifetime> lifetimes;
  for (const Storage& each : draft.storages)
    lifetimes.push_back({each.outside ? 0 : each.bytes + gap(draft), each.first, each.end()});
  draft.plan = plan_memory(lifetimes, draft.options.reuse_memory);
}

void bind_memory(Draft& draft) {
  const bool separate = separate_memory();
  char* arena = separate ? nullptr : allocate(draft, draft.plan.bytes, "the arena of a program");
  if (!separate)
    runtime(draft.target.device).fill(arena, draft.options.poison_freed_memory ? 0xFF : 0, draft.plan.bytes);
  for (size_t s = 0; s < draft.storages.size(); ++s) {
    const Storage& storage = draft.storages[s];
    draft.addresses.push_back(storage.outside ? static_cast<char*>(storage.outside)
                              : separate      ? allocate(draft, storage.bytes + gap(draft), "a value of a program")
                                              : arena + draft.plan.offset[s]);
  }
  forbid_gaps(draft);
  for (const auto& [name, input] : draft.program.inputs())
    runtime(draft.target.device).fill(draft.view(input).memory, 0, draft.type(input).bytes());
}

}  // namespace tuna
