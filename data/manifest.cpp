#include "data/manifest.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <fstream>
#include <map>
#include <set>

#include "data/csv.h"
#include "data/file.h"
#include "data/image_file.h"
#include "data/image_folder.h"
#include "data/patients.h"
#include "engine/base/atomic_file.h"
#include "engine/base/check.h"
#include "engine/base/counted.h"
#include "engine/base/normal_path.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;

/// The first bytes of a file; empty if it cannot be read: reading all of it reports that.
std::string beginning(const fs::path& path) {
  std::string bytes(1024, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), std::streamsize(bytes.size()));
  bytes.resize(size_t(file.gcount()));
  return bytes;
}

bool is_header_of_manifest(const std::string& begin) {
  std::string line = begin.substr(0, begin.find_first_of("\r\n"));
  std::transform(line.begin(), line.end(), line.begin(), [](unsigned char c) { return std::tolower(c); });
  return line.find("path") != std::string::npos;
}

std::string each_is_a_patient(const fs::path& where, const std::string& remedy) {
  return fmt::format("{}: each image is taken for a patient of its own; if patients have several, {}", where.string(),
                     remedy);
}

/// Adds the images of one domain, without their patients, and what is left out.
void add_folder(Listing& listing, const fs::path& root, const std::string& domain) {
  const ImageFolder folder = list_image_folder(root);
  for (const FoundImage& image : folder.images) listing.samples.push_back({image.path, domain, image.label, "", ""});
  listing.left_out.insert(listing.left_out.end(), folder.left_out.begin(), folder.left_out.end());
}

std::vector<fs::path> paths_of(const std::vector<Sample>& samples) {
  std::vector<fs::path> paths;
  for (const Sample& sample : samples) paths.push_back(sample.path);
  return paths;
}

/// Fills patients that a manifest does not give from the file names.  Returns the files without any: each becomes a
/// patient of its own.
std::vector<std::string> fill_patients(std::vector<Sample>& samples, const std::string& patient_regex) {
  const std::vector<fs::path> files = paths_of(samples);
  const std::vector<std::string> found = find_patients(files, patient_regex);
  std::vector<std::string> unnamed;
  for (size_t i = 0; i < samples.size(); ++i) {
    std::string& patient = samples[i].patient;
    if (patient.empty()) patient = found[i];
    if (!patient.empty()) continue;
    patient = files[i].string();
    unnamed.push_back(patient);
  }
  return unnamed;
}

/// The fields of the columns bytes and fnv1a64; nothing if both are empty.
std::optional<Checksum> checksum_in(const std::string& bytes, const std::string& hash, const std::string& where) {
  if (bytes.empty() && hash.empty()) return std::nullopt;
  Checksum checksum;
  const char* end = bytes.data() + bytes.size();
  const auto parsed = std::from_chars(bytes.data(), end, checksum.bytes);
  check(parsed.ec == std::errc() && parsed.ptr == end, "{}: bytes \"{}\", expected the size of the image's file", where,
        bytes);
  const std::optional<uint64_t> fnv1a = hash_from_text(hash);
  check(fnv1a.has_value(), "{}: fnv1a64 \"{}\", expected 16 hexadecimal digits", where, hash);
  checksum.fnv1a = *fnv1a;
  return checksum;
}

/// The columns with a meaning of their own, which no sample has among its other columns.
constexpr std::array kKnownColumns = {"path", "domain", "label", "patient", "split", "bytes", "fnv1a64"};

/// Name and position of the other columns.
std::map<std::string, size_t> other_columns(const Csv& csv) {
  std::map<std::string, size_t> others;
  for (size_t i = 0; i < csv.header.size(); ++i)
    if (const std::string name = column_key(csv.header[i]); !name.empty()) others.emplace(name, i);
  for (const char* known : kKnownColumns) others.erase(known);
  return others;
}

/// All that any sample has.
std::set<std::string> other_columns(const std::vector<Sample>& samples) {
  std::set<std::string> names;
  for (const Sample& sample : samples)
    for (const auto& [name, value] : sample.columns) names.insert(name);
  return names;
}

std::vector<std::string> patients_in_several_domains(const std::vector<Sample>& samples) {
  std::map<std::string, std::string> domain_of;
  std::set<std::string> shared;
  for (const Sample& sample : samples)
    if (domain_of.emplace(sample.patient, sample.domain).first->second != sample.domain) shared.insert(sample.patient);
  return {shared.begin(), shared.end()};
}

