#include "engine/base/short_spins.h"

#include <unistd.h>

#include <cstdlib>

namespace tuna {

void restart_with_short_spins(char** arguments) {
  if (std::getenv("OMP_WAIT_POLICY") || std::getenv("GOMP_SPINCOUNT")) return;
  setenv("GOMP_SPINCOUNT", "10000", 1);
  execv("/proc/self/exe", arguments);  // returns only if it fails; the program then runs without the setting
}

}  // namespace tuna
