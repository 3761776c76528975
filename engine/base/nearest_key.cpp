#include "engine/base/nearest_key.h"

#include <algorithm>
#include <numeric>
#include <string_view>

namespace tuna::json_fields {
namespace {

constexpr size_t kMostNamed = 8;

/// Levenshtein's distance: letters to insert, delete or replace.
size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), size_t(0));
  for (size_t i = 1; i <= from.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= to.size(); ++j) {
      const size_t replaced = diagonal + (from[i - 1] != to[j - 1]);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string section_of(const std::string& path) {
  const size_t dot = path.rfind('.');
  return dot == std::string::npos ? "" : path.substr(0, dot);
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('.') + 1); }

template <class Condition>
std::vector<std::string> those(const std::vector<std::string>& paths, Condition condition) {
  std::vector<std::string> found;
  std::copy_if(paths.begin(), paths.end(), std::back_inserter(found), condition);
  return found;
}

std::vector<std::string> of_least_distance(const std::string& key, const std::vector<std::string>& paths) {
  size_t least = std::string::npos;
  for (const std::string& path : paths) least = std::min(least, edit_distance(key, name_of(path)));
  return those(paths, [&](const std::string& path) { return edit_distance(key, name_of(path)) == least; });
}

bool is_misspelling(const std::string& key, const std::string& path) {
  const size_t distance = edit_distance(key, name_of(path));
  return distance <= 2 && 2 * distance <= key.size();
}

}  // namespace

std::vector<std::string> nearest_keys(const std::string& section, const std::string& key,
                                      const std::vector<std::string>& tree) {
  const auto misspelled = [&](const std::string& path) { return is_misspelling(key, path); };
  const auto of_that_name = [&](const std::string& path) {
    return name_of(path) == key || (!key.empty() && name_of(path).rfind(key + "_", 0) == 0);
  };
  const std::vector<std::string> siblings =
      those(tree, [&](const std::string& path) { return section_of(path) == section; });

  // At the top level, a missing section is likelier than a misspelling.
  std::vector<std::string> found;
  if (!section.empty()) found = of_least_distance(key, those(siblings, misspelled));
  if (found.empty()) found = those(tree, of_that_name);
  if (found.empty()) found = of_least_distance(key, those(siblings, misspelled));
  if (found.empty()) found = of_least_distance(key, those(tree, misspelled));
  if (found.empty()) found = {of_least_distance(key, siblings).front()};
  if (found.size() > kMostNamed) found.resize(kMostNamed);
  return found;
}

}  // namespace tuna::json_fields
