// Launches elementwise_mean_device.cuh: the kernels of elementwise_mean.h for `cuda` and `emulated`, for every term.
#pragma once

#include "kernels/device/elementwise.h"
#include "kernels/device/pixels.h"
#include "kernels/loss/elementwise_mean.h"
#include "kernels/loss/elementwise_mean_device.cuh"

namespace tuna::BACKEND {

// All elements are the pixels of one sample with as many channels as an access has elements.
inline PixelTiles element_tiles(int64_t count, int width) { return reduce_tiles({1, count / width, width}, width); }

inline size_t sum_workspace(int64_t count) { return element_tiles(count, 1).chunks * sizeof(ValueSum); }

/// An object of this type registers the kernels of a term.
template <class Term>
struct ElementwiseMeanKernels {
  using Forward = ElementwiseMean<Term>;
  using Backward = ElementwiseMeanBackward<Term>;

  DeviceKernel<Forward> forward{
      [](const Forward&, const Types& in, const Types&) { return sum_workspace(in[0].shape.count()); },
      [](const Forward& op, auto stored, const Args& args, Stream& stream) {
        using T = decltype(stored);
        const int64_t count = args.in[0].type.shape.count();
        const T *x = args.in[0].data<T>(), *target = args.in.size() == 2 ? args.in[1].data<T>() : nullptr;
        with_width<T>(count, {x, target}, [&](auto width) {
          constexpr int kWidth = width;
          const SumValues<Term, T, kWidth> sum{x, target, float(op.target)};
          const StoreMean mean{args.out[0].data<float>(), 1 / float(count)};
          launch_reduce(sum, mean, element_tiles(count, kWidth), args.workspace, stream);
        });
      }};

  DeviceKernel<Backward> backward{[](const Backward& op, auto stored, const Args& args, Stream& stream) {
    using T = decltype(stored);
    const int64_t count = args.in[0].type.shape.count();
    const Slope<Term> slope{args.in.back().data<float>(), 1 / float(count), float(op.target)};
    const T* x = args.in[0].data<T>();
    T* dx = args.out[0].data<T>();
    if (args.in.size() == 3)
      launch_elementwise(slope, count, stream, dx, x, static_cast<const T*>(args.in[1].data<T>()));
    else
      launch_elementwise(slope, count, stream, dx, x);
  }};
};

}  // namespace tuna::BACKEND
