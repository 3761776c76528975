// Batches of images, loaded ahead by threads.  What is in a batch depends only on the seed, the stream and the number
// of the step, so threads cannot change a run, and a resumed run continues exactly.
#pragma once

#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "data/image_cache.h"
#include "data/manifest.h"
#include "data/on_threads.h"
#include "data/sampler.h"

namespace tuna {

struct Batch {
  std::vector<float> pixels;     ///< [N, size, size, channels] in [-1, 1]
  std::vector<int32_t> labels;   ///< [N] index of the class; -1 unlabelled
  std::vector<int64_t> samples;  ///< [N] index into the loader's list
};

enum class Order {
  shuffled,    ///< endless (data/sampler.h); batches run across the end of an epoch
  sequential,  ///< every sample once; the last batch may be smaller
};

/// Random changes of training images, drawn anew for each image of each batch.
struct Augmentation {
  double flip = 0, zoom = 0, shift = 0;

  template <class Fields>
  void fields(Fields& field) {
    field(
        "flip", flip,
        "Probability of left-right mirroring. 0 where laterality matters, as in chest X-rays: a mirrored chest has its "
        "heart on the wrong side.",
        closed(0, 1));
    field("zoom", zoom, "Images are loaded this fraction larger, and a random window of data.size is cut out.",
          closed(0, 1));
    field("shift", shift, "The window moves by up to this fraction of data.size more, past the border.",
          closed(0, 0.5));
  }
  bool operator==(const Augmentation&) const = default;
};

struct LoaderOptions {
  ImageFormat format;
  Order order = Order::shuffled;
  int64_t batch = 1;
  uint64_t seed = 0;
  std::string stream;  ///< names this loader's random numbers, for example the domain
  int threads = 1;     ///< 0: batch() loads itself
  Augmentation augmentation;
  std::vector<double> class_fractions = {};  ///< of the samples taken, by class (data/sampler.h); empty: as they are

  /// Pixels by which images are loaded larger, and by which the window moves; outside the image its edge is repeated.
  int64_t zoom() const { return std::llround(augmentation.zoom * double(format.size)); }
  int64_t shift() const { return std::llround(augmentation.shift * double(format.size)); }
};

/// batch() throws Error if an image cannot be loaded.
class Loader {
 public:
  /// Labels are positions in `classes`; any other label is an error.  Without classes, labels are not read, and all are
  /// -1.  `cache` must outlive the loader.
  Loader(std::vector<Sample> samples, const std::vector<std::string>& classes, LoaderOptions options,
         ImageCache& cache);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  /// Batch 0, 1, 2, ...  Fast when called in this order; any other step is correct, too, and restarts the loading ahead
  /// there.  To be called from one thread.
  Batch batch(int64_t step);

  /// Batches of one sequential pass.
  int64_t batches() const { return (int64_t(samples_.size()) + options_.batch - 1) / options_.batch; }
  const std::vector<Sample>& samples() const { return samples_; }

 private:
  struct Loaded {
    Batch batch;
    std::exception_ptr error;
  };

  Batch load(int64_t step);
  void keep(int64_t step, Loaded loaded);
  int64_t sample_at(int64_t position);
  void append(Batch& batch, int64_t step, int64_t sample);
  void load_ahead();

  const std::vector<Sample> samples_;
  std::vector<int32_t> labels_;
  const LoaderOptions options_;
  ImageCache& cache_;

  std::unique_ptr<Sampler> shuffled_;

  // The threads load the steps from wanted_ on, at most kAhead per thread, into loaded_.
  std::mutex mutex_;
  std::condition_variable loaded_one_, room_;
  std::map<int64_t, Loaded> loaded_;
  std::exception_ptr failure_;  // if there was no memory to keep a batch
  int64_t wanted_ = -1;         // nothing is loaded before the first call of batch()
  int64_t next_ = 0;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

enum class OnBadImage { error, skip };

/// What the user can do, in the words of a spec or of a command's options.
struct ImageRemedies {
  std::string bad_image = "data.on_bad_image=skip";
  std::string range = kSetIntensity;
};

/// Decodes all images once before training, into the cache up to its budget (with size + zoom if a loader zooms).
/// Throws Error that names the first image that cannot be read, or removes all of them from `samples`, with a warning
/// each.  Also warns of flat images, and if the values of a domain fill less than a quarter of the range that `format`
/// maps to [-1, 1], as 12-bit data in 16-bit files do.  `remedies` end the error and that warning.  After each image
/// checked(number of images done) is called, by one thread at a time; an exception of it ends the check.
std::vector<std::string> check_images(std::vector<Sample>& samples, const ImageFormat& format, OnBadImage on_bad_image,
                                      ImageCache& cache, int threads, const ImageRemedies& remedies = {},
                                      const ItemsDone& checked = {});

}  // namespace tuna
