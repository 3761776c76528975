// The order in which a loader takes samples: a function of the seed, the stream and the position alone.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tuna {

/// An endless sequence of the indices 0 ... count - 1, shuffled anew for each pass over all of them.  Thread-safe.
class ShuffledPasses {
 public:
  ShuffledPasses(int64_t count, uint64_t seed, std::string stream)
      : count_(count), seed_(seed), stream_(std::move(stream)) {}
  int64_t at(int64_t position);

 private:
  using Permutation = std::shared_ptr<const std::vector<int64_t>>;
  Permutation permutation(int64_t pass);

  const int64_t count_;
  const uint64_t seed_;
  const std::string stream_;
  std::mutex mutex_;
  std::map<int64_t, Permutation> kept_;  // of the last few passes
};

/// Samples in shuffled passes; with class fractions each pass of as many samples has these fractions of each class,
/// whose samples are taken in shuffled passes of their own.
class Sampler {
 public:
  /// `labels`: the class of each sample.  Fractions of each class that sum to 1; empty: as they are.  Throws Error if a
  /// class with a fraction has no samples.
  Sampler(const std::vector<int32_t>& labels, const std::vector<double>& fractions, uint64_t seed,
          const std::string& stream);
  int64_t at(int64_t position);

 private:
  /// The samples of a class, and which places of a pass, before it is shuffled, are theirs.
  struct Stratum {
    int64_t first, count;
    std::vector<int64_t> samples;
    ShuffledPasses order;
  };

  int64_t count_;
  ShuffledPasses passes_;
  std::vector<std::unique_ptr<Stratum>> strata_;
};

/// How many of `total` are of each class, by largest remainders.
std::vector<int64_t> counts_of(const std::vector<double>& fractions, int64_t total);

}  // namespace tuna
