// Tensors of random numbers, counter-based: element i is a pure function of (seed, stream, step, i), so neither threads
// nor a resumed run change it.
#pragma once

#include "engine/base/random.h"
#include "engine/program/program.h"

namespace tuna {

/// y[i] is word i % 4 of philox({i / 4, i / 4 >> 32, step, stream}, seed), made uniform in (0, 1].
/// in: counter i32 [1, 1, 1, 2] of seed and step.  out: y of the type that the op names.  No gradient.
struct RandomUniform final : Op {
  Type type;
  uint32_t stream;

  RandomUniform(Type type, uint32_t stream) : type(type), stream(stream) {}
  std::string_view name() const override { return "random_uniform"; }
  bool operator==(const RandomUniform&) const = default;
  Types infer(const Types& in) const override;
  // From an integer to (0, 1]; Philox itself computes with integers.
  double flops(const Types&, const Types& out) const override { return 2 * elements(out[0]); }
  Tensors grad(const Tensors&, const Tensors&, const Tensors&) const override { return {}; }
};

/// Standard normal, by Box and Muller from the words of the same block: y[0] = r(w0) cos(w1), y[1] = r(w0) sin(w1), and
/// y[2], y[3] likewise from w2, w3.
/// in: counter i32 [1, 1, 1, 2] of seed and step.  out: y of the type that the op names.  No gradient.
struct RandomNormal final : Op {
  Type type;
  uint32_t stream;

  RandomNormal(Type type, uint32_t stream) : type(type), stream(stream) {}
  std::string_view name() const override { return "random_normal"; }
  bool operator==(const RandomNormal&) const = default;
  Types infer(const Types& in) const override;
  // 2 for the uniform number; of each pair, log, square root, cos, sin and 4 products.
  double flops(const Types&, const Types& out) const override { return 6 * elements(out[0]); }
  Tensors grad(const Tensors&, const Tensors&, const Tensors&) const override { return {}; }
};

/// Streams of different names draw independently.
inline Tensor random_uniform(Program& program, Shape shape, Tensor counter, std::string_view stream) {
  return record(program, RandomUniform({program.accumulation_type(), shape}, stream_id(stream)), {counter})[0];
}
inline Tensor random_normal(Program& program, Shape shape, Tensor counter, std::string_view stream) {
  return record(program, RandomNormal({program.accumulation_type(), shape}, stream_id(stream)), {counter})[0];
}

}  // namespace tuna
