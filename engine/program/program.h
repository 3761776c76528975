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
  bool fused_away = false;  // no step computes it any more

  bool operator==(const Value&) const = default;
};

/// What fusion made of a step.
struct FusionNote {
  std::string rule;  // the rule that made it, or that matches chains which begin with its op; else empty
  std::string ops;   // the ops that it replaces: "instance_norm + relu"; empty if it is as recorded
};

struct Step {
  AnyOp op;
  std::vector<uint32_t> in, out;
  std::string scope;  // the module that recorded it: "generator.model.1"
  FusionNote fusion = {};
  bool recomputes = false;  // computes a value again for a gradient, so that it need not be kept until then
};

/// How a state value is initialised.
struct Initial {
  enum class Draw : uint8_t { constant, normal, uniform } draw = Draw::constant;
  double mean = 0, spread = 0;  // standard deviation, or half the width

  static Initial constant(double value) { return {Draw::constant, value, 0}; }
  static Initial normal(double mean, double deviation) { return {Draw::normal, mean, deviation}; }
  static Initial uniform(double bound) { return {Draw::uniform, 0, bound}; }
  bool operator==(const Initial&) const = default;
};

/// parameter: an optimizer may change it.  inert: a parameter that files contain but that has no effect (a bias before
/// an instance norm).  buffer: everything else that persists between runs.
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

  bool operator==(const StateValue&) const = default;
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

  /// The type of everything that is never in reduced precision: images, parameters, statistics, losses.
  DType accumulation_type() const { return tuna::accumulation_type(activation_); }
  Fusion fusion() const { return fusion_; }
  void set_fusion(Fusion fusion) { fusion_ = fusion; }

  /// Declares a value that is set before each run.
  Tensor input(const std::string& name, Type type);
  Tensor input(const std::string& name, Shape shape) { return input(name, Type{accumulation_type(), shape}); }

  /// Declares a value that persists between runs, in State, under its full name (scope included).  Declared twice with
  /// the same type, it is the same value.
  Tensor state(const std::string& name, Type type, Initial initial, Role role = Role::buffer,
               FileLayout layout = FileLayout::as_is);

  /// The newest version of a state value, which every step recorded now must read.
  Tensor latest(Tensor state) const;

  /// Makes `value` the newest version of the state.
  void store(Tensor state, Tensor value);

  /// Makes a value readable after a run, under a name.
  void output(const std::string& name, Tensor value);

  Tensors record(AnyOp op, const Tensors& in);

  const Value& value(uint32_t id) const { return values_.at(id); }
  size_t value_count() const { return values_.size(); }
  const std::vector<Step>& steps() const { return steps_; }
  const std::vector<StateValue>& states() const { return states_; }
  const std::map<std::string, uint32_t>& inputs() const { return inputs_; }
  const std::map<std::string, uint32_t>& outputs() const { return outputs_; }

  /// Whether both have the same steps on values of the same names and types, which begin alike: given the same inputs
  /// and random numbers they leave the same state behind.
  bool same_as(const Program& other) const;

  /// Replaces the steps by others that compute the same values, except some that no step reads any more: recording a
  /// reader of such a value is an error from then on.
  void rewrite(std::vector<Step> steps);

  /// State values with this role whose names begin with `prefix`, in the order of their declaration.
  Tensors states(const std::string& prefix, Role role);

  /// Name prefix of what is recorded now: "generator.model.1".
  const std::string& scope() const { return scope_; }
  void set_scope(std::string scope) { scope_ = std::move(scope); }

  /// Whether what is recorded now computes values a second time (Step::recomputes).
  void set_recomputing(bool recomputing) { recomputing_ = recomputing; }

  /// Whether parameters that are read from now on require gradients, as PyTorch's Tensor.requires_grad; if not, they
  /// are read detached (models/module.h).
  bool requires_grad() const { return requires_grad_; }
  void set_requires_grad(bool requires_grad) { requires_grad_ = requires_grad; }

 private:
  Tensor add(Type type, Kind kind, std::string name);
  StateValue& state_of(Tensor state);
  void check_readable(Tensor value, const std::string& reader) const;

  DType activation_;
  Fusion fusion_;
  std::deque<Value> values_;  // a deque: references to a value's type stay valid while more are recorded
  std::vector<Step> steps_;
  std::vector<StateValue> states_;
  std::map<std::string, size_t> state_index_;
  std::map<uint32_t, size_t> state_of_first_;
  std::map<std::string, uint32_t> inputs_, outputs_;
  std::string scope_;
  bool requires_grad_ = true, recomputing_ = false;
};

/// While it exists, what is recorded belongs to scope + "." + name.
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
