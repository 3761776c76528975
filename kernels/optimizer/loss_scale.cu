#include "kernels/device/launch.h"
#include "kernels/optimizer/loss_scale.cuh"
#include "kernels/optimizer/loss_scale.h"

namespace tuna::BACKEND {
namespace {

const DeviceKernelF32<UpdateLossScale> kernel([](const UpdateLossScale& op, float, const Args& args, Stream& stream) {
  StepsMade made{};
  made.count = int(args.in.size()) - 2;
  check(made.count <= StepsMade::kMost, "{}: backend {} takes up to {} steps, not {}", op.name(),
        to_string(kDeviceBackend), int(StepsMade::kMost), made.count);
  for (int i = 0; i < made.count; ++i) made.at[i] = args.in[size_t(i) + 2].data<int>();
  const ScaleAndSteps old{args.in[0].data<float>(), args.in[1].data<float>()},
      updated{args.out[0].data<float>(), args.out[1].data<float>()};
  LAUNCH(update_loss_scale, 1, 1, stream, old, updated, made, float(op.smallest), float(op.largest),
         float(op.patience));
});

}  // namespace
}  // namespace tuna::BACKEND
