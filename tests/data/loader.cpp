#include "data/loader.h"

#include <cmath>
#include <set>

#include "tests/catch.h"
#include "tests/data/folder.h"

namespace tuna {
namespace {

constexpr int64_t kImages = 7, kSize = 6;

/// Seven images.  The value of a pixel gives the number of its image and its position in it.
struct Set {
  TemporaryFolder folder;
  std::vector<Sample> samples;

  Set() {
    for (int64_t i = 0; i < kImages; ++i) {
      Image image(kSize, kSize, 1);
      for (int64_t p = 0; p < kSize * kSize; ++p) image.pixels[size_t(p)] = float(i * 36 + p) / 127.5f - 1;
      const auto path = folder / (std::to_string(i) + ".png");
      write_png(path, image);
      samples.push_back({path, "adult", i % 2 == 0 ? "normal" : "pneumonia", std::to_string(i), "train"});
    }
  }
};

LoaderOptions options(int threads) {
  LoaderOptions options;
  options.format.size = kSize;
  options.batch = 3;
  options.seed = 5;
  options.stream = "adult";
  options.threads = threads;
  return options;
}

LoaderOptions augmented(int threads) {
  LoaderOptions how = options(threads);
  how.augmentation = {0.5, 2.0 / kSize, 1.0 / kSize};
  return how;
}

const std::vector<std::string> kClasses = {"normal", "pneumonia"};

void check_same(const Batch& a, const Batch& b) {
  CHECK(a.pixels == b.pixels);
  CHECK(a.labels == b.labels);
  CHECK(a.samples == b.samples);
}

}  // namespace

TEST_CASE("each epoch has every image once, in another order", "[loader]") {
  const Set set;
  ImageCache cache(1 << 20);
  Loader loader(set.samples, kClasses, options(2), cache);
  std::vector<int64_t> order;
  for (int64_t step = 0; step < 7; ++step) {  // 21 images: three epochs, batches run across their ends
    const Batch batch = loader.batch(step);
    REQUIRE(batch.pixels.size() == size_t(3 * kSize * kSize));
    for (size_t n = 0; n < 3; ++n) {
      const int64_t sample = batch.samples[n];
      CHECK(batch.labels[n] == sample % 2);
      CHECK_THAT(batch.pixels[n * kSize * kSize + 11], WithinAbs(float(sample * 36 + 11) / 127.5f - 1, 1e-6));
      order.push_back(sample);
    }
  }
  std::set<std::vector<int64_t>> epochs;
  for (int epoch = 0; epoch < 3; ++epoch) {
    const std::vector<int64_t> one(order.begin() + epoch * kImages, order.begin() + (epoch + 1) * kImages);
    CHECK(std::set<int64_t>(one.begin(), one.end()).size() == kImages);
    epochs.insert(one);
  }
  CHECK(epochs.size() == 3);
}

TEST_CASE("threads, cache and starting step do not change a byte", "[loader]") {
  const Set set;
  ImageCache none(0), some(3 * kSize * kSize * sizeof(uint16_t)), large(1 << 20);
  Loader in_place(set.samples, kClasses, augmented(0), none);
  Loader one(set.samples, kClasses, augmented(1), some), four(set.samples, kClasses, augmented(4), large);
  Loader resumed(set.samples, kClasses, augmented(3), large);
  for (int64_t step = 0; step < 40; ++step) {
    const Batch expected = in_place.batch(step);
    check_same(one.batch(step), expected);
    check_same(four.batch(step), expected);
    if (step >= 17) check_same(resumed.batch(step), expected);
  }
  for (const int64_t step : {3, 2, 20, 21, 22, 5}) check_same(four.batch(step), in_place.batch(step));
}

TEST_CASE("order and augmentation follow seed and stream", "[loader]") {
  const Set set;
  ImageCache cache(1 << 20);
  LoaderOptions other_seed = augmented(0), other_stream = augmented(0);
  other_seed.seed = 6;
  other_stream.stream = "child";
  Loader loader(set.samples, kClasses, augmented(0), cache);
  Loader by_seed(set.samples, kClasses, other_seed, cache), by_stream(set.samples, kClasses, other_stream, cache);
  bool seed_matters = false, stream_matters = false;
  for (int64_t step = 0; step < 3; ++step) {
    seed_matters |= loader.batch(step).pixels != by_seed.batch(step).pixels;
    stream_matters |= loader.batch(step).pixels != by_stream.batch(step).pixels;
  }
  CHECK(seed_matters);
  CHECK(stream_matters);
}

TEST_CASE("a certain flip mirrors, and a shift stays within its bounds", "[loader]") {
  const Set set;
  ImageCache cache(1 << 20);
  LoaderOptions mirrored = options(0), shifted = options(0);
  mirrored.augmentation.flip = 1;
  shifted.augmentation.shift = 2.0 / kSize;
  Loader plain(set.samples, kClasses, options(0), cache), mirror(set.samples, kClasses, mirrored, cache);
  Loader shift(set.samples, kClasses, shifted, cache);
  const Batch a = plain.batch(0), b = mirror.batch(0);
  REQUIRE(a.samples == b.samples);
  for (size_t row = 0; row < 3 * kSize; ++row)
    for (size_t x = 0; x < kSize; ++x) CHECK(a.pixels[row * kSize + x] == b.pixels[row * kSize + kSize - 1 - x]);

  std::set<int> offsets;  // the pixel at (2, 2) came from (2 + dy, 2 + dx)
  for (int64_t step = 0; step < 60; ++step) {
    const Batch batch = shift.batch(step);
    for (size_t n = 0; n < 3; ++n) {
      const float value = batch.pixels[n * kSize * kSize + 2 * kSize + 2];
      const int from = int(std::lround((value + 1) * 127.5f)) - int(batch.samples[n]) * 36;
      CHECK((from / kSize <= 4 && from % kSize <= 4));
      offsets.insert(from);
    }
  }
  CHECK(offsets.size() == 25);
}

TEST_CASE("sequential order has every image once and a last partial batch", "[loader]") {
  const Set set;
  ImageCache cache(0);
  LoaderOptions how = options(2);
  how.order = Order::sequential;
  Loader loader(set.samples, {}, how, cache);
  REQUIRE(loader.batches() == 3);
  for (int pass = 0; pass < 2; ++pass) {
    CHECK(loader.batch(0).samples == std::vector<int64_t>{0, 1, 2});
    CHECK(loader.batch(1).labels == std::vector<int32_t>{-1, -1, -1});  // no classes: labels are not read
    CHECK(loader.batch(2).samples == std::vector<int64_t>{6});
  }
  REQUIRE_THROWS_WITH(loader.batch(3), Contains("batch 3 does not exist"));
}

TEST_CASE("errors of loader threads reach the caller", "[loader]") {
  Set set;
  ImageCache cache(0);
  set.samples[4].path = set.folder / "gone.png";
  for (const int threads : {0, 3}) {
    LoaderOptions how = options(threads);
    how.order = Order::sequential;
    Loader loader(set.samples, kClasses, how, cache);
    CHECK(loader.batch(0).samples.size() == 3);
    REQUIRE_THROWS_WITH(loader.batch(1), Contains("gone.png: no such file"));
    CHECK(loader.batch(2).samples.size() == 1);
  }
  set.samples[2].label = "typo";
  REQUIRE_THROWS_WITH(Loader(set.samples, kClasses, options(0), cache), Contains("label \"typo\" is not one of"));
  REQUIRE_THROWS_WITH(Loader({}, kClasses, options(0), cache), Contains("no images"));
}

TEST_CASE("bad images are found before training: an error, or skipped with a warning", "[loader]") {
  Set set;
  ImageCache cache(1 << 20);
  set.folder.write("bad.png", "no image");
  set.samples[4].path = set.folder / "bad.png";
  const ImageFormat format = options(0).format;
  std::vector<Sample> samples = set.samples;
  REQUIRE_THROWS_WITH(check_images(samples, format, OnBadImage::error, cache, 2),
                      Contains("bad.png: not a PNG") && Contains("; data.on_bad_image=skip leaves such images out"));
  const std::vector<std::string> warnings = check_images(samples, format, OnBadImage::skip, cache, 2);
  CHECK(samples.size() == kImages - 1);
  REQUIRE(warnings.size() == 2);
  CHECK_THAT(warnings[0], Contains("skipped") && Contains("bad.png"));
  CHECK_THAT(warnings[1], Contains("domain \"adult\": values fill 13.7 %"));  // 35 of 255 levels in each image

  write_png(set.folder / "flat.png", Image(8, 8, 1, 0.5f));
  samples[3].path = set.folder / "flat.png";
  const std::vector<std::string> of_flat = check_images(samples, format, OnBadImage::error, cache, 2);
  CHECK_THAT(of_flat.at(0),
             Contains("1 of 6 images is nearly flat") && Contains("the first is") && Contains("flat.png"));
}

}  // namespace tuna
