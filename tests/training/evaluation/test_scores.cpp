#include "training/evaluation/test_scores.h"

#include "tests/catch.h"
#include "tests/temporary_folder.h"

namespace tuna {
namespace {

std::vector<Sample> images() {
  return {{"/images/child/b.png", "child", "ill", "2", "test"},
          {"/images/child/a, 1.png", "child", "well", "1", "test"},
          {"/other/c.png", "child", "ill", "2", "test"}};
}

Evaluation row(const std::string& name, const std::vector<double>& scores) {
  Evaluation evaluation;
  evaluation.name = name;
  evaluation.test = Predictions{scores, {true, false, true}, {"2", "1", "2"}};
  return evaluation;
}

const std::string kText = "path,patient,label,One,Two\nb.png,2,ill,0.5,0.25\na.png,1,well,0.1,1\n";

}  // namespace

TEST_CASE("predictions.csv gives back the same scores, in the order of the paths", "[test_scores]") {
  const std::string text =
      test_scores_text(images(), "/images", {row("One", {1 / 3.0, 1e-20, 1}), row("Two", {0, 0.1, 0.7})});
  CHECK(text == "path,patient,label,One,Two\n"
                "child/b.png,2,ill,0.3333333333333333,0\n"
                "\"child/a, 1.png\",1,well,1e-20,0.1\n"
                "/other/c.png,2,ill,1,0.7\n");
  const TemporaryFolder folder;
  folder.write("predictions.csv", text);
  const TestScores read = read_test_scores(folder / "predictions.csv");
  CHECK(read.paths == std::vector<std::string>{"/other/c.png", "child/a, 1.png", "child/b.png"});
  CHECK(read.patients == std::vector<std::string>{"2", "1", "2"});
  CHECK(read.labels == std::vector<std::string>{"ill", "well", "ill"});
  const Predictions one = read.of("One", "ill");
  CHECK(one.scores == std::vector<double>{1, 1e-20, 1 / 3.0});
  CHECK(one.positive == std::vector<bool>{true, false, true});
  CHECK(one.patients == read.patients);
  CHECK_THROWS_WITH(read.of("Three", "ill"), Contains("no scores of Three; there are those of One, Two"));
  CHECK_THROWS_WITH(test_scores_text({images()[0]}, "", {row("One", {0, 1, 0})}),
                    Contains("One was not measured on 1 test images"));
}

TEST_CASE("errors in a predictions.csv name the line", "[test_scores]") {
  const auto read = [](std::string text, const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
    return parse_test_scores(text, "p.csv");
  };
  CHECK_NOTHROW(read(kText, "0.5", "0.6"));
  CHECK_THROWS_WITH(read(kText, "label", "class"), Contains("p.csv:1: no column \"label\""));
  CHECK_THROWS_WITH(read(kText, "0.25", "much"), Contains("p.csv:2: score of Two: \"much\", expected a number"));
  CHECK_THROWS_WITH(read(kText, "0.25", ""), Contains("p.csv:2: score of Two: \"\", expected a number"));
  CHECK_THROWS_WITH(read(kText, "0.25", "nan"), Contains("expected a number"));
  CHECK_THROWS_WITH(read(kText, "a.png", "b.png"), Contains("p.csv:3: b.png is already in line 2"));
  CHECK_THROWS_WITH(read(kText, "Two", "One"), Contains("column \"One\" appears twice"));
}

TEST_CASE("runs with different test images are not compared", "[test_scores]") {
  const TestScores one = parse_test_scores(kText, "one.csv");
  const auto other = [](const std::string& lines) {
    return parse_test_scores("path,patient,label,A\n" + lines, "other.csv");
  };
  CHECK_NOTHROW(check_same_images(one, other("a.png,1,well,0\nb.png,2,ill,0\n")));
  CHECK_THROWS_WITH(
      check_same_images(one, other("a.png,1,well,0\n")),
      Contains("one.csv and other.csv are of different test images") && Contains("b.png is only in one.csv"));
  CHECK_THROWS_WITH(check_same_images(one, other("a.png,1,well,0\nb.png,2,ill,0\nc.png,2,ill,0\n")),
                    Contains("c.png is only in other.csv"));
  CHECK_THROWS_WITH(
      check_same_images(one, other("a.png,1,ill,0\nb.png,2,ill,0\n")),
      Contains("a.png is of patient \"1\" with label \"well\" in one, and of \"1\" with \"ill\" in the other"));
}

}  // namespace tuna
