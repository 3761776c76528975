#include "kernels/conv/tuning.h"

#include "engine/compile/compile.h"
#include "kernels/conv/conv2d.h"
#include "kernels/conv/tables.h"
#include "tests/catch.h"

namespace tuna {
namespace {

constexpr ConvProblem kProblem{1, 64, 64, 16, 32, 32, 128, 3, 3, 2, 1};

ConvChoices some_choices() {
  ConvChoices choices;
  choices.place = {"cuda", "NVIDIA H200 (compute capability 9.0)", "cuDNN 9.10.2"};
  choices.convolutions[conv_key(ConvDirection::forward, kProblem, Precision::tf32)] = {
      "cudnn", ConvEngine{30, {{2, 1}, {7, 3}}}, 12.5};
  choices.convolutions[conv_key(ConvDirection::backward_data, kProblem, Precision::tf32)] = {"plain", {}, 2};
  return choices;
}

/// A convolution of 8 channels with a 1x1 kernel and stride 2, and what it gives on a device.
struct Strided1x1 {
  explicit Strided1x1(const Target& target) {
    const Tensor x = program.input("x", {1, 8, 8, 8}), weight = program.input("weight", {4, 1, 1, 8});
    program.output("y", conv2d(x, weight, {2, 0}));
    const Tensor dy = program.input("dy", {1, 4, 4, 4});
    program.output("dweight", record(Conv2dBackwardWeight({2, 0}, 1, 1), {x, dy})[0]);
    executable = compile(program, target, state);
  }

  std::vector<std::string> algorithms() const {
    std::vector<std::string> found;
    for (const Instruction& each : executable.instructions())
      if (!each.algorithm.empty()) found.push_back(each.algorithm);
    return found;
  }

  Program program;
  State state;
  Executable executable;
};

constexpr ConvProblem kStrided1x1{1, 8, 8, 8, 4, 4, 4, 1, 1, 2, 0};

ConvAlgorithms fitting(ConvDirection direction) { return fitting_algorithms(direction, kStrided1x1, Device::cpu()); }

Target cpu_with(ConvDirection direction, const std::string& algorithm) {
  ConvChoices choices;
  choices.file = "a.json";
  choices.convolutions[conv_key(direction, kStrided1x1, Precision::fp32)] = {algorithm, {}, 1};
  Target target = Device::cpu();
  target.conv_choices = std::make_shared<ConvChoices>(choices);
  return target;
}

}  // namespace

TEST_CASE("a tuning is read as it was written", "[tuning]") {
  const ConvChoices choices = parse_tuning(tuning_json(some_choices()), "tuning.json");
  CHECK(choices.place == some_choices().place);
  CHECK(choices.convolutions == some_choices().convolutions);
  CHECK(tuning_json(choices) == tuning_json(some_choices()));
  const ConvChoice* found = choices.find(ConvDirection::forward, kProblem, Precision::tf32);
  REQUIRE(found);
  CHECK(to_string(*found) == "cudnn, engine 30 with 2=1, 7=3");
}

TEST_CASE("a tuning does not affect other convolutions", "[tuning]") {
  const ConvChoices choices = some_choices();
  ConvProblem other = kProblem, biased = kProblem;
  other.channels = 17;
  biased.bias = true;
  CHECK_FALSE(choices.find(ConvDirection::forward, other, Precision::tf32));
  CHECK_FALSE(choices.find(ConvDirection::forward, biased, Precision::tf32));
  CHECK_FALSE(choices.find(ConvDirection::backward_weight, kProblem, Precision::tf32));
  CHECK_FALSE(choices.find(ConvDirection::forward, kProblem, Precision::fp32));
}

TEST_CASE("a file that is not a tuning is refused", "[tuning]") {
  const auto read = [](const std::string& text) { return parse_tuning(text, "tuning.json"); };
  REQUIRE_THROWS_WITH(read("{\n"), Contains("tuning.json:2: syntax error"));
  REQUIRE_THROWS_WITH(read("[]"), Contains("tuning.json: is not a tuning file as `tuna tune` writes it: cannot use"));
  std::string deep;
  for (const char* bracket : {"[", "{\"backend\":"})
    for (int i = 0; i < 60000; ++i) deep += bracket;
  REQUIRE_THROWS_WITH(read(deep), Contains("tuning.json") && !Contains("json.exception"));
  REQUIRE_THROWS_WITH(read(R"({"backend": "cpu", "processor": "P"})"), Contains("libraries"));
  const std::string written = tuning_json(some_choices());
  const size_t begin = written.find("\n    {"), end = written.find("\n  ]");
  const std::string twice = written.substr(0, end) + "," + written.substr(begin, end - begin) + written.substr(end);
  REQUIRE_THROWS_WITH(read(twice), Contains("stride 2, padding 1, f32, tf32' twice"));
  const auto with_engine = [&](const std::string& engine) {
    return read(R"({"backend": "cuda", "processor": "P", "libraries": "L", "convolutions": [{"convolution": "a",
      "algorithm": "cudnn", "microseconds": 1, "engine": )"
                + engine + "}]}");
  };
  CHECK(with_engine(R"(3, "knobs": [[1, -2]])").convolutions.at("a").engine == ConvEngine{3, {{1, -2}}});
  REQUIRE_THROWS_WITH(with_engine(R"(1e300, "knobs": [])"), Contains("'a': engine is 1e+300, expected an integer"));
  REQUIRE_THROWS_WITH(with_engine(R"(3, "knobs": [[1, 0.5]])"), Contains("'a': the value of a knob is 0.5"));
  REQUIRE_THROWS_WITH(with_engine(R"(3, "knobs": [[1]])"), Contains("is not a tuning file"));
  REQUIRE_THROWS_WITH(read_tuning("/nowhere/tuning.json"), Contains("/nowhere/tuning.json: cannot be read"));
}

