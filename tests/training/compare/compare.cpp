// `tuna compare` and `tuna table1`, with whole runs.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "data/manifest.h"
#include "tests/catch.h"
#include "tests/tools/command.h"
#include "tests/training/report/well_formed.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const std::string kData =
    "data.manifest=phantoms/manifest.csv data.size=32 classifier.width=2 train.epochs=1 evaluate.bootstrap=20 ";
const std::string kAdaptation = "pretrain.epochs=1 pretrain.batch=8 train.steps_per_epoch=3 log.checkpoint_every=1 ";
const std::string kJoint = "train.decay_epochs=0 generator.ngf=2 generator.blocks=1 discriminator.ndf=2 ";

void draw_phantoms(const TemporaryFolder& folder) {
  expect_success(folder, "data phantom --output phantoms --adults 200 --children 200 --size 32");
}

std::string spec(const std::string& name) { return TUNA_SOURCE_DIR "/specs/table1/" + name + ".json "; }

/// Spec files that all commands of a test read without --set.
void write_specs(const TemporaryFolder& folder) {
  const auto write = [&](const std::string& name, const std::string& settings) {
    std::ofstream(folder / (name + ".json"))
        << expect_success(folder, "spec show " + spec(name) + "--set " + kData + settings).out;
  };
  for (const char* name : {"no-adapt", "supervised"}) write(name, "");
  for (const char* name : {"ada-bn", "mcc"}) write(name, kAdaptation);
  for (const char* name : {"cycle-gan", "tuna-net"}) write(name, kAdaptation + kJoint);
}

std::string weights_of(const TemporaryFolder& folder, const std::string& run) {
  return contents(folder / run / "weights.safetensors");
}

std::vector<std::string> lines_with(const std::string& text, const std::string& part) {
  std::vector<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.find(part) != std::string::npos) found.push_back(line);
  return found;
}

}  // namespace

TEST_CASE("methods are compared on the same images, and phases that they share are trained once", "[compare]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  write_specs(folder);
  const Finished first = expect_success(
      folder, "compare no-adapt.json supervised.json ada-bn.json tuna-net.json --seeds 2 --out compared");
  CHECK(lines_with(first.error, "copied from compared/runs/ada-bn/seed").size() == 2);
  const auto results = json::parse(contents(folder / "compared/results.json"));
  CHECK(results["finished_runs"] == 8);
  CHECK(results["gain_over"] == "NoAdapt");
  REQUIRE(results["methods"].size() == 4);
  const json& method = results["methods"][3];
  CHECK(method["name"] == "TUNA-Net");
  CHECK(method["runs"] == json({"seed0", "seed1"}));

  // Its figures are those of the runs.
  double sum = 0;
  for (const int seed : {0, 1}) {
    const auto evaluation =
        json::parse(contents(folder / ("compared/runs/tuna-net/seed" + std::to_string(seed)) / "evaluation.json"));
    const json auc = evaluation["rows"][1]["thresholds"][0]["auc"]["value"];
    CHECK(method["auc"]["values"][size_t(seed)] == auc);
    sum += auc.get<double>();
  }
  CHECK(method["auc"]["mean"].get<double>() == Approx(sum / 2));
  CHECK(method["gain_in_auc"]["value"].get<double>()
        == Approx(sum / 2 - results["methods"][0]["auc"]["mean"].get<double>()));

  // A copied phase has the bits of one that was trained, and so has what follows.
  expect_success(folder, "train compared/runs/tuna-net/seed1/spec.json --out alone");
  CHECK(contents(folder / "alone/pretrained.safetensors")
        == contents(folder / "compared/runs/tuna-net/seed1/pretrained.safetensors"));
  CHECK(weights_of(folder, "alone") == weights_of(folder, "compared/runs/tuna-net/seed1"));

  // What is finished is kept, and a spec may be added.
  const Finished more = expect_success(folder, "compare mcc.json --out compared");
  CHECK(lines_with(more.error, "runs finished").size() == 2);
  CHECK(lines_with(more.out, "MCC").size() == 1);
  const Finished again = expect_success(folder, "compare --out compared");
  CHECK(again.error.empty());
  CHECK(again.out == more.out);
  CHECK(malformed(contents(folder / "compared/report.html")) == "");
}

