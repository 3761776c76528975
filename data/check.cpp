#include "data/check.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "data/image.h"
#include "data/image_file.h"
#include "data/on_threads.h"
#include "engine/base/check.h"
#include "engine/base/counted.h"
#include "engine/base/reason.h"
#include "engine/base/utf8.h"

namespace tuna {
namespace {

constexpr size_t kLongestName = 100, kLongestText = 500;  // bytes of a line of text; JSON has all of them

struct Decoded {
  std::string error;
  int64_t height = 0, width = 0, channels = 0;
  float low = 0, high = 0;
  double deviation = 0;
  uint64_t hash = 0;
};

/// FNV-1a over shape and values.
uint64_t hash_of(const Image& image) {
  uint64_t hash = 14695981039346656037u;
  const auto add = [&](uint64_t word) { hash = (hash ^ word) * 1099511628211u; };
  add(uint64_t(image.height));
  add(uint64_t(image.width));
  add(uint64_t(image.channels));
  for (const float value : image.pixels) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof(bits));
    add(bits);
  }
  return hash;
}

Decoded decode(const std::filesystem::path& path) {
  Decoded decoded;
  try {
    const Image image = read_image(path);
    decoded.height = image.height;
    decoded.width = image.width;
    decoded.channels = image.channels;
    const auto [low, high] = std::minmax_element(image.pixels.begin(), image.pixels.end());
    decoded.low = *low;
    decoded.high = *high;
    decoded.deviation = deviation(image);
    decoded.hash = hash_of(image);
  } catch (const std::exception& error) {
    decoded.error = reason_of(error);
  }
  return decoded;
}

std::vector<Decoded> decode_all(const std::vector<Sample>& samples, int threads) {
  std::vector<Decoded> all(samples.size());
  run_on_threads(samples.size(), threads, [&](size_t i) { all[i] = decode(samples[i].path); });
  return all;
}

using Counts = std::map<std::string, int64_t>;

std::vector<std::pair<std::string, int64_t>> listed(const Counts& counts) {
  std::vector<std::pair<std::string, int64_t>> list;
  for (const auto& [name, count] : counts) list.emplace_back(name.empty() ? "(none)" : name, count);
  return list;
}

DomainReport report_on(const std::string& domain, const std::vector<Sample>& samples, const std::vector<Decoded>& all) {
  DomainReport report;
  report.domain = domain;
  std::set<std::string> patients;
  Counts labels, splits, sizes;
  int64_t decoded = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].domain != domain) continue;
    ++report.images;
    patients.insert(samples[i].patient);
    ++labels[samples[i].label];
    ++splits[samples[i].split];
    if (!all[i].error.empty()) continue;
    ++decoded;
    ++sizes[fmt::format("{} x {}", all[i].width, all[i].height)];
    report.rgb += all[i].channels == 3;
    report.low = std::min(report.low, all[i].low);
    report.high = std::max(report.high, all[i].high);
    report.filled += all[i].high - all[i].low;
  }
  report.patients = int64_t(patients.size());
  report.labels = listed(labels);
  report.splits = listed(splits);
  report.sizes = listed(sizes);
  if (decoded > 0) report.filled /= double(decoded);
  const std::string warning = decoded > 0 ? range_warning(domain, report.filled) : "";
  if (!warning.empty()) report.warnings.push_back(warning);
  return report;
}

nlohmann::json counts_to_json(const std::vector<std::pair<std::string, int64_t>>& counts) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [name, count] : counts) json[escape_bytes(name)] = count;
  return json;
}

nlohmann::json texts_to_json(const std::vector<std::string>& texts) {
  nlohmann::json json = nlohmann::json::array();
  for (const std::string& text : texts) json.push_back(escape_bytes(text));
  return json;
}

nlohmann::json findings_to_json(const std::vector<Finding>& findings) {
  nlohmann::json json = nlohmann::json::array();
  for (const Finding& finding : findings)
    json.push_back({{"paths", texts_to_json(finding.paths)}, {"message", escape_bytes(finding.message)}});
  return json;
}

}  // namespace

