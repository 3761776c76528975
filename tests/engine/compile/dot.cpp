#include "engine/compile/dot.h"

#include <regex>
#include <set>

#include "engine/compile/compile.h"
#include "engine/program/autograd.h"
#include "kernels/loss/mse.h"
#include "kernels/pointwise/add.h"
#include "kernels/pointwise/relu.h"
#include "models/patch_discriminator.h"
#include "tests/catch.h"
#include "training/methods/method.h"

namespace tuna {
namespace {

/// The structure of a drawing, as graphviz reads it.
struct Drawn {
  std::set<std::string> boxes;
  std::set<std::pair<std::string, std::string>> edges;
  std::vector<std::string> clusters;  // their labels
  int depth = 0, deepest = 0;
  bool is_ever_negative = false;

  explicit Drawn(const std::string& dot) {
    for (const char letter : dot) {
      depth += letter == '{' ? 1 : letter == '}' ? -1 : 0;
      deepest = std::max(deepest, depth);
      is_ever_negative |= depth < 0;
    }
    const std::regex edge("\n  (b[0-9]+) -> (b[0-9]+);"), box("\n +(b[0-9]+) \\[label=\"[^\"\n]+\"\\];"),
        cluster("subgraph cluster[0-9]+ \\{\n    label=\"([^\"\n]+)\";");
    const auto each = [&](const std::regex& pattern, const auto& take) {
      for (std::sregex_iterator at(dot.begin(), dot.end(), pattern), end; at != end; ++at) take(*at);
    };
    each(box, [&](const std::smatch& match) { boxes.insert(match[1]); });
    each(edge, [&](const std::smatch& match) { edges.emplace(match[1], match[2]); });
    each(cluster, [&](const std::smatch& match) { clusters.push_back(match[1]); });
  }

  size_t count(const std::string& network) const {
    return size_t(std::count(clusters.begin(), clusters.end(), network));
  }
};

void check_sound(const Drawn& drawn) {
  CHECK(drawn.depth == 0);
  CHECK(drawn.deepest <= 2);
  CHECK_FALSE(drawn.is_ever_negative);
  for (const auto& [from, to] : drawn.edges) {
    INFO(from << " -> " << to);
    CHECK((drawn.boxes.count(from) == 1 && drawn.boxes.count(to) == 1 && from != to));
  }
}

}  // namespace

TEST_CASE("a drawing has a cluster for a network's call and a box for the backward pass", "[engine][describe]") {
  Program program;
  const Tensor x = program.input("x", {1, 16, 16, 1});
  const Tensor y = PatchDiscriminator(program, "D_A", 1, {4, 1})(x);
  const Tensor loss = mse(y, program.input("wanted", y.type()));
  program.output("loss", loss);
  program.output("dx", gradients(loss, {x})[0]);
  State state;
  const std::string dot = to_dot(compile(program, Device::reference(), state));
  INFO(dot);
  CHECK(dot.rfind("digraph program {\n  label=\"memory ", 0) == 0);
  const Drawn drawn(dot);
  check_sound(drawn);
  CHECK(drawn.clusters == std::vector<std::string>{"D_A"});
  CHECK_THAT(dot, Contains("\"D_A.model.0\\nconv2d\\nf32 1x8x8x4\\n"));
  CHECK_THAT(dot, Contains("\"backward of D_A\\n") && !Contains("conv2d_backward_data"));
  CHECK_THAT(dot, Contains("label=\"mse"));
}

TEST_CASE("an edge leads from what wrote a part of the memory to what reads it", "[engine][describe]") {
  Program program(DType::f32, Fusion::off);
  const Tensor x = program.input("x", {2, 1, 1, 4});
  program.output("y", relu(x + relu(relu(x))));
  State state;
  const std::string dot = to_dot(compile(program, Device::reference(), state));
  INFO(dot);
  const Drawn drawn(dot);
  check_sound(drawn);
  CHECK(drawn.boxes.size() == 4);
  CHECK(drawn.edges == std::set<std::pair<std::string, std::string>>{{"b0", "b1"}, {"b1", "b2"}, {"b2", "b3"}});
}

TEST_CASE("the phases of a run are drawn with few boxes and edges", "[describe]") {
  const Spec spec = read_spec(TUNA_SOURCE_DIR "/specs/tiny.json");
  for (const Phase& phase : phases_without_images(spec)) {
    Program program;
    phase.record(program);
    State state;
    const Executable step = compile(program, Device::cpu(), state);
    const Drawn drawn(to_dot(step));
    INFO(phase.name << ": " << drawn.boxes.size() << " boxes, " << drawn.edges.size() << " edges");
    check_sound(drawn);
    CHECK(drawn.boxes.size() < step.instructions().size() / 2);
    CHECK(drawn.edges.size() < 2 * drawn.boxes.size());
    for (const std::string& network : phase.networks) CHECK(drawn.count(network) > 0);
  }
}

}  // namespace tuna
