// Training methods as data.  A method defines its phases, what a step of each records, which images it takes, and which
// networks are evaluated and used afterwards.  All other code iterates over that: run/run_phase.h trains any phase, and
// the estimate, the evaluation and the commands do not name a method.
//
// A method is one file of training/methods/, which registers it.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/compile/executable.h"
#include "optim/adam.h"
#include "training/evaluation/evaluate.h"
#include "training/evaluation/predictor.h"
#include "training/evaluation/translator.h"
#include "training/evaluation/validators.h"
#include "training/spec/run_data.h"
#include "training/spec/spec.h"

namespace tuna {

/// Which images an input of a step takes.
struct Feed {
  std::string images;  // the input, [N, H, W, C]
  std::string labels;  // the input of their labels, i32 [N, 1, 1, 1]; empty: no label is read
  std::vector<Sample> samples;
  Augmentation augmentation;
  int64_t batch;
  std::string stream;            // of the random numbers of shuffling and augmentation
  bool of_source_prior = false;  // whether data.source_prior sets the fractions of the classes
};

/// An input that is a function of the updates that an optimizer has made; skipped steps do not count.
struct StepInput {
  using Values = std::variant<std::vector<int32_t>, std::vector<float>>;

  std::string name, optimizer;
  std::function<Values(int64_t updates)> values;

  void set(Executable& step, int64_t updates) const;
};

/// The learning rate of an optimizer: constant for some epochs, then falling linearly to 0.
struct Schedule {
  std::string optimizer;  // has the input <optimizer>.schedule and the output <optimizer>.finite
  std::string name;       // of the rate, in metrics.jsonl
  double lr;
  AdamOptions adam;
  int64_t epochs, decay_epochs;
};

/// Start weights of a network: the result of an earlier phase, or a file with torchvision's names.
struct WeightsFrom {
  std::string network;             // "F_P"
  std::string phase, its_network;  // of an earlier phase, or
  std::filesystem::path file;      // a file that holds this network alone
  std::vector<std::string> fresh;  // values that stay as they are if the file lacks them or has another shape
};

/// A classifier that the target's prior is estimated with, for data.source_prior: estimate.
struct PriorFrom {
  std::string phase, network;  // of an earlier phase
  RecordLogits logits;
};

/// What is measured on validation images while a phase trains.
struct Validation {
  std::string network;  // in messages
  RecordLogits logits;
  std::vector<Sample> samples;
  /// Named figures of the outputs.
  std::function<nlohmann::json(const ValidationOutputs&, const std::vector<Sample>&, const Spec&)> measure;
  std::string best;  // the figure whose largest value chooses the weights to keep; empty: those of the last step
  bool smallest_is_best = false;

  // Optional outputs, for figures that need them: pooled features, the logits of another classifier, and
  // those of source images.
  RecordValues features = {};
  RecordLogits other = {};
  RecordLogits source_logits = {};
  std::vector<Sample> source_samples = {};

  std::string if_collapsed = {};  // which keys keep the network from a collapse; empty: it is not watched
};

/// Pictures of some validation images: a row of the images, then one for each image that `record` generates.
struct PicturesOf {
  std::vector<Sample> samples;
  std::vector<std::string> captions;  // of the images themselves, then of the recorded ones
  RecordImages record;
};

/// One optimisation, from start weights to a result.
struct Phase {
  std::string name;                      // "pretrain"
  std::string result;                    // the file of its networks in the run's folder
  std::vector<std::string> networks;     // that the result holds
  std::function<void(Program&)> record;  // the step: inputs, losses, optimizers
  std::vector<WeightsFrom> start = {};   // of networks that do not begin with random weights
  std::vector<Feed> feeds;
  std::optional<PriorFrom> prior_from = {};  // none: an estimated prior is not known yet
  std::vector<StepInput> inputs = {};
  std::vector<Schedule> schedules;
  int64_t steps_per_epoch = 0, epochs = 0;
  int64_t validate_every = 0, pictures_every = 0, checkpoint_every = 0;  // steps; 0: only at the end
  std::optional<Validation> validation = {};
  std::vector<PicturesOf> pictures = {};

  int64_t steps() const { return epochs * steps_per_epoch; }
};

/// The result of a run: that of its main phase, whose networks commands use.
constexpr const char* kWeights = "weights.safetensors";

/// A classifier with the weights that a phase ended with.
struct Evaluated {
  std::string phase, network;
  RecordLogits on_target, on_source;         // for an image of either domain, translated if needed
  std::string row;                           // its name in the table of a run; empty: not in the table
  EvaluatedAs as = EvaluatedAs::classifier;  // the role of the row in an adaptation
  RecordImages translate = {};               // the translation that on_target classifies, if it is one
};

/// A generator that translates images of one domain to the other.
struct TranslatedBy {
  Direction direction;
  std::string network;
  RecordImages record;
};

struct StarterSections;  // starter_sections.h

struct Method {
  std::string name;  // what `method` is in a spec
  MethodSections sections;

  /// In the order of training.  Throws Error if the images do not suffice.
  std::vector<Phase> (*phases)(const Spec&, const RunData&) = nullptr;
  std::vector<Evaluated> (*evaluations)(const Spec&) = nullptr;
  std::vector<TranslatedBy> (*translations)(const Spec&) = nullptr;

  /// Keys that a resumed run may change: how long it trains.
  std::vector<std::string> changes_on_resume = {};

  /// Adapts a spec to networks that are trained already: replaces the files of start weights, which may be missing, by
  /// `weights`, which defines the same networks.
  void (*use_trained)(Spec&, const std::filesystem::path& weights) = nullptr;

  /// Sections of a spec for a user's images, if `tuna spec new` supports this method.
  void (*starter)(StarterSections&) = nullptr;
};

/// Registers a method, whose members `describe` fills, at program start.
struct RegisterMethod {
  explicit RegisterMethod(void (*describe)(Method&));
};

const Method& method_of(const Spec& spec);

/// The phase whose result is kWeights.
const Phase& main_phase(const std::vector<Phase>& phases);

/// Throws Error, listing the existing names, if there is no such phase.
const Phase& find_phase(const std::vector<Phase>& phases, const std::string& name);

/// The row of the main phase: the main classifier of a run.
const Evaluated& main_evaluation(const std::vector<Evaluated>& evaluations, const std::vector<Phase>& phases);

/// The phases of a spec without its images: what they record, for commands that train nothing.
std::vector<Phase> phases_without_images(const Spec& spec);

/// Steps of an epoch: `wanted`, or if it is 0 as many as the larger domain's training images need.
int64_t steps_per_epoch(int64_t wanted, int64_t batch, const RunData& data);

/// The networks that a program has state values of, in the order of their declaration: "G_AP", "F_P".
std::vector<std::string> networks_of(const Program& program);

}  // namespace tuna
