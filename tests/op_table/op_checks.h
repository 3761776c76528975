// The checks of every row of the op table.
#pragma once

#include <string>
#include <vector>

#include "engine/compile/compile.h"
#include "tests/op_table/op_table.h"

namespace tuna {

/// A row recorded, compiled and filled with its inputs: its outputs, and the gradient of sum(outputs * seeds), with
/// normal seeds, for each input that has one.
class RowRun {
 public:
  RowRun(const BuildRow& build, DType activation, const Target& target, uint64_t seed, CompileOptions options = {});

  void set(const std::string& input, const std::vector<double>& values);
  void run() { executable.run(); }

  /// sum(outputs * seeds), in f64.
  double weighted_sum() const;

  Program program;
  Draw draw;
  Tensors outputs;
  State state;
  std::vector<std::string> output_names, gradient_names;  // of the executable; gradients in the order of draw.drawn
  Executable executable;

 private:
  std::vector<std::vector<double>> seeds_;
};

/// Infinite if either has NaN, or infinity that the other does not have.
double relative_l2(const std::vector<double>& value, const std::vector<double>& expected);

struct GradientCheckOptions {
  uint64_t seed = 1;
  double step = 1e-4;                       // times the spread of the input
  double absolute = 1e-7, relative = 1e-6;  // the first times the largest gradient of the input
  int64_t elements = OpRow().differences;
};

GradientCheckOptions gradient_check_options(const OpRow& row);

/// The worst element of one input.
struct GradientReport {
  std::string input;
  Shape shape;
  int64_t element = 0, checked = 0;
  double analytic = 0, numeric = 0, error = 0, allowed = 0;

  bool ok() const { return error <= allowed; }
};

/// Central differences on `ref` in f64, extrapolated from steps h and h/2.  Where the two disagree as they would at a
/// kink (of ReLU, of a maximum), the point is drawn again.  Throws Error after 40 such draws.
std::vector<GradientReport> check_gradients(const BuildRow& build, GradientCheckOptions options = {});

/// The type in which ref runs for the comparison.
DType reference_type(DType activation);

/// Relative L2 between the results of two runs, by the name of the output.  For rows with NaN or infinity in their
/// inputs, elements that are NaN in both are equal.
struct RunDifference {
  std::string what;
  double error = 0;
};
std::vector<RunDifference> difference(const RowRun& found, const RowRun& expected);

/// Outputs and gradients of `device` against `ref`: in f32 against f64, in a reduced-precision type against ref in the
/// same, which rounds the same numbers.  "output 0", "gradient of input1".
std::vector<RunDifference> compare_with_reference(const BuildRow& build, const Target& target, uint64_t seed,
                                                  DType activation = DType::f32);

/// A device, and the algorithm that its convolutions run if it fits.
struct ConvTarget {
  std::string algorithm;  // empty: the first of the table that fits
  Target target;
};

/// The target as it is; then one for each algorithm that fits a convolution of the program, from step `first` on, and
/// is not the first that fits.
std::vector<ConvTarget> with_each_algorithm(const Program& program, const Target& target, size_t first = 0);

/// The same for a row with its gradients.
std::vector<ConvTarget> with_each_algorithm(const BuildRow& build, DType activation, const Target& target);

/// The largest error of a row that compare_with_reference() may find.
double tolerance(const OpRow& row, DType activation);
double tolerance(const OpRow& row, Precision precision);

}  // namespace tuna
