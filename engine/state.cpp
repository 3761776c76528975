#include "engine/state.h"

#include <cstdlib>
#include <cstring>

#include "engine/random.h"

namespace tuna {

void AlignedDelete::operator()(void* memory) const { std::free(memory); }

AlignedMemory allocate_aligned(size_t bytes) {
  const size_t rounded = (bytes + 63) / 64 * 64;
  void* memory = std::aligned_alloc(64, rounded == 0 ? 64 : rounded);
  check(memory != nullptr, "out of memory: {} MiB were asked for", bytes >> 20);
  return AlignedMemory(memory);
}

namespace {

template <class Real>
void draw(Real* data, int64_t count, const Initial& initial, Random random) {
  for (int64_t i = 0; i < count; ++i) switch (initial.draw) {
      case Initial::Draw::constant:
        data[i] = Real(initial.mean);
        break;
      case Initial::Draw::normal:
        data[i] = Real(initial.mean + initial.spread * random.normal());
        break;
      case Initial::Draw::uniform:
        data[i] = Real(random.uniform(-initial.spread, initial.spread));
        break;
    }
}

}  // namespace

View State::ensure(const StateValue& value) {
  Stored& stored = tensors_[value.name];
  if (stored.memory) {
    check(stored.type == value.type, "state '{}': holds {}, the program declares {}", value.name, stored.type,
          value.type);
    return {stored.type, stored.memory.get()};
  }
  stored = {value.type, value.layout, allocate_aligned(value.type.bytes())};
  const Random random(seed_, value.name);
  const int64_t count = value.type.shape.count();
  switch (value.type.dtype) {
    case DType::f32:
      draw(static_cast<float*>(stored.memory.get()), count, value.initial, random);
      break;
    case DType::f64:
      draw(static_cast<double*>(stored.memory.get()), count, value.initial, random);
      break;
    case DType::i32:
      draw(static_cast<int32_t*>(stored.memory.get()), count, value.initial, random);
      break;
  }
  return {stored.type, stored.memory.get()};
}

const State::Stored& State::stored(const std::string& name) const {
  const auto found = tensors_.find(name);
  check(found != tensors_.end(), "state: holds no '{}'", name);
  return found->second;
}

View State::at(const std::string& name) const { return {stored(name).type, stored(name).memory.get()}; }

FileLayout State::layout(const std::string& name) const { return stored(name).layout; }

std::vector<std::string> State::names(const std::string& prefix) const {
  std::vector<std::string> found;
  for (auto at = tensors_.lower_bound(prefix); at != tensors_.end(); ++at) {
    if (at->first.compare(0, prefix.size(), prefix) != 0) break;
    found.push_back(at->first);
  }
  return found;
}

void State::copy(const std::string& from, const std::string& to) {
  for (const std::string& name : names(from)) {
    const View source = at(name);
    const StateValue value{
        to + name.substr(from.size()), source.type, Initial::constant(0), Role::buffer, layout(name), 0, 0};
    std::memcpy(ensure(value).memory, source.memory, source.type.bytes());
  }
}

size_t State::bytes() const {
  size_t sum = 0;
  for (const auto& [name, stored] : tensors_) sum += stored.type.bytes();
  return sum;
}

}  // namespace tuna
