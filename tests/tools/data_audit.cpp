// `tuna data audit` on phantoms with a manifest as hospitals have them.
#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/tools/command.h"

namespace tuna {
namespace {

const std::string kAudit = "data audit '" TUNA_SOURCE_DIR "/specs/quickstart.json' ";
const std::string kManifest = " --set data.manifest=ph/m.csv evaluate.bootstrap=20";

/// ph/m.csv: `site` is that of the class in four of five images of children; `scan` is different in each image.
void make_images(const TemporaryFolder& folder) {
  expect_success(folder, "data phantom --output ph --adults 60 --children 60 --size 24");
  REQUIRE(run_shell(folder, R"(awk -F, -v OFS=, 'NR == 1 { print $0, "Site", "scan"; next }
      { site = $2 == "adult" ? "main" : (NR % 5 ? $3 == "pneumonia" : $3 == "normal") ? "ward" : "clinic"
        print $0, site, "s" NR }' ph/manifest.csv > ph/m.csv)")
              .code
          == 0);
}

}  // namespace

TEST_CASE("data audit finds the column that separates the classes of a domain", "[command_line]") {
  const TemporaryFolder folder;
  make_images(folder);
  const Finished text = expect_success(folder, kAudit + kManifest);
  INFO(text.out);
  for (const char* line :
       {"A shortcut is a difference between the classes that is not the disease", "\nadult: 60 labelled images of ",
        "\nchild: 60 labelled images of ", "\n  mean gradient ", "\n  column scan              0.500",
        "pneumonia: clinic ", "\nadult and child: 120 images of ",
        "\nIn 'child', column site alone separates pneumonia from the other images with AUC 0."})
    CHECK(text.out.find(line) != std::string::npos);

  const Finished json = expect_success(folder, kAudit + "--column SITE --json" + kManifest);
  const nlohmann::json report = nlohmann::json::parse(json.out), child = report.at("classes").at("child");
  CHECK(child.at("features").at(0).at("name") == "column site");
  CHECK(child.at("features").at(0).at("auc") > 0.7);
  CHECK(child.at("features").at(0).at("auc") < 0.9);
  CHECK(child.at("features").size() == 10);  // without the column scan
  CHECK(child.at("pairs").size() == 10);
  CHECK(report.at("domains").at("positives") == 60);
  CHECK(report.at("domains").at("features").at(0).at("auc") == 1.0);
  CHECK(json.out == expect_success(folder, kAudit + "--column SITE --json" + kManifest).out);
}

TEST_CASE("data audit reports what it cannot measure in one line", "[command_line]") {
  const TemporaryFolder folder;
  make_images(folder);
  REQUIRE(run_shell(folder, R"(awk -F, -v OFS=, '$2 == "child" { $3 = "" } { print }' ph/m.csv > ph/unlabelled.csv
      awk -F, '$2 == "adult" || $3 != "pneumonia"' ph/m.csv > ph/normal.csv
      awk -F, '$3 != "pneumonia"' ph/m.csv > ph/one_class.csv
      sed 's,child/0003_0,child/gone,' ph/m.csv > ph/gone.csv)")
              .code
          == 0);
  const auto with = [](const std::string& manifest) {
    return kAudit + "--set evaluate.bootstrap=0 data.manifest=ph/" + manifest;
  };
  check_refused(folder,
                {{with("one_class.csv"), "class 'pneumonia' has no training image in the source domain 'adult'"},
                 {with("gone.csv"), "child/gone.png: "},
                 {kAudit + "--column ward" + kManifest,
                  "--column ward: no such column; those that can be audited are \"scan\", \"site\""},
                 {kAudit + "--column site --set data.manifest=ph/manifest.csv",
                  "--column site: no such column; the manifest has no other columns"}});
  const Finished unlabelled = expect_success(folder, with("unlabelled.csv"));
  CHECK(unlabelled.out.find("\nchild: nothing is measured, as it has no labelled images\n") != std::string::npos);
  CHECK(unlabelled.out.find("\nadult and child: 120 images") != std::string::npos);
  const Finished normal = expect_success(folder, with("normal.csv"));
  CHECK(normal.out.find("\nchild: nothing is measured, as none of its ") != std::string::npos);

  const Finished skipped = expect_success(folder, with("gone.csv") + " data.on_bad_image=skip");
  CHECK(skipped.error.find("warning: left out: ") != std::string::npos);
  CHECK(skipped.out.find("\nchild: 59 labelled images of ") != std::string::npos);
}

}  // namespace tuna
