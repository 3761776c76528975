#include "training/run/phase_pictures.h"

#include <algorithm>

namespace tuna {

constexpr size_t kColumns = 4;

PhasePictures::PhasePictures(Session& session, const std::vector<PicturesOf>& pictures, State& state)
    : session_(session), pictures_(pictures) {
  for (const PicturesOf& of : pictures)
    translators_.push_back(std::make_unique<Translator>(of.record, session.spec.data.format, session.target, state));
}

std::filesystem::path PhasePictures::write(int64_t step) {
  std::vector<PictureBlock> blocks;
  for (size_t i = 0; i < pictures_.size(); ++i) blocks.push_back(block(pictures_[i], *translators_[i]));
  const std::filesystem::path file = session_.run.images() / fmt::format("step-{:08}.png", step);
  session_.run.files().add(file);
  write_png(file, picture(blocks), Durable::yes);
  return file;
}

// Columns are named by the labels, if any; each class has a proportional share of the columns.
PictureBlock PhasePictures::block(const PicturesOf& of, Translator& translate) const {
  std::vector<Sample> samples = of.samples;
  std::stable_sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) { return a.label < b.label; });
  PictureBlock result;
  for (const std::string& caption : of.captions) result.rows.push_back({caption, {}});
  const size_t columns = std::min(kColumns, samples.size());
  for (size_t i = 0; i < columns; ++i) {
    const Sample& sample = samples[(2 * i + 1) * samples.size() / (2 * columns)];
    std::vector<Image> shown = translate(sample, session_.cache);
    result.columns.push_back(sample.label);
    for (size_t row = 0; row < shown.size(); ++row) result.rows[row].images.push_back(std::move(shown[row]));
  }
  return result;
}

}  // namespace tuna
