#include "training/from_spec.h"

#include <algorithm>
#include <cmath>

#include "engine/cuda_runtime.h"
#include "engine/safetensors.h"

namespace tuna {

ImageFormat image_format(const Spec& spec) {
  return {spec.data.size, spec.data.channels, spec.data.intensity, spec.data.fit};
}

ClassifierOptions classifier_options(const Spec& spec) {
  ClassifierOptions options;
  options.resnet = {int(spec.data.channels), int(spec.classes.size()), int(spec.classifier.depth),
                    spec.classifier.width};
  if (!spec.classifier.weights.empty()) {
    check(
        std::filesystem::exists(spec.classifier.weights),
        "classifier.weights: {}: no such file; data/README.md says how to make one of ImageNet's, and without the key "
        "F_A starts from random weights",
        spec.classifier.weights.string());
    // Weights from ImageNet keep their three channels, and a gray image is repeated.
    const SafetensorsFile file(spec.classifier.weights);
    const char* names[] = {"conv1.weight", "F_A.conv1.weight", "F_P.conv1.weight", "F_S.conv1.weight"};
    const auto name =
        std::find_if(std::begin(names), std::end(names), [&](const char* each) { return file.tensors().count(each); });
    const std::vector<int64_t>& shape = file.tensor(name == std::end(names) ? names[0] : *name).shape;
    check(shape.size() == 4 && (shape[1] == 1 || shape[1] == 3) && shape[1] >= spec.data.channels,
          "{}: conv1.weight is [{}], expected 1 or 3 input channels that fit data.channels {}", file.name(),
          fmt::join(shape, ","), spec.data.channels);
    options.resnet.channels = int(shape[1]);
  }
  if (spec.classifier.f_input == ClassifierSpec::Input::resize) options.input_size = spec.data.size * 7 / 8;
  return options;
}

Spec with_trained_weights(Spec spec, const std::filesystem::path& weights) {
  if (!spec.classifier.weights.empty()) spec.classifier.weights = weights;
  return spec;
}

GeneratorOptions generator_options(const Spec& spec) {
  return {int(spec.data.channels), spec.generator.ngf, int(spec.generator.blocks)};
}

static Term term(const TermSpec& spec) { return {spec.weight, spec.learn}; }

TunaNetStepOptions tuna_net_step_options(const Spec& spec) {
  TunaNetStepOptions step;
  step.net.generator = generator_options(spec);
  step.net.discriminator = {int(spec.data.channels), spec.discriminator.ndf, int(spec.discriminator.layers)};
  step.net.classifier = classifier_options(spec);
  step.net.batch_norm = spec.train.bn == TrainSpec::BatchNorm::frozen ? BatchNormMode::frozen : BatchNormMode::training;

  ObjectiveOptions& objective = step.net.objective;
  const ObjectiveSpec& from = spec.objective;
  objective.gan = from.gan == ObjectiveSpec::Gan::lsgan ? GanMode::lsgan : GanMode::vanilla;
  objective.adversarial = term(from.adversarial);
  objective.cycle = term(from.cycle);
  objective.identity = term(from.identity);
  objective.source = term(from.classification.source);
  objective.reconstruction = term(from.classification.reconstruction);
  objective.synthetic = term(from.classification.synthetic);
  objective.pseudo = term(from.classification.pseudo);
  objective.min_confidence = from.classification.pseudo.min_conf;
  objective.feature = term(from.feature);
  objective.detach_real_features = from.feature.detach_real;
  objective.class_weights = from.class_weights;

  step.batch = spec.train.batch;
  step.size = spec.data.size;
  step.pool = spec.train.pool;
  step.generators = step.discriminators = {spec.train.betas_gd[0], spec.train.betas_gd[1]};
  step.classifiers = {spec.train.betas_f[0], spec.train.betas_f[1]};
  return step;
}

std::string why_no_gpu(const Spec& spec, const Device& device) {
  const bool no_gpu = spec.device == "auto" && device.backend == Backend::cpu;
  return no_gpu ? " (no GPU: " + trouble_with_gpu(0) + ")" : "";
}

Device device(const Spec& spec) {
  const Device found = Device::by_name(spec.device);
  const std::string trouble = found.trouble_with(spec.precision);
  check(trouble.empty(), "precision: {}{}", trouble, why_no_gpu(spec, found));
  return found.with(spec.precision);
}

LoaderOptions loader_options(const Spec& spec, const AugmentationSpec& augmentation, int64_t batch,
                             const std::string& stream) {
  LoaderOptions options;
  options.format = image_format(spec);
  options.batch = batch;
  options.seed = uint64_t(spec.seed);
  options.stream = stream;
  options.threads = int(spec.data.loader_threads);
  options.flip = augmentation.flip;
  options.zoom = std::llround(augmentation.zoom * double(spec.data.size));
  options.shift = std::llround(augmentation.shift * double(spec.data.size));
  return options;
}

}  // namespace tuna
