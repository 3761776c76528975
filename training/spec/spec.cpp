#include "training/spec/spec.h"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <numeric>
#include <set>

#include "data/patients.h"
#include "engine/base/check.h"
#include "engine/base/json_fields.h"
#include "engine/base/strict_json.h"
#include "engine/base/utf8.h"

namespace tuna {
namespace {

using json_fields::JsonReader;
using nlohmann::ordered_json;

constexpr size_t kLargestFile = 1 << 20;
constexpr int kMostSections = 8;  // around a key

std::string read_text(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  check(status.type() != std::filesystem::file_type::not_found, "{}: no such file", path.string());
  check(!error, "{}: cannot be read: {}", path.string(), error.message());
  check(!std::filesystem::is_directory(status), "{}: is a folder, expected a spec", path.string());
  errno = 0;
  std::ifstream file(path, std::ios::binary);  // a pipe, too
  check(bool(file), "{}: cannot be read: {}", path.string(), std::strerror(errno));
  std::string text(kLargestFile + 1, '\0');
  file.read(text.data(), std::streamsize(text.size()));
  check(!file.bad(), "{}: cannot be read: {}", path.string(), std::strerror(errno));
  text.resize(size_t(file.gcount()));
  check(text.size() <= kLargestFile, "{}: larger than {} bytes; is it a spec?", path.string(), kLargestFile);
  return text;
}

/// Names become parts of file names, CSV columns and messages.
void check_name(const std::string& key, const std::string& name) {
  const auto bad = [](char letter) {
    return uint8_t(letter) < ' ' || letter == '/' || letter == '\\' || letter == 127;
  };
  check(!name.empty(), "{}: is empty", key);
  check(name.size() <= kLongestName, "{}: a name of {} bytes, expected at most {}", key, name.size(), kLongestName);
  check(name != "." && name != "..", "{}: \"{}\" names a folder that exists everywhere; expected a name of its own",
        key, name);
  check(std::none_of(name.begin(), name.end(), bad), "{}: a name must not have slashes or control characters", key);
}

void check_classes(const Spec& spec) {
  check(spec.classes.size() >= 2, "classes: {} given, at least 2 are needed", spec.classes.size());
  for (const std::string& name : spec.classes) check_name("classes", name);
  check(std::find(spec.classes.begin(), spec.classes.end(), spec.positive) != spec.classes.end(),
        "positive: \"{}\" is not one of classes: {}", spec.positive, fmt::join(spec.classes, ", "));
  const size_t weights = spec.class_weights.size();
  check(weights == 0 || weights == spec.classes.size(), "class_weights: {} weights for {} classes", weights,
        spec.classes.size());
}

void check_source_prior(const Spec& spec) {
  const std::vector<double>& fractions = spec.data.source_prior.numbers;
  if (fractions.empty()) {
    check(!spec.data.source_prior.word.empty(), "data.source_prior: an empty list, expected a number for each class");
    return;
  }
  check(fractions.size() == spec.classes.size(), "data.source_prior: {} numbers for {} classes", fractions.size(),
        spec.classes.size());
  const double sum = std::accumulate(fractions.begin(), fractions.end(), 0.0);
  check(std::abs(sum - 1) < 1e-6, "data.source_prior: the numbers sum to {}, expected 1", sum);
}

void check_domains(const Spec& spec) {
  check_name("domains.source", spec.domains.source);
  check_name("domains.target", spec.domains.target);
  check(spec.domains.source != spec.domains.target, "domains.target: \"{}\" is the source as well",
        spec.domains.target);
}

void check_data(const Spec& spec) {
  const DataSpec& data = spec.data;
  check(data.manifest.empty() || data.folders.empty(),
        "data.folders: there is data.manifest as well; give one of them");
  if (!data.folders.empty())
    for (const std::string& domain : {spec.domains.source, spec.domains.target})
      check(data.folders.count(domain), "data.folders: no folder for the domain \"{}\"", domain);
  for (const auto& [domain, folder] : data.folders) {
    check(domain == spec.domains.source || domain == spec.domains.target,
          "data.folders.{}: is not one of the domains \"{}\" and \"{}\"", domain, spec.domains.source,
          spec.domains.target);
    check(!folder.empty(), "data.folders.{}: is empty", domain);
  }
  check_patient_regex(data.patient_regex, "data.patient_regex");
  check(data.patient_regex.empty() || data.manifest.empty(),
        "data.patient_regex: is for data.folders; a manifest has a column for the patient");
  const double sum = data.split.train + data.split.validation + data.split.test;
  check(std::abs(sum - 1) < 1e-6, "data.split: train, validation and test sum to {:g}, not 1", sum);
  check(data.split.folds != 1, "data.split.folds: 1, expected 2 or more, or 0");
  check(data.split.folds == 0 || data.split.fold <= data.split.folds,
        "data.split.fold: {}, expected 1 to {}, the number of data.split.folds", data.split.fold, data.split.folds);
}

/// Checks of several keys together.
void check_together(const Spec& spec) {
  check_name("name", spec.name);
  check_domains(spec);
  check_classes(spec);
  check_source_prior(spec);
  check_data(spec);
  if (const auto check_method = method_sections().at(spec.method).check) check_method(spec);
}

/// "train.epochs=3" as {"train": {"epochs": "3"}}.
ordered_json nested(const std::string& setting) {
  const size_t equals = setting.find('=');
  check(equals != std::string::npos && equals > 0, "is not of the form key.path=value");
  check(is_utf8(setting), "is not UTF-8; in paths, \\xE9 stands for such a byte");
  check(std::count(setting.begin(), setting.begin() + std::ptrdiff_t(equals), '.') < kMostSections,
        "no such key; the deepest are in {} sections", kMostSections - 1);
  ordered_json json = setting.substr(equals + 1);
  std::string path = setting.substr(0, equals);
  while (!path.empty()) {
    const size_t dot = path.rfind('.');
    json = ordered_json{{path.substr(dot == std::string::npos ? 0 : dot + 1), json}};
    path.resize(dot == std::string::npos ? 0 : dot);
  }
  return json;
}

ordered_json spec_json(std::string_view text, const std::string& name) {
  check(text.find_first_not_of(" \t\r\n") != std::string_view::npos, "{}: is empty, expected a spec in JSON", name);
  return parse_json(text, name);
}

/// The method whose sections the spec has: that of the last setting that names one, else that of the file.  An unknown
/// name is refused when the key is read.
std::string method_in(const ordered_json& json, const std::vector<std::string>& settings) {
  std::string method = default_method();
  const auto take = [&](const std::string& name) {
    if (method_sections().count(name)) method = name;
  };
  if (json.is_object() && json.contains("method") && json["method"].is_string())
    take(json["method"].get<std::string>());
  for (const std::string& setting : settings)
    if (setting.rfind("method=", 0) == 0) take(setting.substr(7));
  return method;
}

/// Runs `work` and puts `name` before the message of an error.
template <class Work>
void named(const std::string& name, Work work) {
  try {
    work();
  } catch (const Error& error) {
    fail("{}: {}", name, error.what());
  }
}

}  // namespace

Spec parse_spec(std::string_view text, const std::string& name, const std::filesystem::path& folder,
                const std::vector<std::string>& settings) {
  ordered_json json = spec_json(text, name);
  Spec spec(method_in(json, settings));
  named(name, [&] {
    if (json.is_object()) {
      json.erase("$schema");  // for editors
      json.erase("history");  // of a run (training/run/spec_history.h)
    }
    JsonReader(json, folder, JsonReader::Values::json).read(spec);
  });
  for (const std::string& setting : settings)
    named("--set " + shortened(setting, 100), [&] {
      const std::filesystem::path manifest = spec.data.manifest;
      const ordered_json set = nested(setting);
      JsonReader(set, std::filesystem::current_path(), JsonReader::Values::text).read(spec);
      if (spec.data.manifest != manifest && !spec.data.manifest.empty()) {  // it lists the images in place of folders
        spec.data.folders.clear();
        spec.data.patient_regex.clear();
      }
    });
  named(settings.empty() ? name : name + " with --set", [&] { check_together(spec); });
  return spec;
}

Spec default_spec(const SpecText& spec, const std::vector<std::string>& settings) {
  return Spec(method_in(spec_json(spec.text, spec.name), settings));
}

SpecText read_spec_text(const std::filesystem::path& path) {
  return {read_text(path), path.string(), std::filesystem::absolute(path).parent_path()};
}

Spec read_spec(const std::filesystem::path& path, const std::vector<std::string>& settings) {
  const SpecText spec = read_spec_text(path);
  return parse_spec(spec.text, spec.name, spec.folder, settings);
}

Spec read_spec_of_run(const std::filesystem::path& run, const std::vector<std::string>& settings) {
  const std::filesystem::path file = run / "spec.json";
  check(std::filesystem::exists(file), "{}: holds no run (no spec.json)", run.string());
  check(std::filesystem::is_regular_file(file), "{}: is not a file", file.string());  // a pipe would be waited for
  return read_spec(file, settings);
}

std::string to_json(const Spec& spec) {
  json_fields::JsonWriter writer;
  Spec copy = spec;  // fields() is not const
  copy.fields(writer);
  return print_json(writer.json);
}

ordered_json spec_schema(const std::string& method) {
  json_fields::JsonSchema schema;
  Spec(method).fields(schema);
  schema.json["properties"]["$schema"] = {{"description", "Where an editor finds this schema."}, {"type", "string"}};
  schema.json["properties"]["history"] = {
      {"description", "In a run's spec.json: what --resume changed, and from which step on. Ignored."},
      {"type", "array"}};
  return schema.json;
}

// The sections of a method apply if `method` names it, or is absent and it is the default.
ordered_json spec_schema() {
  ordered_json json = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                       {"title", "Training spec of tuna"},
                       {"description",
                        "What to train, on which images, and how. Every key has a default; comments, // and /* */, may "
                        "stand anywhere."},
                       {"type", "object"},
                       {"unevaluatedProperties", false}};
  json["properties"] = spec_schema(default_method())["properties"];
  ordered_json rules = ordered_json::array();
  for (auto& [name, sections] : method_sections()) {
    json_fields::JsonSchema own;
    AnyOptions options = sections.options;
    options.fields(own);
    for (const auto& [key, schema] : own.json["properties"].items()) json["properties"].erase(key);
    ordered_json is_meant = {{"properties", {{"method", {{"const", name}}}}}};
    if (!sections.is_default) is_meant["required"] = {"method"};
    rules.push_back({{"if", is_meant}, {"then", {{"properties", own.json["properties"]}}}});
  }
  json["allOf"] = rules;
  return json;
}

std::map<std::string, MethodSections>& method_sections() {
  static std::map<std::string, MethodSections> sections;
  return sections;
}

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const auto& [name, sections] : method_sections()) names.push_back(name);
  return names;
}

std::string default_method() {
  for (const auto& [name, sections] : method_sections())
    if (sections.is_default) return name;
  fail("no method is registered as the default");
}

}  // namespace tuna
