#include "training/evaluation/threshold_file.h"

#include <nlohmann/json.hpp>

#include "data/file.h"
#include "engine/base/check.h"
#include "engine/base/strict_json.h"

namespace tuna {

double threshold_in(const std::filesystem::path& evaluation, const std::string& net) {
  constexpr uintmax_t kLargestFile = 16 << 20;
  return threshold_in(read_file(evaluation, kLargestFile), evaluation.string(), net);
}

double threshold_in(const std::string& text, const std::string& file, const std::string& net) {
  constexpr const char* kExpected = "expected an evaluation.json of `tuna train`, which --resume writes anew";
  const nlohmann::json json = json_or_discarded(text);
  check(json.is_object(), "{}: is not a JSON object, {}", file, kExpected);
  try {
    for (const nlohmann::json& row : json.at("rows"))
      if (row.at("net") == net)
        for (const nlohmann::json& at : row.at("thresholds"))
          if (!at.at("uses_target_labels").get<bool>()) {
            const auto threshold = at.at("threshold").get<double>();
            check(threshold >= 0 && threshold <= 1, "{}: the threshold of {} is {}, expected a probability", file, net,
                  threshold);
            return threshold;
          }
  } catch (const nlohmann::json::exception&) {  // reported below
  }
  fail("{}: holds no threshold of {} that was chosen on source validation; {}", file, net, kExpected);
}

}  // namespace tuna
