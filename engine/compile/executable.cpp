#include "engine/compile/executable.h"

#include <cstring>
#include <utility>

namespace tuna {
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

Executable::Executable(CompiledProgram program)
    : program_(std::move(program)), runtime_(&tuna::runtime(program_.target.device)) {
  for (const auto& [name, view] : program_.inputs) inputs_[name].view = view;
  for (const auto& [name, view] : program_.outputs) outputs_[name].view = view;
  if (runtime_->has_discrete_memory()) stage_ports();
}

View Executable::input(const std::string& name) const { return find(inputs_, name, "input").view; }
View Executable::output(const std::string& name) const { return find(outputs_, name, "output").view; }

void Executable::stage_ports() {
  const Block &small = program_.small_inputs, &scalars = program_.scalar_outputs;
  std::vector<Port*> single_inputs, single_scalars;
  size_t landing = 0, staging = align_up(small.bytes) + align_up(scalars.bytes);
  for (auto& [name, port] : inputs_)
    if (!small.holds(port.view)) {
      single_inputs.push_back(&port);
      landing += align_up(port.view.type.bytes());
    }
  for (auto& [name, port] : outputs_)
    if (port.view.type.shape.count() == 1 && !scalars.holds(port.view)) {
      single_scalars.push_back(&port);
      staging += align_up(port.view.type.bytes());
    }
  landing_ = Memory(program_.target.device, landing, "the inputs of a program");
  staging_ = Memory(program_.target.device, staging + landing, "the inputs of a program", Side::staging);
  char *land = static_cast<char*>(landing_.address()), *stage = static_cast<char*>(staging_.address());
  const auto take = [](char*& memory, size_t bytes) { return std::exchange(memory, memory + align_up(bytes)); };

  staged_inputs_ = take(stage, small.bytes);
  staged_scalars_ = take(stage, scalars.bytes);
  if (small.bytes > 0) std::memset(staged_inputs_, 0, small.bytes);  // the value of inputs that are never set
  for (auto& [name, port] : inputs_)
    if (small.holds(port.view)) port.staged = staged_inputs_ + (port.view.data<char>() - small.memory);
  for (auto& [name, port] : outputs_)
    if (scalars.holds(port.view)) port.staged = staged_scalars_ + (port.view.data<char>() - scalars.memory);
  for (Port* port : single_inputs) {
    port->landing = take(land, port->view.type.bytes());
    port->staged = take(stage, port->view.type.bytes());
    port->landed = runtime_->create_event();
  }
  for (Port* port : single_scalars) port->staged = take(stage, port->view.type.bytes());
  taken_ = runtime_->create_event();
  small_taken_ = runtime_->create_event();
}

void Executable::set_elements(const std::string& name, const void* values, size_t count, size_t bytes_each) {
  Port& port = find(inputs_, name, "input");
  const Type& type = port.view.type;
  check(int64_t(count) == type.shape.count() && bytes_each == size_of(type.dtype),
        "input '{}' is {}, was given {} values of {} bytes; another shape needs another compile()", name, type, count,
        bytes_each);
  if (!runtime_->has_discrete_memory()) return runtime_->upload(port.view.memory, values, type.bytes());
  if (!port.landing) {
    small_taken_->synchronize();  // until then, the previous upload may read the staging memory
    std::memcpy(port.staged, values, type.bytes());
    small_changed_ = true;
    return;
  }
  port.landed->synchronize();  // until then, the previous upload may read the staging memory
  std::memcpy(port.staged, values, type.bytes());
  taken_->wait(Queue::uploads);
  runtime_->upload_async(port.landing, port.staged, type.bytes());
  port.landed->record(Queue::uploads);
  port.changed = true;
}

void Executable::set(const std::string& name, const HostTensor& values) {
  const Type type = input(name).type;
  check(values.type() == type, "input '{}' is {}, was given {}; another shape needs another compile()", name, type,
        values.type());
  set_elements(name, values.bytes().data(), size_t(type.shape.count()), size_of(type.dtype));
}

void Executable::upload_inputs() {
  for (auto& [name, port] : inputs_) {
    if (!std::exchange(port.changed, false)) continue;
    port.landed->wait(Queue::work);
    runtime_->copy(port.view.memory, port.landing, port.view.type.bytes());
  }
  if (taken_) taken_->record(Queue::work);
  if (!std::exchange(small_changed_, false)) return;
  runtime_->upload(program_.small_inputs.memory, staged_inputs_, program_.small_inputs.bytes);
  small_taken_->record(Queue::work);
}

void Executable::download_scalars() {
  const Block& scalars = program_.scalar_outputs;
  if (scalars.bytes > 0) runtime_->download(staged_scalars_, scalars.memory, scalars.bytes);
  for (auto& [name, port] : outputs_)
    if (port.staged && !scalars.holds(port.view))
      runtime_->download(port.staged, port.view.memory, port.view.type.bytes());
}

template <class Run>
void Executable::run_with_ports(Run run) {
  const Runtime::Access access = runtime_->enter();
  upload_inputs();
  run();
  download_scalars();
  ++runs_;
  queued_ = true;
}

// May run after this executable was moved, which does not move its instructions.
std::function<void()> Executable::all_instructions() const {
  return [instructions = std::span(program_.instructions), runtime = runtime_] { execute(instructions, *runtime); };
}

void Executable::run() {
  run_with_ports([&] {
    // Libraries initialise in the first run, so it is not captured.
    if (program_.replay && has_run() && !replays()) {
      graph_ = runtime_->capture(all_instructions());
      program_.replay = replays();  // false if the device cannot capture
    }
    if (replays())
      graph_->replay();
    else
      runtime_->queue(all_instructions());
  });
}

void Executable::run(std::vector<double>& seconds) {
  seconds.resize(program_.instructions.size());
  run_with_ports([&] {
    Stream stream = runtime_->stream();
    const std::vector<double> each = runtime_->time(
        program_.instructions.size(), [&](size_t i) { execute(program_.instructions[i], *runtime_, stream); });
    for (size_t i = 0; i < each.size(); ++i) seconds[i] += each[i];
  });
}

double Executable::mean_seconds(size_t count, const std::function<void()>& before) {
  synchronize();
  const Runtime::Access access = runtime_->enter();
  return runtime_->mean_seconds(
      count, [this] { execute(program_.instructions, *runtime_); }, before);
}

void Executable::synchronize() const {
  if (std::exchange(queued_, false)) runtime_->synchronize();
}

double Executable::scalar(const std::string& name) const {
  const Port& port = find(outputs_, name, "output");
  check(port.view.type.shape.count() == 1, "output '{}' is {}, not a scalar", name, port.view.type);
  if (!port.staged) return read(port.view).values()[0];
  synchronize();
  HostTensor tensor(port.view.type);
  std::memcpy(tensor.bytes().data(), port.staged, tensor.bytes().size());
  return tensor.values()[0];
}

double Executable::flops() const {
  double sum = 0;
  for (const Instruction& instruction : program_.instructions) sum += instruction.flops;
  return sum;
}

}  // namespace tuna
