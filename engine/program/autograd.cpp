#include "engine/program/autograd.h"

#include <functional>

#include "engine/program/fusion.h"
#include "engine/program/gradient_ops.h"

namespace tuna {
namespace {

struct StopGradient final : Op {
  std::string_view name() const override { return "stop_gradient"; }
  Types infer(const Types& in) const override { return {in[0]}; }
  double flops(const Types&, const Types&) const override { return 0; }
  Tensors grad(const Tensors&, const Tensors&, const Tensors&) const override { return {}; }
  std::optional<Alias> alias(int, const Types&) const override { return Alias{0, 0}; }
};

}  // namespace

Tensor stop_gradient(Tensor x) { return record(StopGradient(), {x})[0]; }

Tensors gradients(const Tensors& outputs, const Tensors& seeds, const Tensors& wrt) {
  check(!outputs.empty() && outputs.size() == seeds.size(), "gradients: {} outputs with {} seeds", outputs.size(),
        seeds.size());
  Program& program = *outputs[0].program;
  Tensors keep = outputs;
  keep.insert(keep.end(), wrt.begin(), wrt.end());
  fuse(program, keep);
  const size_t steps = program.steps().size();  // what is recorded below comes after

  std::vector<char> needs_gradient(program.value_count());
  for (const Tensor& tensor : wrt) needs_gradient[tensor.id] = 1;
  for (const Step& step : program.steps())
    for (const uint32_t in : step.in)
      if (needs_gradient[in])
        for (const uint32_t out : step.out) needs_gradient[out] = 1;

  std::vector<Tensor> gradient(program.value_count());
  const auto accumulate = [&](uint32_t id, Tensor term) {
    check(term.type() == program.value(id).type, "gradients: {} is {}, but its gradient is {}", program.value(id).name,
          program.value(id).type, term.type());
    gradient[id] = gradient[id] ? gradient[id] + term : term;
  };
  for (size_t i = 0; i < outputs.size(); ++i)
    if (needs_gradient[outputs[i].id]) accumulate(outputs[i].id, seeds[i]);

  std::vector<std::pair<size_t, size_t>> producer(program.value_count(),
                                                  {steps, 0});  // its step, and which output it is
  for (size_t k = 0; k < steps; ++k)
    for (size_t i = 0; i < program.steps()[k].out.size(); ++i) producer[program.steps()[k].out[i]] = {k, i};
  // A value as gradients read it: saved, or recomputed.
  const std::function<Tensor(uint32_t)> saved_or_recomputed = [&](uint32_t id) {
    const Tensor saved{&program, id};
    if (producer[id].first == steps) return saved;  // an input or a state
    const auto [k, which] = producer[id];
    const Step step = program.steps()[k];  // a copy: recording moves the steps
    if (!step.op->is_recomputed(which)) return saved;
    Tensors in, out;
    for (const uint32_t each : step.in) in.push_back(saved_or_recomputed(each));
    for (const uint32_t each : step.out) out.push_back({&program, each});
    program.set_recomputing(true);
    const Tensor recomputed = step.op->recompute(which, in, out);
    program.set_recomputing(false);
    return recomputed;
  };

  const std::string scope = program.scope();
  for (size_t k = steps; k-- > 0;) {
    const Step step = program.steps()[k];  // a copy: recording moves the steps
    Tensors in, out, dout;
    bool arrives = false, is_needed = false;
    for (const uint32_t id : step.out) {
      out.push_back({&program, id});
      dout.push_back(gradient[id]);
      arrives |= bool(gradient[id]);
    }
    for (const uint32_t id : step.in) is_needed |= bool(needs_gradient[id]);
    if (!arrives || !is_needed) continue;
    program.set_scope(step.scope);
    for (const uint32_t id : step.in) in.push_back(saved_or_recomputed(id));
    const Tensors din = step.op->grad(in, out, dout);
    for (size_t i = 0; i < din.size(); ++i)
      if (din[i] && needs_gradient[step.in[i]]) accumulate(step.in[i], din[i]);
  }
  program.set_scope(scope);

  Tensors result;
  for (const Tensor& tensor : wrt) result.push_back(gradient[tensor.id]);
  return result;
}

Tensors gradients(Tensor loss, const Tensors& wrt) {
  check(loss.shape().count() == 1, "gradients: the loss must be a scalar, got {}", loss.shape());
  return gradients({loss}, {fill(*loss.program, loss.type(), 1)}, wrt);
}

}  // namespace tuna
