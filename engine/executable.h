// Another name of engine/compile/compile.h.
#pragma once

#include "engine/compile/compile.h"
