#include "training/console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace tuna {

using Clock = std::chrono::steady_clock;

// How wide the terminal is that stderr goes to; 0 where that is none.
static size_t terminal_columns() {
  if (isatty(STDERR_FILENO) == 0) return 0;
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string human_seconds(double seconds) {
  const auto whole = int64_t(seconds + 0.5);
  if (whole >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{:.1f} s", seconds);
}

void Console::begin(const std::string& what, int64_t first, int64_t total) {
  what_ = what;
  first_ = first;
  total_ = total;
  start_ = Clock::now();
  shown_ = start_;
}

void Console::step(int64_t done, const std::string& detail) {
  const size_t columns = terminal_columns();
  const bool terminal = columns > 0;
  const double since_shown = std::chrono::duration<double>(Clock::now() - shown_).count();
  if (done < total_ && since_shown < (terminal ? 0.2 : 10)) return;
  shown_ = Clock::now();
  const double seconds = std::chrono::duration<double>(shown_ - start_).count();
  const double rate = double(done - first_) / seconds;
  const int filled = int(20 * done / std::max<int64_t>(1, total_));
  std::string line = fmt::format("{} [{}{}] {}/{}  {:.2f} steps/s  {} left  {}", what_,
                                 std::string(size_t(filled), '#'), std::string(size_t(20 - filled), '.'), done, total_,
                                 rate, human_seconds(double(total_ - done) / rate), detail);
  if (terminal) line.resize(std::min(line.size(), columns - 1));  // a line that wraps cannot be drawn over
  std::cerr << (terminal ? "\r\033[K" : "") << line << (terminal ? "" : "\n") << std::flush;
  drawn_ = terminal;
}

void Console::end() {
  if (drawn_) std::cerr << "\n";
  drawn_ = false;
}

}  // namespace tuna
