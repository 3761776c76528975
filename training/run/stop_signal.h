// The first Ctrl-C or SIGTERM requests that training saves and stops; the next one ends it at once.
#pragma once

namespace tuna {

class StopSignal {
 public:
  StopSignal();   // installs handlers of SIGINT and SIGTERM
  ~StopSignal();  // restores the default handlers
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  static bool requested();
};

}  // namespace tuna
