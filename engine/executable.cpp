#include "engine/executable.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "engine/address_sanitizer.h"
#include "engine/fusion.h"

namespace tuna {
namespace {

/// A value is a storage and an offset into it; several values share a storage through aliases and overwriting.
struct Place {
  int storage = -1;
  size_t offset = 0;
};

struct Storage {
  size_t bytes = 0;
  int first = 0, last = -1;  // steps; last < first: nobody reads it
  void* outside = nullptr;   // memory of State, or null for the arena
};

// Removes what no output and no state needs.
std::vector<const Step*> needed_steps(const Program& program) {
  std::vector<char> needed(program.value_count());
  for (const auto& [name, id] : program.outputs()) needed[id] = 1;
  for (const StateValue& state : program.states()) needed[state.last] = 1;
  std::vector<const Step*> steps;
  for (size_t k = program.steps().size(); k-- > 0;) {
    const Step& step = program.steps()[k];
    if (std::none_of(step.out.begin(), step.out.end(), [&](uint32_t id) { return needed[id]; })) continue;
    for (const uint32_t in : step.in) needed[in] = 1;
    steps.push_back(&step);
  }
  std::reverse(steps.begin(), steps.end());
  return steps;
}

Types types_of(const Program& program, const std::vector<uint32_t>& ids) {
  Types types;
  for (const uint32_t id : ids) types.push_back(program.value(id).type);
  return types;
}

// What was packed is read in place of the input.
size_t bytes_moved(const Op& op, const Args& args, const std::vector<Packing>& packings) {
  size_t bytes = op.bytes(args);
  for (const Packing& packing : packings) bytes += packing.bytes;
  for (size_t i = 0; i < args.in.size(); ++i)
    if (std::any_of(packings.begin(), packings.end(), [&](const Packing& each) { return size_t(each.input) == i; }))
      bytes -= args.in[i].type.bytes();
  return bytes;
}

}  // namespace

class Compiler {
 public:
  Compiler(const Program& program, const Device& device, State& state, CompileOptions options)
      : program_(program),
        device_(device),
        state_(state),
        options_(options),
        steps_(needed_steps(program)),
        places_(program.value_count()),
        last_read_(program.value_count(), -1),
        chain_(program.value_count(), -1),
        original_(program.value_count()) {
    std::iota(original_.begin(), original_.end(), 0u);
  }

  void place_values() {
    const int end = int(steps_.size());
    for (int k = 0; k < end; ++k)
      for (const uint32_t in : steps_[k]->in) last_read_[in] = k;
    for (const auto& [name, id] : program_.outputs()) last_read_[id] = end;

    for (const StateValue& value : program_.states()) {
      if (value.last != value.first) last_read_[value.last] = end;  // it is stored then
      chain_[value.last] = int(storages_.size());
      places_[value.first] = {int(storages_.size()), 0};
      storages_.push_back({value.type.bytes(), 0, end, state_.ensure(value).memory});
    }
    for (const auto& [name, id] : program_.inputs()) {
      places_[id] = {int(storages_.size()), 0};
      storages_.push_back({program_.value(id).type.bytes(), 0, end, nullptr});
    }
    mark_state_chains();
    for (int k = 0; k < end; ++k) place_outputs(*steps_[k], k);
    for (uint32_t id = 0; id < places_.size(); ++id)
      if (places_[id].storage >= 0)
        storages_[places_[id].storage].last = std::max(storages_[places_[id].storage].last, last_read_[id]);
    for (const StateValue& value : program_.states()) check_source(value);
  }

