#include "tests/op_table/bench_versions.h"

#include <algorithm>
#include <map>

#include "engine/compile/defined_by.h"
#include "tests/op_table/bench_cudnn_norm.h"

namespace tuna {

namespace {

std::optional<Tensors> plain(const Op& op, const Tensors& in) {
  const Definition* definition = find_definition(op);
  if (!definition) return std::nullopt;
  return (*definition)(op, in);
}

std::optional<Tensors> by_cudnn(const Op& op, const Tensors& in, const Device& device) {
  const auto* norm = dynamic_cast<const InstanceNorm*>(&op);
  if (!norm || !cudnn_offers_instance_norm(in[0].type(), device)) return std::nullopt;
  return record(InstanceNormByCudnn(norm->eps), in);
}

}  // namespace

std::vector<Version> other_versions(const Device& device) {
  std::vector<Version> versions = {{"plain", plain}};
  if (device.backend == Backend::cuda)
    versions.push_back({"cudnn", [device](const Op& op, const Tensors& in) { return by_cudnn(op, in, device); }});
  return versions;
}

bool changes(const Version& version, const Program& row) {
  Program scratch(row.accumulation_type(), Fusion::off);
  return std::any_of(row.steps().begin(), row.steps().end(), [&](const Step& step) {
    Tensors in;
    for (const uint32_t id : step.in)
      in.push_back(scratch.input("value " + std::to_string(scratch.value_count()), row.value(id).type));
    return version.replace(*step.op, in).has_value();
  });
}

BuildRow in_version(const BuildRow& build, const Version& version, DType dtype) {
  return [=](Draw& draw) {
    draw.program.set_fusion(Fusion::off);  // separated ops must not be fused again
    Program ours(dtype, Fusion::off);
    Draw drawn_by_ours(ours, kBenchSeed);
    const Tensors outputs = build(drawn_by_ours);

    std::map<uint32_t, Tensor> here;  // by their number in our version
    for (Drawn drawn : drawn_by_ours.drawn) {
      const Tensor input = draw.program.input(drawn.name, drawn.tensor.type());
      here[drawn.tensor.id] = input;
      drawn.tensor = input;
      draw.drawn.push_back(std::move(drawn));
    }
    const auto translate = [&](const Tensor& tensor) { return here.at(tensor.id); };
    for (const Step& step : ours.steps()) {
      Tensors in;
      for (const uint32_t id : step.in) in.push_back(here.at(id));
      const std::optional<Tensors> replaced = version.replace(*step.op, in);
      const Tensors out = replaced ? *replaced : record(draw.program, step.op, in);
      for (size_t i = 0; i < out.size(); ++i) here[step.out[i]] = out[i];
    }
    for (const Tensor& tensor : drawn_by_ours.compared) draw.also_compare(translate(tensor));
    Tensors translated;
    for (const Tensor& tensor : outputs) translated.push_back(translate(tensor));
    return translated;
  };
}

}  // namespace tuna
