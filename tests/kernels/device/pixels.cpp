// The passes over pixels with blocks of one warp and more, so that few elements cover every case: tails of channels, of
// rows and of chunks, one chunk and many, idle threads, both widths of access.
#include "kernels/device/pixels.h"

#include "engine/base/random.h"
#include "kernels/device/emulator.h"
#include "tests/catch.h"

namespace tuna::BACKEND {
namespace {

/// Counts pixels and adds up what they hold: whole numbers, so that every order gives the same.
template <int kWidth>
struct Total {
  float count = 0;
  Vector<kWidth> sum = {};

  void merge(const Total& other) {
    count += other.count;
    sum = sum + other.sum;
  }
};

template <int kWidth>
struct SumTotal {
  const float* x;

  Total<kWidth> operator()(const PixelRun& run) const {
    Total<kWidth> total;
    for_pixels<kWidth>(run, x, [&](size_t, const Vector<kWidth>& pixel) { total.merge({1, pixel}); });
    return total;
  }
};

template <int kWidth>
struct StoreTotal {
  float *count, *sum;

  void operator()(size_t vector, const Total<kWidth>& whole) const {
    count[vector] += whole.count;
    store(sum + vector * kWidth, whole.sum);
  }
};

template <int kWidth>
struct DoubleAndAddStatistic {
  const float* statistic;
  float* x;

  void operator()(const PixelRun& run) const {
    for_pairs<kWidth>(run, x, x, [&](size_t i, const Vector<kWidth>& pixel, const Vector<kWidth>& same) {
      store(x + i, pixel + same + load<kWidth>(statistic + run.statistic));
    });
  }
};

template <int kThreads, int kWidth>
void check_passes(const PixelShape& shape) {
  const size_t elements = size_t(shape.samples * shape.pixels * shape.channels);
  const size_t statistics = size_t(shape.samples * shape.channels);
  alignas(16) static float x[1 << 18], sum[1 << 12];
  REQUIRE(elements <= std::size(x));
  REQUIRE(statistics <= std::size(sum));
  std::vector<float> expected(statistics, 0), count(statistics / kWidth, 0);
  Random random(1, "pixels", 0, 0);
  for (size_t i = 0; i < elements; ++i) {
    x[i] = float(random.below(100));
    const size_t channels = size_t(shape.channels), sample = i / (size_t(shape.pixels) * channels);
    expected[sample * channels + i % channels] += x[i];
  }
  const std::vector<float> before(x, x + elements);
  std::vector<char> workspace(reduce_workspace<Total, kThreads>(shape));
  Stream stream;

  const PixelTiles tiles = reduce_tiles<kThreads>(shape, kWidth);
  launch_reduce<kThreads>(SumTotal<kWidth>{x}, StoreTotal<kWidth>{count.data(), sum}, tiles, workspace.data(), stream);
  CHECK(std::vector<float>(sum, sum + statistics) == expected);
  CHECK(count == std::vector<float>(count.size(), float(shape.pixels)));

  launch_write<kThreads>(DoubleAndAddStatistic<kWidth>{sum, x}, write_tiles<kThreads>(shape, kWidth), stream);
  size_t wrong = 0;
  for (size_t i = 0; i < elements; ++i) {
    const size_t channels = size_t(shape.channels), sample = i / (size_t(shape.pixels) * channels);
    wrong += x[i] != 2 * before[i] + expected[sample * channels + i % channels];
  }
  CHECK(wrong == 0);
}

template <int kThreads>
void check_shapes() {
  for (const PixelShape& shape : {PixelShape{1, 1, 1},
                                  {2, 7, 3},
                                  {3, 1, 33},
                                  {1, 1000, 1},
                                  {2, 517, 5},
                                  {1, 95, 129},
                                  {1, 9000, 2},
                                  {1, 70000, 1},  // more pixels than the largest number of chunks takes at once,
                                  {1, 3000, 17},  // and the same with two columns of blocks
                                  {2, 600, 31}}) {
    INFO(kThreads << " threads, " << shape.samples << " x " << shape.pixels << " x " << shape.channels);
    check_passes<kThreads, 1>(shape);
  }
  for (const PixelShape& shape : {PixelShape{1, 1, 4}, {2, 77, 12}, {1, 1031, 4}, {3, 40, 132}, {1, 300, 256}}) {
    INFO(kThreads << " threads, " << shape.samples << " x " << shape.pixels << " x " << shape.channels << ", by 4");
    check_passes<kThreads, 4>(shape);
  }
}

TEST_CASE("passes over pixels reach every pixel of every channel once", "[device][pixels]") {
  for (const uint32_t schedule : {0, 1, 2}) {
    emulator::set_schedule(schedule);
    check_shapes<32>();
    check_shapes<64>();
    check_shapes<256>();
  }
  emulator::set_schedule(0);
}

TEST_CASE("16 bytes at a time where channels and addresses allow", "[device][pixels]") {
  alignas(16) const float memory[8] = {};
  const auto width_of = [&](int64_t channels, std::initializer_list<const void*> accessed) {
    int found = 0;
    with_width<float>(channels, accessed, [&](auto width) { found = width; });
    return found;
  };
  CHECK(width_of(8, {memory, memory + 4}) == 4);
  CHECK(width_of(6, {memory}) == 1);
  CHECK(width_of(8, {memory, memory + 1}) == 1);
}

}  // namespace
}  // namespace tuna::BACKEND
