// A stack of its own to run code on, entered and left as often as wanted without the kernel's help: some nanoseconds,
// where swapcontext asks the kernel for a signal mask and takes a hundred times as long.
#pragma once

#include <cstddef>

namespace tuna::emulator {

class Fiber {
 public:
  /// Runs main(), which never returns, from the first enter() on.
  explicit Fiber(void (*main)());
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Runs the fiber until it leaves.
  void enter();

  /// Called on the fiber: goes on after the enter() that it runs in.
  void leave();

  /// The first thing that main() calls.
  void begin();

 private:
  char* memory_;         // a page that nobody may touch, then the stack
  void* stack_pointer_;  // of the fiber while it is outside, of its caller while it is inside

  // AddressSanitizer's: what it must know of the two stacks.
  void *own_fake_ = nullptr, *outer_fake_ = nullptr;
  const void* outer_bottom_ = nullptr;
  size_t outer_bytes_ = 0;
};

}  // namespace tuna::emulator
