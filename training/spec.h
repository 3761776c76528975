// A training run as its JSON spec describes it.  Each section is a plain struct with one field list, which is the
// reader, the writer, the documentation and the JSON Schema of its keys; the members' initial values are the defaults.
// The defaults are the paper's, where it is silent those of its building blocks (CycleGAN, torchvision), and where its
// letter does not work those that do (docs/paper.md).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "data/image.h"
#include "engine/device.h"
#include "training/fields.h"

namespace tuna {

struct DomainsSpec {
  std::string source = "source", target = "target";

  template <class Fields>
  void fields(Fields& field) {
    field("source", source, "The labelled domain, A in the paper, as the data name it.");
    field("target", target,
          "The domain to adapt to, P. Adaptation never uses its labels; evaluation and evaluate.supervised read them.");
  }
  bool operator==(const DomainsSpec&) const = default;
};

struct SplitSpec {
  double train = 0.7, validation = 0.1, test = 0.2;

  template <class Fields>
  void fields(Fields& field) {
    field("train", train, "Fraction to learn from.", closed(0, 1));
    field("validation", validation, "Fraction that chooses F_A's epoch and the thresholds.", closed(0, 1));
    field("test", test, "Fraction that is kept apart until the evaluation.", closed(0, 1));
  }
  bool operator==(const SplitSpec&) const = default;
};

struct DataSpec {
  using Intensity = tuna::Intensity;
  using Fit = tuna::Fit;
  enum class BadImage { error, skip };

  std::filesystem::path manifest;
  std::map<std::string, std::filesystem::path> folders;
  std::string patient_regex;
  int64_t size = 512;
  int64_t channels = 1;
  Intensity intensity = Intensity::bit_depth;
  Fit fit = Fit::squash;
  SplitSpec split;
  BadImage on_bad_image = BadImage::error;
  int64_t loader_threads = 1;
  int64_t cache_mb = 1024;

  template <class Fields>
  void fields(Fields& field) {
    field("manifest", manifest,
          "CSV file with the columns path, domain, label, and optionally patient and split. Relative to this file.");
    field("folders", folders,
          "Instead of a manifest: per domain the folder that holds one folder of images per class. Relative to this "
          "file.");
    field("patient_regex", patient_regex,
          "With folders: a regular expression (ECMAScript) whose first group, searched in the file name, is the "
          "patient. Empty: each file is a patient of its own.");
    field("size", size, "Pixels on a side of every image, a multiple of 4.", closed(8, 4096));
    field("channels", channels, "1: gray. 3: RGB.", OneOf<int64_t>{{1, 3}});
    field("intensity", intensity,
          "What becomes black and white: the ends of the file's bit depth, the 0.5 and 99.5 percentiles of each image, "
          "or each image's smallest and largest value.",
          Choices<Intensity>{{{"bit_depth", Intensity::bit_depth},
                              {"percentile", Intensity::percentile},
                              {"min_max", Intensity::min_max}}});
    field("fit", fit,
          "How an image becomes square: both sides scaled, black borders added, or the middle of the longer side kept.",
          Choices<Fit>{{{"squash", Fit::squash}, {"pad", Fit::pad}, {"center_crop", Fit::center_crop}}});
    field("split", split, "Fractions of each domain's images, cut by patient; a split in the manifest goes first.");
    field("on_bad_image", on_bad_image,
          "What to do with a file that is not an image: stop before training, or skip it.",
          Choices<BadImage>{{{"error", BadImage::error}, {"skip", BadImage::skip}}});
    field("loader_threads", loader_threads, "Threads that load ahead, per domain; 0: none. No influence on the result.",
          closed(0, 256));
    field("cache_mb", cache_mb, "MiB of memory for decoded images.", closed(0, 1 << 20));
  }
  bool operator==(const DataSpec&) const = default;
};

struct GeneratorSpec {
  int64_t ngf = 64, blocks = 9;

  template <class Fields>
  void fields(Fields& field) {
    field("ngf", ngf, "Filters of the first layer.", closed(1, 1024));
    field("blocks", blocks, "Residual blocks.", closed(0, 64));
  }
  bool operator==(const GeneratorSpec&) const = default;
};

struct DiscriminatorSpec {
  int64_t ndf = 64, layers = 3;

  template <class Fields>
  void fields(Fields& field) {
    field("ndf", ndf, "Filters of the first layer.", closed(1, 1024));
    field("layers", layers, "Layers that halve the image; with 3 each output sees 70 x 70 pixels.", closed(1, 8));
  }
  bool operator==(const DiscriminatorSpec&) const = default;
};

struct ClassifierSpec {
  enum class Input { resize, none };

