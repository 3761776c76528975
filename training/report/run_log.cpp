#include "training/report/run_log.h"

#include <algorithm>
#include <ctime>
#include <optional>
#include <sstream>

namespace tuna {
namespace {

constexpr size_t kTime = 19, kText = 21;  // "2026-01-31 12:00:00  text"

std::optional<std::time_t> time_of(const std::string& line) {
  std::tm time{};
  if (line.size() < kText || line.substr(kTime, 2) != "  " || !strptime(line.c_str(), "%Y-%m-%d %H:%M:%S", &time))
    return std::nullopt;
  time.tm_isdst = -1;
  return std::mktime(&time);
}

// "text" of a line "name: text".
bool take(const std::string& line, const std::string& name, std::string& text) {
  if (!line.starts_with(name)) return false;
  text = line.substr(name.size());
  return true;
}

bool is_warning(const std::string& line) {
  return line.starts_with("warning: ") || line.find(": not finite, ") != line.npos;
}

}  // namespace

RunLog read_log(std::string_view text) {
  RunLog log;
  std::time_t call_began = 0, last = 0;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const std::optional<std::time_t> time = time_of(line);
    if (!time) continue;
    const std::string what = line.substr(kText);
    log.ended = line.substr(0, kTime);
    if (log.began.empty()) log.began = log.ended;
    if (take(what, "device: ", log.device)) {
      if (log.calls > 0) log.seconds += double(last - call_began);
      call_began = *time;
      ++log.calls;
    }
    if (!is_warning(what)) last = *time;  // a resumed run logs some before its device
    take(what, "processor: ", log.processor);
    if (take(what, "tuna ", log.build)) log.build.resize(std::min(log.build.size(), log.build.find(';')));
    if (is_warning(what) && std::find(log.warnings.begin(), log.warnings.end(), what) == log.warnings.end())
      log.warnings.push_back(what);
  }
  if (log.calls > 0) log.seconds += double(last - call_began);
  return log;
}

}  // namespace tuna
