#include "data/csv.h"

#include <algorithm>
#include <string_view>

#include "data/file.h"
#include "engine/base/check.h"

namespace tuna {
namespace {

constexpr uintmax_t kMaxFileBytes = uintmax_t(1) << 30;

/// Reads row after row of a text and counts its lines.
class Parser {
 public:
  Parser(std::string name, std::string_view text) : name_(std::move(name)), text_(text) {}

  /// False at the end of the text.
  bool next(CsvRow& row) {
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) take();
    if (at_ == text_.size()) return false;
    row = {line_, {}};
    do row.fields.push_back(field());
    while (take_if(','));
    take_if('\r');
    check(at_ == text_.size() || text_[at_] == '\n', "{}:{}: text after a closing quote", name_, line_);
    take_if('\n');
    return true;
  }

 private:
  std::string field() {
    std::string value;
    if (!take_if('"')) {
      while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && !ends_line()) value += take();
      return value;
    }
    const int64_t opened = line_;
    for (;;) {
      check(at_ < text_.size(), "{}:{}: a quote is opened and never closed", name_, opened);
      if (!take_if('"'))
        value += take();
      else if (take_if('"'))  // a doubled quote stands for one
        value += '"';
      else
        return value;
    }
  }

  bool ends_line() const { return text_.substr(at_, 2) == "\r\n" || text_.substr(at_) == "\r"; }

  char take() {
    if (text_[at_] == '\n') ++line_;
    return text_[at_++];
  }

  bool take_if(char letter) {
    if (at_ == text_.size() || text_[at_] != letter) return false;
    take();
    return true;
  }

  std::string name_;
  std::string_view text_;
  size_t at_ = 0;
  int64_t line_ = 1;
};

void append(std::string& text, const std::vector<std::string>& fields) {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) text += ',';
    const bool plain = fields[i].find_first_of(",\"\r\n") == std::string::npos;
    if (!plain) text += '"';
    for (const char letter : fields[i]) text.append(letter == '"' ? 2 : 1, letter);
    if (!plain) text += '"';
  }
  text += '\n';
}

}  // namespace

int64_t Csv::column(const std::string& name) const {
  const auto found = std::find(header.begin(), header.end(), name);
  return found == header.end() ? -1 : found - header.begin();
}

Csv read_csv(const std::filesystem::path& path) {
  const std::string bytes = read_file(path, kMaxFileBytes);
  std::string_view text = bytes;
  check(text.find('\0') == text.npos, "{}: not a text file", path.string());
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);

  Parser parser(path.string(), text);
  CsvRow row;
  check(parser.next(row), "{}: empty, expected a header line", path.string());
  Csv csv{row.fields, {}};
  for (const std::string& name : csv.header)
    check(std::count(csv.header.begin(), csv.header.end(), name) == 1, "{}:{}: column \"{}\" appears twice",
          path.string(), row.line, name);
  while (parser.next(row)) {
    check(row.fields.size() == csv.header.size(), "{}:{}: {} fields, the header has {}", path.string(), row.line,
          row.fields.size(), csv.header.size());
    csv.rows.push_back(row);
  }
  return csv;
}

void write_csv(const std::filesystem::path& path, const std::vector<std::string>& header,
               const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  append(text, header);
  for (const auto& row : rows) {
    check(row.size() == header.size(), "{}: a row has {} fields, the header {}", path.string(), row.size(),
          header.size());
    append(text, row);
  }
  write_file(path, text);
}

}  // namespace tuna
