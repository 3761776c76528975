#include "kernels/optimizer/adam.h"

#include <cmath>
#include <cstring>

#include "engine/program/kernel_registry.h"
#include "kernels/optimizer/multi_tensor.h"

namespace tuna {

Types Adam::infer(const Types& in) const {
  check(parameters > 0 && in.size() == input(second_moment, parameters), "adam: {} inputs for {} parameters", in.size(),
        parameters);
  const Type &schedule = in[In::schedule], &go = in[In::go];
  check(is_real(schedule.dtype) && schedule.shape == Shape{1, 1, 1, 3}, "adam: the schedule must be 1x1x1x3, got {}",
        schedule);
  check(go == Type{DType::i32, {1, 1, 1, 1}}, "adam: go must be i32 1x1x1x1, got {}", go);
  if (scaled)
    check(in[In::scale] == Type{schedule.dtype, {1, 1, 1, 1}}, "adam: the scale must be 1x1x1x1, got {}",
          in[In::scale]);
  check(!is_reduced_precision(stored_type(in, {})), "adam: parameters and moments must not be stored in {}",
        to_string(stored_type(in, {})));
  for (size_t i = 0; i < parameters; ++i)
    for (const Kind kind : {gradient, first_moment, second_moment}) {
      const Type &p = in[input(parameter, i)], &other = in[input(kind, i)];
      check(other == p, "adam: parameter {} is {}, its {} is {}", i, p, kind == gradient ? "gradient" : "moment",
            other);
    }
  Types out;
  for (const Kind kind : kUpdated)
    for (size_t i = 0; i < parameters; ++i) out.push_back(in[input(kind, i)]);
  return out;
}

// Per element 3 for m, 4 for v and 6 for p, and 1 to unscale the gradient.
double Adam::flops(const Types&, const Types& out) const {
  double sum = 0;
  for (size_t i = 0; i < parameters; ++i) sum += elements(out[i]);
  return (scaled ? 14 : 13) * sum;
}

AdamUpdate adam(const Adam& op, Tensor schedule, Tensor go, Tensor scale, const Tensors& parameters,
                const Tensors& gradients, const Tensors& first_moments, const Tensors& second_moments) {
  Tensors in{schedule, go};
  if (op.scaled) in.push_back(scale);
  for (const Tensors* tensors : {&parameters, &gradients, &first_moments, &second_moments})
    in.insert(in.end(), tensors->begin(), tensors->end());
  const Tensors out = record(op, in);
  const auto first = out.begin(), second = first + op.parameters, third = second + op.parameters;
  return {{first, second}, {second, third}, {third, out.end()}};
}

namespace {

/// The factors of the formula for one update.
template <class Real>
struct Factors {
  Real one_minus_beta1, beta2, one_minus_beta2, eps, step, root_of_correction, unscale;

  Factors(const Adam& op, const Args& args) : Factors(op, args, args.in[Adam::In::schedule].data<Real>()) {}

 private:
  Factors(const Adam& op, const Args& args, const Real* schedule)
      : one_minus_beta1(Real(1 - op.beta1)),
        beta2(Real(op.beta2)),
        one_minus_beta2(Real(1 - op.beta2)),
        eps(Real(op.eps)),
        step(schedule[0] / schedule[1]),
        root_of_correction(std::sqrt(schedule[2])),
        unscale(op.scaled ? 1 / args.in[Adam::In::scale].data<Real>()[0] : Real(1)) {}
};

/// The tensors of one parameter before and after the update, which may share memory.
template <class Real>
struct Place {
  const Real *p, *g, *m, *v;
  Real *new_p, *new_m, *new_v;

  Place(const Adam& op, const Args& args, size_t i)
      : p(args.in[op.input(Adam::parameter, i)].data<Real>()),
        g(args.in[op.input(Adam::gradient, i)].data<Real>()),
        m(args.in[op.input(Adam::first_moment, i)].data<Real>()),
        v(args.in[op.input(Adam::second_moment, i)].data<Real>()),
        new_p(args.out[i].data<Real>()),
        new_m(args.out[op.parameters + i].data<Real>()),
        new_v(args.out[2 * op.parameters + i].data<Real>()) {}

  void update(const Factors<Real>& f, int64_t begin, int64_t end) const {
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) {
      const Real gradient = g[i] * f.unscale;
      const Real first = m[i] + f.one_minus_beta1 * (gradient - m[i]);
      const Real second = f.beta2 * v[i] + f.one_minus_beta2 * gradient * gradient;
      new_p[i] = p[i] - f.step * first / (std::sqrt(second) / f.root_of_correction + f.eps);
      new_m[i] = first;
      new_v[i] = second;
    }
  }
};

bool may_go(const Args& args) { return args.in[Adam::In::go].data<int32_t>()[0] != 0; }

void leave_as_it_is(const Adam& op, const Args& args) {
  for (size_t i = 0; i < args.out.size(); ++i) {
    const View &from = args.in[size_t(op.overwrites(int(i)))], &to = args.out[i];
    if (from.memory != to.memory) std::memcpy(to.memory, from.memory, to.type.bytes());
  }
}

KernelFor<Adam, Backend::ref> reference([](const Adam& op, auto real, const Args& args) {
  using Real = decltype(real);
  if (!may_go(args)) return leave_as_it_is(op, args);
  const Factors<Real> factors(op, args);
  for (size_t i = 0; i < op.parameters; ++i)
    Place<Real>(op, args, i).update(factors, 0, args.out[i].type.shape.count());
});

KernelFor<Adam, Backend::cpu> fast([](const Adam& op, const Types& in, const Types& out, const Target&) {
  check(in[Adam::In::schedule].dtype == DType::f32, "adam: backend cpu computes in f32 only");
  const MultiTensor all(Types(out.begin(), out.begin() + int64_t(op.parameters)));
  return Prepared{0, [&op, all](const Args& args, Stream&) {
                    if (!may_go(args)) return leave_as_it_is(op, args);
                    const Factors<float> factors(op, args);
                    all.parallel([&](size_t parameter, int64_t begin, int64_t end) {
                      Place<float>(op, args, parameter).update(factors, begin, end);
                    });
                  }};
});

}  // namespace
}  // namespace tuna
