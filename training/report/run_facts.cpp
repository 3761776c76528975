#include "training/report/run_facts.h"

#include <fmt/format.h>

#include "engine/base/duration.h"
#include "engine/base/strict_json.h"
#include "training/report/html.h"
#include "training/report/table.h"

namespace tuna {
namespace {

std::string fact(const char* name, const std::string& text) {
  return text.empty() ? "" : fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, escape_html(text));
}

std::string time_in_words(const RunLog& log) {
  if (log.began.empty()) return "";
  return fmt::format("{} of training, {} to {}{}", human_seconds(log.seconds), log.began, log.ended,
                     log.calls > 1 ? fmt::format(", in {} calls", log.calls) : "");
}

std::string images_table(const std::vector<ImageCount>& images) {
  HtmlTable table{"table-images",
                  "Images by domain, split and class. All images of a patient are in one split.",
                  {{"Domain"}, {"Split"}, {"Class"}, {"Images", Align::right}, {"Patients", Align::right}},
                  {}};
  for (size_t i = 0; i < images.size(); ++i) {
    const ImageCount& count = images[i];
    if (i == 0 || images[i - 1].domain != count.domain) table.groups.emplace_back();
    table.groups.back().rows.push_back({escape_html(count.domain), escape_html(count.split),
                                        count.label.empty() ? "no label" : escape_html(count.label),
                                        grouped(count.images), grouped(count.patients)});
  }
  return images.empty() ? "" : to_html(table);
}

std::string warnings_list(const std::vector<std::string>& warnings) {
  if (warnings.empty()) return "";
  constexpr size_t kMost = 50;
  std::string html = "<h3>Warnings</h3>\n<ul id=\"warnings\">\n";
  for (size_t i = 0; i < warnings.size() && i < kMost; ++i) html += "<li>" + escape_html(warnings[i]) + "</li>\n";
  html += "</ul>\n";
  if (warnings.size() > kMost) html += fmt::format("<p>{} more are in log.txt.</p>\n", warnings.size() - kMost);
  return html;
}

}  // namespace

std::string run_facts(const RunRecord& run) {
  std::vector<std::string> warnings = run.log.warnings;
  for (const std::string& problem : run.problems) warnings.push_back("warning: " + problem);
  std::string html = "<dl class=\"facts\" id=\"facts\">\n";
  html += fact("Method", text_at(run.spec, "method"));
  html += fact("Seed", text_at(run.spec, "seed"));
  html += fact("Precision", text_at(run.spec, "precision"));
  html += fact("Build", run.log.build);
  html += fact("Device", run.log.device);
  html += fact("Processor", run.log.processor);
  html += fact("Time", time_in_words(run.log));
  html += "</dl>\n" + warnings_list(warnings) + images_table(run.images);
  html += "<h3>Spec</h3>\n<details><summary>Every key of spec.json</summary>\n<pre id=\"spec\" tabindex=\"0\">"
          + escape_html(print_json(run.spec)) + "</pre></details>\n";
  return html;
}

}  // namespace tuna
