#include "training/starter/starter_spec.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "data/patients.h"
#include "engine/base/check.h"
#include "engine/base/counted.h"
#include "engine/base/utf8.h"
#include "training/methods/starter_sections.h"
#include "training/run/compute_device.h"
#include "training/run/estimate.h"
#include "training/starter/commented_json.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr const char* kName = "tuna spec new";  // of the text, in messages

Spec parse(const std::string& text) { return parse_spec(text, kName, fs::current_path()); }

/// Files of both domains, in the order of the listing.
struct Files {
  std::vector<fs::path> paths;
  std::vector<std::string> domains;
};

Files files_of(const Spec& spec) {
  Files files;
  for (const Sample& sample : read_folders(spec.data.folders, "").samples) {
    files.paths.push_back(sample.path);
    files.domains.push_back(sample.domain);
  }
  return files;
}

/// The folder's name, with an underscore for each byte that is not UTF-8 or that a name must not have, and not longer.
std::string name_of_run(const fs::path& folder) {
  const std::string name = fs::absolute(folder / "x").lexically_normal().parent_path().filename().string();
  std::string escaped = escape_bytes(name);
  std::replace_if(
      escaped.begin(), escaped.end(), [](char c) { return c == '\\' || uint8_t(c) < ' ' || c == 127; }, '_');
  escaped = shortened(escaped, kLongestName);
  return escaped.empty() ? "root" : escaped;
}

std::string about_patients(const Files& files, const std::string& pattern) {
  const std::vector<std::string> patients = patients_of(files.paths, pattern);
  const std::string examples =
      escape_bytes(fmt::format("{}", fmt::join(examples_of_patients(files.paths, patients), ", ")));
  if (pattern.empty())
    return fmt::format(
        "No pattern of patients is recognised in the names of these {} ({}, ...), so each image counts as its own "
        "patient. If patients have several images, write an expression: otherwise training and test share patients.",
        counted(files.paths.size(), "image"), escape_bytes(files.paths.front().filename().string()));
  std::map<std::string, std::set<std::string>> domains;  // of each patient
  for (size_t i = 0; i < patients.size(); ++i) domains[patients[i]].insert(files.domains[i]);
  size_t in_both = 0;
  for (const auto& [patient, of_patient] : domains) in_both += of_patient.size() > 1;
  return fmt::format("Tried on all names: {} in {}, as {}.{}", counted(domains.size(), "patient"),
                     counted(files.paths.size(), "image"), examples,
                     in_both == 0 ? ""
                                  : fmt::format(" {} in both domains and taken for the same patient.",
                                                counted(in_both, "of these names is", "of these names are")));
}

class Starter {
 public:
  explicit Starter(const StarterOptions& options)
      : options_(options), layout_(starter_layout(options.folder, options.layout)) {
    check(options.minutes > 0, "--minutes {}: must be greater than 0", options.minutes);
    images();
    patients();
    method_sections();
  }

  StarterSpec spec() const { return {print_commented_json(json_, spec_schema(default_method()), notes_), warnings_}; }

 private:
  void images() {
    const auto folder_of = [&](const std::string& domain) {
      return escape_bytes((options_.folder / domain).lexically_normal().string());
    };
    json_["name"] = name_of_run(options_.folder);
    if (!options_.device.empty()) json_["device"] = options_.device;
    json_["domains"] = {{"source", layout_.source}, {"target", layout_.target}};
    json_["classes"] = layout_.classes;
    json_["positive"] = layout_.positive;
    json_["data"] = {
        {"folders", {{layout_.source, folder_of(layout_.source)}, {layout_.target, folder_of(layout_.target)}}},
        {"patient_regex", ""},
        {"size", options_.size}};
    target_ = target_of(parse(json_.dump()));
  }

  void patients() {
    const Files files = files_of(parse(json_.dump()));
    const std::string pattern = patient_pattern(files.paths);
    json_["data"]["patient_regex"] = pattern;
    notes_["data.patient_regex"] = about_patients(files, pattern);
    notes_[""] = fmt::format(
        "Written by `tuna spec new` for {} in \"{}\". Keys that are not here have their defaults; `tuna spec "
        "show` prints all keys, `tuna spec schema` explains them. Before training, `tuna data check` checks every "
        "image.",
        counted(files.paths.size(), "image"), escape_bytes(options_.folder.string()));
  }

  void method_sections() {
    StarterSections sections{json_,
                             notes_,
                             warnings_,
                             target_.device,
                             options_.minutes,
                             [](const ordered_json& json) { return parse(json.dump()); },
                             [&](const Phase& phase) { return measure_step(phase, target_).seconds; }};
    const Method& method = method_of(Spec());
    check(method.starter != nullptr, "spec new: method {} has no starter", method.name);
    method.starter(sections);
  }

  const StarterOptions& options_;
  const StarterLayout layout_;
  Target target_;
  ordered_json json_;
  std::map<std::string, std::string> notes_;
  std::vector<std::string> warnings_;
};

}  // namespace

StarterSpec starter_spec(const StarterOptions& options) {
  const StarterSpec spec = Starter(options).spec();
  RunData{parse(spec.text)};  // throws what training would
  return spec;
}

}  // namespace tuna
