#include "kernels/device/emulator.h"

#include <cxxabi.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "engine/base/address_sanitizer.h"
#include "engine/base/check.h"
#include "kernels/device/fiber.h"

uint3 threadIdx, blockIdx;
dim3 blockDim, gridDim;

namespace tuna::emulator {
namespace {

// The limits of every GPU since the V100.
constexpr unsigned kThreadsPerBlock = 1024, kThreadsInZ = 64, kBlocksInYOrZ = 65535;
constexpr size_t kSharedBytes = 48 << 10, kAllSharedBytes = 96 << 10;

/// Thrown to unwind the stack of a thread that is given up because another one failed.
struct GivenUp {};

enum class At : uint8_t { start, running, block, warp, ready, end };

/// One thread of the block.
struct Thread {
  uint3 index;
  At at = At::start;
  bool vote = false;
  unsigned mask = 0;
  const char* what = "";
  Where where = {};
  Fiber* fiber = nullptr;  // its stack, once it had to wait
  void* part = nullptr;
  void (*settle)(void* const*) = nullptr;

  bool waits_as(const Thread& other) const {
    return at == other.at && mask == other.mask && where.line == other.where.line && what == other.what
           && std::strcmp(where.file, other.where.file) == 0;
  }
};

struct SharedMemory {
  const void* site;
  size_t bytes;
  std::unique_ptr<char, void (*)(char*)> memory;  // exactly `bytes`, so AddressSanitizer checks its bounds

  SharedMemory(const void* site, size_t bytes)
      : site(site), bytes(bytes), memory(static_cast<char*>(::operator new(bytes, kAlignment)), [](char* memory) {
          ::operator delete(memory, kAlignment);
        }) {
    poison();
  }
  void poison() { std::memset(memory.get(), 0xFF, bytes); }

  static constexpr std::align_val_t kAlignment{16};
};

std::string to_string(const uint3& index) { return fmt::format("({}, {}, {})", index.x, index.y, index.z); }
std::string to_string(Where where) { return fmt::format("{}:{}", where.file, where.line); }

uint3 index_in(dim3 size, size_t i) {
  return {unsigned(i % size.x), unsigned(i / size.x % size.y), unsigned(i / size.x / size.y)};
}

size_t count_of(dim3 size) { return size_t(size.x) * size.y * size.z; }

class Launch {
 public:
  Launch(const char* kernel, dim3 block, size_t dynamic_bytes, const std::function<void()>& body);

  void run_block();
  std::string running_thread() const;

  // Called by the threads of the kernel.
  void wait(At at, const char* what, bool vote, unsigned mask, void* part, void (*settle)(void* const*), Where where);
  void* shared_memory(const void* site, size_t bytes);
  int lane() const { return int(current_ % warpSize); }
  int votes() const { return votes_; }

  /// Unwinds the stacks of the threads that still wait.
  void give_up();

 private:
  static void fiber_main();
  void run_threads();
  void run_warp(size_t warp);
  bool meet_in_warp(size_t warp);
  bool meet_in_block();
  void begin(size_t thread);
  [[noreturn]] void fail_stuck() const;