  int64_t depth = 18, width = 64;
  std::filesystem::path weights;
  Input f_input = Input::resize;

  template <class Fields>
  void fields(Fields& field) {
    field("depth", depth, "ResNet-18, -34 or -50.", OneOf<int64_t>{{18, 34, 50}});
    field("width", width, "Filters of the first layer.", closed(1, 1024));
    field("weights", weights,
          "Safetensors file that F_A starts from, with torchvision's names. Empty: random. Relative to this file.");
    field("f_input", f_input, "resize: the classifiers see images scaled to 7/8 of data.size (448 for 512).",
          Choices<Input>{{{"resize", Input::resize}, {"none", Input::none}}});
  }
  bool operator==(const ClassifierSpec&) const = default;
};

/// One term of Eq. 6: how much it counts, and which networks learn from it.
struct TermSpec {
  double weight;
  std::vector<std::string> learn;
  std::vector<std::string> nets;  ///< that the term has a gradient for

  /// All of them learn unless the spec says less.
  TermSpec(double default_weight, const std::vector<std::string>& networks)
      : TermSpec(default_weight, networks, networks) {}
  TermSpec(double default_weight, std::vector<std::string> networks, std::vector<std::string> learners)
      : weight(default_weight), learn(std::move(learners)), nets(std::move(networks)) {}

  /// Whether `net` learns from this term.
  bool teaches(std::string_view net) const {
    return weight > 0 && std::find(learn.begin(), learn.end(), net) != learn.end();
  }

  template <class Fields>
  void fields(Fields& field) {
    field("weight", weight, "Its weight in the objective; 0: the term is left out.", closed(0, 1e6));
    field("learn", learn, "The networks that learn from it.", OneOf<std::string>{nets});
  }
  bool operator==(const TermSpec&) const = default;
};

struct PseudoTermSpec : TermSpec {
  double min_conf = 0;

  using TermSpec::TermSpec;

  template <class Fields>
  void fields(Fields& field) {
    TermSpec::fields(field);
    field("min_conf", min_conf, "Pseudo-labels of a lower probability are not learned from.", closed(0, 1));
  }
  bool operator==(const PseudoTermSpec&) const = default;
};

struct FeatureTermSpec : TermSpec {
  bool detach_real = false;

  using TermSpec::TermSpec;

  template <class Fields>
  void fields(Fields& field) {
    TermSpec::fields(field);
    field("detach_real", detach_real, "No gradient through the features of the real image.");
  }
  bool operator==(const FeatureTermSpec&) const = default;
};

struct ClassificationSpec {
  TermSpec source{1, {"F_A"}};
  TermSpec reconstruction{1, {"F_A", "G_AP", "G_PA"}};
  TermSpec synthetic{1, {"F_P", "G_AP"}};
  PseudoTermSpec pseudo{1, {"F_A", "G_PA"}};

  template <class Fields>
  void fields(Fields& field) {
    field("source", source, "F_A on source images x_a and their labels (Eq. 3).");
    field("reconstruction", reconstruction, "F_A on G_PA(G_AP(x_a)) and the labels of x_a (Eq. 4).");
    field("synthetic", synthetic, "F_P on G_AP(x_a) and the labels of x_a (Eq. 4).");
    field("pseudo", pseudo, "F_A on G_PA(x_p) and the class that F_P gives x_p (Eq. 4).");
  }
  bool operator==(const ClassificationSpec&) const = default;
};

struct ObjectiveSpec {
  enum class Gan { lsgan, vanilla };

  Gan gan = Gan::lsgan;
  TermSpec adversarial{1, {"G_AP", "G_PA"}};
  TermSpec cycle{10, {"G_AP", "G_PA"}};
  TermSpec identity{0, {"G_AP", "G_PA"}};
  ClassificationSpec classification;
  FeatureTermSpec feature{1, {"F_P", "G_AP"}, {"G_AP"}};
  std::vector<double> class_weights;

