// The patient of an image, from its file name.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tuna {

/// Throws Error, which begins with `key`, unless the pattern is empty or a regular expression (ECMAScript) with a
/// group, of a size that std::regex can handle.
void check_patient_regex(const std::string& pattern, const std::string& key);

/// The patient of each file: the first capture group of `pattern` (ECMAScript), searched in the file's name, or the
/// path if `pattern` is empty.  The Error for names without a match lists some of them, matches in others, and an
/// expression that fits all.
std::vector<std::string> patients_of(const std::vector<std::filesystem::path>& files, const std::string& pattern);

/// The same, but empty if nothing matches or `pattern` is empty.
std::vector<std::string> find_patients(const std::vector<std::filesystem::path>& files, const std::string& pattern);

/// "name -> patient" of up to three files, of different patients if there are several.
std::vector<std::string> examples_of_patients(const std::vector<std::filesystem::path>& files,
                                              const std::vector<std::string>& patients);

/// An expression for patients_of that fits all names, composed of the naming schemes of public data sets, and of "all
/// before the last number" if that plainly is a patient.  Empty if none of these occurs, or no patient has two images.
std::string patient_pattern(const std::vector<std::filesystem::path>& files);

}  // namespace tuna
