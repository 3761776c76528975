// The first Ctrl-C, SIGTERM, SIGHUP or SIGUSR1 (which batch systems send before a time limit) requests that training
// saves and stops; the next one ends it at once.
#pragma once

namespace tuna {

class StopSignal {
 public:
  StopSignal();   // installs the handlers, unless another one has; SIGHUP stays ignored under nohup
  ~StopSignal();  // restores the default handlers, if it has installed them
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  static bool requested();
};

}  // namespace tuna
