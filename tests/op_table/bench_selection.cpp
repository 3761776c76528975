#include "tests/op_table/bench_selection.h"

#include <algorithm>
#include <map>
#include <set>

#include "tests/op_table/bench_directions.h"
#include "tests/op_table/bench_versions.h"
#include "tests/op_table/filter.h"

namespace tuna {
namespace {

/// The precisions in which a row is timed on a device.  Without matrix products tf32 is the same as fp32.
std::vector<Precision> precisions(const Device& device, const OpRow& row) {
  std::vector<Precision> found = {Precision::fp32};
  if (row.multiplies() && device.backend == Backend::cuda && supports(device, Precision::tf32))
    found.push_back(Precision::tf32);
  for (const Precision precision : {Precision::bf16, Precision::fp16})
    if (row.reduced_precision && supports(device, precision)) found.push_back(precision);
  return found;
}

/// The type of stored activations; for tf32, which is stored as f32, the name of the precision.
std::string type_name(Precision precision) {
  return precision == Precision::tf32 ? to_string(precision) : to_string(activation_type(precision));
}

class Selection {
 public:
  Selection(Filter filter, std::vector<Device> devices) : filter_(std::move(filter)), devices_(std::move(devices)) {}

  std::vector<Selected> selected;

  void add(const OpRow& row) {
    if (!filter_.may_pass(row.op)) return;
    Program program(DType::f32, Fusion::off);
    Draw draw(program, kBenchSeed);
    const Tensors outputs = row.build(draw);
    // The order in which inputs are drawn may depend on the compiler, the first input of a step does not.
    const auto first =
        std::find_if(program.steps().begin(), program.steps().end(), [](const Step& step) { return !step.in.empty(); });
    const Shape shape = first == program.steps().end() ? outputs.at(0).shape() : program.value(first->in[0]).type.shape;
    std::string size = to_string(shape);
    for (int number = 2; !sizes_.insert(row.op + "/" + size).second; ++number)
      size = fmt::format("{}/row:{}", shape, number);

    std::vector<std::pair<Direction, const char*>> directions = {{Direction::forward, "forward"}};
    if (record_backward(program, draw, outputs)) directions.emplace_back(Direction::backward, "backward");

    for (const auto& [direction, direction_name] : directions)
      for (const Device& each : devices_)
        for (const Precision precision : precisions(each, row)) {
          const Target target(each, precision);
          const std::string type = type_name(precision),
                            name = fmt::format("{}/{}/{}/{}/{}", row.op, direction_name, to_string(each.backend), type,
                                               size),
                            of_row = fmt::format("{}/{}/{}/{}", row.op, row.name, to_string(each), type);
          add({name, of_row, row, row.build, direction, target});
          for (const Version& version : versions(row, target))
            add({name + "/" + version.name, of_row + "/" + version.name, row,
                 in_version(row.build, version, activation_type(precision)), direction, target});
          for (const ConvTarget& other : other_algorithms(row, direction, target)) {
            const std::string algorithm = "/algorithm:" + other.algorithm;
            add({name + algorithm, fmt::format("{}{}/{}", of_row, algorithm, direction_name), row, row.build, direction,
                 other.target});
          }
        }
  }

 private:
  /// The algorithms that fit the convolutions of this direction of a row, except the first.
  static std::vector<ConvTarget> other_algorithms(const OpRow& row, Direction direction, const Target& target) {
    Program program(activation_type(target.precision), Fusion::off);
    Draw draw(program, kBenchSeed);
    const Tensors outputs = row.build(draw);
    const size_t forward_steps = program.steps().size();
    const bool backward = direction == Direction::backward && record_backward(program, draw, outputs);
    std::vector<ConvTarget> targets = with_each_algorithm(program, target, backward ? forward_steps : 0);
    targets.erase(targets.begin());  // the first is the target as it is
    return targets;
  }

  /// The versions that change anything in a row.
  static std::vector<Version> versions(const OpRow& row, const Target& target) {
    Program program(activation_type(target.precision), Fusion::off);
    Draw draw(program, kBenchSeed);
    row.build(draw);
    std::vector<Version> versions = other_versions(target.device);
    std::erase_if(versions, [&](const Version& version) { return !changes(version, program); });
    return versions;
  }

  void add(const Subject& subject) {
    Selected chosen{subject, {}};
    for (const CacheState state : {CacheState::cold, CacheState::warm})
      if (filter_.passes(subject.ours.op, chosen.name(state))) chosen.states.push_back(state);
    if (!chosen.states.empty()) selected.push_back(chosen);
  }

  Filter filter_;
  std::vector<Device> devices_;
  std::set<std::string> sizes_;
};

}  // namespace

std::shared_ptr<Executable> Subject::executable(const Target& forward_target) const {
  return direction == Direction::forward ? forward_alone(build, dtype(), target)
                                         : backward_alone(build, dtype(), target, forward_target);
}

std::vector<Selected> select(const std::string& filter, const std::vector<Device>& devices, bool all_rows) {
  std::set<std::string> made_for_it;  // ops
  for (const OpRow& row : op_rows())
    if (row.benchmark_only) made_for_it.insert(row.op);
  std::vector<OpRow> rows;
  std::vector<std::string> ops;
  for (const OpRow& row : op_rows()) {
    if (!row.refusal.empty() || (!all_rows && !row.benchmark_only && made_for_it.count(row.op))) continue;
    rows.push_back(row);
    ops.push_back(row.op);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const OpRow& a, const OpRow& b) { return a.op < b.op; });
  const Draw::ShapesOnly shapes_only;
  Selection selection(Filter(filter, ops), devices);
  for (const OpRow& row : rows) selection.add(row);
  check(!selection.selected.empty(),
        "bench: no benchmark matches '{}'; --benchmark_list_tests lists the names, with --all-rows all", filter);
  return std::move(selection.selected);
}

}  // namespace tuna
