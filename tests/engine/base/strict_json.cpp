#include "engine/base/strict_json.h"

#include "engine/base/check.h"
#include "tests/catch.h"

namespace tuna {

TEST_CASE("JSON is printed with plain lists on one line, and keys in their order", "[spec]") {
  const std::string text =
      "{\n"
      "  \"z\": 1.5,\n"
      "  \"a\": [1, 2, \"x\"],\n"
      "  \"empty\": {},\n"
      "  \"none\": [],\n"
      "  \"m\\n\": {\n"
      "    \"list\": [\n"
      "      {\n"
      "        \"b\": null\n"
      "      },\n"
      "      true\n"
      "    ]\n"
      "  }\n"
      "}\n";
  CHECK(print_json(parse_json(text, "test")) == text);
  CHECK(print_json(parse_json("3", "test")) == "3\n");
}

TEST_CASE("the same key in different objects is not a duplicate", "[spec]") {
  CHECK_NOTHROW(parse_json(R"({"a": {"x": 1}, "b": {"x": 1, "a": [{"x": 1}, {"x": 2}]}, "x": 1})", "test"));
  CHECK_THROWS_WITH(parse_json(R"({"a": {"x": 1}, "b": {"y": {}, "x": 1, "y": 2}})", "test"),
                    Contains("test: b.y is given twice"));
}

TEST_CASE("values in messages are one short line of whole letters", "[spec]") {
  CHECK(in_message("a\nb") == "\"a\\nb\"");
  CHECK(in_message(std::string(58, 'x')).size() == 60);
  CHECK(in_message(std::string(59, 'x')) == fmt::format("\"{}...", std::string(56, 'x')));
  std::string letters;
  for (int i = 0; i < 40; ++i) letters += "\xc3\xa9";
  CHECK(in_message(letters) == fmt::format("\"{}...", letters.substr(0, 56)));
  CHECK(in_message(fmt::format("x{}", letters)) == fmt::format("\"x{}...", letters.substr(0, 54)));
  CHECK(in_message("\xff") == "\"\xef\xbf\xbd\"");  // the replacement character
  CHECK(key_in_message("key") == "key");
  CHECK(key_in_message("") == "\"\"");
}

}  // namespace tuna
