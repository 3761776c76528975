// Registers test cases for every row of the op table, tagged with the op's name, in addition to the written ones.
#ifdef TUNA_CATCH2_V2
#define CATCH_CONFIG_RUNNER
#endif
#include <algorithm>
#include <map>

#include "engine/base/long_spins.h"
#include "kernels/device/emulator.h"
#include "tests/catch.h"
#include "tests/gpu.h"
#include "tests/op_table/op_checks.h"

namespace tuna {
namespace {

using Check = std::function<void(const OpRow&)>;

struct RowTest final : Catch::ITestInvoker {
  OpRow row;
  Check body;

  RowTest(OpRow row, Check body) : row(std::move(row)), body(std::move(body)) {}
  void invoke() const override { body(row); }
};

void add_test(const OpRow& row, const std::string& what, const Check& body, const std::string& more_tags = "") {
  const std::string name = row.op + ": " + row.name + (what.empty() ? "" : " / " + what);
  const std::string tags = "[op][" + row.op + "]" + more_tags;
  static std::vector<std::string> texts;  // the registry keeps references in Catch2 3
  texts.reserve(100000);
  texts.push_back(name);
  texts.push_back(tags);
  const Catch::NameAndTags name_and_tags(texts[texts.size() - 2], texts.back());
#ifdef TUNA_CATCH2_V2
  Catch::AutoReg(new RowTest(row, body), CATCH_INTERNAL_LINEINFO, Catch::StringRef(), name_and_tags);
#else
  Catch::AutoReg(Catch::Detail::make_unique<RowTest>(row, body), CATCH_INTERNAL_LINEINFO, Catch::StringRef(),
                 name_and_tags);
#endif
}

void check_refusal(const OpRow& row) {
  Program program;
  Draw draw(program, 1);
  REQUIRE_THROWS_WITH(row.build(draw), Contains(row.refusal));
}

void check_row_gradients(const OpRow& row) {
  for (const GradientReport& report : check_gradients(row.build, gradient_check_options(row))) {
    INFO(report.input << " " << to_string(report.shape) << " element " << report.element << ": analytic "
                      << report.analytic << ", numeric " << report.numeric << ", allowed " << report.allowed);
    CHECK(report.error <= report.allowed);
  }
}

/// Calls check_on(row, target, activation) for the target as it is, and for every other algorithm of its convolutions.
template <class CheckOn>
void with_all_algorithms(const OpRow& row, const Target& target, DType activation, CheckOn check_on) {
  for (const ConvTarget& each : with_each_algorithm(row.build, activation, target)) {
    INFO("algorithm: " << (each.algorithm.empty() ? "the first that fits" : each.algorithm));
    check_on(row, each.target, activation);
  }
}

void compare(const OpRow& row, const Target& target, DType activation) {
  for (const auto& [what, error] : compare_with_reference(row.build, target, 1, activation)) {
    INFO(what);
    CHECK(error <= tolerance(row, activation));
  }
}

void check_against_reference(const OpRow& row, const Target& target, DType activation) {
  with_all_algorithms(row, target, activation, compare);
}

// Neither the memory plan, nor another run, nor its replay may change a bit.
void compare_bits(const OpRow& row, const Target& target, DType activation) {
  CompileOptions unplanned;
  unplanned.reuse_memory = unplanned.replay = false;
  RowRun planned(row.build, activation, target, 1), apart(row.build, activation, target, 1, unplanned);
  apart.run();
  apart.run();
  for (int run = 0; run < 3; ++run) planned.run();  // eager, captured, replayed
  for (const auto* names : {&planned.output_names, &planned.gradient_names})
    for (const std::string& name : *names) {
      INFO(name);
      CHECK(planned.executable.get(name).bytes() == apart.executable.get(name).bytes());
    }
}

void check_same_bits(const OpRow& row, const Target& target, DType activation) {
  with_all_algorithms(row, target, activation, compare_bits);
}

// Results are within the tolerance of ref, with the same bits for any order of threads, with and without memory reuse.
void compare_schedules(const OpRow& row, const Target& target, DType activation) {
  CompileOptions unplanned;
  unplanned.reuse_memory = false;
  RowRun expected(row.build, reference_type(activation), Device::reference(), 1);
  RowRun planned(row.build, activation, target, 1), apart(row.build, activation, target, 1, unplanned);
  expected.run();
  std::map<std::string, std::vector<std::byte>> first;  // the outputs of the first run
  for (const uint32_t schedule : {0, 1, 2, 3}) {
    emulator::set_schedule(schedule);
    RowRun& found = schedule % 2 == 0 ? planned : apart;
    found.run();
    for (const auto* names : {&found.output_names, &found.gradient_names})
      for (const std::string& name : *names) {
        INFO(name << ", schedule " << schedule);
        const std::vector<std::byte> bytes = found.executable.get(name).bytes();
        CHECK(bytes == first.try_emplace(name, bytes).first->second);
      }
    if (schedule > 0) continue;
    for (const auto& [what, error] : difference(found, expected)) {
      INFO(what);
      CHECK(error <= tolerance(row, activation));
    }
  }
  emulator::set_schedule(0);
}

void check_emulated(const OpRow& row, DType activation) {
  with_all_algorithms(row, Device::emulated(), activation, compare_schedules);
}

// Precisions that the GPU does not support are skipped.
void add_device_test(const OpRow& row, const Target& target, const std::string& what, const Check& body) {
  const std::string name = to_string(target.device.backend) + what;
  if (target.device.backend != Backend::cuda) return add_test(row, name, body);
  const Check on_gpu = [=](const OpRow& each) {
    if (!no_gpu() && supports(target.device, target.precision)) body(each);
  };
  add_test(row, name, on_gpu, "[gpu]");
}

void add_device_tests(const OpRow& row, const Target& target) {
  const DType activation = activation_type(target.precision);
  const std::string in = target.precision == Precision::fp32 ? "" : " in " + to_string(target.precision);
  add_device_test(row, target, in + " is ref",
                  [=](const OpRow& each) { check_against_reference(each, target, activation); });
  add_device_test(row, target, in + " has the same bits",
                  [=](const OpRow& each) { check_same_bits(each, target, activation); });
}

// Support is not checked here: without a GPU these tests are listed and skipped.
Target cuda_in(Precision precision) {
  Target target = Device::cuda();
  target.precision = precision;
  return target;
}

void add_tf32_tests(OpRow row) {
  if (!row.multiplies()) return;
  row.f32_tolerance = tolerance(row, Precision::tf32);
  add_device_tests(row, cuda_in(Precision::tf32));
}

void add_reduced_precision_tests(const OpRow& row) {
  if (!row.reduced_precision) return;
  for (const Precision precision : {Precision::fp16, Precision::bf16}) {
    add_device_tests(row, cuda_in(precision));
    add_test(row, "emulated in " + to_string(precision) + " is ref",
             [=](const OpRow& each) { check_emulated(each, activation_type(precision)); });
  }
}

void add_op_tests() {
  for (const OpRow& row : op_rows()) {
    if (row.benchmark_only) continue;
    if (!row.refusal.empty()) {
      add_test(row, "", check_refusal);
      continue;
    }
    if (row.differences > 0) add_test(row, "gradient", check_row_gradients);
    add_device_tests(row, Device::cpu());
    add_device_tests(row, Device::cuda());
    add_tf32_tests(row);
    add_test(row, "emulated is ref", [](const OpRow& each) { check_emulated(each, DType::f32); });
    add_reduced_precision_tests(row);
  }
}

}  // namespace
}  // namespace tuna

int main(int count, char** arguments) {
  tuna::restart_with_long_spins(arguments);
  tuna::add_op_tests();
  return Catch::Session().run(count, arguments);
}
