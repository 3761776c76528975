// Machine, time and warnings from the log of a run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tuna {

struct RunLog {
  std::string device, processor, build;  // of the last call; empty if the log does not say it
  std::string began, ended;              // the times of the first and the last line, as in the log
  double seconds = 0;                    // of all calls together, without the time between them
  int calls = 0;                         // of `tuna train`: 1, and 1 for each --resume
  std::vector<std::string> warnings;     // in order, each once
};

/// Of the text of a log.txt.  Lines that RunFolder::log() does not write, such as those of tables, are ignored.
RunLog read_log(std::string_view text);

}  // namespace tuna
