// Stands in for NVIDIA's driver: the calls that list a graph's nodes.
#include "tests/engine/runtime/driver_stand_in.h"

namespace {

using driver_stand_in::Graph;
using driver_stand_in::Node;

struct Parameters {
  void* function;
  unsigned grid[3], block[3], shared_bytes;
  void **arguments, **extra;
  void *kernel, *context;
};

int name_of(const char** name, void* node) {
  *name = static_cast<Node*>(node)->name;
  return 0;
}

}  // namespace

extern "C" {

int cuGraphGetNodes(void* graph, void** nodes, size_t* count) {
  const Graph& given = *static_cast<Graph*>(graph);
  *count = given.count;
  for (size_t i = 0; nodes && i < given.count; ++i) nodes[i] = &given.nodes[i];
  return 0;
}
int cuGraphNodeGetType(void* node, int* type) {
  *type = static_cast<Node*>(node)->type;
  return 0;
}
int cuGraphKernelNodeGetParams_v2(void* node, Parameters* found) {
  const Node& given = *static_cast<Node*>(node);
  *found = {given.by_kernel ? nullptr : node,
            {given.grid_x, 2, 3},
            {32, 1, 1},
            48,
            nullptr,
            nullptr,
            given.by_kernel ? node : nullptr,
            nullptr};
  return 0;
}
int cuFuncGetName(const char** name, void* function) { return name_of(name, function); }
int cuKernelGetName(const char** name, void* kernel) { return name_of(name, kernel); }
}
