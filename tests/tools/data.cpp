// `tuna data` on folders and names as people have them.
#include <nlohmann/json.hpp>

#include "data/csv.h"
#include "engine/base/utf8.h"
#include "tests/catch.h"
#include "tests/tools/command.h"

namespace tuna {

TEST_CASE("data check names what it leaves out, as text and in JSON", "[command_line]") {
  const TemporaryFolder folder;
  REQUIRE(run_shell(folder, R"("$tuna" data phantom --output ph --adults 4 --children 4 --size 16 &&
                               mkdir -p in/well in/ill in/none && cp ph/adult/*.png in/well && cp ph/child/*.png in/ill &&
                               touch in/well/a.bmp in/ill/b.dcm in/ill/.hidden)")
              .code
          == 0);
  const Finished text = run_tuna(folder, "data check in");
  INFO(text.out << text.error);
  CHECK(text.code == 0);
  for (const char* line :
       {"warning: in: left out: 2 files not named as PNG or JPEG images (1 .bmp, 1 .dcm)",
        "warning: in: left out: 1 hidden file (", "warning: in: left out: 1 empty class folder: none\n"})
    CHECK(text.out.find(line) != std::string::npos);
  const Finished json = run_tuna(folder, "data check in --json");
  CHECK(json.code == 0);
  CHECK(nlohmann::json::parse(json.out).at("left_out").size() == 3);
}

TEST_CASE("data check takes names that are not UTF-8, of files, folders and classes", "[command_line]") {
  const TemporaryFolder folder;
  const std::filesystem::path image = folder / "in\xE9/l\xE9/caf\xE9.png";
  REQUIRE(
      run_shell(folder,
                "\"$tuna\" data phantom --output ph --adults 2 --children 1 --size 16 && mkdir -p 'in\xE9/l\xE9' "
                "&& cp ph/adult/0000_0.png 'in\xE9/l\xE9/caf\xE9.png' && cp ph/adult/0000_0.png 'in\xE9/l\xE9/b.png'")
          .code
      == 0);
  const Finished json = run_tuna(folder, "data check 'in\xE9' --json");
  INFO(json.error);
  CHECK(json.code == 0);
  const nlohmann::json report = nlohmann::json::parse(json.out);
  const std::string path = report.at("duplicates").at(0).at("paths").at(1);
  CHECK(folder / unescape_bytes(path) == image);
  CHECK(run_tuna(folder, "data check 'in\xE9'").out.find("caf\xE9.png") != std::string::npos);
}

TEST_CASE("phantoms that are interrupted say how to begin again", "[command_line]") {
  const TemporaryFolder folder;
  const Finished stopped = run_shell(
      folder,
      "\"$tuna\" data phantom --output ph --size 64 --adults 20000 & until [ -e ph/adult/0000_0.png ]; do :; done\n"
      "kill -TERM $!; wait $!");
  INFO(stopped.error);
  CHECK(stopped.code == 130);
  CHECK_THAT(stopped.error,
             Contains("tuna: ph: stopped after ") && Contains("to begin again, remove ph/adult and ph/child\n"));
  CHECK(run_shell(folder, "ls ph/adult | grep -c tmp").out == "0\n");
}

TEST_CASE("phantoms of sizes that overflow are refused", "[command_line]") {
  const TemporaryFolder folder;
  for (const char* option : {"--size 4294967296", "--size 10001", "--size 9223372036854775808", "--adults 4294967296",
                             "--children -1", "--size 1e9"}) {
    const Finished finished = run_tuna(folder, std::string("data phantom --output p ") + option);
    INFO(finished.error);
    CHECK(finished.code == 2);
    CHECK(is_one_message(finished.error));
    CHECK_FALSE(std::filesystem::exists(folder / "p"));
  }
}

TEST_CASE("spec new refuses class folders whose names are not UTF-8, and takes a folder that is not",
          "[command_line]") {
  const TemporaryFolder folder;
  REQUIRE(run_shell(folder,
                    "\"$tuna\" data phantom --output ph --adults 40 --children 30 --size 24 && mkdir -p "
                    "'x\xE9/adult/normal' 'x\xE9/adult/pneumonia' && cp -r ph/child 'x\xE9' && for f in "
                    "ph/adult/*_0.png; do case $f in *[02468]_0.png) cp $f 'x\xE9/adult/normal';; *) cp $f "
                    "'x\xE9/adult/pneumonia';; esac; done")
              .code
          == 0);
  const Finished spec = run_shell(folder, "\"$tuna\" spec new --data 'x\xE9' > s.json && \"$tuna\" data check s.json");
  INFO(spec.error);
  CHECK(spec.code == 0);
  CHECK(is_utf8(contents(folder / "s.json")));
  REQUIRE(run_shell(folder, "mv 'x\xE9/adult/normal' 'x\xE9/adult/norm\xE9'").code == 0);
  const Finished refused = run_tuna(folder, "spec new --data 'x\xE9'");
  CHECK(refused.code == 1);
  CHECK(is_one_message(refused.error));
  CHECK(refused.error.find("norm\xE9 is not UTF-8") != std::string::npos);
}

TEST_CASE("data split --folds writes one file that all runs of a cross-validation read", "[command_line]") {
  const TemporaryFolder folder;
  REQUIRE(run_tuna(folder, "data phantom --output ph --adults 40 --children 40 --size 16").code == 0);
  const std::string phantoms = " --set data.manifest=ph/manifest.csv";
  const Finished split = run_tuna(folder, "data split " + kTinySpec + " --folds 4 --output folds.csv" + phantoms);
  INFO(split.error);
  REQUIRE(split.code == 0);
  CHECK_THAT(split.out, Contains("adult                fold 1 ") && Contains("child                fold 4 "));
  CHECK(run_tuna(folder, "data split " + kTinySpec + " --folds 1 --output no.csv" + phantoms).code == 2);

  const Csv folds = read_csv(folder / "folds.csv");
  const size_t path = size_t(folds.column("path")), fold = size_t(folds.column("fold"));
  const std::string of_fold = " --set data.manifest=folds.csv data.split.fold=";
  REQUIRE(run_tuna(folder, "data split " + kTinySpec + " --output second.csv" + of_fold + "2").code == 0);
  const Csv second = read_csv(folder / "second.csv");
  CHECK(second.column("fold") < 0);
  REQUIRE(second.rows.size() == folds.rows.size());
  for (size_t i = 0; i < folds.rows.size(); ++i) {
    CHECK(second.rows[i].fields[size_t(second.column("path"))] == folds.rows[i].fields[path]);
    const std::string expected = folds.rows[i].fields[fold];
    CHECK(second.rows[i].fields[size_t(second.column("split"))]
          == (expected == "2"   ? "test"
              : expected == "3" ? "validation"
                                : "train"));
  }
  CHECK_THAT(run_tuna(folder, "data split " + kTinySpec + " --output no.csv" + of_fold + "5").error,
             Contains("data.split.fold: 5, expected 1 to 4"));
  CHECK_THAT(run_tuna(folder, "data split " + kTinySpec
                                  + " --output no.csv --set data.split.fold=2 "
                                    "data.manifest=ph/manifest.csv")
                 .error,
             Contains("the images have no column fold"));
  CHECK_THAT(run_tuna(folder, "data split " + kTinySpec + " --folds 200 --output no.csv" + phantoms).error,
             Contains("of 200 empty"));
  CHECK_FALSE(std::filesystem::exists(folder / "no.csv"));
}

}  // namespace tuna
