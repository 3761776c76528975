// A page as one file: it needs no network, no server and no script.
#pragma once

#include <string>
#include <vector>

namespace tuna {

/// Whether a page has pictures made from the data's images, which their licence may not allow to share.
enum class PagePictures : bool { without, with };

struct PageSection {
  std::string id, title;  // plain text
  std::string html;       // a section without any is left out
};

struct Page {
  std::string title;    // plain text
  std::string kind;     // "Report of a run"
  std::string lead;     // the result in one sentence, plain text
  std::string details;  // one quiet line below it, plain text
  std::vector<PageSection> sections;
};

std::string to_html(const Page& page);

}  // namespace tuna
