// The algorithms of convolutions that a tuning file selects in place of the fixed rule.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "kernels/conv/conv_step.h"

namespace tuna {

/// One of cuDNN's engines by its global index, and the settings of its knobs (cudnnBackendKnobType_t, value).
struct ConvEngine {
  int64_t index = 0;
  std::map<int64_t, int64_t> knobs;
  bool operator==(const ConvEngine&) const = default;
};

std::string to_string(const ConvEngine& engine);  // "engine 30 with 2=1, 7=3"

struct ConvChoice {
  std::string algorithm;             // its name in the table of the backend
  std::optional<ConvEngine> engine;  // if the algorithm has several; without one, its own rule applies
  double microseconds = 0;           // measured run time
  bool operator==(const ConvChoice&) const = default;
};

std::string to_string(const ConvChoice& choice);  // "onednn", "cudnn, engine 30 with 2=1, 7=3"

/// The hardware and libraries that choices were measured on, and are valid for.
struct TuningPlace {
  std::string backend, processor, libraries;  // "cuda", "NVIDIA H200 (compute capability 9.0)", "cuDNN 9.10.2"
  bool operator==(const TuningPlace&) const = default;
};

struct ConvChoices {
  TuningPlace place;
  std::map<std::string, ConvChoice> convolutions;  // by conv_key()
  std::string file = "tuning";                     // the name in error messages

  /// Null if there is none for this convolution: the fixed rule applies.
  const ConvChoice* find(ConvDirection direction, const ConvProblem& problem, Precision precision) const;
};

/// The key of a convolution in choices: "backward data of 1x64x64x128 with ..., f32, tf32".
std::string conv_key(ConvDirection direction, const ConvProblem& problem, Precision precision);

/// The convolutions of a program, each once, by conv_key().
std::map<std::string, ConvStep> convolutions_by_key(const Program& program, Precision precision);

}  // namespace tuna
