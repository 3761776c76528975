#include "training/starter_spec.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "data/patients.h"
#include "engine/check.h"
#include "training/classifier_phase.h"
#include "training/commented_json.h"
#include "training/console.h"
#include "training/estimate.h"
#include "training/from_spec.h"
#include "training/methods/tuna_net.h"
#include "training/spec.h"
#include "training/starter_epochs.h"
#include "training/strict_json.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr const char* kName = "tuna spec new";  // of the text, in messages

Spec parse(const std::string& text) { return parse_spec(text, kName, fs::current_path()); }

/// Files of both domains, in the order of the listing.
struct Files {
  std::vector<fs::path> paths;
  std::vector<std::string> domains;
};

Files files_of(const Spec& spec) {
  Files files;
  for (const Sample& sample : read_folders(spec.data.folders, "").samples) {
    files.paths.push_back(sample.path);
    files.domains.push_back(sample.domain);
  }
  return files;
}

std::string about_patients(const Files& files, const std::string& pattern) {
  const std::vector<std::string> patients = patients_of(files.paths, pattern);
  const std::string examples = fmt::format("{}", fmt::join(examples_of_patients(files.paths, patients), ", "));
  if (pattern.empty())
    return fmt::format(
        "The names of these {} images ({}, ...) show no patient with several images. If there are such patients, write "
        "an expression: their images would be in training and test.",
        files.paths.size(), files.paths.front().filename().string());
  std::map<std::string, std::set<std::string>> domains;  // of each patient
  for (size_t i = 0; i < patients.size(); ++i) domains[patients[i]].insert(files.domains[i]);
  size_t in_both = 0;
  for (const auto& [patient, of_patient] : domains) in_both += of_patient.size() > 1;
  return fmt::format(
      "Tried on all names: {} patients in {} images, as {}.{}", domains.size(), files.paths.size(), examples,
      in_both == 0 ? ""
                   : fmt::format(" {} of these names are in both domains and taken for the same patient.", in_both));
}

/// The largest number of one digit and zeros that is not larger.
int64_t rounded_down(int64_t number) {
  int64_t power = 1;
  while (number / power >= 10) power *= 10;
  return number / power * power;
}

/// Where the defaults would leave a run without pictures and checkpoints: about ten of each.
ordered_json log_section(int64_t joint_steps) {
  const LogSpec defaults;
  const int64_t tenth = rounded_down(std::max<int64_t>(joint_steps / 10, 1));
  ordered_json log;
  if (tenth < defaults.every) log["every"] = tenth;
  if (tenth < defaults.images_every)
    for (const char* key : {"images_every", "validate_every", "checkpoint_every"}) log[key] = tenth;
  return log;
}

class Starter {
 public:
  explicit Starter(const StarterOptions& options)
      : options_(options), layout_(starter_layout(options.folder, options.layout)) {
    check(options.minutes > 0, "--minutes {}: must be greater than 0", options.minutes);
    images_and_networks();
    patients();
    epochs();
  }

  std::string text() const { return print_commented_json(json_, spec_schema(), notes_); }

 private:
  void images_and_networks() {
    const auto folder_of = [&](const std::string& domain) {
      return (options_.folder / domain).lexically_normal().string();
    };
    json_["name"] = fs::absolute(options_.folder / "x").lexically_normal().parent_path().filename().string();
    if (!options_.device.empty()) json_["device"] = options_.device;
    json_["domains"] = {{"source", layout_.source}, {"target", layout_.target}};
    json_["classes"] = layout_.classes;
    json_["positive"] = layout_.positive;
    json_["data"] = {
        {"folders", {{layout_.source, folder_of(layout_.source)}, {layout_.target, folder_of(layout_.target)}}},
        {"patient_regex", ""},
        {"size", options_.size}};
    device_ = device(parse(json_.dump()));
    const int64_t width = device_.backend == Backend::cpu ? 32 : 64;  // the paper's where there is time for it
    json_["generator"]["ngf"] = width;
    json_["discriminator"]["ndf"] = width;
    json_["classifier"]["width"] = width;
  }

  void patients() {
    const Files files = files_of(parse(json_.dump()));
    const std::string pattern = patient_pattern(files.paths);
    json_["data"]["patient_regex"] = pattern;
    notes_["data.patient_regex"] = about_patients(files, pattern);
    notes_[""] = fmt::format(
        "Written by `tuna spec new` for {} images in \"{}\". What is not here has its default; `tuna spec show` prints "
        "all "
        "keys, `tuna spec schema` says what they mean. Before training, `tuna data check` looks at every image.",
        files.paths.size(), options_.folder.string());
  }

  void epochs() {
    const Spec spec = parse(json_.dump());
    const RunData data(spec);
    const StepCosts cost = measure_steps(spec, device_);
    const StepSeconds step{cost.classifier.seconds, cost.joint.seconds};
    StepsPerEpoch steps{classifier_steps_per_epoch(spec, data.source("train").size()),
                        joint_steps(spec, data).per_epoch};
    const std::vector<Sample> labelled = RunData::labelled(data.target("train"));
    const bool supervised =
        RunData::both_kinds(labelled, spec) && RunData::both_kinds(RunData::labelled(data.target("validation")), spec);
    if (supervised) steps.classifier += classifier_steps_per_epoch(spec, labelled.size());
    const StarterEpochs chosen = starter_epochs(step, steps, options_.minutes * 60);

    json_["pretrain"]["epochs"] = chosen.pretrain;
    json_["train"] = {{"epochs", chosen.train}, {"decay_epochs", chosen.decay}};
    if (chosen.steps_per_epoch > 0) json_["train"]["steps_per_epoch"] = chosen.steps_per_epoch;
    const int64_t per_epoch = chosen.steps_per_epoch > 0 ? chosen.steps_per_epoch : steps.joint;
    if (const ordered_json log = log_section(2 * chosen.train * per_epoch); !log.empty()) json_["log"] = log;

    if (supervised) json_["evaluate"]["supervised"] = true;

    notes_["pretrain"] = about_time(steps.classifier, step.classifier, chosen.pretrain_seconds);
    if (supervised) notes_["pretrain"] += " That includes the supervised classifier, which is trained as long.";
    notes_["train"] = about_time(per_epoch, step.joint, chosen.joint_seconds);
    if (chosen.seconds() > options_.minutes * 60)
      notes_["train"] += fmt::format(
          " More than the {:g} minutes that were asked for: a smaller data.size or fewer filters (generator.ngf, "
          "discriminator.ndf, classifier.width) take less.",
          options_.minutes);
  }

  std::string about_time(int64_t steps, double step_seconds, double seconds) const {
    return fmt::format("On this machine ({}) an epoch of {} takes about {}, all of them {}.", describe(device_),
                       steps == 1 ? "1 step" : fmt::format("{} steps", steps),
                       human_seconds(double(steps) * step_seconds), human_seconds(seconds));
  }

  const StarterOptions& options_;
  const StarterLayout layout_;
  Device device_;
  ordered_json json_;
  std::map<std::string, std::string> notes_;
};

}  // namespace

std::string starter_spec(const StarterOptions& options) {
  const std::string text = Starter(options).text();
  RunData{parse(text)};  // throws what training would
  return text;
}

}  // namespace tuna
