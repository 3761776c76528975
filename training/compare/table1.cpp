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
  return parse_specs(specs, options.settings);
}

}  // namespace tuna
