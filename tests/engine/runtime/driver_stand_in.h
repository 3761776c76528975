// A graph as the stand-in of NVIDIA's driver reads it.
#pragma once

#include <cstddef>

namespace driver_stand_in {

struct Node {
  int type;
  const char* name;
  unsigned grid_x;
  bool by_kernel;
};
struct Graph {
  size_t count;
  Node* nodes;
};

}  // namespace driver_stand_in
