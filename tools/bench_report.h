// Google Benchmark's reports, with two changes: names end where ours end, and the context in JSON, which it writes
// first, waits for what is known last.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <optional>
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

/// Writes everything at the end, after calling `before_context`, which may add to the context.
class JsonReporter final : public WithPlainNames<benchmark::JSONReporter> {
 public:
  explicit JsonReporter(std::function<void()> before_context) : before_context_(std::move(before_context)) {}

  bool ReportContext(const Context& context) override {
    context_.emplace(context);
    return true;
  }
  void ReportRuns(const std::vector<Run>& runs) override { groups_.push_back(runs); }
  void Finalize() override {
    before_context_();
    JSONReporter::ReportContext(*context_);
    for (const std::vector<Run>& runs : groups_) WithPlainNames::ReportRuns(runs);
    JSONReporter::Finalize();
  }

 private:
  std::function<void()> before_context_;
  std::optional<Context> context_;
  std::vector<std::vector<Run>> groups_;
};

/// Of the statistics only those that `tuna bench --help` explains, and rates on the line of the median alone.
class ConsoleReporter final : public WithPlainNames<benchmark::ConsoleReporter> {
 public:
  using WithPlainNames::WithPlainNames;

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
inline std::unique_ptr<benchmark::BenchmarkReporter> reporter(const std::string& format, bool colour, bool tabular,
                                                              const std::function<void()>& before_context) {
  if (format == "json") return std::make_unique<JsonReporter>(before_context);
  if (format != "console") return nullptr;
  return std::make_unique<ConsoleReporter>(ConsoleReporter::OutputOptions(
      (colour ? ConsoleReporter::OO_Color : 0) | (tabular ? ConsoleReporter::OO_Tabular : 0)));
}

}  // namespace tuna
