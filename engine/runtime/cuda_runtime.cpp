#include "engine/runtime/cuda_runtime.h"

#include "engine/base/check.h"

#ifdef TUNA_HAS_CUDA

#include <cuda_runtime_api.h>
#include <nvtx3/nvToolsExt.h>

#include <type_traits>

#include "engine/runtime/cuda_probe.h"

namespace tuna {
namespace {

void checked(cudaError_t error, const char* call) {
  if (error == cudaSuccess) return;
  static_cast<void>(cudaGetLastError());  // clears the error, which is reported here
  fail("CUDA: {}: {} ({})", call, cudaGetErrorString(error), cudaGetErrorName(error));
}

std::string version(int number) { return fmt::format("{}.{}", number / 1000, number % 1000 / 10); }

class CudaEvent {
 public:
  explicit CudaEvent(unsigned flags = cudaEventDefault) {
    checked(cudaEventCreateWithFlags(&event_, flags), "cudaEventCreateWithFlags");
  }
  ~CudaEvent() { cudaEventDestroy(event_); }
  CudaEvent(const CudaEvent&) = delete;
  CudaEvent& operator=(const CudaEvent&) = delete;

  void record(cudaStream_t stream) { checked(cudaEventRecord(event_, stream), "cudaEventRecord"); }
  void make_wait(cudaStream_t stream) { checked(cudaStreamWaitEvent(stream, event_, 0), "cudaStreamWaitEvent"); }
  void synchronize() { checked(cudaEventSynchronize(event_), "cudaEventSynchronize"); }

  /// For use during stream capture: each replay records the event.
  void record_in_graph(cudaStream_t stream) {
    checked(cudaEventRecordWithFlags(event_, stream, cudaEventRecordExternal), "cudaEventRecordWithFlags");
  }

  double seconds_since(const CudaEvent& earlier) const {
    float milliseconds = 0;
    checked(cudaEventElapsedTime(&milliseconds, earlier.event_, event_), "cudaEventElapsedTime");
    return double(milliseconds) * 1e-3;
  }

 private:
  cudaEvent_t event_ = nullptr;
};

class Graph final : public CapturedGraph {
 public:
  struct Destroy {
    void operator()(cudaGraph_t graph) const { cudaGraphDestroy(graph); }
  };
  using Captured = std::unique_ptr<std::remove_pointer_t<cudaGraph_t>, Destroy>;

  /// Neither instantiated nor run.
  static Captured capture(cudaStream_t stream, const std::function<void()>& work) {
    checked(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
    cudaGraph_t graph = nullptr;
    try {
      work();
    } catch (...) {
      cudaStreamEndCapture(stream, &graph);
      static_cast<void>(cudaGetLastError());
      Captured dropped(graph);
      throw;
    }
    checked(cudaStreamEndCapture(stream, &graph), "cudaStreamEndCapture");
    return Captured(graph);
  }

  Graph(cudaStream_t stream, const std::function<void()>& work) : stream_(stream) {
    const Captured graph = capture(stream, work);
    checked(cudaGraphInstantiate(&executable_, graph.get(), 0), "cudaGraphInstantiate");
  }
  ~Graph() override { cudaGraphExecDestroy(executable_); }

  void replay() override { checked(cudaGraphLaunch(executable_, stream_), "cudaGraphLaunch"); }

  /// Uploads the graph to the device, which otherwise the first replay does.
  void upload() { checked(cudaGraphUpload(executable_, stream_), "cudaGraphUpload"); }

 private:
  cudaStream_t stream_;
  cudaGraphExec_t executable_ = nullptr;
};

struct Streams {
  cudaStream_t work = nullptr, uploads = nullptr;

  cudaStream_t operator[](Queue queue) const { return queue == Queue::work ? work : uploads; }
};

class QueueEvent final : public Event {
 public:
  explicit QueueEvent(Streams streams) : streams_(streams) {}
  void record(Queue queue) override { event_.record(streams_[queue]); }
  void wait(Queue queue) override { event_.make_wait(streams_[queue]); }
  void synchronize() override { event_.synchronize(); }

