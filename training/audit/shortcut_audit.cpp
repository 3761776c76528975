#include "training/audit/shortcut_audit.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "data/csv.h"
#include "data/trivial_features.h"
#include "engine/base/check.h"
#include "engine/base/counted.h"
#include "engine/base/utf8.h"

namespace tuna {
namespace {

constexpr double kNotable = 0.6;  // the AUC from which the sentence calls a feature a possible shortcut
constexpr double kGain = 0.01;    // that a pair must add to the better of its features to be shown

/// Removes the columns that were not asked for.
void keep_columns(std::vector<Sample>& samples, const std::vector<std::string>& wanted) {
  std::set<std::string> there, kept;
  for (const Sample& sample : samples)
    for (const auto& [name, value] : sample.columns) there.insert(name);
  for (const std::string& name : wanted) {
    check(there.count(column_key(name)) > 0, "--column {}: no such column; {}", name,
          there.empty() ? "the manifest has no other columns"
                        : fmt::format("those that can be audited are \"{}\"", fmt::join(there, "\", \"")));
    kept.insert(column_key(name));
  }
  for (Sample& sample : samples)
    std::erase_if(sample.columns, [&](const auto& column) { return kept.count(column.first) == 0; });
}

/// Samples with their trivial features.
struct Measured {
  std::vector<Sample> samples;
  std::vector<std::vector<double>> values;
};

Measured measure(const std::vector<Sample>& samples, OnBadImage on_bad_image, int threads,
                 std::vector<std::string>& warnings) {
  const std::vector<TrivialFeatureValues> all = measure_trivial_features(samples, threads);
  Measured measured;
  std::vector<std::string> bad;
  for (size_t i = 0; i < samples.size(); ++i)
    if (all[i].error.empty()) {
      measured.samples.push_back(samples[i]);
      measured.values.push_back(all[i].values);
    } else {
      bad.push_back(all[i].error);
    }
  if (bad.empty()) return measured;
  const std::string others =
      bad.size() > 1 ? fmt::format(" ({} cannot be read)", counted(bad.size() - 1, "more image")) : "";
  check(on_bad_image == OnBadImage::skip, "{}{}; data.on_bad_image=skip leaves such images out", bad[0], others);
  warnings.push_back(fmt::format("left out: {}{}", bad[0], others));
  return measured;
}

using IsIn = std::function<bool(const Sample&)>;

/// Of the samples in `all`; the positive ones are those in `positives`.
GroupAudit audit(const Measured& measured, const IsIn& all, const IsIn& positives, const Spec& spec, int threads) {
  GroupAudit group;
  TwoGroups groups;
  Measured chosen;
  for (size_t i = 0; i < measured.samples.size(); ++i) {
    const Sample& sample = measured.samples[i];
    if (!all(sample)) continue;
    chosen.samples.push_back(sample);
    chosen.values.push_back(measured.values[i]);
    groups.positive.push_back(positives(sample));
    groups.patients.push_back(sample.patient);
  }
  group.images = groups.positive.size();
  group.positives = size_t(std::count(groups.positive.begin(), groups.positive.end(), true));
  group.patients = std::set<std::string>(groups.patients.begin(), groups.patients.end()).size();
  if (group.positives == 0 || group.positives == group.images) return group;
  const std::vector<Feature> features = features_of(chosen.samples, chosen.values);
  group.features = separations(features, groups, spec.evaluate.bootstrap, uint64_t(spec.seed), threads);
  group.pairs = pair_separations(features, groups, uint64_t(spec.seed), threads);
  return group;
}

GroupAudit audit_classes(const Measured& measured, const std::string& domain, const Spec& spec, int threads) {
  GroupAudit group = audit(
      measured, [&](const Sample& sample) { return sample.domain == domain && !sample.label.empty(); },
      [&](const Sample& sample) { return sample.label == spec.positive; }, spec, threads);
  group.what = domain;
  group.positive = spec.positive;
  if (group.images == 0) group.skipped = "it has no labelled images";
  if (group.images > 0 && group.features.empty())
    group.skipped =
        fmt::format("{} of its {} {} '{}'; others are needed as well", group.positives,
                    counted(group.images, "labelled image"), either(group.positives, "is", "are"), group.positive);
  if (group.images > 0 && group.positives == 0)
    group.skipped = fmt::format("none of its {} is '{}'", counted(group.images, "labelled image"), group.positive);
  return group;
}

/// Whether the feature does not differ between the groups.
bool is_constant(const Separation& each) { return each.is_text ? each.shares.size() == 1 : each.auc == 0.5; }

std::string table_of(const GroupAudit& group) {
  std::string text = fmt::format("  {:<24} {:>5}   95 % interval\n", "", "AUC");
  for (const Separation& each : group.features) {
    text += fmt::format("  {:<24} {:.3f}", each.feature, each.auc);
    if (is_constant(each)) {
      text += "                    no difference\n";
      continue;
    }
    const std::string interval =
        each.interval ? fmt::format("{:.3f} to {:.3f}", each.interval->low, each.interval->high) : "";
    text += fmt::format("   {:<14}   {}\n", interval, direction_in_words(each, group.positive));
  }
  return text;
}

std::string pairs_of(const GroupAudit& group) {
  constexpr size_t kShown = 5;
  std::string lines;
  size_t shown = 0;
  for (const PairSeparation& pair : group.pairs)
    if (pair.auc >= pair.better_alone + kGain && shown++ < kShown)
      lines += fmt::format("  {:.3f}   {} + {} (the better one alone: {:.3f})\n", pair.auc, pair.first, pair.second,
                           pair.better_alone);
  return lines.empty()
             ? fmt::format("  No two features together have an AUC that is {} above that of the better one.\n", kGain)
             : "  Two features together, in patients that the rule was not made of:\n" + lines;
}

std::string sentence_of(const GroupAudit& group) {
  const Separation& worst = group.features.at(0);
  if (worst.auc < kNotable)
    return fmt::format("In '{}', the strongest feature is {} with AUC {:.2f}: alone, none is a shortcut.\n", group.what,
                       worst.feature, worst.auc);
  const bool is_column = worst.feature.rfind("column ", 0) == 0;
  return fmt::format(
      "In '{}', {} alone separates {} from the other images with AUC {:.2f}: {}a classifier may learn it instead of "
      "the disease.\n",
      group.what, worst.feature, group.positive, worst.auc, is_column ? "if the images show it, " : "");
}

nlohmann::ordered_json to_json(const GroupAudit& group) {
  nlohmann::ordered_json json = {{"positive", escape_bytes(group.positive)},
                                 {"images", group.images},
                                 {"positives", group.positives},
                                 {"patients", group.patients}};
  if (!group.skipped.empty()) json["skipped"] = escape_bytes(group.skipped);
  json["features"] = nlohmann::ordered_json::array();
  for (const Separation& each : group.features) {
    nlohmann::ordered_json feature = {{"name", escape_bytes(each.feature)}, {"auc", each.auc}};
    if (!each.is_text) feature["larger"] = each.larger;
    if (each.interval) feature["interval_95"] = {each.interval->low, each.interval->high};
    for (const auto& [text, share] : each.shares) feature["positive_share"][escape_bytes(text)] = share;
    json["features"].push_back(feature);
  }
  json["pairs"] = nlohmann::ordered_json::array();
  for (const PairSeparation& pair : group.pairs)
    json["pairs"].push_back({{"features", {escape_bytes(pair.first), escape_bytes(pair.second)}},
                             {"auc", pair.auc},
                             {"better_alone", pair.better_alone}});
  return json;
}

}  // namespace

std::string direction_in_words(const Separation& separation, const std::string& positive) {
  if (!separation.is_text) return fmt::format("{} in {}", separation.larger ? "larger" : "smaller", positive);
  constexpr size_t kShown = 4;
  if (separation.shares.size() > kShown) return fmt::format("{}", counted(separation.shares.size(), "text"));
  std::vector<std::string> shares;
  for (const auto& [text, share] : separation.shares)
    shares.push_back(fmt::format("{} {:.0f} %", text.empty() ? "(none)" : text, share * 100));
  return fmt::format("{}: {}", positive, fmt::join(shares, ", "));
}

ShortcutAudit audit_shortcuts(const RunData& data, const Spec& spec, const std::vector<std::string>& columns,
                              int threads) {
  std::vector<Sample> samples = data.samples();
  if (!columns.empty()) keep_columns(samples, columns);
  ShortcutAudit result;
  const Measured measured = measure(samples, spec.data.on_bad_image, threads, result.warnings);
  std::vector<std::string> reasons;
  for (const std::string& domain : {spec.domains.source, spec.domains.target}) {
    result.classes.push_back(audit_classes(measured, domain, spec, threads));
    reasons.push_back(fmt::format("'{}': {}", domain, result.classes.back().skipped));
  }
  check(std::any_of(result.classes.begin(), result.classes.end(),
                    [](const GroupAudit& group) { return group.skipped.empty(); }),
        "no domain has labelled images of both kinds: {}", fmt::join(reasons, "; "));
  result.domains = audit(
      measured, [](const Sample&) { return true; },
      [&](const Sample& sample) { return sample.domain == spec.domains.target; }, spec, threads);
  result.domains.positive = spec.domains.target;
  return result;
}

std::string to_text(const ShortcutAudit& audit, const Spec& spec) {
  std::string text = fmt::format(
      "A shortcut is a difference between the classes that is not the disease: another hospital, device, or way of\n"
      "saving files. A classifier that learns it looks accurate here and fails elsewhere. Each line is something that "
      "a\n"
      "program reads from a file or a manifest without looking at the lungs. AUC is how often it ranks an image of\n"
      "'{}' and another one in the right order: 0.5 is chance, 1 is always.\n",
      spec.positive);
  for (const GroupAudit& group : audit.classes) {
    if (!group.skipped.empty()) {
      text += fmt::format("\n{}: nothing is measured, as {}\n", group.what, group.skipped);
      continue;
    }
    text += fmt::format("\n{}: {} of {}, {} of them {}\n", group.what, counted(group.images, "labelled image"),
                        counted(group.patients, "patient"), group.positives, group.positive);
    text += table_of(group) + pairs_of(group) + sentence_of(group);
  }
  text += fmt::format("\n{} and {}: {} of {}. What differs here, adaptation has to bridge.\n", spec.domains.source,
                      spec.domains.target, counted(audit.domains.images, "image"),
                      counted(audit.domains.patients, "patient"));
  return text + table_of(audit.domains);
}

nlohmann::ordered_json to_json(const ShortcutAudit& audit, const Spec& spec) {
  nlohmann::ordered_json json = {{"warnings", nlohmann::ordered_json::array()},
                                 {"classes", nlohmann::ordered_json::object()}};
  for (const std::string& warning : audit.warnings) json["warnings"].push_back(escape_bytes(warning));
  for (const GroupAudit& group : audit.classes) json["classes"][escape_bytes(group.what)] = to_json(group);
  json["domains"] = to_json(audit.domains);
  json["domains"]["source"] = escape_bytes(spec.domains.source);
  return json;
}

}  // namespace tuna
