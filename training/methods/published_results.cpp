#include "training/methods/published_results.h"

namespace tuna {

const char* const kPublishedBy =
    "Tang et al., MICCAI 2019, Table 1: mean ± standard deviation over five folds, on 624 pediatric chest X-rays";

const std::vector<PublishedRow>& published_results() {
  static const std::vector<PublishedRow> rows = {
      {"NoAdapt", {.893, .004}, {.825, .003}, {.836, .007}, {.808, .008}, {.86, .02}},
      {"Cycle-GAN", {.804, .025}, {.742, .027}, {.769, .033}, {.699, .028}, {.76, .04}},
      {"ADDA", {.918, .004}, {.881, .004}, {.882, .005}, {.870, .004}, {.89, .02}},
      {"CyCADA", {.935, .005}, {.900, .004}, {.904, .004}, {.896, .005}, {.91, .02}},
      {"TUNA-Net", {.963, .002}, {.931, .004}, {.929, .003}, {.911, .004}, {.93, .01}},
      {"a) w/o feature loss", {.959, .001}, {.919, .003}, {.917, .003}, {.906, .002}, {.92, .01}},
      {"b) w/o F_A on rec.", {.946, .002}, {.913, .002}, {.910, .003}, {.911, .003}, {.92, .01}},
      {"c) w/o F_P, offline", {.941, .002}, {.907, .002}, {.910, .004}, {.905, .002}, {.91, .01}},
      {"Supervised", {.981, .001}, {.963, .001}, {.946, .003}, {.928, .002}, {.96, .01}},
  };
  return rows;
}

const PublishedRow* published_row(const std::string& name) {
  for (const PublishedRow& row : published_results())
    if (row.name == name) return &row;
  return nullptr;
}

std::optional<double> published_share_of_gap(const std::string& name) {
  const PublishedRow *before = published_row("NoAdapt"), *upper = published_row("Supervised"),
                     *own = published_row(name);
  if (!own || own == before || own == upper) return std::nullopt;
  return (own->auc.mean - before->auc.mean) / (upper->auc.mean - before->auc.mean);
}

}  // namespace tuna
