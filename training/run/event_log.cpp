#include "training/run/event_log.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "data/file.h"
#include "data/png_size.h"
#include "engine/base/atomic_file.h"
#include "engine/base/check.h"
#include "training/tensorboard/event.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

constexpr uintmax_t kLargestPicture = 1 << 30;

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// The first that does not exist, so that TensorBoard, which goes by their names, reads the files in order.
fs::path next_file(const fs::path& folder) {
  for (int number = 1;; ++number)
    if (fs::path file = folder / fmt::format("events.out.tfevents.{:04}", number); !fs::exists(file)) return file;
}

void add_scalars(const std::string& tag, const nlohmann::json& value, std::vector<EventScalar>& scalars) {
  if (value.is_object())
    for (const auto& [key, each] : value.items()) add_scalars(tag + "/" + key, each, scalars);
  if (!value.is_number()) return;
  scalars.push_back({tag, value.get<float>()});
  std::replace(scalars.back().tag.begin(), scalars.back().tag.end(), '.', '/');
}

}  // namespace

EventLog::EventLog(RunFolder& run, const std::string& phase, int64_t step) {
  const fs::path folder = run.path() / "tensorboard" / phase;
  make_folder(folder);
  path_ = next_file(folder);
  run.files().add(path_);
  errno = 0;
  file_.open(path_, std::ios::binary | std::ios::trunc);
  check(file_.is_open(), "{}: cannot be written: {}", path_.string(), std::strerror(errno));
  write(version_record(seconds_since_1970()) + restart_record(seconds_since_1970(), step + 1));
}

void EventLog::add(const nlohmann::json& line) {
  std::vector<EventScalar> scalars;
  for (const auto& [key, value] : line.items())
    if (key != "phase" && key != "step") add_scalars(key, value, scalars);
  write(scalars_record(seconds_since_1970(), line.at("step").get<int64_t>(), scalars));
}

void EventLog::add_picture(int64_t step, const fs::path& file) {
  const std::string png = read_file(file, kLargestPicture);
  const PngSize size = png_size(png).value_or(PngSize());
  write(image_record(seconds_since_1970(), step, {"pictures", size.height, size.width, size.channels, png}));
}

void EventLog::write(const std::string& record) {
  errno = 0;
  file_.write(record.data(), std::streamsize(record.size())).flush();
  check(bool(file_), "{}: cannot be written: {}", path_.string(), std::strerror(errno));
}

}  // namespace tuna
