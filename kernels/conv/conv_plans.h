// Which of cuDNN's engines each convolution runs on, as `tuna tune` found it on one GPU.  What a timing chooses is kept
// in a file and read from there: so it is chosen once, and a run has the same bits whenever it goes on.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/program.h"
#include "kernels/conv/conv_problem.h"

namespace tuna {

/// One of cuDNN's engines by its global index, and the settings of its knobs (cudnnBackendKnobType_t, value).
struct ConvEngine {
  int64_t index = 0;
  std::map<int64_t, int64_t> knobs;
  bool operator==(const ConvEngine&) const = default;
};

std::string to_string(const ConvEngine& engine);  // "engine 30 with 2=1, 7=3"

/// What a plan was measured with, and is good for.
struct TuningPlace {
  std::string gpu, compute_capability, cudnn;  // "NVIDIA H200", "9.0", "cuDNN 9.10.2"
  bool operator==(const TuningPlace&) const = default;
};

std::string to_string(const TuningPlace& place);

/// That of a cuda device.
TuningPlace tuning_place(const Device& device);

struct ConvPlans {
  struct Tuned {
    ConvEngine engine;
    double microseconds = 0;
  };

  TuningPlace place;
  std::map<std::string, Tuned> convolutions;  // by plan_key()

  /// Null where there is none for this convolution: the fixed rule decides then.
  const ConvEngine* find(ConvDirection direction, const ConvProblem& problem, Precision precision) const;

  /// Throws Error where `text`, the contents of a file `name`, is no plan.
  static ConvPlans from_json(const std::string& text, const std::string& name);
  std::string to_json() const;
};

/// Throws Error where there is no plan in the file.
ConvPlans read_conv_plans(const std::filesystem::path& path);

/// Why a plan cannot be used on a device; empty if it can.
std::string trouble_with_plans(const ConvPlans& plans, const Device& device);

/// Makes a device choose as the plan in a file says.  Throws Error where that is for another one.
void use_conv_plans(Device& device, const std::filesystem::path& path);

/// What a plan knows a convolution by: "backward data of 1x64x64x128 with ..., f32, tf32".
std::string plan_key(ConvDirection direction, const ConvProblem& problem, Precision precision);

/// One that cuDNN computes.
struct PlannedConvolution {
  ConvDirection direction;
  ConvProblem problem;
};

/// Those of a program, each once, by plan_key().
std::map<std::string, PlannedConvolution> convolutions_of(const Program& program, Precision precision);

}  // namespace tuna
