#include "tests/golden/golden.h"

#include <cstdlib>
#include <set>

#include "engine/files/weights.h"
#include "tests/catch.h"
#include "tests/op_table/op_checks.h"
#include "tests/source_folder.h"

namespace tuna {
namespace {

std::vector<double> read(const SafetensorsFile& file, const std::string& name) {
  const auto as_double = [](const auto& values) { return std::vector<double>(values.begin(), values.end()); };
  const std::string& dtype = file.tensor(name).dtype;
  if (dtype == "F32") return as_double(file.values<float>(name));
  if (dtype == "I64") return as_double(file.values<int64_t>(name));
  return file.values<double>(name);
}

}  // namespace

std::vector<GoldenTarget> golden_targets() {
  return {{DType::f64, Device::reference(), 1e-10},
          {DType::f32, Device::cpu(), 1e-4},
          {DType::f32, Device::emulated(), 1e-4}};
}

std::vector<GoldenTarget> golden_targets_on_gpu() { return {{DType::f32, Device::cuda(), 1e-4}}; }

Golden::Golden(const std::string& name)
    : file_(source_folder() + "/tests/golden/" + name + ".safetensors"),
      config_(nlohmann::json::parse(file_.metadata().at("config"))) {}

std::vector<std::string> Golden::names(const std::string& prefix) const {
  std::vector<std::string> found;
  for (const auto& [name, stored] : file_.tensors())
    if (name.compare(0, prefix.size(), prefix) == 0) found.push_back(name);
  return found;
}

Shape Golden::shape(const std::string& name) const {
  const std::vector<int64_t>& in_file = file_.tensor(name).shape;
  switch (in_file.size()) {
    case 4:
      return {in_file[0], in_file[2], in_file[3], in_file[1]};
    case 2:
      return {in_file[0], 1, 1, in_file[1]};
    case 1:
      return {1, 1, 1, in_file[0]};
    default:
      return {};
  }
}

std::vector<double> Golden::values(const std::string& name) const {
  const std::vector<double> in_file = read(file_, name);
  const Shape s = shape(name);
  std::vector<double> ours;
  for (int64_t n = 0; n < s.n; ++n)
    for (int64_t pixel = 0; pixel < s.pixels(); ++pixel)
      for (int64_t c = 0; c < s.c; ++c) ours.push_back(in_file.at(size_t((n * s.c + c) * s.pixels() + pixel)));
  return ours;
}

void Golden::load(State& state, const std::string& net) const {
  load_weights(file_, state, {net + ".", "param." + net + ".", {}});
}

void Golden::set(Executable& executable, const std::string& input, const std::string& name) const {
  const Type& type = executable.input(input).type;
  const std::vector<double> given = values(name);
  check(int64_t(given.size()) == type.shape.count(), "input '{}' is {}, {} is {}", input, type, name, shape(name));
  executable.set(input, HostTensor(type, given));
}

void Golden::compare(const std::string& name, const std::vector<double>& found, double tolerance) const {
  const std::vector<double> expected = values(name);
  INFO(file_.name() << ": " << name);
  REQUIRE(found.size() == expected.size());
  CHECK(relative_l2(found, expected) <= tolerance);
}

void Golden::check_inert(const Program& program) const {
  std::set<std::string> ours;
  for (const StateValue& value : program.states())
    if (value.role == Role::inert) ours.insert(value.name);
  CHECK(ours == config_.value("without_gradient", std::set<std::string>()));
}

TEST_CASE("golden files are read from the environment's TUNA_SOURCE_DIR", "[golden]") {
  setenv("TUNA_SOURCE_DIR", "/no/such/sources", 1);
  CHECK_THROWS_WITH(Golden("adam"), Contains("/no/such/sources/tests/golden/adam.safetensors"));
  unsetenv("TUNA_SOURCE_DIR");
  CHECK_NOTHROW(Golden("adam"));
}

}  // namespace tuna
