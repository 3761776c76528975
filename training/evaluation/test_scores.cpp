#include "training/evaluation/test_scores.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>

#include "data/csv.h"
#include "data/file.h"
#include "engine/base/check.h"
#include "engine/base/normal_path.h"

namespace tuna {
namespace {

constexpr std::array kImageColumns = {"path", "patient", "label"};

double score_in(const std::string& text, const std::string& where) {
  double score = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, score);
  check(parsed.ec == std::errc() && parsed.ptr == end && std::isfinite(score), "{}: \"{}\", expected a number", where,
        text);
  return score;
}

/// The rows of the file in ascending order of their paths, each of which must be there once.
std::vector<const CsvRow*> sorted_by_path(const Csv& csv, size_t path) {
  std::vector<const CsvRow*> rows;
  for (const CsvRow& row : csv.rows) rows.push_back(&row);
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const CsvRow* a, const CsvRow* b) { return a->fields[path] < b->fields[path]; });
  for (size_t i = 1; i < rows.size(); ++i)
    check(rows[i]->fields[path] != rows[i - 1]->fields[path], "{}:{}: {} is already in line {}", csv.file,
          rows[i]->line, rows[i]->fields[path], rows[i - 1]->line);
  return rows;
}

}  // namespace

Predictions TestScores::of(const std::string& row, const std::string& positive) const {
  std::vector<std::string> names;
  for (const Row& each : rows) {
    names.push_back(each.name);
    if (each.name != row) continue;
    Predictions predictions{each.scores, {}, patients};
    for (const std::string& label : labels) predictions.positive.push_back(label == positive);
    return predictions;
  }
  fail("{}: no scores of {}; there are those of {}", file, row, fmt::join(names, ", "));
}

std::string test_scores_text(const std::vector<Sample>& test, const std::filesystem::path& root,
                             const std::vector<Evaluation>& rows) {
  std::vector<std::string> header(kImageColumns.begin(), kImageColumns.end());
  for (const Evaluation& row : rows) {
    check(row.test && row.test->scores.size() == test.size(), "predictions.csv: {} was not measured on {} test images",
          row.name, test.size());
    header.push_back(row.name);
  }
  std::vector<std::vector<std::string>> lines;
  for (size_t i = 0; i < test.size(); ++i) {
    lines.push_back({relative_if_below(test[i].path, root).string(), test[i].patient, test[i].label});
    for (const Evaluation& row : rows) lines.back().push_back(fmt::format("{}", row.test->scores[i]));
  }
  return csv_text(header, lines);
}

TestScores parse_test_scores(std::string_view text, const std::string& file) {
  const Csv csv = parse_csv(text, file);
  std::array<size_t, kImageColumns.size()> columns{};
  for (size_t i = 0; i < columns.size(); ++i) {
    const int64_t column = csv.column(kImageColumns[i]);
    check(column >= 0, "{}:{}: no column \"{}\"; expected the predictions.csv of a run", file, csv.line,
          kImageColumns[i]);
    columns[i] = size_t(column);
  }
  TestScores read{file, {}, {}, {}, {}};
  const std::vector<const CsvRow*> rows = sorted_by_path(csv, columns[0]);
  for (const CsvRow* row : rows) {
    read.paths.push_back(row->fields[columns[0]]);
    read.patients.push_back(row->fields[columns[1]]);
    read.labels.push_back(row->fields[columns[2]]);
  }
  for (size_t column = 0; column < csv.header.size(); ++column) {
    const std::string& name = csv.header[column];
    if (name.empty() || std::count(columns.begin(), columns.end(), column)) continue;
    csv.column(name);  // refuses a second one of the same name
    read.rows.push_back({name, {}});
    for (const CsvRow* row : rows)
      read.rows.back().scores.push_back(
          score_in(row->fields[column], fmt::format("{}:{}: score of {}", file, row->line, name)));
  }
  return read;
}

TestScores read_test_scores(const std::filesystem::path& path) {
  constexpr uintmax_t kLargestFile = 1 << 30;
  const std::string text = read_file(path, kLargestFile);
  check(text.ends_with('\n'), "{}: its last line is cut off", path.string());
  return parse_test_scores(text, path.string());
}

void check_same_images(const TestScores& one, const TestScores& other) {
  const auto first_only_in = [](const TestScores& a, const TestScores& b) -> const std::string* {
    const std::set<std::string> there(b.paths.begin(), b.paths.end());
    const auto found =
        std::find_if(a.paths.begin(), a.paths.end(), [&](const auto& path) { return !there.count(path); });
    return found == a.paths.end() ? nullptr : &*found;
  };
  for (const auto& [a, b] : {std::pair(&one, &other), std::pair(&other, &one)})
    if (const std::string* path = first_only_in(*a, *b))
      fail("{} and {} are of different test images: {} is only in {}", one.file, other.file, *path, a->file);
  for (size_t i = 0; i < one.paths.size(); ++i)
    check(one.labels[i] == other.labels[i] && one.patients[i] == other.patients[i],
          "{} and {}: {} is of patient \"{}\" with label \"{}\" in one, and of \"{}\" with \"{}\" in the other",
          one.file, other.file, one.paths[i], one.patients[i], one.labels[i], other.patients[i], other.labels[i]);
}

}  // namespace tuna