TEST_CASE("an interrupted comparison continues, and prints its runs as commands", "[compare]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  write_specs(folder);
  const std::string compare = "compare no-adapt.json cycle-gan.json --folds 3 ";
  const Finished commands = expect_success(folder, compare + "--out by_command --print-commands");
  CHECK(commands.error.empty());
  CHECK(lines_with(commands.out, "tuna compare --out by_command --only ").size() == 6);
  CHECK_FALSE(fs::exists(folder / "by_command/runs"));
  expect_success(folder, compare + "--out whole");

  // As if a run had been stopped in its main phase.
  for (const auto& line : lines_with(commands.out, "fold1")) CHECK(run_shell(folder, line).code == 0);
  const fs::path stopped = folder / "by_command/runs/cycle-gan/fold1-seed0";
  for (const char* file : {"weights.safetensors", "evaluation.json", "predictions.csv"}) fs::remove(stopped / file);
  for (const auto& entry : fs::directory_iterator(stopped / "checkpoints"))
    if (entry.path().filename().string() > "2-translation-00000001.safetensors") fs::remove(entry.path());
  const Finished partial = expect_success(folder, "compare --out by_command --report");
  CHECK(partial.out.find("1 of 6 runs finished.") != std::string::npos);
  const Finished rest = expect_success(folder, "compare --out by_command");
  CHECK(lines_with(rest.error, "resumes from").size() == 1);
  for (const char* method : {"no-adapt", "cycle-gan"})
    for (const char* fold : {"/fold1-seed0", "/fold2-seed0", "/fold3-seed0"}) {
      INFO(method << fold);
      CHECK(weights_of(folder, std::string("by_command/runs/") + method + fold)
            == weights_of(folder, std::string("whole/runs/") + method + fold));
    }
  CHECK(contents(folder / "by_command/results.json") == contents(folder / "whole/results.json"));
}

TEST_CASE("several processes train a comparison together, and the work of a killed one is taken over", "[compare]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  write_specs(folder);
  const std::string specs = "compare no-adapt.json supervised.json ada-bn.json mcc.json --seeds 2 --out ";
  expect_success(folder, specs + "alone");
  // The killed process is in the middle of a run when the others begin.
  const Finished finished = run_shell(folder, R"(
"$tuna" )" + specs + R"(together > killed.txt 2>&1 & killed=$!
until [ -e together/runs/no-adapt/seed0/spec.json ]; do sleep 0.01; done
kill -STOP $killed
for i in 1 2 3; do "$tuna" )" + specs + R"(together > $i.txt 2>&1 & others="$others $!"; done
until [ -e together/runs/mcc/seed1/spec.json ]; do sleep 0.01; done
kill -KILL $killed
for each in $others; do wait $each || exit 1; done)");
  INFO(contents(folder / "1.txt") << contents(folder / "2.txt") << contents(folder / "3.txt"));
  REQUIRE(finished.code == 0);
  for (const char* run : {"no-adapt", "supervised", "ada-bn", "mcc"})
    for (const char* seed : {"/seed0", "/seed1"}) {
      INFO(run << seed);
      CHECK(weights_of(folder, std::string("together/runs/") + run + seed)
            == weights_of(folder, std::string("alone/runs/") + run + seed));
    }
  CHECK(contents(folder / "together/results.json") == contents(folder / "alone/results.json"));
}

