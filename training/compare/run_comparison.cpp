#include "training/compare/run_comparison.h"

#include <chrono>
#include <set>
#include <thread>

#include "engine/base/counted.h"
#include "engine/base/duration.h"
#include "engine/base/print_error.h"
#include "engine/base/reason.h"
#include "engine/base/utf8.h"
#include "training/compare/shared_phases.h"
#include "training/compare/time_left.h"
#include "training/run/run_folder.h"
#include "training/run/session.h"
#include "training/run/stop_signal.h"
#include "training/run/trainer.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::seconds kBetweenLooks(1);

using Clock = std::chrono::steady_clock;

bool is_finished(const ComparedRun& run) {
  std::error_code not_readable;  // such as that of a link to itself: the run is evaluated again
  return fs::exists(run.folder / "evaluation.json", not_readable);
}

enum class Outcome : uint8_t { finished, failed, busy };

class ComparisonTraining {
 public:
  ComparisonTraining(const Comparison& comparison, const std::vector<ComparedRun>& runs, const std::string& device)
      : comparison_(comparison), runs_(runs), device_(device) {}

  void train_all() {
    const StopSignal signal;  // also between runs
    while (!train_each()) std::this_thread::sleep_for(kBetweenLooks);
    check(failed_.empty(), "{}: {} of {} failed: {}", comparison_.folder.string(), failed_.size(),
          counted(runs_.size(), "run"), fmt::join(failed_, ", "));
  }

 private:
  // Whether all runs are finished or have failed.
  bool train_each() {
    bool complete = true;
    for (const ComparedRun& run : runs_) {
      if (failed_.count(run.name())) continue;
      leave_if_asked();
      complete &= train_one(run) != Outcome::busy;
    }
    leave_if_asked();
    return complete;
  }

  Outcome train_one(const ComparedRun& run) {
    try {
      if (state_of(run) == RunState::finished) return Outcome::finished;
      const TrainOptions options = options_of(run);
      if (announced_.insert(run.name()).second) announce(run);
      const auto begin = Clock::now();
      train(options);
      if (!options.resume) time_left_.add(run, std::chrono::duration<double>(Clock::now() - begin).count());
      return Outcome::finished;
    } catch (const RunIsOwned&) {
      return Outcome::busy;
    } catch (const RunExists&) {  // another process has begun it since the look at its state
      return Outcome::busy;
    } catch (const Interrupted&) {
      throw stopped("stopped in " + run.name());
    } catch (const std::exception& error) {
      print_error("{}: {}\n", run.name(), one_line(reason_of(error)));
      failed_.insert(run.name());
      return Outcome::failed;
    }
  }

  TrainOptions options_of(const ComparedRun& run) const {
    TrainOptions options;
    options.out = run.folder;
    options.resume = state_of(run) == RunState::interrupted;
    options.trained_elsewhere = phases_shared_with(comparison_, run);
    if (options.resume) {
      options.data_root = run.spec.data.root;
      if (!device_.empty()) options.settings = {"device=" + device_};
      return options;
    }
    options.read_spec = run.spec;
    if (!device_.empty()) options.read_spec->device = device_;
    return options;
  }

  void announce(const ComparedRun& run) {
    std::vector<ComparedRun> left;
    for (const ComparedRun& other : runs_)
      if (!is_finished(other)) left.push_back(other);
    const double seconds = time_left_.seconds(left);
    print_error("\n{}: {} of {} finished{}\n", run.name(), runs_.size() - left.size(), counted(runs_.size(), "run"),
                seconds > 0 ? fmt::format("; the others take this process about {}", human_seconds(seconds)) : "");
  }

  void leave_if_asked() const {
    if (StopSignal::requested()) throw stopped("stopped between two runs");
  }

  Interrupted stopped(const std::string& where) const {
    return Interrupted(fmt::format("{}; to continue: tuna compare --out {}", where, comparison_.folder.string()));
  }

  const Comparison& comparison_;
  const std::vector<ComparedRun>& runs_;
  const std::string& device_;
  TimeLeft time_left_;
  std::set<std::string> announced_, failed_;
};

}  // namespace

RunState state_of(const ComparedRun& run) {
  const fs::path file = run.folder / "spec.json";
  if (!fs::exists(file)) return RunState::missing;
  const std::vector<std::string> different = settings_of_another_run(run);
  check(different.empty(), "{}: this run has other settings than its comparison: {}; move it elsewhere",
        run.folder.string(), fmt::join(different, ", "));
  return is_finished(run) ? RunState::finished : RunState::interrupted;
}

void train_runs(const Comparison& comparison, const std::vector<ComparedRun>& runs, const std::string& device) {
  ComparisonTraining(comparison, runs, device).train_all();
}

}  // namespace tuna
