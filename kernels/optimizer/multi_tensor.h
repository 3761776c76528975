// Work on all elements of many tensors together: an optimizer's hundreds of parameters, most of them tiny, some of
// millions of elements.
#pragma once

#include <algorithm>
#include <vector>

#include "engine/program/kernel.h"
#include "kernels/parallel.h"

namespace tuna {

/// Tensors laid end to end, shared between threads in chunks that may span several tensors.
class MultiTensor {
 public:
  explicit MultiTensor(const Types& types) {
    int64_t end = 0;
    for (const Type& type : types) ends_.push_back(end += type.shape.count());
  }

  /// Runs body(tensor, begin, end) over pieces that cover the elements of every tensor once.
  template <class Body>
  void parallel(Body body) const {
    parallel_chunks(ends_.empty() ? 0 : ends_.back(), kElementsPerChunk, [&](int64_t begin, int64_t end) {
      size_t tensor = size_t(std::upper_bound(ends_.begin(), ends_.end(), begin) - ends_.begin());
      while (begin < end) {
        const int64_t first = tensor == 0 ? 0 : ends_[tensor - 1], stop = std::min(end, ends_[tensor]);
        body(tensor, begin - first, stop - first);
        begin = stop;
        ++tensor;
      }
    });
  }

 private:
  std::vector<int64_t> ends_;
};

}  // namespace tuna
