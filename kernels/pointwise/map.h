// The loop of the cpu kernels that work element by element, written once.
#pragma once

#include "engine/op.h"
#include "kernels/parallel.h"

namespace tuna {

/// out[i] = f(in0[i]), or f(in0[i], in1[i]) for an f of two arguments.  The output may take the memory of an input.
template <class F>
void map_elements(const Args& args, F f) {
  float* y = args.out[0].data<float>();
  parallel_chunks(args.out[0].type.shape.count(), kElementsPerChunk, [=, &args](int64_t begin, int64_t end) {
    const float* a = args.in[0].data<float>();
    const F function = f;  // a copy that no store can change, or the loop would not vectorise
    if constexpr (std::is_invocable_v<F, float>) {
#pragma omp simd
      for (int64_t i = begin; i < end; ++i) y[i] = function(a[i]);
    } else {
      const float* b = args.in[1].data<float>();
#pragma omp simd
      for (int64_t i = begin; i < end; ++i) y[i] = function(a[i], b[i]);
    }
  });
}

}  // namespace tuna