TEST_CASE("a comparison refuses what it cannot compare, and overwrites nothing", "[compare]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  write_specs(folder);
  fs::create_directories(folder / "mine");
  std::ofstream(folder / "mine/notes.txt") << "mine\n";
  expect_success(folder, "compare no-adapt.json --seeds 2 --out compared");
  run_shell(folder,
            "cp phantoms/manifest.csv phantoms/sick.csv && sed -i '/child/s/,normal,/,pneumonia,/' phantoms/sick.csv");
  check_refused(
      folder,
      {{"compare --out nothing", "nothing: holds no comparison, and no SPEC is given to begin one"},
       {"compare no-adapt.json --out mine", "mine: holds other files than a comparison"},
       {"compare no-adapt.json no-adapt.json --out new", "no-adapt: is the name of two specs"},
       {"compare no-adapt.json --folds 3 --out compared", "compared: its comparison has 0 folds, not 3"},
       {"compare no-adapt.json --out compared --set train.lr=0.5",
        "\"no-adapt\" differs from the spec of that name in this comparison: train.lr: 0.001 -> 0.5"},
       {"compare supervised.json --out compared --set seed=3",
        "no-adapt and supervised: cannot be compared, as they differ in seed: 0 -> 3"},
       {"compare supervised.json --out compared --set data.split.test=0.1 data.split.train=0.8", "data.split.test"},
       {"compare no-adapt.json --out new --set data.split.fold=1 data.split.folds=3", "--folds holds out each fold"},
       {"compare no-adapt.json --folds 150 --out new", "fold"},
       {"compare no-adapt.json supervised.json --out new --set data.manifest=phantoms/sick.csv",
        "supervised/seed0: train: the train images of 'child' have no labels of both kinds"},
       {"compare --out compared --only no-adapt/seed7", "no run of this comparison is called no-adapt/seed7"},
       {"compare --out compared --remove supervised", "--remove supervised: the specs of this comparison are no-adapt"},
       {"compare --out compared --remove no-adapt", "--remove no-adapt: is the only spec of this comparison"},
       {"compare no-adapt.json --out new --seeds 2 --set seed=9007199254740991",
        "no-adapt: 2 seeds from 9007199254740991 on, but the largest is 9007199254740991"},
       {"compare no-adapt.json --out new --set name=" + std::string(201, 'x'),
        "name: a name of 201 bytes, expected at most 200"}});
  CHECK_FALSE(fs::exists(folder / "new"));
  CHECK(contents(folder / "mine/notes.txt") == "mine\n");
  const std::string before = contents(folder / "compared/comparison.json");
  check_refused(folder, {{"compare supervised.json --out compared --report",
                          "compared: this comparison has no method supervised; --report only collects what is there"},
                         {"table1 --data phantoms/manifest.csv --size 32 --out compared --report", "compared"},
                         {"compare --out compared --seeds 3 --report", "this comparison has 2 seeds, not 3"},
                         {"compare no-adapt.json --out new --report", "new: holds no comparison"}});
  CHECK(contents(folder / "compared/comparison.json") == before);
  CHECK(run_tuna(folder, "compare --out compared --report --data-root phantoms").code == 2);
  fs::remove(folder / "compared/report.html");
  check_refused(folder, {{"train no-adapt.json --out compared", "compared: holds a comparison; give another --out"}});
  const Finished waits = run_shell(folder, "flock compared timeout 3 \"$tuna\" compare --out compared --report");
  CHECK(waits.error == "compared: waits for another process that holds this folder\n");
  run_shell(folder, "sed -i 's/\"seeds\": 2/\"seeds\": 1e30/' compared/comparison.json");
  check_refused(folder, {{"compare --out compared", "compared/comparison.json: seeds: expected an integer"}});

  // A spec that settings complete.
  std::ofstream(folder / "incomplete.json") << R"({"method": "classifier", "positive": "sick"})";
  check_refused(folder, {{"compare incomplete.json --out new --set data.manifest=phantoms/manifest.csv", "sick"}});
  expect_success(folder,
                 "compare incomplete.json --out completed --print-commands --set positive=pneumonia "
                 "domains.source=adult domains.target=child data.manifest=phantoms/manifest.csv");

  // Columns of the data that a comparison has to keep.
  expect_success(folder, "data split no-adapt.json --folds 3 --output folds.csv --set seed=5");
  check_refused(folder, {{"compare no-adapt.json --folds 4 --out new --set data.manifest=folds.csv",
                          "folds: the column fold of the images has 3 folds, not 4"}});
  expect_success(folder, "compare no-adapt.json --folds 3 --out folds --print-commands --set data.manifest=folds.csv");
  const auto folds_in = [&](const char* file) {
    std::map<std::string, std::string> folds;
    for (const Sample& sample : read_manifest(folder / file).samples)
      folds[sample.path.filename().string()] = sample.columns.at("fold");
    return folds;
  };
  CHECK(folds_in("folds/images.csv") == folds_in("folds.csv"));
}

