#include "training/report/run_metrics.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace tuna {
namespace {

using nlohmann::json;

void add(const std::string& name, const json& value, double step, PhaseMetrics& phase) {
  if (value.is_object()) {
    for (const auto& [key, each] : value.items()) add(name + "." + key, each, step, phase);
  } else if (value.is_number()) {
    phase.figures[name].push_back({step, value.get<double>()});
  } else if (value.is_null()) {  // JSON's form of NaN and infinity
    phase.figures[name].push_back({step, std::numeric_limits<double>::quiet_NaN()});
  }
}

void add_line(const json& line, std::vector<PhaseMetrics>& phases) {
  if (!line.is_object()) return;
  const auto name = line.find("phase"), step = line.find("step"), epoch = line.find("epoch");
  if (name == line.end() || !name->is_string() || step == line.end() || !step->is_number_integer()) return;
  auto phase =
      std::find_if(phases.begin(), phases.end(), [&](const PhaseMetrics& each) { return each.phase == *name; });
  if (phase == phases.end()) phase = phases.insert(phase, {name->get<std::string>(), 0, 0, 0, "", {}});
  phase->step = step->get<int64_t>();
  if (epoch != line.end() && epoch->is_number_integer()) phase->epoch = epoch->get<int64_t>();
  if (const auto best = line.find("best_so_far"); best != line.end() && best->is_string()) {
    phase->best_step = phase->step;
    phase->best_by = best->get<std::string>();
  }
  for (const auto& [key, value] : line.items())
    if (key != "phase" && key != "step" && key != "epoch") add(key, value, double(phase->step), *phase);
}

}  // namespace

std::vector<PhaseMetrics> read_metrics(std::string_view text) {
  std::vector<PhaseMetrics> phases;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    add_line(json::parse(text.substr(0, end), nullptr, false), phases);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return phases;
}

FigureKind kind_of(const std::string& figure) {
  if (figure == "lr" || figure.starts_with("lr_")) return FigureKind::rate;
  if (figure.starts_with("loss") || figure == "objective") return FigureKind::loss;
  return FigureKind::measured;
}

}  // namespace tuna
