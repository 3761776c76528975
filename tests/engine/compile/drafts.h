// Helpers that the tests of compile()'s passes share.
#pragma once

#include "engine/compile/passes.h"
#include "tests/catch.h"

namespace tuna {

/// A program on backend ref, as the first pass gets it.
struct TestDraft {
  State state{0, Device::reference()};
  Draft draft;

  explicit TestDraft(const Program& program, CompileOptions options = {})
      : draft(program, Device::reference(), state, options) {}
  Draft* operator->() { return &draft; }
  Draft& operator*() { return draft; }
};

/// The names of the steps' ops, in their order.
inline std::vector<std::string> op_names(const Draft& draft) {
  std::vector<std::string> names;
  for (const Step& step : draft.steps) names.emplace_back(step.op->name());
  return names;
}

using Names = std::vector<std::string>;

inline const Type kScalar{DType::f32, {1, 1, 1, 1}};

}  // namespace tuna