DataReport check_data(const Listing& listing, int threads) {
  const std::vector<Sample>& samples = listing.samples;
  const std::vector<Decoded> all = decode_all(samples, threads);
  DataReport report;
  report.warnings = listing.warnings;
  report.left_out = listing.left_out;
  std::set<std::string> domains;
  for (const Sample& sample : samples) domains.insert(sample.domain);
  for (const std::string& domain : domains) report.domains.push_back(report_on(domain, samples, all));

  const auto in_two_splits = [](const Sample& a, const Sample& b) {
    return !a.split.empty() && !b.split.empty() && a.split != b.split;
  };
  std::map<uint64_t, const Sample*> same_pixels;
  std::map<std::pair<std::string, std::string>, const Sample*> of_patient;  // the first in each split
  for (size_t i = 0; i < samples.size(); ++i) {
    const Sample& sample = samples[i];
    const std::string path = sample.path.string();
    if (!sample.split.empty()) {
      const bool first = of_patient.emplace(std::pair(sample.patient, sample.split), &sample).second;
      for (const char* split : {"train", "validation", "test"}) {
        const auto other = of_patient.find({sample.patient, split});
        if (!first || other == of_patient.end() || !in_two_splits(*other->second, sample)) continue;
        report.leaks.push_back({{other->second->path.string(), path},
                                fmt::format("patient \"{}\" is in {} and in {}", sample.patient, split, sample.split)});
      }
    }
    if (!all[i].error.empty()) {
      const bool names_path = all[i].error.rfind(path + ": ", 0) == 0;
      report.unreadable.push_back({{path}, all[i].error.substr(names_path ? path.size() + 2 : 0)});
      continue;
    }
    if (all[i].deviation < kFlat)
      report.flat.push_back({{path}, fmt::format("standard deviation {:.4f} of the range", all[i].deviation)});
    const Sample& seen = *same_pixels.emplace(all[i].hash, &sample).first->second;
    if (&seen == &sample) continue;
    report.duplicates.push_back({{seen.path.string(), path}, "the same pixels"});
    if (in_two_splits(seen, sample))
      report.leaks.push_back(
          {{seen.path.string(), path}, fmt::format("the same pixels in {} and in {}", seen.split, sample.split)});
  }
  return report;
}

std::string to_text(const DataReport& report) {
  std::string text;
  for (const std::string& warning : report.warnings) text += "warning: " + one_line(warning) + "\n";
  for (const std::string& line : report.left_out) text += "warning: " + one_line(line) + "\n";
  const auto counts = [&](const char* what, const std::vector<std::pair<std::string, int64_t>>& list) {
    text += fmt::format("  {:<9}", what);
    constexpr size_t kShown = 8;  // a set of photographs may have thousands of sizes
    for (size_t i = 0; i < std::min(kShown, list.size()); ++i)
      text += fmt::format("{}{} {}", i == 0 ? "" : ", ", one_line(list[i].first, kLongestName), list[i].second);
    text += list.size() > kShown ? fmt::format(" and {} more\n", list.size() - kShown) : "\n";
  };
  for (const DomainReport& domain : report.domains) {
    text += fmt::format("{}: {} of {}, {} of them RGB\n", one_line(domain.domain, kLongestName),
                        counted(domain.images, "image"), counted(domain.patients, "patient"), domain.rgb);
    counts("labels", domain.labels);
    counts("splits", domain.splits);
    counts("sizes", domain.sizes);
    if (domain.low <= domain.high)
      text += fmt::format("  {:<9}{:.3f} to {:.3f} of the files' range, {:.1f} % filled on average\n", "values",
                          domain.low, domain.high, domain.filled * 100);
    for (const std::string& warning : domain.warnings) text += "  warning: " + one_line(warning) + "\n";
  }
  const auto findings = [&](const char* what, const std::vector<Finding>& list) {
    text += fmt::format("{}: {}\n", what, list.size());
    for (const Finding& finding : list) {
      std::vector<std::string> paths;
      for (const std::string& path : finding.paths) paths.push_back(one_line(path, kLongestText));
      text += fmt::format("  {}: {}\n", fmt::join(paths, " and "), one_line(finding.message, kLongestText));
    }
  };
  findings("unreadable", report.unreadable);
  findings("flat", report.flat);
  findings("duplicates", report.duplicates);
  findings("patients or pixels in two splits", report.leaks);
  return text;
}

nlohmann::json to_json(const DataReport& report) {
  nlohmann::json domains = nlohmann::json::object();
  for (const DomainReport& domain : report.domains)
    domains[escape_bytes(domain.domain)] = {{"images", domain.images},
                                            {"patients", domain.patients},
                                            {"labels", counts_to_json(domain.labels)},
                                            {"splits", counts_to_json(domain.splits)},
                                            {"sizes", counts_to_json(domain.sizes)},
                                            {"rgb", domain.rgb},
                                            {"low", domain.low},
                                            {"high", domain.high},
                                            {"filled", domain.filled},
                                            {"warnings", texts_to_json(domain.warnings)}};
  return {{"ok", report.ok()},
          {"warnings", texts_to_json(report.warnings)},
          {"left_out", texts_to_json(report.left_out)},
          {"domains", domains},
          {"unreadable", findings_to_json(report.unreadable)},
          {"flat", findings_to_json(report.flat)},
          {"duplicates", findings_to_json(report.duplicates)},
          {"leaks", findings_to_json(report.leaks)}};
}

}  // namespace tuna
