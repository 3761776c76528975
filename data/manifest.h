// Lists images from a CSV manifest, a folder with one subfolder per class, or a single file.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/checksum.h"

namespace tuna {

struct Sample {
  std::filesystem::path path;
  std::string domain;
  std::string label;                                ///< the class; empty: unlabelled
  std::string patient;                              ///< never empty: by default each image is a patient of its own
  std::string split;                                ///< train, validation, test, or empty: not decided yet
  std::optional<Checksum> checksum = std::nullopt;  ///< of the file when the run began
  std::map<std::string, std::string> columns = {};  ///< the manifest's other columns, by their names in lower case
};

struct Listing {
  std::vector<Sample> samples;
  std::vector<std::string> warnings;
  std::vector<std::string> left_out;  ///< for each kind of file or row that is not used, a line with their number
};

/// Columns path, domain and optionally label, patient, split, and bytes and fnv1a64 (the checksum, if it has both), in
/// any order; others that have a name become Sample::columns, of two with the same name the first.  Relative paths
/// start at `root`, or if it is empty at the manifest's folder.  If no patient is given, `patient_regex` is searched in
/// the file name, as in read_folder, but an image whose name does not match is a patient of its own.  Errors name
/// file:line.
Listing read_manifest(const std::filesystem::path& path, const std::string& patient_regex = "",
                      const std::filesystem::path& root = {});

/// The same from the bytes of the file `path`.
Listing parse_manifest(std::string_view bytes, const std::filesystem::path& path,
                       const std::string& patient_regex = "");

/// The images of each domain's ROOT as in list_image_folder().  The first capture group of `patient_regex` (ECMAScript,
/// searched in the file name) is the patient; empty: each file is one.
Listing read_folders(const std::map<std::string, std::filesystem::path>& roots, const std::string& patient_regex);

/// The same for one domain.
Listing read_folder(const std::filesystem::path& root, const std::string& domain, const std::string& patient_regex);

/// Reads an image file, without a label, a folder as in read_folder, or a manifest.  The first two are of
/// `domain`.  Patients are found as in read_manifest.
Listing read_images(const std::filesystem::path& input, const std::string& domain,
                    const std::string& patient_regex = "");

/// A manifest of the samples, with their checksums if there are any, and all their other columns.  Paths below `root`
/// are relative to it, so that they stay valid if it moves; all others are absolute, and all of them if it is empty.
std::string manifest_text(const std::vector<Sample>& samples, const std::filesystem::path& root = {});
void write_manifest(const std::filesystem::path& path, const std::vector<Sample>& samples,
                    const std::filesystem::path& root = {});

}  // namespace tuna
