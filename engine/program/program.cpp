#include "engine/program/program.h"

namespace tuna {

Tensor Program::add(Type type, Kind kind, std::string name) {
  values_.push_back({type, kind, std::move(name), false});
  return {this, uint32_t(values_.size() - 1)};
}

Tensor Program::input(const std::string& name, Type type) {
  check(!inputs_.count(name), "program: input '{}' is declared twice", name);
  const Tensor tensor = add(type, Kind::input, name);
  inputs_[name] = tensor.id;
  return tensor;
}

Tensor Program::state(const std::string& name, Type type, Initial initial, Role role, FileLayout layout) {
  const std::string full = scope_.empty() ? name : scope_ + "." + name;
  if (const auto known = state_index_.find(full); known != state_index_.end()) {
    const StateValue& value = states_[known->second];
    check(value.type == type, "state '{}': declared as {}, now as {}", full, value.type, type);
    return {this, value.first};
  }
  check(!is_reduced_precision(type.dtype), "state '{}': cannot be {}: state is never kept in reduced precision", full,
        type);
  const Tensor tensor = add(type, Kind::state, full);
  state_index_[full] = state_of_first_[tensor.id] = states_.size();
  states_.push_back({full, type, initial, role, layout, tensor.id, tensor.id});
  return tensor;
}

StateValue& Program::state_of(Tensor state) {
  const auto found = state_of_first_.find(state.id);
  check(state.program == this && found != state_of_first_.end(), "program: not a state value of this program");
  return states_[found->second];
}

Tensor Program::latest(Tensor state) const { return {state.program, const_cast<Program*>(this)->state_of(state).last}; }

void Program::check_readable(Tensor value, const std::string& reader) const {
  check(!this->value(value.id).fused_away,
        "{}: {} was fused into another op and is not computed; record all ops that read it before calling gradients()",
        reader, this->value(value.id).name);
}

bool Program::same_as(const Program& other) const {
  const auto same_step = [](const Step& a, const Step& b) { return a.op == b.op && a.in == b.in && a.out == b.out; };
  return activation_ == other.activation_ && fusion_ == other.fusion_ && values_ == other.values_
         && states_ == other.states_ && inputs_ == other.inputs_ && outputs_ == other.outputs_
         && std::equal(steps_.begin(), steps_.end(), other.steps_.begin(), other.steps_.end(), same_step);
}

void Program::rewrite(std::vector<Step> steps) {
  std::vector<char> made(values_.size());
  for (const Step& step : steps)
    for (const uint32_t out : step.out) made[out] = 1;
  for (uint32_t id = 0; id < values_.size(); ++id)
    values_[id].fused_away = values_[id].kind == Kind::temporary && !made[id];
  steps_ = std::move(steps);
}

void Program::store(Tensor state, Tensor value) {
  StateValue& stored = state_of(state);
  check_readable(value, "state '" + stored.name + "'");
  check(value.type() == stored.type, "state '{}': is {}, cannot hold {}", stored.name, stored.type, value.type());
  stored.last = value.id;
}

void Program::output(const std::string& name, Tensor value) {
  check(!outputs_.count(name), "program: output '{}' is declared twice", name);
  check(value.program == this, "program: output '{}' belongs to another program", name);
  check_readable(value, "output '" + name + "'");
  outputs_[name] = value.id;
}

Tensors Program::record(AnyOp op, const Tensors& in) {
  Types types;
  Step step{std::move(op), {}, {}, scope_, {}, recomputing_};
  for (size_t i = 0; i < in.size(); ++i) {
    check(in[i].program == this, "{}: input {} was {}", step.op->name(), i,
          in[i].program ? "recorded in another program" : "never recorded");
    check_readable(in[i], std::string(step.op->name()));
    types.push_back(in[i].type());
    step.in.push_back(in[i].id);
  }
  Types inferred;
  try {
    inferred = step.op->infer(types);
  } catch (const Error& error) {
    if (scope_.empty()) throw;
    fail("{}: {}", scope_, error.what());
  }
  Tensors out;
  for (const Type& type : inferred) {
    out.push_back(add(type, Kind::temporary, std::string(step.op->name())));
    step.out.push_back(out.back().id);
  }
  steps_.push_back(std::move(step));
  return out;
}

Tensors Program::states(const std::string& prefix, Role role) {
  Tensors found;
  for (const StateValue& state : states_)
    if (state.role == role && state.name.compare(0, prefix.size(), prefix) == 0) found.push_back({this, state.first});
  return found;
}

const Type& Tensor::type() const {
  check(program != nullptr, "tensor: used before it was recorded");
  return program->value(id).type;
}

Tensors record(Program& program, AnyOp op, const Tensors& in) { return program.record(std::move(op), in); }

}  // namespace tuna
