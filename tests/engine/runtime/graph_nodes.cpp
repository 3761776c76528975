#include "engine/runtime/graph_nodes.h"

#include "engine/runtime/runtimes.h"
#include "tests/catch.h"
#include "tests/engine/runtime/driver_stand_in.h"
#include "tests/gpu.h"

namespace tuna {
namespace {

using driver_stand_in::Graph;
using driver_stand_in::Node;

}  // namespace

TEST_CASE("a graph's kernels have names, grids and blocks; copies and fills are named", "[engine][graph_nodes]") {
  Node nodes[] = {{0, "of_a_function", 7, false},
                  {1, "", 0, false},
                  {0, "of_a_kernel", 9, true},
                  {2, "", 0, false},
                  {5, "", 0, false}};
  Graph graph{5, nodes};
  const std::vector<GraphNode> found = graph_nodes(&graph, TUNA_DRIVER_STAND_IN);
  std::vector<std::string> names;
  for (const GraphNode& node : found) names.push_back(node.name);
  CHECK(names == std::vector<std::string>{"of_a_function", "memcpy", "of_a_kernel", "memset", "node of type 5"});
  REQUIRE(found.size() == 5);
  CHECK((found[0].grid == std::array<unsigned, 3>{7, 2, 3} && found[0].block == std::array<unsigned, 3>{32, 1, 1}));
  CHECK((found[2].grid[0] == 9 && found[2].shared_bytes == 48));
  CHECK((found[0].is_kernel() && !found[1].is_kernel()));
}

TEST_CASE("without the driver, or with another library, a graph's nodes are unknown", "[engine][graph_nodes]") {
  for (const char* library : {"libno-such-library.so.1", "libm.so.6"}) CHECK(graph_nodes(nullptr, library).empty());
}

TEST_CASE("work on a GPU is listed without being done", "[engine][graph_nodes][gpu]") {
  if (no_gpu()) return;
  Runtime& gpu = runtime(Device::cuda());
  const auto access = gpu.enter();
  void* memory = gpu.allocate(256);
  const std::vector<GraphNode> found = cuda_nodes(0, [&] { gpu.fill(memory, 1, 256); });
  REQUIRE(found.size() == 1);
  CHECK(found[0].name == "memset");
  gpu.release(memory);
}

}  // namespace tuna
