#include "engine/compile/compile.h"
#include "engine/program/kernel_registry.h"
#include "kernels/pointwise/relu.h"
#include "tests/engine/compile/drafts.h"

namespace tuna {
namespace {

// An op that needs its second input packed, and a workspace.
struct PackedForTest final : Op {
  std::string_view name() const override { return "packed_for_test"; }
  Types infer(const Types& in) const override { return {in[0]}; }
  double flops(const Types&, const Types&) const override { return 0; }
};

const KernelFor<PackedForTest, Backend::ref> kernel([](const PackedForTest&, const Types& in, const Types&,
                                                       const Target&) {
  const size_t bytes = in[1].bytes();
  const auto pack = [bytes](const void* source, void* packed, Stream&) { std::memcpy(packed, source, bytes); };
  const auto run = [](const Args& args, Stream&) {
    for (int64_t i = 0; i < args.out[0].type.shape.count(); ++i)
      args.out[0].data<float>()[i] = args.in[0].data<float>()[i] + static_cast<const float*>(args.packed[0])[0];
  };
  return Prepared{1000, run, {{1, "as it is", bytes, pack}}};
});

Tensor packed(Tensor x, Tensor weight) { return record(PackedForTest(), {x, weight})[0]; }

struct Unknown final : Op {
  std::string_view name() const override { return "unknown"; }
  Types infer(const Types& in) const override { return {in[0]}; }
  double flops(const Types&, const Types&) const override { return 0; }
};

}  // namespace

TEST_CASE("an input is packed once per value, and the packed one lives until its last reader", "[engine][compile]") {
  Program program;
  const Tensor x = program.input("x", {1, 1, 1, 4}), weight = program.input("weight", {1, 1, 1, 1});
  const Tensor other = program.input("other", {1, 1, 1, 1});
  program.output("y", packed(relu(packed(packed(x, weight), other)), weight));
  TestDraft test(program);
  place_values(*test);
  const size_t values = test->storages.size();
  prepare_kernels(*test);
  REQUIRE(test->storages.size() == values + 2 + 3);  // two packed inputs, three workspaces
  CHECK(test->prepared[0].to_pack.size() == 1);
  CHECK(test->prepared[1].to_pack.size() == 1);
  CHECK(test->prepared[3].to_pack.empty());
  CHECK(test->prepared[3].packed == test->prepared[0].packed);
  CHECK(test->prepared[1].packed != test->prepared[0].packed);
  const Storage& shared = test->storages[size_t(test->prepared[0].packed[0])];
  CHECK((shared.first == 0 && shared.last == 3));

  const Storage& workspace = test->storages[size_t(test->prepared[1].workspace)];
  CHECK((workspace.bytes == 1000 && workspace.first == 1 && workspace.last == 1));
}

TEST_CASE("an input is packed only before its first reader, which reads the packed one", "[engine][compile]") {
  Program program;
  const Tensor x = program.input("x", {1, 1, 1, 2}), weight = program.input("weight", {1, 1, 1, 1});
  program.output("y", packed(packed(x, weight), weight));
  State state;
  Executable executable = compile(program, Device::reference(), state);
  Names names;
  for (const Instruction& each : executable.instructions()) names.push_back(each.name);
  CHECK(names == Names{"pack as it is", "packed_for_test", "packed_for_test"});
  executable.set("x", {1, 2});
  executable.set("weight", {10});
  executable.run();
  CHECK(executable.get<float>("y") == std::vector<float>{21, 22});
}

TEST_CASE("a step without a kernel is an error that names its module", "[engine][compile]") {
  Program program;
  const Scope scope(program, "G_AP");
  program.output("y", record(Unknown(), {program.input("x", {1, 1, 1, 1})})[0]);
  TestDraft test(program);
  place_values(*test);
  REQUIRE_THROWS_WITH(prepare_kernels(*test), Contains("G_AP: unknown: no kernel for backend ref; it has none"));
}

}  // namespace tuna