  const char* kernel_;
  const std::function<void()>& body_;
  std::vector<Thread> threads_;
  std::vector<size_t> warps_, order_;  // the order of the warps, and of the threads of a warp
  size_t next_ = 0;                    // in order_
  size_t current_ = 0;                 // the thread that runs
  std::vector<SharedMemory> shared_;
  int votes_ = 0;
  bool giving_up_ = false;
  std::exception_ptr error_;
};

std::mutex one_at_a_time;
uint32_t schedule_seed = 0;
bool launches_only = false;
std::mt19937 schedule;
Launch* running = nullptr;
Fiber* running_fiber = nullptr;
std::vector<std::unique_ptr<Fiber>> fibers;  // all that were ever needed at once
std::vector<Fiber*> free_fibers;

#ifdef TUNA_ADDRESS_SANITIZER
// The report of the sanitizer has the line; this adds the thread.
void name_running_thread(const char*) {
  if (running) std::fprintf(stderr, "emulator: %s\n", running->running_thread().c_str());
}
#endif

void put_in_order(std::vector<size_t>& order) {
  if (schedule_seed == 1) std::reverse(order.begin(), order.end());
  if (schedule_seed > 1) std::shuffle(order.begin(), order.end(), schedule);
}

Launch::Launch(const char* kernel, dim3 block, size_t dynamic_bytes, const std::function<void()>& body)
    : kernel_(kernel), body_(body), threads_(count_of(block)), warps_((threads_.size() + warpSize - 1) / warpSize) {
  for (size_t i = 0; i < threads_.size(); ++i) threads_[i].index = index_in(block, i);
  std::iota(warps_.begin(), warps_.end(), size_t(0));
  if (dynamic_bytes > 0) shared_.emplace_back(nullptr, dynamic_bytes);
}

std::string Launch::running_thread() const {
  return fmt::format("kernel {}, block {}, thread {}", kernel_, to_string(blockIdx),
                     to_string(threads_[current_].index));
}

// ---- On a fiber -----------------------------------------------------------------------------------------------------

void Launch::begin(size_t thread) {
  current_ = thread;
  threads_[thread].at = At::running;
  threadIdx = threads_[thread].index;
}

void Launch::fiber_main() {
  running_fiber->begin();
  while (true) {
    running->run_threads();
    running_fiber->leave();
  }
}

// Runs one thread after the other, until one has to wait and so keeps this stack.
void Launch::run_threads() {
  try {
    do {
      begin(order_[next_]);
      body_();
      threads_[current_].at = At::end;
      ++next_;
    } while (next_ < order_.size() && threads_[order_[next_]].at == At::start);
  } catch (const GivenUp&) {
    threads_[current_].at = At::end;
  } catch (...) {
    threads_[current_].at = At::end;
    error_ = std::current_exception();
  }
  free_fibers.push_back(running_fiber);
}

void Launch::wait(At at, const char* what, bool vote, unsigned mask, void* part, void (*settle)(void* const*),
                  Where where) {
  Thread& thread = threads_[current_];
  thread = {thread.index, at, vote, mask, what, where, running_fiber, part, settle};
  ++next_;
  running_fiber->leave();
  if (giving_up_) throw GivenUp();
}

void* Launch::shared_memory(const void* site, size_t bytes) {
  for (const SharedMemory& each : shared_)
    if (each.site == site) return each.memory.get();
  check(site != nullptr, "emulator: kernel {}: uses dynamic shared memory and was launched with none", kernel_);
  size_t fixed = bytes, dynamic = 0;
  for (const SharedMemory& each : shared_) (each.site ? fixed : dynamic) += each.bytes;
  check(fixed <= kSharedBytes, "emulator: kernel {}: {} bytes of static shared memory, a block has {}", kernel_, fixed,
        kSharedBytes);
  check(fixed + dynamic <= kAllSharedBytes,
        "emulator: kernel {}: {} bytes of static and {} of dynamic shared memory; a V100 has {} for both", kernel_,
        fixed, dynamic, kAllSharedBytes);
  return shared_.emplace_back(site, bytes).memory.get();
}

// ---- Outside --------------------------------------------------------------------------------------------------------

// Runs every thread of the warp that can run.
void Launch::run_warp(size_t warp) {
  order_.resize(std::min<size_t>(warpSize, threads_.size() - warp * warpSize));
  std::iota(order_.begin(), order_.end(), warp * warpSize);
  put_in_order(order_);
  for (next_ = 0; next_ < order_.size();) {
    Thread& thread = threads_[order_[next_]];
    if (thread.at == At::ready) {
      running_fiber = thread.fiber;
      begin(order_[next_]);
    } else if (thread.at == At::start) {
      if (free_fibers.empty()) free_fibers.push_back(fibers.emplace_back(std::make_unique<Fiber>(fiber_main)).get());
      running_fiber = free_fibers.back();
      free_fibers.pop_back();
    } else {
      ++next_;
      continue;
    }
    running_fiber->enter();
    if (error_) std::rethrow_exception(error_);
  }
}

// Resumes the threads whose whole mask has arrived; false if there are none.
bool Launch::meet_in_warp(size_t warp) {
  const size_t first = warp * warpSize, count = std::min<size_t>(warpSize, threads_.size() - first);
  bool moved = false;
  for (size_t i = 0; i < count; ++i) {
    const Thread& thread = threads_[first + i];
    if (thread.at != At::warp) continue;
    void* parts[warpSize] = {};
    bool all = true;
    for (size_t j = 0; j < count; ++j)
      if (thread.mask >> j & 1) {
        all = all && threads_[first + j].waits_as(thread);
        parts[j] = threads_[first + j].part;
      }
    if (!all) continue;
    thread.settle(parts);
    for (size_t j = 0; j < count; ++j)
      if (parts[j]) threads_[first + j].at = At::ready;
    moved = true;
  }
  return moved;
}

bool Launch::meet_in_block() {
  for (const Thread& thread : threads_)
    if (thread.at != At::block || !thread.waits_as(threads_[0])) return false;
  votes_ = 0;
  for (Thread& thread : threads_) {
    votes_ += thread.vote;
    thread.at = At::ready;
  }
  return true;
}

void Launch::run_block() {
  for (Thread& thread : threads_) thread.at = At::start;
  for (SharedMemory& each : shared_) each.poison();
  do {
    put_in_order(warps_);
    for (const size_t warp : warps_) {
      do run_warp(warp);
      while (meet_in_warp(warp));
    }
    if (std::all_of(threads_.begin(), threads_.end(), [](const Thread& thread) { return thread.at == At::end; }))
      return;
  } while (meet_in_block());
  fail_stuck();
}

void Launch::fail_stuck() const {
  std::vector<const Thread*> kinds;
  std::string text;
  bool warp = false;
  for (const Thread& thread : threads_) {
    warp = warp || thread.at == At::warp;
    if (std::any_of(kinds.begin(), kinds.end(), [&](const Thread* kind) {
          return kind->at == At::end ? thread.at == At::end : thread.waits_as(*kind);
        }))
      continue;
    kinds.push_back(&thread);
    size_t others = 0;
    for (const Thread& other : threads_)
      others += &other != &thread && (thread.at == At::end ? other.at == At::end : other.waits_as(thread));
    text += fmt::format("{}thread {}{}", text.empty() ? "" : "; ", to_string(thread.index),
                        others > 0 ? fmt::format(" and {} more", others) : "");
    if (thread.at == At::end)
      text += " returned";
    else
      text += fmt::format(" at {} {}", thread.what, to_string(thread.where));
    if (thread.at == At::warp) text += fmt::format(" with mask {:#010x}", thread.mask);
  }
  fail("emulator: kernel {}, block {}: {}: {}", kernel_, to_string(blockIdx),
       warp ? "a warp operation waits for lanes of its mask that never arrive" : "barrier divergence", text);
}

void Launch::give_up() {
  giving_up_ = true;
  for (size_t i = 0; i < threads_.size(); ++i) {
    if (threads_[i].at == At::start || threads_[i].at == At::end) continue;
    order_.clear();
    next_ = 0;
    running_fiber = threads_[i].fiber;
    begin(i);
    running_fiber->enter();
  }
}

void check_size(const char* kernel, dim3 grid, dim3 block, size_t dynamic_bytes) {
  const auto text = [](dim3 size) { return fmt::format("{} x {} x {}", size.x, size.y, size.z); };
  check(count_of(block) > 0 && count_of(block) <= kThreadsPerBlock && block.z <= kThreadsInZ,
        "emulator: kernel {}: a block of {} threads; a GPU takes 1 to {}, at most {} in z", kernel, text(block),
        kThreadsPerBlock, kThreadsInZ);
  check(count_of(grid) > 0 && grid.x < 1u << 31 && grid.y <= kBlocksInYOrZ && grid.z <= kBlocksInYOrZ,
        "emulator: kernel {}: a grid of {} blocks; a GPU takes at least 1, at most {} in y or z", kernel, text(grid),
        kBlocksInYOrZ);
  check(dynamic_bytes <= kAllSharedBytes, "emulator: kernel {}: {} bytes of dynamic shared memory; a V100 has {}",
        kernel, dynamic_bytes, kAllSharedBytes);
}

}  // namespace

void set_schedule(uint32_t seed) {
  const std::lock_guard lock(one_at_a_time);
  schedule_seed = seed;
}

Kernel::Kernel(const std::type_info& type) : type(type) { kernels().push_back(this); }

std::string Kernel::name() const {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status),
                                                    std::free);
  return status == 0 ? text.get() : type.name();
}

