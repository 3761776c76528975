#include "tools/command_line/stack_limit.h"

#include <sys/resource.h>

#include "engine/base/check.h"

namespace tuna {

void check_stack_limit() {
  constexpr rlim_t kSmallest = 1 << 20;
  rlimit limit{};
  if (getrlimit(RLIMIT_STACK, &limit) != 0) return;
  check(limit.rlim_cur >= kSmallest, "the stack is limited to {} KiB, expected at least {} (ulimit -s)",
        limit.rlim_cur >> 10, kSmallest >> 10);
}

}  // namespace tuna
