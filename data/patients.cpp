#include "data/patients.h"

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <set>

#include "engine/base/check.h"
#include "engine/base/counted.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;

constexpr size_t kShown = 3;
constexpr size_t kLongestName = 1000;  // file systems have names of at most 255 bytes

std::string name_of(const fs::path& file) { return file.filename().string(); }

class PatientRegex {
 public:
  explicit PatientRegex(const std::string& pattern) {
    check_patient_regex(pattern, "data.patient_regex");
    regex_ = pattern;
  }

  std::optional<std::string> find(const fs::path& file) const {
    const std::string name = name_of(file);
    // std::regex calls itself for each letter, so a long text overflows the stack.
    if (name.size() > kLongestName) return std::nullopt;
    std::smatch match;
    if (!std::regex_search(name, match, regex_) || match.length(1) == 0) return std::nullopt;
    return match.str(1);
  }

 private:
  std::regex regex_;
};

/// What the names that fit must show in addition.
enum class Evidence : uint8_t { none, not_a_series, plainly_patients };

struct Naming {
  const char* patient;  ///< what stands for the patient at the beginning of a name
  Evidence evidence;
};

// They are tried in this order.
constexpr Naming kNamings[] = {
    {R"(person\d+(?=_))", Evidence::none},                       // Kermany, pneumonia: person12_virus_7.jpeg
    {R"((?:NORMAL2-)?IM-\d+(?=-))", Evidence::not_a_series},     // Kermany, normal: NORMAL2-IM-0529-0001.jpeg
    {R"(\d{8}(?=_\d{3}\.))", Evidence::not_a_series},            // NIH ChestX-ray14: 00000013_005.png
    {R"(.*\d.*(?=[_-]\d+\.\w+$))", Evidence::plainly_patients},  // p12_3.png, 0004_1.png
    {R"(.+(?=[_-]\d+\.\w+$))", Evidence::plainly_patients},      // miller_3.png
};
constexpr const char* kWholeStem = R"(.+(?=\.\w+$))";

std::string as_group(const std::vector<std::string>& alternatives) {
  return fmt::format("^({})", fmt::join(alternatives, "|"));
}

/// Whether these names show patients.  A series is a folder of three or more images of one patient: IM-0001-0001.jpeg
/// to IM-0001-0400.jpeg.  They are plainly patients if each folder has several patients, each with at most a third of
/// its images, and some patient has several images: COVID-1.png, COVID-2.png are not.
bool show_patients(const std::vector<fs::path>& files, const PatientRegex& regex, Evidence evidence) {
  if (evidence == Evidence::none) return true;
  constexpr size_t kSeries = 3, kFewest = 4;
  std::map<fs::path, std::map<std::string, size_t>> images;  // [folder][patient]
  for (const fs::path& file : files)
    if (const auto patient = regex.find(file)) ++images[file.parent_path()][*patient];
  bool several_images = false;
  for (const auto& [folder, by_patient] : images) {
    size_t total = 0, most = 0;
    for (const auto& [patient, count] : by_patient) {
      total += count;
      most = std::max(most, count);
    }
    if (total >= kSeries && by_patient.size() == 1) return false;
    if (evidence == Evidence::plainly_patients && (by_patient.size() < kFewest || 3 * most > total)) return false;
    several_images |= most > 1;
  }
  return evidence == Evidence::not_a_series || several_images;
}

