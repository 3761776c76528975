#include "training/run/trainer.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "data/changed_images.h"
#include "data/file.h"
#include "engine/base/atomic_file.h"
#include "engine/base/build_info.h"
#include "engine/base/cpu.h"
#include "engine/base/normal_path.h"
#include "engine/files/weights.h"
#include "engine/runtime/find_device.h"
#include "kernels/conv/cpu_kernels.h"
#include "kernels/conv/tuning.h"
#include "training/evaluation/adaptation_gap.h"
#include "training/run/compute_device.h"
#include "training/run/estimate.h"
#include "training/run/evaluate_run.h"
#include "training/run/mistake_pictures.h"
#include "training/run/phase_start.h"
#include "training/run/run_phase.h"
#include "training/run/spec_history.h"
#include "training/run/stop_signal.h"
#include "training/run/work_on_images.h"
#include "training/spec/spec_differences.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

/// The start of each phase, in order of training.
using PhaseStarts = std::vector<PhaseStart>;

// Networks that other phases started from must not change.
void check_not_begun_with(const Phase& phase, const std::vector<Phase>& phases, const PhaseStarts& starts) {
  for (size_t i = 0; i < phases.size(); ++i) {
    const bool begins_with_it = std::any_of(phases[i].start.begin(), phases[i].start.end(),
                                            [&](const WeightsFrom& from) { return from.phase == phase.name; });
    const bool has_begun = starts[i].finished || !starts[i].checkpoint.empty();
    check(!begins_with_it || !has_begun, "--set: phase {} cannot be trained longer, as phase {} has begun with it",
          phase.name, phases[i].name);
  }
}

bool is_missing(const WeightsFrom& from) { return !from.file.empty() && !fs::exists(from.file); }

// The phases of a resumed run.  What the networks take from a file of start weights, such as their input channels, its
// checkpoints have as well, so they replace a file that is gone.  A phase that begins with such a file still names it.
std::vector<Phase> phases_to_resume(const Method& method, const Spec& spec, const RunData& data, const fs::path& run) {
  std::vector<Phase> phases = method.phases(spec, data);
  const bool complete = std::none_of(phases.begin(), phases.end(), [](const Phase& phase) {
    return std::any_of(phase.start.begin(), phase.start.end(), is_missing);
  });
  if (complete || !method.use_trained) return phases;
  fs::path networks = run / phases.front().result;
  for (const Phase& phase : phases)
    if (!fs::exists(networks)) networks = newest_checkpoint(run / "checkpoints", phase.name);
  if (networks.empty()) return phases;
  Spec trained = spec;
  method.use_trained(trained, networks);
  std::vector<Phase> replaced = method.phases(trained, data);
  for (size_t i = 0; i < phases.size(); ++i) replaced[i].start = phases[i].start;
  return replaced;
}

// A phase may begin hours later, so a file that is damaged is noticed now.
void verify_start_file(const WeightsFrom& from) {
  if (!from.file.empty() && fs::exists(from.file)) verify_checksum(SafetensorsFile(from.file));
}

void check_start_files(const Phase& phase, const PhaseStart& start) {
  if (start.finished || !start.checkpoint.empty()) return;
  for (const WeightsFrom& from : phase.start) {
    check(!is_missing(from), "{}: no such file; {} of phase {} begins with it", from.file.string(), from.network,
          phase.name);
    verify_start_file(from);
  }
}

PhaseStarts phases_from_their_beginning(const std::vector<Phase>& phases) {
  PhaseStarts starts(phases.size());
  for (size_t i = 0; i < phases.size(); ++i) {
    starts[i].progress.phase = phases[i].name;
    for (const WeightsFrom& from : phases[i].start) verify_start_file(from);  // one that is missing is named later
  }
  return starts;
}

