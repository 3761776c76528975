// The networks that a command uses: those of a run folder, or of a spec and a file of weights.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "engine/compile/state.h"
#include "engine/files/safetensors.h"
#include "training/methods/method.h"

namespace tuna {

struct NetworksOption {
  std::string run, checkpoint, spec, weights, device, net;

  void add_to(CLI::App& command);

  /// --net, for commands that use a classifier.
  void add_net_to(CLI::App& command);
};

class TrainedNetworks {
 public:
  explicit TrainedNetworks(const NetworksOption& option);

  const Spec& spec() const { return spec_; }
  const std::vector<Phase>& phases() const { return phases_; }
  const std::filesystem::path& run() const { return run_; }  // empty with --spec and --weights

  /// The checkpoint of the run that the networks are from; empty if they are from none.
  const std::filesystem::path& checkpoint() const { return checkpoint_; }

  /// The file that the networks are from, in memory.
  const SafetensorsFile& weights() const { return weights_; }

  /// The device and precision to compute in; prints the device that `auto` chose to stderr.  Uses the run's tuning if
  /// it has one for this machine, so the results are those of the run's own evaluation.
  Target target() const;

  /// Fills all networks that the state holds values of: "net" from the file's tensors "net.conv1.weight" ...; a single
  /// one also from "conv1.weight" ..., as PyTorch writes it, if the file holds no network of the method by name.
  /// Throws Error if the checkpoint does not have such a network yet.
  void load(State& state) const;

  /// Whether the file holds all networks that `record` uses.
  bool has(const RecordLogits& record) const;

  /// The classifier that --net names; by default the run's main one.  Throws Error, which lists them all, if it is not
  /// one of them.
  Evaluated classifier() const;

  /// The run's own images and splits; with --spec those that its training would use.  `root` replaces data.root.
  RunData data(const std::filesystem::path& root = {}) const;

 private:
  bool has(const std::string& network) const;
  void load(const std::string& network, State& state) const;

  std::filesystem::path run_;
  std::string net_;
  Spec spec_;
  std::vector<Phase> phases_;
  std::filesystem::path checkpoint_;
  SafetensorsFile weights_;
};

}  // namespace tuna
