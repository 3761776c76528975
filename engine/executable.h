// A program made ready to run: steps that nobody needs are gone, memory is planned, kernels are prepared.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "engine/program.h"
#include "engine/runtime.h"
#include "engine/state.h"

namespace tuna {

struct CompileOptions {
  bool reuse_memory = true;
#ifdef NDEBUG
  bool poison_freed_memory = false;
#else
  bool poison_freed_memory = true;  // with NaN, so that a reader that comes too late is seen
#endif
  bool replay = true;  // where the device can: run() records what it queues once there was a run, and replays it then
};

/// One step as it runs.
struct Instruction {
  std::string name, scope;
  std::string algorithm;  // of Prepared
  Args args;
  std::function<void(const Args&, Stream&)> run;
  std::vector<View> freed;  // memory whose last reader this was
  double flops = 0;
  size_t bytes = 0;  // that it must read and write
};

class Executable {
 public:
  void run();

  /// As run(), and adds the seconds of each instruction to `seconds` (resized on first use).  Call run() before:
  /// libraries set themselves up there.
  void run(std::vector<double>& seconds);

  /// Mean seconds of the steps alone, over `count` runs as Runtime::mean_seconds() does them.  Call run() before:
  /// inputs are uploaded and libraries set themselves up there.
  double mean_seconds(size_t count, const std::function<void()>& before = {});

  /// Whether there was a run before, and whether runs replay what was recorded.
  bool has_run() const { return runs_ > 0; }
  bool replays() const { return recording_ != nullptr; }

  const Device& device() const { return device_; }

  /// Where an input or output lies on the device.  Throws Error listing the names that exist.
  View input(const std::string& name) const;
  View output(const std::string& name) const;

  /// Copies values to an input, which keeps them until it is set again.  An executable is compiled for one shape.
  template <class T>
  void set(const std::string& name, std::span<const T> values) {
    set_elements(name, values.data(), values.size(), sizeof(T));
  }
  void set(const std::string& name, std::initializer_list<float> values) {
    set(name, std::span<const float>(values.begin(), values.size()));
  }
  void set(const std::string& name, const HostTensor& values);

  /// A copy of an output, as the last run left it.
  HostTensor get(const std::string& name) const { return read(output(name)); }
  template <class T>
  std::vector<T> get(const std::string& name) const {
    const HostTensor tensor = get(name);
    return {tensor.as<T>().begin(), tensor.as<T>().end()};
  }

  /// A scalar output.
  double scalar(const std::string& name) const;

  /// A copy of whatever lies at a view of this executable now.
  HostTensor read(const View& view) const { return {device_, view}; }

  /// Until what run() queued is done; reading does so by itself.
  void wait() const;

  const std::vector<Instruction>& instructions() const { return instructions_; }
  const Plan& plan() const { return plan_; }
  double flops() const;

 private:
  friend class Compiler;
  /// An input or output.  Where the device is apart, an input goes through staging memory to a landing place, beside
  /// the run that is under way, and is taken from there when the next one begins; each run leaves its scalars in
  /// staging memory, so that all of them cost one wait.
  struct Port {
    View view;
    char *staged = nullptr, *landing = nullptr;
    std::unique_ptr<Mark> landed;
    bool changed = false;
  };
  using Ports = std::map<std::string, Port>;

  void set_elements(const std::string& name, const void* values, size_t count, size_t bytes_each);
  void stage_ports();
  template <class Run>
  void run_with_ports(Run run);
  std::function<void()> all_instructions() const;

  Device device_;
  Runtime* runtime_ = nullptr;
  std::vector<Instruction> instructions_;
  Ports inputs_, outputs_;
  std::vector<std::shared_ptr<const Op>> ops_;  // kernels refer to them
  Plan plan_;
  std::vector<Memory> memory_;  // the arena, or each value's own (separate_memory())
  Memory staging_, landing_;
  std::unique_ptr<Mark> taken_;  // by the last run, from where inputs land
  bool replay_ = true;
  int64_t runs_ = 0;
  std::unique_ptr<Recording> recording_;
  mutable bool queued_ = false;  // a run that nobody has waited for
};

/// Throws Error where a step has no kernel, where a value would be read after it was overwritten, or where memory does
/// not suffice.  Fuses the program first (engine/fusion.h).  `program` may go away afterwards; `state` must outlive the
/// result.
Executable compile(Program& program, const Device& device, State& state, CompileOptions options = {});

}  // namespace tuna
