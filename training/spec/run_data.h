// The images of a run, by domain and split.
#pragma once

#include <string>
#include <vector>

#include "data/manifest.h"
#include "training/spec/spec.h"

namespace tuna {

/// The folder of the images: data.root, or that of the manifest, or the one that all data.folders have in common.
std::filesystem::path data_root(const DataSpec& data);

class RunData {
 public:
  /// What the spec's manifest or folders list, split by patient.  Throws Error if a domain has no images, a source
  /// image no label, a label no class, a class no training image, the source's validation images are not of both kinds,
  /// or a patient is in two splits.  With data.split.fold also if it is above the number of folds, or the target's
  /// labelled test images are not of both kinds.
  explicit RunData(const Spec& spec);

  /// The same images and splits again, from the run's splits.csv, whose paths start at data_root().
  RunData(const Spec& spec, const std::filesystem::path& splits);

  /// The same of images that were listed before.
  static RunData of(const Spec& spec, const std::vector<Sample>& listed);

  /// What the spec's manifest or folders list, divided into `folds` in the column fold (data/folds.h), unless they have
  /// that column: for all runs of a cross-validation.  Throws Error as assign_folds() does, if the images have another
  /// number of folds, and if the labelled images of a fold that a run tests on are not of both kinds.
  static RunData in_folds(const Spec& spec, int64_t folds);

  /// The spec's domains without images.
  static RunData without_images(const Spec& spec);

  std::vector<Sample> source(const std::string& split) const;
  std::vector<Sample> target(const std::string& split) const;

  /// Samples with a label: all that an evaluation or a supervised training may use.
  static std::vector<Sample> labelled(const std::vector<Sample>& samples);

  /// Whether there are images of the positive class and others, without which nothing can be measured.
  static bool both_kinds(const std::vector<Sample>& samples, const Spec& spec);

  /// Throws as the constructors do: to be called after samples were removed.
  void check_complete(const Spec& spec) const;

  /// hash_of_splits() in text, which checkpoints keep.
  std::string hash() const;

  /// Throws Error, which names the file of splits, unless hash() is `expected`, or that is empty: not known.
  void check_hash(const std::string& expected, const std::filesystem::path& splits) const;

  const std::vector<Sample>& samples() const { return samples_; }
  std::vector<Sample>& samples() { return samples_; }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  RunData() = default;
  void list_images(const Spec& spec);
  void divide(const Spec& spec);
  void divide_by_fold(const Spec& spec);
  void check_tested(const Spec& spec, int64_t fold) const;
  void take_both_domains(const std::vector<Sample>& all);
  void warn_of_few(const std::string& split, const std::vector<Sample>& samples, const Spec& spec);

  std::string source_, target_;
  std::vector<Sample> samples_;
  std::vector<std::string> warnings_;
};

}  // namespace tuna
