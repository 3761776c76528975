#include "training/run/mistake_pictures.h"

#include <algorithm>
#include <system_error>

#include "data/picture.h"
#include "engine/base/reason.h"
#include "training/evaluation/heat_map.h"
#include "training/report/mistakes.h"
#include "training/run/networks_of_run.h"

namespace tuna {
namespace {

class MistakePictures {
 public:
  MistakePictures(RunFolder& run, const Spec& spec, const Evaluated& classifier, const Target& target, State& state)
      : run_(run),
        spec_(spec),
        has_translation_(classifier.translate != nullptr),
        cache_(0),
        draw_(heat_maps_of(classifier.on_target, classifier.translate), spec.data.format, target, state) {}

  void write(const std::vector<Mistake>& mistakes, const std::string& kind) {
    for (size_t i = 0; i < mistakes.size(); ++i) {
      const std::vector<Image> drawn = draw_(mistakes[i].sample, cache_);  // the image, a translation, maps by class
      const size_t first_map = has_translation_ ? 2 : 1;
      const auto label =
          size_t(std::find(spec_.classes.begin(), spec_.classes.end(), mistakes[i].predicted) - spec_.classes.begin());
      write(drawn[0], mistake_picture(kind, i + 1, kSeenImage));
      if (has_translation_) write(drawn[1], mistake_picture(kind, i + 1, kSeenTranslated));
      write(with_heat(drawn[first_map - 1], drawn[first_map + label]), mistake_picture(kind, i + 1, kGradCam));
    }
  }

 private:
  // Small images are enlarged, so that a browser does not blur them.
  void write(const Image& image, const std::filesystem::path& name) {
    constexpr int64_t kLeast = 256;
    const std::filesystem::path file = run_.path() / name;
    run_.files().add(file);
    write_png(file, enlarge(image, (kLeast + image.width - 1) / image.width), Durable::yes);
  }

  RunFolder& run_;
  const Spec& spec_;
  bool has_translation_;
  ImageCache cache_;
  Translator draw_;
};

void remove_pictures(RunFolder& run) {
  for (const char* kind : {kFalseNegative, kFalsePositive})
    for (size_t rank = 1; rank <= kMostMistakes; ++rank)
      for (const char* what : {kSeenImage, kSeenTranslated, kGradCam})
        run.files().remove(run.path() / mistake_picture(kind, rank, what));
}

void write_pictures(RunFolder& run, const Mistakes& mistakes, const Target& target) {
  const Spec spec = spec_of_trained(run.path());
  const std::vector<Phase> phases = phases_without_images(spec);
  const std::vector<Evaluated> evaluated = method_of(spec).evaluations(spec);
  const Evaluated& classifier = main_evaluation(evaluated, phases);
  State state = State::of_zeros(target.device);
  NetworksOfRun(run.path(), nullptr, phases).load(classifier.phase, {classifier.on_target}, spec, state);
  make_folder(run.path() / mistake_picture(kFalseNegative, 1, kSeenImage).parent_path());
  MistakePictures pictures(run, spec, classifier, target, state);
  pictures.write(mistakes.false_negatives, kFalseNegative);
  pictures.write(mistakes.false_positives, kFalsePositive);
}

}  // namespace

void write_mistake_pictures(RunFolder& run, const std::vector<Evaluation>& rows, const Target& target) {
  try {
    remove_pictures(run);
    for (const Evaluation& row : rows)
      if (row.mistakes) write_pictures(run, *row.mistakes, target);
  } catch (const Error& error) {
    run.warn(std::string("no pictures of mistakes: ") + error.what());
  } catch (const std::system_error& error) {
    run.warn("no pictures of mistakes: " + reason_of(error));
  }
}

}  // namespace tuna
