#include "data/csv.h"

#include "tests/catch.h"
#include "tests/data/folder.h"

namespace tuna {
namespace {

using Fields = std::vector<std::string>;

}  // namespace

TEST_CASE("CSV survives writing and reading", "[csv]") {
  const TemporaryFolder folder;
  const std::vector<std::vector<std::string>> rows = {{"a,b", "say \"hi\"", ""}, {"two\nlines", "\r", " "}};
  write_csv(folder / "t.csv", {"one", "two", "three"}, rows);
  const Csv csv = read_csv(folder / "t.csv");
  CHECK(csv.header == std::vector<std::string>{"one", "two", "three"});
  REQUIRE(csv.rows.size() == 2);
  CHECK(csv.rows[0].fields == rows[0]);
  CHECK(csv.rows[1].fields == rows[1]);
  CHECK(csv.rows[1].line == 3);
  CHECK(csv.empty_row_lines.empty());
  CHECK(csv.column("three") == 2);
  CHECK(csv.column("four") == -1);
}

TEST_CASE("CSV from elsewhere: byte order mark, CRLF, empty lines, no last line break", "[csv]") {
  const TemporaryFolder folder;
  const Csv csv = read_csv(folder.write("t.csv", "\xEF\xBB\xBFpath,label\r\n\r\na.png,\"x\"\r\nb.png,"));
  CHECK(csv.header == std::vector<std::string>{"path", "label"});
  REQUIRE(csv.rows.size() == 2);
  CHECK(csv.rows[0].fields == std::vector<std::string>{"a.png", "x"});
  CHECK(csv.rows[1].fields == std::vector<std::string>{"b.png", ""});
  CHECK(csv.rows[1].line == 4);
}

TEST_CASE("CSV errors give file and line", "[csv]") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& text) { return read_csv(folder.write("t.csv", text)); };
  REQUIRE_THROWS_WITH(read(""), Contains("t.csv: empty"));
  REQUIRE_THROWS_WITH(read("a,b\n1,2\n1\n"), Contains("t.csv:3: 1 fields, the header has 2"));
  REQUIRE_THROWS_WITH(read("a,b\n1,\"2\n\n"), Contains("t.csv:2: a quote is opened"));
  REQUIRE_THROWS_WITH(read("a,b\n1,\"2\"3\n"), Contains("t.csv:2: text after a closing quote"));
  REQUIRE_THROWS_WITH(read("b,a,A \n").column("a"), Contains("t.csv:1: column \"a\" appears twice"));
  REQUIRE_THROWS_WITH(read(std::string("a\0b", 3)), Contains("not a text file"));
}

