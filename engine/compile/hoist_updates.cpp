#include <numeric>

#include "engine/compile/passes.h"

namespace tuna {
namespace {

class Hoisting {
 public:
  explicit Hoisting(Draft& draft)
      : draft_(draft),
        chain_(draft.state_chains()),
        movable_(draft.steps.size()),
        position_(draft.steps.size()),
        produced_at_(draft.program.value_count(), -1),
        read_at_(draft.program.value_count(), -1),
        memory_of_(draft.program.value_count()) {
    std::iota(memory_of_.begin(), memory_of_.end(), 0u);
  }

  void find_movable() {
    std::vector<char> read(chain_.size()), read_by_others(chain_.size());  // by value
    for (size_t k = draft_.steps.size(); k-- > 0;) {
      const Step& step = draft_.steps[k];
      movable_[k] =
          Draft::updates_state(step, chain_) || std::all_of(step.out.begin(), step.out.end(), [&](uint32_t out) {
            return read[out] && !read_by_others[out] && draft_.type(out).shape.count() == 1;
          });
      for (const uint32_t in : step.in) (movable_[k] ? read : read_by_others)[in] = 1;
    }
  }

  // Other steps keep their position, their index.  A movable one takes that of the last step that computes one of its
  // inputs, or that reads the memory which it overwrites.
  void find_positions() {
    for (size_t k = 0; k < draft_.steps.size(); ++k) {
      const Step& step = draft_.steps[k];
      const Types in_types = draft_.types(step.in);
      for (size_t o = 0; o < step.out.size(); ++o)
        if (const auto alias = step.op->alias(int(o), in_types))
          memory_of_[step.out[o]] = memory_of_[step.in[size_t(alias->input)]];
      const int position = position_[k] = movable_[k] ? earliest_position(step) : int(k);
      for (const uint32_t in : step.in) {
        int& read = read_at_[memory_of_[in]];
        read = std::max(read, position);
      }
      for (const uint32_t out : step.out) produced_at_[out] = position;
    }
  }

  void sort() {
    std::vector<size_t> order(draft_.steps.size());
    std::iota(order.begin(), order.end(), size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return position_[a] < position_[b]; });
    std::vector<Step> steps;
    for (const size_t k : order) steps.push_back(std::move(draft_.steps[k]));
    draft_.steps = std::move(steps);
  }

 private:
  int earliest_position(const Step& step) const {
    int position = 0;
    for (const uint32_t in : step.in) position = std::max(position, produced_at_[in]);
    for (size_t o = 0; o < step.out.size(); ++o)
      if (const int input = step.op->overwrites(int(o)); input >= 0)
        position = std::max(position, read_at_[memory_of_[step.in[size_t(input)]]]);
    return position;
  }

  Draft& draft_;
  const std::vector<int> chain_;
  std::vector<char> movable_;               // by step
  std::vector<int> position_;               // by step
  std::vector<int> produced_at_, read_at_;  // by value: positions; those of readers count for an alias's source
  std::vector<uint32_t> memory_of_;         // by value: itself, or what it is an alias of
};

}  // namespace

// An optimizer's step is recorded after all gradients.  Moved to where its own are complete, it frees their memory for
// those of other networks: of two optimizers with equally many parameters, the gradients of one at a time exist.
void hoist_updates(Draft& draft) {
  Hoisting hoisting(draft);
  hoisting.find_movable();
  hoisting.find_positions();
  hoisting.sort();
}

}  // namespace tuna
