#include <map>
#include <set>

#include "kernels/conv/conv2d.h"
#include "kernels/conv/tables.h"
#include "tests/catch.h"
#include "tests/op_table/op_checks.h"

namespace tuna {

TEST_CASE("every algorithm that fits can be chosen", "[conv2d]") {
  const auto algorithms = [](const Shape& x, const Shape& weight, const Device& device) {
    const auto build = [=](Draw& draw) { return Tensors{conv2d(draw.normal(x), draw.constant_parameter(weight), {})}; };
    std::map<std::string, std::set<std::string>> ran;  // by the algorithm chosen
    for (const ConvTarget& each : with_each_algorithm(build, DType::f32, device)) {
      const RowRun run(build, DType::f32, each.target, 1);
      for (const Instruction& instruction : run.executable.instructions())
        if (!instruction.algorithm.empty()) ran[each.algorithm].insert(instruction.algorithm);
    }
    return ran;
  };
  using Names = std::set<std::string>;
  const Shape image{1, 6, 6, 3}, kernel{2, 3, 3, 3}, vector{2, 1, 1, 3}, matrix{5, 1, 1, 3};
#ifdef TUNA_HAS_ONEDNN
  CHECK(algorithms(image, kernel, Device::cpu()).at("plain") == Names{"plain"});
  CHECK(algorithms(image, kernel, Device::cpu()).at("").count("plain") == 0);
#endif
  CHECK(algorithms(vector, matrix, Device::emulated()).at("") == Names{"cublas"});
  CHECK(algorithms(vector, matrix, Device::emulated()).at("cudnn") == Names{"cudnn"});
  CHECK(algorithms(image, kernel, Device::emulated()).at("") == Names{"cudnn"});
  CHECK(algorithms(image, kernel, Device::emulated()).count("cublas") == 0);
  CHECK(with_each_algorithm(
            [](Draw& draw) {
              return Tensors{draw.normal({1, 1, 1, 1})};
            },
            DType::f32, Device::cpu())
            .size()
        == 1);
}

TEST_CASE("backend emulated has the algorithms of cuda, in their order", "[conv2d]") {
  CHECK(names_of(conv_algorithms(Backend::emulated)) == names_of(conv_algorithms(Backend::cuda)));
}

}  // namespace tuna