 private:
  Streams streams_;
  CudaEvent event_{cudaEventDisableTiming};
};

/// One stream runs everything in the order in which it is queued, except upload_async(), which has its own.
class CudaRuntime final : public Runtime {
 public:
  explicit CudaRuntime(int index) : index_(index) {
    const std::string reason = gpu_unsupported_reason(index);
    check(reason.empty(), "device cuda:{} cannot be used: {}", index, reason);
    enter();
    for (cudaStream_t* stream : {&streams_.work, &streams_.uploads})
      checked(cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
  }

  bool has_discrete_memory() const override { return true; }

  void* allocate(size_t bytes) override {
    enter();
    void* memory = nullptr;
    return taken(cudaMalloc(&memory, bytes), "cudaMalloc") ? memory : nullptr;
  }
  void release(void* memory) override { cudaFree(memory); }
  MemoryInfo memory_info() override {
    enter();
    MemoryInfo info{};
    checked(cudaMemGetInfo(&info.free, &info.total), "cudaMemGetInfo");
    return info;
  }

  void* allocate_staging(size_t bytes) override {
    enter();
    void* memory = nullptr;
    return taken(cudaMallocHost(&memory, bytes), "cudaMallocHost") ? memory : nullptr;
  }
  void release_staging(void* memory) override {
    cudaStreamSynchronize(streams_.uploads);  // which may still be reading there
    cudaStreamSynchronize(streams_.work);     // which may still be writing there
    cudaFreeHost(memory);
  }

  void upload(void* to, const void* from, size_t bytes) override { copy(to, from, bytes, cudaMemcpyHostToDevice); }
  void download(void* to, const void* from, size_t bytes) override { copy(to, from, bytes, cudaMemcpyDeviceToHost); }
  void copy(void* to, const void* from, size_t bytes) override { copy(to, from, bytes, cudaMemcpyDeviceToDevice); }
  void fill(void* to, unsigned char byte, size_t bytes) override {
    enter();
    checked(cudaMemsetAsync(to, byte, bytes, streams_.work), "cudaMemsetAsync");
  }

  void upload_async(void* to, const void* from, size_t bytes) override {
    enter();
    checked(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, streams_.uploads), "cudaMemcpyAsync");
  }
  std::unique_ptr<Event> create_event() override {
    enter();
    return std::make_unique<QueueEvent>(streams_);
  }

  void synchronize() override {
    enter();
    for (const cudaStream_t stream : {streams_.uploads, streams_.work})
      checked(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
  }
  Stream stream() override { return {streams_.work}; }
  Access enter() override {
    checked(cudaSetDevice(index_), "cudaSetDevice");
    return nullptr;
  }

  std::unique_ptr<CapturedGraph> capture(const std::function<void()>& work) override {
    return std::make_unique<Graph>(streams_.work, work);
  }

  std::vector<GraphNode> nodes_of(const std::function<void()>& work) {
    enter();
    return graph_nodes(Graph::capture(streams_.work, work).get());
  }

  std::vector<double> time(size_t count, const std::function<void(size_t)>& work) override {
    std::vector<CudaEvent> events(count + 1);
    Graph graph(streams_.work, [&] {
      events[0].record_in_graph(streams_.work);
      for (size_t i = 0; i < count; ++i) {
        work(i);
        events[i + 1].record_in_graph(streams_.work);
      }
    });
    graph.upload();
    graph.replay();
    synchronize();
    std::vector<double> seconds;
    for (size_t i = 0; i < count; ++i) seconds.push_back(events[i + 1].seconds_since(events[i]));
    return seconds;
  }

  double mean_seconds(size_t count, const std::function<void()>& work, const std::function<void()>& before) override {
    const size_t pieces = before ? count : 1;  // timed one by one
    std::vector<CudaEvent> begin(pieces), end(pieces);
    Graph graph(streams_.work, [&] {
      for (size_t piece = 0; piece < pieces; ++piece) {
        if (before) before();
        begin[piece].record_in_graph(streams_.work);
        for (size_t i = 0; i < count / pieces; ++i) work();
        end[piece].record_in_graph(streams_.work);
      }
    });
    for (int replay = 0; replay < 2; ++replay) graph.replay();  // the first one uploads the graph
    synchronize();
    double seconds = 0;
    for (size_t piece = 0; piece < pieces; ++piece) seconds += end[piece].seconds_since(begin[piece]);
    return seconds / double(count);
  }

  void begin_range(const std::string& scope, const std::string& name) override {
    nvtxRangePushA((scope + " " + name).c_str());
  }
  void end_range() override { nvtxRangePop(); }

 private:
  // Running out of memory is reported by the caller, not as an error of CUDA.
  static bool taken(cudaError_t error, const char* call) {
    if (error != cudaErrorMemoryAllocation) checked(error, call);
    static_cast<void>(cudaGetLastError());
    return error == cudaSuccess;
  }

  void copy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind) {
    enter();
    checked(cudaMemcpyAsync(to, from, bytes, kind, streams_.work), "cudaMemcpyAsync");
  }

