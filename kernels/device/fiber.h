// A separate stack to run code on, entered and left without a system call in some nanoseconds; swapcontext sets the
// signal mask by a system call and takes a hundred times as long.
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

  /// Called on the fiber: continues after the enter() that runs it.
  void leave();

  /// The first thing that main() calls.
  void begin();

 private:
  char* memory_;         // a guard page, then the stack
  void* stack_pointer_;  // of the fiber while it is outside, of its caller while it is inside

  // The state that AddressSanitizer needs of the two stacks.
  void *own_fake_ = nullptr, *outer_fake_ = nullptr;
  const void* outer_bottom_ = nullptr;
  size_t outer_bytes_ = 0;

  // ThreadSanitizer's handles of the fiber and its caller.
  void *own_thread_ = nullptr, *outer_thread_ = nullptr;
};

}  // namespace tuna::emulator
