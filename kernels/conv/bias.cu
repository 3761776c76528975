#include "kernels/conv/bias.cuh"
#include "kernels/conv/conv2d.h"
#include "kernels/device/pixels.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernel<AddBias> add([](const AddBias&, auto stored, const Args& args, Stream& stream) {
  using T = decltype(stored);
  const PixelShape shape = PixelShape::whole_batch(args.in[0].type.shape);
  const T* x = args.in[0].data<T>();
  const float* bias = args.in[1].data<float>();
  T* y = args.out[0].data<T>();
  with_width<T>(shape.channels, {x, bias, y}, [&](auto width) {
    constexpr int kWidth = width;
    launch_map<kWidth>(AddChannel<kWidth>{bias}, write_tiles(shape, kWidth), x, y, stream);
  });
});

const DeviceKernel<SumPixels> sum(
    [](const SumPixels&, const Types& in, const Types&) {
      return reduce_workspace<PixelSum>(PixelShape::whole_batch(in[0].shape));
    },
    [](const SumPixels&, auto stored, const Args& args, Stream& stream) {
      using T = decltype(stored);
      launch_sum(PixelShape::whole_batch(args.in[0].type.shape), args.in[0].data<const T>(), 1,
                 args.out[0].data<float>(), args.workspace, stream);
    });

}  // namespace
}  // namespace tuna::BACKEND
