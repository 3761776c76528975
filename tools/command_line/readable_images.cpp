#include "tools/command_line/readable_images.h"

#include <map>
#include <set>

#include "data/image_file.h"
#include "engine/base/counted.h"
#include "engine/base/normal_path.h"
#include "tools/command_line/message.h"
#include "training/run/compute_device.h"

namespace tuna {
namespace fs = std::filesystem;

void ImagesOption::add_to(CLI::App& command, const std::string& which) {
  command
      .add_option(
          "--input", inputs,
          file_format_names() + " images, folders of them (or of one folder per class), or CSV manifests" + which)
      ->type_name("IMAGE|FOLDER|MANIFEST")
      ->required();
  add_on_bad_image_to(command);
}

CLI::Option* ImagesOption::add_on_bad_image_to(CLI::App& command) {
  const std::map<std::string, OnBadImage> choices = {{"error", OnBadImage::error}, {"skip", OnBadImage::skip}};
  return command
      .add_option_function<std::string>(
          "--on-bad-image", [this, choices](const std::string& choice) { on_bad_image = choices.at(choice); },
          "What to do with a file that is not an image: stop before the work begins (error, the default), or print a "
          "warning and skip it (skip)")
      ->type_name("error|skip")
      ->check([choices](const std::string& choice) {
        return choices.count(choice) ? std::string() : choice + " is not error or skip";
      });
}

Listing read_inputs(const ImagesOption& option, const std::string& domain, const std::string& patient_regex) {
  Listing all;
  std::set<fs::path> seen;
  size_t repeated = 0;
  for (const std::string& input : option.inputs) {
    const Listing listing = read_images(input, domain, patient_regex);
    for (const Sample& sample : listing.samples)
      if (seen.insert(normal_path(fs::absolute(sample.path))).second)
        all.samples.push_back(sample);
      else
        ++repeated;
    all.warnings.insert(all.warnings.end(), listing.warnings.begin(), listing.warnings.end());
    all.left_out.insert(all.left_out.end(), listing.left_out.begin(), listing.left_out.end());
  }
  if (repeated > 0)
    all.left_out.push_back(fmt::format("--input: left out: {} listed by an earlier input", counted(repeated, "image")));
  return all;
}

void check_readable(std::vector<Sample>& samples, const ImagesOption& option, const Spec& spec, ImageCache& cache) {
  print_warnings(
      check_images(samples, spec.data.format, option.on_bad_image, cache, target_of(spec).device.threads,
                   {"--on-bad-image skip", "scale them to the range of those that the networks were trained on"}));
}

}  // namespace tuna
