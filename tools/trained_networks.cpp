#include "tools/trained_networks.h"

#include <algorithm>

#include "engine/weights.h"
#include "kernels/conv/tuning.h"
#include "tools/settings.h"
#include "training/checkpoint.h"
#include "training/from_spec.h"
#include "training/run_folder.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

fs::path spec_of(const NetworksOption& option) {
  if (option.run.empty() && option.spec.empty())
    throw CLI::ValidationError("RUN, or --spec and --weights, is required");
  if (option.run.empty()) return option.spec;
  check(fs::is_directory(option.run), "{}: {}", option.run,
        fs::exists(option.run) ? "is a file, expected the folder of a run" : "no such folder");
  const fs::path spec = fs::path(option.run) / "spec.json";
  check(fs::exists(spec), "{}: holds no run (no spec.json)", option.run);
  return spec;
}

fs::path checkpoint_of(const NetworksOption& option) {
  return option.checkpoint.empty() ? fs::path()
                                   : find_checkpoint(fs::path(option.run) / "checkpoints", option.checkpoint);
}

fs::path weights_of(const NetworksOption& option, const fs::path& checkpoint) {
  if (option.run.empty()) return option.weights;
  if (!checkpoint.empty()) return checkpoint;
  const fs::path weights = result_of_phase(option.run, "joint");
  check(fs::exists(weights), "{}: is not trained to its end (no weights.safetensors); {}", option.run,
        how_to_go_on(option.run));
  return weights;
}

}  // namespace

void NetworksOption::add_to(CLI::App& command) {
  CLI::Option* of_run = command.add_option("RUN", run, "Folder of a run")->type_name("");
  CLI::Option* of_checkpoint =
      command
          .add_option("--checkpoint", checkpoint,
                      "The networks of RUN as they are in one of its checkpoints: the name of a file in "
                      "RUN/checkpoints, or latest. Also where RUN is not finished")
          ->type_name("latest|NAME");
  CLI::Option* of_spec =
      command.add_option("--spec", spec, "Instead of RUN, with --weights: what the networks are")->type_name("SPEC");
  CLI::Option* of_weights =
      command
          .add_option("--weights", weights,
                      "Instead of RUN, with --spec: their weights, under PyTorch's names after F_P., G_AP. and so on, "
                      "or without that for one network")
          ->type_name("FILE.safetensors");
  add_device(command, device);
  of_run->excludes(of_spec)->excludes(of_weights);
  of_checkpoint->needs(of_run);
  of_spec->needs(of_weights);
  of_weights->needs(of_spec);
}

TrainedNetworks::TrainedNetworks(const NetworksOption& option)
    : run_(option.run),
      spec_(read_spec(spec_of(option))),
      checkpoint_(checkpoint_of(option)),
      weights_(weights_of(option, checkpoint_)) {
  spec_ = with_trained_weights(spec_, weights_.name());
  if (!option.device.empty()) spec_.device = option.device;
  // Weights are fp32 however they were trained, and so can be used on any device.
  if (!Device::by_name(spec_.device).has(spec_.precision)) spec_.precision = Precision::fp32;
  if (checkpoint_.empty()) return;
  const Progress progress = checkpoint_progress(weights_);
  fmt::print(stderr, "checkpoint: {} ({} step {})\n", checkpoint_.filename().string(), progress.phase, progress.step);
}

Device TrainedNetworks::device() const {
  Device where = tuna::device(spec_);
  if (spec_.device == "auto") fmt::print(stderr, "device: {}{}\n", describe(where), why_no_gpu(spec_, where));
  const fs::path tuning = run_ / "tuning.json";
  if (!run_.empty() && fs::exists(tuning) && measured_elsewhere(read_tuning(tuning), where).empty())
    use_tuning(where, tuning);
  return where;
}

bool TrainedNetworks::has(const std::string& net) const {
  const auto first = weights_.tensors().lower_bound(net + ".");
  return first != weights_.tensors().end() && first->first.compare(0, net.size() + 1, net + ".") == 0;
}

void TrainedNetworks::load(const std::string& net, State& state) const {
  const char* nets[] = {"G_AP", "G_PA", "D_A", "D_P", "F_A", "F_P"};
  const bool one_network = std::none_of(std::begin(nets), std::end(nets), [&](const char* each) { return has(each); });
  const std::string prefix = prefix_of_network(weights_, net);
  check(checkpoint_.empty() || !prefix.empty(), "{}: has no {} yet; those named 2-joint-... have", checkpoint_.string(),
        net);
  load_weights(weights_, state, {net + ".", one_network ? "" : prefix.empty() ? net + "." : prefix, {}});
}

RunData TrainedNetworks::data() const { return run_.empty() ? RunData(spec_) : RunData(spec_, run_ / "splits.csv"); }

}  // namespace tuna
