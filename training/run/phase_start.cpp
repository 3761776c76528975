#include "training/run/phase_start.h"

#include <charconv>
#include <optional>

#include "engine/files/weights.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

// Reads the result of a phase.  Later phases and the evaluation need it, hours later, so damage is an error now, with
// what to do about it.
SafetensorsFile intact_result(const fs::path& result, const PhaseStart& start) {
  try {
    SafetensorsFile file(result);
    verify_checksum(file);
    return file;
  } catch (const Error& error) {
    fail("{}; if the file is damaged, remove it, and --resume {}", error.what(),
         start.checkpoint.empty() ? fmt::format("trains the {} phase again", start.progress.phase)
                                  : "writes it again from " + start.checkpoint.filename().string());
  }
}

// Steps that the networks of a phase's result were trained for, if there is one.
std::optional<int64_t> steps_of_result(const fs::path& result, const PhaseStart& start, int64_t unless_it_says) {
  if (!fs::exists(result)) return std::nullopt;
  const SafetensorsFile file = intact_result(result, start);
  const auto found = file.metadata().find("steps");
  if (found == file.metadata().end()) return unless_it_says;
  int64_t steps = 0;
  const std::string& text = found->second;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), steps);
  check(parsed.ec == std::errc() && parsed.ptr == text.data() + text.size(),
        "{}: \"steps\" in its metadata is \"{}\", expected a number", result.string(), text);
  return steps;
}

// What is wrong with a file, from the message of an error about it.
std::string without_path(const std::string& message, const fs::path& path) {
  const std::string begin = path.string() + ": ";
  return message.starts_with(begin) ? message.substr(begin.size()) : message;
}

}  // namespace

PhaseStart phase_start(const fs::path& run, const Phase& phase) {
  const fs::path folder = run / "checkpoints", result = run / phase.result;
  const int64_t steps = phase.steps();
  PhaseStart start;
  start.progress.phase = phase.name;
  std::string unreadable;
  start.checkpoint = newest_checkpoint(folder, phase.name, &unreadable);
  if (!start.checkpoint.empty()) start.progress = checkpoint_progress(SafetensorsFile(start.checkpoint));
  const std::vector<fs::path> all = checkpoints_of(folder, phase.name);
  if (!all.empty() && all.back() != start.checkpoint)
    start.warning = fmt::format("{}: is damaged{}", all.back().string(),
                                start.checkpoint.empty() ? ", and no other checkpoint of this phase can be read" : "");
  const std::string why = fmt::format(" ({})", all.empty() ? "" : without_path(unreadable, all.back()));

  const auto trained = steps_of_result(result, start, start.checkpoint.empty() ? steps : start.progress.step);
  start.finished = trained && *trained >= steps;
  if (start.finished || !start.checkpoint.empty()) {
    if (!start.warning.empty()) start.warning += why;
    return start;
  }
  check(all.empty(), "{}; to begin the {} phase again, remove its checkpoints{}", start.warning, phase.name, why);
  check(!trained, "{}: has {} steps; {} need a checkpoint to continue from, and {} holds none of the {} phase",
        result.string(), trained.value_or(0), steps, folder.string(), phase.name);
  return start;
}

}  // namespace tuna
