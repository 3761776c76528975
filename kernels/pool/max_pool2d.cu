#include "kernels/device/pixels.h"
#include "kernels/pool/max_pool2d.cuh"
#include "kernels/pool/max_pool2d.h"

namespace tuna::BACKEND {
namespace {

constexpr int kThreads = 256;

MaxPool max_pool_of(const MaxPool2d& op, const Shape& x, const Shape& y, int width) {
  return {int(op.kernel), int(op.stride), int(op.padding), int(x.h),
          int(x.w),       int(y.h),       int(y.w),        unsigned(x.c / width)};
}

// The grid with one thread per pixel and vector of channels, as RowPlace expects it.
dim3 blocks_of_rows(const Shape& shape, int width) {
  return dim3(unsigned(shape.n * shape.h), unsigned(ceil_div(size_t(shape.w * (shape.c / width)), kThreads)));
}

const DeviceKernel<MaxPool2d> forward([](const MaxPool2d& op, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  const Shape &in = args.in[0].type.shape, &out = args.out[0].type.shape;
  const T* x = args.in[0].data<T>();
  T* y = args.out[0].data<T>();
  int* argmax = args.out[1].data<int32_t>();
  with_width<T>(in.c, {x, y, argmax}, [&](auto width) {
    constexpr int kWidth = width;
    LAUNCH((max_pool<kThreads, kWidth, T>), blocks_of_rows(out, kWidth), kThreads, stream,
           max_pool_of(op, in, out, kWidth), x, y, argmax);
  });
});

const DeviceKernel<MaxPool2dBackward> backward([](const MaxPool2dBackward& op, auto stored, const Args& args,
                                                  Stream& stream) {
  using T = decltype(stored);
  const Shape &in = args.out[0].type.shape, &out = args.in[1].type.shape;
  const int* argmax = args.in[0].data<int32_t>();
  const T* dy = args.in[1].data<T>();
  T* dx = args.out[0].data<T>();
  with_width<T>(in.c, {argmax, dy, dx}, [&](auto width) {
    constexpr int kWidth = width;
    LAUNCH((max_pool_gradient<kThreads, kWidth, T>), blocks_of_rows(in, kWidth), kThreads, stream,
           max_pool_of(op.pool, in, out, kWidth), argmax, dy, dx);
  });
});

}  // namespace
}  // namespace tuna::BACKEND
