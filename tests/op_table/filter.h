// The FILTER of `tuna gradcheck` and `tuna bench`: part of an op's name, or a regular expression if no op has that
// in its name ("pad" means the pads, "norm/backward" the gradients of all norms).
#pragma once

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include "engine/base/check.h"

namespace tuna {

class Filter {
 public:
  /// An empty text passes everything.  Throws Error if the text is not a valid regular expression.
  Filter(const std::string& text, const std::vector<std::string>& ops)
      : text_(text), part_of_op_(std::any_of(ops.begin(), ops.end(), [&](const std::string& op) {
          return op.find(text) != std::string::npos;
        })) {
    if (part_of_op_) return;
    try {
      expression_ = text;
    } catch (const std::regex_error&) {
      fail("FILTER '{}': neither part of an op's name nor a regular expression", text);
    }
  }

  /// Whether names of this op can pass at all; if not, they need not be built.
  bool may_pass(const std::string& op) const { return !part_of_op_ || op.find(text_) != std::string::npos; }

  bool passes(const std::string& op, const std::string& name) const {
    return part_of_op_ ? may_pass(op) : std::regex_search(name, expression_);
  }

 private:
  std::string text_;
  bool part_of_op_;
  std::regex expression_;
};

}  // namespace tuna
