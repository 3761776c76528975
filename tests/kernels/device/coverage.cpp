// The op table's tests run every kernel.
#include "kernels/device/emulator.h"
#include "tests/catch.h"
#include "tests/op_table/op_checks.h"

namespace tuna {
namespace {

void launch_kernels_of(const OpRow& row) {
  if (row.benchmark_only || !row.refusal.empty()) return;
  for (const DType activation : {DType::f32, DType::f16, DType::bf16})
    if (row.reduced_precision || !is_reduced_precision(activation))
      for (const ConvTarget& each : with_each_algorithm(row.build, activation, Device::emulated()))
        RowRun(row.build, activation, each.target, 1).run();
}

TEST_CASE("every kernel is launched by a row of the op table", "[device][emulator]") {
  for (emulator::Kernel* kernel : emulator::kernels()) kernel->launched = false;
  {
    const Draw::ShapesOnly zeros;
    const emulator::LaunchesOnly without_running;
    for (const OpRow& row : op_rows()) launch_kernels_of(row);
  }
  std::string missing;
  for (const emulator::Kernel* kernel : emulator::kernels()) {
    const std::string name = kernel->name();
    const bool is_of_a_test = name.find("(anonymous namespace)") != name.npos;
    if (!kernel->launched && !is_of_a_test) missing += name + "\n";
  }
  INFO("never launched:\n" << missing);
  CHECK(missing.empty());
}

}  // namespace
}  // namespace tuna
