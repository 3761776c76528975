#include "training/run/stop_signal.h"

#include <csignal>

namespace tuna {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};

volatile std::sig_atomic_t stop_requested = 0;
int watching = 0;  // how many StopSignals there are

void request_stop(int signal) {
  stop_requested = 1;
  std::signal(signal, SIG_DFL);
}

}  // namespace

StopSignal::StopSignal() {
  if (watching++ > 0) return;
  stop_requested = 0;
  for (const int signal : kSignals)
    if (std::signal(signal, request_stop) == SIG_IGN && signal == SIGHUP) std::signal(signal, SIG_IGN);
}

StopSignal::~StopSignal() {
  if (--watching > 0) return;
  for (const int signal : kSignals) {
    const auto before = std::signal(signal, SIG_DFL);
    if (before == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

bool StopSignal::requested() { return stop_requested != 0; }

}  // namespace tuna
