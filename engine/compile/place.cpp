#include "engine/compile/passes.h"

namespace tuna {
namespace {

class Placement {
 public:
  explicit Placement(Draft& draft)
      : draft_(draft),
        end_(int(draft.steps.size())),
        last_read_(draft.program.value_count(), -1),
        chain_(draft.state_chains()) {
    draft_.places.assign(draft.program.value_count(), {});
    draft_.storages.clear();
    find_last_reads();
  }

  void place_states_and_inputs() {
    for (const StateValue& value : draft_.states)
      place(value.first, {value.type.bytes(), 0, end_, draft_.state.ensure(value).memory});
    for (const auto& [name, value] : draft_.program.inputs())
      place(value, {draft_.type(value).bytes(), 0, end_, nullptr});
  }

  void place_outputs(const Step& step, int k) {
    const Types in = draft_.types(step.in);
    for (size_t o = 0; o < step.out.size(); ++o) {
      const uint32_t value = step.out[o];
      const int input = step.op->overwrites(int(o));
      if (const auto alias = step.op->alias(int(o), in)) {
        const Place source = place_of(step.in[size_t(alias->input)]);
        draft_.places[value] = {source.storage, source.offset + alias->byte_offset};
      } else if (input >= 0 && may_overwrite(step, k, step.in[size_t(input)], value)) {
        draft_.places[value] = place_of(step.in[size_t(input)]);
      } else {
        place(value, {draft_.type(value).bytes(), k, k, nullptr});
      }
    }
  }

  void extend_to_last_reads() {
    for (uint32_t value = 0; value < draft_.places.size(); ++value)
      if (place_of(value).storage >= 0) {
        Storage& storage = storage_of(value);
        storage.last = std::max(storage.last, last_read_[value]);
      }
  }

  // States are stored one after the other at the end, so the value that one takes from another may be overwritten by
  // then.
  void check_sources() const {
    for (const StateValue& value : draft_.states)
      for (const StateValue& other : draft_.states)
        check(other.first == value.first || other.last == value.last
                  || place_of(other.first).storage != place_of(value.last).storage,
              "state '{}': cannot store the value that state '{}' has before its own update", value.name, other.name);
  }

 private:
  const Place& place_of(uint32_t value) const { return draft_.places[value]; }
  Storage& storage_of(uint32_t value) const { return draft_.storages[size_t(place_of(value).storage)]; }

  void place(uint32_t value, Storage storage) {
    draft_.places[value] = {int(draft_.storages.size()), 0};
    draft_.storages.push_back(storage);
  }

  // Outputs, and values that are stored in a state, count as read after the last step.
  void find_last_reads() {
    for (int k = 0; k < end_; ++k)
      for (const uint32_t in : draft_.steps[size_t(k)].in) last_read_[in] = k;
    for (const auto& [name, value] : draft_.outputs) last_read_[value] = end_;
    for (const StateValue& value : draft_.states)
      if (value.last != value.first) last_read_[value.last] = end_;
  }

  // A state's memory may be overwritten only by its own next versions, and must be: a later reader of the previous
  // version is an error.  Any other memory is overwritten if this step is its last reader.
  bool may_overwrite(const Step& step, int k, uint32_t input, uint32_t out) const {
    const Place place = place_of(input);
    const Storage& storage = storage_of(input);
    const bool is_state = storage.outside != nullptr;
    if (is_state ? chain_[out] < 0 || place_of(draft_.states[size_t(chain_[out])].first).storage != place.storage
                 : !draft_.options.reuse_memory || draft_.program.value(input).kind == Kind::input)
      return false;
    if (draft_.type(input) != draft_.type(out) || place.offset != 0 || storage.bytes != draft_.type(out).bytes())
      return false;
    for (uint32_t value = 0; value < draft_.places.size(); ++value) {
      if (place_of(value).storage != place.storage || last_read_[value] <= k) continue;
      check(!is_state, "{}: {} is read by a later step after {} has overwritten it", step.scope,
            draft_.program.value(input).name, step.op->name());
      return false;
    }
    const auto is_there = [&](uint32_t in) { return place_of(in).storage == place.storage; };
    return is_state || std::count_if(step.in.begin(), step.in.end(), is_there) == 1;
  }

  Draft& draft_;
  const int end_;
  std::vector<int> last_read_;  // by value: the last step that reads it, or -1
  const std::vector<int> chain_;
};

}  // namespace

void place_values(Draft& draft) {
  Placement placement(draft);
  placement.place_states_and_inputs();
  for (size_t k = 0; k < draft.steps.size(); ++k) placement.place_outputs(draft.steps[k], int(k));
  placement.extend_to_last_reads();
  placement.check_sources();
}

}  // namespace tuna
