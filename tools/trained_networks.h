// Where a command takes a RUN: the networks of a run folder, or of a spec and a file of weights from elsewhere.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "engine/safetensors.h"
#include "engine/state.h"
#include "training/run_data.h"
#include "training/spec.h"

namespace tuna {

struct NetworksOption {
  std::string run, checkpoint, spec, weights, device;

  void add_to(CLI::App& command);
};

class TrainedNetworks {
 public:
  explicit TrainedNetworks(const NetworksOption& option);

  const Spec& spec() const { return spec_; }
  const std::filesystem::path& run() const { return run_; }  // empty with --spec and --weights

  /// Of the run, where the networks are from one; empty otherwise.
  const std::filesystem::path& checkpoint() const { return checkpoint_; }

  /// Where to compute; tells on stderr what auto came to.  With the tuning of the run, if it has one and this is the
  /// machine that it is for: so evaluation finds what training did.
  Device device() const;

  /// Fills what the state holds of a network, "F_P", from the file's tensors "F_P.conv1.weight" ...; from
  /// "conv1.weight" ... if the file holds a single network, as PyTorch writes it.  Throws Error where the checkpoint
  /// has no such network yet.
  void load(const std::string& net, State& state) const;

  bool has(const std::string& net) const;

  /// The run's own images and splits; with --spec those that its training would take.
  RunData data() const;

 private:
  std::filesystem::path run_;
  Spec spec_;
  std::filesystem::path checkpoint_;
  SafetensorsFile weights_;
};

}  // namespace tuna
