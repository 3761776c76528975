// A recorded computation: what a training step does, before anything runs.  Models, losses, gradients and optimizers
// all append steps to the same list; compile() (engine/compile) turns it into something that runs.  Steps are never
// reordered.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/program/op.h"
#include "engine/program/tensor.h"

namespace tuna {

enum class Kind : uint8_t { input, state, temporary };

struct Value {
  Type type;
  Kind kind;
  std::string name;
  bool fused_away = false;  // no step makes it any more
};

/// What fusion made of a step.
struct FusionNote {
  std::string rule;  // that made it, or that looks for chains which begin with its op; else empty
  std::string ops;   // that it stands for: "instance_norm + relu"; empty if it is as recorded
};

struct Step {
  AnyOp op;
  std::vector<uint32_t> in, out;
  std::string scope;  // the module that recorded it: "generator.model.1"
  FusionNote fusion = {};
  bool recomputes = false;  // a value for a gradient, so that it need not be kept from the first time until then
};

/// How a state value begins its life.
struct Initial {
  enum class Draw : uint8_t { constant, normal, uniform } draw = Draw::constant;
  double mean = 0, spread = 0;  // standard deviation, or half the width

  static Initial constant(double value) { return {Draw::constant, value, 0}; }
  static Initial normal(double mean, double deviation) { return {Draw::normal, mean, deviation}; }
  static Initial uniform(double bound) { return {Draw::uniform, 0, bound}; }
};

/// parameter: an optimizer may change it.  inert: a parameter that files hold but that cannot matter (a bias before an
/// instance norm).  buffer: everything else that lives on between runs.
enum class Role : uint8_t { parameter, inert, buffer };

/// The shape that a state value has in files, which is PyTorch's: a vector [c], a matrix [n, c], a kernel [n, c, h, w];
/// as_is [n, h, w, c].
enum class FileLayout : uint8_t { as_is, vector, matrix, kernel };

struct StateValue {
  std::string name;
  Type type;
  Initial initial;
  Role role;
  FileLayout layout;
  uint32_t first, last;  // the value that a run begins with, and the one that it leaves behind
};

/// Whether chains of steps may become single ones (engine/program/fusion.h).
enum class Fusion : uint8_t { on, off };

class Program {
 public:
  /// `activation` is the type of activations: f32, f16 or bf16, or f64 for gradient checks.
  explicit Program(DType activation = DType::f32, Fusion fusion = Fusion::on)
      : activation_(activation), fusion_(fusion) {}
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  DType activation() const { return activation_; }

  /// The type of everything that is not short even where activations are: images, parameters, statistics, losses.
  DType real() const { return accumulation_type(activation_); }
  Fusion fusion() const { return fusion_; }
  void set_fusion(Fusion fusion) { fusion_ = fusion; }

  /// Set before each run.
  Tensor input(const std::string& name, Type type);
  Tensor input(const std::string& name, Shape shape) { return input(name, Type{real(), shape}); }

  /// A value that lives on between runs, in State, under its full name (scope included).  Declared twice with the same
  /// type it is the same value.
  Tensor state(const std::string& name, Type type, Initial initial, Role role = Role::buffer,
               FileLayout layout = FileLayout::as_is);

  /// The newest version of a state value: what a reader recorded now must see.
  Tensor latest(Tensor state) const;

  /// `value` is what the state holds from here on.
  void store(Tensor state, Tensor value);

  /// Kept readable after a run, under a name.
  void output(const std::string& name, Tensor value);

  Tensors record(AnyOp op, const Tensors& in);

  const Value& value(uint32_t id) const { return values_.at(id); }
  size_t value_count() const { return values_.size(); }
  const std::vector<Step>& steps() const { return steps_; }
  const std::vector<StateValue>& states() const { return states_; }
  const std::map<std::string, uint32_t>& inputs() const { return inputs_; }
  const std::map<std::string, uint32_t>& outputs() const { return outputs_; }

  /// Replaces the steps by others that make the same values, but for some that nobody reads any more: recording a
  /// reader of such a value is an error from here on.
  void rewrite(std::vector<Step> steps);

  /// State values with this role whose names begin with `prefix`, in the order of their declaration.
  Tensors states(const std::string& prefix, Role role);

  /// Name prefix of what is recorded now: "generator.model.1".
  const std::string& scope() const { return scope_; }
  void set_scope(std::string scope) { scope_ = std::move(scope); }

  /// Whether what is recorded now computes values a second time (Step::recomputes).
  void set_recomputing(bool recomputing) { recomputing_ = recomputing; }

  /// Whether gradients reach the parameters of the networks that are recorded now (models/module.h).
  bool requires_grad() const { return learning_; }
  void set_requires_grad(bool learning) { learning_ = learning; }

 private:
  Tensor add(Type type, Kind kind, std::string name);
  StateValue& state_of(Tensor state);
  void check_readable(Tensor value, const std::string& reader) const;

  DType activation_;
  Fusion fusion_;
  std::deque<Value> values_;  // a deque: references to a value's type stay good while more are recorded
  std::vector<Step> steps_;
  std::vector<StateValue> states_;
  std::map<std::string, size_t> state_index_;
  std::map<uint32_t, size_t> state_of_first_;
  std::map<std::string, uint32_t> inputs_, outputs_;
  std::string scope_;
  bool learning_ = true, recomputing_ = false;
};

/// While it lives, what is recorded belongs to scope + "." + name.
class Scope {
 public:
  Scope(Program& program, const std::string& name) : program_(program), outer_(program.scope()) {
    program.set_scope(outer_.empty() ? name : outer_ + "." + name);
  }
  ~Scope() { program_.set_scope(outer_); }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  Program& program_;
  std::string outer_;
};

}  // namespace tuna