PhaseStarts phases_of_resumed_run(const fs::path& run, const std::vector<Phase>& before,
                                  const std::vector<Phase>& phases) {
  PhaseStarts starts;
  for (const Phase& phase : phases) {
    starts.push_back(phase_start(run, phase));
    check_start_files(phase, starts.back());
  }
  for (size_t i = 0; i < phases.size(); ++i) {
    const int64_t steps = phases[i].steps();
    const auto same =
        std::find_if(before.begin(), before.end(), [&](const Phase& phase) { return phase.name == phases[i].name; });
    const int64_t steps_before = same == before.end() ? 0 : same->steps();
    check(!starts[i].finished || steps >= steps_before,
          "--set: phase {} is finished with {} steps and cannot be made shorter ({} steps)", phases[i].name,
          steps_before, steps);
    if (!starts[i].finished && fs::exists(run / phases[i].result)) check_not_begun_with(phases[i], phases, starts);
  }
  return starts;
}

// The same bits as without the interruption are only those of the same machine and build.
void warn_of_other_machine(RunFolder& run, const std::string& before, const std::string& now) {
  if (before.empty() || before == now) return;
  run.warn(
      fmt::format("the steps so far were computed by {}; this is {}: those from here on may differ from an "
                  "uninterrupted run's in their last bits",
                  before, now));
}

void log_starts(RunFolder& run, const PhaseStarts& starts, const Device& device) {
  for (const PhaseStart& start : starts)
    if (!start.warning.empty()) run.warn(start.warning);
  std::string before;
  for (const PhaseStart& start : starts) {
    if (!start.progress.computed_by.empty()) before = start.progress.computed_by;
    if (start.finished) continue;
    warn_of_other_machine(run, before, computed_by(device));
    return run.log(start.checkpoint.empty() ? "resumes at the beginning of phase " + start.progress.phase
                                            : "resumes from " + start.checkpoint.filename().string());
  }
  run.log("every phase is trained already; evaluates again");
}

// Copies the result of a phase that another run has trained in the same way.
void take_over(Session& session, const Phase& phase, const fs::path& result) {
  verify_checksum(SafetensorsFile(result));
  const fs::path own = session.run.path() / phase.result;
  session.run.log(
      fmt::format("phase {}: copied from {}, which was trained in the same way", phase.name, result.string()));
  session.run.files().add(own);
  write_file_atomically(own, read_file(result, std::numeric_limits<uintmax_t>::max()));
}

// The run goes on, as only its curves depend on them.
void warn_of_lost_metrics(RunFolder& run, const PhaseStarts& starts) {
  int64_t lines = 0;
  for (const PhaseStart& start : starts) lines = std::max(lines, start.progress.metrics_lines);
  if (run.metrics_lines() < lines)
    run.warn(fmt::format("{}: has {} of the {} lines that the run had written; its curves lack the others",
                         (run.path() / "metrics.jsonl").string(), run.metrics_lines(), lines));
}

void run_phases(Session& session, const PhaseStarts& starts, const TrainedElsewhere& trained_elsewhere) {
  bool has_begun = false;
  for (size_t i = 0; i < starts.size(); ++i) {
    if (starts[i].finished) continue;
    session.progress = starts[i].progress;
    session.progress.computed_by = computed_by(session.target.device);
    session.progress.splits = session.data.hash();
    session.run.forget_metrics_after(session.progress.phase, session.progress.step);
    if (!std::exchange(has_begun, true)) warn_of_lost_metrics(session.run, starts);
    const Phase& phase = session.phases[i];
    const fs::path elsewhere =
        trained_elsewhere && starts[i].checkpoint.empty() ? trained_elsewhere(session.phases, phase) : fs::path();
    if (elsewhere.empty())
      run_phase(session, phase, starts[i].checkpoint);
    else
      take_over(session, phase, elsewhere);
  }
}

// Settings of the machine, which apply to one call and are not kept in the run's spec.json.
Spec with_machine_of(const Spec& other, Spec spec) {
  spec.device = other.device;
  spec.data.loader_threads = other.data.loader_threads;
  spec.data.cache_mb = other.data.cache_mb;
  return spec;
}

