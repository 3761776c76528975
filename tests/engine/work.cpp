// What steps are said to compute and to move.
#include <algorithm>
#include <set>
#include <sstream>

#include "engine/describe.h"
#include "engine/profile.h"
#include "kernels/conv/conv2d.h"
#include "kernels/geometry/crop.h"
#include "kernels/geometry/flip.h"
#include "kernels/norm/instance_norm_fused.h"
#include "kernels/pointwise/relu.h"
#include "tests/catch.h"
#include "tests/op_table.h"
#include "tools/bench_directions.h"
#include "tools/bench_versions.h"

namespace tuna {
namespace {

double flops(const Step& step, const Program& program) {
  Types in, out;
  for (const uint32_t id : step.in) in.push_back(program.value(id).type);
  for (const uint32_t id : step.out) out.push_back(program.value(id).type);
  return step.op->flops(in, out);
}

}  // namespace

TEST_CASE("every op counts its operations, except those that only move data", "[engine][describe]") {
  const std::set<std::string> movers = {"cast", "concatenate",      "crop",  "crop_backward", "fill",
                                        "flip", "reflection_pad2d", "split", "image_pool"};
  const Draw::ShapesOnly shapes_only;
  std::set<std::string> seen;
  for (const OpRow& row : op_rows()) {
    if (!row.refusal.empty()) continue;
    Program program(row.short_types ? DType::bf16 : DType::f32);
    Draw draw(program, kBenchSeed);
    const Tensors outputs = row.build(draw);
    record_backward(program, draw, outputs);
    for (const Step& step : program.steps()) {
      const std::string op(step.op->name());
      INFO(row.op << ": " << row.name << ": " << op);
      seen.insert(op);
      CHECK((flops(step, program) > 0) == (movers.count(op) == 0));
    }
  }
  for (const std::string& op : movers) {
    INFO(op);
    CHECK(seen.count(op) == 1);
  }
}

TEST_CASE("a fused op counts the operations of the plain ops that it stands for", "[engine][fusion]") {
  const Version plain = other_versions(Device::cpu()).at(0);
  size_t compared = 0;
  for (const OpRow& row : op_rows()) {
    if (!row.refusal.empty() || row.benchmark_only) continue;
    Program program;
    Draw draw(program, kBenchSeed);
    const Tensors outputs = row.build(draw);
    const bool runs_backward =  // whose definition also recomputes what it is the gradient of
        std::any_of(program.steps().begin(), program.steps().end(),
                    [](const Step& step) { return step.op->name() == "instance_norm_fused_backward"; });
    if (!changes(plain, program) || runs_backward) continue;
    INFO(row.op << ": " << row.name);
    const Device device = Device::reference();
    const BuildRow as_plain = in_version(row.build, plain, DType::f32);
    CHECK(forward_alone(row.build, DType::f32, device)->flops()
          == forward_alone(as_plain, DType::f32, device)->flops());
    if (record_backward(program, draw, outputs))
      CHECK(backward_alone(row.build, DType::f32, device, device)->flops()
            == backward_alone(as_plain, DType::f32, device, device)->flops());
    ++compared;
  }
  CHECK(compared > 10);
}

TEST_CASE("operations are those of the definition", "[engine][describe]") {
  const Type x{DType::f32, {2, 5, 7, 3}}, window{DType::f32, {2, 4, 4, 3}};
  CHECK(Relu().flops({x}, {x}) == 2 * 5 * 7 * 3);
  CHECK(Crop(0, 0, 4, 4).flops({x}, {window}) == 0);
  CHECK(Conv2d(Convolution{}).flops({x, {DType::f32, {4, 3, 3, 3}}}, {{DType::f32, {2, 3, 5, 4}}})
        == 2. * 2 * 3 * 5 * 4 * 27);
  // Mean 1, variance 3, normalised 2, rectified 1.
  CHECK(InstanceNormFused(InstanceNormChain{.slope = 0, .padding = 1}).flops({x}, {x}) == 7 * 2 * 5 * 7 * 3);
}

TEST_CASE("steps that only move data have no FLOP in tables", "[engine][describe]") {
  State state;
  Program program;
  program.output("y", relu(flip(program.input("x", {1, 64, 64, 16}))));
  Executable executable = compile(program, Device::reference(), state);
  Profile profile;
  for (int run = 0; run < 2; ++run) profile.run(executable);
  for (const std::string& text : {to_text(executable), profile.table(executable)}) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      const bool has_none = (line + " ").find(" - ") != std::string::npos;
      if (line.find("flip") != std::string::npos) CHECK(has_none);
      if (line.find("relu") != std::string::npos) CHECK_FALSE(has_none);
    }
  }
}

}  // namespace tuna
