#include "training/report/table.h"

#include <fmt/format.h>

#include "training/report/html.h"

namespace tuna {
namespace {

const char* class_of(const TableColumn& column) { return column.align == Align::right ? " class=\"number\"" : ""; }

std::string row_html(const std::vector<std::string>& cells, bool quiet, const std::vector<TableColumn>& columns) {
  std::string html = quiet ? "<tr class=\"quiet\">" : "<tr>";
  for (size_t i = 0; i < cells.size(); ++i)
    html += i == 0 ? fmt::format("<th scope=\"row\"{}>{}</th>", class_of(columns[i]), cells[i])
                   : fmt::format("<td{}>{}</td>", class_of(columns[i]), cells[i]);
  return html + "</tr>\n";
}

}  // namespace

std::string to_html(const HtmlTable& table) {
  std::string html = fmt::format(
      "<figure class=\"table\">\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
      "aria-labelledby=\"{0}-caption\">\n"
      "<table id=\"{0}\">\n<caption id=\"{0}-caption\"><span>{1}</span></caption>\n<thead><tr>",
      escape_html(table.id), table.caption);
  for (const TableColumn& column : table.columns)
    html += fmt::format("<th scope=\"col\"{}>{}</th>", class_of(column), escape_html(column.name));
  html += "</tr></thead>\n";
  for (const TableGroup& group : table.groups) {
    html += "<tbody>\n";
    for (size_t i = 0; i < group.rows.size(); ++i)
      html += row_html(group.rows[i], i < group.quiet.size() && group.quiet[i], table.columns);
    html += "</tbody>\n";
  }
  html += "</table>\n</div>\n";
  if (!table.notes.empty()) html += "<p class=\"notes\">" + table.notes + "</p>\n";
  return html + "</figure>\n";
}

}  // namespace tuna
