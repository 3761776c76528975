#include "training/starter/commented_json.h"

#include <sstream>

#include "engine/base/strict_json.h"

namespace tuna {
namespace {

using nlohmann::ordered_json;

constexpr size_t kWidth = 100;

/// Lines of `// words`, at most kWidth wide unless one word is longer.
std::string comment(const std::string& text, const std::string& margin) {
  std::string lines, line;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + 1 + word.size() > kWidth) {
      lines += line + "\n";
      line.clear();
    }
    line += line.empty() ? margin + "// " + word : " " + word;
  }
  return line.empty() ? "" : lines + line + "\n";
}

/// A value without comments, its later lines moved to the right.
std::string plain(const ordered_json& value, const std::string& margin) {
  std::string text = print_json(value);
  text.pop_back();
  for (size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) text.insert(at + 1, margin);
  return text;
}

class Printer {
 public:
  explicit Printer(const std::map<std::string, std::string>& notes) : notes_(notes) {}

  std::string object(const ordered_json& json, const ordered_json& schema, const std::string& path,
                     const std::string& margin) const {
    const std::string inner = margin + "  ";
    std::string text = "{\n";
    bool first = true;
    for (const auto& [key, value] : json.items()) {
      if (!first) text += path.empty() ? ",\n\n" : ",\n";
      first = false;
      const std::string here = path.empty() ? key : path + "." + key;
      const ordered_json& property = schema.at("properties").at(key);
      text += comment(property.at("description").get<std::string>() + " " + note(here), inner);
      text += inner + ordered_json(key).dump() + ": ";
      text += property.contains("properties") ? object(value, property, here, inner) : plain(value, inner);
    }
    return text + "\n" + margin + "}";
  }

  std::string note(const std::string& path) const {
    const auto found = notes_.find(path);
    return found == notes_.end() ? "" : found->second;
  }

 private:
  const std::map<std::string, std::string>& notes_;
};

}  // namespace

std::string print_commented_json(const ordered_json& json, const ordered_json& schema,
                                 const std::map<std::string, std::string>& notes) {
  const Printer printer(notes);
  return comment(printer.note(""), "") + printer.object(json, schema, "", "") + "\n";
}

}  // namespace tuna
