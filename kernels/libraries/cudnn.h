// The part of cuDNN's graph API that tuna uses: descriptors, tensors, heuristics, execution plans.
#pragma once

#include <string>

namespace tuna {

/// "cuDNN 9.10.2", or "none".
std::string cudnn_version();

}  // namespace tuna

#ifdef TUNA_HAS_CUDA

#include <cudnn.h>

#include <optional>
#include <utility>
#include <vector>

#include "engine/program/tensor.h"
#include "kernels/libraries/library_handle.h"

namespace tuna::cudnn {

/// Throws Error if a call failed.
void checked(cudnnStatus_t status, const char* call);

std::string version();  // "cuDNN 9.10.2"

/// Why cuDNN does not work on the GPU of this thread; empty if it does.
std::string current_gpu_unsupported_reason();

/// Why a cuDNN for this version of CUDA (12090) does not fit this build; empty if it does.  pip has one for each.
std::string cuda_unsupported_reason(size_t cuda_version);

/// A descriptor of cuDNN's: attributes are set, then it is finalized, then others refer to it.
class Descriptor {
 public:
  explicit Descriptor(cudnnBackendDescriptorType_t type) {
    checked(cudnnBackendCreateDescriptor(type, &descriptor_), "cudnnBackendCreateDescriptor");
  }
  ~Descriptor() {
    if (descriptor_) cudnnBackendDestroyDescriptor(descriptor_);
  }
  Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, nullptr)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  template <class T>
  Descriptor& set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, const std::vector<T>& values) {
    checked(cudnnBackendSetAttribute(descriptor_, name, type, int64_t(values.size()), values.data()),
            "cudnnBackendSetAttribute");
    return *this;
  }
  Descriptor& set(cudnnBackendAttributeName_t name, const std::vector<int64_t>& values) {
    return set(name, CUDNN_TYPE_INT64, values);
  }
  Descriptor& set_list(cudnnBackendAttributeName_t name, const std::vector<Descriptor>& others) {
    std::vector<cudnnBackendDescriptor_t> raw;
    for (const Descriptor& other : others) raw.push_back(other.descriptor_);
    return set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, raw);
  }
  Descriptor& set(cudnnBackendAttributeName_t name, const Descriptor& other) {
    return set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, std::vector<cudnnBackendDescriptor_t>{other.descriptor_});
  }

  Descriptor&& finalize() {
    checked(cudnnBackendFinalize(descriptor_), "cudnnBackendFinalize");
    return std::move(*this);
  }

  int64_t number(cudnnBackendAttributeName_t name) const {
    int64_t value = 0, count = 0;
    checked(cudnnBackendGetAttribute(descriptor_, name, CUDNN_TYPE_INT64, 1, &count, &value),
            "cudnnBackendGetAttribute");
    return value;
  }

  /// The type and the value of a knob choice.
  std::pair<int64_t, int64_t> knob() const {
    cudnnBackendKnobType_t type = CUDNN_KNOB_TYPE_COUNTS;
    int64_t count = 0;
    checked(
        cudnnBackendGetAttribute(descriptor_, CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE, CUDNN_TYPE_KNOB_TYPE, 1, &count, &type),
        "cudnnBackendGetAttribute");
    return {type, number(CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE)};
  }

  /// A list of other descriptors.
  std::vector<Descriptor> list(cudnnBackendAttributeName_t name, cudnnBackendDescriptorType_t type) const {
    int64_t count = CUDNN_KNOB_TYPE_COUNTS;  // cuDNN reports 0 as the number of knob choices
    if (name != CUDNN_ATTR_ENGINECFG_KNOB_CHOICES)
      checked(cudnnBackendGetAttribute(descriptor_, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, &count, nullptr),
              "cudnnBackendGetAttribute");
    std::vector<Descriptor> items;
    std::vector<cudnnBackendDescriptor_t> raw;
    for (int64_t i = 0; i < count; ++i) raw.push_back(items.emplace_back(type).descriptor_);
    checked(cudnnBackendGetAttribute(descriptor_, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, count, &count, raw.data()),
            "cudnnBackendGetAttribute");
    items.erase(items.begin() + count, items.end());  // the first count may exceed the second
    return items;
  }

  /// cuDNN's notes on the arithmetic of an engine.
  std::vector<cudnnBackendNumericalNote_t> numerical_notes() const {
    std::vector<cudnnBackendNumericalNote_t> notes(CUDNN_NUMERICAL_NOTE_TYPE_COUNT);
    int64_t count = 0;
    checked(cudnnBackendGetAttribute(descriptor_, CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE,
                                     int64_t(notes.size()), &count, notes.data()),
            "cudnnBackendGetAttribute");
    notes.resize(size_t(count));
    return notes;
  }

  void execute(cudnnHandle_t handle, const Descriptor& pack) const {
    checked(cudnnBackendExecute(handle, descriptor_, pack.descriptor_), "cudnnBackendExecute");
  }

 private:
  cudnnBackendDescriptor_t descriptor_ = nullptr;
};

using Handle = LibraryHandle<cudnnHandle_t, cudnnCreate, cudnnSetStream, cudnnDestroy, checked>;

/// The GPU that cuDNN is queried for: a present one, by its handle, or one given by a description.
class QueriedGpu {
 public:
  QueriedGpu(const Device& device, const std::string& gpu) {
    if (gpu.empty()) {
      handle_ = one_per_gpu<Handle>(device.index);
      return;
    }
    description_.emplace(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
    description_
        ->set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, std::vector<char>(gpu.begin(), gpu.end()))
        .finalize();
  }

  cudnnHandle_t handle() const { return handle_; }

  /// Sets the handle or the description in a descriptor; each does nothing for the other kind of GPU.
  void set_handle(Descriptor& descriptor, cudnnBackendAttributeName_t name) const {
    if (!description_) descriptor.set(name, CUDNN_TYPE_HANDLE, std::vector{handle_});
  }
  void set_description(Descriptor& descriptor, cudnnBackendAttributeName_t name) const {
    if (description_) descriptor.set(name, *description_);
  }

 private:
  cudnnHandle_t handle_ = nullptr;
  std::optional<Descriptor> description_;
};

constexpr int64_t kTensorAlignment = 16;  // bytes; of every tensor that is not part of another

/// A tensor of the graph, named by one letter: [n, c, h, w] in cuDNN's order, with contiguous channels (NHWC).
Descriptor nhwc(int64_t name, DType dtype, const Shape& shape);

/// An f32 number in host memory.
Descriptor host_number(int64_t name);

/// A graph of one operation.
Descriptor graph_of(const Descriptor& operation, const QueriedGpu& queried);

/// The configurations of engines that the heuristics return for a graph, best first.
std::vector<Descriptor> configurations(const Descriptor& graph, cudnnBackendHeurMode_t mode, const QueriedGpu& queried);

/// How often this process has queried the heuristics.
size_t heuristics_queries();

/// The execution plan of a configuration.  Throws Error if it does not run on the GPU.
Descriptor execution_plan(const Descriptor& configuration, const QueriedGpu& queried);
size_t workspace_of(const Descriptor& plan);

/// The memory of a tensor of the graph: on the device, or on the host for a host_number().
struct Place {
  int64_t name;
  void* memory;
};

/// Queues a plan on the stream of the handle.
void execute(cudnnHandle_t handle, const Descriptor& plan, const std::vector<Place>& tensors, void* workspace);

}  // namespace tuna::cudnn

#endif