  template <class Fields>
  void fields(Fields& field) {
    field("gan", gan, "Adversarial loss: squared errors (as CycleGAN), or Eq. 1's logarithms, non-saturating.",
          Choices<Gan>{{{"lsgan", Gan::lsgan}, {"vanilla", Gan::vanilla}}});
    field("adversarial", adversarial, "The generators against D_P and D_A (Eq. 1).");
    field("cycle", cycle, "L1 between images and their reconstructions (Eq. 2); its weight is the paper's lambda.");
    field("identity", identity, "L1 between x_p and G_AP(x_p), and x_a and G_PA(x_a). Not part of Eq. 6.");
    field("classification", classification, "Cross-entropy of the classifiers (Eq. 3 and 4).");
    field("feature", feature,
          "Distance between F_P's features of x_p and of G_AP(x_a), at conv3 and conv4 (Eq. 5). By default "
          "G_AP alone learns from it: F_P would make it small by uninformative features.");
    field("class_weights", class_weights,
          "Weights of the classes in every loss that uses labels, pretraining included, in the order of classes. A "
          "batch is divided by the sum of its weights, as in PyTorch, so that they do nothing where it has one image. "
          "Empty: equal.",
          above(0, 1e6));
  }
  bool operator==(const ObjectiveSpec&) const = default;
};

struct AugmentationSpec {
  double flip, zoom, shift;

  template <class Fields>
  void fields(Fields& field) {
    field(
        "flip", flip,
        "Probability of left-right mirroring. 0 where laterality matters, as in chest X-rays: a mirrored chest has its "
        "heart on the wrong side.",
        closed(0, 1));
    field("zoom", zoom, "Images are loaded this fraction larger, and a random window of data.size is cut out.",
          closed(0, 1));
    field("shift", shift, "The window moves by up to this fraction of data.size more, past the border.",
          closed(0, 0.5));
  }
  bool operator==(const AugmentationSpec&) const = default;
};

struct PretrainSpec {
  int64_t epochs = 20, batch = 32;
  double lr = 1e-4;
  std::array<double, 2> betas{0.9, 0.999};
  AugmentationSpec augmentation{0, 0.06, 0.03};

  template <class Fields>
  void fields(Fields& field) {
    field("epochs", epochs, "Passes over the source's training images; the best by validation AUC is kept.",
          closed(0, 100000));
    field("batch", batch, "Images per step.", closed(1, 4096));
    field("lr", lr, "Learning rate of Adam.", above(0, 1));
    field("betas", betas, "Adam's decay rates of the two moments.", below(0, 1));
    field("augmentation", augmentation, "Random changes of the images, drawn anew each time.");
  }
  bool operator==(const PretrainSpec&) const = default;
};

struct TrainSpec {
  enum class BatchNorm { frozen, train };

  int64_t epochs = 100, decay_epochs = 100, steps_per_epoch = 0, batch = 1;
  double lr_g = 2e-4, lr_d = 2e-4, lr_f = 1e-4;
  std::array<double, 2> betas_gd{0.5, 0.999}, betas_f{0.9, 0.999};
  int64_t pool = 50;
  BatchNorm bn = BatchNorm::frozen;
  AugmentationSpec augmentation{0, 0, 0};

  template <class Fields>
  void fields(Fields& field) {
    field("epochs", epochs, "Epochs at the full learning rates.", closed(0, 100000));
    field("decay_epochs", decay_epochs, "Epochs after them, in which the rates fall linearly to 0.", closed(0, 100000));
    field("steps_per_epoch", steps_per_epoch, "Steps of an epoch; 0: as many as the larger domain needs.",
          closed(0, 100000000));
    field("batch", batch, "Images of each domain per step.", closed(1, 4096));
    field("lr_g", lr_g, "Learning rate of the generators.", above(0, 1));
    field("lr_d", lr_d, "Learning rate of the discriminators.", above(0, 1));
    field("lr_f", lr_f, "Learning rate of the classifiers.", above(0, 1));
    field("betas_gd", betas_gd, "Adam's decay rates for generators and discriminators.", below(0, 1));
    field("betas_f", betas_f, "Adam's decay rates for the classifiers.", below(0, 1));
    field("pool", pool, "Earlier translations kept to show to each discriminator; 0: none.", closed(0, 100000));
    field("bn", bn, "Batch norm of the classifiers: with the statistics of pretraining, or with those of each batch.",
          Choices<BatchNorm>{{{"frozen", BatchNorm::frozen}, {"train", BatchNorm::train}}});
    field("augmentation", augmentation, "Random changes of the images, drawn anew each time and for each domain.");
  }
  bool operator==(const TrainSpec&) const = default;
};

struct LogSpec {
  int64_t every = 50, images_every = 1000, validate_every = 1000, checkpoint_every = 1000, keep = 3;

