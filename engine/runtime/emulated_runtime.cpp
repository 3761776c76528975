#include "engine/runtime/emulated_runtime.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>

#include "engine/base/address_sanitizer.h"
#include "engine/base/check.h"
#include "engine/runtime/host_runtime.h"

namespace tuna {
namespace {

/// Blocks that end where an inaccessible page begins, so that reading or writing past the end of one crashes as well.
class GuardedMemory {
 public:
  void* allocate(size_t bytes) {
    const size_t pages = (bytes + page_ - 1) / page_ * page_;
    void* begin = mmap(nullptr, pages + page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (begin == MAP_FAILED) return nullptr;
    char* block = static_cast<char*>(begin) + (pages - bytes);
    const std::lock_guard lock(mutex_);
    blocks_[block] = {begin, pages};
    if (open_ > 0) protect(blocks_[block], PROT_READ | PROT_WRITE);
    return block;
  }

  void release(void* block) {
    const std::lock_guard lock(mutex_);
    const auto found = blocks_.find(static_cast<char*>(block));
    allow_access(found->second.begin, found->second.pages);  // undoes forbid_access() of a compiled program
    munmap(found->second.begin, found->second.pages + page_);
    blocks_.erase(found);
  }

  /// Makes all blocks accessible until close() was called as often as open().
  void open() {
    const std::lock_guard lock(mutex_);
    if (open_++ == 0)
      for (const auto& [block, pages] : blocks_) protect(pages, PROT_READ | PROT_WRITE);
  }
  void close() {
    const std::lock_guard lock(mutex_);
    if (--open_ == 0)
      for (const auto& [block, pages] : blocks_) protect(pages, PROT_NONE);
  }

  /// Calls work() while the block that holds `address` is accessible.
  template <class Work>
  void with(const void* address, Work work) {
    const std::lock_guard lock(mutex_);
    auto found = blocks_.upper_bound(const_cast<char*>(static_cast<const char*>(address)));
    check(found != blocks_.begin(), "emulated: {} is not an address of the device", address);
    const Pages& pages = std::prev(found)->second;
    check(static_cast<const char*>(address) <= static_cast<char*>(pages.begin) + pages.pages,
          "emulated: {} is not an address of the device", address);
    if (open_ == 0) protect(pages, PROT_READ | PROT_WRITE);
    work();
    if (open_ == 0) protect(pages, PROT_NONE);
  }

 private:
  struct Pages {
    void* begin = nullptr;
    size_t pages = 0;  // bytes, without the guard page
  };

  static void protect(const Pages& pages, int protection) {
    check(mprotect(pages.begin, pages.pages, protection) == 0, "emulated: mprotect: {}", std::strerror(errno));
  }

  const size_t page_ = size_t(sysconf(_SC_PAGESIZE));
  std::mutex mutex_;
  std::map<char*, Pages> blocks_;
  int open_ = 0;
};

/// The queues of the device.  Unless it is late, work is done when it is queued.
class Queues {
 public:
  using Work = std::function<void()>;

  /// A state of a queue: at least this many of its tasks are done.
  struct Point {
    Queue queue = Queue::work;
    size_t tasks = 0;
  };

  void be_late(bool late) {
    finish();
    late_ = late;
  }

  /// Work that a task itself queues runs as part of that task.
  void add(Queue queue, Work work) { add(queue, {std::move(work), {}}); }
  void wait(Queue queue, const Point& point) {
    add(queue, {[] {}, point});
  }
  Point end(Queue queue) const { return {queue, line(queue).queued}; }

  void reach(const Point& point) {
    while (line(point.queue).queued - line(point.queue).tasks.size() < point.tasks) do_next(point.queue);
  }
  void finish() {
    for (const Queue queue : {Queue::work, Queue::uploads}) reach(end(queue));
  }

 private:
  struct Task {
    Work work;
    Point after;
  };
  struct Line {
    std::deque<Task> tasks;
    size_t queued = 0;
  };

  Line& line(Queue queue) { return lines_[size_t(queue)]; }
  const Line& line(Queue queue) const { return lines_[size_t(queue)]; }

  void add(Queue queue, Task task) {
    if (!late_ || working_) return task.work();
    line(queue).tasks.push_back(std::move(task));
    ++line(queue).queued;
  }

