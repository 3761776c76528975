// `tuna report`, and the page that `tuna train` writes of its own run.
#include <nlohmann/json.hpp>

#include "data/png_size.h"
#include "tests/catch.h"
#include "tests/tools/command.h"
#include "tests/training/report/well_formed.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;

const std::string kTrain =
    "train " + kTinySpec + " --out run --set data.manifest=phantoms/manifest.csv evaluate.bootstrap=0 ";

void draw_phantoms(const TemporaryFolder& folder) {
  expect_success(folder, "data phantom --output phantoms --adults 50 --children 50 --size 32");
}

}  // namespace

TEST_CASE("a run writes its page, and report writes it anew", "[command_line][report]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  expect_success(folder, kTrain + "supervised=false");
  const std::string page = contents(folder / "run/report.html");
  CHECK(malformed(page) == "");
  for (const char* part : {"id=\"table-results\"", "id=\"figure-training-joint\"", "<img ", ">Processor<",
                           "<p class=\"lead\">Adaptation "})
    CHECK_THAT(page, Contains(part));
  CHECK_THAT(page, Contains("Report of a run<"));

  // The same page of the same files, wherever it is written.
  CHECK(expect_success(folder, "report run --output other.html").out == "other.html\n");
  CHECK(contents(folder / "other.html") == page);
  fs::remove(folder / "run/report.html");
  CHECK(expect_success(folder, "report run").out == "run/report.html\n");
  CHECK(contents(folder / "run/report.html") == page);

  // Of a run of an earlier version, without a page; then the run lists it.
  fs::remove(folder / "run/report.html");
  std::string files = contents(folder / "run/files.txt");
  files.erase(files.find("report.html\n"), std::string("report.html\n").size());
  folder.write("run/files.txt", files);
  expect_success(folder, "report run");
  CHECK_THAT(contents(folder / "run/files.txt"), Contains("report.html\n"));

  folder.write("run/files.txt", files);
  folder.write("run/report.html", "mine");
  check_refused(folder, {{"report run", "run/report.html: exists already, and is not a file of this run"},
                         {"report run --output other.html", "other.html: "},
                         {"report phantoms", "phantoms: holds no run (no spec.json)"}});
  CHECK(contents(folder / "run/report.html") == "mine");

  // A resumed run goes on without.
  const Finished resumed = expect_success(folder, "train --resume --out run --set train.epochs=2");
  CHECK_THAT(resumed.error, Contains("warning: no report: run/report.html: exists already"));
  CHECK(resumed.error.find("no report") == resumed.error.rfind("no report"));
  CHECK(contents(folder / "run/report.html") == "mine");
}

TEST_CASE("the worst mistakes of a run are drawn with Grad-CAM", "[command_line][report][grad_cam]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  expect_success(folder, kTrain + "supervised=false");
  const auto rows = nlohmann::json::parse(contents(folder / "run/evaluation.json")).at("rows");
  CHECK_FALSE(rows[0].contains("mistakes"));
  const fs::path pictures = folder / "run/images/mistakes";
  size_t images = 0;
  std::string first;
  for (const auto& [list, kind] :
       {std::pair("false_negatives", "false-negative"), {"false_positives", "false-positive"}})
    for (size_t rank = 1; rank <= rows[1]["mistakes"][list].size(); ++rank)
      for (const char* what : {"image", "grad-cam"}) {
        const std::string name = fmt::format("{}-{}-{}.png", kind, rank, what), png = contents(pictures / name);
        INFO(name);
        CHECK(png_size(png)->width == 256);
        CHECK(png_size(png)->channels == (what == std::string("image") ? 1 : 3));
        CHECK_THAT(contents(folder / "run/files.txt"), Contains("images/mistakes/" + name));
        if (images++ == 0) first = name;
      }
  REQUIRE(images > 0);
  CHECK(count_of(contents(folder / "run/report.html"), "<div class=\"mistake\">") == images / 2);

  // Evaluated again, the pictures are the same, and those of other mistakes are gone.
  const std::string before = contents(pictures / first), files = contents(folder / "run/files.txt");
  folder.write("run/images/mistakes/false-negative-4-translated.png", "old");
  folder.write("run/files.txt", files + "images/mistakes/false-negative-4-translated.png\n");
  expect_success(folder, "train --resume --out run");
  CHECK(contents(pictures / first) == before);
  CHECK_FALSE(fs::exists(pictures / "false-negative-4-translated.png"));

  std::string others = files;
  others.erase(others.find("images/mistakes/" + first + "\n"), ("images/mistakes/" + first + "\n").size());
  folder.write("run/files.txt", others);
  folder.write("run/images/mistakes/" + first, "mine");
  const Finished again = expect_success(folder, "train --resume --out run");
  CHECK_THAT(again.error, Contains("warning: no pictures of mistakes: ") && Contains(first + ": exists already"));
  CHECK(contents(pictures / first) == "mine");
}

TEST_CASE("a run that was interrupted leaves a page that says where", "[command_line][report]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  const Finished stopped =
      run_shell(folder, "\"$tuna\" " + kTrain
                            + "train.steps_per_epoch=5000 log.every=1 & until grep -q '\"step\":12[,}]' run/metrics.jsonl; do "
                              "sleep 0.02; done\nkill -TERM $!; wait $!");
  INFO(stopped.error);
  REQUIRE(stopped.code == 130);
  const std::string page = contents(folder / "run/report.html");
  CHECK(malformed(page) == "");
  CHECK_THAT(page, Contains("The run is not finished: it was at step ") && Contains("of phase joint, in epoch 1."));
  CHECK(page.find("id=\"table-results\"") == page.npos);
}

TEST_CASE("pages can be written without what is made from images", "[command_line][report]") {
  const TemporaryFolder folder;
  expect_success(folder, "data phantom --output phantoms --adults 100 --children 100 --size 32");
  expect_success(folder, "compare '" + kTinySpec + "' --out compared --set data.manifest=phantoms/manifest.csv");
  const auto has_pictures = [&](const std::string& arguments, const std::string& page) {
    expect_success(folder, arguments);
    const std::string html = contents(folder / page);
    CHECK(html.find("table-results") != std::string::npos);
    return html.find("<img") != std::string::npos;
  };
  const std::string run = "compared/runs/tiny/seed0";
  CHECK(has_pictures("report " + run, run + "/report.html"));
  CHECK_FALSE(has_pictures("report " + run + " --without-pictures", run + "/report.html"));
  CHECK(has_pictures("compare --out compared --report", "compared/report.html"));
  CHECK_FALSE(has_pictures("compare --out compared --report --without-pictures", "compared/report.html"));
}

}  // namespace tuna