TEST_CASE("one run of a comparison that is damaged or fails does not stop the others", "[compare]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  write_specs(folder);
  expect_success(folder, "compare no-adapt.json --seeds 2 --out compared");
  const std::string other_rate = "sed -i 's/\"lr\": 0.001/\"lr\": 0.002/' compared/runs/no-adapt/seed1/spec.json";
  run_shell(folder, other_rate);
  const Finished commands = run_tuna(folder, "compare supervised.json --out compared --print-commands");
  CHECK(commands.code == 1);
  CHECK(lines_with(commands.out, "--only supervised/seed").size() == 2);
  CHECK(commands.error.find("compared: no command for no-adapt/seed1") != std::string::npos);
  const Finished changed = run_tuna(folder, "compare --out compared");
  CHECK(changed.code == 1);
  CHECK(changed.error.find("this run has other settings than its comparison: train.lr: 0.002 -> 0.001")
        != std::string::npos);
  CHECK(lines_with(changed.out, "3 of 4 runs finished.").size() == 1);
  run_shell(folder, "sed -i 's/\"lr\": 0.002/\"lr\": 0.001/' compared/runs/no-adapt/seed1/spec.json");

  run_shell(folder, "cp -r compared whole");
  const auto left_out = [&](const std::string& damage, const std::string& reason) {
    run_shell(folder, "rm -rf compared; cp -r whole compared; cd compared/runs/no-adapt/seed0; " + damage);
    const Finished damaged = run_tuna(folder, "compare --out compared --report");
    INFO(damage << "\n" << damaged.error);
    CHECK(damaged.code == 1);
    CHECK(lines_with(damaged.error, "warning: ").size() == 1);
    CHECK_THAT(damaged.error, Contains("warning: no-adapt/seed0 is left out: ") && Contains(reason));
    CHECK_THAT(damaged.error, Contains("compared: finished runs that are left out of the results, for the reasons "
                                       "above: 1\n"));
    CHECK(json::parse(contents(folder / "compared/results.json"))["finished_runs"] == 3);
  };
  const std::string again = "to evaluate the run again: tuna train --resume --out compared/runs/no-adapt/seed0";
  left_out("sed -i 3d predictions.csv", " is only in compared/runs/no-adapt/seed0/splits.csv");
  expect_success(folder, "train --resume --out compared/runs/no-adapt/seed0");
  expect_success(folder, "compare --out compared --report");
  left_out("sed -i '2,$s/[^,]*$/0.5/' predictions.csv", "seed0/predictions.csv: the AUC of NoAdapt is 0.5, but ");
  left_out("head -c -3 predictions.csv > cut; mv cut predictions.csv",
           "seed0/predictions.csv: its last line is cut off");
  left_out("rm predictions.csv", again);
  left_out("head -c 200 evaluation.json > cut; mv cut evaluation.json", again);
  left_out("sed -i 's/\"net\": \"[A-Z_]*\"/\"net\": 3/' evaluation.json", again);
  left_out("sed -i '2s/,[^,]*/,child99/' predictions.csv", "predictions.csv: ");  // of another patient
  left_out("rm evaluation.json; mkdir evaluation.json", "evaluation.json: is a directory");
  left_out("sed -i 3d splits.csv", "seed0/splits.csv: these runs have different images");
  left_out("rm splits.csv; mkdir splits.csv", "seed0/splits.csv: is a directory");
  run_shell(folder,
            "rm -rf compared; cp -r whole compared; cd compared/runs/no-adapt/seed0; rm metrics.jsonl log.txt; "
            "mkdir metrics.jsonl log.txt");
  expect_success(folder, "compare --out compared --report");  // does not need them

  expect_success(folder, "compare supervised.json mcc.json --out failing --print-commands");
  run_shell(folder, "mkdir failing/runs && touch failing/runs/supervised");
  const Finished failing = run_tuna(folder, "compare --out failing");
  CHECK(failing.code == 1);
  CHECK(failing.error.find("failing: 1 of 2 runs failed: supervised/seed0") != std::string::npos);
  CHECK(json::parse(contents(folder / "failing/results.json"))["finished_runs"] == 1);
  const Finished rest = expect_success(folder, "compare --out failing --remove supervised");
  CHECK(lines_with(rest.out, "1 of 1 run finished.").size() == 1);
}

