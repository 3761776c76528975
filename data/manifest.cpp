#include "data/manifest.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "data/csv.h"
#include "data/image_file.h"
#include "data/patients.h"
#include "engine/base/check.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;

/// The entries of a folder except hidden ones, sorted, as the order of the file system is arbitrary.
std::vector<fs::path> entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().filename().string().front() != '.') paths.push_back(entry->path());
  check(!error, "{}: cannot be listed: {}", folder.string(), error.message());
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<fs::path> images_in(const fs::path& folder) {
  std::vector<fs::path> images;
  for (const fs::path& path : entries(folder))
    if (has_image_extension(path) && !fs::is_directory(path)) images.push_back(path);
  return images;
}

/// The first bytes of a file; empty if it cannot be read: reading all of it reports that.
std::string beginning(const fs::path& path) {
  std::string bytes(1024, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), std::streamsize(bytes.size()));
  bytes.resize(size_t(file.gcount()));
  return bytes;
}

std::string each_is_a_patient(const fs::path& where, const std::string& remedy) {
  return fmt::format("{}: each image is taken for a patient of its own; if patients have several, {}", where.string(),
                     remedy);
}

/// The images of one domain, without their patients.
std::vector<Sample> samples_in(const fs::path& root, const std::string& domain) {
  check(fs::exists(root), "{}: no such folder", root.string());
  check(fs::is_directory(root), "{}: is a file, expected a folder of images", root.string());
  std::vector<Sample> samples;
  const auto add = [&](const fs::path& folder, const std::string& label) {
    for (const fs::path& image : images_in(folder))
      samples.push_back({image.lexically_normal(), domain, label, "", ""});
  };

  add(root, "");
  const bool flat = !samples.empty();
  for (const fs::path& entry : entries(root)) {
    if (!fs::is_directory(entry)) continue;
    check(!flat, "{}: holds both images and folders; expected images, or one folder per class", root.string());
    const size_t before = samples.size();
    add(entry, entry.filename().string());
    check(samples.size() > before, "{}: no {} images in this class folder", entry.string(), file_format_names());
  }
  check(!samples.empty(), "{}: no {} images", root.string(), file_format_names());
  return samples;
}

/// Fills patients that a manifest does not give from the file names.  Returns the files without any: each becomes a
/// patient of its own.
std::vector<std::string> fill_patients(std::vector<Sample>& samples, const std::string& patient_regex) {
  std::vector<fs::path> files;
  for (const Sample& sample : samples) files.push_back(sample.path);
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

std::vector<std::string> patients_in_several_domains(const std::vector<Sample>& samples) {
  std::map<std::string, std::string> domain_of;
  std::set<std::string> shared;
  for (const Sample& sample : samples)
    if (domain_of.emplace(sample.patient, sample.domain).first->second != sample.domain) shared.insert(sample.patient);
  return {shared.begin(), shared.end()};
}

}  // namespace

Listing read_manifest(const fs::path& path, const std::string& patient_regex) {
  const Csv csv = read_csv(path);
  const auto required = [&](const std::string& name) {
    const int64_t column = csv.column(name);
    check(column >= 0, "{}:1: no column \"{}\"; needed are path and domain", path.string(), name);
    return size_t(column);
  };
  const size_t path_column = required("path"), domain_column = required("domain");
  const int64_t label_column = csv.column("label"), patient_column = csv.column("patient"),
                split_column = csv.column("split");

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

    sample.path = (path.parent_path() / row.fields[path_column]).lexically_normal();
    const auto [first, is_new] = lines.emplace(sample.path, row.line);
    check(is_new, "{}:{}: {} is already in line {}", path.string(), row.line, sample.path.string(), first->second);
    listing.samples.push_back(std::move(sample));
  }
  check(!listing.samples.empty(), "{}: no images, only a header", path.string());
  const std::vector<std::string> unnamed = fill_patients(listing.samples, patient_regex);
  if (!unnamed.empty() && patient_regex.empty())
    listing.warnings.push_back(each_is_a_patient(path, "fill the column patient"));
  else if (!unnamed.empty())
    listing.warnings.push_back(
        fmt::format("{}: patient_regex \"{}\" finds no patient in {} of {} names, such as {}; each of these images is "
                    "taken for a patient of its own",
                    path.string(), patient_regex, unnamed.size(), listing.samples.size(), unnamed[0]));
  return listing;
}

Listing read_folders(const std::map<std::string, fs::path>& roots, const std::string& patient_regex) {
  Listing listing;
  std::vector<fs::path> files;
  for (const auto& [domain, root] : roots) {
    for (Sample& sample : samples_in(root, domain)) {
      files.push_back(sample.path);
      listing.samples.push_back(std::move(sample));
    }
    if (patient_regex.empty()) listing.warnings.push_back(each_is_a_patient(root, "set patient_regex"));
  }
  const std::vector<std::string> patients = patients_of(files, patient_regex);
  for (size_t i = 0; i < patients.size(); ++i) listing.samples[i].patient = patients[i];
  if (const std::vector<std::string> shared = patients_in_several_domains(listing.samples); !shared.empty())
    listing.warnings.push_back(fmt::format(
        "{} patients, such as {}, have images in both domains by their names, and are kept in one split; if they are "
        "different people, use a manifest with a column patient",
        shared.size(), shared[0]));
  return listing;
}

Listing read_folder(const fs::path& root, const std::string& domain, const std::string& patient_regex) {
  return read_folders({{domain, root}}, patient_regex);
}

Listing read_images(const fs::path& input, const std::string& domain, const std::string& patient_regex) {
  check(fs::exists(input), "{}: no such file or folder", input.string());
  Listing listing;
  if (fs::is_directory(input)) {
    listing.samples = samples_in(input, domain);
    if (patient_regex.empty()) listing.warnings.push_back(each_is_a_patient(input, "set patient_regex"));
  } else {
    const std::string begin = beginning(input);
    const bool csv = input.extension() == ".csv" || begin.substr(0, begin.find('\n')).find("path") != std::string::npos;
    const bool image = has_image_extension(input) || file_format(begin);
    check(image || csv, "{}: is not a {} image, a folder of them, or a CSV manifest (columns path and domain)",
          input.string(), file_format_names());
    if (!image) return read_manifest(input, patient_regex);
    listing.samples.push_back({input.lexically_normal(), domain, "", "", ""});
  }
  fill_patients(listing.samples, patient_regex);
  return listing;
}

void write_manifest(const fs::path& path, const std::vector<Sample>& samples) {
  std::vector<std::vector<std::string>> rows;
  for (const Sample& sample : samples)
    rows.push_back({fs::absolute(sample.path).string(), sample.domain, sample.label, sample.patient, sample.split});
  write_csv(path, {"path", "domain", "label", "patient", "split"}, rows);
}

}  // namespace tuna
