#include "training/methods/tuna_net.h"

#include <algorithm>

#include "data/picture.h"
#include "engine/atomic_file.h"
#include "engine/profile.h"
#include "engine/weights.h"
#include "kernels/random/image_pool.h"
#include "optim/linear_decay.h"
#include "training/metrics.h"
#include "training/predictor.h"
#include "training/translator.h"

namespace tuna {
namespace {

constexpr const char* kNets[] = {"G_AP.", "G_PA.", "D_A.", "D_P.", "F_A.", "F_P."};

std::vector<std::string> network_names(const State& state) {
  std::vector<std::string> names;
  for (const char* net : kNets)
    for (const std::string& name : state.names(net)) names.push_back(name);
  return names;
}

// Images of both domains, there and back, as a picture: input, translation, reconstruction from top to bottom.
class Pictures {
 public:
  Pictures(Session& session, State& state)
      : session_(session),
        forth_(Direction::source_to_target, Way::there_and_back, generator_options(session.spec),
               image_format(session.spec), session.device, state),
        back_(Direction::target_to_source, Way::there_and_back, generator_options(session.spec),
              image_format(session.spec), session.device, state) {}

  void write(int64_t step) {
    const DomainsSpec& domains = session_.spec.domains;
    write_png(
        session_.run.images() / fmt::format("step-{:08}.png", step),
        picture({block(forth_, session_.data.source("validation"),
                       {domains.source + "\nx_a", "as " + domains.target + "\nG_AP(x_a)", "back\nG_PA(G_AP(x_a))"}),
                 block(back_, session_.data.target("validation"),
                       {domains.target + "\nx_p", "as " + domains.source + "\nG_PA(x_p)", "back\nG_AP(G_PA(x_p))"})}));
  }

 private:
  static constexpr size_t kColumns = 4;

  // Columns are named by the labels, where there are some; each class has its share of them.
  PictureBlock block(Translator& translate, std::vector<Sample> samples, const std::vector<std::string>& captions) {
    std::stable_sort(samples.begin(), samples.end(),
                     [](const Sample& a, const Sample& b) { return a.label < b.label; });
    PictureBlock result;
    for (const std::string& caption : captions) result.rows.push_back({caption, {}});
    const size_t columns = std::min(kColumns, samples.size());
    for (size_t i = 0; i < columns; ++i) {
      const Sample& sample = samples[(2 * i + 1) * samples.size() / (2 * columns)];
      Translation shown = translate(sample, session_.cache);
      result.columns.push_back(sample.label);
      result.rows[0].images.push_back(std::move(shown.image));
      result.rows[1].images.push_back(std::move(shown.translation));
      result.rows[2].images.push_back(std::move(shown.reconstruction));
    }
    return result;
  }

