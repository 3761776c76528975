#include "training/run/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <regex>

#include "engine/base/build_info.h"
#include "engine/base/print_error.h"
#include "engine/base/reason.h"
#include "engine/base/strict_json.h"
#include "engine/files/weights.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

// Names sort in the order of the run.
std::string file_name(int order, const Progress& progress) {
  return fmt::format("{}-{}-{:08}.safetensors", order, progress.phase, progress.step);
}

// Matches only names of file_name(): copies under other names belong to the user.
bool is_checkpoint_name(const std::string& name, const std::string& phase) {
  static const std::regex pattern("[0-9]+-(.+)-[0-9]{8,}\\.safetensors");
  std::smatch match;
  return std::regex_match(name, match, pattern) && match[1] == phase;
}

bool holds(const SafetensorsFile& file, const std::string& prefix) {
  const auto first = file.tensors().lower_bound(prefix);
  return first != file.tensors().end() && first->first.rfind(prefix, 0) == 0;
}

void check_finite(const State& state) {
  for (const std::string& name : state.names()) {
    if (state.type(name).dtype != DType::f32) continue;
    const HostTensor tensor = state.read(name);
    for (const float element : tensor.as<float>())
      if (!std::isfinite(element))
        throw NotFinite(fmt::format("checkpoint: {} is not finite; nothing is written over the last good one", name));
  }
}

}  // namespace

nlohmann::json to_json(const Progress& progress) {
  nlohmann::json json = {{"phase", progress.phase},     {"step", progress.step},
                         {"best", progress.best},       {"best_epoch", progress.best_epoch},
                         {"skipped", progress.skipped}, {"not_finite_in_a_row", progress.not_finite_in_a_row}};
  if (progress.feature_norm_at_start) json["feature_norm_at_start"] = *progress.feature_norm_at_start;
  if (!progress.gated.empty()) json["gated"] = progress.gated;
  if (!progress.source_fractions.empty()) json["source_fractions"] = progress.source_fractions;
  if (!progress.computed_by.empty()) json["computed_by"] = progress.computed_by;
  if (!progress.splits.empty()) json["splits"] = progress.splits;
  if (progress.metrics_lines > 0) json["metrics_lines"] = progress.metrics_lines;
  return json;
}

Progress progress_from_json(const nlohmann::json& json, const std::string& file) {
  const auto integer = [&](const nlohmann::json& value, const std::string& key, int64_t least) {
    return integer_in(value, least, fmt::format("{}: {} of its progress", file, key));
  };
  const auto steps_by_optimizer = [&](const nlohmann::json& value, const std::string& key) {
    std::map<std::string, int64_t> all;
    for (const auto& [optimizer, steps] : value.get<std::map<std::string, nlohmann::json>>())
      all[optimizer] = integer(steps, key, 0);
    return all;
  };
  try {
    Progress progress;
    progress.phase = json.at("phase").get<std::string>();
    progress.step = integer(json.at("step"), "step", 0);
    progress.best = json.at("best").get<double>();
    progress.best_epoch = integer(json.at("best_epoch"), "best_epoch", -1);
    progress.skipped = steps_by_optimizer(json.at("skipped"), "skipped");
    if (json.contains("gated")) progress.gated = steps_by_optimizer(json["gated"], "gated");
    progress.not_finite_in_a_row = integer(json.at("not_finite_in_a_row"), "not_finite_in_a_row", 0);
    if (json.contains("feature_norm_at_start"))
      progress.feature_norm_at_start = json["feature_norm_at_start"].get<double>();
    if (json.contains("source_fractions"))
      progress.source_fractions = json["source_fractions"].get<std::vector<double>>();
    progress.computed_by = json.value("computed_by", "");
    progress.splits = json.value("splits", "");
    if (json.contains("metrics_lines")) progress.metrics_lines = integer(json["metrics_lines"], "metrics_lines", 0);
    return progress;
  } catch (const nlohmann::json::exception& error) {
    fail("{}: its progress is not that of a checkpoint: {}", file, reason_of(error));
  }
}

void save_checkpoint(const fs::path& folder, RunFiles& files, int order, const State& state, const Progress& progress,
                     int keep) {
  check_finite(state);
  const fs::path path = folder / file_name(order, progress);
  files.add(path);
  save_weights(path, state, state.names(), {{"progress", to_json(progress).dump()}, {"build", build_id()}});
  const SafetensorsFile written(path);  // read back before an older one is removed
  verify_checksum(written);
  check(written.tensors().size() == state.names().size(), "{}: was not written completely", path.string());
  remove_old_checkpoints(folder, files, progress.phase, keep, path);
}

void remove_old_checkpoints(const fs::path& folder, const RunFiles& files, const std::string& phase, int keep,
                            const fs::path& newest) {
  if (newest.empty()) return;
  const std::vector<fs::path> all = checkpoints_of(folder, phase);
  for (size_t i = 0; i + size_t(std::max(keep, 1)) < all.size(); ++i)
    if (all[i] != newest) files.remove(all[i]);
}

std::vector<fs::path> checkpoints_of(const fs::path& folder, const std::string& phase) {
  std::vector<fs::path> found;
  if (!fs::is_directory(folder)) return found;
  for (const auto& entry : fs::directory_iterator(folder))
    if (is_checkpoint_name(entry.path().filename().string(), phase)) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

fs::path newest_checkpoint(const fs::path& folder, const std::string& phase, std::string* unreadable) {
  const std::vector<fs::path> all = checkpoints_of(folder, phase);
  for (auto at = all.rbegin(); at != all.rend(); ++at) try {
      const SafetensorsFile file(*at);
      checkpoint_progress(file);
      verify_checksum(file);
      return *at;
    } catch (const Error& error) {
      if (unreadable && unreadable->empty()) *unreadable = error.what();
      continue;  // truncated or damaged: tries the one before it
    }
  return {};
}

fs::path find_checkpoint(const fs::path& folder, const std::string& name, const std::vector<std::string>& phases) {
  if (name == "latest") {
    std::string unreadable;
    for (const std::string& phase : phases)
      if (const fs::path newest = newest_checkpoint(folder, phase, &unreadable); !newest.empty()) {
        if (!unreadable.empty()) print_error("warning: {}; {} is used\n", unreadable, newest.filename().string());
        return newest;
      }
    fail("{}: no readable checkpoint{}{}", folder.string(), unreadable.empty() ? "" : "; ", unreadable);
  }
  std::vector<std::string> names;
  if (fs::is_directory(folder))
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().extension() == ".safetensors") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  for (const std::string& each : names)
    if (name == each || name == each + ".safetensors") return folder / (each + ".safetensors");
  fail("{}: there is no checkpoint \"{}\"; there {}", folder.string(), name,
       names.empty() ? "is none" : fmt::format("are: latest, {}", fmt::join(names, ", ")));
}

Progress checkpoint_progress(const SafetensorsFile& file) {
  const auto found = file.metadata().find("progress");
  check(found != file.metadata().end(), "{}: is not a checkpoint (it has no progress)", file.name());
  const nlohmann::json json = json_or_discarded(found->second);
  check(!json.is_discarded(), "{}: its progress is not JSON", file.name());
  return progress_from_json(json, file.name());
}

std::string prefix_of_network(const SafetensorsFile& file, const std::string& net) {
  const std::string best = "best." + net + ".";
  // Before the first validation the best weights are the start weights.
  if (holds(file, best) && checkpoint_progress(file).best_epoch >= 0) return best;
  return holds(file, net + ".") ? net + "." : "";
}

void load_checkpoint(const SafetensorsFile& file, State& state) { load_weights(file, state, {}); }

}  // namespace tuna
