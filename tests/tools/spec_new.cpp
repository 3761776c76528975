// `tuna spec new`, and training with the spec that it prints.
#include <regex>

#include "data/image.h"
#include "tests/catch.h"
#include "tests/tools/command.h"
#include "training/methods/tuna_net.h"
#include "training/spec/run_data.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;

/// xrays/<domain>/normal and xrays/<domain>/pneumonia of phantoms.
void lay_out_labelled_phantoms(const TemporaryFolder& folder) {
  REQUIRE(run_shell(folder, R"("$tuna" data phantom --output phantoms --adults 40 --children 30 --size 24 &&
    mkdir -p xrays/adult/normal xrays/adult/pneumonia xrays/child/normal xrays/child/pneumonia &&
    tail -n +2 phantoms/manifest.csv | while IFS=, read -r path domain label patient; do
      cp "phantoms/$path" "xrays/$domain/$label/" || exit 1; done)")
              .code
          == 0);
}

/// The same, but xrays/child has no classes.
void lay_out_phantoms(const TemporaryFolder& folder) {
  lay_out_labelled_phantoms(folder);
  REQUIRE(run_shell(folder, "rm -r xrays/child && cp -r phantoms/child xrays/").code == 0);
}

}  // namespace

TEST_CASE("spec new writes a spec that works at once, and says what it means", "[command_line][starter]") {
  const TemporaryFolder folder;
  lay_out_phantoms(folder);
  const Finished written =
      run_shell(folder, "\"$tuna\" spec new --data xrays --size 24 --minutes 1 --device cpu > my.json");
  INFO(written.error);
  REQUIRE(written.code == 0);
  CHECK(written.error.empty());
  const std::string text = contents(folder / "my.json");
  INFO(text);
  for (const char* part : {"  // The labelled domain, A in the paper, as the data name it.\n    \"source\": \"adult\"",
                           "\"adult\": \"xrays/adult\"", "\"device\": \"cpu\"", "\"ngf\": 32",
                           "Written by `tuna spec new` for 70 images in \"xrays\".", "On this machine (cpu,"})
    CHECK_THAT(text, Contains(part));

  const Spec spec = read_spec(folder / "my.json");
  CHECK(spec.name == "xrays");
  CHECK(spec.classes == std::vector<std::string>{"normal", "pneumonia"});
  CHECK(spec.positive == "pneumonia");
  CHECK(spec.data.format.size == 24);
  CHECK(spec.data.folders.at("child") == folder / "xrays/child");
  const RunData data(spec);
  REQUIRE(data.warnings().size() == 3);  // phantoms of both domains are numbered alike, and 40 are few
  CHECK_THAT(data.warnings()[0], Contains("have images in both domains"));
  CHECK_THAT(data.warnings()[1], Contains("domain 'adult' has only") && Contains("mean little"));
  CHECK(data.samples().front().patient == "0000");

  const Finished trained =
      run_shell(folder,
                "\"$tuna\" train my.json --out run --set pretrain.epochs=1 train.epochs=1 train.decay_epochs=0 "
                "train.steps_per_epoch=2 generator.ngf=2 discriminator.ndf=2 classifier.width=2");
  INFO(trained.error);
  CHECK(trained.code == 0);
}

TEST_CASE("spec new asks for the supervised classifier where the target has labels", "[command_line][starter]") {
  const TemporaryFolder folder;
  lay_out_labelled_phantoms(folder);
  const Finished written = run_tuna(folder, "spec new --data xrays --source adult --size 24 --minutes 1");
  INFO(written.error);
  REQUIRE(written.code == 0);
  CHECK(parse_spec(written.out, "new").of<TunaNetSpec>().supervised);
}

TEST_CASE("spec new warns if the shortest sensible training takes longer than requested", "[command_line][starter]") {
  const TemporaryFolder folder;
  lay_out_phantoms(folder);
  const Finished written = run_tuna(folder, "spec new --data ./xrays/ --size 24 --minutes 0.01");
  CHECK(written.code == 0);
  CHECK_THAT(written.error,
             Contains("warning: --minutes 0.01: training takes about ") && Contains("a smaller data.size"));
  // Where a comment breaks depends on the times in it.
  const std::string out = std::regex_replace(written.out, std::regex("\n *// "), " ");
  CHECK_THAT(out, Contains("More than the requested 0.6 s") && Contains("\"xrays/child\""));
}

TEST_CASE("spec new refuses what it does not understand", "[command_line][starter]") {
  const TemporaryFolder folder;
  lay_out_phantoms(folder);
  fs::create_directories(folder / "few/adult/normal");
  fs::create_directories(folder / "few/adult/ill");
  fs::create_directories(folder / "few/child");
  for (const char* name : {"few/adult/normal/1.png", "few/adult/ill/2.png", "few/child/3.png"})
    fs::copy(folder / "phantoms/child/0000_0.png", folder / name);
  const std::vector<Refused> cases = {
      {"spec new --data nowhere", "nowhere: no such folder"},
      {"spec new --data xrays/adult",
       "xrays/adult: holds the class folders normal, pneumonia, so it is the folder of one "
       "domain; give the folder that holds one per domain, "
           + (folder / "xrays").string()},
      {"spec new --data xrays --positive flu", "--positive flu: the classes are normal, pneumonia"},
      {"spec new --data xrays --size 30", "tuna spec new: data.size: 30 is not a multiple of 4"},
      {"spec new --data few --size 24", "too few patients"},
  };
  check_refused(folder, cases);
}

TEST_CASE("spec new names the run after any folder", "[command_line][starter]") {
  const TemporaryFolder folder;
  lay_out_phantoms(folder);
  const std::string longest(250, 'x');
  for (const auto& [name, expected] :
       {std::pair(longest, std::string(197, 'x') + "..."), {"a\nb", "a_b"}, {"a\\b", "a__b"}}) {
    fs::rename(folder / "xrays", folder / name);
    std::ofstream(folder / "name") << name;
    const Finished written =
        run_shell(folder, "\"$tuna\" spec new --size 24 --minutes 1 --data \"$(cat name)\" > my.json");
    INFO(written.error);
    CHECK(written.code == 0);
    CHECK(read_spec(folder / "my.json").name == expected);
    fs::rename(folder / name, folder / "xrays");
  }
}

}  // namespace tuna
