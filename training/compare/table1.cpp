#include "training/compare/table1.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "data/manifest.h"
#include "engine/base/check.h"
#include "engine/base/strict_json.h"
#include "training/compare/same_settings.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

// The names that the specs have, or those that the user gives, if the manifest has them.
StarterLayout layout_of_manifest(const fs::path& manifest, const StarterLayout& wanted, const Spec& spec) {
  std::set<std::string> domains;
  for (const Sample& sample : read_manifest(manifest).samples) domains.insert(sample.domain);
  StarterLayout layout = wanted;
  if (layout.source.empty()) layout.source = spec.domains.source;
  if (layout.target.empty()) layout.target = spec.domains.target;
  for (const std::string& domain : {layout.source, layout.target})
    check(domains.count(domain), "{}: has no domain \"{}\", but {}; give --source and --target", manifest.string(),
          domain, fmt::join(domains, ", "));
  return layout;
}

std::vector<Sample> images_of_target(const Spec& spec) {
  const std::string& target = spec.domains.target;
  if (spec.data.manifest.empty()) return read_folder(spec.data.folders.at(target), target, "").samples;
  std::vector<Sample> samples = read_manifest(spec.data.manifest).samples;
  std::erase_if(samples, [&](const Sample& sample) { return sample.domain != target; });
  return samples;
}

// Before anything is trained.
void check_target_labels(const fs::path& data, const Spec& spec) {
  size_t positives = 0, others = 0;
  for (const Sample& sample : images_of_target(spec))
    if (!sample.label.empty()) ++(sample.label == spec.positive ? positives : others);
  const bool is_folder = spec.data.manifest.empty();
  const std::string expected = is_folder ? "a folder per class in " + spec.data.folders.at(spec.domains.target).string()
                                         : "both in the column label";
  const std::string new_spec =
      is_folder ? fmt::format("`tuna spec new --data {} > my.json`, then ", data.string()) : "";
  check(positives > 0 && others > 0,
        "{}: table1 compares methods by their AUC on labelled images of the target, and trains Supervised on them, but "
        "'{}' has {} labelled '{}' and {} with another label; expected {}; without labels train one run alone: "
        "{}`tuna train my.json --out RUN`",
        data.string(), spec.domains.target, positives, spec.positive, others, expected, new_spec);
}

nlohmann::ordered_json with_data(nlohmann::ordered_json spec, const Table1Options& options,
                                 const StarterLayout& layout) {
  nlohmann::ordered_json& data = spec["data"];
  data.erase("manifest");
  if (fs::is_directory(options.data)) {
    for (const std::string& domain : {layout.source, layout.target})
      data["folders"][domain] = fs::absolute(options.data / domain).string();
    spec["classes"] = layout.classes;
  } else {
    data["manifest"] = fs::absolute(options.data).string();
  }
  data["size"] = options.size;
  spec["domains"] = {{"source", layout.source}, {"target", layout.target}};
  if (!layout.positive.empty()) spec["positive"] = layout.positive;
  return spec;
}

}  // namespace

std::vector<Spec> table1_specs(const Table1Options& options) {
  check(fs::exists(options.data),
        "{}: no such file or folder; expected a manifest, or a folder with a folder per domain", options.data.string());
  const std::vector<EmbeddedSpec>& embedded = embedded_table1_specs();
  const auto name_of = [](const EmbeddedSpec& spec) { return "specs/table1/" + spec.name; };
  const StarterLayout layout =
      fs::is_directory(options.data)
          ? starter_layout(options.data, options.layout)
          : layout_of_manifest(options.data, options.layout, parse_spec(embedded[0].text, name_of(embedded[0])));
  std::vector<SpecText> specs;
  for (const EmbeddedSpec& spec : embedded)
    specs.push_back(
        {with_data(parse_json(spec.text, name_of(spec)), options, layout).dump(), name_of(spec), fs::current_path()});
  std::vector<Spec> parsed = parse_specs(specs, options.settings);
  check_target_labels(options.data, parsed.at(0));
  return parsed;
}

}  // namespace tuna