TEST_CASE("a comparison whose images have moved continues with their new folder", "[compare]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  write_specs(folder);
  expect_success(folder, "compare ada-bn.json --out compared");
  const fs::path run = folder / "compared/runs/ada-bn/seed0";
  for (const char* file : {"weights.safetensors", "evaluation.json"}) fs::remove(run / file);
  fs::rename(folder / "phantoms", folder / "moved");
  CHECK(run_tuna(folder, "compare --out compared --seeds 2").error.find("--data-root") != std::string::npos);
  expect_success(folder, "compare --out compared --seeds 2 --data-root moved");
  CHECK(expect_success(folder, "compare --out compared").out.find("2 of 2 runs finished.") != std::string::npos);
}

TEST_CASE("a phase is not copied from a training that is not the comparison's", "[compare]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  write_specs(folder);
  expect_success(folder, "compare ada-bn.json mcc.json --out compared --print-commands");
  expect_success(folder, "compare --out compared --only ada-bn/seed0");
  fs::copy(folder / "compared", folder / "moved", fs::copy_options::recursive);
  fs::copy(folder / "compared", folder / "changed", fs::copy_options::recursive);
  const auto copies = [&](const std::string& out) {
    const Finished finished = run_tuna(folder, "compare --out " + out + " --only mcc/seed0");
    CHECK(fs::exists(folder / out / "runs/mcc/seed0/evaluation.json"));
    return lines_with(finished.error, "copied from").size();
  };
  run_shell(folder, "sed -i 's/\"lr\": 0.001/\"lr\": 0.003/' changed/runs/ada-bn/seed0/spec.json");
  CHECK(copies("changed") == 0);
  CHECK(copies("moved") == 1);  // also what is finished is still its own
  expect_success(folder, "compare --out moved --report");
  // Images that differ from those of the other run.
  const fs::path image = read_manifest(folder / "phantoms/manifest.csv").samples[0].path;
  run_shell(folder, "cp phantoms/adult/$(ls phantoms/adult | tail -1) '" + image.string() + "'");
  CHECK(copies("compared") == 0);
  CHECK_THAT(run_tuna(folder, "compare --out compared --report").error,
             Contains("these runs have different images, and cannot be compared"));
}

TEST_CASE("adaptations are compared with the classifier of their size", "[compare]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  write_specs(folder);
  std::ofstream(folder / "large.json")
      << expect_success(folder, "spec show no-adapt.json --set 'name=large #1' classifier.width=3").out;
  expect_success(folder, "compare large.json no-adapt.json mcc.json --out compared");
  CHECK(json::parse(contents(folder / "compared/results.json"))["gain_over"] == "NoAdapt (no-adapt)");
  CHECK(contents(folder / "compared/report.html").find("<a href=\"runs/large%20%231/seed0/report.html\">large #1/seed0")
        != std::string::npos);
}

TEST_CASE("Ctrl-C between two runs of a comparison ends it", "[compare]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  write_specs(folder);
  // Sent when a run has ended; 130 wherever it arrives.
  for (const char* signal : {"INT", "TERM", "USR1"}) {
    INFO(signal);
    const Finished finished = run_shell(folder, fmt::format(R"(
"$tuna" compare no-adapt.json supervised.json --seeds 20 --out {0} > out.txt 2> err.txt & tuna_process=$!
until [ -e {0}/runs/no-adapt/seed0/evaluation.json ]; do sleep 0.001; done
kill -{0} $tuna_process; wait $tuna_process)",
                                                            signal));
    CHECK(finished.code == 130);
    CHECK_FALSE(fs::exists(folder / signal / "runs/supervised/seed19/evaluation.json"));
    CHECK(contents(folder / "err.txt").find(fmt::format("to continue: tuna compare --out {}\n", signal))
          != std::string::npos);
  }
}