// Throws Error if a resumed run changes a setting that the steps so far depend on.
void check_same_run(const Spec& before, const Spec& now) {
  std::vector<std::string> may_change = method_of(before).changes_on_resume;
  may_change.insert(may_change.end(),
                    {"evaluate", "log", "data.root", "device", "data.loader_threads", "data.cache_mb"});
  std::vector<std::string> others;
  for (const Difference& difference : differences(before, now))
    if (std::none_of(may_change.begin(), may_change.end(),
                     [&](const std::string& key) { return difference.is_at(key); }))
      others.push_back(difference.text());
  check(others.empty(), "--set {}: cannot change with --resume, which may change {}", fmt::join(others, ", "),
        fmt::join(may_change, ", "));
}

// Where a resumed run continues; after its last step if every phase is finished.
Progress next_progress(const std::vector<Phase>& phases, const PhaseStarts& starts) {
  for (const PhaseStart& start : starts)
    if (!start.finished) return start.progress;
  Progress end;
  end.phase = phases.back().name;
  end.step = phases.back().steps();
  return end;
}

void keep_new_settings(RunFolder& run, const Spec& before, const Spec& now, const Progress& from) {
  const Spec kept = with_machine_of(before, now);
  if (kept == before) return;
  std::vector<std::string> changes;
  for (const Difference& difference : differences(before, kept)) changes.push_back(difference.text());
  SpecHistory history = history_in(run.spec());
  history.push_back({from.phase, from.step, changes});
  run.write("spec.json", with_history(kept, history));
  run.log(fmt::format("settings changed: {}", fmt::join(changes, ", ")));
}

std::vector<std::string> results_of(const std::vector<Phase>& phases) {
  std::vector<std::string> results;
  for (const Phase& phase : phases) results.push_back(phase.result);
  return results;
}

// The convolution choices stay the same from the beginning of a run to its end.
Target target_of_run(const TrainOptions& options, const Spec& spec) {
  check(!options.resume || options.tuning.empty(),
        "--tuning: a resumed run keeps the tuning that it began with, or none");
  Target target = target_of(spec);
  const fs::path tuning = options.resume ? options.out / "tuning.json" : options.tuning;
  if (options.resume ? !fs::exists(tuning) : tuning.empty()) return target;
  try {
    use_tuning(target, tuning);
  } catch (const Error& error) {
    if (!options.resume) throw;
    fail("{}; without that file the run continues, but its results are not the same bit for bit", error.what());
  }
  return target;
}

template <class Work>
void check_images_with(const std::string& what, const RunData& data, Work work) {
  const auto stopped = [](size_t) { return "stopped while images were checked, before the first step of this call"; };
  work_on_images(what, data.samples().size(), stopped, work);
}

// Decodes every image, and removes those that cannot be read from `data` if the spec says so.
void check_all_images(RunData& data, const Spec& spec, ImageCache& cache, RunFolder& run) {
  const int threads = int(spec.data.loader_threads);
  std::vector<std::string> warnings;
  check_images_with("images", data, [&](const ItemsDone& done) {
    warnings = check_images(data.samples(), spec.data.format, spec.data.on_bad_image, cache, threads, {}, done);
  });
  for (const std::string& warning : warnings) run.warn(warning);
  check_images_with("checksums", data, [&](const ItemsDone& done) { add_checksums(data.samples(), threads, done); });
  data.check_complete(spec);  // a skipped image may have been the last of its class
}

Spec spec_to_train(const TrainOptions& options) {
  const bool is_read = options.read_spec && !options.resume;
  Spec spec = is_read          ? *options.read_spec
              : options.resume ? read_spec_of_run(options.out, options.settings)
                               : read_spec(options.spec, options.settings);
  if (!options.data_root.empty()) spec.data.root = normal_path(fs::absolute(options.data_root));
  return spec;
}

}  // namespace

