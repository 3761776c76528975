#include "tools/command_line/help_format.h"

#include <sstream>

namespace tuna {
namespace {

constexpr size_t kWidth = 100, kColumn = 30;

// Breaks lines between words.  The first one has `used` characters already, the others begin with `indent` spaces.
std::string wrap(const std::string& text, size_t indent, size_t used) {
  std::string wrapped;
  size_t column = used;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      if (column > indent && column + 1 + word.size() > kWidth) {
        wrapped += "\n" + std::string(indent, ' ');
        column = indent;
      } else if (column > indent) {
        wrapped += " ";
        ++column;
      }
      wrapped += word;
      column += word.size();
    }
    if (!lines.eof()) wrapped += "\n" + std::string(indent, ' ');
    column = indent;
  }
  return wrapped;
}

// A term and its meaning, in two columns.
std::string entry(const std::string& term, const std::string& meaning) {
  std::string text = "  " + term;
  if (text.size() + 1 < kColumn)
    text.resize(kColumn, ' ');
  else
    text += "\n" + std::string(kColumn, ' ');
  return text + wrap(meaning, kColumn, kColumn) + "\n";
}

}  // namespace

std::string HelpFormat::make_description(const CLI::App* app) const {
  std::string text = app->get_description();
  if (const size_t end = text.find('\n'); end != std::string::npos) text.insert(end, "\n");
  return wrap(text, 0, 0) + "\n\n";
}

std::string HelpFormat::make_option(const CLI::Option* option, bool is_positional) const {
  std::string term = make_option_name(option, is_positional);
  if (const std::string type = option->get_type_name(); !type.empty()) term += " " + type;
  if (option->get_expected_max() > 1) term += " ...";
  std::string meaning = option->get_description();
  if (!option->get_default_str().empty()) meaning += " (default " + option->get_default_str() + ")";
  if (option->get_required()) meaning += " (required)";
  return entry(term, meaning);
}

std::string HelpFormat::make_subcommand(const CLI::App* command) const {
  const std::string description = command->get_description();
  return entry(command->get_name(), description.substr(0, description.find('\n')));
}

}  // namespace tuna
