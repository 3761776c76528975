#include "training/trainer.h"

#include <map>

#include "engine/atomic_file.h"
#include "engine/build_info.h"
#include "kernels/conv/tuning.h"
#include "training/adaptation_gap.h"
#include "training/classifier_phase.h"
#include "training/estimate.h"
#include "training/evaluate_run.h"
#include "training/methods/tuna_net.h"
#include "training/phase_start.h"
#include "training/spec_differences.h"
#include "training/stop_signal.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

using PhaseStarts = std::map<std::string, PhaseStart>;

std::vector<std::string> phases(const Spec& spec) {
  std::vector<std::string> names = {"pretrain", "joint"};
  if (spec.evaluate.supervised) names.push_back("supervised");
  return names;
}

int64_t steps_of_phase(const std::string& phase, const Spec& spec, const RunData& data) {
  if (phase == "joint") return joint_steps(spec, data).total;
  const std::vector<Sample> images =
      phase == "pretrain" ? data.source("train") : RunData::labelled(data.target("train"));
  return spec.pretrain.epochs * classifier_steps_per_epoch(spec, images.size());
}

PhaseStarts phases_from_their_beginning(const Spec& spec) {
  PhaseStarts starts;
  for (const std::string& phase : phases(spec)) starts[phase].progress.phase = phase;
  return starts;
}

PhaseStarts phases_of_resumed_run(const fs::path& run, const Spec& before, const Spec& spec, const RunData& data) {
  PhaseStarts starts;
  for (const std::string& phase : phases(spec)) {
    const int64_t steps = steps_of_phase(phase, spec, data), steps_before = steps_of_phase(phase, before, data);
    starts[phase] = phase_start(run, phase, steps);
    check(!starts[phase].finished || steps >= steps_before,
          "--set: phase {} is finished with {} steps and cannot be made shorter ({} steps)", phase, steps_before,
          steps);
  }
  const PhaseStart& joint = starts.at("joint");
  const bool joint_has_begun = joint.finished || !joint.checkpoint.empty();
  check(starts.at("pretrain").finished || !joint_has_begun || !fs::exists(result_of_phase(run, "pretrain")),
        "pretrain.epochs: F_A cannot be pretrained longer, as joint training has begun with it");
  return starts;
}

void log_starts(RunFolder& run, const PhaseStarts& starts, const Spec& spec) {
  for (const auto& [phase, start] : starts)
    if (!start.warning.empty()) run.log("warning: " + start.warning);
  for (const std::string& phase : phases(spec)) {
    const PhaseStart& start = starts.at(phase);
    if (start.finished) continue;
    return run.log(start.checkpoint.empty() ? "resumes at the beginning of phase " + phase
                                            : "resumes from " + start.checkpoint.filename().string());
  }
  run.log("every phase is trained already; evaluates again");
}

void train_phase(Session& session, const std::string& phase, const fs::path& checkpoint) {
  const RunData& data = session.data;
  const fs::path run = session.run.path(), result = result_of_phase(run, phase);
  if (phase == "pretrain") {
    train_classifier(session, {phase, "F_A", data.source("train"), data.source("validation"), result}, checkpoint);
  } else if (phase == "joint") {
    train_tuna_net(session, result_of_phase(run, "pretrain"), checkpoint, result);
  } else {
    train_classifier(
        session,
        {phase, "F_S", RunData::labelled(data.target("train")), RunData::labelled(data.target("validation")), result},
        checkpoint);
  }
}

void run_phases(Session& session, const PhaseStarts& starts) {
  for (const std::string& phase : phases(session.spec)) {
    const PhaseStart& start = starts.at(phase);
    if (start.finished) continue;
    session.progress = start.progress;
    session.run.forget_metrics_after(phase, start.progress.step);
    train_phase(session, phase, start.checkpoint);
  }
}

// Settings for the machine, which hold for one call and are not kept in the run's spec.json.
Spec with_machine_of(const Spec& other, Spec spec) {
  spec.device = other.device;
  spec.data.loader_threads = other.data.loader_threads;
  spec.data.cache_mb = other.data.cache_mb;
  return spec;
}

