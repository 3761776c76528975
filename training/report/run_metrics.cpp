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

bool is_count(const json& value) {
  constexpr uint64_t kMost = uint64_t(1) << 53;  // which a double holds exactly
  return value.is_number_unsigned() && value.get<uint64_t>() <= kMost;
}

bool is_of_run(const json& line) {
  return line.is_object() && line.contains("phase") && line["phase"].is_string() && line.contains("step")
         && is_count(line["step"]);
}

void add_line(const json& line, std::vector<PhaseMetrics>& phases) {
  if (!is_of_run(line)) return;
  const auto name = line.find("phase"), step = line.find("step"), epoch = line.find("epoch");
  auto phase =
      std::find_if(phases.begin(), phases.end(), [&](const PhaseMetrics& each) { return each.phase == *name; });
  if (phase == phases.end()) phase = phases.insert(phase, {name->get<std::string>(), 0, 0, 0, "", {}});
  phase->step = step->get<int64_t>();
  if (epoch != line.end() && is_count(*epoch)) phase->epoch = epoch->get<int64_t>();
  if (const auto best = line.find("best_so_far"); best != line.end() && best->is_string()) {
    phase->best_step = phase->step;
    phase->best_by = best->get<std::string>();
  }
  for (const auto& [key, value] : line.items())
    if (key != "phase" && key != "step" && key != "epoch") add(key, value, double(phase->step), *phase);
}

// Calls use(line, is_whole) with the JSON of each line; a line without its end is not whole.
template <class Use>
void for_each_line(std::string_view text, Use use) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    use(json_or_discarded(text.substr(0, end)), end != text.npos);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
}

}  // namespace

std::vector<PhaseMetrics> read_metrics(std::string_view text) {
  std::vector<PhaseMetrics> phases;
  for_each_line(text, [&](const json& line, bool) { add_line(line, phases); });
  return phases;
}

int64_t damaged_lines(std::string_view text) {
  int64_t damaged = 0;
  for_each_line(text, [&](const json& line, bool is_whole) { damaged += is_whole && !is_of_run(line); });
  return damaged;
}

FigureKind kind_of(const std::string& figure) {
  if (figure == "lr" || figure.starts_with("lr_")) return FigureKind::rate;
  if (figure.starts_with("loss") || figure == "objective") return FigureKind::loss;
  return FigureKind::measured;
}

}  // namespace tuna
