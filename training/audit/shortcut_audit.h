// The report of `tuna data audit`: which features without a meaning for the disease separate the classes.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "training/audit/separation.h"
#include "training/spec/run_data.h"

namespace tuna {

/// Of two groups of images, the positive ones and the others.
struct GroupAudit {
  std::string what;      ///< a domain, or empty: the target's images (positive) and the source's
  std::string positive;  ///< the class or the domain
  size_t images = 0, positives = 0, patients = 0;
  std::string skipped;  ///< why nothing was measured; otherwise empty
  std::vector<Separation> features;
  std::vector<PairSeparation> pairs;
};

struct ShortcutAudit {
  std::vector<std::string> warnings;
  std::vector<GroupAudit> classes;  ///< of the labelled images of each domain
  GroupAudit domains;               ///< of all images
};

/// Reads all images of the run on `threads` threads.  `columns`: those of the manifest to include; empty: all.  Throws
/// Error if no domain has labelled images of both kinds, a column does not exist, or an image cannot be read; with
/// data.on_bad_image = skip such images are left out with a warning.
ShortcutAudit audit_shortcuts(const RunData& data, const Spec& spec, const std::vector<std::string>& columns,
                              int threads);

/// Text for the terminal: the meaning of the numbers, then a table and a sentence for each domain.
std::string to_text(const ShortcutAudit& audit, const Spec& spec);

/// Bytes of names that are not UTF-8 are as escape_bytes() writes them.
nlohmann::ordered_json to_json(const ShortcutAudit& audit, const Spec& spec);

/// "larger in pneumonia", or for a text the shares: "pneumonia: covid 100 %, nih 50 %".
std::string direction_in_words(const Separation& separation, const std::string& positive);

}  // namespace tuna
