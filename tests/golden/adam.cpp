// Ten Adam steps against PyTorch's, the rate decaying from the fifth on; some gradients are 0, some of the size of eps.
#include "optim/adam.h"

#include "engine/compile/compile.h"
#include "optim/linear_decay.h"
#include "tests/catch.h"
#include "tests/golden/golden.h"
#include "tests/gpu.h"

namespace tuna {

static void check_ten_steps(const std::vector<GoldenTarget>& targets) {
  const Golden golden("adam");
  const nlohmann::json& config = golden.config();
  const AdamOptions options{config.at("beta1"), config.at("beta2"), config.at("eps")};
  const std::vector<double> rates = golden.values("output.lr");

  for (const GoldenTarget& target : targets) {
    INFO("backend " << to_string(target.device.backend));
    Program program(target.real);
    std::vector<std::string> names;
    Tensors parameters, given;
    for (const std::string& in_file : golden.names("param.")) {
      names.push_back(in_file.substr(sizeof("param.") - 1));
      const Shape shape = golden.shape(in_file);
      const FileLayout layout = names.back() == "a.weight"   ? FileLayout::kernel
                                : names.back() == "b.weight" ? FileLayout::matrix
                                                             : FileLayout::vector;
      parameters.push_back(
          program.state(names.back(), Type{target.real, shape}, Initial::constant(0), Role::parameter, layout));
      given.push_back(program.input("gradient of " + names.back(), shape));
    }
    AdamOptimizer optimizer(program, "optimizer", parameters, options);
    optimizer.step(given);
    State state(0, target.device);
    Executable executable = compile(program, target.device, state);
    golden.load(state, "a");
    golden.load(state, "b");

    for (int64_t step = 1; step <= config.at("steps").get<int64_t>(); ++step) {
      // PyTorch's steps count from 0, at the full rate until decay begins after `constant_steps`.
      const double lr = linear_decay(config.at("lr"), step - 1, config.at("constant_steps"), config.at("decay_steps"));
      CHECK_THAT(lr, WithinRel(rates[size_t(step - 1)], 1e-14));
      if (target.real == DType::f64)
        executable.set("optimizer.schedule", std::span<const double>(adam_schedule<double>(lr, step, options)));
      else
        executable.set("optimizer.schedule", std::span<const float>(adam_schedule<float>(lr, step, options)));
      for (const std::string& name : names)
        golden.set(executable, "gradient of " + name, fmt::format("input.grad.{}.{}", step, name));
      executable.run();
      for (const std::string& name : names) {
        golden.compare(fmt::format("after.{}.{}", step, name), state.read(name).values(), target.tolerance);
        golden.compare(fmt::format("first_moment.{}.{}", step, name), state.read("optimizer.exp_avg." + name).values(),
                       target.tolerance);
        golden.compare(fmt::format("second_moment.{}.{}", step, name),
                       state.read("optimizer.exp_avg_sq." + name).values(), target.tolerance);
      }
    }
  }
}

TEST_CASE("ten Adam steps are PyTorch's", "[golden]") { check_ten_steps(golden_targets()); }

TEST_CASE("ten Adam steps on a GPU are PyTorch's", "[golden][gpu]") {
  if (!no_gpu()) check_ten_steps(golden_targets_on_gpu());
}

}  // namespace tuna