TEST_CASE("CSV with more columns or fields than a table of images has is refused", "[csv]") {
  const std::string wide(9'999, ','), wider(10'000, ',');  // of 10,000 and 10,001 columns
  CHECK(parse_csv("path" + wide + "\na.png" + wide, "t.csv").rows.at(0).fields.size() == 10'000);
  const std::string message = "more columns than the limit of 10000";
  CHECK_THROWS_WITH(parse_csv(wider + "path", "t.csv"), "t.csv:1: " + message);
  CHECK_THROWS_WITH(parse_csv("path,label\na.png,x\nb.png" + wider, "t.csv"), "t.csv:3: " + message);
  CHECK_THROWS_WITH(parse_csv("path,label\na.png,x\n" + wider, "t.csv"), "t.csv:3: " + message);
  CHECK(parse_csv("a,b\n1,2\n3,4\n", "t.csv", {10, 6}).rows.size() == 2);
  CHECK_THROWS_WITH(parse_csv("a,b\n1,2\n3,4\n", "t.csv", {10, 5}),
                    Contains("t.csv:3: more fields than the limit of 5 in"));
}

TEST_CASE("CSV with semicolons, tabs or a line that names the separator", "[csv]") {
  const TemporaryFolder folder;
  for (const char* text : {"path;label\nb, c.png;x\n", "path\tlabel\nb, c.png\tx\n",
                           "sep=;\r\npath;label\r\nb, c.png;x\r\n", "sep=|\npath|label\nb, c.png|x\n",
                           "\"path\";\"label\"\n\"b, c.png\";x\n", "\"path\",\"label\",\";;;;\"\n\"b, c.png\",x,\n"}) {
    CAPTURE(text);
    const Csv csv = read_csv(folder.write("t.csv", text));
    CHECK(csv.column("path") == 0);
    CHECK(csv.column("label") == 1);
    REQUIRE(csv.rows.size() == 1);
    CHECK(csv.rows[0].fields[0] == "b, c.png");
    CHECK(csv.rows[0].fields[1] == "x");
    CHECK(csv.rows[0].line == csv.line + 1);
  }
}

TEST_CASE("CSV with CR line ends counts its lines", "[csv]") {
  const TemporaryFolder folder;
  const Csv csv = read_csv(folder.write("t.csv", "a,b\r1,\"2\r3\"\r\r4,5\r"));
  REQUIRE(csv.rows.size() == 2);
  CHECK(csv.rows[0].fields == Fields{"1", "2\r3"});
  CHECK(csv.rows[1].fields == Fields{"4", "5"});
  CHECK(csv.rows[1].line == 5);
}

TEST_CASE("CSV columns are found whatever the case of their names and the spaces around them", "[csv]") {
  const TemporaryFolder folder;
  const Csv csv = read_csv(folder.write("t.csv", " Path, LABEL ,\" Patient \"\n a b.png , \"x, \" ,\t3\n"));
  CHECK(csv.column("path") == 0);
  CHECK(csv.column("label") == 1);
  CHECK(csv.column("patient") == 2);
  CHECK(csv.rows[0].fields == Fields{"a b.png", "x, ", "3"});
}

TEST_CASE("CSV columns without a name, or twice of one that is not asked for, are no error", "[csv]") {
  const TemporaryFolder folder;
  const Csv csv = read_csv(folder.write("t.csv", "path,,,note,note\na.png,1,2,3,4\nb.png,,,,,,\n,,,,\n , \n"));
  CHECK(csv.column("path") == 0);
  REQUIRE(csv.rows.size() == 2);
  CHECK(csv.rows[1].fields == Fields{"b.png", "", "", "", ""});
  CHECK(csv.empty_row_lines == std::vector<int64_t>{4, 5});
  REQUIRE_THROWS_WITH(read_csv(folder.write("t.csv", "a,b\n1,2,,3\n")),
                      Contains("t.csv:2: 4 fields, the header has 2"));
}

TEST_CASE("text in UTF-16 is named", "[csv]") {
  const TemporaryFolder folder;
  for (const std::string& text : {std::string("\xFF\xFEp\0,\0", 6), std::string("\xFE\xFF\0p\0,", 6)})
    REQUIRE_THROWS_WITH(read_csv(folder.write("t.csv", text)), Contains("t.csv: is text in UTF-16, expected UTF-8"));
}

TEST_CASE("CSV keeps any bytes but NUL when it is written and read", "[csv]") {
  const TemporaryFolder folder;
  std::vector<Fields> rows = {{" outer ", "\ttabs\t"}, {"a;b;c", "caf\xE9"}, {"\"", "\r\n"}};
  for (int byte = 1; byte < 256; ++byte) rows.push_back({std::string(1, char(byte)), {'x', char(byte), 'y'}});
  write_csv(folder / "t.csv", {"one; two\tthree", "four"}, rows);
  const Csv csv = read_csv(folder / "t.csv");
  CHECK(csv.header[0] == "one; two\tthree");
  REQUIRE(csv.rows.size() == rows.size());
  for (size_t i = 0; i < rows.size(); ++i) CHECK(csv.rows[i].fields == rows[i]);
}

}  // namespace tuna