  Session& session_;
  Translator forth_, back_;
};

// What can be known without a label of the target: how sure F_P is, and how it divides the images.
nlohmann::json validators(Session& session, Predictor& predict) {
  const Probabilities target =
      predict(session.data.target("validation"), session.cache, int(session.spec.data.loader_threads));
  session.check_finite(target, "F_P");
  const UnsupervisedValidators found = unsupervised_validators(target.values, target.classes);
  return {{"target_entropy", found.entropy}, {"target_information", found.information}};
}

}  // namespace

JointSteps joint_steps(const Spec& spec, const RunData& data) {
  const int64_t larger = int64_t(std::max(data.source("train").size(), data.target("train").size()));
  const int64_t per_epoch =
      spec.train.steps_per_epoch > 0 ? spec.train.steps_per_epoch : (larger + spec.train.batch - 1) / spec.train.batch;
  return {per_epoch, per_epoch * (spec.train.epochs + spec.train.decay_epochs)};
}

void train_tuna_net(Session& session, const std::filesystem::path& pretrained, const std::filesystem::path& checkpoint,
                    const std::filesystem::path& result) {
  const Spec& spec = session.spec;
  Progress& progress = session.progress;
  const TunaNetStepOptions options = tuna_net_step_options(spec);
  const JointSteps steps = joint_steps(spec, session.data);

  State state(uint64_t(spec.seed), session.device);
  Program program(activation_type(session.device.precision));
  record_tuna_net_step(program, options);
  Executable step = compile(program, session.device, state);
  if (checkpoint.empty()) {
    load_weights(SafetensorsFile(pretrained), state, {"F_A.", "F_A.", {}});
    state.copy("F_A.", "F_P.");
  } else {
    load_checkpoint(SafetensorsFile(checkpoint), state);
  }
  Pictures pictures(session, state);
  Predictor predict_target(classifier("F_P", options.net.classifier), image_format(spec), spec.evaluate.batch,
                           session.device, state);

  const auto loader = [&](const std::vector<Sample>& samples, const std::vector<std::string>& classes,
                          const char* stream) {
    return std::make_unique<Loader>(
        samples, classes, loader_options(spec, spec.train.augmentation, spec.train.batch, stream), session.cache);
  };
  const std::vector<Sample> source = session.data.source("train"), target = session.data.target("train");
  const auto load_a = loader(source, spec.classes, "joint source");
  const auto load_p = loader(target, {}, "joint target");  // no classes: its labels are not read

  std::vector<std::string> losses, loss_scales;
  for (const auto& [name, id] : program.outputs()) {
    if (name.rfind("loss.", 0) == 0) losses.push_back(name);
    if (LossScale::is_output(name)) loss_scales.push_back(name);
  }

  std::vector<std::string> files;  // of the images that are set
  const auto set_images = [&](int64_t at) {
    if (at >= steps.total) return;
    const Batch a = load_a->batch(at), p = load_p->batch(at);
    step.set("x_a", std::span<const float>(a.pixels));
    step.set("y_a", std::span<const int32_t>(a.labels));
    step.set("x_p", std::span<const float>(p.pixels));
    if (options.pool > 0)
      for (const std::string pool : {"pool_A", "pool_P"})
        step.set(pool + ".decisions",
                 std::span<const int32_t>(pool_decisions(uint64_t(spec.seed), pool, at, options.batch, options.pool)));
    files.clear();
    for (const int64_t sample : a.samples) files.push_back(source[size_t(sample)].path.string());
    for (const int64_t sample : p.samples) files.push_back(target[size_t(sample)].path.string());
  };

  const auto validate = [&] {
    nlohmann::json measured = validators(session, predict_target);
    measured["phase"] = "joint";
    measured["step"] = progress.step;
    session.run.metrics(measured);
  };
  if (progress.step > steps.total) {  // ended early: what is due after the last step
    validate();
    pictures.write(progress.step);
  }

  Profile profile;
  session.console.begin("TUNA-Net", progress.step, steps.total);
  set_images(progress.step);
  while (progress.step < steps.total) {
    const int64_t epoch = progress.step / steps.per_epoch;
    const double decay = linear_decay(1, epoch, spec.train.epochs, spec.train.decay_epochs);
    const auto set_schedule = [&](const std::string& optimizer, double lr, const AdamOptions& adam) {
      const auto schedule = adam_schedule(lr * decay, session.updates(optimizer, progress.step) + 1, adam);
      step.set(optimizer + ".schedule", std::span<const float>(schedule));
    };
    set_schedule("optimizer_G", spec.train.lr_g, options.generators);
    set_schedule("optimizer_F", spec.train.lr_f, options.classifiers);
    set_schedule("optimizer_D", spec.train.lr_d, options.discriminators);
    if (session.profile)
      profile.run(step);
    else
      step.run();
    const std::vector<std::string> files_of_step = files;
    set_images(progress.step + 1);  // while a GPU is busy with this one

    nlohmann::json line = {{"phase", "joint"},
                           {"step", progress.step + 1},
                           {"epoch", epoch},
                           {"lr_g", spec.train.lr_g * decay},
                           {"lr_d", spec.train.lr_d * decay},
                           {"lr_f", spec.train.lr_f * decay},
                           {"objective", step.scalar("objective")}};
    std::string detail;
    for (const std::string& name : losses) {
      line[name] = step.scalar(name);
      detail += fmt::format("{} {:.3f} ", name.substr(5), step.scalar(name));
    }
    for (const std::string& scale : loss_scales) {
      line[scale] = step.scalar(scale);
      detail += fmt::format("{} {} ", scale, step.scalar(scale));
    }
    std::vector<std::pair<std::string, bool>> finite;
    for (const char* optimizer : {"optimizer_G", "optimizer_F", "optimizer_D"})
      finite.emplace_back(optimizer, step.scalar(std::string(optimizer) + ".finite") != 0);
    session.count_skipped(finite, files_of_step, detail);
    if (!progress.skipped.empty()) line["skipped"] = progress.skipped;
    ++progress.step;

    const auto due = [&](int64_t every) {
      return progress.step == steps.total || (every > 0 && progress.step % every == 0);
    };
    if (due(spec.log.every)) session.run.metrics(line);
    session.console.step(progress.step, fmt::format("lr G {:.2g} D {:.2g} F {:.2g}  {}", spec.train.lr_g * decay,
                                                    spec.train.lr_d * decay, spec.train.lr_f * decay, detail));
    if (due(spec.log.validate_every)) validate();
    if (due(spec.log.images_every)) pictures.write(progress.step);
    if (due(spec.log.checkpoint_every)) session.save(state);
    session.leave_if_asked(state);
  }
  session.console.end();
  session.log_skipped();
  std::filesystem::remove(session.run.evaluation());  // of an extended run: it is that of the networks before
  save_weights(result, state, network_names(state), {{"steps", std::to_string(progress.step)}});
  if (session.profile && profile.runs() > 0) {
    const std::filesystem::path table = session.run.path() / "profile.txt";
    if (std::filesystem::exists(table)) session.run.log("profile.txt and trace.json of an earlier call are replaced");
    write_file_atomically(table, profile.table(step));
    write_file_atomically(session.run.path() / "trace.json", profile.chrome_trace(step));
    session.run.log("profile.txt and trace.json (for chrome://tracing) say where the time went");
  } else if (session.profile) {
    session.run.log("no profile: it leaves out the first step, and there was no other");
  }
}

}  // namespace tuna
