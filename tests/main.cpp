// Every row of the op table becomes test cases of its own, tagged with the op's name, beside those written as such.
#ifdef TUNA_CATCH2_V2
#define CATCH_CONFIG_RUNNER
#endif
#include <cstring>

#include "engine/short_spins.h"
#include "tests/catch.h"
#include "tests/op_checks.h"

namespace tuna {
namespace {

using Check = std::function<void(const OpRow&)>;

struct RowTest final : Catch::ITestInvoker {
  OpRow row;
  Check body;

  RowTest(OpRow row, Check body) : row(std::move(row)), body(std::move(body)) {}
  void invoke() const override { body(row); }
};

void add_test(const OpRow& row, const std::string& what, const Check& body) {
  const std::string name = row.op + ": " + row.name + (what.empty() ? "" : " / " + what), tags = "[op][" + row.op + "]";
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
  for (const GradientReport& report : check_gradients(row.build)) {
    INFO(report.input << " " << to_string(report.shape) << " element " << report.element << ": analytic "
                      << report.analytic << ", numeric " << report.numeric << ", allowed " << report.allowed);
    CHECK(report.error <= report.allowed);
  }
}

void check_against_reference(const OpRow& row) {
  for (const BackendReport& report : compare_with_reference(row.build, Device::cpu(), 1)) {
    INFO(report.what);
    CHECK(report.error <= row.f32_tolerance);
  }
}

// Neither the plan of memory nor another run may change a bit.
void check_same_bits(const OpRow& row) {
  CompileOptions unplanned;
  unplanned.reuse_memory = false;
  RowRun planned(row.build, DType::f32, Device::cpu(), 1), apart(row.build, DType::f32, Device::cpu(), 1, unplanned);
  planned.run();
  apart.run();
  apart.run();
  for (const auto* names : {&planned.output_names, &planned.gradient_names})
    for (const std::string& name : *names) {
      const View first = planned.executable.output(name), second = apart.executable.output(name);
      INFO(name);
      CHECK(std::memcmp(first.memory, second.memory, first.type.bytes()) == 0);
    }
}

void add_op_tests() {
  for (const OpRow& row : op_rows()) {
    if (row.benchmark_only) continue;
    if (!row.refusal.empty()) {
      add_test(row, "", check_refusal);
      continue;
    }
    add_test(row, "gradient", check_row_gradients);
    add_test(row, "cpu is ref", check_against_reference);
    add_test(row, "same bits", check_same_bits);
  }
}

}  // namespace
}  // namespace tuna

int main(int count, char** arguments) {
  tuna::restart_with_short_spins(arguments);
  tuna::add_op_tests();
  return Catch::Session().run(count, arguments);
}
