// Code that a page shows under the name of a file is in that file, word for word.
#include "tests/catch.h"
#include "tests/tools/command.h"

namespace tuna {

TEST_CASE("docs/instance-norm.md quotes the code as it is", "[docs]") {
  const std::filesystem::path source = TUNA_SOURCE_DIR;
  std::ifstream page(source / "docs/instance-norm.md");
  std::string line, file, quote;
  bool inside = false;
  size_t quotes = 0;
  while (std::getline(page, line)) {
    if (line.rfind("```", 0) == 0) {
      inside = !inside;
      if (inside) {
        INFO(line);
        CHECK_FALSE(file.empty());
        quote.clear();
      } else {
        INFO(file << ":\n" << quote);
        CHECK(contents(source / file).find(quote) != std::string::npos);
        CHECK_FALSE(quote.empty());
        file.clear();
        ++quotes;
      }
    } else if (inside) {
      quote += line + "\n";
    } else if (line.size() > 3 && line.front() == '`' && line.substr(line.size() - 2) == "`:") {
      file = line.substr(1, line.size() - 3);
    }
  }
  CHECK_FALSE(inside);
  CHECK(quotes >= 10);
}

}  // namespace tuna
