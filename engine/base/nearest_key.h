// Suggestions for an unknown key.
#pragma once

#include <string>
#include <vector>

namespace tuna::json_fields {

/// The keys that an unknown `key` in `section` ("", "train", "objective.cycle") may mean, as paths out of `tree`, which
/// has those of all sections: keys of the section with almost the same spelling; else keys of that name in any section,
/// where lr also matches lr_g; else keys of any section with almost the same spelling; else the nearest of the section.
std::vector<std::string> nearest_keys(const std::string& section, const std::string& key,
                                      const std::vector<std::string>& tree);

}  // namespace tuna::json_fields
