#include "training/run/console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "engine/base/duration.h"

namespace tuna {

using Clock = std::chrono::steady_clock;

// Columns of the terminal that stderr writes to; 0 if it is not a terminal.
static size_t terminal_columns() {
  if (isatty(STDERR_FILENO) == 0) return 0;
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string progress_line(const std::string& what, int64_t done, int64_t total, double per_second,
                          const std::string& unit) {
  const auto filled = size_t(20 * done / std::max<int64_t>(1, total));
  std::string line =
      fmt::format("{} [{}{}] {}/{}  ", what, std::string(filled, '#'), std::string(20 - filled, '.'), done, total);
  if (per_second > 0)
    line += fmt::format("{:.2f} {}/s  {} left  ", per_second, unit, human_seconds(double(total - done) / per_second));
  return line;
}

void Console::begin(const std::string& what, int64_t first, int64_t total, const std::string& unit) {
  what_ = what;
  unit_ = unit;
  total_ = total;
  shown_ = Clock::now();
  rate_.begin(shown_, first);
}

void Console::step(int64_t done, const std::string& detail) {
  const Clock::time_point now = Clock::now();
  rate_.step(now, done);
  const size_t columns = terminal_columns();
  const bool terminal = columns > 0;
  if (done < total_ && std::chrono::duration<double>(now - shown_).count() < (terminal ? 0.2 : 10)) return;
  shown_ = now;
  std::string line = progress_line(what_, done, total_, rate_.per_second(), unit_) + detail;
  if (terminal) line.resize(std::min(line.size(), columns - 1));  // a line that wraps cannot be redrawn
  std::cerr << (terminal ? "\r\033[K" : "") << line << (terminal ? "" : "\n") << std::flush;
  drawn_ = terminal;
}

void Console::end() {
  if (drawn_) std::cerr << "\n";
  drawn_ = false;
}

}  // namespace tuna