TEST_CASE("the rows of Table 1 are compared on the user's images", "[compare]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  const Finished commands =
      expect_success(folder, "table1 --data phantoms/manifest.csv --size 32 --seeds 2 --out rows --print-commands");
  CHECK(lines_with(commands.out, "--only").size() == 28);
  expect_success(folder, "table1 --data phantoms/manifest.csv --out set --print-commands --set generator.ngf=8 seed=4");
  for (const auto& spec : json::parse(contents(folder / "set/comparison.json"))["specs"]) {
    CHECK(spec["seed"] == 4);
    if (spec.contains("generator")) CHECK(spec["generator"]["ngf"] == 8);
  }
  const auto comparison = json::parse(contents(folder / "rows/comparison.json"));
  for (const auto& spec : comparison["specs"]) CHECK(spec["data"]["size"] == 32);
  std::set<std::string> embedded, files;
  for (const auto& spec : comparison["specs"]) embedded.insert(spec["name"]);
  for (const auto& file : fs::directory_iterator(TUNA_SOURCE_DIR "/specs/table1"))
    files.insert(file.path().stem().string());
  files.erase("cycada-official-code");  // a variant of a row
  CHECK(embedded == files);

  // A folder with a folder per domain and class.
  run_shell(folder,
            "for domain in adult child; do for label in normal pneumonia; do mkdir -p xrays/$domain/$label; "
            "cp $(grep \",$domain,$label,\" phantoms/manifest.csv | cut -d, -f1 | sed 's,^,phantoms/,') "
            "xrays/$domain/$label; done; done");
  expect_success(folder, "table1 --data xrays --source child --target adult --size 32 --out folders --print-commands");
  const auto from_folders = json::parse(contents(folder / "folders/comparison.json"));
  CHECK(from_folders["specs"][0]["domains"]["source"] == "child");
  CHECK(from_folders["specs"][0]["data"]["folders"].size() == 2);
  run_shell(folder,
            "cp -r xrays unlabelled && mkdir flat && mv unlabelled/child/*/* flat && rm -r unlabelled/child && "
            "mv flat unlabelled/child");
  check_refused(folder, {{"table1 --data missing --out new", "missing: no such file or folder"},
                         {"table1 --data unlabelled --size 32 --out new",
                          "unlabelled: table1 compares methods by their AUC on labelled images of the target, and "
                          "trains Supervised on them, but 'child' has 0 labelled 'pneumonia' and 0 with another label; "
                          "expected a folder per class in "},
                         {"table1 --data unlabelled --size 32 --out new",
                          "without labels train one run alone: `tuna spec new --data unlabelled > my.json`, then "
                          "`tuna train my.json --out RUN`"},
                         {"table1 --data phantoms/manifest.csv --target infant --out new",
                          "has no domain \"infant\", but adult, child; give --source and --target"},
                         {"table1 --data phantoms/manifest.csv --out new --set generator.width=3",
                          "--set generator.width=3: generator"}});
}

TEST_CASE("a task of a Slurm job array trains its run, and is queued again if time runs out", "[compare]") {
  const TemporaryFolder folder;
  // Slurm's commands, as far as the script uses them.
  const auto program = [&](const char* name, const char* lines) {
    fs::create_directories(folder / "bin");
    std::ofstream(folder / "bin" / name) << "#!/bin/sh\n" << lines << "\n";
    fs::permissions(folder / "bin" / name, fs::perms::owner_all);
  };
  program("srun", "shift; exec \"$@\"");
  program("scontrol", "echo scontrol \"$@\"");
  std::ofstream(folder / "commands.txt")
      << "echo 'run 1'\necho \"run 2 with $OMP_NUM_THREADS\"\nsh -c 'exit 130'\nfalse\n";
  const auto task = [&](int number) {
    return run_shell(
        folder, fmt::format("PATH=\"$PWD/bin:$PATH\" SLURM_CPUS_PER_TASK=3 SLURM_ARRAY_JOB_ID=9 SLURM_ARRAY_TASK_ID={} "
                            "bash '" TUNA_SOURCE_DIR "/tools/slurm/compare.sbatch' commands.txt",
                            number));
  };
  CHECK(task(2).out == "run 2 with 3\n");
  const Finished stopped = task(3);
  CHECK(stopped.code == 130);
  CHECK(stopped.out == "scontrol requeue 9_3\n");
  CHECK(task(4).code == 1);
  CHECK(task(4).out.empty());
  CHECK(task(5).error.find("commands.txt: has no line 5") != std::string::npos);
}

}  // namespace tuna
