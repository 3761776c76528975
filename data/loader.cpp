#include "data/loader.h"

#include <algorithm>

#include "data/image_file.h"
#include "data/on_threads.h"
#include "engine/base/check.h"
#include "engine/base/counted.h"
#include "engine/base/random.h"
#include "engine/base/reason.h"

namespace tuna {
namespace {

constexpr int64_t kAhead = 2;  // batches per thread

ImageFormat loaded_format(const LoaderOptions& options) {
  ImageFormat format = options.format;
  format.size += options.zoom();
  return format;
}

}  // namespace

Loader::Loader(std::vector<Sample> samples, const std::vector<std::string>& classes, LoaderOptions options,
               ImageCache& cache)
    : samples_(std::move(samples)), options_(std::move(options)), cache_(cache) {
  check(!samples_.empty(), "loader \"{}\": no images", options_.stream);
  check(options_.batch > 0, "loader \"{}\": a batch of {} images", options_.stream, options_.batch);
  for (const Sample& sample : samples_) {
    const auto found = std::find(classes.begin(), classes.end(), sample.label);
    const bool known = found != classes.end();
    check(known || classes.empty() || sample.label.empty(), "{}: label \"{}\" is not one of the classes {}",
          sample.path.string(), sample.label, fmt::join(classes, ", "));
    labels_.push_back(known ? int32_t(found - classes.begin()) : -1);
  }
  shuffled_ = std::make_unique<Sampler>(labels_, options_.class_fractions, options_.seed, options_.stream);
  threads_ = start_threads(options_.threads, [this] { load_ahead(); });  // without any, batch() loads itself
}

Loader::~Loader() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  room_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

Batch Loader::batch(int64_t step) {
  check(step >= 0 && (options_.order == Order::shuffled || step < batches()), "loader \"{}\": batch {} does not exist",
        options_.stream, step);
  if (threads_.empty()) return load(step);

  std::unique_lock lock(mutex_);
  if (step != wanted_) {
    loaded_.clear();
    wanted_ = next_ = step;
    room_.notify_all();
  }
  loaded_one_.wait(lock, [&] { return failure_ || loaded_.count(step) > 0; });
  if (failure_) std::rethrow_exception(failure_);
  Loaded loaded = std::move(loaded_.extract(step).mapped());
  wanted_ = step + 1;
  room_.notify_all();
  if (loaded.error) std::rethrow_exception(loaded.error);
  return std::move(loaded.batch);
}

void Loader::load_ahead() {
  const int64_t ahead = kAhead * options_.threads;
  std::unique_lock lock(mutex_);
  for (;;) {
    room_.wait(lock, [&] {
      const bool exists = options_.order == Order::shuffled || next_ < batches();
      return stop_ || (wanted_ >= 0 && exists && next_ < wanted_ + ahead);
    });
    if (stop_) return;
    const int64_t step = next_++;
    lock.unlock();
    Loaded loaded;
    try {
      loaded.batch = load(step);
    } catch (...) {
      loaded.error = std::current_exception();
    }
    lock.lock();
    // After a jump a step may no longer be wanted, or be loaded twice; both copies are the same.
    if (step >= wanted_ && step < wanted_ + ahead) keep(step, std::move(loaded));
    loaded_one_.notify_all();
  }
}

void Loader::keep(int64_t step, Loaded loaded) {
  try {
    loaded_.insert_or_assign(step, std::move(loaded));
  } catch (const std::bad_alloc&) {
    failure_ = std::current_exception();
  }
}

Batch Loader::load(int64_t step) {
  const int64_t count = int64_t(samples_.size()), first = step * options_.batch;
  const int64_t end =
      options_.order == Order::sequential ? std::min(count, first + options_.batch) : first + options_.batch;
  Batch batch;
  for (int64_t position = first; position < end; ++position) append(batch, step, sample_at(position));
  return batch;
}

int64_t Loader::sample_at(int64_t position) {
  return options_.order == Order::sequential ? position : shuffled_->at(position);
}

void Loader::append(Batch& batch, int64_t step, int64_t sample) {
  const int64_t size = options_.format.size, channels = options_.format.channels, side = size + options_.zoom();
  const ImageCache::Levels levels = cache_.get(samples_[size_t(sample)].path, loaded_format(options_));

  Random random(options_.seed, options_.stream + "/augment", uint32_t(step), uint32_t(batch.samples.size()));
  const bool flip = random.uniform() <= options_.augmentation.flip;
  const auto offset = [&] {
    const int64_t window = random.below(uint32_t(options_.zoom() + 1));
    return window + random.below(uint32_t(2 * options_.shift() + 1)) - options_.shift();
  };
  const int64_t top = offset(), left = offset();

  size_t to = batch.pixels.size();
  batch.pixels.resize(to + size_t(size * size * channels));
  for (int64_t y = 0; y < size; ++y)
    for (int64_t x = 0; x < size; ++x) {
      const int64_t from_y = std::clamp<int64_t>(top + y, 0, side - 1);
      const int64_t from_x = std::clamp<int64_t>(left + (flip ? size - 1 - x : x), 0, side - 1);
      for (int64_t c = 0; c < channels; ++c)
        batch.pixels[to++] = level_to_value((*levels)[size_t((from_y * side + from_x) * channels + c)]);
    }
  batch.labels.push_back(labels_[size_t(sample)]);
  batch.samples.push_back(sample);
}

std::vector<std::string> check_images(std::vector<Sample>& samples, const ImageFormat& format, OnBadImage on_bad_image,
                                      ImageCache& cache, int threads, const ImageRemedies& remedies,
                                      const ItemsDone& checked) {
  std::vector<std::string> errors(samples.size());
  std::vector<float> spans(samples.size(), 0);
  std::vector<char> flat(samples.size(), 0);
  const auto inspect = [&](size_t i) {
    try {
      const Image image = read_image(samples[i].path);
      const auto [low, high] = std::minmax_element(image.pixels.begin(), image.pixels.end());
      spans[i] = *high - *low;
      flat[i] = deviation(image) < kFlat;
      cache.put(samples[i].path, format, image);
    } catch (const std::bad_alloc&) {
      throw;  // not the file's fault
    } catch (const std::exception& error) {
      errors[i] = reason_of(error);
    }
  };
  run_on_threads(samples.size(), threads, inspect, checked);

  const auto bad = std::count_if(errors.begin(), errors.end(), [](const std::string& error) { return !error.empty(); });
  const std::string others = bad > 1 ? fmt::format(" ({} cannot be read)", counted(bad - 1, "more image")) : "";
  std::vector<std::string> warnings;
  std::vector<Sample> good;
  std::map<std::string, std::pair<double, int64_t>> domains;  // sum of spans, images
  for (size_t i = 0; i < samples.size(); ++i) {
    if (!errors[i].empty()) {
      check(on_bad_image == OnBadImage::skip, "{}{}; {} leaves such images out", errors[i], others, remedies.bad_image);
      warnings.push_back("skipped: " + errors[i]);
      continue;
    }
    auto& [sum, images] = domains[samples[i].domain];
    sum += spans[i];
    ++images;
    good.push_back(samples[i]);
  }
  if (const auto flats = std::count(flat.begin(), flat.end(), 1); flats > 0)
    warnings.push_back(
        fmt::format("{} of {} {} nearly flat, so training may diverge; the first is {}; tuna data check lists them",
                    flats, counted(samples.size(), "image"), either(flats, "is", "are"),
                    samples[size_t(std::find(flat.begin(), flat.end(), 1) - flat.begin())].path.string()));
  check(!good.empty(), "none of {} can be read{}{}", counted(samples.size(), "image"), warnings.empty() ? "" : "; ",
        warnings.empty() ? "" : warnings[0]);
  samples = std::move(good);

  if (format.intensity != Intensity::bit_depth) return warnings;
  for (const auto& [domain, found] : domains) {
    const std::string warning = range_warning(domain, found.first / double(found.second), remedies.range);
    if (!warning.empty()) warnings.push_back(warning);
  }
  return warnings;
}

}  // namespace tuna
