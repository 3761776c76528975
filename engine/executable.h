// A program made ready to run: steps that nobody needs are gone, memory is planned, kernels are prepared.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "engine/program.h"
#include "engine/state.h"

namespace tuna {

struct CompileOptions {
  bool reuse_memory = true;
#ifdef NDEBUG
  bool poison_freed_memory = false;
#else
  bool poison_freed_memory = true;  // with NaN, so that a reader that comes too late is seen
#endif
};

/// One step as it runs.
struct Instruction {
  std::string name, scope;
  Args args;
  std::function<void(const Args&, Stream&)> run;
  std::vector<View> freed;  // memory whose last reader this was
  double flops = 0;
  size_t bytes = 0;  // read and written
};

class Executable {
 public:
  void run();

  /// As run(), and adds the seconds of each instruction to `seconds` (resized on first use).
  void run(std::vector<double>& seconds);

  View input(const std::string& name) const;   // throws Error listing the names that exist
  View output(const std::string& name) const;  // likewise

  template <class T>
  void set(const std::string& name, std::span<const T> values) const {
    const View view = input(name);
    check(int64_t(values.size()) == view.type.shape.count() && sizeof(T) == size_of(view.type.dtype),
          "input '{}' is {}, was given {} values of {} bytes", name, view.type, values.size(), sizeof(T));
    std::copy(values.begin(), values.end(), view.data<T>());
  }
  void set(const std::string& name, std::initializer_list<float> values) const {
    set(name, std::span<const float>(values.begin(), values.size()));
  }

  /// A scalar output.
  double scalar(const std::string& name) const;

  const std::vector<Instruction>& instructions() const { return instructions_; }
  const Plan& plan() const { return plan_; }
  double flops() const;

 private:
  friend class Compiler;
  void execute(Instruction& instruction);

  std::vector<Instruction> instructions_;
  std::map<std::string, View> inputs_, outputs_;
  std::vector<std::shared_ptr<const Op>> ops_;  // kernels refer to them
  Plan plan_;
  AlignedMemory arena_;
  Stream stream_;
};

/// Throws Error where a step has no kernel, where a value would be read after it was overwritten, or where memory does
/// not suffice.  Fuses the program first (engine/fusion.h).  `program` may go away afterwards; `state` must outlive the
/// result.
Executable compile(Program& program, Device device, State& state, CompileOptions options = {});

}  // namespace tuna
