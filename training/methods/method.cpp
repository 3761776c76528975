#include "training/methods/method.h"

#include <algorithm>
#include <map>

namespace tuna {
namespace {

// A function-local static, so that it exists before the first method registers itself.
std::map<std::string, Method>& methods() {
  static std::map<std::string, Method> all;
  return all;
}

}  // namespace

RegisterMethod::RegisterMethod(void (*describe)(Method&)) {
  Method method;
  describe(method);
  method_sections()[method.name] = method.sections;
  methods().emplace(method.name, method);
}

void StepInput::set(Executable& step, int64_t updates) const {
  std::visit([&](const auto& vector) { step.set(name, std::span(vector)); }, values(updates));
}

const Method& method_of(const Spec& spec) { return methods().at(spec.method); }

const Phase& main_phase(const std::vector<Phase>& phases) {
  const auto found =
      std::find_if(phases.begin(), phases.end(), [](const Phase& phase) { return phase.result == kWeights; });
  check(found != phases.end(), "method: no phase has the result {}", kWeights);
  return *found;
}

const Phase& find_phase(const std::vector<Phase>& phases, const std::string& name) {
  std::vector<std::string> names;
  for (const Phase& phase : phases) {
    if (phase.name == name) return phase;
    names.push_back(phase.name);
  }
  fail("phase \"{}\" does not exist; the phases are {}", name, fmt::join(names, ", "));
}

const Evaluated& main_evaluation(const std::vector<Evaluated>& evaluations, const std::vector<Phase>& phases) {
  const std::string& phase = main_phase(phases).name;
  const auto found = std::find_if(evaluations.begin(), evaluations.end(),
                                  [&](const Evaluated& each) { return each.phase == phase && !each.row.empty(); });
  check(found != evaluations.end(), "method: phase {} leaves no classifier that is evaluated", phase);
  return *found;
}

std::vector<Phase> phases_without_images(const Spec& spec) {
  return method_of(spec).phases(spec, RunData::without_images(spec));
}

int64_t steps_per_epoch(int64_t wanted, int64_t batch, const RunData& data) {
  const auto larger = int64_t(std::max(data.source("train").size(), data.target("train").size()));
  return wanted > 0 ? wanted : (larger + batch - 1) / batch;
}

std::vector<std::string> networks_of(const Program& program) {
  std::vector<std::string> networks;
  for (const StateValue& value : program.states()) {
    const std::string network = value.name.substr(0, value.name.find('.'));
    if (std::find(networks.begin(), networks.end(), network) == networks.end()) networks.push_back(network);
  }
  return networks;
}

}  // namespace tuna
