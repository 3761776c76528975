#include "training/run/metrics_file.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/base/strict_json.h"

namespace tuna {
namespace {

bool is_kept(const std::string& line, const std::string& phase, int64_t step) {
  const nlohmann::json json = json_or_discarded(line);
  if (!json.is_object()) return false;  // also what cannot be parsed
  const auto its_phase = json.find("phase"), its_step = json.find("step");
  if (its_phase == json.end() || its_step == json.end()) return true;
  if (!its_phase->is_string() || !its_step->is_number_integer()) return false;
  return *its_phase != phase || *its_step <= step;
}

}  // namespace

std::string metrics_until(const std::string& text, const std::string& phase, int64_t step) {
  std::istringstream lines(text);
  std::string kept;
  for (std::string line; std::getline(lines, line);)
    if (is_kept(line, phase, step)) kept += line + "\n";
  return kept;
}

}  // namespace tuna
