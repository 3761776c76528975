#include "engine/compile/passes.h"

namespace tuna {
namespace {

// Packed memory is read instead of the input.
size_t bytes_moved(const Op& op, const Args& args, const std::vector<Packing>& packings) {
  size_t bytes = op.bytes(args);
  for (const Packing& packing : packings) bytes += packing.bytes;
  for (size_t i = 0; i < args.in.size(); ++i)
    if (std::any_of(packings.begin(), packings.end(), [&](const Packing& each) { return size_t(each.input) == i; }))
      bytes -= args.in[i].type.bytes();
  return bytes;
}

Instruction pack(const Draft& draft, size_t k, size_t p) {
  const Packing& packing = draft.prepared[k].kernel.packings[p];
  const View from = draft.view(draft.steps[k].in[size_t(packing.input)]);
  Instruction instruction;
  instruction.name = "pack " + packing.layout;
  instruction.scope = draft.steps[k].scope;
  instruction.bytes = from.type.bytes() + packing.bytes;
  instruction.run = [pack = packing.pack, source = from.memory,
                     target = draft.addresses[size_t(draft.prepared[k].packed[p])]](const Args&, Stream& stream) {
    pack(source, target, stream);
  };
  return instruction;
}

// The memory that step k is the last to read.
std::vector<View> freed_by(const Draft& draft, size_t k) {
  std::vector<View> freed;
  if (!draft.options.poison_freed_memory || !draft.options.reuse_memory) return freed;
  for (size_t s = 0; s < draft.storages.size(); ++s) {
    const Storage& storage = draft.storages[s];
    if (storage.outside || storage.end() != int(k)) continue;
    freed.push_back({Type{DType::i32, {int64_t(storage.bytes / 4), 1, 1, 1}}, draft.addresses[s]});
  }
  return freed;
}

Instruction compute(Draft& draft, size_t k) {
  const Step& step = draft.steps[k];
  PreparedStep& prepared = draft.prepared[k];
  Instruction instruction;
  instruction.name = std::string(step.op->name());
  instruction.scope = step.scope;
  instruction.algorithm = prepared.kernel.algorithm;
  instruction.fusion = step.fusion;
  for (const uint32_t in : step.in) instruction.args.in.push_back(draft.view(in));
  for (const uint32_t out : step.out) instruction.args.out.push_back(draft.view(out));
  for (const int storage : prepared.packed) instruction.args.packed.push_back(draft.addresses[size_t(storage)]);
  if (prepared.workspace >= 0) instruction.args.workspace = draft.addresses[size_t(prepared.workspace)];
  instruction.run = std::move(prepared.kernel.run);
  instruction.flops = step.op->flops(draft.types(step.in), draft.types(step.out));
  instruction.bytes = bytes_moved(*step.op, instruction.args, prepared.kernel.packings);
  instruction.freed = freed_by(draft, k);
  return instruction;
}

// For a state whose last value could not be computed in the state's memory.
Instruction store(const StateValue& value, const View& from, const View& to, Runtime& runtime) {
  Instruction instruction;
  instruction.name = "store";
  instruction.scope = value.name;
  instruction.bytes = 2 * value.type.bytes();
  instruction.run = [from, to, &runtime](const Args&, Stream&) {
    runtime.copy(to.memory, from.memory, to.type.bytes());
  };
  return instruction;
}

}  // namespace

CompiledProgram make_instructions(Draft draft) {
  CompiledProgram program;
  for (size_t k = 0; k < draft.steps.size(); ++k) {
    if (!draft.prepared[k].kernel.run) continue;
    for (const size_t p : draft.prepared[k].to_pack) program.instructions.push_back(pack(draft, k, p));
    program.instructions.push_back(compute(draft, k));
    program.ops.push_back(draft.steps[k].op);
  }
  for (const StateValue& value : draft.states) {
    const View from = draft.view(value.last), to = draft.view(value.first);
    if (from.memory != to.memory) program.instructions.push_back(store(value, from, to, runtime(draft.target.device)));
  }
  for (const auto& [name, value] : draft.program.inputs()) program.inputs[name] = draft.view(value);
  for (const auto& [name, value] : draft.outputs) program.outputs[name] = draft.view(value);
  const auto block = [&](int storage) {
    return storage < 0 ? Block{} : Block{draft.addresses[size_t(storage)], draft.storages[size_t(storage)].bytes};
  };
  program.small_inputs = block(draft.small_inputs);
  program.scalar_outputs = block(draft.scalar_outputs);
  program.target = draft.target;
  program.plan = std::move(draft.plan);
  program.memory = std::move(draft.memory);
  program.replay = draft.options.replay;
  return program;
}

}  // namespace tuna
