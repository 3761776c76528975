#include "tests/op_table/bench_directions.h"

#include <map>

#include "engine/program/autograd.h"
#include "tests/op_table/bench_versions.h"

namespace tuna {
namespace {

class BackwardRun {
 public:
  BackwardRun(const BuildRow& build, DType dtype, const Target& target, const Target& forward_target)
      : state_(0, target.device) {
    size_t forward = 0;  // steps
    RowRun whole(
        [&](Draw& draw) {
          const Tensors outputs = build(draw);
          forward = draw.program.steps().size();
          return outputs;
        },
        dtype, forward_target, kBenchSeed);
    std::map<uint32_t, Tensor> here;  // by their number in the whole program
    std::map<uint32_t, std::string> saved;
    program_.set_fusion(Fusion::off);  // as it was recorded
    for (size_t k = forward; k < whole.program.steps().size(); ++k) {
      const Step& step = whole.program.steps()[k];
      Tensors in;
      for (const uint32_t id : step.in) {
        if (!here.count(id)) {
          saved[id] = fmt::format("saved {}", id);
          here[id] = program_.input(saved[id], whole.program.value(id).type);
        }
        in.push_back(here[id]);
      }
      const Tensors out = program_.record(step.op, in);
      for (size_t i = 0; i < out.size(); ++i) here[step.out[i]] = out[i];
    }
    for (const std::string& name : whole.gradient_names)
      if (const auto computed = here.find(whole.program.outputs().at(name)); computed != here.end())
        program_.output(name, computed->second);
    executable = compile(program_, target, state_);

    for (const auto& [id, name] : saved) whole.program.output(name, Tensor{&whole.program, id});
    Executable forward_run = compile(whole.program, forward_target, whole.state);
    whole.run();  // on a GPU, inputs arrive with the first run
    for (const auto& [name, id] : whole.program.inputs())
      forward_run.set(name, whole.executable.read(whole.executable.input(name)));
    forward_run.run();
    for (const auto& [id, name] : saved) executable.set(name, forward_run.get(name));
  }

 private:
  Program program_;
  State state_;

 public:
  Executable executable;
};

}  // namespace

std::shared_ptr<Executable> forward_alone(const BuildRow& build, DType dtype, const Target& target) {
  const auto without_gradients = [build](Draw& draw) {
    const Tensors outputs = build(draw);
    for (Drawn& drawn : draw.drawn) drawn.differentiate = false;
    return outputs;
  };
  const auto run = std::make_shared<RowRun>(without_gradients, dtype, target, kBenchSeed);
  return {run, &run->executable};
}

std::shared_ptr<Executable> backward_alone(const BuildRow& build, DType dtype, const Target& target,
                                           const Target& forward_target) {
  const auto run = std::make_shared<BackwardRun>(build, dtype, target, forward_target);
  return {run, &run->executable};
}

bool record_backward(Program& program, const Draw& draw, const Tensors& outputs) {
  Tensors real, wrt;
  for (const Tensor& output : outputs)
    if (is_real(output.type().dtype)) real.push_back(output);
  for (const Drawn& drawn : draw.drawn)
    if (drawn.differentiate) wrt.push_back(drawn.tensor);
  if (real.empty() || wrt.empty()) return false;
  const size_t forward = program.steps().size();
  gradients(real, real, wrt);
  return program.steps().size() > forward;
}

}  // namespace tuna
