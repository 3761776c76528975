#include "training/run/networks_of_run.h"

#include "engine/files/weights.h"
#include "training/run/checkpoint.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

void load_from(const SafetensorsFile& file, const std::vector<RecordLogits>& records, const Spec& spec, State& state) {
  Program program;
  const Tensor image =
      program.input("images", Shape{1, spec.data.format.size, spec.data.format.size, spec.data.format.channels});
  for (const RecordLogits& record : records) record(program, image);
  for (const StateValue& value : program.states()) state.ensure(value);
  for (const std::string& network : networks_of(program)) {
    const std::string prefix = prefix_of_network(file, network);
    load_weights(file, state, {network + ".", prefix.empty() ? network + "." : prefix, {}});
  }
}

}  // namespace

NetworksOfRun::NetworksOfRun(fs::path run, const SafetensorsFile* checkpoint, const std::vector<Phase>& phases)
    : run_(std::move(run)), checkpoint_(checkpoint), phases_(phases) {
  if (checkpoint_) phase_ = checkpoint_progress(*checkpoint_).phase;
}

fs::path NetworksOfRun::path(const std::string& phase) const {
  if (phase == phase_) return checkpoint_->name();
  if (starts_from_checkpoint(phase)) return {};  // its result began with other networks
  const fs::path result = run_ / find_phase(phases_, phase).result;
  return fs::exists(result) ? result : fs::path();
}

void NetworksOfRun::load(const std::string& phase, const std::vector<RecordLogits>& records, const Spec& spec,
                         State& state) const {
  if (phase == phase_)
    load_from(*checkpoint_, records, spec, state);
  else
    load_from(SafetensorsFile(path(phase)), records, spec, state);
}

bool NetworksOfRun::starts_from_checkpoint(const std::string& phase) const {
  for (const WeightsFrom& from : find_phase(phases_, phase).start)
    if (!from.phase.empty() && (from.phase == phase_ || starts_from_checkpoint(from.phase))) return true;
  return false;
}

Spec spec_of_trained(const fs::path& run, const SafetensorsFile* checkpoint) {
  Spec spec = read_spec_of_run(run);
  const Method& method = method_of(spec);
  const std::vector<Phase> phases = phases_without_images(spec);
  const fs::path file = NetworksOfRun(run, checkpoint, phases).path(phases.front().name);
  if (method.use_trained && !file.empty()) method.use_trained(spec, file);
  return spec;
}

}  // namespace tuna
