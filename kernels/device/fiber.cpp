#include "kernels/device/fiber.h"

#include <sys/mman.h>

#include <new>
#include <utility>

#include "engine/base/address_sanitizer.h"
#include "engine/base/thread_sanitizer.h"

#ifndef __x86_64__
#error "fibers are written for x86-64; add this processor's registers to switch_stacks"
#endif

// Saves the callee-saved registers (System V ABI) on this stack, and continues where the other one was left.
extern "C" void tuna_switch_stacks(void** save, void* target);
asm(R"(
.text
.globl tuna_switch_stacks
.type tuna_switch_stacks, @function
tuna_switch_stacks:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size tuna_switch_stacks, .-tuna_switch_stacks
)");

namespace tuna::emulator {
namespace {

constexpr size_t kPage = 4096;
constexpr size_t kStack = (kAddressSanitizer || kThreadSanitizer ? 64 : 16) * kPage;  // frames are larger under them

}  // namespace

Fiber::Fiber(void (*main)()) {
  void* memory =
      mmap(nullptr, kPage + kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  if (mprotect(memory, kPage, PROT_NONE) != 0) {
    munmap(memory, kPage + kStack);
    throw std::bad_alloc();
  }
  memory_ = static_cast<char*>(memory);
  // The stack begins as if main() had been called, without a caller, and had saved six registers.  On entry the stack
  // pointer is 8 bytes off a multiple of 16, as after any call.
  void** top = reinterpret_cast<void**>(memory_ + kPage + kStack) - 2;
  *top = reinterpret_cast<void*>(main);
  stack_pointer_ = top - 6;
#ifdef TUNA_THREAD_SANITIZER
  own_thread_ = __tsan_create_fiber(0);
#endif
}

Fiber::~Fiber() {
#ifdef TUNA_THREAD_SANITIZER
  __tsan_destroy_fiber(own_thread_);
#endif
  munmap(memory_, kPage + kStack);
}

void Fiber::enter() {
#ifdef TUNA_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(&outer_fake_, memory_ + kPage, kStack);
#endif
#ifdef TUNA_THREAD_SANITIZER
  outer_thread_ = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(own_thread_, 0);
#endif
  tuna_switch_stacks(&stack_pointer_, std::exchange(stack_pointer_, nullptr));
#ifdef TUNA_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(outer_fake_, nullptr, nullptr);
#endif
}

void Fiber::leave() {
#ifdef TUNA_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(&own_fake_, outer_bottom_, outer_bytes_);
#endif
#ifdef TUNA_THREAD_SANITIZER
  __tsan_switch_to_fiber(outer_thread_, 0);
#endif
  tuna_switch_stacks(&stack_pointer_, std::exchange(stack_pointer_, nullptr));
  begin();
}

void Fiber::begin() {
#ifdef TUNA_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(own_fake_, &outer_bottom_, &outer_bytes_);
#endif
}

}  // namespace tuna::emulator
