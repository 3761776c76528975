#include "training/spec/run_data.h"

#include <algorithm>
#include <map>

#include "data/folds.h"
#include "data/splits.h"
#include "engine/base/check.h"
#include "engine/base/counted.h"
#include "engine/base/normal_path.h"

namespace tuna {
namespace {

/// Images are not part of tuna, so a spec that comes with it may name files that do not exist yet.
void check_there(const std::string& key, const std::filesystem::path& path, const char* what) {
  const std::filesystem::path folder = normal_path(path).parent_path();
  const bool of_demo = folder.filename() == "phantoms" && folder.parent_path().filename() == "demo";
  const std::string phantoms =
      of_demo ? fmt::format(
          "`make demo`, or `tuna data phantom --output {} --adults 1000 --children 1000`, draws these "
          "phantoms",
          relative_if_below(folder, std::filesystem::current_path()).string())
              : "`make demo` or `tuna data phantom` draws phantoms";
  check(std::filesystem::exists(path),
        "{}: {}: no such {}; data/README.md explains where images come from and how to lay them out, and {}", key,
        path.string(), what, phantoms);
}

Listing listing_of(const DataSpec& data) {
  if (!data.manifest.empty()) {
    check_there("data.manifest", data.manifest, "file");
    return read_manifest(data.manifest, "", data.root);
  }
  for (const auto& [domain, folder] : data.folders) check_there("data.folders." + domain, folder, "folder");
  return read_folders(data.folders, data.patient_regex);
}

std::filesystem::path common_folder(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::filesystem::path common;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end() && *i == *j; ++i, ++j) common /= *i;
  return common;
}

/// The images of a run; an error says how to go on if their folder has moved.
std::vector<Sample> samples_in(const std::filesystem::path& splits, const std::filesystem::path& root) {
  std::vector<Sample> samples = read_manifest(splits, "", root).samples;
  check(std::filesystem::exists(root) || std::filesystem::exists(samples.at(0).path),
        "{}: no such folder, expected the images of this run; if they have moved, give their folder as --data-root",
        root.string());
  return samples;
}

}  // namespace

std::filesystem::path data_root(const DataSpec& data) {
  if (!data.root.empty()) return data.root;
  if (!data.manifest.empty()) return data.manifest.parent_path();
  std::filesystem::path common;
  for (const auto& [domain, folder] : data.folders) {
    const std::filesystem::path normal = normal_path(folder);
    common = common.empty() ? normal : common_folder(common, normal);
  }
  return common;
}

RunData::RunData(const Spec& spec) : source_(spec.domains.source), target_(spec.domains.target) {
  list_images(spec);
  divide(spec);
}

RunData RunData::of(const Spec& spec, const std::vector<Sample>& listed) {
  RunData data = without_images(spec);
  data.take_both_domains(listed);
  data.divide(spec);
  return data;
}

void RunData::divide(const Spec& spec) {
  if (spec.data.split.fold > 0) {
    divide_by_fold(spec);
  } else {
    if (std::any_of(samples_.begin(), samples_.end(),
                    [](const Sample& sample) { return sample.columns.count(kFoldColumn) > 0; }))
      warnings_.push_back("data: the column fold is not used; data.split.fold says which fold to hold out");
    assign_splits(samples_, {spec.data.split, uint64_t(spec.seed), target_});
  }
  check_complete(spec);
  warn_of_few("validation", source("validation"), spec);
  warn_of_few("test", target("test"), spec);
}

void RunData::list_images(const Spec& spec) {
  check(!spec.data.manifest.empty() || !spec.data.folders.empty(),
        "data: the spec names no images; give data.manifest or data.folders");
  const Listing listing = listing_of(spec.data);
  warnings_ = listing.warnings;
  warnings_.insert(warnings_.end(), listing.left_out.begin(), listing.left_out.end());
  take_both_domains(listing.samples);
}

void RunData::divide_by_fold(const Spec& spec) {
  const int64_t listed = count_folds(samples_), folds = spec.data.split.folds, fold = spec.data.split.fold;
  check(listed > 0 || folds > 0,
        "data.split.fold: {}, but the images have no column fold; `tuna data split SPEC --folds K` writes a manifest "
        "with "
        "one, or data.split.folds divides them",
        fold);
  check(listed == 0 || folds == 0 || listed == folds,
        "data.split.folds: {}, but the column fold of the images has {}; leave it out to use those", folds,
        counted(listed, "fold"));
  if (listed == 0) assign_folds(samples_, {folds, uint64_t(spec.seed), target_});
  check(fold <= std::max(listed, folds), "data.split.fold: {}, expected 1 to {}, the folds of the images", fold,
        std::max(listed, folds));
  use_fold(samples_, fold, target_);
  check_tested(spec, fold);
}

void RunData::check_tested(const Spec& spec, int64_t fold) const {
  const std::vector<Sample> test = target("test"), with_label = labelled(test);
  check(!test.empty(), "data: with fold {} of data.split no image of the target domain '{}' is tested on", fold,
        target_);
  check(with_label.empty() || both_kinds(with_label, spec),
        "data: with fold {} of data.split the labelled test images of the target domain '{}' are all '{}', or none is; "
        "they must be of both kinds",
        fold, target_, spec.positive);
}

