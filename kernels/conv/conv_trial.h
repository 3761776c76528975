// One convolution with memory to run on, for commands that compare its algorithms.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/runtime/host_tensor.h"
#include "engine/runtime/memory.h"
#include "engine/runtime/runtime.h"
#include "kernels/conv/choices.h"

namespace tuna {

class ConvTrial {
 public:
  /// Its inputs are small random numbers.
  ConvTrial(const ConvStep& step, const Target& target);

  /// Seconds: the mean of a few runs.
  double once(const ConvChoice& choice);

  /// Seconds: the mean of the runs that fit into 0.01 s, at most ten.  Keeps the prepared kernel for the next call.
  double again(const ConvChoice& choice);

 private:
  struct Ready;

  std::shared_ptr<Ready> prepare(const ConvChoice& choice);
  View view(const Type& type);

  ConvStep step_;
  std::shared_ptr<const Op> op_;
  Target target_;
  Runtime::Access access_;
  std::map<DType, HostTensor> random_numbers_;
  std::vector<Memory> memory_;
  Args args_;
  std::map<std::string, std::shared_ptr<Ready>> ready_;
};

}  // namespace tuna
