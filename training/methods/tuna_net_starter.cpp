// The sections of TUNA-Net in a spec for a user's images: filters for the device, epochs for the time budget.
#include "engine/base/counted.h"
#include "engine/base/duration.h"
#include "engine/runtime/find_device.h"
#include "training/methods/starter_sections.h"
#include "training/methods/tuna_net.h"
#include "training/methods/tuna_net_epochs.h"

namespace tuna {
namespace {

using nlohmann::ordered_json;

/// Rounds down to one significant digit.
int64_t rounded_down(int64_t number) {
  int64_t power = 1;
  while (number / power >= 10) power *= 10;
  return number / power * power;
}

/// Intervals for about ten pictures and checkpoints, if the defaults would give fewer.
ordered_json log_section(int64_t joint_steps) {
  const LogSpec defaults;
  const int64_t tenth = rounded_down(std::max<int64_t>(joint_steps / 10, 1));
  ordered_json log;
  if (tenth < defaults.every) log["every"] = tenth;
  if (tenth < defaults.images_every)
    for (const char* key : {"images_every", "validate_every", "checkpoint_every"}) log[key] = tenth;
  return log;
}

bool can_be_supervised(const RunData& data, const Spec& spec) {
  return RunData::both_kinds(RunData::labelled(data.target("train")), spec)
         && RunData::both_kinds(RunData::labelled(data.target("validation")), spec);
}

std::string about_time(const Device& device, int64_t steps, double step_seconds, double seconds) {
  return fmt::format("On this machine ({}) an epoch of {} takes about {}, all of them {}.", describe(device),
                     counted(steps, "step"), human_seconds(double(steps) * step_seconds), human_seconds(seconds));
}

}  // namespace

void tuna_net_starter(StarterSections& starter) {
  ordered_json& json = starter.json;
  const int64_t width = starter.device.backend == Backend::cpu ? 32 : 64;  // the paper's 64 takes too long on a CPU
  json["generator"]["ngf"] = width;
  json["discriminator"]["ndf"] = width;
  json["classifier"]["width"] = width;

  Spec spec = starter.parse(json);
  const RunData data(spec);
  const bool supervised = spec.of<TunaNetSpec>().supervised = can_be_supervised(data, spec);
  const std::vector<Phase> phases = method_of(spec).phases(spec, data);
  const Phase &pretrain = find_phase(phases, "pretrain"), &joint = find_phase(phases, "joint");
  const StepSeconds step{starter.step_seconds(pretrain), starter.step_seconds(joint)};
  StepsPerEpoch steps{pretrain.steps_per_epoch, joint.steps_per_epoch};
  if (supervised) steps.classifier += find_phase(phases, "supervised").steps_per_epoch;
  const StarterEpochs chosen = starter_epochs(step, steps, starter.minutes * 60);

  json["pretrain"]["epochs"] = chosen.pretrain;
  json["train"] = {{"epochs", chosen.train}, {"decay_epochs", chosen.decay}};
  if (chosen.steps_per_epoch > 0) json["train"]["steps_per_epoch"] = chosen.steps_per_epoch;
  if (supervised) json["supervised"] = true;
  const int64_t per_epoch = chosen.steps_per_epoch > 0 ? chosen.steps_per_epoch : steps.joint;
  if (const ordered_json log = log_section(2 * chosen.train * per_epoch); !log.empty()) json["log"] = log;

  std::map<std::string, std::string>& notes = starter.notes;
  notes["pretrain"] = about_time(starter.device, steps.classifier, step.classifier, chosen.pretrain_seconds);
  if (supervised) notes["pretrain"] += " That includes the supervised classifier, which is trained as long.";
  notes["train"] = about_time(starter.device, per_epoch, step.joint, chosen.joint_seconds);
  if (chosen.seconds() > starter.minutes * 60) {
    const char* remedy =
        "a smaller data.size or fewer filters (generator.ngf, discriminator.ndf, classifier.width) take less";
    notes["train"] += fmt::format(" More than the requested {}: {}.", human_seconds(starter.minutes * 60), remedy);
    starter.warnings.push_back(fmt::format("--minutes {:g}: training takes about {} on this machine; {}",
                                           starter.minutes, human_seconds(chosen.seconds()), remedy));
  }
}

}  // namespace tuna
