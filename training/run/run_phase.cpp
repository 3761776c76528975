#include "training/run/run_phase.h"

#include <algorithm>

#include "engine/compile/profile.h"
#include "engine/files/weights.h"
#include "optim/linear_decay.h"
#include "optim/loss_scale.h"
#include "training/run/event_log.h"
#include "training/run/phase_pictures.h"
#include "training/run/phase_profile.h"
#include "training/run/phase_validation.h"
#include "training/run/source_fractions.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBest = "best.";  // the prefix of the weights that were best so far

/// Loads the images of an input, and names their files.
class FeedLoader {
 public:
  FeedLoader(const Feed& feed, const Session& session)
      : feed_(feed),
        loader_(feed.samples, feed.labels.empty() ? std::vector<std::string>() : session.spec.classes,
                {session.spec.data.format, Order::shuffled, feed.batch, uint64_t(session.spec.seed), feed.stream,
                 int(session.spec.data.loader_threads), feed.augmentation,
                 feed.of_source_prior ? session.progress.source_fractions : std::vector<double>()},
                session.cache) {}

  /// Sets the images of a step, and adds their files to `files`.
  void set(Executable& program, int64_t step, std::vector<std::string>& files) {
    const Batch batch = loader_.batch(step);
    program.set(feed_.images, std::span<const float>(batch.pixels));
    if (!feed_.labels.empty()) program.set(feed_.labels, std::span<const int32_t>(batch.labels));
    for (const int64_t sample : batch.samples) files.push_back(feed_.samples[size_t(sample)].path.string());
  }

 private:
  const Feed& feed_;
  Loader loader_;
};

// Flags of an optimizer, which are counted, not shown.
constexpr const char *kFinite = ".finite", *kUpdated = ".updated";

/// The scalar outputs of a step: losses and loss scales.
std::vector<std::string> figures_of(const Program& program) {
  std::vector<std::string> names;
  for (const auto& [name, id] : program.outputs())
    if (program.value(id).type.shape.count() == 1 && !name.ends_with(kFinite) && !name.ends_with(kUpdated))
      names.push_back(name);
  return names;
}

/// The optimizers that have a gate.
std::vector<std::string> gated_optimizers(const Program& program) {
  std::vector<std::string> names;
  for (const auto& [name, id] : program.outputs())
    if (name.ends_with(kUpdated)) names.push_back(name.substr(0, name.size() - std::string_view(kUpdated).size()));
  return names;
}

// What is in front of a network's names in a file of start weights: nothing in torchvision's; its own name, or else
// that of the first network of its kind, in the results of a run.
std::string prefix_of_start_weights(const SafetensorsFile& file, const std::string& network,
                                    const std::vector<std::string>& names) {
  const std::string first = names.front().substr(network.size() + 1);  // "bn1.bias"
  if (file.tensors().count(first)) return "";
  if (file.tensors().count(network + "." + first)) return network + ".";
  for (const auto& [name, tensor] : file.tensors())
    if (const std::string prefix = name.substr(0, name.find('.') + 1); name == prefix + first) return prefix;
  return "";
}

class PhaseRun {
 public:
  PhaseRun(Session& session, const Phase& phase)
      : session_(session),
        phase_(phase),
        spec_(session.spec),
        progress_(session.progress),
        state_(uint64_t(spec_.seed), session.target.device) {
    Program program(activation_type(session.target.precision));
    phase.record(program);
    figures_ = figures_of(program);
    gated_ = gated_optimizers(program);
    step_ = compile(program, session.target, state_);
    if (phase.validation) validate_ = std::make_unique<PhaseValidation>(session, *phase.validation, state_);
    if (!phase.pictures.empty()) pictures_ = std::make_unique<PhasePictures>(session, phase.pictures, state_);
  }

  void start(const fs::path& checkpoint) {
    if (checkpoint.empty()) progress_.source_fractions = source_fractions(session_, phase_);
    for (const Feed& feed : phase_.feeds) loaders_.push_back(std::make_unique<FeedLoader>(feed, session_));
    if (checkpoint.empty())
      for (const WeightsFrom& from : phase_.start) load_start(from);
    if (keeps_best()) keep_best();
    if (!checkpoint.empty()) return load_checkpoint(SafetensorsFile(checkpoint), state_);
    if (validate_) validate_->start();
  }

