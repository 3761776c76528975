#include "tools/command_line/trained_networks.h"

#include <algorithm>
#include <set>

#include "engine/base/print_error.h"
#include "engine/files/weights.h"
#include "kernels/conv/tuning.h"
#include "tools/command_line/settings.h"
#include "training/run/checkpoint.h"
#include "training/run/compute_device.h"
#include "training/run/run_folder.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

Spec spec_of(const NetworksOption& option) {
  if (option.run.empty() && option.spec.empty())
    throw CLI::ValidationError("RUN, or --spec and --weights, is required");
  if (option.run.empty()) return read_spec(option.spec);
  check(fs::is_directory(option.run), "{}: {}", option.run,
        fs::exists(option.run) ? "is a file, expected the folder of a run" : "no such folder");
  return read_spec_of_run(option.run);
}

// The main phase if it has the network, or else the first phase that has it.
const Phase& phase_of(const std::vector<Phase>& phases, const std::string& network) {
  const auto has_it = [&](const Phase& phase) {
    return std::count(phase.networks.begin(), phase.networks.end(), network) > 0;
  };
  const Phase& main = main_phase(phases);
  const auto first = std::find_if(phases.begin(), phases.end(), has_it);
  return has_it(main) || first == phases.end() ? main : *first;
}

// The newest networks of the run: of this phase, or of the newest one before it.
fs::path checkpoint_of(const NetworksOption& option, const std::vector<Phase>& phases) {
  if (option.checkpoint.empty()) return {};
  const std::string& last = phase_of(phases, option.net).name;
  std::vector<std::string> newest_first;
  for (const Phase& phase : phases) {
    newest_first.insert(newest_first.begin(), phase.name);
    if (phase.name == last) break;
  }
  return find_checkpoint(fs::path(option.run) / "checkpoints", option.checkpoint, newest_first);
}

fs::path weights_of(const NetworksOption& option, const std::vector<Phase>& phases, const fs::path& checkpoint) {
  if (option.run.empty()) return option.weights;
  if (!checkpoint.empty()) return checkpoint;
  const std::string& result = phase_of(phases, option.net).result;
  const fs::path weights = fs::path(option.run) / result;
  check(fs::exists(weights), "{}: is not trained to its end (no {}); {}", option.run, result,
        how_to_continue(option.run));
  return weights;
}

}  // namespace

void NetworksOption::add_to(CLI::App& command) {
  CLI::Option* of_run = command.add_option("RUN", run, "Folder of a run")->type_name("");
  CLI::Option* of_checkpoint =
      command
          .add_option("--checkpoint", checkpoint,
                      "Uses the networks of one of RUN's checkpoints: latest, or the name of a file in "
                      "RUN/checkpoints. RUN need not be finished")
          ->type_name("latest|NAME");
  CLI::Option* of_spec =
      command.add_option("--spec", spec, "Instead of RUN, with --weights: the spec of the networks")->type_name("SPEC");
  CLI::Option* of_weights =
      command
          .add_option("--weights", weights,
                      "Instead of RUN, with --spec: weights under PyTorch's names, prefixed with the network's name "
                      "and a dot (F.conv1.weight); for one network the prefix may be missing")
          ->type_name("FILE.safetensors");
  add_device(command, device);
  of_run->excludes(of_spec)->excludes(of_weights);
  of_checkpoint->needs(of_run);
  of_spec->needs(of_weights);
  of_weights->needs(of_spec);
}

void NetworksOption::add_net_to(CLI::App& command) {
  command
      .add_option("--net", net,
                  "Name of the classifier; default: the run's main one. If several phases train it, it is used as the "
                  "main phase left it")
      ->type_name("NAME");
}

