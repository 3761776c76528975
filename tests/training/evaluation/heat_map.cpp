#include "training/evaluation/heat_map.h"

#include "kernels/linear/linear.h"
#include "kernels/pointwise/channel_affine.h"
#include "kernels/pool/global_average_pool.h"
#include "tests/catch.h"
#include "tests/temporary_folder.h"

namespace tuna {
namespace {

constexpr int64_t kSize = 8;

// Both logits are the mean of an image's pixels, as numbers from 0 to 1.
Tensor mean_of_pixels(Program& program, Tensor image) {
  const Type weight{DType::f32, {2, 1, 1, 1}}, bias{DType::f32, {1, 1, 1, 2}};
  return linear(global_average_pool(channel_affine(image, {0.5}, {0.5})),
                program.state("weight", weight, Initial::constant(1)),
                program.state("bias", bias, Initial::constant(0)));
}

Tensors inverted(Program&, Tensor image) { return {channel_affine(image, {-1}, {0})}; }

Image left_half_white() {
  Image image(kSize, kSize, 1, -1);
  for (int64_t y = 0; y < kSize; ++y)
    for (int64_t x = 0; x < kSize / 2; ++x) image.at(y, x) = 1;
  return image;
}

}  // namespace

TEST_CASE("heat maps are of the image that the classifier sees", "[evaluation][grad_cam]") {
  const TemporaryFolder folder;
  write_png(folder / "image.png", left_half_white());
  const Sample sample{folder / "image.png", "child", "ill", "p", "test"};
  ImageFormat format;
  format.size = kSize;
  ImageCache cache(0);
  State state;
  const std::vector<Image> direct =
      Translator(heat_maps_of(mean_of_pixels, {}), format, Device::cpu(), state)(sample, cache);
  REQUIRE(direct.size() == 3);  // the image, and two classes
  CHECK(direct[1].at(0, 0) > 0);
  CHECK(direct[1].at(0, kSize - 1) == 0);

  const RecordLogits of_inverted = [](Program& program, Tensor image) {
    return mean_of_pixels(program, inverted(program, image)[0]);
  };
  const std::vector<Image> translated =
      Translator(heat_maps_of(of_inverted, inverted), format, Device::cpu(), state)(sample, cache);
  REQUIRE(translated.size() == 4);
  CHECK(translated[1].at(0, 0) == -1);
  CHECK(translated[2].at(0, 0) == 0);
  CHECK(translated[2].at(0, kSize - 1) == direct[1].at(0, 0));
}

TEST_CASE("heat is drawn over an image from its smallest to its largest value", "[evaluation][grad_cam]") {
  Image heat(kSize, kSize, 1, 2);
  heat.at(0, 0) = 6;
  heat.at(0, 1) = 4;
  const Image gray(kSize, kSize, 1, 0), drawn = with_heat(gray, heat);
  CHECK(drawn.channels == 3);
  CHECK(drawn.at(0, 0, 0) > drawn.at(0, 1, 0));
  CHECK_THAT(drawn.at(0, 0, 0), WithinAbs(2 * drawn.at(0, 1, 0), 1e-6));
  CHECK(drawn.at(0, 0, 2) < 0);
  for (int64_t c = 0; c < 3; ++c) CHECK(drawn.at(1, 1, c) == 0);
  CHECK(with_heat(gray, Image(kSize, kSize, 1, 3)).pixels == with_channels(gray, 3).pixels);
  CHECK_THROWS_WITH(with_heat(gray, Image(kSize, kSize + 1, 1)), Contains("8 x 8 pixels with a map of 8 x 9"));
}

}  // namespace tuna