void train(const TrainOptions& options) {
  const StopSignal signal;
  std::optional<RunFolder> folder;  // of a resumed run: before anything of it is read
  if (options.resume) folder.emplace(RunFolder::open(options.out));
  const Spec spec = spec_to_train(options);
  RunData data = options.resume ? RunData(spec, options.out / "splits.csv") : RunData(spec);
  const Spec before = options.resume ? read_spec_of_run(options.out) : spec;
  check_same_run(before, spec);
  const Method& method = method_of(spec);
  std::vector<Phase> phases =
      options.resume ? phases_to_resume(method, spec, data, options.out) : method.phases(spec, data);
  const Target target = target_of_run(options, spec);
  const PhaseStarts starts = options.resume ? phases_of_resumed_run(options.out, method.phases(before, data), phases)
                                            : phases_from_their_beginning(phases);
  if (!options.resume) folder.emplace(RunFolder::create(options.out, results_of(phases)));
  RunFolder& run = *folder;
  for (const std::string& warning : data.warnings()) run.warn(warning);
  run.log("device: " + describe(target.device) + why_no_gpu(spec, target.device));
  run.log(fmt::format("processor: {}; convolutions for {}", cpu_description(),
                      to_string(cpu_conv_kernels().instruction_set)));
  if (target.conv_choices) run.log(fmt::format("tuning: {} convolutions", target.conv_choices->convolutions.size()));
  run.log(fmt::format("tuna {}; seed {}; {} source and {} target images to train on", build_id(), spec.seed,
                      data.source("train").size(), data.target("train").size()));

  ImageCache cache(spec.data.cache_bytes());
  if (options.resume) {
    for (const PhaseStart& start : starts) data.check_hash(start.progress.splits, run.splits());
    check_images_with("checksums", data, [&](const ItemsDone& done) {
      check_unchanged(data.samples(), int(spec.data.loader_threads), done);
    });
    keep_new_settings(run, before, spec, next_progress(phases, starts));
    log_starts(run, starts, target.device);
    // Those that a killed process has left; a smaller log.keep of this call removes none.
    const int keep = int(std::max(before.log.keep, spec.log.keep));
    for (size_t i = 0; i < starts.size(); ++i)
      remove_old_checkpoints(run.checkpoints(), run.files(), phases[i].name, keep, starts[i].checkpoint);
  } else {
    check_all_images(data, spec, cache, run);
    phases = method.phases(spec, data);
    run.log(to_text(estimate(phases, target)));
    run.files().add(run.splits());
    write_manifest(run.splits(), data.samples(), data_root(spec.data));
    if (target.conv_choices)
      run.write("tuning.json", tuning_json(*target.conv_choices));
    else
      run.files().remove(run.tuning());     // of a start that was interrupted
    run.write("spec.json", to_json(spec));  // last: from here on there is a run to resume
  }

  Progress progress;
  Session session{spec, phases, run, data, cache, target, progress, {}, options.profile};
  session.report.write();  // from here on the run lists it as its own
  run_phases(session, starts, options.trained_elsewhere);
  const auto leave_if_asked = [] {
    if (StopSignal::requested())
      throw Interrupted("stopped while the run was evaluated; every phase is trained, and --resume evaluates it");
  };
  const std::vector<Evaluation> rows = evaluate_run(options.out, data, target, nullptr, leave_if_asked);
  if (const std::string predictions = predictions_csv(spec, data, rows); !predictions.empty())
    run.write(kPredictions, predictions);
  write_mistake_pictures(run, rows, target);
  const std::optional<BestTrivialFeature> trivial =
      best_trivial_feature(data, spec, int(spec.data.loader_threads), leave_if_asked);
  run.write("evaluation.json", evaluation_json(spec, rows, trivial));
  run.log(to_table(rows) + to_line(trivial, spec) + adaptation_in_words(rows, spec.domains));
  session.report.write();
}

}  // namespace tuna
