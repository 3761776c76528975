#include "engine/runtime/cuda_probe.h"

namespace tuna::cuda {
namespace {

__global__ void nothing() {}

}  // namespace

const void* probe_kernel() { return reinterpret_cast<const void*>(&nothing); }

}  // namespace tuna::cuda