  void prepare(Executable& executable) {
    const int end = int(steps_.size());
    std::map<std::pair<uint32_t, std::string>, int> packed;  // (value, layout) -> storage
    struct Draft {
      Prepared prepared;
      std::vector<int> packed_storages, new_packings;
      int workspace = -1;
    };
    const Runtime::Access access = runtime(device_).enter();
    std::vector<Draft> drafts(steps_.size());
    for (int k = 0; k < end; ++k) {
      const Step& step = *steps_[k];
      const Types in = types_of(program_, step.in), out = types_of(program_, step.out);
      if (is_alias(step)) continue;
      Draft& draft = drafts[k];
      try {
        draft.prepared = find_kernel(*step.op, device_.backend)(*step.op, in, out, device_);
      } catch (const Error& error) {
        fail("{}{}{}", step.scope, step.scope.empty() ? "" : ": ", error.what());
      }
      for (size_t p = 0; p < draft.prepared.packings.size(); ++p) {
        const Packing& packing = draft.prepared.packings[p];
        const auto key = std::make_pair(original_[step.in[packing.input]], packing.layout);
        auto found = packed.find(key);
        if (found == packed.end()) {
          found = packed.emplace(key, int(storages_.size())).first;
          storages_.push_back({packing.bytes, k, k, nullptr});
          draft.new_packings.push_back(int(p));
        }
        storages_[found->second].last = k;
        draft.packed_storages.push_back(found->second);
      }
      if (draft.prepared.workspace > 0) {
        draft.workspace = int(storages_.size());
        storages_.push_back({draft.prepared.workspace, k, k, nullptr});
      }
    }

    // Where nothing shares memory, AddressSanitizer watches a gap behind each value.
    const size_t gap = kAddressSanitizer && !options_.reuse_memory ? 64 : 0;
    std::vector<Lifetime> lifetimes;
    std::vector<int> lifetime_of(storages_.size(), -1);
    for (size_t s = 0; s < storages_.size(); ++s)
      if (!storages_[s].outside) {
        lifetime_of[s] = int(lifetimes.size());
        lifetimes.push_back(
            {storages_[s].bytes + gap, storages_[s].first, std::max(storages_[s].first, storages_[s].last)});
      }
    executable.plan_ = plan_memory(lifetimes, options_.reuse_memory);
    executable.device_ = device_;
    executable.runtime_ = &runtime(device_);
    executable.replay_ = options_.replay;
    const auto allocate = [&](size_t bytes, const char* purpose) {
      return static_cast<char*>(executable.memory_.emplace_back(device_, bytes, purpose).address());
    };
    std::vector<char*> place_of;  // by lifetime
    if (separate_memory()) {
      for (const Lifetime& each : lifetimes) place_of.push_back(allocate(each.bytes, "a value of a program"));
    } else {
      char* arena = allocate(executable.plan_.bytes, "the arena of a program");
      executable.runtime_->fill(arena, options_.poison_freed_memory ? 0xFF : 0, executable.plan_.bytes);
      for (const size_t offset : executable.plan_.offset) place_of.push_back(arena + offset);
    }

    const auto memory = [&](int storage) {
      if (storages_[storage].outside) return static_cast<char*>(storages_[storage].outside);
      return place_of[lifetime_of[storage]];
    };
    if (gap > 0) {
      for (size_t i = 0; i < lifetimes.size(); ++i) forbid_access(place_of[i], to_border(lifetimes[i].bytes));
      for (size_t s = 0; s < storages_.size(); ++s)
        if (!storages_[s].outside) allow_access(memory(int(s)), storages_[s].bytes);
    }
    const auto view = [&](uint32_t id) {
      return View{program_.value(id).type, memory(places_[id].storage) + places_[id].offset};
    };

    for (int k = 0; k < end; ++k) {
      const Step& step = *steps_[k];
      if (!drafts[k].prepared.run) continue;
      Draft& draft = drafts[k];
      for (const int p : draft.new_packings) {
        const Packing& packing = draft.prepared.packings[p];
        Instruction instruction;
        instruction.name = "pack " + packing.layout;
        instruction.scope = step.scope;
        const View from = view(step.in[packing.input]);
        instruction.bytes = from.type.bytes() + packing.bytes;
        const void* source = from.memory;
        void* target = memory(draft.packed_storages[p]);
        instruction.run = [pack = packing.pack, source, target](const Args&, Stream& stream) {
          pack(source, target, stream);
        };
        executable.instructions_.push_back(std::move(instruction));
      }
      Instruction instruction;
      instruction.name = std::string(step.op->name());
      instruction.scope = step.scope;
      instruction.algorithm = draft.prepared.algorithm;
      for (const uint32_t in : step.in) instruction.args.in.push_back(view(in));
      for (const uint32_t out : step.out) instruction.args.out.push_back(view(out));
      for (const int storage : draft.packed_storages) instruction.args.packed.push_back(memory(storage));
      if (draft.workspace >= 0) instruction.args.workspace = memory(draft.workspace);
      instruction.run = std::move(draft.prepared.run);
      instruction.flops = step.op->flops(types_of(program_, step.in), types_of(program_, step.out));
      instruction.bytes = bytes_moved(*step.op, instruction.args, draft.prepared.packings);
      if (options_.poison_freed_memory && options_.reuse_memory)
        for (size_t s = 0; s < storages_.size(); ++s)
          if (!storages_[s].outside && std::max(storages_[s].first, storages_[s].last) == k)
            instruction.freed.push_back({Type{DType::i32, {int64_t(storages_[s].bytes / 4), 1, 1, 1}}, memory(int(s))});
      executable.ops_.push_back(step.op);
      executable.instructions_.push_back(std::move(instruction));
    }
    for (const StateValue& value : program_.states()) {
      const View from = view(value.last), to = view(value.first);
      if (from.memory == to.memory) continue;
      Instruction instruction;
      instruction.name = "store";
      instruction.scope = value.name;
      instruction.bytes = 2 * value.type.bytes();
      instruction.run = [from, to, runtime = executable.runtime_](const Args&, Stream&) {
        runtime->copy(to.memory, from.memory, to.type.bytes());
      };
      executable.instructions_.push_back(std::move(instruction));
    }
    for (const auto& [name, id] : program_.inputs()) {
      executable.inputs_[name].view = view(id);
      executable.runtime_->fill(view(id).memory, 0, view(id).type.bytes());
    }
    for (const auto& [name, id] : program_.outputs()) executable.outputs_[name].view = view(id);
    if (executable.runtime_->apart()) executable.stage_ports();
  }

