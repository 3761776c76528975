#include "engine/compile/passes.h"

namespace tuna {
namespace {

constexpr size_t kSmallInput = 1024;  // bytes: labels, schedules and indices, but not images

/// Values whose storages are to become parts of one.
class Joined {
 public:
  explicit Joined(Draft& draft) : draft_(draft) {}

  /// Unless it is a part of other memory.
  void add(uint32_t value) {
    const Place& place = draft_.places[value];
    const Storage& storage = draft_.storages[size_t(place.storage)];
    if (storage.outside || place.offset != 0 || storage.bytes != draft_.type(value).bytes()) return;
    if (offsets_.try_emplace(place.storage, whole_.bytes).second) whole_.bytes += align_up(storage.bytes);
  }

  /// The storage of all of them, or -1.
  int join() {
    if (offsets_.empty()) return -1;
    const int joined = int(draft_.storages.size());
    for (Place& place : draft_.places)
      if (const auto found = offsets_.find(place.storage); found != offsets_.end())
        place = {joined, found->second + place.offset};
    for (const auto& [storage, offset] : offsets_) draft_.storages[size_t(storage)] = {0, -1, -1, nullptr};
    whole_.last = int(draft_.steps.size());
    draft_.storages.push_back(whole_);
    return joined;
  }

 private:
  Draft& draft_;
  std::map<int, size_t> offsets_;  // by storage
  Storage whole_;
};

}  // namespace

void join_ports(Draft& draft) {
  Joined inputs(draft);
  for (const auto& [name, value] : draft.program.inputs())
    if (draft.type(value).bytes() <= kSmallInput) inputs.add(value);
  draft.small_inputs = inputs.join();

  Joined outputs(draft);
  for (const auto& [name, value] : draft.outputs)
    if (draft.type(value).shape.count() == 1) outputs.add(value);
  draft.scalar_outputs = outputs.join();
}

}  // namespace tuna
