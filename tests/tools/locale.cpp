// Commands in any locale of the environment: the same bytes.
#include <map>

#include "tests/catch.h"
#include "tests/tools/command.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

/// Shell that sets the locale, made by localedef where the system does not have it.
std::string in_locale(const std::string& language) {
  return "export LC_ALL=" + language + ".UTF-8; if [ \"$(locale decimal_point)\" != , ]; then export LOCPATH=\"$PWD\"; "
         "[ -d " + language + ".UTF-8 ] || localedef -i " + language + " -f UTF-8 ./" + language + ".UTF-8; fi\n";
}

/// The output of commands.
std::map<std::string, std::string> outputs(const TemporaryFolder& folder, const std::string& locale) {
  const Finished finished = run_shell(folder, locale + R"(rm -rf run
    set -e
    "$tuna" train "$PWD/spec.json" --out run --set log.checkpoint_every=0 train.lr_g=1.5e-3
    "$tuna" predict run --input phantoms/child --output -
    "$tuna" spec show run/spec.json
    "$tuna" data check MANIFEST.csv
    "$tuna" data check MANIFEST.csv --json
    "$tuna" evaluate run)");
  INFO(locale << finished.error);
  REQUIRE(finished.code == 0);
  std::map<std::string, std::string> all = {{"what is printed", finished.out}};
  for (const char* file : {"spec.json", "splits.csv", "metrics.jsonl", "evaluation.json", "weights.safetensors"})
    all[file] = contents(folder / "run" / file);
  return all;
}

}  // namespace

TEST_CASE("a run writes and prints the same bytes in any locale", "[command_line][run]") {
  const TemporaryFolder folder;
  REQUIRE(run_tuna(folder, "data phantom --output phantoms --adults 50 --children 50 --size 32").code == 0);
  REQUIRE(
      run_shell(folder, R"(sed '1s/.*/PATH,DOMAIN,LABEL,PATIENT_ID/; 1!s/,/ ,/; 2,$s/^/phantoms\//' )"
                        "phantoms/manifest.csv > MANIFEST.csv && head -1 phantoms/manifest.csv && \"$tuna\" spec show "
                            + kTinySpec
                            + " --set data.manifest=$PWD/MANIFEST.csv evaluate.bootstrap=20 pretrain.epochs=1 "
                              "train.steps_per_epoch=2 supervised=false > spec.json")
          .code
      == 0);
  const auto expected = outputs(folder, "export LC_ALL=C\n");
  for (const std::string language : {"de_DE", "tr_TR"}) {  // decimal commas; i is not the lower case of I
    const std::string locale = in_locale(language);
    if (run_shell(folder, locale + "locale decimal_point").out != ",\n") {
      WARN("skipped: the locale " + language + " is not installed, and localedef cannot compile it");
      continue;
    }
    for (const auto& [name, bytes] : outputs(folder, locale)) {
      INFO(language << " " << name);
      CHECK((bytes == expected.at(name)));
    }
  }
}

}  // namespace tuna