  void do_next(Queue queue) {
    const Task task = std::move(line(queue).tasks.front());
    line(queue).tasks.pop_front();
    reach(task.after);
    working_ = true;
    try {
      task.work();
    } catch (...) {
      working_ = false;
      throw;
    }
    working_ = false;
  }

  std::array<Line, 2> lines_;
  bool late_ = false, working_ = false;
};

class QueueEvent final : public Event {
 public:
  explicit QueueEvent(Queues& queues) : queues_(queues) {}
  void record(Queue queue) override { point_ = queues_.end(queue); }
  void wait(Queue queue) override { queues_.wait(queue, point_); }
  void synchronize() override { queues_.reach(point_); }

 private:
  Queues& queues_;
  Queues::Point point_;
};

/// Runs the work again.  Like a CUDA graph, it keeps the addresses that it was captured with.
class RecordedWork final : public CapturedGraph {
 public:
  RecordedWork(std::function<void()> work, Runtime& runtime) : work_(std::move(work)), runtime_(runtime) {}
  void replay() override { runtime_.queue(work_); }

 private:
  std::function<void()> work_;
  Runtime& runtime_;
};

class EmulatedRuntime final : public Runtime {
 public:
  bool has_discrete_memory() const override { return true; }
  void* allocate(size_t bytes) override { return memory_.allocate(bytes); }
  void release(void* memory) override {
    queues_.finish();
    memory_.release(memory);
  }
  MemoryInfo memory_info() override { return host_runtime().memory_info(); }
  void* allocate_staging(size_t bytes) override { return std::aligned_alloc(kAlignment, bytes); }
  void release_staging(void* memory) override {
    queues_.finish();
    std::free(memory);
  }
  void upload(void* to, const void* from, size_t bytes) override {
    ++host_copies_;
    queues_.add(Queue::work, [=, this] { memory_.with(to, [&] { std::memcpy(to, from, bytes); }); });
  }
  void upload_async(void* to, const void* from, size_t bytes) override {
    ++host_copies_;
    queues_.add(Queue::uploads, [=, this] { memory_.with(to, [&] { std::memcpy(to, from, bytes); }); });
  }
  void download(void* to, const void* from, size_t bytes) override {
    ++host_copies_;
    queues_.add(Queue::work, [=, this] { memory_.with(from, [&] { std::memcpy(to, from, bytes); }); });
  }
  void copy(void* to, const void* from, size_t bytes) override {
    queues_.add(Queue::work, [=, this] {
      const Access access = enter();
      std::memcpy(to, from, bytes);
    });
  }
  void fill(void* to, unsigned char byte, size_t bytes) override {
    queues_.add(Queue::work, [=, this] { memory_.with(to, [&] { std::memset(to, byte, bytes); }); });
  }
  void queue(const std::function<void()>& work) override {
    queues_.add(Queue::work, [=, this] {
      const Access access = enter();
      work();
    });
  }
  std::unique_ptr<Event> create_event() override { return std::make_unique<QueueEvent>(queues_); }
  void synchronize() override { queues_.finish(); }
  void be_late(bool late) { queues_.be_late(late); }
  size_t host_copies() const { return host_copies_; }
  Access enter() override {
    memory_.open();
    return Access(nullptr, [this](void*) { memory_.close(); });
  }
  std::unique_ptr<CapturedGraph> capture(const std::function<void()>& work) override {
    return std::make_unique<RecordedWork>(work, *this);
  }
  std::vector<double> time(size_t count, const std::function<void(size_t)>& work) override {
    synchronize();
    return Runtime::time(count, work);
  }

 private:
  GuardedMemory memory_;
  Queues queues_;
  std::atomic<size_t> host_copies_ = 0;  // checkpoints may be written by another thread
};

EmulatedRuntime& the_runtime() {
  static auto& runtime = *new EmulatedRuntime;  // outlives every Memory, static ones too
  return runtime;
}

}  // namespace

Runtime& emulated_runtime() { return the_runtime(); }

void be_late(bool late) { the_runtime().be_late(late); }

size_t host_copies() { return the_runtime().host_copies(); }

}  // namespace tuna
