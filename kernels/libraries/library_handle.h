// The handle of one of CUDA's libraries.
#pragma once

#include <cuda_runtime_api.h>

#include "engine/runtime/cuda_runtime.h"

namespace tuna {

/// For one GPU, on the stream of its runtime.  checked(status, what) throws Error if a call of the library failed.
template <class Handle, auto create, auto set_stream, auto destroy, auto checked>
class LibraryHandle {
 public:
  explicit LibraryHandle(int gpu) {
    Runtime& cuda = cuda_runtime(gpu);
    const Runtime::Access access = cuda.enter();
    checked(create(&handle_), "creating its handle");
    checked(set_stream(handle_, static_cast<cudaStream_t>(cuda.stream().handle)), "setting its stream");
  }
  ~LibraryHandle() { destroy(handle_); }
  LibraryHandle(const LibraryHandle&) = delete;
  LibraryHandle& operator=(const LibraryHandle&) = delete;
  operator Handle() const { return handle_; }

 private:
  Handle handle_ = nullptr;
};

}  // namespace tuna
