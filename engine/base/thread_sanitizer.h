// ThreadSanitizer's annotations, in builds with TUNA_SANITIZE=thread.
#pragma once

#if defined(__SANITIZE_THREAD__)
#define TUNA_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TUNA_THREAD_SANITIZER
#endif
#endif

#ifdef TUNA_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

namespace tuna {

#ifdef TUNA_THREAD_SANITIZER
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif

}  // namespace tuna
