// The input images of a command, and the handling of unreadable ones.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "data/loader.h"
#include "training/spec/spec.h"

namespace tuna {

struct ImagesOption {
  std::vector<std::string> inputs;
  OnBadImage on_bad_image = OnBadImage::error;

  /// --input, with `which` at the end of its description, and --on-bad-image.
  void add_to(CLI::App& command, const std::string& which = "");
  CLI::Option* add_on_bad_image_to(CLI::App& command);
};

/// The images of all inputs, each listed once.  Images without a domain of their own are of `domain`.
Listing read_inputs(const ImagesOption& option, const std::string& domain, const std::string& patient_regex = "");

/// Decodes the images, into the cache until it is full.  Throws Error naming the first that cannot be read, or prints
/// and removes all of them; throws Error if none remains.  Prints other warnings to stderr.
void check_readable(std::vector<Sample>& samples, const ImagesOption& option, const Spec& spec, ImageCache& cache);

}  // namespace tuna
