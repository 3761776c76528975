// Whether a page is well-formed, for tests without an HTML parser.
#pragma once

#include <cctype>
#include <set>
#include <string>
#include <vector>

namespace tuna {

/// What is wrong with a page, or empty: every element is closed in its place, every attribute is quoted, no text holds
/// a bare < or &, and no id is given twice.
inline std::string malformed(const std::string& page) {
  std::vector<std::string> open;
  std::set<std::string> ids;
  const std::string doctype = "<!DOCTYPE html>";
  if (!page.starts_with(doctype)) return "does not begin with " + doctype;
  for (size_t at = doctype.size(); at < page.size();) {
    if (page[at] == '&') {
      const std::string entity = page.substr(at, page.find(';', at) - at + 1);
      if (entity != "&amp;" && entity != "&lt;" && entity != "&gt;" && entity != "&quot;")
        return "a bare & before " + page.substr(at, 20);
    }
    if (page[at] != '<') {
      ++at;
      continue;
    }
    const bool closes = page[at + 1] == '/';
    size_t end = at + (closes ? 2 : 1);
    const size_t name_at = end;
    while (end < page.size() && std::isalnum(uint8_t(page[end]))) ++end;
    const std::string name = page.substr(name_at, end - name_at);
    if (name.empty()) return "a bare < before " + page.substr(at, 20);
    while (end < page.size() && page[end] != '>' && page[end] != '/') {  // attributes
      if (page[end] == ' ' || page[end] == '\n') {
        ++end;
        continue;
      }
      const size_t quote = page.find('"', end);
      if (quote == page.npos || page[quote - 1] != '=') return "an attribute without quotes in " + page.substr(at, 40);
      const size_t last = page.find('"', quote + 1);
      const std::string value = page.substr(quote + 1, last - quote - 1);
      if (value.find('<') != value.npos) return "a bare < in an attribute of " + name;
      if (page.substr(end, quote - end) == "id=" && !ids.insert(value).second) return "the id " + value + " twice";
      end = last + 1;
    }
    if (closes && (open.empty() || open.back() != name))
      return "</" + name + "> closes " + (open.empty() ? "nothing" : open.back());
    if (closes) open.pop_back();
    if (!closes && page[end] != '/') open.push_back(name);
    at = page.find('>', end) + 1;
  }
  return open.empty() ? "" : open.back() + " is not closed";
}

inline size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

}  // namespace tuna
