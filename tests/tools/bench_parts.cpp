// The parts of `tuna bench`.
#include <algorithm>
#include <cmath>

#include "engine/runtime/memory.h"
#include "kernels/device/emulator.h"
#include "kernels/limits/memory_kernels.h"
#include "kernels/norm/instance_norm_fused.h"
#include "kernels/pointwise/relu.h"
#include "kernels/pointwise/scale.h"
#include "tests/catch.h"
#include "tests/op_table/bench_check.h"
#include "tests/op_table/bench_cudnn_norm.h"
#include "tests/op_table/bench_directions.h"
#include "tests/op_table/bench_timing.h"
#include "tests/op_table/bench_versions.h"

namespace tuna {
namespace {

const Shape kShape{2, 4, 5, 3};

Tensors rectified(Draw& draw) { return {relu(draw.normal(kShape))}; }

Subject subject(const char* name, const BuildRow& build) {
  return {name, name, {"relu", "row", rectified}, build, Direction::forward, Device::cpu()};
}

std::vector<std::string> steps(const Executable& executable) {
  std::vector<std::string> names;
  for (const Instruction& instruction : executable.instructions()) names.push_back(instruction.name);
  return names;
}

}  // namespace

TEST_CASE("bench refuses to time wrong results, at each call", "[bench]") {
  BenchChecker checker;
  checker.check_row(subject("right", rectified));
  const Subject outputs =
      subject("wrong outputs", [](Draw& draw) { return Tensors{1.001 * relu(draw.normal(kShape))}; });
  for (int i = 0; i < 2; ++i) REQUIRE_THROWS_WITH(checker.check_row(outputs), Contains("is 1.0e-03 off ref"));
  checker.check_row(subject("right again", rectified));
  const Subject failing = subject("failing", [](Draw&) -> Tensors { fail("no memory, say"); });
  for (int i = 0; i < 2; ++i) REQUIRE_THROWS_WITH(checker.check_row(failing), "no memory, say");
}

TEST_CASE("bench compares a version in reduced precision with a reference that rounds in the same places", "[bench]") {
  const BuildRow row = [](Draw& draw) {
    return Tensors{instance_norm_fused(draw.normal({1, 16, 17, 8}), {.slope = 0.2, .padding = 1})[0]};
  };
  const BuildRow plain = in_version(row, other_versions(Device::emulated()).at(0), DType::bf16);
  Subject subject{"row",
                  "ours",
                  {"instance_norm_fused", "row", row},
                  row,
                  Direction::forward,
                  Target(Device::emulated(), Precision::bf16)};
  BenchChecker checker;
  checker.check_row(subject);
  subject.row = "plain", subject.build = plain;
  checker.check_row(subject);
}

TEST_CASE("bench counts what it timed", "[bench]") {
  Stopwatch stopwatch(Device::reference());
  int emptied = 0, ran = 0;
  const MeanSeconds time = [&](size_t count, const std::function<void()>& before) {
    emptied += before ? int(count) : 0;
    ran += int(count);
    return 1e-3;
  };
  CHECK(stopwatch.runs_in(0.0201, CacheState::warm, time) == 21);
  CHECK(emptied == 0);
  CHECK(stopwatch.runs_in(10, CacheState::warm, time) == Stopwatch::kMostRuns);
  CHECK(stopwatch.runs_in(0, CacheState::cold, time) == 1);
  CHECK(emptied == 2);
  ran = 0;
  CHECK(stopwatch.sample(7, CacheState::cold, time) == 1e-3);
  CHECK(ran == 7);
}

TEST_CASE("a copy is timed once per size and state of the caches", "[bench]") {
  Stopwatch stopwatch(Device::cpu());
  for (const CacheState state : {CacheState::warm, CacheState::cold}) {
    const double seconds = stopwatch.copy_seconds(1000, state);
    CHECK(seconds > 0);
    CHECK(stopwatch.copy_seconds(1000, state) == seconds);
  }
}

TEST_CASE("on a device kernels copy, and read the memory that empties caches", "[bench]") {
  const Device device = Device::emulated();
  const std::vector<float> values = {1, -2, 0, 3.5f, 1e-30f, 6, 7};
  const Memory from(device, 64, "a test"), to(device, 64, "a test");
  copy_to_device(device, from.address(), values.data(), 28);
  runtime(device).fill(to.address(), 0xFF, 64);
  {
    const Runtime::Access access = runtime(device).enter();
    copy_by_kernel(device, to.address(), from.address(), 24)();
  }
  std::vector<float> copied(7);
  copy_to_host(device, copied.data(), to.address(), 28);
  CHECK(std::equal(copied.begin(), copied.begin() + 6, values.begin()));
  CHECK(std::isnan(copied[6]));

  const auto reads = [] {
    return std::any_of(emulator::kernels().begin(), emulator::kernels().end(), [](const emulator::Kernel* each) {
      return each->launched && each->name().find("FindStrays") != std::string::npos;
    });
  };
  for (emulator::Kernel* each : emulator::kernels()) each->launched = false;
  Stopwatch stopwatch(device);
  CHECK(reads());
  for (const CacheState state : {CacheState::warm, CacheState::cold}) CHECK(stopwatch.copy_seconds(1000, state) > 0);
}

TEST_CASE("only the work between is timed, each time after what precedes it", "[engine][runtime]") {
  std::string done;
  const auto work = [&] { done += 'w'; };
  CHECK(runtime(Device::cpu()).mean_seconds(3, work, {}) >= 0);
  CHECK(done == "www");
  done.clear();
  runtime(Device::cpu()).mean_seconds(2, work, [&] { done += 'b'; });
  CHECK(done == "bwbw");
}

TEST_CASE("each direction of a row is a program of its own, in each version", "[bench]") {
  const BuildRow row = [](Draw& draw) {
    return Tensors{instance_norm_fused(draw.normal(kShape), {.slope = 0, .padding = 1})[0]};
  };
  const Version plain = other_versions(Device::cpu()).at(0);
  Program fused, unchanged;
  Draw draw_fused(fused, kBenchSeed), draw_unchanged(unchanged, kBenchSeed);
  row(draw_fused);
  rectified(draw_unchanged);
  CHECK(changes(plain, fused));
  CHECK_FALSE(changes(plain, unchanged));

  const BuildRow plain_row = in_version(row, plain, DType::f32);
  for (const Device& device : {Device::cpu(), Device::emulated()}) {
    using Names = std::vector<std::string>;
    CHECK(steps(*forward_alone(row, DType::f32, device)) == Names{"instance_norm_fused"});
    CHECK(steps(*forward_alone(plain_row, DType::f32, device)) == Names{"instance_norm", "relu", "reflection_pad2d"});
    CHECK(steps(*backward_alone(row, DType::f32, device, device)) == Names{"instance_norm_fused_backward"});
    CHECK(steps(*backward_alone(plain_row, DType::f32, device, device))
          == Names{"reflection_pad2d_backward", "relu_backward", "instance_norm_backward"});
  }

  // The saved values of the forward steps are the same on every device that computes them.
  const auto here = backward_alone(row, DType::f32, Device::emulated(), Device::emulated()),
             there = backward_alone(row, DType::f32, Device::emulated(), Device::cpu());
  for (const auto& executable : {here, there}) executable->run();
  CHECK(relative_l2(here->get("gradient of input0").values(), there->get("gradient of input0").values()) < 1e-5);
}

TEST_CASE("cuDNN's norm stands in for ours, and elsewhere is ours", "[bench]") {
  const BuildRow row = [](Draw& draw) { return Tensors{instance_norm(draw.normal(kShape))}; };
  const Version by_cudnn{"cudnn", [](const Op& op, const Tensors& in) -> std::optional<Tensors> {
                           const auto* norm = dynamic_cast<const InstanceNorm*>(&op);
                           if (!norm) return std::nullopt;
                           return record(InstanceNormByCudnn(norm->eps), in);
                         }};
  using Names = std::vector<std::string>;
  for (const Device& device : {Device::reference(), Device::cpu(), Device::emulated()}) {
    const BuildRow other = in_version(row, by_cudnn, DType::f32);
    const auto ours = backward_alone(row, DType::f32, device, device),
               theirs = backward_alone(other, DType::f32, device, device);
    CHECK(steps(*forward_alone(other, DType::f32, device)) == Names{"instance_norm_by_cudnn"});
    CHECK(steps(*theirs) == Names{"instance_norm_backward_by_cudnn"});
    for (const auto& executable : {ours, theirs}) executable->run();
    CHECK(ours->get("gradient of input0").bytes() == theirs->get("gradient of input0").bytes());
  }
}

TEST_CASE("an executable can be timed on every backend", "[engine][executable]") {
  for (const Device& device : {Device::reference(), Device::cpu(), Device::emulated()}) {
    const auto executable = forward_alone(rectified, DType::f32, device);
    executable->run();
    const HostTensor expected = executable->get("output 0");
    CHECK(executable->mean_seconds(3) > 0);
    CHECK(executable->get("output 0").bytes() == expected.bytes());
  }
}

}  // namespace tuna
