#include "training/classifier_phase.h"

#include <fstream>

#include "engine/autograd.h"
#include "engine/weights.h"
#include "losses/classification.h"
#include "optim/loss_scale.h"
#include "training/evaluate.h"
#include "training/predictor.h"
#include "training/stop_signal.h"

namespace tuna {
namespace {

constexpr const char* kBest = "best.";  // the prefix of the weights that were best so far

void start_from_file(Session& session, const std::string& net, State& state) {
  if (session.spec.classifier.weights.empty()) return;
  const SafetensorsFile file(session.spec.classifier.weights);
  const std::vector<std::string> fresh =
      load_weights(file, state, {net + ".", "", {net + ".fc.weight", net + ".fc.bias"}});
  session.run.log(fmt::format("{} starts from {}{}", net, file.name(),
                              fresh.empty() ? "" : "; its last layer is new, as the number of classes differs"));
}

double validation_auc(Session& session, const ClassifierPhase& phase, Predictor& predict) {
  const Probabilities probabilities = predict(phase.validation, session.cache, int(session.spec.data.loader_threads));
  session.check_finite(probabilities, phase.net);
  return auc(scores_of(probabilities, phase.validation, session.spec));
}

}  // namespace

void record_classifier_step(Program& program, const Spec& spec, const std::string& net) {
  const Classifier classifier(program, net, classifier_options(spec));
  const int64_t size = spec.data.size, batch = spec.pretrain.batch;
  const Tensor images = program.input("images", Shape{batch, size, size, spec.data.channels});
  const Tensor labels = program.input("labels", Type{DType::i32, {batch, 1, 1, 1}});
  AdamOptimizer optimizer(program, "optimizer_" + net, program.states(net + ".", Role::parameter),
                          {spec.pretrain.betas[0], spec.pretrain.betas[1]});
  Tensors parameters;
  for (const Tensor& parameter : optimizer.parameters()) parameters.push_back(program.latest(parameter));

  const Tensor logits = classifier(images, BatchNormMode::training).logits;
  const Tensor loss = cross_entropy(logits, labels, spec.objective.class_weights);
  LossScale scale(program, "loss");
  scale.update({optimizer.step(scale.gradients(loss, parameters), loss, scale.value())});
  program.output("loss", loss);
}

int64_t classifier_steps_per_epoch(const Spec& spec, size_t images) {
  return (int64_t(images) + spec.pretrain.batch - 1) / spec.pretrain.batch;
}

void train_classifier(Session& session, const ClassifierPhase& phase, const std::filesystem::path& checkpoint) {
  const Spec& spec = session.spec;
  Progress& progress = session.progress;
  const std::string optimizer = "optimizer_" + phase.net;
  const int64_t batch = spec.pretrain.batch;
  const int64_t steps_per_epoch = classifier_steps_per_epoch(spec, phase.train.size());
  const int64_t steps = spec.pretrain.epochs * steps_per_epoch;

  State state(uint64_t(spec.seed), session.device);
  Program program(activation_type(session.device.precision));
  record_classifier_step(program, spec, phase.net);
  Executable step = compile(program, session.device, state);
  Predictor predict(classifier(phase.net, classifier_options(spec)), image_format(spec), spec.evaluate.batch,
                    session.device, state);
  start_from_file(session, phase.net, state);
  state.copy(phase.net + ".", kBest + phase.net + ".");
  if (!checkpoint.empty()) load_checkpoint(SafetensorsFile(checkpoint), state);

  Loader loader(phase.train, spec.classes, loader_options(spec, spec.pretrain.augmentation, batch, phase.phase),
                session.cache);
  std::vector<std::string> files;  // of the images that are set
  const auto set_images = [&](int64_t at) {
    if (at >= steps) return;
    const Batch images = loader.batch(at);
    step.set("images", std::span<const float>(images.pixels));
    step.set("labels", std::span<const int32_t>(images.labels));
    files.clear();
    for (const int64_t sample : images.samples) files.push_back(phase.train[size_t(sample)].path.string());
  };

  session.console.begin(phase.phase + " " + phase.net, progress.step, steps);
  set_images(progress.step);
  while (progress.step < steps) {
    const auto schedule = adam_schedule(spec.pretrain.lr, session.updates(optimizer, progress.step) + 1,
                                        {spec.pretrain.betas[0], spec.pretrain.betas[1]});
    step.set(optimizer + ".schedule", std::span<const float>(schedule));
    step.run();
    const std::vector<std::string> files_of_step = files;
    set_images(progress.step + 1);  // while a GPU is busy with this one

    const double loss = step.scalar("loss");
    nlohmann::json line = {
        {"phase", phase.phase}, {"step", progress.step + 1}, {"loss", loss}, {"lr", spec.pretrain.lr}};
    std::string detail = fmt::format("loss {}", loss);
    if (program.outputs().count("loss.loss_scale")) {
      line["loss.loss_scale"] = step.scalar("loss.loss_scale");
      detail += fmt::format(", its scale {}", step.scalar("loss.loss_scale"));
    }
    session.count_skipped({{optimizer, step.scalar(optimizer + ".finite") != 0}}, files_of_step, detail);
    if (!progress.skipped.empty()) line["skipped"] = progress.skipped;
    ++progress.step;

    if (progress.step % spec.log.every == 0) session.run.metrics(line);
    session.console.step(progress.step, fmt::format("lr {:.2g}  loss {:.4f}", spec.pretrain.lr, loss));
    if (progress.step % steps_per_epoch == 0) {
      const int64_t epoch = progress.step / steps_per_epoch;
      const double area = validation_auc(session, phase, predict);
      session.run.metrics(
          {{"phase", phase.phase}, {"step", progress.step}, {"epoch", epoch}, {"validation_auc", area}});
      if (area > progress.best_auc) {
        progress.best_auc = area;
        progress.best_epoch = epoch;
        state.copy(phase.net + ".", kBest + phase.net + ".");
      }
      session.console.end();
      session.run.log(fmt::format("{} epoch {} of {}: loss {:.4f}, validation AUC {:.4f}{}", phase.phase, epoch,
                                  spec.pretrain.epochs, loss, area,
                                  progress.best_epoch == epoch ? ", the best so far" : ""));
      session.save(state);
    }
    session.leave_if_asked(state);
  }
  session.console.end();
  session.log_skipped();
  if (progress.best_epoch >= 0) state.copy(kBest + phase.net + ".", phase.net + ".");
  save_weights(phase.result, state, state.names(phase.net + "."),
               {{"best_epoch", std::to_string(progress.best_epoch)}, {"steps", std::to_string(progress.step)}});
}

}  // namespace tuna
