#include "training/report/run_metrics.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/base/strict_json.h"

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

bool is_of_run(const json& line) {
  return line.is_object() && line.contains("phase") && line["phase"].is_string() && line.contains("step")
         && is_integer_from(line["step"], 0);
}

void add_line(const json& line, std::vector<PhaseMetrics>& phases) {
  const auto name = line.find("phase"), step = line.find("step"), epoch = line.find("epoch");
  auto phase =
      std::find_if(phases.begin(), phases.end(), [&](const PhaseMetrics& each) { return each.phase == *name; });
  if (phase == phases.end()) phase = phases.insert(phase, {name->get<std::string>(), 0, 0, 0, "", {}});
  phase->step = step->get<int64_t>();
  if (epoch != line.end() && is_integer_from(*epoch, 0)) phase->epoch = epoch->get<int64_t>();
  if (const auto best = line.find("best_so_far"); best != line.end() && best->is_string()) {
    phase->best_step = phase->step;
    phase->best_by = best->get<std::string>();
  }
  for (const auto& [key, value] : line.items())
    if (key != "phase" && key != "step" && key != "epoch") add(key, value, double(phase->step), *phase);
}

}  // namespace

RunMetrics read_metrics(std::string_view text) {
  RunMetrics metrics;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const json line = json_or_discarded(text.substr(0, end));
    if (is_of_run(line))
      add_line(line, metrics.phases);
    else if (end != text.npos)
      ++metrics.damaged_lines;
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return metrics;
}

FigureKind kind_of(const std::string& figure) {
  if (figure == "lr" || figure.starts_with("lr_")) return FigureKind::rate;
  if (figure.starts_with("loss") || figure == "objective") return FigureKind::loss;
  return FigureKind::measured;
}

}  // namespace tuna
