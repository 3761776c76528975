#include "tools/command_line/readable_images.h"

#include "tools/command_line/message.h"
#include "training/run/compute_device.h"

namespace tuna {

void check_readable(std::vector<Sample>& samples, const Spec& spec, ImageCache& cache) {
  print_warnings(check_images(samples, spec.data.format, OnBadImage::error, cache, target_of(spec).device.threads,
                              "scale them to the range of those that the networks were trained on"));
}

}  // namespace tuna
