// What was meant by a key that is not there.
#pragma once

#include <string>
#include <vector>

namespace tuna::json_fields {

/// The keys that `key` in `section` ("", "train", "objective.cycle") may stand for, as paths out of `tree`, which holds
/// those of all sections: one of the section that is spelled almost the same; those of that name in other sections,
/// where lr stands for lr_g, too; those spelled almost so; or the nearest of the section.
std::vector<std::string> nearest_keys(const std::string& section, const std::string& key,
                                      const std::vector<std::string>& tree);

}  // namespace tuna::json_fields
