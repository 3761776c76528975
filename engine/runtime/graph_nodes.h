// What a captured CUDA graph does, as the driver lists it: for profiles.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace tuna {

struct GraphNode {
  std::string name;                         // a kernel's symbol, "memcpy" or "memset"
  std::array<unsigned, 3> grid{}, block{};  // of a kernel
  unsigned shared_bytes = 0;                // dynamic shared memory of a block

  bool is_kernel() const { return grid[0] > 0; }
};

/// The nodes of a CUgraph.  Empty if `library`, the driver's, lacks a function of CUDA 12.3 that this needs.
std::vector<GraphNode> graph_nodes(void* graph, const char* library = "libcuda.so.1");

}  // namespace tuna
