#include "data/changed_images.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/base/counted.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;

/// What is different about the file; empty if nothing is.
std::string change_of(const Sample& sample) {
  const Checksum& before = *sample.checksum;
  std::error_code error;
  const uintmax_t bytes = fs::file_size(sample.path, error);
  if (error) return fmt::format("{} ({})", sample.path.string(), error.message());
  if (bytes != before.bytes)
    return fmt::format("{} ({}, {} before)", sample.path.string(), counted(bytes, "byte"), before.bytes);
  return checksum_of(sample.path) == before ? "" : fmt::format("{} (other content)", sample.path.string());
}

}  // namespace

void add_checksums(std::vector<Sample>& samples, int threads, const ItemsDone& done) {
  const auto add = [&](size_t i) { samples[i].checksum = checksum_of(samples[i].path); };
  run_on_threads(samples.size(), threads, add, done);
}

void check_unchanged(const std::vector<Sample>& samples, int threads, const ItemsDone& done) {
  std::vector<std::string> changes(samples.size());
  const auto compare = [&](size_t i) {
    if (samples[i].checksum) changes[i] = change_of(samples[i]);
  };
  run_on_threads(samples.size(), threads, compare, done);
  changes.erase(std::remove(changes.begin(), changes.end(), ""), changes.end());
  constexpr size_t kShown = 3;
  const size_t changed = changes.size();
  if (changed > kShown) changes.resize(kShown);
  check(changed == 0,
        "{} of {} changed since the run began: {}{}; expected the files that it began with (--data-root, if they "
        "have moved); without the column fnv1a64 in its splits.csv nothing is compared",
        changed, counted(samples.size(), "image"), fmt::join(changes, ", "), changed > kShown ? ", ..." : "");
}

}  // namespace tuna
