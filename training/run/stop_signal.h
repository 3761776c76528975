// Ctrl-C and SIGTERM ask the training to save and leave; the next one ends it at once.
#pragma once

namespace tuna {

class StopSignal {
 public:
  StopSignal();   // takes over SIGINT and SIGTERM
  ~StopSignal();  // gives them back
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  static bool requested();
};

}  // namespace tuna