/// The message lists up to three names without a match, and the matches in up to three others.
[[noreturn]] void fail_without_patients(const std::vector<fs::path>& files, const std::vector<std::string>& patients,
                                        const std::string& pattern) {
  std::vector<fs::path> with;
  std::vector<std::string> found, names;
  for (size_t i = 0; i < files.size(); ++i) {
    if (patients[i].empty()) {
      names.push_back(name_of(files[i]));
    } else {
      with.push_back(files[i]);
      found.push_back(patients[i]);
    }
  }
  const size_t without = names.size();
  const std::string first = files[size_t(std::find(patients.begin(), patients.end(), "") - patients.begin())].string();
  if (names.size() > kShown) names.resize(kShown);
  const std::string others =
      with.empty() ? "" : fmt::format("; in others it finds {}", fmt::join(examples_of_patients(with, found), ", "));
  const std::string fitting = patient_pattern(files);
  const std::string remedy = fitting.empty()
                                 ? "leave it out if each image is a patient of its own"
                                 : fmt::format("\"{}\" fits all of them (in JSON each \\ is doubled)", fitting);
  fail(
      "{}: data.patient_regex \"{}\" finds no patient in {} of {}: {}{}{}; {}; `tuna spec new` writes a spec "
      "with one that was tested",
      first, pattern, without, counted(files.size(), "file name"), fmt::join(names, ", "),
      without > kShown ? ", ..." : "", others, remedy);
}

}  // namespace

void check_patient_regex(const std::string& pattern, const std::string& key) {
  if (pattern.empty()) return;
  constexpr size_t kLongest = 1000;
  check(pattern.size() <= kLongest, "{}: is longer than {} characters", key, kLongest);
  // std::regex computes these numbers without a check for overflow.
  static const std::regex large_number(R"(\\[0-9]{4}|\{[0-9]*,?[0-9]{4})");
  if (std::smatch large; std::regex_search(pattern, large, large_number))
    fail("{}: \"{}\" has the number {}..., expected at most 999", key, pattern, large.str());
  try {
    check(std::regex(pattern).mark_count() > 0, "{}: \"{}\" has no group (...) for the patient", key, pattern);
  } catch (const std::regex_error& error) {
    const bool too_large = error.code() == std::regex_constants::error_space;
    fail("{}: \"{}\" is {}", key, pattern,
         too_large ? "too large a regular expression" : fmt::format("not a regular expression: {}", error.what()));
  }
}

std::vector<std::string> find_patients(const std::vector<fs::path>& files, const std::string& pattern) {
  std::vector<std::string> patients(files.size());
  if (pattern.empty()) return patients;
  const PatientRegex regex(pattern);
  std::transform(files.begin(), files.end(), patients.begin(),
                 [&](const fs::path& file) { return regex.find(file).value_or(""); });
  return patients;
}

std::vector<std::string> patients_of(const std::vector<fs::path>& files, const std::string& pattern) {
  std::vector<std::string> patients = find_patients(files, pattern);
  if (pattern.empty())
    for (size_t i = 0; i < files.size(); ++i) patients[i] = files[i].string();
  if (std::count(patients.begin(), patients.end(), "") > 0) fail_without_patients(files, patients, pattern);
  return patients;
}

std::vector<std::string> examples_of_patients(const std::vector<fs::path>& files,
                                              const std::vector<std::string>& patients) {
  std::vector<std::string> examples;
  std::set<std::string> shown;
  // Examples come from the whole list, which is sorted by folder.
  for (size_t k = 0; k < kShown && !files.empty(); ++k)
    for (size_t i = k * files.size() / kShown; i < (k + 1) * files.size() / kShown; ++i) {
      if (!shown.insert(patients[i]).second) continue;
      examples.push_back(fmt::format("{} -> {}", name_of(files[i]), patients[i]));
      break;
    }
  return examples;
}

std::string patient_pattern(const std::vector<fs::path>& files) {
  std::vector<std::string> used;
  std::vector<fs::path> rest = files;
  for (const Naming& naming : kNamings) {
    const PatientRegex regex(as_group({naming.patient}));
    const auto first_fit =
        std::stable_partition(rest.begin(), rest.end(), [&](const fs::path& file) { return !regex.find(file); });
    if (first_fit == rest.end() || !show_patients({first_fit, rest.end()}, regex, naming.evidence)) continue;
    used.push_back(naming.patient);
    rest.erase(first_fit, rest.end());
  }
  if (used.empty()) return "";
  if (!rest.empty()) used.push_back(kWholeStem);
  const std::string pattern = as_group(used);
  const std::vector<std::string> found = find_patients(files, pattern);
  const std::set<std::string> patients(found.begin(), found.end());
  return patients.count("") > 0 || patients.size() == files.size() ? "" : pattern;
}

}  // namespace tuna