  void train() {
    // The phase was interrupted with more steps than are wanted now: does what is due after the last step.
    if (progress_.step > phase_.steps() && !keeps_best()) after_step(true);
    if (spec_.log.tensorboard) events_ = std::make_unique<EventLog>(session_.run, phase_.name, progress_.step);
    session_.console.begin(phase_.name, progress_.step, phase_.steps());
    set_images(progress_.step);
    while (progress_.step < phase_.steps()) take_step();
    session_.console.end();
    session_.log_skipped();
  }

  void write_result() {
    if (phase_.result == kWeights)
      session_.run.files().remove(session_.run.evaluation());  // it belongs to the previous weights, if any
    Metadata about = {{"steps", std::to_string(progress_.step)}};
    if (keeps_best()) {
      about["best_epoch"] = std::to_string(progress_.best_epoch);
      if (progress_.best_epoch >= 0)
        for (const std::string& network : phase_.networks) state_.copy(kBest + network + ".", network + ".");
    }
    std::vector<std::string> names;
    for (const std::string& network : phase_.networks)
      for (const std::string& name : state_.names(network + ".")) names.push_back(name);
    session_.run.files().add(session_.run.path() / phase_.result);
    save_weights(session_.run.path() / phase_.result, state_, names, about);
    if (session_.profile && phase_.result == kWeights) profile_.write(session_.run, step_);
  }

 private:
  bool keeps_best() const { return phase_.validation && !phase_.validation->best.empty(); }

  void keep_best() {
    for (const std::string& network : phase_.networks) state_.copy(network + ".", kBest + network + ".");
  }

  void load_start(const WeightsFrom& from) {
    const std::string prefix = from.network + ".";
    if (from.file.empty()) {
      const SafetensorsFile result(session_.result_of(from.phase));
      load_weights(result, state_, {prefix, from.its_network + ".", from.fresh});
      return;
    }
    const SafetensorsFile file(from.file);
    const std::string names = prefix_of_start_weights(file, from.network, state_.names(prefix));
    const std::vector<std::string> fresh = load_weights(file, state_, {prefix, names, from.fresh});
    session_.run.log(fmt::format("{} starts from {}{}", from.network, file.name(),
                                 fresh.empty() ? "" : "; its last layer is new, as the file has none of its shape"));
  }

  void set_images(int64_t step) {
    if (step >= phase_.steps()) return;
    files_.clear();
    for (const auto& loader : loaders_) loader->set(step_, step, files_);
  }

  /// The epoch, counted from 1, that the step which is the phase's `step`th belongs to.
  int64_t epoch_of(int64_t step) const { return (step - 1) / phase_.steps_per_epoch + 1; }

  double rate(const Schedule& schedule) const {
    return schedule.lr * linear_decay(1, epoch_of(progress_.step + 1) - 1, schedule.epochs, schedule.decay_epochs);
  }

  void take_step() {
    for (const StepInput& input : phase_.inputs) input.set(step_, session_.updates(input.optimizer, progress_.step));
    for (const Schedule& schedule : phase_.schedules) {
      const int64_t update = session_.updates(schedule.optimizer, progress_.step) + 1;
      step_.set(schedule.optimizer + ".schedule",
                std::span<const float>(adam_schedule(rate(schedule), update, schedule.adam)));
    }
    if (session_.profile && phase_.result == kWeights)
      profile_.run(step_);
    else
      step_.run();
    const std::vector<std::string> files_of_step = files_;
    set_images(progress_.step + 1);  // while a GPU computes this one

    nlohmann::json line = {
        {"phase", phase_.name}, {"step", progress_.step + 1}, {"epoch", epoch_of(progress_.step + 1)}};
    const std::string detail = read_figures(line);
    count_skipped(files_of_step, detail);
    count_gated();
    if (!progress_.skipped.empty()) line["skipped"] = progress_.skipped;
    if (!progress_.gated.empty()) line["gated"] = progress_.gated;
    ++progress_.step;

    if (is_due(spec_.log.every)) write_metrics(line);
    session_.console.step(progress_.step, detail);
    after_step(false);
    session_.leave_if_asked(state_);
  }