TrainedNetworks::TrainedNetworks(const NetworksOption& option)
    : run_(option.run),
      net_(option.net),
      spec_(spec_of(option)),
      phases_(phases_without_images(spec_)),
      checkpoint_(checkpoint_of(option, phases_)),
      weights_(weights_of(option, phases_, checkpoint_)) {
  if (method_of(spec_).use_trained) method_of(spec_).use_trained(spec_, weights_.name());
  if (!option.device.empty()) spec_.device = option.device;
  // Weights are fp32 however they were trained, and so can be used on any device.
  if (!supports(find_device(spec_.device), spec_.precision)) spec_.precision = Precision::fp32;
  if (checkpoint_.empty()) return;
  const Progress progress = checkpoint_progress(weights_);
  print_error("checkpoint: {} ({} step {})\n", checkpoint_.filename().string(), progress.phase, progress.step);
}

Target TrainedNetworks::target() const {
  Target target = target_of(spec_);
  if (spec_.device == "auto") print_error("device: {}{}\n", describe(target.device), why_no_gpu(spec_, target.device));
  const fs::path tuning = run_ / "tuning.json";
  if (!run_.empty() && fs::exists(tuning) && measured_elsewhere(read_tuning(tuning), target.device).empty())
    use_tuning(target, tuning);
  return target;
}

Evaluated TrainedNetworks::classifier() const {
  const std::vector<Evaluated> all = method_of(spec_).evaluations(spec_);
  if (net_.empty()) return main_evaluation(all, phases_);
  const std::string& phase = phase_of(phases_, net_).name;
  std::set<std::string> names;
  for (const Evaluated& each : all) {
    if (each.network == net_ && each.phase == phase) return each;
    names.insert(each.network);
  }
  fail("--net {}: expected one of the classifiers {}", net_, fmt::join(names, ", "));
}

bool TrainedNetworks::has(const RecordLogits& record) const {
  Program program;
  const ImageFormat& images = spec_.data.format;
  record(program, program.input("images", Shape{1, images.size, images.size, images.channels}));
  const std::vector<std::string> networks = networks_of(program);
  return std::all_of(networks.begin(), networks.end(), [&](const std::string& network) { return has(network); });
}

bool TrainedNetworks::has(const std::string& network) const {
  const auto first = weights_.tensors().lower_bound(network + ".");
  return first != weights_.tensors().end() && first->first.compare(0, network.size() + 1, network + ".") == 0;
}

void TrainedNetworks::load(State& state) const {
  std::set<std::string> networks;
  for (const std::string& name : state.names()) networks.insert(name.substr(0, name.find('.')));
  for (const std::string& network : networks) load(network, state);
}

void TrainedNetworks::load(const std::string& network, State& state) const {
  const auto phase_with = [&](const auto& is_wanted) {
    return std::find_if(phases_.begin(), phases_.end(), [&](const Phase& phase) {
      return std::any_of(phase.networks.begin(), phase.networks.end(), is_wanted);
    });
  };
  const bool names_networks = phase_with([&](const std::string& each) { return has(each); }) != phases_.end();
  const std::string prefix = prefix_of_network(weights_, network);
  if (!checkpoint_.empty() && prefix.empty()) {
    const auto later = phase_with([&](const std::string& each) { return each == network; });
    std::set<std::string> there;
    for (const Phase& phase : phases_)
      for (const std::string& each : phase.networks)
        if (!prefix_of_network(weights_, each).empty()) there.insert(each);
    fail("{}: has no {} yet, only {}{}", checkpoint_.string(), network, fmt::join(there, ", "),
         later == phases_.end() ? "" : fmt::format("; checkpoints of phase {} have", later->name));
  }
  load_weights(weights_, state, {network + ".", names_networks && prefix.empty() ? network + "." : prefix, {}});
}

RunData TrainedNetworks::data(const fs::path& root) const {
  Spec spec = spec_;
  if (!root.empty()) spec.data.root = fs::absolute(root);
  if (run_.empty()) return RunData(spec);
  RunData data(spec, run_ / "splits.csv");
  if (!checkpoint_.empty()) data.check_hash(checkpoint_progress(weights_).splits, run_ / "splits.csv");
  return data;
}

}  // namespace tuna