std::vector<Kernel*>& kernels() {
  static std::vector<Kernel*> all;
  return all;
}

LaunchesOnly::LaunchesOnly() {
  const std::lock_guard lock(one_at_a_time);
  launches_only = true;
}

LaunchesOnly::~LaunchesOnly() {
  const std::lock_guard lock(one_at_a_time);
  launches_only = false;
}

void launch(Kernel& kernel, const char* name, dim3 grid, dim3 block, size_t dynamic_shared_bytes,
            const std::function<void()>& body) {
  check_size(name, grid, block, dynamic_shared_bytes);
  const std::lock_guard lock(one_at_a_time);
  kernel.launched = true;
  if (launches_only) return;
  schedule.seed(schedule_seed);
  gridDim = grid;
  blockDim = block;
  std::vector<size_t> blocks(count_of(grid));
  std::iota(blocks.begin(), blocks.end(), size_t(0));
  put_in_order(blocks);
  Launch launch(name, block, dynamic_shared_bytes, body);
  running = &launch;
#ifdef TUNA_ADDRESS_SANITIZER
  __asan_set_error_report_callback(name_running_thread);
#endif
  try {
    for (const size_t i : blocks) {
      blockIdx = index_in(grid, i);
      launch.run_block();
    }
  } catch (...) {
    launch.give_up();
    running = nullptr;
    throw;
  }
  running = nullptr;
}

void* shared_memory(const void* site, size_t bytes) { return running->shared_memory(site, bytes); }

void* dynamic_shared_memory() { return running->shared_memory(nullptr, 0); }

int meet_block(const char* what, bool vote, Where where) {
  running->wait(At::block, what, vote, 0, nullptr, nullptr, where);
  return running->votes();
}

void meet_warp(const char* what, unsigned mask, void* part, void (*settle)(void* const*), Where where) {
  if (!(mask >> lane() & 1))
    fail_here(fmt::format("calls {} with a mask that lacks its own lane", what).c_str(), where);
  running->wait(At::warp, what, false, mask, part, settle, where);
}

int lane() { return running->lane(); }

void fail_here(const char* message, Where where) {
  fail("emulator: {}, {}: {}", running->running_thread(), to_string(where), message);
}

}  // namespace tuna::emulator
