#include "tests/op_table/op_table.h"

#include "kernels/geometry/concatenate.h"

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

Tensor Draw::add_normal(Type type, double mean, double deviation) {
  Random source = random();
  return add(type, values(type.shape, [&] { return mean + deviation * source.normal(); }), deviation, true);
}

Tensor Draw::normal(Shape shape, double mean, double deviation) {
  return add_normal({program.activation(), shape}, mean, deviation);
}

Tensor Draw::parameter(Shape shape, double mean, double deviation) {
  return add_normal({program.accumulation_type(), shape}, mean, deviation);
}

Tensor Draw::uniform(Shape shape, double low, double high) {
  return add_uniform({program.activation(), shape}, low, high);
}

Tensor Draw::add_uniform(Type type, double low, double high) {
  Random source = random();
  return add(type, values(type.shape, [&] { return source.uniform(low, high); }), high - low, true);
}

Tensor Draw::constant(Shape shape, std::vector<double> given) {
  return add({program.activation(), shape}, std::move(given), 1, false);
}

Tensor Draw::without_gradient(Tensor tensor) {
  drawn.back().differentiate = false;
  return tensor;
}

Tensor Draw::with(Tensor last, const std::vector<std::pair<int64_t, double>>& strays) {
  for (const auto& [at, stray] : strays) drawn.back().values.at(size_t(at)) = stray;
  return last;
}

Tensor Draw::constant_normal(Shape shape, double mean, double deviation) {
  return without_gradient(normal(shape, mean, deviation));
}

Tensor Draw::constant_uniform(Shape shape, double low, double high) {
  return without_gradient(uniform(shape, low, high));
}

Tensor Draw::constant_parameter(Shape shape, double mean, double deviation) {
  return without_gradient(parameter(shape, mean, deviation));
}

Tensor Draw::constant_positive_parameter(Shape shape, double low, double high) {
  return without_gradient(add_uniform({program.accumulation_type(), shape}, low, high));
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

Tensor in_parts(const Tensors& wholes, const std::function<Tensor(const Tensors&)>& f) {
  Tensors first, rest;
  for (const Tensor whole : wholes) {
    const Tensors parts = split(whole, {1, whole.shape().n - 1});
    first.push_back(parts[0]);
    rest.push_back(parts[1]);
  }
  return concatenate({f(first), f(rest)});
}

std::vector<OpRow>& op_rows() {
  static std::vector<OpRow> rows;
  return rows;
}

}  // namespace tuna