TEST_CASE("a tuning of one machine is not for another", "[tuning]") {
  const std::string elsewhere = measured_elsewhere(some_choices(), Device::cpu());
  CHECK_THAT(elsewhere,
             Contains("was measured on NVIDIA H200 (compute capability 9.0) with cuDNN 9.10.2, and this is "));
  ConvChoices here = some_choices();
  here.place = tuning_place(Device::cpu());
  CHECK(measured_elsewhere(here, Device::cpu()).empty());
  here.place.libraries += " and another";
  CHECK_FALSE(measured_elsewhere(here, Device::cpu()).empty());
}

TEST_CASE("a convolution runs the first algorithm that fits, unless a tuning names another", "[conv2d][tuning]") {
  const ConvAlgorithms forward = fitting(ConvDirection::forward), weights = fitting(ConvDirection::backward_weight);
  const std::string first = forward.front().name, last = forward.back().name, of_weights = weights.front().name;
  CHECK(Strided1x1(Device::cpu()).algorithms() == std::vector<std::string>{first, of_weights});
  CHECK(Strided1x1(cpu_with(ConvDirection::forward, last)).algorithms() == std::vector<std::string>{last, of_weights});
#ifdef TUNA_HAS_ONEDNN
  CHECK(first != last);
#endif
}

TEST_CASE("a tuning that names an algorithm that does not fit is refused with those that do", "[conv2d][tuning]") {
  const std::string name =
                        "a.json: backward weights of 1x8x8x8 with 1x1 kernel, 4 output channels, stride 2, padding 0, "
                        "f32, fp32: algorithm '",
                    others = "' does not compute it; these do: " + names_of(fitting(ConvDirection::backward_weight));
  for (const std::string algorithm : {"magic", "onednn"})  // onednn would be wrong for the gradient of so few channels
    CHECK_THROWS_WITH(Strided1x1(cpu_with(ConvDirection::backward_weight, algorithm)),
                      Contains(name + algorithm + others));
}

}  // namespace tuna
