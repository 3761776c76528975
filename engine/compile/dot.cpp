#include "engine/compile/dot.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/human_bytes.h"
#include "engine/compile/describe.h"

namespace tuna {
namespace {

struct Box {
  std::string title;
  std::vector<std::string> operations;  // different ones
  std::string result;                   // types of the last step's outputs
  size_t steps = 0, bytes = 0;
  double flops = 0;
};

/// Consecutive steps: a call of a network, a backward pass through it, or steps outside of networks.
struct Part {
  std::string network;  // empty: outside of networks
  bool is_backward = false;
  std::vector<size_t> boxes;
  std::map<std::string, size_t> box_of_module;  // of a call
};

std::string network_of(const Instruction& instruction) {
  return instruction.scope.substr(0, instruction.scope.find('.'));
}

// A forward pass has conv2d_backward_data, too: a transposed convolution.
bool is_gradient(const Instruction& instruction) {
  return instruction.name.find("_backward") != std::string::npos && instruction.name != "conv2d_backward_data";
}

using Instructions = std::vector<Instruction>;
using Edge = std::pair<size_t, size_t>;

// One past the last of the consecutive steps from `first` on that belong to its network; outside of networks each step
// is alone.
size_t end_of_network(const Instructions& steps, size_t first) {
  size_t end = first + 1;
  if (network_of(steps[first]).empty()) return end;
  while (end < steps.size() && network_of(steps[end]) == network_of(steps[first])) ++end;
  return end;
}

// An optimizer updates dozens of values.
std::string result_of(const Instruction& step) {
  const size_t values = step.args.out.size();
  return values > 4 ? fmt::format("{} values", values) : types(step.args.out);
}

class Drawing {
 public:
  explicit Drawing(const Executable& executable) {
    const Instructions& steps = executable.instructions();
    for (size_t first = 0; first < steps.size();) {
      const size_t end = end_of_network(steps, first);
      add_part(steps, first, end);
      for (; first < end; ++first) add_step(steps[first]);
    }
  }

  std::string text(const MemoryPlan& plan) const {
    std::string text = "digraph program {\n";
    text += fmt::format("  label=\"memory {} (without reuse {})\";\n", human_bytes(plan.bytes),
                        human_bytes(plan.without_reuse));
    text += "  node [shape=box, fontname=\"monospace\", fontsize=9];\n";
    for (size_t i = 0; i < parts_.size(); ++i) text += part_text(i);
    for (const auto& [from, to] : few_edges()) text += fmt::format("  b{} -> b{};\n", from, to);
    return text + "}\n";
  }

 private:
  // Steps outside of networks, such as sums of gradients, belong to the backward pass around them.
  void add_part(const Instructions& steps, size_t first, size_t end) {
    const std::string network = network_of(steps[first]);
    const bool is_backward = std::any_of(&steps[first], &steps[first] + (end - first), is_gradient);
    if (!parts_.empty() && parts_.back().is_backward) {
      Part& last = parts_.back();
      if (network.empty()) return;
      if (is_backward && (last.network.empty() || last.network == network)) {
        last.network = network;
        boxes_[last.boxes[0]].title = "backward of " + network;
        return;
      }
    }
    parts_.push_back({network, is_backward, {}, {}});
    if (is_backward) add_box(network.empty() ? "backward" : "backward of " + network);
  }

  size_t add_box(const std::string& title) {
    boxes_.push_back({title, {}, {}});
    part_of_box_.push_back(parts_.size() - 1);
    parts_.back().boxes.push_back(boxes_.size() - 1);
    return boxes_.size() - 1;
  }

  // Each step outside of networks is a box: a loss, an image that is scaled.
  size_t box_of(const Instruction& step) {
    Part& part = parts_.back();
    if (part.is_backward) return part.boxes[0];
    if (step.scope.empty()) return add_box("");
    const auto found = part.box_of_module.find(step.scope);
    if (found != part.box_of_module.end()) return found->second;
    return part.box_of_module[step.scope] = add_box(step.scope);
  }

