// The emulator detects planted races, divergent barriers, mismatched warp operations, uninitialised shared memory and
// out-of-bounds accesses, and it computes what CUDA's documentation specifies.
#include "kernels/device/emulator.h"

#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <vector>

#include "engine/base/address_sanitizer.h"
#include "kernels/device/launch.h"
#include "tests/catch.h"

namespace tuna::BACKEND {
namespace {

/// Runs `launch` and returns the message of its Error.
template <class Launch>
std::string error_of(Launch launch) {
  try {
    launch();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

/// The same for a launch with one warp.
template <auto kKernel>
std::string error_of_warp() {
  int out[32];
  Stream stream;
  return error_of([&] { LAUNCH(kKernel, 1, 32, stream, out); });
}

/// The contents of `out` after `launch` under each of 8 schedules, and how many differ.
template <class T, class Launch>
size_t different_results(std::vector<T>& out, Launch launch) {
  const std::vector<T> before = out;
  std::set<std::vector<T>> results;
  for (uint32_t schedule = 0; schedule < 8; ++schedule) {
    emulator::set_schedule(schedule);
    out = before;
    launch();
    results.insert(out);
  }
  emulator::set_schedule(0);
  return results.size();
}

Stream stream;

// ---- What CUDA promises ---------------------------------------------------------------------------------------------

KERNEL write_indices(unsigned* out) {
  const unsigned block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  const unsigned thread = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
  out[block * (blockDim.x * blockDim.y * blockDim.z) + thread] = 1000 * block + thread;
}

KERNEL reverse_block(int* values) {
  SHARED(int, shared, 96);
  shared[threadIdx.x] = values[threadIdx.x];
  __syncthreads();
  values[threadIdx.x] = shared[blockDim.x - 1 - threadIdx.x];
}

KERNEL reverse_block_dynamically(int* values) {
  DYNAMIC_SHARED(int, shared);
  shared[threadIdx.x] = values[threadIdx.x];
  __syncthreads();
  values[threadIdx.x] = shared[blockDim.x - 1 - threadIdx.x];
}

KERNEL shuffle_all(int* out) {
  const int lane = int(threadIdx.x), value = 100 + lane;
  int* mine = out + 8 * lane;
  mine[0] = __shfl_sync(kWholeWarp, value, 5);
  mine[1] = __shfl_sync(kWholeWarp, value, 3, 8);
  mine[2] = __shfl_up_sync(kWholeWarp, value, 2);
  mine[3] = __shfl_up_sync(kWholeWarp, value, 2, 8);
  mine[4] = __shfl_down_sync(kWholeWarp, value, 3);
  mine[5] = __shfl_down_sync(kWholeWarp, value, 3, 16);
  mine[6] = __shfl_xor_sync(kWholeWarp, value, 9);
  mine[7] = lane < 16 ? __shfl_xor_sync(0x0000FFFF, value, 1) : __shfl_xor_sync(0xFFFF0000, value, 2);
}

KERNEL vote(unsigned* out) {
  const unsigned lane = threadIdx.x;
  unsigned* mine = out + 8 * lane;
  mine[0] = __ballot_sync(kWholeWarp, lane % 3 == 0);
  mine[1] = unsigned(__any_sync(kWholeWarp, lane == 7));
  mine[2] = unsigned(__all_sync(kWholeWarp, lane != 7));
  mine[3] = __reduce_add_sync(kWholeWarp, lane);
  mine[4] = unsigned(__reduce_min_sync(kWholeWarp, int(lane) - 40));
  mine[5] = __reduce_max_sync(kWholeWarp, lane);
  mine[6] = __reduce_or_sync(kWholeWarp, lane);
  mine[7] = __reduce_xor_sync(kWholeWarp, lane == 31 ? 0 : lane);
}

KERNEL count_block(int* out) {
  const int odd = threadIdx.x % 2;
  const int count = __syncthreads_count(odd), any = __syncthreads_or(threadIdx.x == 65),
            all = __syncthreads_and(threadIdx.x != 65);
  out[threadIdx.x] = 100 * count + 10 * any + all;
}

KERNEL count_and_rank(int* count, unsigned* largest, unsigned long long* sum, int* lock) {
  atomicAdd(count, 1);
  atomicMax(largest, threadIdx.x * 7 % 64);
  atomicAdd(sum, threadIdx.x);
  atomicCAS(lock, 0, 5);
}

TEST_CASE("every thread of every block runs once, with its own indices", "[device][emulator]") {
  std::vector<unsigned> out(3 * 2 * 2 * 5 * 3 * 7, 0);
  CHECK(different_results(out, [&] { LAUNCH(write_indices, dim3(3, 2, 2), dim3(5, 3, 7), stream, out.data()); }) == 1);
  for (unsigned i = 0; i < out.size(); ++i) REQUIRE(out[i] == 1000 * (i / 105) + i % 105);
}

TEST_CASE("a barrier makes shared memory visible to the block", "[device][emulator]") {
  std::vector<int> values(96);
  for (int i = 0; i < 96; ++i) values[size_t(i)] = i;
  CHECK(different_results(values, [&] { LAUNCH(reverse_block, 1, 96, stream, values.data()); }) == 1);
  CHECK(values[0] == 95);
  CHECK(different_results(
            values, [&] { LAUNCH_SHARED(reverse_block_dynamically, 1, 96, 96 * sizeof(int), stream, values.data()); })
        == 1);
  CHECK(values[0] == 0);
}

TEST_CASE("shuffles read the lane that CUDA specifies", "[device][emulator]") {
  std::vector<int> out(8 * 32);
  CHECK(different_results(out, [&] { LAUNCH(shuffle_all, 1, 32, stream, out.data()); }) == 1);
  for (int lane = 0; lane < 32; ++lane) {
    INFO("lane " << lane);
    const int* found = out.data() + 8 * lane;
    const int expected[] = {5,
                            lane / 8 * 8 + 3,
                            lane < 2 ? lane : lane - 2,
                            lane % 8 < 2 ? lane : lane - 2,
                            lane > 28 ? lane : lane + 3,
                            lane % 16 > 12 ? lane : lane + 3,
                            lane ^ 9,
                            lane < 16 ? lane ^ 1 : lane ^ 2};
    for (int i = 0; i < 8; ++i) CHECK(found[i] == 100 + expected[i]);
  }
}

TEST_CASE("votes and reductions of a warp and of a block", "[device][emulator]") {
  std::vector<unsigned> out(8 * 32);
  CHECK(different_results(out, [&] { LAUNCH(vote, 1, 32, stream, out.data()); }) == 1);
  const unsigned expected[] = {0x49249249, 1, 0, 496, unsigned(-40), 31, 31, 31};
  for (unsigned i = 0; i < out.size(); ++i) CHECK(out[i] == expected[i % 8]);

  std::vector<int> counts(70);
  CHECK(different_results(counts, [&] { LAUNCH(count_block, 1, 70, stream, counts.data()); }) == 1);
  for (const int count : counts) CHECK(count == 100 * 35 + 10 + 0);
}

TEST_CASE("atomics on integers", "[device][emulator]") {
  int count = 0, lock = 0;
  unsigned largest = 0;
  unsigned long long sum = 0;
  LAUNCH(count_and_rank, 3, 64, stream, &count, &largest, &sum, &lock);
  CHECK(count == 192);
  CHECK(largest == 63);
  CHECK(sum == 3 * 2016);
  CHECK(lock == 5);
}

// ---- What it finds --------------------------------------------------------------------------------------------------

template <bool kRace>
KERNEL sum_twice(float* out) {
  SHARED(float, shared, 4);
  for (int pass = 0; pass < 2; ++pass) {
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = float(threadIdx.x + pass);
    __syncthreads();
    out[128 * pass + threadIdx.x] = shared[0] + shared[1] + shared[2] + shared[3];
    if (!kRace) __syncthreads();  // else a warp starts the second pass while another still reads the first
  }
}

KERNEL race_within_a_warp(int* out) {
  SHARED(int, shared, 32);
  shared[threadIdx.x] = int(threadIdx.x);
  out[threadIdx.x] = shared[31 - threadIdx.x];  // lacks a __syncwarp
}

KERNEL diverge(int* out) {
  if (threadIdx.x < 32) __syncthreads();
  if (threadIdx.x >= 32) __syncthreads();
  out[threadIdx.x] = 1;
}

KERNEL return_before_barrier(int* out) {
  if (blockIdx.x == 2 && threadIdx.x == 5) return;
  __syncthreads();
  out[threadIdx.x] = 1;
}

KERNEL shuffle_without_some(int* out) { out[threadIdx.x] = threadIdx.x < 20 ? __shfl_xor_sync(kWholeWarp, 1, 1) : 0; }

KERNEL shuffle_at_two_places(int* out) {
  if (threadIdx.x < 16)
    out[threadIdx.x] = __shfl_xor_sync(kWholeWarp, 1, 1);
  else
    out[threadIdx.x] = __shfl_xor_sync(kWholeWarp, 2, 1);
}

KERNEL shuffle_with_two_masks(int* out) {
  out[threadIdx.x] = __shfl_xor_sync(threadIdx.x < 16 ? 0xFFFFFFFF : 0xFFFFFFFE, 1, 1);
}

KERNEL shuffle_from_outside(int* out) {
  if (threadIdx.x < 16) out[threadIdx.x] = __shfl_down_sync(0x0000FFFF, 1, 1);
}

KERNEL shuffle_without_itself(int* out) { out[threadIdx.x] = __shfl_sync(0x0000FFFF, 1, 0); }

KERNEL read_unset(float* out) {
  SHARED(float, shared, 32);
  if (threadIdx.x != 3) shared[threadIdx.x] = 1;
  __syncthreads();
  out[blockIdx.x * 32 + threadIdx.x] = shared[threadIdx.x];
}

template <size_t kBytes>
KERNEL use_static_and_dynamic(char* out) {
  SHARED(char, fixed, kBytes);
  DYNAMIC_SHARED(char, dynamic);
  fixed[threadIdx.x] = dynamic[threadIdx.x] = 1;
  out[threadIdx.x] = char(fixed[threadIdx.x] + dynamic[threadIdx.x]);
}

constexpr auto kHere = "tests/kernels/device/emulator.cpp:";

TEST_CASE("a missing barrier changes the result with the schedule", "[device][emulator]") {
  std::vector<float> sums(256);
  CHECK(different_results(sums, [&] { LAUNCH(sum_twice<false>, 1, 128, stream, sums.data()); }) == 1);
  CHECK(different_results(sums, [&] { LAUNCH(sum_twice<true>, 1, 128, stream, sums.data()); }) > 1);
  std::vector<int> reversed(32);
  CHECK(different_results(reversed, [&] { LAUNCH(race_within_a_warp, 1, 32, stream, reversed.data()); }) > 1);
}

TEST_CASE("threads at different barriers, or at none, are an error that names the place", "[device][emulator]") {
  std::vector<int> out(64);
  const std::string apart = error_of([&] { LAUNCH(diverge, 1, 64, stream, out.data()); });
  CHECK_THAT(apart, Contains("kernel diverge, block (0, 0, 0): barrier divergence: thread (0, 0, 0) and 31 more at "
                             "__syncthreads"));
  CHECK_THAT(apart, Contains("thread (32, 0, 0) and 31 more at __syncthreads"));
  CHECK_THAT(apart, Contains(kHere));

  for (uint32_t schedule = 0; schedule < 4; ++schedule) {
    emulator::set_schedule(schedule);
    const std::string returned = error_of([&] { LAUNCH(return_before_barrier, 3, 64, stream, out.data()); });
    CHECK_THAT(returned, Contains("kernel return_before_barrier, block (2, 0, 0): barrier divergence"));
    CHECK_THAT(returned, Contains("thread (5, 0, 0) returned"));
  }
  emulator::set_schedule(0);
}

TEST_CASE("a shuffle that not all lanes reach is an error that names the place", "[device][emulator]") {
  const std::string some = error_of_warp<shuffle_without_some>(), places = error_of_warp<shuffle_at_two_places>(),
                    masks = error_of_warp<shuffle_with_two_masks>();
  for (const std::string& message : {some, places, masks}) {
    CHECK_THAT(message, Contains("block (0, 0, 0): a warp operation waits for lanes of its mask that never arrive"));
    CHECK_THAT(message, Contains("__shfl_xor_sync"));
    CHECK_THAT(message, Contains(kHere));
  }
  CHECK_THAT(some, Contains("thread (0, 0, 0) and 19 more at"));
  CHECK_THAT(some, Contains("thread (20, 0, 0) and 11 more returned"));
  CHECK_THAT(places, Contains("thread (16, 0, 0) and 15 more at"));
  CHECK_THAT(masks, Contains("with mask 0xffffffff"));
  CHECK_THAT(masks, Contains("with mask 0xfffffffe"));

  CHECK_THAT(error_of_warp<shuffle_from_outside>(), Contains("thread (15, 0, 0), "));
  CHECK_THAT(error_of_warp<shuffle_from_outside>(), Contains("takes the value of a lane that is not in the mask"));
  CHECK_THAT(error_of_warp<shuffle_without_itself>(), Contains("lacks its own lane"));
}

TEST_CASE("shared memory begins as NaN in every block", "[device][emulator]") {
  std::vector<float> out(64);
  LAUNCH(read_unset, 2, 32, stream, out.data());
  for (int i = 0; i < 64; ++i) CHECK(std::isnan(out[size_t(i)]) == (i % 32 == 3));
}

TEST_CASE("launches that a GPU would refuse are refused", "[device][emulator]") {
  std::vector<int> out(64);
  const auto launch = [&](dim3 grid, dim3 block, size_t shared) {
    return error_of([&] { LAUNCH_SHARED(return_before_barrier, grid, block, shared, stream, out.data()); });
  };
  CHECK_THAT(launch(1, 1025, 0), Contains("kernel return_before_barrier: a block of 1025 x 1 x 1 threads"));
  CHECK_THAT(launch(1, dim3(1, 1, 65), 0), Contains("at most 64 in z"));
  CHECK_THAT(launch(0, 32, 0), Contains("a grid of 0 x 1 x 1 blocks"));
  CHECK_THAT(launch(dim3(1, 65536), 32, 0), Contains("at most 65535 in y or z"));
  CHECK_THAT(launch(1, 32, 100000), Contains("100000 bytes of dynamic shared memory"));
  CHECK_THAT(error_of([&] { LAUNCH(reverse_block_dynamically, 1, 32, stream, out.data()); }),
             Contains("launched with none"));
}

TEST_CASE("shared memory has a limit for what is declared, and one for all of it", "[device][emulator]") {
  std::vector<char> out(32);
  constexpr size_t kKilobyte = 1024;
  LAUNCH_SHARED(use_static_and_dynamic<32 * kKilobyte>, 1, 32, 64 * kKilobyte, stream, out.data());
  CHECK(out[31] == 2);
  CHECK_THAT(error_of([&] {
               LAUNCH_SHARED(use_static_and_dynamic<32 * kKilobyte>, 1, 32, 64 * kKilobyte + 1, stream, out.data());
             }),
             Contains("32768 bytes of static and 65537 of dynamic shared memory; a V100 has 98304 for both"));
  CHECK_THAT(
      error_of([&] { LAUNCH_SHARED(use_static_and_dynamic<48 * kKilobyte + 1>, 1, 32, 64, stream, out.data()); }),
      Contains("49153 bytes of static shared memory, a block has 49152"));
}

TEST_CASE("after an error the next launch is a clean one", "[device][emulator]") {
  std::vector<int> values(96, 1);
  for (int i = 0; i < 3; ++i) {
    CHECK_THAT(error_of([&] { LAUNCH(return_before_barrier, 3, 64, stream, values.data()); }), Contains("divergence"));
    LAUNCH(reverse_block, 1, 96, stream, values.data());
  }
}

// ---- With AddressSanitizer ------------------------------------------------------------------------------------------

KERNEL write_outside(int* out, unsigned count) {
  if (threadIdx.x <= count) out[threadIdx.x] = 1;
}

KERNEL write_outside_shared(int* out) {
  SHARED(int, shared, 33);
  shared[threadIdx.x + 7] = 1;
  __syncthreads();
  out[threadIdx.x] = shared[threadIdx.x];
}

/// What a child process that runs `launch` prints before it aborts.
template <class Launch>
std::string dying_words(Launch launch) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    launch();
    _exit(0);
  }
  close(ends[1]);
  std::string words;
  char buffer[4096];
  for (ssize_t count; (count = read(ends[0], buffer, sizeof buffer)) > 0;) words.append(buffer, size_t(count));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0 ? "nothing was found" : words;
}

TEST_CASE("AddressSanitizer detects out-of-bounds accesses, and the emulator names the thread", "[device][emulator]") {
  if (!kAddressSanitizer) return;
  std::vector<int> out(32);
  const std::string outside = dying_words([&] { LAUNCH(write_outside, 1, 64, stream, out.data(), 32u); });
  CHECK_THAT(outside, Contains("heap-buffer-overflow"));
  CHECK_THAT(outside, Contains(kHere));
  CHECK_THAT(outside, Contains("emulator: kernel write_outside, block (0, 0, 0), thread (32, 0, 0)"));

  const std::string shared = dying_words([&] { LAUNCH(write_outside_shared, 1, 32, stream, out.data()); });
  CHECK_THAT(shared, Contains(kHere));
  CHECK_THAT(shared, Contains("emulator: kernel write_outside_shared, block (0, 0, 0), thread (26, 0, 0)"));
}

}  // namespace
}  // namespace tuna::BACKEND