Listing listing_of(const Csv& csv, const fs::path& path, const std::string& patient_regex, const fs::path& root) {
  const fs::path from = root.empty() ? path.parent_path() : root;
  const auto required = [&](const std::string& name) {
    const int64_t column = csv.column(name);
    check(column >= 0, "{}:{}: no column \"{}\"; needed are path and domain, found are \"{}\"", path.string(), csv.line,
          name, fmt::join(csv.header, "\", \""));
    return size_t(column);
  };
  const size_t path_column = required("path"), domain_column = required("domain");
  const int64_t label_column = csv.column("label"), patient_column = csv.column("patient"),
                split_column = csv.column("split");
  const int64_t bytes_column = csv.column("bytes"), hash_column = csv.column("fnv1a64");
  const bool has_checksums = bytes_column >= 0 && hash_column >= 0;
  const std::map<std::string, size_t> others = other_columns(csv);

  Listing listing;
  std::map<fs::path, int64_t> lines;
  for (const CsvRow& row : csv.rows) {
    const auto optional = [&](int64_t column) { return column < 0 ? std::string() : row.fields[size_t(column)]; };
    Sample sample{
        {}, row.fields[domain_column], optional(label_column), optional(patient_column), optional(split_column)};
    check(!row.fields[path_column].empty(), "{}:{}: the path is empty", path.string(), row.line);
    check(!sample.domain.empty(), "{}:{}: the domain is empty", path.string(), row.line);
    const bool known_split =
        sample.split.empty() || sample.split == "train" || sample.split == "validation" || sample.split == "test";
    check(known_split, "{}:{}: split \"{}\", expected train, validation, test or nothing", path.string(), row.line,
          sample.split);

    sample.path = normal_path(from / row.fields[path_column]);
    const auto [first, is_new] = lines.emplace(sample.path, row.line);
    check(is_new, "{}:{}: {} is already in line {}", path.string(), row.line, sample.path.string(), first->second);
    if (has_checksums)
      sample.checksum = checksum_in(row.fields[size_t(bytes_column)], row.fields[size_t(hash_column)],
                                    fmt::format("{}:{}", path.string(), row.line));
    for (const auto& [name, column] : others) sample.columns.emplace(name, row.fields[column]);
    listing.samples.push_back(std::move(sample));
  }
  check(!listing.samples.empty(), "{}: no images, only a header", path.string());
  if (!csv.empty_row_lines.empty())
    listing.left_out.push_back(fmt::format("{}: left out: {}, the first in line {}", path.string(),
                                           counted(csv.empty_row_lines.size(), "empty row"), csv.empty_row_lines[0]));
  const std::vector<std::string> unnamed = fill_patients(listing.samples, patient_regex);
  if (!unnamed.empty() && patient_regex.empty())
    listing.warnings.push_back(each_is_a_patient(path, "fill the column patient"));
  else if (!unnamed.empty())
    listing.warnings.push_back(
        fmt::format("{}: data.patient_regex \"{}\" finds no patient in {} of {}, such as {}; each of these images is "
                    "taken for a patient of its own",
                    path.string(), patient_regex, unnamed.size(), counted(listing.samples.size(), "name"), unnamed[0]));
  return listing;
}

}  // namespace

Listing read_manifest(const fs::path& path, const std::string& patient_regex, const fs::path& root) {
  return listing_of(read_csv(path), path, patient_regex, root);
}

Listing parse_manifest(std::string_view bytes, const fs::path& path, const std::string& patient_regex) {
  return listing_of(parse_csv(bytes, path.string()), path, patient_regex, {});
}

Listing read_folders(const std::map<std::string, fs::path>& roots, const std::string& patient_regex) {
  Listing listing;
  for (const auto& [domain, root] : roots) {
    add_folder(listing, root, domain);
    if (patient_regex.empty()) listing.warnings.push_back(each_is_a_patient(root, "set data.patient_regex"));
  }
  const std::vector<std::string> patients = patients_of(paths_of(listing.samples), patient_regex);
  for (size_t i = 0; i < patients.size(); ++i) listing.samples[i].patient = patients[i];
  if (const std::vector<std::string> shared = patients_in_several_domains(listing.samples); !shared.empty())
    listing.warnings.push_back(fmt::format(
        "{}, such as {}, {} images in both domains by their names, and {} kept in one split; different people with one "
        "name need a manifest with a column patient",
        counted(shared.size(), "patient"), shared[0], either(shared.size(), "has", "have"),
        either(shared.size(), "is", "are")));
  return listing;
}

Listing read_folder(const fs::path& root, const std::string& domain, const std::string& patient_regex) {
  return read_folders({{domain, root}}, patient_regex);
}

Listing read_images(const fs::path& input, const std::string& domain, const std::string& patient_regex) {
  check(fs::exists(input), "{}: no such file or folder", input.string());
  Listing listing;
  if (fs::is_directory(input)) {
    add_folder(listing, input, domain);
    if (patient_regex.empty()) listing.warnings.push_back(each_is_a_patient(input, "set data.patient_regex"));
  } else {
    check(fs::is_regular_file(input), "{}: is neither a file nor a folder", input.string());
    const std::string begin = beginning(input);
    const bool csv = input.extension() == ".csv" || input.extension() == ".tsv" || is_header_of_manifest(begin);
    const bool image = has_image_extension(input) || file_format(begin);
    check(image || csv, "{}: is not a {} image, a folder of them, or a CSV manifest (columns path and domain)",
          input.string(), file_format_names());
    if (!image) return read_manifest(input, patient_regex);
    listing.samples.push_back({normal_path(input), domain, "", "", ""});
  }
  fill_patients(listing.samples, patient_regex);
  return listing;
}

std::string manifest_text(const std::vector<Sample>& samples, const fs::path& root) {
  const bool has_checksums =
      std::any_of(samples.begin(), samples.end(), [](const Sample& sample) { return sample.checksum.has_value(); });
  std::vector<std::string> header = {"path", "domain", "label", "patient", "split"};
  if (has_checksums) header.insert(header.end(), {"bytes", "fnv1a64"});
  const std::set<std::string> others = other_columns(samples);
  header.insert(header.end(), others.begin(), others.end());
  std::vector<std::vector<std::string>> rows;
  for (const Sample& sample : samples) {
    rows.push_back(
        {relative_if_below(sample.path, root).string(), sample.domain, sample.label, sample.patient, sample.split});
    if (has_checksums) {
      const auto& checksum = sample.checksum;
      rows.back().push_back(checksum ? std::to_string(checksum->bytes) : "");
      rows.back().push_back(checksum ? hash_to_text(checksum->fnv1a) : "");
    }
    for (const std::string& name : others) {
      const auto value = sample.columns.find(name);
      rows.back().push_back(value == sample.columns.end() ? "" : value->second);
    }
  }
  return csv_text(header, rows);
}

void write_manifest(const fs::path& path, const std::vector<Sample>& samples, const fs::path& root) {
  write_file_atomically(path, manifest_text(samples, root));
}

}  // namespace tuna
