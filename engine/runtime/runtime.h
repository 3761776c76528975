// The interface that every device implements: memory, copies, order, and replay of captured work.  The host's (ref and
// cpu) is in host_runtime.cpp, the emulated device's in emulated_runtime.cpp, CUDA's in cuda_runtime.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/runtime/device.h"

namespace tuna {

/// Work that was captured once, to be queued again by one call.
class CapturedGraph {
 public:
  virtual ~CapturedGraph() = default;
  virtual void replay() = 0;
};

/// The queues of a device: each runs in its own order, and only events order work across queues.
enum class Queue : uint8_t { work, uploads };

/// A point in a queue that others can wait for.  One that was never recorded counts as reached.
class Event {
 public:
  virtual ~Event() = default;

  /// Records the event after everything that is in the queue now.
  virtual void record(Queue queue) = 0;

  /// Everything that is queued from now on waits for the event.
  virtual void wait(Queue queue) = 0;

  /// Blocks the host until the event is reached.
  virtual void synchronize() = 0;
};

class Runtime {
 public:
  virtual ~Runtime() = default;

  /// Whether the host cannot access the device's memory, and the device works asynchronously.
  virtual bool has_discrete_memory() const = 0;

  /// Allocates device memory aligned to kAlignment, of a multiple of it; null if out of memory.
  virtual void* allocate(size_t bytes) = 0;
  virtual void release(void* memory) = 0;

  struct MemoryInfo {
    size_t free, total;  // bytes
  };
  virtual MemoryInfo memory_info() = 0;

  /// Allocates host memory that the device copies from and to without an intermediate copy; null if out of memory.
  virtual void* allocate_staging(size_t bytes) = 0;
  virtual void release_staging(void* memory) = 0;

  /// Queued like kernels; the host's memory must not change until synchronize().
  virtual void upload(void* to, const void* from, size_t bytes) = 0;
  virtual void download(void* to, const void* from, size_t bytes) = 0;
  virtual void copy(void* to, const void* from, size_t bytes) = 0;
  virtual void fill(void* to, unsigned char byte, size_t bytes) = 0;

  /// As upload(), in the queue of uploads.
  virtual void upload_async(void* to, const void* from, size_t bytes) { upload(to, from, bytes); }

  /// Queues the kernels and the copies of this class that `work` issues.
  virtual void queue(const std::function<void()>& work) { work(); }

  /// Null on a device that does work immediately.
  virtual std::unique_ptr<Event> create_event() { return nullptr; }

  /// Blocks the host until all that was queued is done.  Throws Error if some of it failed.
  virtual void synchronize() {}

  /// Where kernels are queued.
  virtual Stream stream() { return {}; }

  /// While the result exists, this thread's kernels run on this device.
  using Access = std::shared_ptr<void>;
  virtual Access enter() { return nullptr; }

  /// What `work` queues, ready to be replayed; null if the device does not support it.  Nothing runs.
  virtual std::unique_ptr<CapturedGraph> capture(const std::function<void()>& work);

  /// Does `work(0)` ... `work(count - 1)` and returns the seconds that each took on the device.  A device that can
  /// capture does all of it in one graph, so that launch overhead does not count.
  virtual std::vector<double> time(size_t count, const std::function<void(size_t)>& work);

  /// Mean seconds that `work` takes on the device when it is done `count` times in a row, captured as by time().
  /// `before`, if given, runs before each and is not timed.
  virtual double mean_seconds(size_t count, const std::function<void()>& work, const std::function<void()>& before);

  /// A named range that profilers show.
  virtual void begin_range(const std::string& /*scope*/, const std::string& /*name*/) {}
  virtual void end_range() {}
};

}  // namespace tuna