// What a resumed run may do differently without becoming another run: nothing that the steps so far depend on.
void check_same_run(const Spec& before, const Spec& now) {
  Spec same = with_machine_of(before, now);
  same.log = before.log;
  same.evaluate = before.evaluate;
  same.pretrain.epochs = before.pretrain.epochs;
  same.train.epochs = before.train.epochs;
  same.train.decay_epochs = before.train.decay_epochs;
  check(same == before,
        "--set {}: cannot change with --resume, which may change pretrain.epochs, train.epochs, train.decay_epochs, "
        "evaluate, log, device, data.loader_threads and data.cache_mb",
        fmt::join(differences(before, same), ", "));
}

void keep_new_settings(RunFolder& run, const Spec& before, const Spec& now) {
  const Spec kept = with_machine_of(before, now);
  if (kept == before) return;
  write_file_atomically(run.spec(), to_json(kept));
  run.log(fmt::format("settings changed: {}", fmt::join(differences(before, kept), ", ")));
}

// What computes convolutions stays the same from the beginning of a run to its end.
Device device_of_run(const TrainOptions& options, const Spec& spec) {
  check(!options.resume || options.tuning.empty(),
        "--tuning: a resumed run goes on with the tuning that it began with, or without one");
  Device where = device(spec);
  const fs::path tuning = options.resume ? options.out / "tuning.json" : options.tuning;
  if (options.resume ? !fs::exists(tuning) : tuning.empty()) return where;
  try {
    use_tuning(where, tuning);
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

void train(const TrainOptions& options) {
  const StopSignal signal;
  if (options.resume) check(fs::exists(options.out / "spec.json"), "{}: holds no run to resume", options.out.string());
  const Spec spec = options.resume ? read_spec(options.out / "spec.json", options.settings)
                                   : read_spec(options.spec, options.settings);
  RunData data = options.resume ? RunData(spec, options.out / "splits.csv") : RunData(spec);
  const Spec before = options.resume ? read_spec(options.out / "spec.json") : spec;
  check_same_run(before, spec);
  check_supervised(spec, data);
  const Device where = device_of_run(options, spec);
  const PhaseStarts starts =
      options.resume ? phases_of_resumed_run(options.out, before, spec, data) : phases_from_their_beginning(spec);
  RunFolder run = options.resume ? RunFolder::open(options.out) : RunFolder::create(options.out);
  for (const std::string& warning : data.warnings()) run.log("warning: " + warning);
  run.log("device: " + describe(where) + why_no_gpu(spec, where));
  if (where.conv_choices) run.log(fmt::format("tuning: {} convolutions", where.conv_choices->convolutions.size()));
  run.log(fmt::format("tuna {}; seed {}; {} source and {} target images to train on", build_id(), spec.seed,
                      data.source("train").size(), data.target("train").size()));

  ImageCache cache(size_t(spec.data.cache_mb) << 20);
  if (options.resume) {
    keep_new_settings(run, before, spec);
    log_starts(run, starts, spec);
  } else {
    const OnBadImage bad = spec.data.on_bad_image == DataSpec::BadImage::skip ? OnBadImage::skip : OnBadImage::error;
    for (const std::string& warning :
         check_images(data.samples(), image_format(spec), bad, cache, int(spec.data.loader_threads)))
      run.log("warning: " + warning);
    data.check_complete(spec);  // what was skipped may have been the last of its kind
    check_supervised(spec, data);
    run.log(to_text(estimate(spec, data, where)));
    write_manifest(run.splits(), data.samples());
    if (where.conv_choices) write_file_atomically(run.tuning(), tuning_json(*where.conv_choices));
    write_file_atomically(run.spec(), to_json(spec));
  }

  Progress progress;
  Session session{spec, run, data, cache, where, progress, {}, options.profile};
  run_phases(session, starts);
  const std::vector<Evaluation> rows = evaluate_run(options.out, where);
  write_file_atomically(run.evaluation(), evaluation_json(spec, rows));
  run.log(to_table(rows) + adaptation_in_words(rows, spec.domains));
}

}  // namespace tuna
