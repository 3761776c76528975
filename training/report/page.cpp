#include "training/report/page.h"

#include <fmt/format.h>

#include "training/report/html.h"
#include "training/report/style.h"

namespace tuna {

std::string to_html(const Page& page) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"color-scheme\" "
      "content=\"light dark\"/>\n<link rel=\"icon\" href=\"data:,\"/>\n<title>{0}</title>\n<style>\n{1}</style>\n"
      "</head>\n<body>\n<main>\n<header>\n<p class=\"kind\">{2}</p>\n<h1>{0}</h1>\n<p class=\"lead\">{3}</p>\n"
      "<p class=\"details\">{4}</p>\n</header>\n",
      escape_html(page.title), kStyle, escape_html(page.kind), escape_html(page.lead), escape_html(page.details));
  for (const PageSection& section : page.sections)
    if (!section.html.empty())
      html += fmt::format(
          "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n<h2 id=\"{0}-title\">{1}</h2>\n{2}</section>\n",
          escape_html(section.id), escape_html(section.title), section.html);
  return html + "</main>\n</body>\n</html>\n";
}

}  // namespace tuna
