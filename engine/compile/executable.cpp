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
  const auto is_scalar = [](const Port& port) { return port.view.type.shape.count() == 1; };
  size_t landing = 0, staging = 0;
  for (auto& [name, port] : inputs_) landing += align_up(port.view.type.bytes());
  staging = landing;
  for (auto& [name, port] : outputs_)
    if (is_scalar(port)) staging += align_up(port.view.type.bytes());
  landing_ = Memory(program_.target.device, landing, "the inputs of a program");
  staging_ = Memory(program_.target.device, staging, "the inputs of a program", Side::staging);
  char *land = static_cast<char*>(landing_.address()), *stage = static_cast<char*>(staging_.address());
  for (auto& [name, port] : inputs_) {
    port.landing = std::exchange(land, land + align_up(port.view.type.bytes()));
    port.staged = std::exchange(stage, stage + align_up(port.view.type.bytes()));
    port.landed = runtime_->create_event();
  }
  for (auto& [name, port] : outputs_)
    if (is_scalar(port)) port.staged = std::exchange(stage, stage + align_up(port.view.type.bytes()));
  taken_ = runtime_->create_event();
}

void Executable::set_elements(const std::string& name, const void* values, size_t count, size_t bytes_each) {
  Port& port = find(inputs_, name, "input");
  const Type& type = port.view.type;
  check(int64_t(count) == type.shape.count() && bytes_each == size_of(type.dtype),
        "input '{}' is {}, was given {} values of {} bytes; another shape needs another compile()", name, type, count,
        bytes_each);
  if (!runtime_->has_discrete_memory()) return runtime_->upload(port.view.memory, values, type.bytes());
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

template <class Run>
void Executable::run_with_ports(Run run) {
  const Runtime::Access access = runtime_->enter();
  for (auto& [name, port] : inputs_) {
    if (!std::exchange(port.changed, false)) continue;
    port.landed->wait(Queue::work);
    runtime_->copy(port.view.memory, port.landing, port.view.type.bytes());
  }
  if (taken_) taken_->record(Queue::work);
  run();
  for (auto& [name, port] : outputs_)
    if (port.staged) runtime_->download(port.staged, port.view.memory, port.view.type.bytes());
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
