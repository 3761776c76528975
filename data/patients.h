// Whose image a file is, from its name.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tuna {

/// The patient of each file: the first capture group of `pattern` (ECMAScript), searched in the file's name, or, where
/// `pattern` is empty, the path.  An error shows names in which it finds none, what it finds in others, and an
/// expression that fits all.
std::vector<std::string> patients_of(const std::vector<std::filesystem::path>& files, const std::string& pattern);

/// The same, but empty where none is found: in no name where `pattern` is empty.
std::vector<std::string> find_patients(const std::vector<std::filesystem::path>& files, const std::string& pattern);

/// "name -> patient" of up to three files, of different patients where there are some.
std::vector<std::string> examples_of_patients(const std::vector<std::filesystem::path>& files,
                                              const std::vector<std::string>& patients);

/// An expression for patients_of that fits every one of the names, made of the ways in which public sets name their
/// files, and of "all before the last number" where that plainly is a patient.  Empty where nothing of that occurs, or
/// no patient has two images.
std::string patient_pattern(const std::vector<std::filesystem::path>& files);

}  // namespace tuna
