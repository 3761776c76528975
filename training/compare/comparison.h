// A comparison of methods: the spec of each is trained with the same images, folds and seeds, in one folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "training/spec/spec.h"

namespace tuna {

/// One fold and seed, in which all methods train and test on the same images.
struct ComparisonPart {
  int64_t fold, seed;  // fold 0: the comparison has no folds

  std::string name() const;  // "fold1-seed0", "seed0"
  bool operator==(const ComparisonPart&) const = default;
};

/// One training of a comparison.
struct ComparedRun {
  ComparisonPart part;
  Spec spec;  // of the run
  std::filesystem::path folder;

  std::string name() const { return spec.name + "/" + part.name(); }
};

/// FOLDER/comparison.json, and the images of all runs with their splits or folds: FOLDER/images.csv.
struct Comparison {
  std::filesystem::path folder;
  std::vector<Spec> specs;  // with different names
  int64_t folds = 0, seeds = 1;

  std::filesystem::path images() const { return folder / "images.csv"; }

  /// Part after part, so that an early look at the results has all methods.
  std::vector<ComparisonPart> parts() const;

  ComparedRun run(const Spec& spec, const ComparisonPart& part) const;

  /// All specs of a part, then of the next; of a part first those that adaptations are compared with.
  std::vector<ComparedRun> runs() const;

  /// By ComparedRun::name().  Throws Error, naming the first and the last run, for an unknown name.
  ComparedRun find_run(const std::string& name) const;
};

/// How two specs differ in what determines the result of a training: "train.lr_f: 0.0001 -> 2e-05".
std::vector<std::string> other_settings(const Spec& before, const Spec& now);

/// The same for the run that is in the folder of `run`, which may have moved.
std::vector<std::string> settings_of_another_run(const ComparedRun& run);

/// What a command asks for.
struct ComparisonRequest {
  std::vector<Spec> specs;
  std::optional<int64_t> folds, seeds;  // none: those of the comparison that is there; of a new one 0 and 1
  std::vector<std::string> remove;      // names of specs that the comparison is to lose
  std::filesystem::path data_root;      // replaces data.root of all specs; empty: does not
  bool only_collects = false;           // results of what is there: adds no specs and seeds, and begins nothing
};

/// Begins a comparison in `folder`, or changes the one that is there as the request says.  Throws Error if that has
/// other folds, images or settings, the folder holds something else, specs of the same name differ, or specs cannot be
/// compared, as they differ in seed, domains, classes or images, or the images do not suffice for a run.
Comparison begin_comparison(const std::filesystem::path& folder, const ComparisonRequest& request);

/// Reads the comparison in `folder`.  Throws Error unless it holds one.
Comparison read_comparison(const std::filesystem::path& folder);

}  // namespace tuna
