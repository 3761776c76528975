#include "training/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/build_info.h"
#include "engine/weights.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

// So that names sort in the order of the run.
std::string file_name(const Progress& progress) {
  const char order = progress.phase == "pretrain" ? '1' : progress.phase == "joint" ? '2' : '3';
  return fmt::format("{}-{}-{:08}.safetensors", order, progress.phase, progress.step);
}

std::vector<fs::path> checkpoints_in(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".safetensors") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
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
  return {{"phase", progress.phase},       {"step", progress.step},
          {"best_auc", progress.best_auc}, {"best_epoch", progress.best_epoch},
          {"skipped", progress.skipped},   {"not_finite_in_a_row", progress.not_finite_in_a_row}};
}

Progress progress_from_json(const nlohmann::json& json, const std::string& file) {
  try {
    Progress progress;
    progress.phase = json.at("phase").get<std::string>();
    progress.step = json.at("step").get<int64_t>();
    progress.best_auc = json.at("best_auc").get<double>();
    progress.best_epoch = json.at("best_epoch").get<int64_t>();
    progress.skipped = json.at("skipped").get<std::map<std::string, int64_t>>();
    progress.not_finite_in_a_row = json.at("not_finite_in_a_row").get<int64_t>();
    return progress;
  } catch (const nlohmann::json::exception& error) {
    fail("{}: its progress is not that of a checkpoint: {}", file, error.what());
  }
}

void save_checkpoint(const fs::path& folder, const State& state, const Progress& progress, int keep) {
  check_finite(state);
  const fs::path path = folder / file_name(progress);
  save_weights(path, state, state.names(), {{"progress", to_json(progress).dump()}, {"build", build_id()}});
  const SafetensorsFile written(path);  // read back before an older one goes
  verify_checksum(written);
  check(written.tensors().size() == state.names().size(), "{}: was not written whole", path.string());
  std::vector<fs::path> all = checkpoints_in(folder);
  for (size_t i = 0; i + size_t(std::max(keep, 1)) < all.size(); ++i)
    if (all[i] != path) fs::remove(all[i]);
}

fs::path newest_checkpoint(const fs::path& folder) {
  if (!fs::is_directory(folder)) return {};
  std::vector<fs::path> all = checkpoints_in(folder);
  for (auto at = all.rbegin(); at != all.rend(); ++at) try {
      const SafetensorsFile file(*at);
      checkpoint_progress(file);
      verify_checksum(file);
      return *at;
    } catch (const Error&) {
      continue;  // cut off or damaged: the one before it is whole
    }
  return {};
}

Progress checkpoint_progress(const SafetensorsFile& file) {
  const auto found = file.metadata().find("progress");
  check(found != file.metadata().end(), "{}: is not a checkpoint (it has no progress)", file.name());
  const nlohmann::json json = nlohmann::json::parse(found->second, nullptr, false);
  check(!json.is_discarded(), "{}: its progress is not JSON", file.name());
  return progress_from_json(json, file.name());
}

void load_checkpoint(const SafetensorsFile& file, State& state) { load_weights(file, state, {}); }

}  // namespace tuna
