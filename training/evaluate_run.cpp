#include "training/evaluate_run.h"

#include "engine/build_info.h"
#include "engine/weights.h"
#include "training/checkpoint.h"
#include "training/from_spec.h"
#include "training/run_data.h"
#include "training/run_folder.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

// Where each network is: in the result of its phase, or in the checkpoint.
class NetworksOfRun {
 public:
  NetworksOfRun(fs::path run, fs::path checkpoint) : run_(std::move(run)), checkpoint_(std::move(checkpoint)) {
    if (!checkpoint_.empty()) phase_ = checkpoint_progress(SafetensorsFile(checkpoint_)).phase;
  }

  /// The file with the networks of a phase; empty where there is none yet.
  fs::path file(const std::string& phase) const {
    if (phase == phase_) return checkpoint_;
    if (phase == "joint" && phase_ == "pretrain") return {};
    const fs::path result = result_of_phase(run_, phase);
    return fs::exists(result) ? result : fs::path();
  }

 private:
  fs::path run_, checkpoint_;
  std::string phase_;  // of the checkpoint
};

// Fills what `record` uses of these networks.
void load(const fs::path& path, const std::vector<std::string>& nets, const RecordLogits& record, const Spec& spec,
          State& state) {
  Program program;
  record(program, program.input("images", Shape{1, spec.data.size, spec.data.size, spec.data.channels}));
  for (const StateValue& value : program.states()) state.ensure(value);
  const SafetensorsFile file(path);
  for (const std::string& net : nets) {
    const std::string prefix = prefix_of_network(file, net);
    load_weights(file, state, {net + ".", prefix.empty() ? net + "." : prefix, {}});
  }
}

}  // namespace

std::vector<Evaluation> evaluate_run(const fs::path& run, const Device& device, const fs::path& checkpoint) {
  const NetworksOfRun networks(run, checkpoint);
  const fs::path before = networks.file("pretrain"), after = networks.file("joint"),
                 supervised = networks.file("supervised");
  const Spec spec = with_trained_weights(read_spec(run / "spec.json"), before);
  const RunData data(spec, run / "splits.csv");
  ImageCache cache(size_t(spec.data.cache_mb) << 20);
  const std::vector<Sample> test = RunData::labelled(data.target("test")), source = data.source("validation"),
                            target = RunData::labelled(data.target("validation"));

  std::vector<Evaluation> rows;
  const auto add_row = [&](const std::string& name, const std::string& net, const fs::path& file,
                           const std::vector<std::string>& nets, const RecordLogits& on_source) {
    State state(0, device);
    load(file, nets, on_source, spec, state);
    const auto scores = [&](const RecordLogits& logits, const std::vector<Sample>& samples) {
      Predictor predict(logits, image_format(spec), spec.evaluate.batch, device, state);
      return scores_of(predict(samples, cache, int(spec.data.loader_threads)), samples, spec);
    };
    const RecordLogits on_target = classifier(net, classifier_options(spec));
    const auto scores_on_target = [&](const std::vector<Sample>& samples) {
      return RunData::both_kinds(samples, spec) ? std::optional(scores(on_target, samples)) : std::nullopt;
    };
    rows.push_back(
        evaluate(name, net, scores_on_target(test), scores(on_source, source), scores_on_target(target), spec));
  };
  add_row("NoAdapt", "F_A", before, {"F_A"}, classifier("F_A", classifier_options(spec)));
  if (!after.empty())
    add_row("TUNA-Net", "F_P", after, {"G_AP", "F_P"}, translated_classifier(tuna_net_step_options(spec).net));
  if (!supervised.empty())
    add_row("Supervised", "F_S", supervised, {"F_S"}, classifier("F_S", classifier_options(spec)));
  return rows;
}

std::string evaluation_json(const Spec& spec, const std::vector<Evaluation>& rows, const fs::path& checkpoint) {
  nlohmann::json json = {{"positive", spec.positive},
                         {"domain", spec.domains.target},
                         {"split", "test"},
                         {"build", build_id()},
                         {"rows", nlohmann::json::array()}};
  if (!checkpoint.empty()) json["checkpoint"] = checkpoint_json(checkpoint);
  for (const Evaluation& evaluation : rows) json["rows"].push_back(to_json(evaluation));
  return json.dump(2) + "\n";
}

nlohmann::json checkpoint_json(const fs::path& checkpoint) {
  const Progress progress = checkpoint_progress(SafetensorsFile(checkpoint));
  return {{"file", checkpoint.filename().string()}, {"phase", progress.phase}, {"step", progress.step}};
}

}  // namespace tuna
