#include <algorithm>

#include "kernels/device/launch.h"
#include "kernels/geometry/concatenate.cuh"
#include "kernels/geometry/concatenate.h"

namespace tuna::BACKEND {
namespace {

template <class Unit>
void launch_copies(const std::vector<View>& in, Unit* whole, Stream& stream) {
  constexpr int kThreads = 256;
  constexpr size_t kMost = Parts<Unit>::kMost;
  size_t place = 0;
  for (size_t first = 0; first < in.size(); first += kMost) {
    const size_t count = std::min(in.size() - first, kMost);
    Parts<Unit> parts{};
    for (size_t i = 0; i < count; ++i) {
      const View& part = in[first + i];
      parts.from[i] = part.data<const Unit>();
      parts.count[i] = part.type.bytes() / sizeof(Unit);
      parts.place[i] = place;
      place += parts.count[i];
    }
    const size_t longest = *std::max_element(parts.count, parts.count + count);
    const dim3 grid(unsigned(ceil_div(longest, kThreads)), unsigned(count));
    LAUNCH((copy_parts<kThreads, Unit>), grid, kThreads, stream, parts, whole);
  }
}

const DeviceKernel<Concatenate> forward([](const Concatenate&, auto, const Args& args, Stream& stream) {
  const View& whole = args.out[0];
  const bool aligned = std::all_of(args.in.begin(), args.in.end(), [](const View& part) {
    return is_aligned(part.memory) && part.type.bytes() % sizeof(uint4) == 0;
  });
  if (aligned && is_aligned(whole.memory))
    launch_copies(args.in, whole.data<uint4>(), stream);
  else if (size_of(whole.type.dtype) == sizeof(uint32_t))
    launch_copies(args.in, whole.data<uint32_t>(), stream);
  else
    launch_copies(args.in, whole.data<uint16_t>(), stream);
});

}  // namespace
}  // namespace tuna::BACKEND
