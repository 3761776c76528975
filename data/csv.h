// CSV as in RFC 4180, and as spreadsheets write it: a header line, fields in double quotes if they contain a separator,
// a quote or a line break.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tuna {

/// The name of a column without outer spaces and in lower case, as columns are compared.
std::string column_key(std::string_view name);

struct CsvRow {
  int64_t line;  ///< its first line in the file, from 1, for messages
  std::vector<std::string> fields;
};

struct Csv {
  std::string file;  ///< for messages
  int64_t line;      ///< of the header
  std::vector<std::string> header;
  std::vector<CsvRow> rows;              ///< those that have a field which is not empty
  std::vector<int64_t> empty_row_lines;  ///< of rows with separators alone

  /// Position of a column, or -1.  Case and outer spaces of its name do not matter.  Throws Error if two columns match.
  int64_t column(const std::string& name) const;
};

/// Limits of what a file takes in memory: a field of one byte becomes a string of 32.
struct CsvLimits {
  size_t columns = 10'000;
  size_t fields = 50'000'000;  ///< of all lines
};

/// The separator is the one of comma, semicolon and tab that the header has most of, or what a first line "sep=;" says.
/// A UTF-8 byte order mark, LF, CRLF and CR line ends, blank lines, columns without a name, and more fields than
/// columns if these are empty are accepted; outer spaces of a field without quotes are dropped.  Errors name file:line.
Csv read_csv(const std::filesystem::path& path);

/// The same from the bytes of `file`.
Csv parse_csv(std::string_view bytes, const std::string& file, const CsvLimits& limits = {});

/// Commas and LF; read_csv() gives back the same fields.  Each row has as many fields as the header.
std::string csv_text(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows);
void write_csv(const std::filesystem::path& path, const std::vector<std::string>& header,
               const std::vector<std::vector<std::string>>& rows);

}  // namespace tuna
