#include "engine/compile/state.h"

#include "engine/base/random.h"

namespace tuna {
namespace {

template <class Real>
void draw(std::span<Real> elements, const Initial& initial, Random random) {
  for (Real& element : elements) switch (initial.draw) {
      case Initial::Draw::constant:
        element = Real(initial.mean);
        break;
      case Initial::Draw::normal:
        element = Real(initial.mean + initial.spread * random.normal());
        break;
      case Initial::Draw::uniform:
        element = Real(random.uniform(-initial.spread, initial.spread));
        break;
    }
}

HostTensor drawn(const StateValue& value, uint64_t seed) {
  HostTensor tensor(value.type);
  const Random random(seed, value.name);
  switch (value.type.dtype) {
    case DType::f32:
      draw(tensor.as<float>(), value.initial, random);
      break;
    case DType::f64:
      draw(tensor.as<double>(), value.initial, random);
      break;
    case DType::i32:
      draw(tensor.as<int32_t>(), value.initial, random);
      break;
    case DType::f16:
    case DType::bf16:
      break;  // Program::state() rejects them
  }
  return tensor;
}

}  // namespace

View State::ensure(const StateValue& value) {
  if (const auto found = tensors_.find(value.name); found != tensors_.end()) {
    const Stored& stored = found->second;
    check(stored.type == value.type, "state '{}': holds {}, the program declares {}", value.name, stored.type,
          value.type);
    return stored.view();
  }
  Memory memory(device_, value.type.bytes(), value.name);
  const View view =
      tensors_.emplace(value.name, Stored{value.type, value.layout, std::move(memory)}).first->second.view();
  write(value.name, seed_ ? drawn(value, *seed_) : HostTensor(value.type));
  return view;
}

const State::Stored& State::stored(const std::string& name) const {
  const auto found = tensors_.find(name);
  check(found != tensors_.end(), "state: holds no '{}'", name);
  return found->second;
}

const Type& State::type(const std::string& name) const { return stored(name).type; }

HostTensor State::read(const std::string& name) const { return {device_, stored(name).view()}; }

void State::write(const std::string& name, const HostTensor& value) {
  const Stored& to = stored(name);
  check(value.type() == to.type, "state '{}': is {}, cannot hold {}", name, to.type, value.type());
  copy_to_device(device_, to.memory.address(), value.bytes().data(), value.bytes().size());
}

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
    const StateValue value{
        to + name.substr(from.size()), type(name), Initial::constant(0), Role::buffer, layout(name), 0, 0};
    runtime(device_).copy(ensure(value).memory, stored(name).memory.address(), value.type.bytes());
  }
}

size_t State::bytes() const {
  size_t sum = 0;
  for (const auto& [name, stored] : tensors_) sum += stored.type.bytes();
  return sum;
}

}  // namespace tuna
