#include "kernels/conv/choices.h"

namespace tuna {

std::string to_string(const ConvEngine& engine) {
  std::string text = fmt::format("engine {}", engine.index);
  for (const auto& [knob, value] : engine.knobs)
    text += fmt::format("{} {}={}", knob == engine.knobs.begin()->first ? " with" : ",", knob, value);
  return text;
}

std::string to_string(const ConvChoice& choice) {
  return choice.engine ? fmt::format("{}, {}", choice.algorithm, to_string(*choice.engine)) : choice.algorithm;
}

const ConvChoice* ConvChoices::find(ConvDirection direction, const ConvProblem& problem, Precision precision) const {
  const auto found = convolutions.find(conv_key(direction, problem, precision));
  return found == convolutions.end() ? nullptr : &found->second;
}

std::string conv_key(ConvDirection direction, const ConvProblem& problem, Precision precision) {
  const char* f32 = precision == Precision::fp32 ? "f32, fp32" : "f32, tf32";
  return fmt::format("{} of {}, {}", to_string(direction), problem.name(),
                     is_reduced_precision(problem.dtype) ? to_string(problem.dtype) : f32);
}

std::map<std::string, ConvStep> convolutions_by_key(const Program& program, Precision precision) {
  std::map<std::string, ConvStep> found;
  for (const ConvStep& step : convolutions_of(program))
    found.insert({conv_key(step.direction, step.problem, precision), step});
  return found;
}

}  // namespace tuna
