#include "tests/kernels/conv/conv_case.h"

#include <algorithm>

#include "engine/base/random.h"
#include "engine/program/kernel_registry.h"
#include "kernels/conv/cpu_kernels.h"
#include "tests/catch.h"

namespace tuna {
namespace {

/// Memory between two guards, which detect writes past its ends.  All of it is NaN until it is written.
class GuardedMemory {
 public:
  explicit GuardedMemory(size_t bytes) : bytes_(align(bytes)), all_((bytes_ + 2 * kGuard) / sizeof(Line)) {
    std::fill_n(begin(), bytes_ + 2 * kGuard, kUnwritten);
  }
  explicit GuardedMemory(const HostTensor& tensor) : GuardedMemory(tensor.bytes().size()) {
    std::copy(tensor.bytes().begin(), tensor.bytes().end(), begin() + kGuard);
  }

  void* data() { return begin() + kGuard; }
  std::vector<std::byte> bytes(size_t count) { return {begin() + kGuard, begin() + kGuard + count}; }

  bool guards_are_intact() {
    const auto unwritten = [](std::byte byte) { return byte == kUnwritten; };
    return std::all_of(begin(), begin() + kGuard, unwritten)
           && std::all_of(begin() + kGuard + bytes_, begin() + bytes_ + 2 * kGuard, unwritten);
  }

 private:
  struct alignas(kAlignment) Line {
    std::byte bytes[kAlignment];
  };
  static constexpr size_t kGuard = 4096;
  static constexpr std::byte kUnwritten{0xFF};

  static size_t align(size_t bytes) { return align_up(bytes); }
  std::byte* begin() { return all_.data()->bytes; }

  size_t bytes_;
  std::vector<Line> all_;
};

HostTensor in_type(DType dtype, const HostTensor& tensor) {
  return {Type{dtype, tensor.type().shape}, tensor.values()};
}

std::vector<double> reference(const Op& op, const std::vector<HostTensor>& inputs, const Type& output) {
  std::vector<HostTensor> in;
  for (const HostTensor& input : inputs) in.push_back(in_type(DType::f64, input));
  HostTensor out(Type{DType::f64, output.shape});
  Types types;
  Args args;
  for (HostTensor& input : in) {
    types.push_back(input.type());
    args.in.push_back({input.type(), input.bytes().data()});
  }
  args.out = {{out.type(), out.bytes().data()}};
  Device device = Device::reference();
  Stream stream;
  find_kernel(op, Backend::ref)(op, types, {out.type()}, device).run(args, stream);
  return out.values();
}

}  // namespace

const ConvAlgorithm& cpu_algorithm(const std::string& name) {
  const ConvAlgorithm* algorithm = find_algorithm(cpu_conv_kernels().algorithms(), name);
  REQUIRE(algorithm);
  return *algorithm;
}

ConvCase::ConvCase(const Op& op, const std::vector<Shape>& shapes) : op(op) {
  Random random(1, "values");
  for (const Shape& shape : shapes) {
    std::vector<double> values(size_t(shape.count()));
    for (double& value : values) value = random.normal();
    types.push_back({DType::f32, shape});
    inputs.emplace_back(types.back(), values);
  }
  output = op.infer(types)[0];
  step = conv_step(op, types, {output}).value();
  expected = reference(op, inputs, output);
}

std::vector<std::byte> run_guarded(const Prepared& kernel, const std::vector<HostTensor>& inputs, const Type& output) {
  std::vector<GuardedMemory> in, packed;
  GuardedMemory out(output.bytes()), workspace(kernel.workspace);
  Args args;
  Stream stream;
  for (const HostTensor& input : inputs) in.emplace_back(input);
  for (size_t i = 0; i < inputs.size(); ++i) args.in.push_back({inputs[i].type(), in[i].data()});
  for (const Packing& packing : kernel.packings) packed.emplace_back(packing.bytes);
  for (size_t i = 0; i < packed.size(); ++i) {
    kernel.packings[i].pack(args.in[size_t(kernel.packings[i].input)].memory, packed[i].data(), stream);
    args.packed.push_back(packed[i].data());
  }
  args.out = {{output, out.data()}};
  args.workspace = workspace.data();
  kernel.run(args, stream);
  CHECK(out.guards_are_intact());
  CHECK(workspace.guards_are_intact());
  for (std::vector<GuardedMemory>* memories : {&in, &packed})
    CHECK(
        std::all_of(memories->begin(), memories->end(), [](GuardedMemory& each) { return each.guards_are_intact(); }));
  return out.bytes(output.bytes());
}

}  // namespace tuna
