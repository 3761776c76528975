#include "kernels/device/pixels.h"
#include "kernels/random/image_pool.cuh"
#include "kernels/random/image_pool.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernelF32<ImagePool> kernel([](const ImagePool&, auto element, const Args& args, Stream& stream) {
  using T = decltype(element);
  const Shape images = args.in[0].type.shape;
  const PoolShape shape{size_t(images.pixels() * images.c), int(images.n), int(args.in[1].type.shape.n)};
  const T *image = args.in[0].data<T>(), *stored = args.in[1].data<T>();
  T *seen = args.out[0].data<T>(), *pool = args.out[1].data<T>();
  with_width<T>(int64_t(shape.elements), {image, stored, seen, pool}, [&](auto width) {
    constexpr int kThreads = 256, kWidth = width;
    LAUNCH((exchange_images<kWidth, T>), unsigned(ceil_div(shape.elements, kThreads * kWidth)), kThreads, stream, image,
           stored, args.in[2].data<int>(), args.in[3].data<int>(), seen, pool, shape);
  });
});

}  // namespace
}  // namespace tuna::BACKEND
