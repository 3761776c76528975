#include "engine/compile/passes.h"
#include "engine/program/fusion.h"

namespace tuna {

void fuse(Draft& draft) {
  if (draft.program.fusion() == Fusion::on) draft.steps = fuse_steps(draft.steps, draft.kept());
}

}  // namespace tuna
