#include "tools/readable_images.h"

#include "engine/check.h"

namespace tuna {

void check_readable(std::vector<Sample>& samples, const Spec& spec, ImageCache& cache) {
  for (const std::string& warning :
       check_images(samples, image_format(spec), OnBadImage::error, cache, device(spec).threads,
                    "scale them to the range of those that the networks were trained on"))
    fmt::print(stderr, "warning: {}\n", warning);
}

}  // namespace tuna
