# Writes OUTPUT, the definitions of engine/base/build_info.h, from SOURCE (a git checkout or not), VERSION, COMPILER and FLAGS.
# Runs at each build and leaves the file untouched if nothing changed.
execute_process(COMMAND git describe --always --dirty --exclude=* --abbrev=7 WORKING_DIRECTORY "${SOURCE}"
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(commit unknown)
else()
  set(commit "g${commit}")
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [[
#include "engine/base/build_info.h"

namespace tuna {

std::string build_id() { return "@VERSION@-@commit@"; }
std::string compiler() { return "@COMPILER@"; }
std::string build_flags() { return R"(@FLAGS@)"; }

}  // namespace tuna
]])
