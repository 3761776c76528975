// A first spec for the user's own images.
#pragma once

#include <filesystem>
#include <string>

#include "training/starter/starter_layout.h"

namespace tuna {

struct StarterOptions {
  std::filesystem::path folder;  ///< of the images; stays relative in the spec, if it is
  StarterLayout layout;          ///< choices of the user; empty: found in the folder
  std::string device;            ///< empty: the default
  int64_t size = 128;
  double minutes = 60;
};

struct StarterSpec {
  std::string text;
  std::vector<std::string> warnings;  ///< of what the options ask for and the spec cannot keep
};

/// A spec that trains on the images of a folder for about `minutes` on this machine: its text is JSON with the keys
/// that a newcomer needs and their documentation.  It was parsed, and its images were listed and split, as for
/// training.  Relative paths start at the current folder.
StarterSpec starter_spec(const StarterOptions& options);

}  // namespace tuna
