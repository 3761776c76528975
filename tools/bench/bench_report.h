// Google Benchmark's reports with three changes: names lack its suffixes, the JSON report is written at the end, when
// the context is complete, and there is no warning about the library's build type.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace tuna {

/// Removes Google Benchmark's "/iterations:1/manual_time" from the end of each name.
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

/// Writes everything at the end, after calling `before_context`, which may add to the context; a file is also
/// rewritten after each benchmark, so an interrupted run keeps what was measured.
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
    if (into_file_) GetOutputStream().seekp(0);  // the previous text is shorter
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

/// Prints only the statistics that `tuna bench --help` explains, and rates only on the line of the median.
class ConsoleReporter final : public WithPlainNames<benchmark::ConsoleReporter> {
 public:
  using WithPlainNames::WithPlainNames;

  /// Drops the warning that the library was built with assertions, as Debian builds it: Stopwatch (bench_timing.h)
  /// takes the times, not the library.
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

/// `format` is a value of --benchmark_format.  Returns null for Google Benchmark's own reporter.
inline std::unique_ptr<benchmark::BenchmarkReporter> reporter(const std::string& format, bool into_file, bool colour,
                                                              bool tabular,
                                                              const std::function<void()>& before_context) {
  if (format == "json") return std::make_unique<JsonReporter>(into_file, before_context);
  if (format != "console") return nullptr;
  return std::make_unique<ConsoleReporter>(ConsoleReporter::OutputOptions(
      (colour ? ConsoleReporter::OO_Color : 0) | (tabular ? ConsoleReporter::OO_Tabular : 0)));
}

}  // namespace tuna
