#include "training/trainer.h"

#include "engine/atomic_file.h"
#include "engine/build_info.h"
#include "engine/weights.h"
#include "kernels/conv/conv_plans.h"
#include "training/adaptation_gap.h"
#include "training/classifier_phase.h"
#include "training/estimate.h"
#include "training/methods/tuna_net.h"
#include "training/stop_signal.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

fs::path pretrained_weights(const fs::path& run) { return run / "pretrained.safetensors"; }
fs::path supervised_weights(const fs::path& run) { return run / "supervised.safetensors"; }

// An old phase is over once its result is there.
void run_phases(Session& session, const fs::path& checkpoint) {
  const fs::path folder = session.run.path();
  Progress& progress = session.progress;
  const RunData& data = session.data;
  fs::path resume = checkpoint;
  const auto next = [&](const char* phase) {
    progress = Progress{};
    progress.phase = phase;
    resume.clear();
  };
  if (progress.phase == "pretrain") {
    train_classifier(session,
                     {"pretrain", "F_A", data.source("train"), data.source("validation"), pretrained_weights(folder)},
                     resume);
    next("joint");
  }
  if (progress.phase == "joint") {
    train_tuna_net(session, pretrained_weights(folder), resume, session.run.weights());
    next("supervised");
  }
  if (progress.phase == "supervised" && session.spec.evaluate.supervised)
    train_classifier(session,
                     {"supervised", "F_S", RunData::labelled(data.target("train")),
                      RunData::labelled(data.target("validation")), supervised_weights(folder)},
                     resume);
}

// What a resumed run may do differently without becoming another run.
void check_same_run(const Spec& before, Spec now) {
  now.device = before.device;
  now.log = before.log;
  now.data.loader_threads = before.data.loader_threads;
  now.data.cache_mb = before.data.cache_mb;
  check(now == before, "--set: with --resume only device, log, data.loader_threads and data.cache_mb may change");
}

// What computes convolutions stays the same from the beginning of a run to its end.
Device device_of_run(const TrainOptions& options, const Spec& spec) {
  check(!options.resume || options.plan.empty(),
        "--plan: a resumed run goes on with the plan that it began with, or without one");
  Device where = device(spec);
  const fs::path plan = options.resume ? options.out / "plan.json" : options.plan;
  if (options.resume ? !fs::exists(plan) : plan.empty()) return where;
  try {
    use_conv_plans(where, plan);
  } catch (const Error& error) {
    if (!options.resume) throw;
    fail("{}; without that file the run goes on, but not to the same bits", error.what());
  }
  return where;
}

// Before hours of training, not after them.
void check_supervised(const Spec& spec, const RunData& data) {
  if (!spec.evaluate.supervised) return;
  for (const char* split : {"train", "validation"})
    check(RunData::both_kinds(RunData::labelled(data.target(split)), spec),
          "evaluate.supervised: the {} images of '{}' have no labels of both kinds, '{}' and others", split,
          spec.domains.target, spec.positive);
}

}  // namespace

std::vector<Evaluation> evaluate_run(const fs::path& run, const Device& device) {
  const Spec spec = with_trained_weights(read_spec(run / "spec.json"), pretrained_weights(run));
  const RunData data(spec, run / "splits.csv");
  ImageCache cache(size_t(spec.data.cache_mb) << 20);
  const std::vector<Sample> test = RunData::labelled(data.target("test")), source = data.source("validation"),
                            target = RunData::labelled(data.target("validation"));
  if (!RunData::both_kinds(test, spec) || !RunData::both_kinds(source, spec)) return {};

  const auto row = [&](const std::string& name, const std::string& net, State& state, const RecordLogits& on_source) {
    const auto scores = [&](const RecordLogits& logits, const std::vector<Sample>& samples) {
      Predictor predict(logits, image_format(spec), spec.evaluate.batch, device, state);
      return scores_of(predict(samples, cache, int(spec.data.loader_threads)), samples, spec);
    };
    const RecordLogits on_target = classifier(net, classifier_options(spec));
    return evaluate(name, net, scores(on_target, test), scores(on_source, source),
                    RunData::both_kinds(target, spec) ? std::optional(scores(on_target, target)) : std::nullopt, spec);
  };
  const auto load = [&](const fs::path& weights, const std::string& net, State& state) {
    Program program;
    const Classifier declare(program, net, classifier_options(spec));
    for (const StateValue& value : program.states()) state.ensure(value);
    load_weights(SafetensorsFile(weights), state, {net + ".", net + ".", {}});
  };

  std::vector<Evaluation> rows;
  State before(0, device), after(0, device), supervised(0, device);
  load(pretrained_weights(run), "F_A", before);
  rows.push_back(row("NoAdapt", "F_A", before, classifier("F_A", classifier_options(spec))));
  {
    Program program;
    const TunaNet declare(program, tuna_net_step_options(spec).net);
    for (const StateValue& value : program.states()) after.ensure(value);
    load_weights(SafetensorsFile(run / "weights.safetensors"), after, {});
    rows.push_back(row("TUNA-Net", "F_P", after, translated_classifier(tuna_net_step_options(spec).net)));
  }
  if (fs::exists(supervised_weights(run))) {
    load(supervised_weights(run), "F_S", supervised);
    rows.push_back(row("Supervised", "F_S", supervised, classifier("F_S", classifier_options(spec))));
  }
  return rows;
}

