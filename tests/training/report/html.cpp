#include "training/report/html.h"

#include <cmath>

#include "tests/catch.h"
#include "tests/training/report/well_formed.h"
#include "training/report/base64.h"
#include "training/report/table.h"

namespace tuna {

TEST_CASE("text is escaped, whatever its bytes", "[report]") {
  CHECK(escape_html("<b>&\"é→") == "&lt;b&gt;&amp;&quot;é→");
  CHECK(escape_html("a\x01\x7f\n\tb") == "a\uFFFD\uFFFD\n\tb");
  CHECK(escape_html("caf\xe9<") == "caf\\xE9&lt;");
  CHECK(html_id("loss-1.D_A é") == "loss-1.D_5fA_20_c3_a9");
  CHECK(url_of_path("a-b_1.c/50% #é?") == "a-b_1.c/50%25%20%23%c3%a9%3f");
}

TEST_CASE("numbers align at their decimal points", "[report]") {
  CHECK(decimals(0.1234, 3) == "0.123");
  CHECK(decimals(-0.5, 1) == "−0.5");
  CHECK(decimals(-0.0001, 3) == "0.000");
  CHECK(decimals(NAN, 3) == "–");
  CHECK(decimals(INFINITY, 3) == "–");
  CHECK(decimals_of(0.93, 2, 3) == "0.93\u2007");
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1234567) == "1\u202F234\u202F567");
  CHECK(grouped(-1000) == "−1\u202F000");
  CHECK(times_power_of_ten(12) == "×10¹²");
  CHECK(times_power_of_ten(0).empty());
}

TEST_CASE("base64 is RFC 4648's", "[report]") {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
                                                         {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) CHECK(base64(bytes) == text);
  CHECK(base64("\xff\xfe\xfd") == "//79");
}

TEST_CASE("tables have headings for columns and rows", "[report]") {
  const std::string html = to_html({"t", "Caption", {{"Name <"}, {"AUC", Align::right}}, {{{{"a", "0.5"}}, {true}}}});
  CHECK(malformed("<!DOCTYPE html>" + html).empty());
  CHECK_THAT(html, Contains("<th scope=\"col\">Name &lt;</th><th scope=\"col\" class=\"number\">AUC</th>"));
  CHECK_THAT(html, Contains("<tr class=\"quiet\"><th scope=\"row\">a</th><td class=\"number\">0.5</td></tr>"));
}

TEST_CASE("the check of pages finds what is wrong", "[report]") {
  const auto wrong = [](const std::string& body) { return !malformed("<!DOCTYPE html>" + body).empty(); };
  CHECK_FALSE(wrong("<p class=\"a\">x &amp; y<br/></p>"));
  for (const char* body : {"<p>", "</p>", "<p><b></p></b>", "a & b", "a < b", "<p class=a></p>", "<p>&nbsp;</p>",
                           "<p id=\"a\"></p><p id=\"a\"></p>"}) {
    INFO(body);
    CHECK(wrong(body));
  }
}

}  // namespace tuna
