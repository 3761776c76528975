#include "engine/runtime/graph_nodes.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <memory>

#ifdef TUNA_HAS_CUDA
#include <cuda.h>
#endif

namespace tuna {
namespace {

// The driver's ABI, which is stable across versions.
struct KernelParameters {
  void* function;
  std::array<unsigned, 3> grid, block;
  unsigned shared_bytes;
  void **arguments, **extra;
  void* kernel;  // used if function is null
  void* context;
};
#ifdef TUNA_HAS_CUDA
static_assert(sizeof(KernelParameters) == sizeof(CUDA_KERNEL_NODE_PARAMS)
              && offsetof(KernelParameters, shared_bytes) == offsetof(CUDA_KERNEL_NODE_PARAMS, sharedMemBytes)
              && offsetof(KernelParameters, kernel) == offsetof(CUDA_KERNEL_NODE_PARAMS, kern));
#endif
using GetNodes = int(void*, void**, size_t*);
using GetType = int(void*, int*);
using GetParameters = int(void*, KernelParameters*);
using GetName = int(const char**, void*);
constexpr int kSuccess = 0, kKernel = 0, kMemcpy = 1, kMemset = 2;

class Driver {
 public:
  explicit Driver(const char* library) : library_(dlopen(library, RTLD_NOW | RTLD_LOCAL), &close) {
    find(get_nodes_, "cuGraphGetNodes");
    find(get_type_, "cuGraphNodeGetType");
    find(get_parameters_, "cuGraphKernelNodeGetParams_v2");
    find(function_name_, "cuFuncGetName");
    find(kernel_name_, "cuKernelGetName");
  }

  bool works() const { return get_nodes_ && get_type_ && get_parameters_ && function_name_ && kernel_name_; }

  std::vector<void*> nodes(void* graph) const {
    size_t count = 0;
    if (get_nodes_(graph, nullptr, &count) != kSuccess) return {};
    std::vector<void*> found(count);
    if (get_nodes_(graph, found.data(), &count) != kSuccess) return {};
    return found;
  }

  GraphNode describe(void* node) const {
    int type = -1;
    get_type_(node, &type);
    if (type == kKernel) return kernel(node);
    if (type == kMemcpy) return {"memcpy"};
    if (type == kMemset) return {"memset"};
    return {fmt::format("node of type {}", type)};
  }

 private:
  static void close(void* library) {
    if (library) dlclose(library);
  }

  template <class Function>
  void find(Function*& function, const char* name) {
    if (library_) function = reinterpret_cast<Function*>(dlsym(library_.get(), name));
  }

  GraphNode kernel(void* node) const {
    KernelParameters found{};
    const char* name = nullptr;
    if (get_parameters_(node, &found) == kSuccess)
      found.function ? function_name_(&name, found.function) : kernel_name_(&name, found.kernel);
    return {name ? name : "unknown kernel", found.grid, found.block, found.shared_bytes};
  }

  std::unique_ptr<void, void (*)(void*)> library_;
  GetNodes* get_nodes_ = nullptr;
  GetType* get_type_ = nullptr;
  GetParameters* get_parameters_ = nullptr;
  GetName *function_name_ = nullptr, *kernel_name_ = nullptr;
};

}  // namespace

std::vector<GraphNode> graph_nodes(void* graph, const char* library) {
  const Driver driver(library);
  std::vector<GraphNode> found;
  if (driver.works())
    for (void* node : driver.nodes(graph)) found.push_back(driver.describe(node));
  return found;
}

}  // namespace tuna