  /// Fills a line of metrics.jsonl; returns the same for the console.
  std::string read_figures(nlohmann::json& line) {
    std::string detail;
    for (const Schedule& schedule : phase_.schedules) {
      line[schedule.name] = rate(schedule);
      detail += fmt::format("{} {:.2g} ", schedule.name, rate(schedule));
    }
    for (const std::string& name : figures_) {
      const double value = step_.scalar(name);
      line[name] = value;
      const std::string shown = name.rfind("loss.", 0) == 0 && !LossScale::is_output(name) ? name.substr(5) : name;
      detail +=
          LossScale::is_output(name) ? fmt::format("{} {} ", shown, value) : fmt::format("{} {:.3f} ", shown, value);
    }
    return detail;
  }

  void count_skipped(const std::vector<std::string>& files, const std::string& detail) {
    std::vector<std::pair<std::string, bool>> finite;
    for (const Schedule& schedule : phase_.schedules)
      finite.emplace_back(schedule.optimizer, step_.scalar(schedule.optimizer + kFinite) != 0);
    session_.count_skipped(finite, files, detail);
  }

  void count_gated() {
    for (const std::string& optimizer : gated_)
      if (step_.scalar(optimizer + kFinite) != 0 && step_.scalar(optimizer + kUpdated) == 0)
        ++progress_.gated[optimizer];
  }

  bool is_due(int64_t every) const {
    return progress_.step == phase_.steps() || (every > 0 && progress_.step % every == 0);
  }

  void after_step(bool always) {
    const bool validates = validate_ && (always || is_due(phase_.validate_every)),
               saves = !always && is_due(phase_.checkpoint_every);
    if (validates) validate();
    if (pictures_ && (always || is_due(phase_.pictures_every))) write_pictures();
    if (saves) session_.save(state_);
    if (validates || saves) session_.report.refresh();
  }

  void validate() {
    nlohmann::json measured = validate_->measure();
    if (keeps_best() && choose_best(measured.at(phase_.validation->best).get<double>()))
      measured["best_so_far"] = phase_.validation->best;
    measured["phase"] = phase_.name;
    measured["step"] = progress_.step;
    measured["epoch"] = epoch_of(progress_.step);
    write_metrics(measured);
  }

  void write_metrics(const nlohmann::json& line) {
    session_.run.metrics(line);
    if (events_) events_->add(line);
  }

  void write_pictures() {
    const fs::path file = pictures_->write(progress_.step);
    if (events_) events_->add_picture(progress_.step, file);
  }

  /// Whether the weights are the best so far, by this figure.
  bool choose_best(double figure) {
    const int64_t epoch = epoch_of(progress_.step);
    const double signed_figure = phase_.validation->smallest_is_best ? -figure : figure;
    const bool better = progress_.best_epoch < 0 || signed_figure > progress_.best;
    if (better) {
      progress_.best = signed_figure;
      progress_.best_epoch = epoch;
      keep_best();
    }
    session_.console.end();
    const std::string when = phase_.validate_every == phase_.steps_per_epoch
                                 ? fmt::format("epoch {} of {}", epoch, phase_.epochs)
                                 : fmt::format("step {} of {}", progress_.step, phase_.steps());
    session_.run.log(fmt::format("{} {}: {} {:.4f}{}", phase_.name, when, phase_.validation->best, figure,
                                 better ? ", the best so far" : ""));
    return better;
  }

  Session& session_;
  const Phase& phase_;
  const Spec& spec_;
  Progress& progress_;
  State state_;
  Executable step_;
  std::vector<std::string> figures_;  // outputs
  std::vector<std::string> gated_;    // optimizers
  std::unique_ptr<PhaseValidation> validate_;
  std::unique_ptr<PhasePictures> pictures_;
  std::unique_ptr<EventLog> events_;
  std::vector<std::unique_ptr<FeedLoader>> loaders_;
  std::vector<std::string> files_;  // of the images that are set
  PhaseProfile profile_;
};

}  // namespace

void run_phase(Session& session, const Phase& phase, const fs::path& checkpoint) {
  PhaseRun run(session, phase);
  run.start(checkpoint);
  run.train();
  run.write_result();
}

}  // namespace tuna
