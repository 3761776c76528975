// The operations and bytes that are reported for steps.
#include <algorithm>
#include <set>
#include <sstream>

#include "engine/compile/describe.h"
#include "engine/compile/profile.h"
#include "kernels/conv/conv2d.h"
#include "kernels/geometry/crop.h"
#include "kernels/geometry/flip.h"
#include "kernels/norm/instance_norm_fused.h"
#include "kernels/pointwise/relu.h"
#include "kernels/random/image_pool.h"
#include "tests/catch.h"
#include "tests/op_table/bench_directions.h"
#include "tests/op_table/bench_versions.h"
#include "tests/op_table/op_table.h"

namespace tuna {
namespace {

double flops(const Step& step, const Program& program) {
  Types in, out;
  for (const uint32_t id : step.in) in.push_back(program.value(id).type);
  for (const uint32_t id : step.out) out.push_back(program.value(id).type);
  return step.op->flops(in, out);
}

/// Bytes that the step with this name moves.
size_t bytes_of(const Executable& executable, const std::string& name) {
  for (const Instruction& instruction : executable.instructions())
    if (instruction.name == name) return instruction.bytes;
  return 0;
}

}  // namespace

TEST_CASE("every op counts its operations, except those that only move data", "[engine][describe]") {
  const std::set<std::string> movers = {"cast",  "concatenate",       "crop",      "crop_backward",
                                        "fill",  "gradient_reversal", "flip",      "reflection_pad2d",
                                        "split", "update_if",         "image_pool"};
  const Draw::ShapesOnly shapes_only;
  std::set<std::string> seen;
  for (const OpRow& row : op_rows()) {
    if (!row.refusal.empty()) continue;
    Program program(row.reduced_precision ? DType::bf16 : DType::f32);
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
    const bool runs_backward =  // the definition of a backward step also recomputes the forward one
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
  // Per element: mean 1, variance 3, normalised 2, rectified 1.
  CHECK(InstanceNormFused(InstanceNormChain{.slope = 0, .padding = 1}).flops({x}, {x}) == 7 * 2 * 5 * 7 * 3);
}

TEST_CASE("a pool that is updated in place is not counted as copied", "[engine][describe]") {
  constexpr size_t kImage = 4 * 5 * 4, kDecisions = 2 * 4, kFlag = 4, kSlots = 50;
  for (const bool in_place : {true, false}) {
    State state;
    Program program;
    const Tensor images = program.input("images", {1, 4, 5, 1}),
                 decisions = program.input("decisions", Type{DType::i32, {1, 1, 1, 2}}),
                 go = program.input("go", Type{DType::i32, {1, 1, 1, 1}});
    const Shape slots{int64_t(kSlots), 4, 5, 1};
    const Tensor pool =
        in_place ? program.state("pool", {DType::f32, slots}, Initial::constant(0)) : program.input("pool", slots);
    const Pooled pooled = image_pool(images, pool, decisions, go);
    program.output("shown", pooled.images);
    if (in_place)
      program.store(pool, pooled.pool);
    else
      program.output("pool", pooled.pool);
    const Executable executable = compile(program, Device::cpu(), state);
    CHECK(bytes_of(executable, "image_pool")
          == (in_place ? 4 * kImage : (2 + 2 * kSlots) * kImage) + kDecisions + kFlag);
  }
}

TEST_CASE("of what is cropped only the window is counted as read", "[engine][describe]") {
  State state;
  Program program;
  program.output("y", crop(program.input("x", {1, 100, 100, 1}), 3, 4, 5, 6));
  CHECK(bytes_of(compile(program, Device::cpu(), state), "crop") == 2 * 5 * 6 * sizeof(float));
}

// A library that packs the weight reads it once for that; the convolution reads the packed one.
TEST_CASE("a convolution is counted as reading its packed weight", "[engine][describe]") {
  State state;
  Program program;
  const Tensor x = program.input("x", {1, 9, 11, 17}), weight = program.input("weight", {19, 3, 3, 17});
  const Tensor y = conv2d(x, weight, {1, 1});
  program.output("y", y);
  const Executable executable = compile(program, Device::cpu(), state);
  const size_t outside = x.type().bytes() + y.type().bytes(), raw = weight.type().bytes();
  size_t packed = raw;
  for (const Instruction& instruction : executable.instructions())
    if (instruction.name.rfind("pack ", 0) == 0) {
      packed = instruction.bytes - raw;
      CHECK(instruction.args.in.empty());
    }
  CHECK(packed >= raw);
  CHECK(bytes_of(executable, "conv2d") == outside + packed);
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
