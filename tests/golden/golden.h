// A golden file (README.md here): PyTorch's tensors in the engine's layout, NHWC, to start from and to compare with.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/compile/compile.h"
#include "engine/files/safetensors.h"

namespace tuna {

/// The type and device on which a program is compared with PyTorch, and the largest relative L2 error of a tensor.
struct GoldenTarget {
  DType real;
  Device device;
  double tolerance;
};

/// The definition in f64, and the backends that run without a GPU.
std::vector<GoldenTarget> golden_targets();

/// For tests tagged [gpu].
std::vector<GoldenTarget> golden_targets_on_gpu();

class Golden {
 public:
  explicit Golden(const std::string& name);

  const nlohmann::json& config() const { return config_; }

  /// Names that begin with `prefix`, sorted.
  std::vector<std::string> names(const std::string& prefix) const;

  /// PyTorch's [n, c, h, w] in the engine's order of elements, NHWC; other shapes keep their order.
  std::vector<double> values(const std::string& name) const;

  Shape shape(const std::string& name) const;

  /// Fills the network's parameters and running statistics; the names on both sides must be the same.
  void load(State& state, const std::string& net) const;

  /// Sets an input of the program, of any type, from this tensor.
  void set(Executable& executable, const std::string& input, const std::string& name) const;

  /// CHECKs the values against a tensor of the file.
  void compare(const std::string& name, const std::vector<double>& values, double tolerance) const;

  /// CHECKs that the program's parameters before an instance norm are those to which PyTorch gives no gradient.
  void check_inert(const Program& program) const;

 private:
  SafetensorsFile file_;
  nlohmann::json config_;
};

}  // namespace tuna
