#include "training/evaluation/translator.h"

#include "kernels/pointwise/scale.h"
#include "tests/catch.h"
#include "tests/temporary_folder.h"

namespace tuna {
namespace {

constexpr int kSize = 8, kSamples = 6;

Tensors halves(Program&, Tensor images) { return {0.5 * images, -0.5 * images}; }

std::vector<Sample> distinct_images(const TemporaryFolder& folder) {
  std::vector<Sample> samples;
  for (int i = 0; i < kSamples; ++i) {
    Image image(kSize, kSize, 1, 0);
    image.at(i, i) = 0.1f * float(i + 1);
    samples.push_back({folder / fmt::format("{}.png", i), "adult", "", "p", "test"});
    write_png(samples.back().path, image);
  }
  return samples;
}

}  // namespace

TEST_CASE("images that are translated together are those translated alone", "[evaluation][translator]") {
  const TemporaryFolder folder;
  const std::vector<Sample> samples = distinct_images(folder);
  ImageFormat format;
  format.size = kSize;
  ImageCache cache(0);
  State state;
  Translator alone(halves, format, Device::cpu(), state), together(halves, format, Device::cpu(), state, 4);
  for (const size_t first : {size_t(0), size_t(4)}) {  // the second batch is a partial one
    const std::vector<std::vector<Image>> found =
        together(std::span(samples).subspan(first, std::min<size_t>(4, kSamples - first)), cache);
    REQUIRE(found.size() == std::min<size_t>(4, kSamples - first));
    for (size_t i = 0; i < found.size(); ++i) {
      const std::vector<Image> expected = alone(samples[first + i], cache);
      REQUIRE(found[i].size() == 3);  // the image and two generated from it
      for (size_t made = 0; made < 3; ++made) CHECK(found[i][made].pixels == expected[made].pixels);
    }
  }
}

TEST_CASE("small images are translated together, and large ones alone", "[evaluation][translator]") {
  const auto batch = [](int64_t size) {
    ImageFormat format;
    format.size = size;
    return translation_batch(format);
  };
  CHECK(batch(64) == 16);
  CHECK(batch(128) == 16);
  CHECK(batch(256) == 4);
  CHECK(batch(512) == 1);
  CHECK(batch(1024) == 1);
}

}  // namespace tuna