  int index_;
  Streams streams_;
};

}  // namespace

CudaSurvey cuda_survey() {
  CudaSurvey found;
  found.toolkit = version(CUDART_VERSION);
  int driver = 0, count = 0;
  cudaDriverGetVersion(&driver);
  if (driver == 0) {
    found.reason = "this machine has no NVIDIA driver";
    return found;
  }
  found.driver = version(driver);
  if (const cudaError_t error = cudaGetDeviceCount(&count); error != cudaSuccess) {
    static_cast<void>(cudaGetLastError());
    found.reason = cudaGetErrorString(error);
  }
  for (int index = 0; index < count; ++index) {
    Gpu& gpu = found.gpus.emplace_back();
    cudaDeviceProp properties;
    if (const cudaError_t error = cudaGetDeviceProperties(&properties, index); error != cudaSuccess) {
      static_cast<void>(cudaGetLastError());
      gpu.name = "a GPU that CUDA cannot describe";
      gpu.reason = cudaGetErrorString(error);
      continue;
    }
    gpu.name = properties.name;
    gpu.bytes = properties.totalGlobalMem;
    gpu.cache_bytes = size_t(properties.l2CacheSize);
    gpu.major = properties.major;
    gpu.minor = properties.minor;
    gpu.bus =
        fmt::format("{:08x}:{:02x}:{:02x}.0", properties.pciDomainID, properties.pciBusID, properties.pciDeviceID);
  }
  if (found.gpus.empty() && found.reason.empty()) found.reason = "this machine has no GPU visible to CUDA";
  return found;
}

namespace {

// A function-local static, so that it exists before the first check registers itself.
std::vector<std::string (*)()>& gpu_checks() {
  static std::vector<std::string (*)()> checks;
  return checks;
}

std::string find_unsupported_reason(int index) {
  const CudaSurvey found = cuda_survey();
  if (found.gpus.empty()) return found.reason;
  if (index < 0 || size_t(index) >= found.gpus.size())
    return fmt::format("this machine has {} GPU{}, numbered from cuda:0", found.gpus.size(),
                       found.gpus.size() > 1 ? "s" : "");
  const Gpu& gpu = found.gpus[size_t(index)];
  if (!gpu.reason.empty()) return fmt::format("{}: {}", gpu.name, gpu.reason);

  void* memory = nullptr;
  cudaError_t error = cudaSetDevice(index);
  if (error == cudaSuccess) error = cudaMalloc(&memory, 1);
  if (error == cudaSuccess) error = cudaFree(memory);
  static_cast<void>(cudaGetLastError());
  if (error != cudaSuccess) return fmt::format("{}: {}", gpu.name, cudaGetErrorString(error));

  cudaFuncAttributes attributes;
  error = cudaFuncGetAttributes(&attributes, cuda::probe_kernel());
  static_cast<void>(cudaGetLastError());
  if (error != cudaSuccess)
    return fmt::format(
        "{} (compute capability {}.{}) cannot run this build's kernels (for {}, by CUDA {}; the driver supports CUDA "
        "{}): {}",
        gpu.name, gpu.major, gpu.minor, TUNA_CUDA_ARCHITECTURES, found.toolkit, found.driver,
        cudaGetErrorString(error));

  for (const auto check : gpu_checks())
    if (const std::string reason = check(); !reason.empty()) return fmt::format("{}: {}", gpu.name, reason);
  return "";
}

}  // namespace

GpuCheck::GpuCheck(std::string (*reason)()) { gpu_checks().push_back(reason); }

std::string gpu_unsupported_reason(int index) {
  static std::map<int, std::string> known;  // the checks are slow
  const auto found = known.find(index);
  return found != known.end() ? found->second : known[index] = find_unsupported_reason(index);
}

Runtime& cuda_runtime(int index) { return one_per_gpu<CudaRuntime>(index); }

std::vector<GraphNode> cuda_nodes(int index, const std::function<void()>& work) {
  return one_per_gpu<CudaRuntime>(index).nodes_of(work);
}

}  // namespace tuna

#else

namespace tuna {

CudaSurvey cuda_survey() { return {"", "", {}, "this build has no backend cuda"}; }

std::string gpu_unsupported_reason(int) { return cuda_survey().reason; }

Runtime& cuda_runtime(int index) { fail("device cuda:{} cannot be used: {}", index, cuda_survey().reason); }

std::vector<GraphNode> cuda_nodes(int, const std::function<void()>&) { return {}; }

}  // namespace tuna

#endif