  void add_step(const Instruction& step) {
    const size_t number = box_of(step);
    Box& box = boxes_[number];
    ++box.steps;
    box.bytes += step.bytes;
    box.flops += step.flops;
    const std::string name = step.name.rfind("pack ", 0) == 0 ? "pack" : operation(step);
    if (std::find(box.operations.begin(), box.operations.end(), name) == box.operations.end())
      box.operations.push_back(name);
    if (!step.args.out.empty()) box.result = result_of(step);
    for (const View& in : step.args.in) add_edges(in, number);
    for (const View& out : step.args.out) set_writer(out, number);
  }

  static const char* begin_of(const View& view) { return static_cast<const char*>(view.memory); }
  static const char* end_of(const View& view) { return begin_of(view) + view.type.bytes(); }

  // From the boxes that wrote any part of the memory.
  void add_edges(const View& in, size_t to) {
    for (auto at = first_overlap(in); at != writers_.end() && at->first < end_of(in); ++at)
      if (at->second.box != to) edges_.emplace(at->second.box, to);
  }

  // A backward pass reads most activations of a call: if there are many edges between two parts, only the last is
  // drawn.
  std::set<Edge> few_edges() const {
    constexpr size_t kFew = 4;
    std::map<Edge, std::vector<size_t>> sources;  // by part and box
    for (const auto& [from, to] : edges_)
      if (part_of_box_[from] != part_of_box_[to]) sources[{part_of_box_[from], to}].push_back(from);
    std::set<Edge> few = edges_;
    for (const auto& [ends, boxes] : sources)
      for (size_t i = 0; boxes.size() > kFew && i + 1 < boxes.size(); ++i) few.erase({boxes[i], ends.second});
    return few;
  }

  struct Writer {
    const char* end;
    size_t box;
  };
  using Writers = std::map<const char*, Writer>;  // by the memory's begin; without overlaps

  Writers::iterator first_overlap(const View& view) {
    auto at = writers_.upper_bound(begin_of(view));
    if (at != writers_.begin() && std::prev(at)->second.end > begin_of(view)) --at;
    return at;
  }

  void set_writer(const View& out, size_t box) {
    auto at = first_overlap(out);
    while (at != writers_.end() && at->first < end_of(out)) at = writers_.erase(at);
    writers_[begin_of(out)] = {end_of(out), box};
  }

  static std::string box_text(const Box& box, size_t number, bool with_steps) {
    std::string label = box.title;
    const auto add = [&](const std::string& line) { label += (label.empty() ? "" : "\\n") + line; };
    if (with_steps)
      add(fmt::format("{} steps", box.steps));
    else
      for (const std::string& name : box.operations) add(name);
    if (!with_steps && !box.result.empty()) add(box.result);
    add(fmt::format("{}, {} MFLOP", human_bytes(box.bytes), one_decimal(box.flops * 1e-6)));
    return fmt::format("b{} [label=\"{}\"];\n", number, label);
  }

  std::string part_text(size_t number) const {
    const Part& part = parts_[number];
    const bool is_cluster = !part.is_backward && !part.network.empty() && part.boxes.size() > 1;
    const bool with_steps = part.is_backward || (part.boxes.size() == 1 && boxes_[part.boxes[0]].operations.size() > 3);
    std::string text;
    if (is_cluster) text += fmt::format("  subgraph cluster{} {{\n    label=\"{}\";\n", number, part.network);
    for (const size_t box : part.boxes) text += (is_cluster ? "    " : "  ") + box_text(boxes_[box], box, with_steps);
    return text + (is_cluster ? "  }\n" : "");
  }

  std::vector<Part> parts_;
  std::vector<Box> boxes_;
  std::vector<size_t> part_of_box_;
  Writers writers_;
  std::set<Edge> edges_;
};

}  // namespace

std::string to_dot(const Executable& executable) { return Drawing(executable).text(executable.plan()); }

}  // namespace tuna
