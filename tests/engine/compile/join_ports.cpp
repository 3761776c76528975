#include <set>

#include "kernels/loss/mse.h"
#include "kernels/pointwise/scale.h"
#include "tests/engine/compile/drafts.h"

namespace tuna {

TEST_CASE("small inputs are in one storage, and scalar outputs in another", "[engine][compile]") {
  Program program;
  const Tensor image = program.input("image", {1, 16, 16, 4}), rate = program.input("rate", kScalar),
               labels = program.input("labels", {1, 1, 1, 100}),
               state = program.state("s", kScalar, Initial::constant(1));
  program.store(state, 2 * program.latest(state));
  program.output("loss", mse_to(image, 0));
  program.output("penalty", mse_to(labels, 0));
  program.output("threefold", 3 * rate);
  program.output("double", 2 * image);
  program.output("scale", program.latest(state));
  program.output("given", rate);
  TestDraft test(program);
  place_values(*test);
  join_ports(*test);

  const auto place = [&](const std::string& name) {
    const auto& inputs = program.inputs();
    return test->places[inputs.count(name) ? inputs.at(name) : test->outputs.at(name)];
  };
  REQUIRE(test->small_inputs >= 0);
  REQUIRE(test->scalar_outputs >= 0);
  for (const char* name : {"rate", "labels", "given"}) CHECK(place(name).storage == test->small_inputs);
  for (const char* name : {"loss", "penalty", "threefold"}) CHECK(place(name).storage == test->scalar_outputs);
  for (const char* name : {"image", "double", "scale"}) {
    CHECK(place(name).storage != test->small_inputs);
    CHECK(place(name).storage != test->scalar_outputs);
  }
  CHECK(place("given").offset == place("rate").offset);

  const Storage &inputs = test->storages[size_t(test->small_inputs)],
                &outputs = test->storages[size_t(test->scalar_outputs)];
  CHECK((inputs.first == 0 && inputs.last == int(test->steps.size())));
  CHECK(outputs.last == int(test->steps.size()));
  CHECK(inputs.bytes == kAlignment + align_up(400));
  CHECK(outputs.bytes == 3 * kAlignment);
  std::set<size_t> offsets;
  for (const char* name : {"loss", "penalty", "threefold"}) offsets.insert(place(name).offset);
  CHECK(offsets == std::set<size_t>{0, kAlignment, 2 * kAlignment});
}

TEST_CASE("a program without small inputs and scalar outputs has no storages for them", "[engine][compile]") {
  Program program;
  program.output("y", 2 * program.input("x", {1, 16, 16, 4}));
  TestDraft test(program);
  place_values(*test);
  const size_t storages = test->storages.size();
  join_ports(*test);
  CHECK((test->small_inputs == -1 && test->scalar_outputs == -1));
  CHECK(test->storages.size() == storages);
}

}  // namespace tuna
