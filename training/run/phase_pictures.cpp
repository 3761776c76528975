#include "training/run/phase_pictures.h"

#include <algorithm>
#include <map>

namespace tuna {

constexpr size_t kColumns = 4;

std::vector<Sample> examples_of_labels(const std::vector<Sample>& samples, size_t most) {
  std::map<std::string, std::vector<Sample>> by_label;
  for (const Sample& sample : samples) by_label[sample.label].push_back(sample);
  std::map<std::string, size_t> share;
  for (size_t left = std::min(most, samples.size()); left > 0;)
    for (const auto& [label, all] : by_label)
      if (left > 0 && share[label] < all.size()) {
        ++share[label];
        --left;
      }
  std::vector<Sample> examples;
  for (const auto& [label, all] : by_label)
    for (size_t i = 0; i < share[label]; ++i) examples.push_back(all[(2 * i + 1) * all.size() / (2 * share[label])]);
  return examples;
}

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

// Columns are named by the labels, if any.
PictureBlock PhasePictures::block(const PicturesOf& of, Translator& translate) const {
  PictureBlock result;
  for (const std::string& caption : of.captions) result.rows.push_back({caption, {}});
  for (const Sample& sample : examples_of_labels(of.samples, kColumns)) {
    std::vector<Image> shown = translate(sample, session_.cache);
    result.columns.push_back(sample.label);
    for (size_t row = 0; row < shown.size(); ++row) result.rows[row].images.push_back(std::move(shown[row]));
  }
  return result;
}

}  // namespace tuna
