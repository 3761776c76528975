#include "tools/bench_selection.h"

#include <algorithm>
#include <map>
#include <set>

#include "tools/bench_directions.h"
#include "tools/bench_versions.h"
#include "tools/filter.h"

namespace tuna {
namespace {

/// What the activations of a row are stored as on a device.
std::vector<DType> stored_types(const Device& device, const OpRow& row) {
  std::vector<DType> found = {DType::f32};
  for (const Precision precision : {Precision::bf16, Precision::fp16})
    if (row.short_types && device.has(precision)) found.push_back(activation_type(precision));
  return found;
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
    const Shape shape = draw.drawn.empty() ? outputs.at(0).shape() : draw.drawn[0].tensor.shape();
    std::string size = to_string(shape);
    for (int number = 2; !sizes_.insert(row.op + "/" + size).second; ++number)
      size = fmt::format("{}/{}", shape, number);

    std::vector<std::pair<Direction, const char*>> directions = {{Direction::forward, "forward"}};
    if (record_backward(program, draw, outputs)) directions.emplace_back(Direction::backward, "backward");

    for (const auto& [direction, direction_name] : directions)
      for (const Device& device : devices_)
        for (const DType dtype : stored_types(device, row)) {
          const std::string name = fmt::format("{}/{}/{}/{}/{}", row.op, direction_name, to_string(device.backend),
                                               to_string(dtype), size),
                            of_row = fmt::format("{}/{}/{}/{}", row.op, row.name, to_string(device), to_string(dtype));
          add({name, of_row, row, row.build, direction, dtype, device});
          for (const Version& version : versions(row, device, dtype))
            add({name + "/" + version.name, of_row + "/" + version.name, row, in_version(row.build, version, dtype),
                 direction, dtype, device});
        }
  }

 private:
  /// Those that change anything in a row.
  static std::vector<Version> versions(const OpRow& row, const Device& device, DType dtype) {
    Program program(dtype, Fusion::off);
    Draw draw(program, kBenchSeed);
    row.build(draw);
    std::vector<Version> versions = other_versions(device);
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

std::shared_ptr<Executable> Subject::executable(const Device& forward_device) const {
  return direction == Direction::forward ? forward_alone(build, dtype, device)
                                         : backward_alone(build, dtype, device, forward_device);
}

std::vector<Selected> select(const std::string& filter, const std::vector<Device>& devices) {
  std::vector<OpRow> rows;
  std::vector<std::string> ops;
  for (const OpRow& row : op_rows()) {
    if (!row.refusal.empty()) continue;
    rows.push_back(row);
    ops.push_back(row.op);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const OpRow& a, const OpRow& b) { return a.op < b.op; });
  const Draw::ShapesOnly shapes_only;
  Selection selection(Filter(filter, ops), devices);
  for (const OpRow& row : rows) selection.add(row);
  check(!selection.selected.empty(), "bench: nothing is called '{}'; --benchmark_list_tests lists the names", filter);
  return std::move(selection.selected);
}

}  // namespace tuna
