#include "data/csv.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "data/file.h"
#include "engine/base/atomic_file.h"
#include "engine/base/check.h"

namespace tuna {
namespace {

constexpr uintmax_t kMaxFileBytes = uintmax_t(1) << 30;
constexpr std::string_view kSeparators = ",;\t";

/// Of the header, the text's first line that is not blank.  The earlier of the list if there is a tie.
char separator_of(std::string_view text) {
  size_t counts[kSeparators.size()] = {};
  bool quoted = false;
  for (size_t i = std::min(text.find_first_not_of("\r\n"), text.size()); i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (text[i] == '\r' || text[i] == '\n') break;
    if (const size_t found = kSeparators.find(text[i]); found != kSeparators.npos) ++counts[found];
  }
  return kSeparators[size_t(std::max_element(std::begin(counts), std::end(counts)) - std::begin(counts))];
}

/// Reads row after row of a text and counts its lines.
class Parser {
 public:
  Parser(std::string name, std::string_view text, const CsvLimits& limits)
      : name_(std::move(name)), text_(text), limits_(limits) {
    const bool says_separator = text.substr(0, 4) == "sep=" && text.size() > 5 && (text[5] == '\r' || text[5] == '\n');
    separator_ = says_separator ? text[4] : separator_of(text);
    if (says_separator) at_ = 5;
  }

  /// False at the end of the text.
  bool next(CsvRow& row) {
    while (at_line_end()) take_line_end();
    if (at_end()) return false;
    row = {line_, {}};
    do add_field(row);
    while (take_if(separator_));
    check(at_end() || at_line_end(), "{}:{}: text after a closing quote", name_, line_);
    if (at_line_end()) take_line_end();
    return true;
  }

 private:
  void add_field(CsvRow& row) {
    check(row.fields.size() < limits_.columns, "{}:{}: more columns than the limit of {}", name_, line_,
          limits_.columns);
    check(++fields_ <= limits_.fields,
          "{}:{}: more fields than the limit of {} in the lines up to this one; leave out columns or divide the file",
          name_, line_, limits_.fields);
    row.fields.push_back(field());
  }

  std::string field() {
    skip_spaces();
    if (take_if('"')) {
      std::string value = rest_of_quoted();
      skip_spaces();
      return value;
    }
    std::string value;
    while (!at_end() && text_[at_] != separator_ && !at_line_end()) value += text_[at_++];
    while (!value.empty() && is_space(value.back())) value.pop_back();
    return value;
  }

  std::string rest_of_quoted() {
    std::string value;
    const int64_t opened = line_;
    for (;;) {
      check(!at_end(), "{}:{}: a quote is opened and never closed", name_, opened);
      if (!take_if('"')) {
        line_ += ends_line(at_);
        value += text_[at_++];
      } else if (take_if('"')) {  // a doubled quote stands for one
        value += '"';
      } else {
        return value;
      }
    }
  }

  bool at_end() const { return at_ == text_.size(); }
  bool at_line_end() const { return !at_end() && (text_[at_] == '\n' || text_[at_] == '\r'); }
  bool is_space(char letter) const { return letter != separator_ && (letter == ' ' || letter == '\t'); }

  /// Whether this is the last byte of LF, CR or CRLF.
  bool ends_line(size_t at) const {
    return text_[at] == '\n' || (text_[at] == '\r' && (at + 1 == text_.size() || text_[at + 1] != '\n'));
  }

  void skip_spaces() {
    while (!at_end() && is_space(text_[at_])) ++at_;
  }

  void take_line_end() { line_ += ends_line(at_++); }

  bool take_if(char letter) {
    if (at_end() || text_[at_] != letter) return false;
    ++at_;
    return true;
  }

  std::string name_;
  std::string_view text_;
  char separator_;
  size_t at_ = 0;
  CsvLimits limits_;
  size_t fields_ = 0;  // of all lines so far
  int64_t line_ = 1;
};

bool is_plain(const std::string& field) {
  const auto is_space = [](char letter) { return letter == ' ' || letter == '\t'; };
  return field.find_first_of(",;\t\"\r\n") == std::string::npos
         && (field.empty() || (!is_space(field.front()) && !is_space(field.back())));
}

void append(std::string& text, const std::vector<std::string>& fields) {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) text += ',';
    const bool plain = is_plain(fields[i]);
    if (!plain) text += '"';
    for (const char letter : fields[i]) text.append(letter == '"' ? 2 : 1, letter);
    if (!plain) text += '"';
  }
  text += '\n';
}

bool is_empty(const std::vector<std::string>& fields) {
  return std::all_of(fields.begin(), fields.end(), [](const std::string& field) { return field.empty(); });
}

void drop_empty_fields_after(size_t columns, std::vector<std::string>& fields) {
  while (fields.size() > columns && fields.back().empty()) fields.pop_back();
}

}  // namespace

std::string column_key(std::string_view name) {
  const size_t first = std::min(name.find_first_not_of(" \t"), name.size());
  std::string key(name.substr(first, name.find_last_not_of(" \t") + 1 - first));
  std::transform(key.begin(), key.end(), key.begin(), [](unsigned char letter) { return std::tolower(letter); });
  return key;
}

int64_t Csv::column(const std::string& name) const {
  const auto matches = [&](const std::string& each) { return column_key(each) == column_key(name); };
  check(std::count_if(header.begin(), header.end(), matches) <= 1, "{}:{}: column \"{}\" appears twice", file, line,
        name);
  const auto found = std::find_if(header.begin(), header.end(), matches);
  return found == header.end() ? -1 : found - header.begin();
}

Csv read_csv(const std::filesystem::path& path) { return parse_csv(read_file(path, kMaxFileBytes), path.string()); }

Csv parse_csv(std::string_view text, const std::string& file, const CsvLimits& limits) {
  check(text.substr(0, 2) != "\xFF\xFE" && text.substr(0, 2) != "\xFE\xFF",
        "{}: is text in UTF-16, expected UTF-8 (in a spreadsheet, save it as \"CSV UTF-8\")", file);
  check(text.find('\0') == text.npos, "{}: not a text file", file);
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);

  Parser parser(file, text, limits);
  CsvRow row;
  check(parser.next(row), "{}: empty, expected a header line", file);
  Csv csv{file, row.line, row.fields, {}, {}};
  while (parser.next(row)) {
    if (is_empty(row.fields)) {
      csv.empty_row_lines.push_back(row.line);
      continue;
    }
    drop_empty_fields_after(csv.header.size(), row.fields);
    check(row.fields.size() == csv.header.size(), "{}:{}: {} fields, the header has {}", file, row.line,
          row.fields.size(), csv.header.size());
    csv.rows.push_back(row);  // a copy has no room for more fields
  }
  return csv;
}

std::string csv_text(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  append(text, header);
  for (const auto& row : rows) {
    check(row.size() == header.size(), "CSV: a row has {} fields, the header {}", row.size(), header.size());
    append(text, row);
  }
  return text;
}

void write_csv(const std::filesystem::path& path, const std::vector<std::string>& header,
               const std::vector<std::vector<std::string>>& rows) {
  write_file_atomically(path, csv_text(header, rows));
}

}  // namespace tuna
