// Google Benchmark's reports, with three changes: names end where ours end, the context in JSON, which it writes first,
// waits for what is known last, and the library does not warn of its own build type.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace tuna {

/// Without Google Benchmark's "/iterations:1/manual_time" at the end of each name.
template <class Reporter>
class WithPlainNames : public Reporter {
 public:
  using Reporter::Reporter;

  void ReportRuns(const std::vector<benchmark::BenchmarkReporter::Run>& runs) override {
    std::vector<benchmark::BenchmarkReporter::Run> renamed = runs;
    for (auto& run : renamed) {
      run.run_name.iterations.clear();
      run.run_name.time_type.clear();
    }
    Reporter::ReportRuns(renamed);
  }
};

/// Writes everything at the end, after calling `before_context`, which may add to the context; into a file also after
/// each benchmark, so that one which is cut short has what was measured.
class JsonReporter final : public benchmark::BenchmarkReporter {
 public:
  JsonReporter(bool into_file, std::function<void()> before_context)
      : into_file_(into_file), before_context_(std::move(before_context)) {}

  bool ReportContext(const Context& context) override {
    context_.emplace(context);
    return true;
  }
  void ReportRuns(const std::vector<Run>& runs) override {
    groups_.push_back(runs);
    if (into_file_) write();
  }
  void Finalize() override {
    before_context_();
    write();
  }

 private:
  void write() {
    if (into_file_) GetOutputStream().seekp(0);  // what is written over is shorter
    WithPlainNames<benchmark::JSONReporter> json;
    json.SetOutputStream(&GetOutputStream());
    json.ReportContext(*context_);
    for (const std::vector<Run>& runs : groups_) json.ReportRuns(runs);
    json.Finalize();
    GetOutputStream().flush();
  }

  bool into_file_;
  std::function<void()> before_context_;
  std::optional<Context> context_;
  std::vector<std::vector<Run>> groups_;
};

/// Of the statistics only those that `tuna bench --help` explains, and rates on the line of the median alone.
class ConsoleReporter final : public WithPlainNames<benchmark::ConsoleReporter> {
 public:
  using WithPlainNames::WithPlainNames;

  /// Debian builds the library with its assertions, of which it warns as if timings suffered.  It takes none here: that
  /// is Stopwatch's work (bench_timing.h).
  bool ReportContext(const Context& context) override {
    std::ostream& error = GetErrorStream();
    std::stringstream text;
    SetErrorStream(&text);
    const bool go_on = WithPlainNames::ReportContext(context);
    SetErrorStream(&error);
    for (std::string line; std::getline(text, line);)
      if (line.find("Library was built as DEBUG") == std::string::npos) error << line << '\n';
    error.flush();
    return go_on;
  }

  void ReportRuns(const std::vector<Run>& runs) override {
    std::vector<Run> shown;
    for (const Run& run : runs) {
      const std::string& statistic = run.aggregate_name;
      if (statistic == "mean" || statistic == "stddev" || statistic == "cv") continue;
      shown.push_back(run);
      if (statistic == "p95" || statistic == "spread") shown.back().counters.clear();
    }
    WithPlainNames::ReportRuns(shown);
  }
};

/// `format` as --benchmark_format takes it.  Null: Google Benchmark's own.
inline std::unique_ptr<benchmark::BenchmarkReporter> reporter(const std::string& format, bool into_file, bool colour,
                                                              bool tabular,
                                                              const std::function<void()>& before_context) {
  if (format == "json") return std::make_unique<JsonReporter>(into_file, before_context);
  if (format != "console") return nullptr;
  return std::make_unique<ConsoleReporter>(ConsoleReporter::OutputOptions(
      (colour ? ConsoleReporter::OO_Color : 0) | (tabular ? ConsoleReporter::OO_Tabular : 0)));
}

}  // namespace tuna
