#include "training/report/mistakes.h"

#include <fmt/format.h>

#include "training/report/html.h"
#include "training/report/pictures.h"

namespace tuna {
namespace {

std::string name_of(const MistakeRow& mistake) { return std::filesystem::path(mistake.path).filename().string(); }

// Three decimals, never 0 or 1.
std::string probability(double score) {
  constexpr double kLeast = 0.001;
  if (score < kLeast) return "below " + decimals(kLeast, 3);
  if (score > 1 - kLeast) return "above " + decimals(1 - kLeast, 3);
  return decimals(score, 3);
}

std::string what_is_seen(const MistakeRow& mistake, const TestImages& images) {
  return fmt::format("<b>{}</b><br/>label {}, predicted {}<br/>probability of {}: {}", escape_html(name_of(mistake)),
                     escape_html(mistake.label), escape_html(mistake.predicted), escape_html(images.positive),
                     probability(mistake.score));
}

// Empty if the image or its map is missing.
std::string mistake_html(const MistakeRow& mistake, const std::string& kind, size_t rank, const TestImages& images,
                         const std::filesystem::path& run) {
  const auto picture = [&](const char* what, const std::string& alt) {
    return embedded_picture(run / mistake_picture(kind, rank, what), alt + " of " + name_of(mistake));
  };
  const std::string image = picture(kSeenImage, "The image"), heat = picture(kGradCam, "Grad-CAM");
  if (image.empty() || heat.empty()) return "";
  return fmt::format(
      "<div class=\"mistake\">\n<div class=\"pictures\">{}{}{}</div>\n<p class=\"notes\">{}</p>\n</div>\n", image,
      picture(kSeenTranslated, "The translation"), heat, what_is_seen(mistake, images));
}

std::string figure_of(const std::vector<MistakeRow>& mistakes, const std::string& kind, const std::string& caption,
                      const TestImages& images, const std::filesystem::path& run) {
  std::string shown;
  for (size_t i = 0; i < mistakes.size(); ++i) shown += mistake_html(mistakes[i], kind, i + 1, images, run);
  if (shown.empty()) return "";
  return fmt::format(
      "<figure id=\"figure-{}\">\n<div class=\"mistakes\">\n{}</div>\n<figcaption>{}</figcaption>\n</figure>\n", kind,
      shown, caption);
}

bool has_translation(const std::filesystem::path& run) {
  return std::filesystem::exists(run / mistake_picture(kFalseNegative, 1, kSeenTranslated))
         || std::filesystem::exists(run / mistake_picture(kFalsePositive, 1, kSeenTranslated));
}

}  // namespace

std::filesystem::path mistake_picture(const std::string& kind, size_t rank, const std::string& what) {
  return fmt::format("images/mistakes/{}-{}-{}.png", kind, rank, what);
}

std::string worst_mistakes_figures(const std::vector<EvaluationRow>& rows, const TestImages& images,
                                   const std::filesystem::path& run) {
  std::string html;
  for (const EvaluationRow& row : rows) {
    const std::string name = escape_html(row.name), positive = escape_html(images.positive);
    const std::string figures =
        figure_of(row.false_negatives, kFalseNegative,
                  fmt::format("False negatives of {}: “{}” that it does not find, the lowest probability first.", name,
                              positive),
                  images, run)
        + figure_of(row.false_positives, kFalsePositive,
                    fmt::format("False positives of {}: images of other classes that it calls “{}”, the highest "
                                "probability first.",
                                name, positive),
                    images, run);
    if (figures.empty()) continue;
    html += fmt::format(
        "<p>The test images of “{}” on which {} is furthest from the label, at the threshold chosen on validation "
        "images of the source. Each is shown as it goes into the network, and once more under Grad-CAM (Selvaraju et "
        "al., 2017): the denser the orange, the more that region speaks for the predicted class, between the smallest "
        "and the largest value of its image. The map has 7 by 7 values or a few more: it shows a region and not an "
        "outline, and no orange means equal values. Orange in a corner, on a letter or outside of the body "
        "means that the decision does not rest on the lungs.{}</p>\n{}",
        escape_html(images.domain), name,
        has_translation(run) ? " The image between the two is the translation that the classifier sees." : "", figures);
  }
  return html;
}

}  // namespace tuna
