// A compiled program: its instructions and their memory.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/compile/memory_plan.h"
#include "engine/program/kernel.h"
#include "engine/program/program.h"
#include "engine/runtime/host_tensor.h"
#include "engine/runtime/memory.h"

namespace tuna {

/// One step as it runs.
struct Instruction {
  std::string name, scope;
  std::string algorithm;  // of Prepared
  FusionNote fusion;
  Args args;
  std::function<void(const Args&, Stream&)> run;
  std::vector<View> freed;  // memory whose last reader this is
  double flops = 0;
  size_t bytes = 0;  // that it must read and write
};

/// Device memory with several values.
struct Block {
  char* memory = nullptr;
  size_t bytes = 0;

  bool holds(const View& view) const { return view.memory >= memory && view.memory < memory + bytes; }
};

/// What compile() makes of a program (engine/compile/compile.h).
struct CompiledProgram {
  Target target;
  std::vector<Instruction> instructions;
  std::map<std::string, View> inputs, outputs;
  Block small_inputs, scalar_outputs;  // each copied in one transfer if device memory is discrete
  std::vector<AnyOp> ops;              // kernels refer to them
  MemoryPlan plan;
  std::vector<Memory> memory;  // the arena, or each value's own (separate_memory())
  bool replay = true;
};

class Executable {
 public:
  Executable() = default;
  explicit Executable(CompiledProgram program);

  void run();

  /// As run(), and adds the seconds of each instruction to `seconds` (resized on first use).  Call run() before:
  /// libraries initialise there.
  void run(std::vector<double>& seconds);

  /// Mean seconds of the steps alone, over `count` runs as Runtime::mean_seconds() does them.  Call run() before:
  /// inputs are uploaded and libraries initialise there.
  double mean_seconds(size_t count, const std::function<void()>& before = {});

  /// Whether there was a run before, and whether runs replay a captured graph.
  bool has_run() const { return runs_ > 0; }
  bool replays() const { return graph_ != nullptr; }

  const Target& target() const { return program_.target; }

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

  /// A copy of the current values at a view of this executable.
  HostTensor read(const View& view) const { return {program_.target.device, view}; }

  /// Blocks until what run() queued is done; reading does so by itself.
  void synchronize() const;

  const std::vector<Instruction>& instructions() const { return program_.instructions; }
  const MemoryPlan& plan() const { return program_.plan; }
  double flops() const;

 private:
  /// An input or output.  If device memory is discrete, an input is uploaded through staging memory to a landing buffer
  /// while the previous run executes, and copied from there when the next one begins.  Small inputs are uploaded in
  /// one transfer when the run begins.  Each run downloads its scalars to staging memory, so that reading all of them
  /// costs one wait.
  struct Port {
    View view;
    char *staged = nullptr, *landing = nullptr;
    std::unique_ptr<Event> landed;
    bool changed = false;
  };
  using Ports = std::map<std::string, Port>;

  void set_elements(const std::string& name, const void* values, size_t count, size_t bytes_each);
  void stage_ports();
  void upload_inputs();
  void download_scalars();
  template <class Run>
  void run_with_ports(Run run);
  std::function<void()> all_instructions() const;

  CompiledProgram program_;
  Runtime* runtime_ = nullptr;
  Ports inputs_, outputs_;
  Memory staging_, landing_;
  std::unique_ptr<Event> taken_;  // the last run has copied the inputs from their landing buffers
  char *staged_inputs_ = nullptr, *staged_scalars_ = nullptr;  // copies of the program's blocks
  std::unique_ptr<Event> small_taken_;                         // the last run has uploaded the small inputs
  bool small_changed_ = false;
  int64_t runs_ = 0;
  std::unique_ptr<CapturedGraph> graph_;
  mutable bool queued_ = false;  // a run was queued that was not yet waited for
};

}  // namespace tuna
