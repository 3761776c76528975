// The table of operations: each row says how to use an op at some size, and is at once its test on every backend, its
// finite-difference check in f64, and its benchmark.  `tuna gradcheck` and `tuna bench` read the same rows.
#pragma once

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/program/program.h"

namespace tuna {

/// An input of a row, with the values that it was drawn to have.
struct Drawn {
  Tensor tensor;
  std::string name;
  std::vector<double> values;
  double spread = 1;  // the scale of a finite-difference step
  bool differentiate = false;
};

/// Draws the inputs of a row: in the program's type of activations, except parameters, which are not of a
/// reduced-precision type.  Values are rounded to f32, so that every backend sees the same ones.
class Draw {
 public:
  Draw(Program& program, uint64_t seed) : program(program), seed_(seed) {}

  Program& program;

  Tensor normal(Shape shape, double mean = 0, double deviation = 1);
  Tensor uniform(Shape shape, double low, double high);

  Tensor parameter(Shape shape, double mean = 0, double deviation = 1);

  /// Inputs without gradients.
  Tensor constant(Shape shape, std::vector<double> values);
  Tensor constant_normal(Shape shape, double mean = 0, double deviation = 1);
  Tensor constant_uniform(Shape shape, double low, double high);
  Tensor constant_parameter(Shape shape, double mean = 0, double deviation = 1);
  Tensor constant_positive_parameter(Shape shape, double low, double high);
  Tensor integers(Shape shape, std::vector<int32_t> values);
  Tensor labels(int64_t count, int classes);  // [count, 1, 1, 1], each in 0 ... classes - 1

  /// NaN and infinity, at some elements of the last input.
  Tensor with(Tensor last, const std::vector<std::pair<int64_t, double>>& strays);

  /// An output that backends must agree on, but that is not part of the function to differentiate.
  void also_compare(Tensor tensor) { compared.push_back(tensor); }

  std::vector<Drawn> drawn;
  Tensors compared;

  /// During its lifetime all values are 0: if only shapes matter, drawing would take most of the time.
  class ShapesOnly {
   public:
    ShapesOnly() { active_ = true; }
    ~ShapesOnly() { active_ = false; }
    ShapesOnly(const ShapesOnly&) = delete;
    ShapesOnly& operator=(const ShapesOnly&) = delete;
    static bool active() { return active_; }

   private:
    static inline thread_local bool active_ = false;
  };

 private:
  Tensor add(Type type, std::vector<double> values, double spread, bool differentiate);
  Tensor add_normal(Type type, double mean, double deviation);
  Tensor add_uniform(Type type, double low, double high);
  Tensor without_gradient(Tensor tensor);  // the last one drawn
  Random random() const { return Random(seed_, "draw", 0, uint32_t(drawn.size())); }

  uint64_t seed_;
};

using BuildRow = std::function<Tensors(Draw&)>;

struct OpRow {
  std::string op, name;
  BuildRow build;
  double f32_tolerance = 1e-5;                // relative L2 of the f32 backends from f64
  bool reduced_precision = true;              // whether it runs in f16 and bf16, too
  double reduced_precision_tolerance = 0.05;  // relative L2 from ref in the same type, in units of its last place
  int64_t differences = 400;  // finite differences per input, at elements drawn at random if it has more
  bool benchmark_only = false;
  std::string refusal;  // not empty: building it must fail with this in the message

  /// Whether a library multiplies matrices for it, the only case in which tf32 differs from fp32.
  bool multiplies() const { return op.rfind("conv", 0) == 0 || op == "linear"; }

  /// For rows whose result is ill-conditioned in f32: say why where it is used.
  OpRow& tolerate(double relative) {
    f32_tolerance = relative;
    return *this;
  }

  /// For large rows whose size matters only to devices: finite differences check ref, on smaller rows, too.
  OpRow& few_differences() {
    differences = 40;
    return *this;
  }

  /// For rows with NaN or infinity, which have no finite differences.
  OpRow& no_differences() {
    differences = 0;
    return *this;
  }

  /// For rows that round not only their results, but also intermediate values.
  OpRow& tolerate_short(double last_places) {
    reduced_precision_tolerance = last_places;
    return *this;
  }
};

/// f of the first sample of each input and f of the rest, in one batch: f and its gradient read from addresses without
/// the alignment of vector accesses.
Tensor in_parts(const Tensors& wholes, const std::function<Tensor(const Tensors&)>& f);

/// All rows of all ops, in the order of their names.
std::vector<OpRow>& op_rows();

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN(), kInfinity = std::numeric_limits<double>::infinity();

class OpTable {
 public:
  template <class Rows>
  OpTable(std::string op, Rows rows) : op_(std::move(op)) {
    rows(*this);
  }

  /// The rows that follow never run in a reduced-precision type: losses, optimizers, images.
  void without_reduced_precision() { reduced_precision_ = false; }

  template <class Build>
  OpRow& row(std::string name, Build build) {
    return add(std::move(name), build);
  }

  /// A size of real use, which only benchmarks run.
  template <class Build>
  void bench(std::string name, Build build) {
    add(std::move(name), build).benchmark_only = true;
  }

  /// Recording it must throw an Error that contains `message`.
  template <class Build>
  void refuses(std::string name, Build build, std::string message) {
    add("refuses " + std::move(name), build).refusal = std::move(message);
  }

 private:
  template <class Build>
  OpRow& add(std::string name, Build build) {
    op_rows().push_back({op_, std::move(name), [build](Draw& draw) {
                           if constexpr (std::is_same_v<decltype(build(draw)), Tensor>)
                             return Tensors{build(draw)};
                           else
                             return build(draw);
                         }});
    op_rows().back().reduced_precision = reduced_precision_;
    return op_rows().back();
  }

  std::string op_;
  bool reduced_precision_ = true;
};

}  // namespace tuna
