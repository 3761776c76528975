// The figures and pictures of a phase for TensorBoard: RUN/tensorboard/PHASE/events.out.tfevents.0001.
#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "training/run/run_folder.h"

namespace tuna {

class EventLog {
 public:
  /// Begins a file for the steps of a phase after `step`.  Of the phase's earlier files, TensorBoard shows the steps
  /// until this one.
  EventLog(RunFolder& run, const std::string& phase, int64_t step);

  /// A line of metrics.jsonl: its numbers, under their keys, with / in place of each point.
  void add(const nlohmann::json& line);

  /// A picture of the run, a PNG file.
  void add_picture(int64_t step, const std::filesystem::path& file);

 private:
  void write(const std::string& record);

  std::filesystem::path path_;
  std::ofstream file_;
};

}  // namespace tuna
