// Tables of a page.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tuna {

enum class Align : uint8_t { left, right };  // right: numbers, which then align at their decimal points

struct TableColumn {
  std::string name;  // plain text
  Align align = Align::left;
};

/// Rows that belong together, below a thin line.
struct TableGroup {
  std::vector<std::vector<std::string>> rows;  // HTML; the first cell of a row is its heading
  std::vector<bool> quiet = {};                // of each row: printed smaller, as from elsewhere
};

struct HtmlTable {
  std::string id, caption;  // the caption is HTML
  std::vector<TableColumn> columns;
  std::vector<TableGroup> groups;
  std::string notes = "";  // below the table; HTML
};

/// A figure that scrolls sideways where it does not fit.
std::string to_html(const HtmlTable& table);

}  // namespace tuna
