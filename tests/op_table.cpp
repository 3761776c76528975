#include "tests/op_table.h"

namespace tuna {
namespace {

template <class Next>
std::vector<double> values(const Shape& shape, Next next) {
  std::vector<double> result(size_t(shape.count()));
  if (Draw::ShapesOnly::active()) return result;
  for (double& value : result) value = float(next());
  return result;
}

}  // namespace

Tensor Draw::add(Type type, std::vector<double> values, double spread, bool differentiate) {
  check(int64_t(values.size()) == type.shape.count(), "draw: {} values for {}", values.size(), type);
  const std::string name = "input" + std::to_string(drawn.size());
  const Tensor tensor = program.input(name, type);
  drawn.push_back({tensor, name, std::move(values), spread, differentiate});
  return tensor;
}

Tensor Draw::normal(Shape shape, double mean, double deviation) {
  Random source = random();
  return add({program.real(), shape}, values(shape, [&] { return mean + deviation * source.normal(); }), deviation,
             true);
}

Tensor Draw::uniform(Shape shape, double low, double high) {
  Random source = random();
  return add({program.real(), shape}, values(shape, [&] { return source.uniform(low, high); }), high - low, true);
}

Tensor Draw::constant(Shape shape, std::vector<double> given) {
  return add({program.real(), shape}, std::move(given), 1, false);
}

Tensor Draw::constant_normal(Shape shape, double mean, double deviation) {
  const Tensor tensor = normal(shape, mean, deviation);
  drawn.back().differentiate = false;
  return tensor;
}

Tensor Draw::constant_uniform(Shape shape, double low, double high) {
  const Tensor tensor = uniform(shape, low, high);
  drawn.back().differentiate = false;
  return tensor;
}

Tensor Draw::integers(Shape shape, std::vector<int32_t> given) {
  return add({DType::i32, shape}, std::vector<double>(given.begin(), given.end()), 1, false);
}

Tensor Draw::labels(int64_t count, int classes) {
  Random source = random();
  std::vector<int32_t> drawn_labels;
  for (int64_t i = 0; i < count; ++i) drawn_labels.push_back(int32_t(source.below(uint32_t(classes))));
  return integers({count, 1, 1, 1}, drawn_labels);
}

std::vector<OpRow>& op_rows() {
  static std::vector<OpRow> rows;
  return rows;
}

}  // namespace tuna
