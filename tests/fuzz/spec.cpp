// Specs, of a method that has the sections of TUNA-Net except its objective: so they need no networks, which would be
// most of the build.
#include "training/spec/spec.h"

#include "models/classifier.h"
#include "models/patch_discriminator.h"
#include "models/resnet_generator.h"
#include "tests/fuzz/target.h"
#include "training/methods/classifier_phase.h"
#include "training/methods/joint_step.h"

namespace tuna {
namespace {

struct Sections {
  GeneratorOptions generator;
  DiscriminatorOptions discriminator;
  ClassifierOptions classifier;
  ClassifierTraining pretrain;
  JointTraining train;
  bool supervised = false;

  template <class Fields>
  void fields(Fields& field) {
    field("generator", generator, "");
    field("discriminator", discriminator, "");
    field("classifier", classifier, "");
    field("pretrain", pretrain, "");
    field("train", train, "");
    field("supervised", supervised, "");
  }
  bool operator==(const Sections&) const = default;
};

void check_sections(const Spec& spec) {
  const int64_t smallest = spec.of<Sections>().discriminator.smallest_image();
  check(spec.data.format.size >= smallest, "data.size: too small, expected {} or more", smallest);
}

const bool registered = [] {
  method_sections()["tuna_net"] = {Sections(), check_sections, true};
  return true;
}();

}  // namespace

void read_as_file(const std::string& bytes) {
  const Spec spec = parse_spec(bytes, "file", "/folder");
  must_hold(parse_spec(to_json(spec), "again", "/folder") == spec, "the same is read again");
}

}  // namespace tuna