 private:
  bool is_alias(const Step& step) const { return step.op->alias(0, types_of(program_, step.in)).has_value(); }

  // Along a chain first -> ... -> last of versions that overwrite each other, every version takes the state's memory.
  void mark_state_chains() {
    for (int k = int(steps_.size()); k-- > 0;)
      for (size_t o = 0; o < steps_[k]->out.size(); ++o) {
        const int input = steps_[k]->op->overwrites(int(o)), chain = chain_[steps_[k]->out[o]];
        if (chain >= 0 && input >= 0) chain_[steps_[k]->in[input]] = chain;
      }
  }

  // States are stored one after the other at the end, so one cannot take from another what that then no longer holds.
  void check_source(const StateValue& value) const {
    const int source = places_[value.last].storage;
    for (const StateValue& other : program_.states())
      check(other.first == value.first || places_[other.first].storage != source
                || original_[other.last] == original_[value.last],
            "state '{}': cannot take the value that '{}' has before it is given another", value.name, other.name);
  }

  void place_outputs(const Step& step, int k) {
    const Types in = types_of(program_, step.in);
    for (size_t o = 0; o < step.out.size(); ++o) {
      const uint32_t id = step.out[o];
      if (const auto alias = step.op->alias(int(o), in)) {
        const Place source = places_[step.in[alias->input]];
        places_[id] = {source.storage, source.offset + alias->byte_offset};
        if (alias->byte_offset == 0 && in[alias->input].bytes() == program_.value(id).type.bytes())
          original_[id] = original_[step.in[alias->input]];
        continue;
      }
      const int input = step.op->overwrites(int(o));
      if (input >= 0 && may_overwrite(step, k, input, id)) {
        places_[id] = places_[step.in[input]];
        continue;
      }
      places_[id] = {int(storages_.size()), 0};
      storages_.push_back({program_.value(id).type.bytes(), k, k, nullptr});
    }
  }

