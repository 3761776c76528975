// Whether this build uses AddressSanitizer, and manual poisoning of memory for it.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define TUNA_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TUNA_ADDRESS_SANITIZER
#endif
#endif

#ifdef TUNA_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace tuna {

#ifdef TUNA_ADDRESS_SANITIZER
constexpr bool kAddressSanitizer = true;
inline void forbid_access(const void* memory, size_t bytes) { __asan_poison_memory_region(memory, bytes); }
inline void allow_access(const void* memory, size_t bytes) { __asan_unpoison_memory_region(memory, bytes); }
#else
constexpr bool kAddressSanitizer = false;
inline void forbid_access(const void*, size_t) {}
inline void allow_access(const void*, size_t) {}
#endif

}  // namespace tuna
