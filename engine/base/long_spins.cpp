#include "engine/base/long_spins.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace tuna {

void restart_with_long_spins(char** arguments) {
  if (std::getenv("OMP_WAIT_POLICY") || std::getenv("GOMP_SPINCOUNT")) return;
  setenv("GOMP_SPINCOUNT", "10000000", 1);
  // By its own path, so that `ps` and `top` name it; by the link if the file was replaced meanwhile.  execv returns
  // only if it fails; the program then runs without the setting.
  std::error_code failed;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (!failed) execv(program.c_str(), arguments);
  execv("/proc/self/exe", arguments);
}

}  // namespace tuna