std::string evaluation_json(const Spec& spec, const std::vector<Evaluation>& rows) {
  nlohmann::json json = {{"positive", spec.positive},
                         {"domain", spec.domains.target},
                         {"split", "test"},
                         {"build", build_id()},
                         {"rows", nlohmann::json::array()}};
  for (const Evaluation& evaluation : rows) json["rows"].push_back(to_json(evaluation));
  return json.dump(2) + "\n";
}

void train(const TrainOptions& options) {
  const StopSignal signal;
  if (options.resume) check(fs::exists(options.out / "spec.json"), "{}: holds no run to resume", options.out.string());
  const Spec spec = options.resume ? read_spec(options.out / "spec.json", options.settings)
                                   : read_spec(options.spec, options.settings);
  RunData data = options.resume ? RunData(spec, options.out / "splits.csv") : RunData(spec);
  if (options.resume) check_same_run(read_spec(options.out / "spec.json"), spec);
  check_supervised(spec, data);
  const Device where = device_of_run(options, spec);
  RunFolder run = options.resume ? RunFolder::open(options.out) : RunFolder::create(options.out);
  for (const std::string& warning : data.warnings()) run.log("warning: " + warning);
  run.log("device: " + describe(where) + why_no_gpu(spec, where));
  if (where.conv_plans) run.log(fmt::format("plan: {} convolutions", where.conv_plans->convolutions.size()));
  run.log(fmt::format("tuna {}; seed {}; {} source and {} target images to train on", build_id(), spec.seed,
                      data.source("train").size(), data.target("train").size()));

  ImageCache cache(size_t(spec.data.cache_mb) << 20);
  Progress progress;
  fs::path checkpoint;
  if (options.resume) {
    checkpoint = newest_checkpoint(run.checkpoints());
    if (!checkpoint.empty()) progress = checkpoint_progress(SafetensorsFile(checkpoint));
    run.forget_metrics_after(progress.phase, progress.step);
    run.log(checkpoint.empty() ? "resumes at its beginning" : "resumes from " + checkpoint.filename().string());
  } else {
    const OnBadImage bad = spec.data.on_bad_image == DataSpec::BadImage::skip ? OnBadImage::skip : OnBadImage::error;
    for (const std::string& warning :
         check_images(data.samples(), image_format(spec), bad, cache, int(spec.data.loader_threads)))
      run.log("warning: " + warning);
    data.check_complete(spec);  // what was skipped may have been the last of its kind
    check_supervised(spec, data);
    run.log(to_text(estimate(spec, data, where)));
    write_manifest(run.splits(), data.samples());
    if (where.conv_plans) write_file_atomically(run.plan(), where.conv_plans->to_json());
    write_file_atomically(run.spec(), to_json(spec));
  }

  Session session{spec, run, data, cache, where, progress, {}, options.profile};
  run_phases(session, checkpoint);
  const std::vector<Evaluation> rows = evaluate_run(options.out, where);
  if (!rows.empty()) write_file_atomically(run.evaluation(), evaluation_json(spec, rows));
  run.log(rows.empty() ? "the target's test images have no labels of both classes: nothing to evaluate"
                       : to_table(rows) + adaptation_in_words(rows, spec.domains));
}

}  // namespace tuna