RunData RunData::in_folds(const Spec& spec, int64_t folds) {
  RunData data = without_images(spec);
  data.list_images(spec);
  const int64_t listed = count_folds(data.samples_);
  check(listed == 0 || listed == folds, "folds: the column fold of the images has {}, not {}", counted(listed, "fold"),
        folds);
  if (listed == 0) assign_folds(data.samples_, {folds, uint64_t(spec.seed), data.target_});
  for (int64_t fold = 1; fold <= folds; ++fold) {
    RunData of_fold = data;
    use_fold(of_fold.samples_, fold, data.target_);
    of_fold.check_complete(spec);
    of_fold.check_tested(spec, fold);
  }
  return data;
}

void RunData::take_both_domains(const std::vector<Sample>& all) {
  std::map<std::string, size_t> images;  // of each domain in the data
  for (const Sample& sample : all) {
    ++images[sample.domain];
    if (sample.domain == source_ || sample.domain == target_) samples_.push_back(sample);
  }
  std::vector<std::string> domains, others;
  for (const auto& [domain, count] : images) {
    domains.push_back(fmt::format("'{}'", domain));
    if (domain != source_ && domain != target_) others.push_back(fmt::format("{} of '{}'", count, domain));
  }
  for (const std::string& domain : {source_, target_})
    check(images.count(domain) > 0, "data: no image is of the domain '{}'; the domains of the data are {}", domain,
          fmt::join(domains, ", "));
  if (!others.empty())
    warnings_.push_back(fmt::format("data: left out: {} of {}, as their domains are not in the spec: {}",
                                    all.size() - samples_.size(), counted(all.size(), "image"),
                                    fmt::join(others, ", ")));
}

void RunData::warn_of_few(const std::string& split, const std::vector<Sample>& samples, const Spec& spec) {
  constexpr int64_t kFew = 10;
  const char* use = split == "test" ? "metrics" : "the epoch and the threshold that they choose";
  for (const std::string& label : spec.classes) {
    const auto count =
        std::count_if(samples.begin(), samples.end(), [&](const Sample& sample) { return sample.label == label; });
    if (count > 0 && count < kFew)
      warnings_.push_back(fmt::format("domain '{}' has only {} of class '{}': {} mean little", samples[0].domain,
                                      counted(count, split + " image"), label, use));
  }
}

RunData::RunData(const Spec& spec, const std::filesystem::path& splits)
    : source_(spec.domains.source), target_(spec.domains.target), samples_(samples_in(splits, data_root(spec.data))) {
  check_complete(spec);
}

void RunData::check_complete(const Spec& spec) const {
  check_no_leak(samples_);
  for (const std::string& domain : {source_, target_})
    for (const char* split : {"train", "validation"})
      check(!select(samples_, domain, split).empty(), "data: domain '{}' has no {} images", domain, split);
  for (const Sample& sample : samples_) {
    check(!sample.label.empty() || sample.domain == target_, "{}: an image of the source domain '{}' needs a label",
          sample.path.string(), source_);
    check(sample.label.empty() || std::count(spec.classes.begin(), spec.classes.end(), sample.label),
          "{}: label '{}' is not one of the spec's classes [{}]", sample.path.string(), sample.label,
          fmt::join(spec.classes, ", "));
  }
  const std::vector<Sample> train = select(samples_, source_, "train");
  for (const std::string& label : spec.classes)
    check(std::any_of(train.begin(), train.end(), [&](const Sample& sample) { return sample.label == label; }),
          "data: class '{}' has no training image in the source domain '{}'", label, source_);
  if (spec.evaluate.groups != EvaluateSpec().groups)
    for (const std::string& column : spec.evaluate.groups)
      check(std::any_of(samples_.begin(), samples_.end(),
                        [&](const Sample& sample) { return sample.columns.count(column) > 0; }),
            "evaluate.groups: the images have no column \"{}\" (names of columns are in lower case)", column);
  check(both_kinds(select(samples_, source_, "validation"), spec),
        "data: the validation images of the source domain '{}' are all '{}', or none is; they must be of both kinds",
        source_, spec.positive);
}

std::string RunData::hash() const { return hash_to_text(hash_of_splits(samples_)); }

void RunData::check_hash(const std::string& expected, const std::filesystem::path& splits) const {
  check(expected.empty() || expected == hash(),
        "{}: its images, labels, patients or splits are not those that the run was trained with; restore the file",
        splits.string());
}

bool RunData::both_kinds(const std::vector<Sample>& samples, const Spec& spec) {
  const auto positives = std::count_if(samples.begin(), samples.end(),
                                       [&](const Sample& sample) { return sample.label == spec.positive; });
  return positives > 0 && size_t(positives) < samples.size();
}

RunData RunData::without_images(const Spec& spec) {
  RunData data;
  data.source_ = spec.domains.source;
  data.target_ = spec.domains.target;
  return data;
}

std::vector<Sample> RunData::source(const std::string& split) const { return select(samples_, source_, split); }
std::vector<Sample> RunData::target(const std::string& split) const { return select(samples_, target_, split); }

std::vector<Sample> RunData::labelled(const std::vector<Sample>& samples) {
  std::vector<Sample> with;
  std::copy_if(samples.begin(), samples.end(), std::back_inserter(with),
               [](const Sample& sample) { return !sample.label.empty(); });
  return with;
}

}  // namespace tuna
