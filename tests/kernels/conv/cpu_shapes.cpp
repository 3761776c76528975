// Every shape class of convolution on backend cpu, by every algorithm that fits.  Libraries have been wrong in corners
// of them, on some instruction sets only, so ctest runs this with oneDNN limited to each of those (labels.cmake).
#include <algorithm>
#include <set>

#include "engine/base/random.h"
#include "engine/program/kernel_registry.h"
#include "engine/runtime/host_tensor.h"
#include "kernels/conv/conv2d.h"
#include "kernels/conv/tables.h"
#include "tests/catch.h"
#include "tests/op_table/op_checks.h"

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

/// Returns what the kernel writes to its output.  Fails if it writes elsewhere.
std::vector<std::byte> run(const Prepared& kernel, const std::vector<HostTensor>& inputs, const Type& output) {
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

void check_kernels(const Op& op, const std::vector<Shape>& shapes) {
  constexpr double kTolerance = 1e-5;
  Random random(1, "values");
  std::vector<HostTensor> inputs;
  Types types;
  for (const Shape& shape : shapes) {
    std::vector<double> values(size_t(shape.count()));
    for (double& value : values) value = random.normal();
    types.push_back({DType::f32, shape});
    inputs.emplace_back(types.back(), values);
  }
  const Type output = op.infer(types)[0];
  const std::vector<double> expected = reference(op, inputs, output);
  const auto [direction, problem] = conv_step(op, types, {output}).value();
  Device device = Device::cpu();
  const ConvAlgorithms algorithms = fitting_algorithms(direction, problem, device);
  CHECK_FALSE(algorithms.empty());
  for (const ConvAlgorithm& algorithm : algorithms) {
    INFO(op.name() << " by " << algorithm.name);
    const Prepared kernel = algorithm.prepare(direction, problem, device);
    HostTensor found(output);
    found.bytes() = run(kernel, inputs, output);
    CHECK(relative_l2(found.values(), expected) <= kTolerance);
    CHECK(found.bytes() == run(kernel, inputs, output));
  }
}

void check_three_directions(const Shape& x, const Shape& weight, Convolution convolution) {
  INFO(fmt::format("x {}, weight {}, stride {}, padding {}", x, weight, convolution.stride, convolution.padding));
  const Conv2d forward(convolution);
  const Shape y = forward.infer({{DType::f32, x}, {DType::f32, weight}})[0].shape;
  check_kernels(forward, {x, weight, Shape{1, 1, 1, weight.n}});
  check_kernels(Conv2dBackwardData(convolution, x.h, x.w), {y, weight});
  check_kernels(Conv2dBackwardWeight(convolution, weight.h, weight.w), {x, y});
}

void check_shapes(int64_t kernel) {
  constexpr int64_t kMostChannels = 20;
  for (const int stride : {1, 2})
    for (const int padding : std::set<int>{0, int(kernel - 1) / 2})
      for (int64_t channels = 1; channels <= kMostChannels; ++channels)
        for (const int64_t samples : {1, 2, 3})
          for (const auto& [height, width] : {std::pair(8, 10), std::pair(9, 7)}) {
            const int64_t out_channels = 1 + (7 * channels + 3 * samples + height) % kMostChannels;
            check_three_directions({samples, height, width, channels}, {out_channels, kernel, kernel, channels},
                                   {stride, padding});
          }
}

}  // namespace

TEST_CASE("convolutions 1x1 of all channels, strides and sizes are ref on the cpu", "[conv_shapes][every_isa]") {
  check_shapes(1);
}
TEST_CASE("convolutions 3x3 of all channels, strides and sizes are ref on the cpu", "[conv_shapes][every_isa]") {
  check_shapes(3);
}
TEST_CASE("convolutions 4x4 of all channels, strides and sizes are ref on the cpu", "[conv_shapes][every_isa]") {
  check_shapes(4);
}
TEST_CASE("convolutions 7x7 of all channels, strides and sizes are ref on the cpu", "[conv_shapes][every_isa]") {
  check_shapes(7);
}

}  // namespace tuna
