// `tuna bench`: Google Benchmark over the rows that the tests read.
#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <set>

#include "engine/autograd.h"
#include "tests/op_checks.h"
#include "tools/commands.h"
#include "tools/filter.h"

namespace tuna {
namespace {

constexpr uint64_t kSeed = 1;

struct Options {
  std::string filter;
};

/// The gradients of a row alone: what its forward steps leave behind is an input here.
class BackwardRun {
 public:
  BackwardRun(const BuildRow& build, const Device& device) : state_(0, device) {
    size_t forward = 0;  // steps
    RowRun whole(
        [&](Draw& draw) {
          const Tensors outputs = build(draw);
          forward = draw.program.steps().size();
          return outputs;
        },
        DType::f32, device, kSeed);
    std::map<uint32_t, Tensor> here;  // by their number in the whole program
    std::map<uint32_t, std::string> saved;
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
    executable_ = compile(program_, device, state_);

    for (const auto& [id, name] : saved) whole.program.output(name, Tensor{&whole.program, id});
    Executable forward_run = compile(whole.program, device, whole.state);
    for (const auto& [name, id] : whole.program.inputs())
      forward_run.set(name, whole.executable.read(whole.executable.input(name)));
    forward_run.run();
    for (const auto& [id, name] : saved) executable_.set(name, forward_run.get(name));
  }

  Executable& executable() { return executable_; }

 private:
  Program program_;
  State state_;
  Executable executable_;
};

// Whether there is anything to compute: the gradient of a sum is the one that comes in.
bool has_backward_steps(Program& program, const Draw& draw, const Tensors& outputs) {
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

BuildRow without_gradients(const BuildRow& build) {
  return [build](Draw& draw) {
    const Tensors outputs = build(draw);
    for (Drawn& drawn : draw.drawn) drawn.differentiate = false;
    return outputs;
  };
}

void measure(benchmark::State& state, Executable& executable, const std::string& row) {
  for (int warmup = 0; warmup < 2; ++warmup) executable.run();  // on a GPU the second one records
  executable.wait();
  for (auto unused : state) {
    (void)unused;
    executable.run();
    executable.wait();
  }
  double bytes = 0;
  for (const Instruction& instruction : executable.instructions()) bytes += double(instruction.bytes);
  using benchmark::Counter;
  state.counters["bytes/s"] = Counter(bytes, Counter::kIsIterationInvariantRate);
  if (executable.flops() > 0)
    state.counters["flop/s"] = Counter(executable.flops(), Counter::kIsIterationInvariantRate);
  state.SetLabel(row);
}

// Google Benchmark calls a benchmark several times in a row, to find out how often to repeat it; what is prepared for
// one is kept until the next begins.
template <class Run>
Run& kept(const std::string& name, const std::function<std::unique_ptr<Run>()>& make) {
  static std::string name_of_kept;
  static std::unique_ptr<Run> run;
  if (name != name_of_kept) {
    run.reset();
    run = make();
    name_of_kept = name;
  }
  return *run;
}

class Registration {
 public:
  Registration(const Options& options, const std::vector<std::string>& ops, const Device& device)
      : filter_(options.filter, ops), device_(device) {}

  void add(const OpRow& row) {
    if (!filter_.may_pass(row.op)) return;
    Program program;
    Draw draw(program, kSeed);
    const Tensors outputs = row.build(draw);
    const Shape shape = draw.drawn.empty() ? outputs.at(0).shape() : draw.drawn[0].tensor.shape();
    const Device device = device_;
    const BuildRow build = row.build;
    const std::string label = row.name;

    add(row.op, "forward", shape, [=](benchmark::State& state, const std::string& name) {
      measure(state,
              kept<RowRun>(
                  name, [&] { return std::make_unique<RowRun>(without_gradients(build), DType::f32, device, kSeed); })
                  .executable,
              label);
    });
    if (!has_backward_steps(program, draw, outputs)) return;
    add(row.op, "backward", shape, [=](benchmark::State& state, const std::string& name) {
      measure(state, kept<BackwardRun>(name, [&] { return std::make_unique<BackwardRun>(build, device); }).executable(),
              label);
    });
  }

  size_t count() const { return names_.size(); }

 private:
  template <class Body>
  void add(const std::string& op, const char* direction, const Shape& shape, Body body) {
    const std::string stem = fmt::format("{}/{}/{}/f32/{}", op, direction, to_string(device_.backend), shape);
    if (!filter_.passes(op, stem)) return;
    std::string name = stem;
    for (int number = 2; !names_.insert(name).second; ++number) name = fmt::format("{}/{}", stem, number);
    // Real time: that of one thread says little where work is shared among threads.
    benchmark::RegisterBenchmark(name.c_str(), [name, body](benchmark::State& state) {
      body(state, name);
    })->UseRealTime();
  }

  Filter filter_;
  Device device_;
  std::set<std::string> names_;
};

void bench(const Options& options, std::vector<std::string> flags) {
  for (const std::string& flag : flags)
    if (flag.rfind("--benchmark_", 0) != 0) throw CLI::ExtrasError({flag});
  flags.insert(flags.begin(), "tuna bench");
  std::vector<char*> arguments;
  for (std::string& flag : flags) arguments.push_back(flag.data());
  int count = int(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (count > 1) throw CLI::ExtrasError({arguments[1]});

  std::vector<OpRow> rows;
  std::vector<std::string> ops;
  for (const OpRow& row : op_rows()) {
    if (!row.refusal.empty()) continue;
    rows.push_back(row);
    ops.push_back(row.op);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const OpRow& a, const OpRow& b) { return a.op < b.op; });
  Registration registration(options, ops, Device::cpu());
  for (const OpRow& row : rows) registration.add(row);
  check(registration.count() > 0, "bench: nothing is called '{}'; --benchmark_list_tests lists the names",
        options.filter);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}

}  // namespace

void add_bench(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "bench",
      "Times single ops, or with `bench step` whole training steps\n"
      "Ops are timed forward and backward apart, at the sizes of their tests and of real use. Names are "
      "op/direction/backend/dtype/shape of the first input; bytes/s and flop/s count what the op must read, write and "
      "compute.");
  const auto options = std::make_shared<Options>();
  command->add_option("FILTER", options->filter, "Part of an op's name, or a regular expression for the whole name")
      ->type_name("");
  command->allow_extras();
  add_bench_step(*command);
  command->footer(
      "Options that begin with --benchmark_ go to Google Benchmark: --benchmark_list_tests,\n"
      "--benchmark_format=json, --benchmark_min_time=..., and so on.\n"
      "Examples:\n"
      "  tuna bench instance_norm\n"
      "  tuna bench 'conv2d/backward/.*x256$' --benchmark_format=json\n"
      "  tuna bench step --spec specs/bench/64-ngf16.json");
  command->callback([command, options] {
    if (command->get_subcommands().empty()) bench(*options, command->remaining());
  });
}

}  // namespace tuna