  template <class Fields>
  void fields(Fields& field) {
    field("every", every, "Steps between lines of metrics.jsonl.", closed(1, 1000000000));
    field("images_every", images_every, "Steps between picture grids; 0: only at the end.", closed(0, 1000000000));
    field("validate_every", validate_every, "Steps between validations; 0: only at the end.", closed(0, 1000000000));
    field("checkpoint_every", checkpoint_every, "Steps between checkpoints; 0: only at the end.",
          closed(0, 1000000000));
    field("keep", keep, "Latest checkpoints of each phase that are kept.", closed(1, 100000));
  }
  bool operator==(const LogSpec&) const = default;
};

struct EvaluateSpec {
  int64_t batch = 16, bootstrap = 1000;
  bool supervised = false;

  template <class Fields>
  void fields(Fields& field) {
    field("batch", batch, "Images classified at once. No influence on the result.", closed(1, 4096));
    field("bootstrap", bootstrap, "Resamplings for the confidence intervals; 0: no intervals.", closed(0, 1000000));
    field("supervised", supervised,
          "Also train a classifier on the target's labels, as F_A is pretrained: what adaptation could reach at best.");
  }
  bool operator==(const EvaluateSpec&) const = default;
};

struct Spec {
  using Precision = tuna::Precision;

  std::string name = "run";
  std::string method = "tuna_net";
  int64_t seed = 0;
  std::string device = "auto";
  Precision precision = Precision::fp32;
  DomainsSpec domains;
  std::vector<std::string> classes{"normal", "pneumonia"};
  std::string positive = "pneumonia";
  DataSpec data;
  GeneratorSpec generator;
  DiscriminatorSpec discriminator;
  ClassifierSpec classifier;
  ObjectiveSpec objective;
  PretrainSpec pretrain;
  TrainSpec train;
  LogSpec log;
  EvaluateSpec evaluate;

  template <class Fields>
  void fields(Fields& field) {
    field("name", name, "What the run is called.");
    field("method", method, "What is trained.", OneOf<std::string>{{"tuna_net"}});
    field("seed", seed, "All random numbers follow from it.", closed(0, 9007199254740991));
    field(
        "device", device,
        "Where to train: cpu, a GPU (cuda:1 is the second), or auto: a GPU if one works. emulated runs the kernels of "
        "GPUs on the CPU, slowly, for tests.",
        Pattern{"^(auto|cpu|emulated|cuda(:[0-9]{1,3})?)$", {"auto", "cpu", "cuda", "cuda:1"}});
    field(
        "precision", precision,
        "What the networks compute in. tf32: fp32, multiplied with 10 bits. bf16, fp16: activations are stored in, and "
        "weights rounded to, 16 bits before convolutions multiply them; masters, statistics and losses are fp32, and "
        "the "
        "last layers tf32. fp16 scales losses dynamically. All but fp32 need a GPU, tf32 and bf16 of compute "
        "capability "
        "8.0.",
        Choices<Precision>{{{"fp32", Precision::fp32},
                            {"tf32", Precision::tf32},
                            {"bf16", Precision::bf16},
                            {"fp16", Precision::fp16}}});
    field("domains", domains, "The names of the two domains.");
    field("classes", classes, "The labels, as the data name them; their order is that of the outputs.");
    field("positive", positive, "The class whose probability is the score, usually the disease.");
    field("data", data, "Where the images are and how they are read.");
    field("generator", generator, "G_AP (source to target) and G_PA (back): CycleGAN's ResNet generators.");
    field("discriminator", discriminator,
          "D_A and D_P tell real images of source and target from translated ones: PatchGANs.");
    field("classifier", classifier, "F_A (of source images) and F_P (of target images): ResNets.");
    field("objective", objective, "What generators and classifiers minimise together (Eq. 6).");
    field("pretrain", pretrain, "F_A, the classifier of the source, alone on the labelled source.");
    field("train", train, "All networks together; F_P starts as a copy of F_A.");
    field("log", log, "What is written while training.");
    field("evaluate", evaluate, "What is measured at the end.");
  }
  bool operator==(const Spec&) const = default;
};

/// Reads a spec file; `settings` ("train.epochs=3") go on top of it.  Relative paths become absolute: those of the file
/// start at its folder, those of settings at the current one.  Every message names the file (or --set) and the key.
Spec read_spec(const std::filesystem::path& path, const std::vector<std::string>& settings = {});

/// The same from text; `name` stands for the file in messages.  Relative paths start at `folder`; if it is empty they
/// stay as they are.
Spec parse_spec(std::string_view text, const std::string& name, const std::filesystem::path& folder = {},
                const std::vector<std::string>& settings = {});

/// The complete spec, every default filled in, as it can be read again.
std::string to_json(const Spec& spec);

/// JSON Schema (draft 2020-12) of the spec: specs/schema.json.
nlohmann::ordered_json spec_schema();

}  // namespace tuna
