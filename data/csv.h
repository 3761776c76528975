// CSV as in RFC 4180: a header line, fields in double quotes if they contain a comma, a quote or a line break.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tuna {

struct CsvRow {
  int64_t line;  ///< its first line in the file, from 1, for messages
  std::vector<std::string> fields;
};

struct Csv {
  std::vector<std::string> header;
  std::vector<CsvRow> rows;

  /// Position of a column, or -1.
  int64_t column(const std::string& name) const;
};

/// Errors name file:line.  A UTF-8 byte order mark, CRLF and empty lines are accepted.
Csv read_csv(const std::filesystem::path& path);

/// Each row has as many fields as the header.
void write_csv(const std::filesystem::path& path, const std::vector<std::string>& header,
               const std::vector<std::vector<std::string>>& rows);

}  // namespace tuna
