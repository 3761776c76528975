// What the engine asks of a device: memory, copies, order, and replay of what was queued.  One of each kind: the host's
// (ref and cpu), the emulated one (emulated_runtime.cpp) and CUDA's (cuda_runtime.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/runtime/device.h"

namespace tuna {

/// Work that can be queued again as it was, in one go.
class Recording {
 public:
  virtual ~Recording() = default;
  virtual void replay() = 0;
};

/// Where a device's work waits: each queue is done in its order, and nothing but a mark ties one to the other.
enum class Queue : uint8_t { work, uploads };

/// A point in a queue that others can wait for.  Until it is set nobody has to.
class Mark {
 public:
  virtual ~Mark() = default;

  /// Moves it behind all that this queue holds now.
  virtual void set(Queue queue) = 0;

  /// What this queue takes from here on begins once the mark is reached.
  virtual void hold(Queue queue) = 0;

  /// Until it is reached.
  virtual void wait() = 0;
};

class Runtime {
 public:
  virtual ~Runtime() = default;

  /// Whether the host can neither follow the device's addresses nor see when its work is done.
  virtual bool has_discrete_memory() const = 0;

  /// Memory of the device on a border, of a multiple of it; null where there is not enough.
  virtual void* allocate(size_t bytes) = 0;
  virtual void release(void* memory) = 0;

  /// Bytes that are free, and all there are.
  struct Room {
    size_t free, all;
  };
  virtual Room room() = 0;

  /// Memory of the host that the device copies from and to without delay.
  virtual void* allocate_staging(size_t bytes) = 0;
  virtual void release_staging(void* memory) = 0;

  /// Queued, as kernels are; the host's side must be left alone until wait().
  virtual void upload(void* to, const void* from, size_t bytes) = 0;
  virtual void download(void* to, const void* from, size_t bytes) = 0;
  virtual void copy(void* to, const void* from, size_t bytes) = 0;
  virtual void fill(void* to, unsigned char byte, size_t bytes) = 0;

  /// As upload(), but beside the work, in the queue of uploads.
  virtual void upload_beside(void* to, const void* from, size_t bytes) { upload(to, from, bytes); }

  /// Queues what `work` does with kernels and with the copies of this class.
  virtual void queue(const std::function<void()>& work) { work(); }

  /// Null where nothing is queued, but done at once.
  virtual std::unique_ptr<Mark> mark() { return nullptr; }

  /// Until all that was queued is done.  Throws Error where some of it failed.
  virtual void wait() {}

  /// Where kernels are queued.
  virtual Stream stream() { return {}; }

  /// While the result lives, this thread's kernels run on this device.
  using Access = std::shared_ptr<void>;
  virtual Access enter() { return nullptr; }

  /// What `work` queues, ready to be replayed; null where the device cannot.  Nothing runs.
  virtual std::unique_ptr<Recording> record(const std::function<void()>& work);

  /// Does `work(0)` ... `work(count - 1)` and returns the seconds that each took on the device.  Where the device can
  /// record, all of it is one recording, so that what it costs to queue it does not count.
  virtual std::vector<double> time(size_t count, const std::function<void(size_t)>& work);

  /// Mean seconds that `work` takes on the device when it is done `count` times in a row, recorded as by time().
  /// `before`, if there is one, precedes each and does not count.
  virtual double mean_seconds(size_t count, const std::function<void()>& work, const std::function<void()>& before);

  /// Around what a profiler shall show under a name.
  virtual void begin_range(const std::string& /*scope*/, const std::string& /*name*/) {}
  virtual void end_range() {}
};

/// The runtime of a device; it lives as long as the process.  Throws Error where this build or machine has none.
Runtime& runtime(const Device& device);

/// Whether an address of one device means the same on the other.
inline bool same_memory(const Device& a, const Device& b) { return &runtime(a) == &runtime(b); }

/// Copies that are done when the call returns, from and to any memory of the host.
void copy_to_device(const Device& device, void* to, const void* from, size_t bytes);
void copy_to_host(const Device& device, void* to, const void* from, size_t bytes);

}  // namespace tuna
