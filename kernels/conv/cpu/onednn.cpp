// Convolutions by oneDNN, in its 2.6 and its 3.x interface.
#ifdef TUNA_HAS_ONEDNN

#include "kernels/libraries/onednn.h"

#include "kernels/conv/cpu/table.h"

namespace tuna::conv_cpu {
namespace {

using namespace tuna::onednn;
using dnnl::memory;
using Tag = memory::format_tag;

constexpr auto kF32 = memory::data_type::f32;
// Direct, not auto: the algorithm must depend on the shapes and the library alone.
constexpr auto kDirect = dnnl::algorithm::convolution_direct;

// For strided 1x1 kernels oneDNN gathers the pixels that it needs in its workspace, with the channels rounded up to
// whole blocks (8 on AVX2, 16 on AVX-512).  With fewer channels than a block it writes past the workspace or into
// another thread's part, and the gradient is wrong (seen in 2.6.3 and 3.7.2).
bool fits(ConvDirection direction, const ConvProblem& p, const Target&) {
  constexpr int64_t kWidestVector = 16;
  const bool strided_1x1 = p.kernel_height == 1 && p.kernel_width == 1 && p.stride > 1;
  return p.dtype == DType::f32
         && !(direction == ConvDirection::backward_weight && strided_1x1 && p.channels < kWidestVector);
}

/// Prefixes the message of an error with the name of the convolution.
template <class F>
auto named(ConvDirection direction, const ConvProblem& problem, F call) {
  return checked([&] { return fmt::format("{} of {}", to_string(direction), problem.name()); }, call);
}

struct Descriptors {
  memory::desc x, y, weight, our_weight, bias;
  memory::dims strides, padding_begin, padding_end;
};

Descriptors descriptors(const ConvProblem& p) {
  const auto padding_end = [&](int64_t in, int64_t out, int64_t kernel) {
    return (out - 1) * p.stride + kernel - in - p.padding;
  };
  const memory::dims weight{p.out_channels, p.channels, p.kernel_height, p.kernel_width};
  return {memory::desc({p.samples, p.channels, p.height, p.width}, kF32, Tag::nhwc),
          memory::desc({p.samples, p.out_channels, p.out_height, p.out_width}, kF32, Tag::nhwc),
          memory::desc(weight, kF32, Tag::any),
          memory::desc(weight, kF32, Tag::ohwi),
          memory::desc({p.out_channels}, kF32, Tag::a),
          {p.stride, p.stride},
          {p.padding, p.padding},
          {padding_end(p.height, p.out_height, p.kernel_height), padding_end(p.width, p.out_width, p.kernel_width)}};
}

#if DNNL_VERSION_MAJOR >= 3
dnnl::convolution_forward::primitive_desc forward_descriptor(const Descriptors& d, bool bias) {
  return {engine(),
          dnnl::prop_kind::forward_training,
          kDirect,
          d.x,
          d.weight,
          bias ? d.bias : memory::desc(),
          d.y,
          d.strides,
          d.padding_begin,
          d.padding_end,
          attributes()};
}

dnnl::convolution_backward_data::primitive_desc data_descriptor(const Descriptors& d) {
  return {
      engine(),    kDirect, d.x, d.weight, d.y, d.strides, d.padding_begin, d.padding_end, forward_descriptor(d, false),
      attributes()};
}

dnnl::convolution_backward_weights::primitive_desc weight_descriptor(const Descriptors& d) {
  return {
      engine(),    kDirect, d.x, d.weight, d.y, d.strides, d.padding_begin, d.padding_end, forward_descriptor(d, false),
      attributes()};
}
#else
dnnl::convolution_forward::primitive_desc forward_descriptor(const Descriptors& d, bool bias) {
  using Desc = dnnl::convolution_forward::desc;
  constexpr auto kind = dnnl::prop_kind::forward_training;
  const Desc desc = bias ? Desc(kind, kDirect, d.x, d.weight, d.bias, d.y, d.strides, d.padding_begin, d.padding_end)
                         : Desc(kind, kDirect, d.x, d.weight, d.y, d.strides, d.padding_begin, d.padding_end);
  return {desc, attributes(), engine()};
}

dnnl::convolution_backward_data::primitive_desc data_descriptor(const Descriptors& d) {
  return {{kDirect, d.x, d.weight, d.y, d.strides, d.padding_begin, d.padding_end},
          attributes(),
          engine(),
          forward_descriptor(d, false)};
}

dnnl::convolution_backward_weights::primitive_desc weight_descriptor(const Descriptors& d) {
  return {{kDirect, d.x, d.weight, d.y, d.strides, d.padding_begin, d.padding_end},
          attributes(),
          engine(),
          forward_descriptor(d, false)};
}
#endif

Packing pack_weight(int input, const memory::desc& ours, const memory::desc& theirs) {
  return {input, layout_name(theirs), theirs.get_size(),
          [call = reorder(ours, theirs)](const void* from, void* to, Stream&) { run_reorder(*call, from, to); }};
}

Prepared forward(const ConvProblem& problem) {
  const Descriptors d = descriptors(problem);
  const auto descriptor = forward_descriptor(d, problem.bias);
  auto call = std::make_shared<Call>();
  call->primitive = dnnl::convolution_forward(descriptor);
  call->bind(DNNL_ARG_SRC, d.x);
  call->bind(DNNL_ARG_WEIGHTS, descriptor.weights_desc());
  if (problem.bias) call->bind(DNNL_ARG_BIAS, d.bias);
  call->bind(DNNL_ARG_DST, d.y);
  call->bind(DNNL_ARG_SCRATCHPAD, descriptor.scratchpad_desc());
  Prepared prepared;
  prepared.workspace = descriptor.scratchpad_desc().get_size();
  prepared.packings = {pack_weight(1, d.our_weight, descriptor.weights_desc())};
  prepared.run = [problem, call](const Args& args, Stream&) {
    named(ConvDirection::forward, problem, [&] {
      call->point(DNNL_ARG_SRC, args.in[0].memory);
      call->point(DNNL_ARG_WEIGHTS, args.packed[0]);
      if (problem.bias) call->point(DNNL_ARG_BIAS, args.in[2].memory);
      call->point(DNNL_ARG_DST, args.out[0].memory);
      call->point(DNNL_ARG_SCRATCHPAD, args.workspace);
      call->execute();
    });
  };
  return prepared;
}

Prepared backward_data(const ConvProblem& problem) {
  const Descriptors d = descriptors(problem);
  const auto descriptor = data_descriptor(d);
  auto call = std::make_shared<Call>();
  call->primitive = dnnl::convolution_backward_data(descriptor);
  call->bind(DNNL_ARG_DIFF_DST, d.y);
  call->bind(DNNL_ARG_WEIGHTS, descriptor.weights_desc());
  call->bind(DNNL_ARG_DIFF_SRC, d.x);
  call->bind(DNNL_ARG_SCRATCHPAD, descriptor.scratchpad_desc());
  Prepared prepared;
  prepared.workspace = descriptor.scratchpad_desc().get_size();
  prepared.packings = {pack_weight(1, d.our_weight, descriptor.weights_desc())};
  prepared.run = [problem, call](const Args& args, Stream&) {
    named(ConvDirection::backward_data, problem, [&] {
      call->point(DNNL_ARG_DIFF_DST, args.in[0].memory);
      call->point(DNNL_ARG_WEIGHTS, args.packed[0]);
      call->point(DNNL_ARG_DIFF_SRC, args.out[0].memory);
      call->point(DNNL_ARG_SCRATCHPAD, args.workspace);
      call->execute();
    });
  };
  return prepared;
}

Prepared backward_weight(const ConvProblem& problem) {
  const Descriptors d = descriptors(problem);
  const auto descriptor = weight_descriptor(d);
  const memory::desc theirs = descriptor.diff_weights_desc();
  auto call = std::make_shared<Call>();
  call->primitive = dnnl::convolution_backward_weights(descriptor);
  call->bind(DNNL_ARG_SRC, d.x);
  call->bind(DNNL_ARG_DIFF_DST, d.y);
  call->bind(DNNL_ARG_DIFF_WEIGHTS, theirs);
  call->bind(DNNL_ARG_SCRATCHPAD, descriptor.scratchpad_desc());
  const bool same = theirs == d.our_weight;
  const auto unpack = same ? nullptr : reorder(theirs, d.our_weight);
  const size_t scratchpad = (descriptor.scratchpad_desc().get_size() + 63) / 64 * 64;
  Prepared prepared;
  prepared.workspace = scratchpad + (same ? 0 : theirs.get_size());
  prepared.run = [problem, call, unpack, scratchpad](const Args& args, Stream&) {
    named(ConvDirection::backward_weight, problem, [&] {
      void* weights = unpack ? static_cast<char*>(args.workspace) + scratchpad : args.out[0].memory;
      call->point(DNNL_ARG_SRC, args.in[0].memory);
      call->point(DNNL_ARG_DIFF_DST, args.in[1].memory);
      call->point(DNNL_ARG_DIFF_WEIGHTS, weights);
      call->point(DNNL_ARG_SCRATCHPAD, args.workspace);
      call->execute();
      if (unpack) run_reorder(*unpack, weights, args.out[0].memory);
    });
  };
  return prepared;
}

Prepared prepare(ConvDirection direction, const ConvProblem& problem, const Target&) {
  check_memory_to_create(fmt::format("{} of {}", to_string(direction), problem.name()));
  return named(direction, problem, [&] {
    switch (direction) {
      case ConvDirection::forward:
        return forward(problem);
      case ConvDirection::backward_data:
        return backward_data(problem);
      default:
        return backward_weight(problem);
    }
  });
}

}  // namespace

constinit const ConvAlgorithm onednn{"onednn", fits, prepare};

}  // namespace tuna::conv_cpu

#endif
