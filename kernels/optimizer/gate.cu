#include "kernels/device/launch.h"
#include "kernels/optimizer/gate.cuh"
#include "kernels/optimizer/gate.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernelF32<Gate> kernel([](const Gate& op, float, const Args& args, Stream& stream) {
  LAUNCH(gate, 1, 1, stream, args.in[0].data<int>(), args.in[1].data<float>(), float(op.threshold),
         args.out[0].data<int>());
});

}  // namespace
}  // namespace tuna::BACKEND