  bool may_overwrite(const Step& step, int k, int input, uint32_t out) const {
    const Place place = places_[step.in[input]];
    const bool state = storages_[place.storage].outside != nullptr;
    if (state ? chain_[out] != place.storage : !options_.reuse_memory) return false;
    if (program_.value(step.in[input]).type != program_.value(out).type) return false;
    if (place.offset != 0 || storages_[place.storage].bytes != program_.value(out).type.bytes()) return false;
    if (!state && program_.value(step.in[input]).kind == Kind::input) return false;
    int reads_here = 0;
    for (const uint32_t in : step.in) reads_here += places_[in].storage == place.storage;
    for (uint32_t id = 0; id < places_.size(); ++id) {
      if (places_[id].storage != place.storage || last_read_[id] <= k) continue;
      check(!state, "{}: {} is read by a later step after {} has overwritten it", step.scope,
            program_.value(step.in[input]).name, step.op->name());
      return false;
    }
    return reads_here == 1 || state;
  }

  const Program& program_;
  Device device_;
  State& state_;
  CompileOptions options_;
  std::vector<const Step*> steps_;
  std::vector<Place> places_;       // by value
  std::vector<int> last_read_;      // by value: the last step that reads it, or -1
  std::vector<int> chain_;          // by value: the storage of the state that it is a version of, or -1
  std::vector<uint32_t> original_;  // by value: the value that it is another name of, or itself
  std::vector<Storage> storages_;
};

namespace {

template <class Ports>
auto& find(Ports& ports, const std::string& name, const char* what) {
  const auto found = ports.find(name);
  if (found != ports.end()) return found->second;
  std::string names;
  for (const auto& [known, port] : ports) names += (names.empty() ? "" : ", ") + known;
  fail("executable: no {} '{}'; it has {}", what, name, names);
}

void execute(const Instruction& instruction, Runtime& runtime, Stream& stream) {
  runtime.begin_range(instruction.scope, instruction.name);
  instruction.run(instruction.args, stream);
  for (const View& freed : instruction.freed) runtime.fill(freed.memory, 0xFF, freed.type.bytes());
  runtime.end_range();
}

void execute(std::span<const Instruction> instructions, Runtime& runtime) {
  Stream stream = runtime.stream();
  for (const Instruction& instruction : instructions) execute(instruction, runtime, stream);
}

}  // namespace

Executable compile(Program& program, const Device& device, State& state, CompileOptions options) {
  check(same_memory(device, state.device()), "compile: a program for {} cannot use a state on {}", to_string(device),
        to_string(state.device()));
  fuse(program);
  if (separate_memory()) options.reuse_memory = options.poison_freed_memory = false;
  Compiler compiler(program, device, state, options);
  compiler.place_values();
  Executable executable;
  compiler.prepare(executable);
  return executable;
}

View Executable::input(const std::string& name) const { return find(inputs_, name, "input").view; }
View Executable::output(const std::string& name) const { return find(outputs_, name, "output").view; }

void Executable::stage_ports() {
  const auto is_scalar = [](const Port& port) { return port.view.type.shape.count() == 1; };
  size_t landing = 0, staging = 0;
  for (auto& [name, port] : inputs_) landing += to_border(port.view.type.bytes());
  staging = landing;
  for (auto& [name, port] : outputs_)
    if (is_scalar(port)) staging += to_border(port.view.type.bytes());
  landing_ = Memory(device_, landing, "the inputs of a program");
  staging_ = Memory(device_, staging, "the inputs of a program", Side::staging);
  char *land = static_cast<char*>(landing_.address()), *stage = static_cast<char*>(staging_.address());
  for (auto& [name, port] : inputs_) {
    port.landing = std::exchange(land, land + to_border(port.view.type.bytes()));
    port.staged = std::exchange(stage, stage + to_border(port.view.type.bytes()));
    port.landed = runtime_->mark();
  }
  for (auto& [name, port] : outputs_)
    if (is_scalar(port)) port.staged = std::exchange(stage, stage + to_border(port.view.type.bytes()));
  taken_ = runtime_->mark();
}

void Executable::set_elements(const std::string& name, const void* values, size_t count, size_t bytes_each) {
  Port& port = find(inputs_, name, "input");
  const Type& type = port.view.type;
  check(int64_t(count) == type.shape.count() && bytes_each == size_of(type.dtype),
        "input '{}' is {}, was given {} values of {} bytes; another shape needs another compile()", name, type, count,
        bytes_each);
  if (!runtime_->apart()) return runtime_->upload(port.view.memory, values, type.bytes());
  port.landed->wait();  // until then what was set before is read from here
  std::memcpy(port.staged, values, type.bytes());
  taken_->hold(Queue::uploads);
  runtime_->upload_beside(port.landing, port.staged, type.bytes());
  port.landed->set(Queue::uploads);
  port.changed = true;
}

void Executable::set(const std::string& name, const HostTensor& values) {
  const Type type = input(name).type;
  check(values.type() == type, "input '{}' is {}, was given {}; another shape needs another compile()", name, type,
        values.type());
  set_elements(name, values.bytes().data(), size_t(type.shape.count()), size_of(type.dtype));
}

template <class Run>
void Executable::run_with_ports(Run run) {
  const Runtime::Access access = runtime_->enter();
  for (auto& [name, port] : inputs_) {
    if (!std::exchange(port.changed, false)) continue;
    port.landed->hold(Queue::work);
    runtime_->copy(port.view.memory, port.landing, port.view.type.bytes());
  }
  if (taken_) taken_->set(Queue::work);
  run();
  for (auto& [name, port] : outputs_)
    if (port.staged) runtime_->download(port.staged, port.view.memory, port.view.type.bytes());
  ++runs_;
  queued_ = true;
}

// It may be done later, and this executable may have moved by then: but not its instructions.
std::function<void()> Executable::all_instructions() const {
  return [instructions = std::span(instructions_), runtime = runtime_] { execute(instructions, *runtime); };
}

void Executable::run() {
  run_with_ports([&] {
    // Libraries set themselves up in the first run, which is no part of a recording.
    if (replay_ && has_run() && !replays()) {
      recording_ = runtime_->record(all_instructions());
      replay_ = replays();  // or the device cannot
    }
    if (replays())
      recording_->replay();
    else
      runtime_->queue(all_instructions());
  });
}

void Executable::run(std::vector<double>& seconds) {
  seconds.resize(instructions_.size());
  run_with_ports([&] {
    Stream stream = runtime_->stream();
    const std::vector<double> each =
        runtime_->time(instructions_.size(), [&](size_t i) { execute(instructions_[i], *runtime_, stream); });
    for (size_t i = 0; i < each.size(); ++i) seconds[i] += each[i];
  });
}

double Executable::mean_seconds(size_t count, const std::function<void()>& before) {
  wait();
  const Runtime::Access access = runtime_->enter();
  return runtime_->mean_seconds(
      count, [this] { execute(instructions_, *runtime_); }, before);
}

void Executable::wait() const {
  if (std::exchange(queued_, false)) runtime_->wait();
}

double Executable::scalar(const std::string& name) const {
  const Port& port = find(outputs_, name, "output");
  check(port.view.type.shape.count() == 1, "output '{}' is {}, not a scalar", name, port.view.type);
  if (!port.staged) return read(port.view).values()[0];
  wait();
  HostTensor tensor(port.view.type);
  std::memcpy(tensor.bytes().data(), port.staged, tensor.bytes().size());
  return tensor.values()[0];
}

double Executable::flops() const {
  double sum = 0;
  for (const Instruction& instruction : instructions_) sum += instruction.flops;
  return sum;
}

}  // namespace tuna
