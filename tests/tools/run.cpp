// Whole runs on a few phantoms: train, interrupt, resume, evaluate, predict, translate, and what each refuses.
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "data/csv.h"
#include "data/image.h"
#include "engine/runtime/cuda_runtime.h"
#include "tests/catch.h"
#include "tests/tools/command.h"
#include "tests/training/run/classifier_weights.h"
#include "training/evaluation/test_scores.h"

namespace tuna {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

const std::string kTrain = "train " + kTinySpec;
const std::string kPhantoms = " --set data.manifest=phantoms/manifest.csv evaluate.bootstrap=20";

void draw_phantoms(const TemporaryFolder& folder) {
  REQUIRE(run_tuna(folder, "data phantom --output phantoms --adults 50 --children 50 --size 32").code == 0);
}

/// Every file below a folder with its bytes.
std::map<fs::path, std::string> snapshot(const fs::path& folder) {
  std::map<fs::path, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files[entry.path()] = contents(entry.path());
  return files;
}

size_t count_files(const fs::path& folder) { return snapshot(folder).size(); }

/// The number of lines that name the chosen device.
size_t lines_about_device(const std::string& error) {
  size_t count = 0;
  for (size_t at = error.find("device: c"); at != std::string::npos; at = error.find("device: c", at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a run, from phantoms to translations", "[command_line][run]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  CHECK(run_tuna(folder, "data check phantoms/manifest.csv").code == 0);
  const Finished trained = run_tuna(folder, kTrain + " --out run" + kPhantoms);
  INFO(trained.error);
  REQUIRE(trained.code == 0);
  CHECK(trained.out == "run\n");
  for (const char* file : {"spec.json", "splits.csv", "metrics.jsonl", "log.txt", "weights.safetensors",
                           "evaluation.json", "predictions.csv", "images/step-00000020.png"})
    CHECK(fs::exists(folder / "run" / file));
  const std::map<fs::path, std::string> run = snapshot(folder / "run");

  SECTION("a run in bf16 is evaluated in fp32 where there is no bf16") {
    const fs::path spec = folder / "run/spec.json";
    std::string text = contents(spec);
    text.replace(text.find("\"fp32\""), 6, "\"bf16\"");
    std::ofstream(spec) << text;
    const Finished table = run_tuna(folder, "evaluate run --device cpu --json");
    INFO(table.error);
    CHECK(table.out == run.at(folder / "run/evaluation.json"));
    CHECK(json::parse(table.out).contains("best_trivial_feature"));
  }

  SECTION("what commands leave out is counted on stderr, and labels do not lead out of the output folder") {
    REQUIRE(run_shell(folder,
                      "cp -r phantoms/child extra && touch extra/a.bmp && cp phantoms/manifest.csv phantoms/more.csv "
                      "&& printf '\\n,,,\\n./adult/../adult/../child/../text.png,mouse,,\\n' >> phantoms/more.csv && "
                      "printf 'path,domain,label\\nadult/0000_0.png,adult,../up\\n' > phantoms/up.csv")
                .code
            == 0);
    const auto error_of = [&](const std::string& arguments) { return run_tuna(folder, arguments).error; };
    CHECK_THAT(error_of("predict run --input extra --output p.csv"),
               Contains("warning: extra: left out: 1 file not named as PNG or JPEG images (1 .bmp)"));
    CHECK_THAT(error_of("translate run --direction source-to-target --input phantoms/more.csv --output out"),
               Contains("more.csv: left out: 1 empty row")
                   && Contains("more.csv: left out: 51 of 101 images, not of domain 'adult'"));
    CHECK_THAT(error_of("evaluate run --manifest phantoms/more.csv --net F_A"),
               Contains("more.csv: left out: 51 of 101 images, without a label or not of domain 'child'"));
    CHECK_THAT(error_of("translate run --direction source-to-target --input phantoms/up.csv --output out"),
               Contains("label '../up' cannot be the name of a folder"));
    CHECK_FALSE(fs::exists(folder / "up"));
  }

  SECTION("evaluate prints what train measured") {
    fs::remove(folder / "run/evaluation.json");  // which it does not need, nor write
    const Finished json_table = run_tuna(folder, "evaluate run --json");
    CHECK_FALSE(fs::exists(folder / "run/evaluation.json"));
    CHECK(json_table.out == run.at(folder / "run/evaluation.json"));
    const json rows = json::parse(json_table.out).at("rows");
    CHECK(rows.size() == 3);
    const Finished table = run_tuna(folder, "evaluate run");
    CHECK(table.out.find("daptation", table.out.find("Supervised")) != std::string::npos);  // ends with a sentence
    CHECK(contents(folder / "run/log.txt").find(table.out.substr(table.out.rfind('\n', table.out.size() - 2) + 1))
          != std::string::npos);
    for (const char* name : {"NoAdapt", "TUNA-Net", "Supervised"}) CHECK(table.out.find(name) != std::string::npos);

    const std::string weights = " --spec run/spec.json --weights run/weights.safetensors";
    const Finished other = run_tuna(folder, "evaluate --predictions p.csv --json" + weights);
    REQUIRE(other.code == 0);
    json expected = rows[1]["thresholds"][0], found = json::parse(other.out)["rows"][0]["thresholds"][0];
    CHECK(found == expected);

    const Csv csv = read_csv(folder / "p.csv");
    CHECK(csv.header == std::vector<std::string>{"path", "patient", "domain", "split", "label", "score", "prediction"});
    CHECK(csv.rows.size() == rows[1].at("images"));
    const double threshold = found.at("threshold");
    for (const CsvRow& row : csv.rows) {
      CHECK(row.fields[2] == "child");
      CHECK(row.fields[3] == "test");
      CHECK(row.fields[6] == (float(std::stod(row.fields[5])) >= float(threshold) ? "pneumonia" : "normal"));
    }
    const Finished source = run_tuna(folder, "evaluate run --net F_A --domain adult");
    CHECK(source.code == 0);
    CHECK(lines_about_device(source.error) == 1);
    CHECK(source.out.find("F_A on adult") != std::string::npos);
    const Finished manifest = run_tuna(folder, "evaluate run --manifest phantoms/manifest.csv");
    CHECK(manifest.code == 0);
    CHECK(manifest.error.find("were trained on") != std::string::npos);
    CHECK_THAT(manifest.out, Contains("\n50 images of phantoms/manifest.csv, ") && !Contains("test images"));
  }

  SECTION("predictions.csv has the scores that the table is of, and is written for a run that has none") {
    const fs::path file = folder / "run/predictions.csv";
    const TestScores scores = read_test_scores(file);
    const json evaluation = json::parse(run.at(folder / "run/evaluation.json"));
    REQUIRE(scores.rows.size() == evaluation["rows"].size());
    for (const json& row : evaluation["rows"]) {
      const Predictions of = scores.of(row["name"], evaluation["positive"]);
      CHECK(of.scores.size() == row["images"]);
      for (const json& at : row["thresholds"]) {
        const Metrics metrics = measure(of, at["threshold"]);
        for (const NamedMetric& metric : kMetrics)
          CHECK_THAT(metrics.*metric.value, WithinAbs(at[metric.name]["value"].get<double>(), 1e-12));
      }
      CHECK(row["thresholds"].size() == (row["target_prior"].contains("estimate") ? 3 : 2));
    }
    for (const std::string& path : scores.paths) CHECK(fs::exists(folder / "phantoms" / path));

    fs::remove(file);
    REQUIRE(run_tuna(folder, "evaluate run --checkpoint latest").code == 0);
    CHECK_FALSE(fs::exists(file));
    REQUIRE(run_tuna(folder, "evaluate run").code == 0);
    CHECK(contents(file) == run.at(file));
    fs::remove(file);
    REQUIRE(run_shell(folder, "grep -v predictions.csv run/files.txt > list && mv list run/files.txt").code == 0);
    std::ofstream(file) << "a user's\n";
    CHECK(run_tuna(folder, "evaluate run").code == 0);
    CHECK(contents(file) == "a user's\n");
  }

  SECTION("predict needs no labels, translate writes a picture for each image") {
    const Finished predicted = run_tuna(folder, "predict run --input phantoms/child --output all.csv");
    CHECK(predicted.code == 0);
    CHECK(lines_about_device(predicted.error) == 1);
    CHECK(
        lines_about_device(run_tuna(folder, "predict run --input phantoms/child --output again.csv --device cpu").error)
        == 0);
    const Csv all = read_csv(folder / "all.csv");
    CHECK(all.rows.size() == 50);
    const json of_target = json::parse(run.at(folder / "run/evaluation.json"))["rows"][1];
    const double threshold = of_target["thresholds"][0]["threshold"];
    CHECK(predicted.error.find(
              fmt::format("threshold: {:.4g}, chosen on validation images of the source (run/", threshold))
          != std::string::npos);
    size_t between = 0;  // the threshold and the most probable class do not agree
    for (const CsvRow& row : all.rows) {
      const double score = std::stod(row.fields[5]);
      CHECK(row.fields[4].empty());
      CHECK(row.fields[6] == (score >= threshold ? "pneumonia" : "normal"));
      between += (score >= threshold) != (score > 0.5);
    }
    CHECK(between > 0);
    const std::string from_file = " --spec run/spec.json --weights run/weights.safetensors";
    const Finished most_probable = run_tuna(folder, "predict --input phantoms/child --output most.csv" + from_file);
    CHECK(most_probable.error.find("threshold: none, as no run was given") != std::string::npos);
    for (const CsvRow& row : read_csv(folder / "most.csv").rows)
      CHECK(row.fields[6] == (std::stod(row.fields[5]) > 0.5 ? "pneumonia" : "normal"));
    fs::rename(folder / "run/evaluation.json", folder / "elsewhere.json");
    CHECK(run_tuna(folder, "predict run --input phantoms/child --output none.csv")
              .error.find("threshold: none, as run/evaluation.json is missing")
          != std::string::npos);
    fs::rename(folder / "elsewhere.json", folder / "run/evaluation.json");

    // One image, as it is in the folder.
    CHECK(run_tuna(folder, "predict run --input " + all.rows[7].fields[0] + " --output one.csv").code == 0);
    const Csv one = read_csv(folder / "one.csv");
    REQUIRE(one.rows.size() == 1);
    CHECK(one.rows[0].fields == all.rows[7].fields);
    CHECK(run_tuna(folder, "translate run --direction target-to-source --output one --input " + all.rows[7].fields[0])
              .code
          == 0);
    CHECK(count_files(folder / "one") == 1);
    CHECK(run_tuna(folder,
                   "translate run --direction source-to-target --output of_manifest --input "
                   "phantoms/manifest.csv")
              .out
          == "of_manifest: 50 images\n");

    CHECK(run_tuna(folder, "translate run --direction target-to-source --input phantoms/child --output back").code
          == 0);
    CHECK(count_files(folder / "back") == 50);
    for (const auto& [path, bytes] : snapshot(folder / "phantoms/child"))
      CHECK(fs::exists(folder / "back" / path.filename().string()));

    // Interrupted after some images, and continued.
    const std::string translate = "translate run --direction target-to-source --input phantoms/child --output part";
    const Finished stopped =
        run_shell(folder, "\"$tuna\" " + translate
                              + " & until [ -n \"$(ls part 2>/dev/null)\" ]; do :; done; kill -HUP $!; wait $!");
    INFO(stopped.error);
    CHECK((stopped.code == 130 || stopped.code == 0));
    if (stopped.code == 130)
      CHECK_THAT(stopped.error,
                 Contains("tuna: part: stopped after ")
                     && Contains(" of 50 images; to continue, repeat the command with --skip-existing\n"));
    fs::create_directory(folder / "alike");
    fs::copy_file(folder / "phantoms/child/0001_0.png", folder / "alike/0000_0.png");
    CHECK_THAT(run_tuna(folder,
                        "translate run --direction target-to-source --output part --skip-existing --input "
                        "phantoms/child alike")
                   .error,
               Contains(": both would become part/"));
    fs::remove(folder / "part/0003_0.png");
    CHECK(run_tuna(folder, translate).code == 1);
    CHECK(run_tuna(folder, translate + " --skip-existing").code == 0);
    CHECK(run_tuna(folder, translate + " --skip-existing").error.find("part: has 50 of 50 images already\n")
          != std::string::npos);
    CHECK(run_shell(folder, "diff -r part back").code == 0);

    // On a terminal progress is one line that is drawn over itself, so it may not wrap.
    const Finished drawn =
        run_shell(folder,
                  "export tuna\nscript --quiet --return --command 'stty cols 40; \"$tuna\" translate run --direction "
                  "target-to-source --input phantoms/child --output drawn' typescript");
    CHECK(drawn.code == 0);
    CHECK(run_tuna(folder, "translate run --direction target-to-source --input phantoms/child --output plain")
              .error.find(" images/s  ")
          != std::string::npos);
    const size_t begin = drawn.out.find("\r\033[K") + 4, end = drawn.out.find_first_of("\r\n", begin);
    CHECK(drawn.out.substr(begin, 13) == "translating [");
    CHECK(end - begin == 39);
  }

  SECTION("several inputs, other classifiers, standard output, and files that are not images") {
    const std::string two = " --input phantoms/child/0003_0.png phantoms/child/0001_1.png";
    const Finished all = run_tuna(folder, "predict run --input phantoms/child --output all.csv");
    const Finished printed = run_tuna(folder, "predict run --output -" + two);
    INFO(printed.error);
    REQUIRE(printed.code == 0);
    CHECK_FALSE(fs::exists(folder / "-"));
    std::ofstream(folder / "two.csv") << printed.out;
    const Csv of_all = read_csv(folder / "all.csv"), of_two = read_csv(folder / "two.csv");
    REQUIRE(of_two.rows.size() == 2);
    for (const CsvRow& row : of_two.rows)
      CHECK(std::any_of(of_all.rows.begin(), of_all.rows.end(),
                        [&](const CsvRow& other) { return other.fields == row.fields; }));

    // Twice the same image, and a manifest with others.
    const Finished mixed = run_tuna(folder, "predict run --output -" + two + " ./phantoms/child/0001_1.png pale.csv");
    CHECK(mixed.code == 1);
    const Finished more =
        run_tuna(folder, "predict run --output -" + two + " ./phantoms/child/0001_1.png phantoms/manifest.csv");
    CHECK(more.code == 0);
    CHECK(std::count(more.out.begin(), more.out.end(), '\n') == 101);
    CHECK_THAT(more.error, Contains("--input: left out: 3 images listed by an earlier input"));

    // Each classifier with its own weights and threshold.
    const json rows = json::parse(run.at(folder / "run/evaluation.json"))["rows"];
    const double of_supervised = rows[2]["thresholds"][0]["threshold"];
    const Finished supervised = run_tuna(folder, "predict run --net F_S --output -" + two);
    CHECK_THAT(supervised.error, Contains(fmt::format("threshold: {:.4g}, ", of_supervised)));
    const Finished source = run_tuna(folder, "predict run --net F_A --output -" + two);
    CHECK_THAT(source.error, Contains("threshold: none, as none is chosen for F_A after phase joint"));
    const std::string of_phase = " --weights run/supervised.safetensors --spec run/spec.json --net F_S";
    const Finished from_file = run_tuna(folder, "predict --output -" + two + of_phase);
    const auto scores = [](const Finished& finished) { return finished.out.substr(0, finished.out.rfind(',')); };
    CHECK(scores(supervised) == scores(from_file));
    CHECK(scores(supervised) != scores(printed));
    CHECK(scores(source) != scores(printed));
    const Finished evaluated = run_tuna(folder, "evaluate run --net F_S --json");
    CHECK(json::parse(evaluated.out)["rows"][0]["thresholds"][0] == rows[2]["thresholds"][0]);

    CHECK(run_tuna(folder, "translate run --direction target-to-source --output translated" + two).code == 0);
    CHECK(count_files(folder / "translated") == 2);

    // A file that is not an image ends the command, or is named and left out.
    std::ofstream(folder / "text.png") << "not an image";
    CHECK_THAT(run_tuna(folder, "predict run --output -" + two + " text.png").error,
               Contains("tuna: text.png: ") && Contains("; --on-bad-image skip leaves such images out"));
    const Finished skipped = run_tuna(folder, "predict run --on-bad-image skip --output -" + two + " text.png");
    CHECK(skipped.code == 0);
    CHECK(skipped.out == printed.out);
    CHECK_THAT(skipped.error, Contains("warning: skipped: text.png: "));
    CHECK(run_tuna(folder, "translate run --direction target-to-source --on-bad-image skip --output skipped" + two
                               + " text.png")
              .code
          == 0);
    CHECK(count_files(folder / "skipped") == 2);
    CHECK_THAT(run_tuna(folder, "predict run --on-bad-image skip --output - --input text.png").error,
               Contains("none of 1 image can be read"));
  }

  SECTION("a run is evaluated with images that have moved, and not with others") {
    fs::rename(folder / "phantoms", folder / "moved");
    CHECK_THAT(run_tuna(folder, "evaluate run").error, Contains("--data-root"));
    const Finished moved = run_tuna(folder, "evaluate run --json --data-root moved");
    INFO(moved.error);
    CHECK(moved.out == run.at(folder / "run/evaluation.json"));
    CHECK(run_tuna(folder, "data check run/splits.csv --data-root moved").code == 0);
    const Finished resumed = run_tuna(folder, "train --resume --out run --data-root moved");
    INFO(resumed.error);
    CHECK(resumed.code == 0);
    CHECK(run_tuna(folder, "evaluate run --json").out == run.at(folder / "run/evaluation.json"));
    for (const auto& entry : fs::directory_iterator(folder / "moved/child"))
      if (entry.path() != folder / "moved/child/0000_0.png")
        fs::copy_file(folder / "moved/child/0000_0.png", entry.path(), fs::copy_options::overwrite_existing);
    CHECK_THAT(run_tuna(folder, "evaluate run").error, Contains("images changed since the run began"));
  }

  SECTION("pale images are warned of wherever images are given") {
    fs::create_directories(folder / "pale");
    std::ofstream manifest(folder / "pale.csv");
    manifest << "path,domain,label\n";
    for (int image = 0; image < 4; ++image) {
      Image pale(32, 32, 1, -1);
      for (size_t i = 0; i < pale.pixels.size(); i += 2) pale.pixels[i] = -0.875f;  // as 12-bit data in 16-bit files
      const std::string name = fmt::format("pale/person{}_{}.png", image / 2, image);
      write_png(folder / name, pale);
      manifest << name << ",child," << (image % 2 ? "pneumonia" : "normal") << "\n";
    }
    manifest.close();
    for (const char* command :
         {"predict run --input pale --output a.csv", "predict run --input pale.csv --output b.csv",
          "predict run --input pale/person0_0.png --output c.csv",
          "predict run --input pale --output d.csv --checkpoint latest", "evaluate run --manifest pale.csv",
          "translate run --direction target-to-source --input pale --output e"}) {
      const Finished finished = run_tuna(folder, command);
      INFO(command << "\n" << finished.error);
      CHECK(finished.code == 0);
      CHECK(finished.error.find("warning: domain \"child\": values fill 6.") != std::string::npos);
      CHECK(finished.error.find("scale them to the range of those that the networks were trained on")
            != std::string::npos);
    }

    // Patients of a manifest without that column are found in the names.
    const auto with_regex = [&](const std::string& regex) {
      json spec = json::parse(contents(folder / "run/spec.json"));
      spec["data"]["manifest"] = "";
      spec["data"]["root"] = "../phantoms";
      spec["data"]["folders"] = {{"adult", "adult"}, {"child", "child"}};
      spec["data"]["patient_regex"] = regex;
      std::ofstream(folder / "run/spec.json") << spec.dump();
      return run_tuna(folder, "evaluate run --manifest pale.csv --predictions " + fmt::format("p{}.csv", regex.size()));
    };
    const Finished each = with_regex("");
    CHECK(each.error.find("each image is taken for a patient of its own") != std::string::npos);
    const std::string regex = "^(person\\d+)_";
    const Finished by_name = with_regex(regex);
    INFO(by_name.error);
    CHECK(by_name.code == 0);
    CHECK(by_name.error.find("patient") == std::string::npos);
    const Csv predictions = read_csv(folder / fmt::format("p{}.csv", regex.size()));
    CHECK(predictions.rows[0].fields[1] == "person0");
    CHECK(predictions.rows[3].fields[1] == "person1");
    CHECK(with_regex("^(person1)_").error.find("finds no patient in 2 of 4 names, such as pale/person0_0.png")
          != std::string::npos);
  }

  SECTION("a run is used as it was at a checkpoint") {
    const auto checkpoint = [&](const std::string& command) {
      const Finished finished = run_tuna(folder, command);
      INFO(command << "\n" << finished.error);
      CHECK(finished.code == 0);
      return finished;
    };
    const Finished last = checkpoint("evaluate run --checkpoint latest --json");
    CHECK(last.error.find("checkpoint: 2-joint-00000020.safetensors (joint step 20)\n") != std::string::npos);
    json measured = json::parse(last.out);
    CHECK(measured["checkpoint"] == json{{"file", "2-joint-00000020.safetensors"}, {"phase", "joint"}, {"step", 20}});
    measured.erase("checkpoint");
    CHECK(measured == json::parse(run.at(folder / "run/evaluation.json")));
    const Finished earlier = checkpoint("evaluate run --checkpoint 2-joint-00000010 --json");
    CHECK(json::parse(earlier.out)["rows"][0] == measured["rows"][0]);
    CHECK(json::parse(earlier.out)["rows"][1] != measured["rows"][1]);
    const std::string all_of = " --input phantoms/child --output ";
    const Finished predicted = checkpoint("predict run --checkpoint 2-joint-00000010.safetensors" + all_of + "p.csv");
    CHECK(predicted.error.find("(joint step 10)") != std::string::npos);
    CHECK(predicted.error.find("threshold: none, as none is chosen for checkpoints") != std::string::npos);
    checkpoint("predict run" + all_of + "last.csv");
    CHECK(contents(folder / "p.csv") != contents(folder / "last.csv"));
    checkpoint("translate run --direction target-to-source --checkpoint latest" + all_of + "back");

    // Of the classifiers' phases what they hold.
    const std::string supervised = "3-supervised-00000003";
    CHECK(json::parse(checkpoint("evaluate run --json --checkpoint " + supervised).out)["rows"] == measured["rows"]);
    const Finished pretrained = checkpoint("evaluate run --json --checkpoint 1-pretrain-00000003");
    const json rows = json::parse(pretrained.out)["rows"];
    REQUIRE(rows.size() == 2);
    CHECK(rows[0] == measured["rows"][0]);
    CHECK(rows[1] == measured["rows"][2]);
    checkpoint("evaluate run --net F_A --checkpoint 1-pretrain-00000003");
    check_refused(folder,
                  {{"predict run --input phantoms/child --output q.csv --checkpoint 1-pretrain-00000003",
                    "1-pretrain-00000003.safetensors: has no F_P yet, only F_A; checkpoints of phase joint have"},
                   {"evaluate run --net F_Q", "--net F_Q: expected one of the classifiers F_A, F_P, F_S"},
                   {"translate run --direction target-to-source --input phantoms/child --output q --checkpoint "
                    "1-pretrain-00000003",
                    "has no G_PA yet"},
                   {"evaluate nowhere --checkpoint latest", "nowhere: no such folder"},
                   {"evaluate run --checkpoint 2-joint-00000011", "there are: latest, 1-pretrain-"}});
    fs::copy(folder / "run", folder / "other labels", fs::copy_options::recursive);
    std::string splits = contents(folder / "run/splits.csv");
    splits.replace(splits.find(",normal,"), 8, ",pneumonia,");
    folder.write("other labels/splits.csv", splits);
    check_refused(folder,
                  {{"evaluate 'other labels' --checkpoint latest", "splits.csv: its images, labels, patients"}});
    CHECK(run_tuna(folder, "evaluate --spec run/spec.json --weights run/weights.safetensors --checkpoint latest").code
          == 2);
    CHECK(snapshot(folder / "run") == run);
  }

  SECTION("a run that diverges has an exit code of its own") {
    write_diverging_weights(folder / "run/pretrained.safetensors", folder / "huge.safetensors");
    const Finished diverged =
        run_tuna(folder, kTrain + " --out diverged" + kPhantoms + " classifier.weights=huge.safetensors");
    CHECK(diverged.code == 4);
    CHECK(diverged.error.find("\ntuna: pretrain step") != std::string::npos);
    CHECK_FALSE(fs::exists(folder / "diverged/weights.safetensors"));
  }

  SECTION("a finished run does not need the weights that it began with") {
    write_classifier_weights(folder / "run/pretrained.safetensors", folder / "start.safetensors");
    REQUIRE(run_tuna(folder, kTrain + " --out later" + kPhantoms + " classifier.weights=start.safetensors").code == 0);
    fs::remove(folder / "start.safetensors");
    const std::string before = contents(folder / "later/evaluation.json");
    CHECK(run_tuna(folder, "evaluate later --json").out == before);
    for (const char* command : {"predict later --input phantoms/child --output later.csv",
                                "translate later --direction source-to-target --input phantoms/adult --output later_p",
                                "evaluate --spec later/spec.json --weights later/weights.safetensors"}) {
      const Finished finished = run_tuna(folder, command);
      INFO(finished.error);
      CHECK(finished.code == 0);
    }
  }

  SECTION("bad input is refused, and nothing is overwritten") {
    const Finished other_spec =
        run_tuna(folder, "spec show run/spec.json --set generator.ngf=8 classifier.width=8 > /dev/null");
    REQUIRE(other_spec.code == 0);
    std::ofstream(folder / "wider.json")
        << run_tuna(folder, "spec show run/spec.json --set generator.ngf=8 classifier.width=8").out;
    std::ofstream(folder / "text.png") << "no image";
    fs::create_directories(folder / "mixed");
    fs::copy(folder / "phantoms/child/0000_0.png", folder / "mixed/a.png");
    std::ofstream(folder / "mixed/b.png") << contents(folder / "mixed/a.png").substr(0, 300);
    fs::create_directories(folder / "nothing");
    const std::map<fs::path, std::string> phantoms = snapshot(folder / "phantoms");
    check_refused(
        folder,
        {{"evaluate nowhere", "nowhere: no such folder"},
         {"evaluate phantoms", "phantoms: holds no run"},
         {"evaluate wider.json", "is a file, expected the folder of a run"},
         {"evaluate run --domain mars", "the spec's domains are adult and child"},
         {"evaluate run --manifest phantoms/manifest.csv --domain mars", "its domains are adult, child"},
         {"evaluate run --predictions run/spec.json", "run/spec.json: exists already"},
         {"evaluate --spec wider.json --weights run/weights.safetensors", "misshapen"},
         {"evaluate --spec run/spec.json --weights text.png", "text.png"},
         {"evaluate --spec run/spec.json --weights run/pretrained.safetensors", "missing: F_P."},
         {"predict run --input mixed --output p.csv", "mixed/b.png: truncated"},
         {"predict run --input wider.json --output p.csv", "wider.json: is not a PNG or JPEG image, a folder of them"},
         {"translate run --direction source-to-target --input phantoms/child/0000_0.png --output phantoms/manifest.csv",
          "is a file"},
         {"predict run --input nothing --output p.csv", "nothing: no PNG or JPEG images"},
         {"predict run --input nowhere --output p.csv", "nowhere: no such file"},
         {"predict run --input phantoms --output phantoms", "is a folder, expected a file"},
         {"predict run --input phantoms/manifest.csv --output phantoms/manifest.csv", "exists already"},
         {"predict run --input phantoms/child --output nowhere/p.csv", "there is no folder nowhere"},
         {"predict run --input phantoms/child --output /proc/p.csv", "/proc"},
         {"translate run --direction source-to-target --input phantoms/adult --output phantoms/adult",
          "exists already"},
         {"translate run --direction source-to-target --input mixed --output out", "mixed/b.png: truncated"},
         {"translate run --direction source-to-target --input phantoms/adult --output text.png", "is a file"},
         {"translate --direction source-to-target --input phantoms/adult --output out --spec wider.json --weights "
          "run/weights.safetensors",
          "misshapen"},
         {"data phantom --output phantoms", "already there, not overwritten"},
         {"data split run/spec.json --output run/splits.csv", "exists already"},
         {"data split run/spec.json --folds 1000 --output folds.csv", "of 1000 empty"}});
    CHECK(run_tuna(folder, kTrain + " --out run" + kPhantoms).code == 1);
    CHECK(snapshot(folder / "run") == run);
    CHECK(snapshot(folder / "phantoms") == phantoms);
    CHECK_FALSE(fs::exists(folder / "p.csv"));
    CHECK_FALSE(fs::exists(folder / "out"));
  }
}

TEST_CASE("train refuses what it cannot train on, before it makes a folder", "[command_line]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  std::ofstream(folder / "typo.json") << R"({"nmae": "x"})";
  std::ofstream(folder / "cut.json") << R"({"name": )";
  std::ofstream(folder / "missing.csv") << "path,domain,label\nnone.png,adult,normal\nno.png,child,\n";
  std::ofstream(folder / "text.png") << "no image";
  const std::string manifest = contents(folder / "phantoms/manifest.csv");
  std::ofstream(folder / "phantoms/broken.csv") << manifest << "../text.png,adult,normal,nobody\n";
  {
    // Only healthy adults for validation; and every ill adult's picture a broken one.
    std::ofstream one_kind(folder / "phantoms/one_kind.csv"), ill_broken(folder / "phantoms/ill_broken.csv");
    fs::create_directories(folder / "phantoms/broken");
    std::istringstream lines(manifest);
    std::string line;
    std::getline(lines, line);
    one_kind << line << ",split\n";
    ill_broken << line << "\n";
    for (int number = 0; std::getline(lines, line); ++number) {
      const bool adult = line.find(",adult,") != std::string::npos, ill = line.find(",pneumonia,") != std::string::npos;
      one_kind << line << (adult && ill ? ",train" : ",") << "\n";
      if (adult && ill) {
        std::ofstream(folder / "phantoms/broken" / (std::to_string(number) + ".png")) << "no image";
        line.replace(0, line.find(','), "broken/" + std::to_string(number) + ".png");
      }
      ill_broken << line << "\n";
    }
  }
  const auto with = [](const std::string& rest) { return kTrain + " --out run" + rest; };
  const std::vector<Refused> cases = {
      {"train nowhere.json", "nowhere.json: no such file"},
      {"train phantoms", "phantoms: is a folder, expected a spec"},
      {"train typo.json", "nmae: no such key; the nearest is name"},
      {"train cut.json", "cut.json:"},
      {with(" --set train.epochs=-1"), "train.epochs: -1 is not in"},
      {with(" --set data.manifest=nowhere.csv"), "nowhere.csv: no such file"},
      {with(" --set data.manifest=phantoms"), "phantoms"},
      {"train " + kTinySpec + " --set name=..", "name: \"..\" names a folder that exists everywhere"},
      {with(" --set data.manifest=missing.csv"), "too few patients"},
      {with(" --set data.manifest=phantoms/manifest.csv data.size=30"), "data.size: 30 is not a multiple of 4"},
      {with(" --set data.manifest=phantoms/manifest.csv domains.source=Adult"),
       "no image is of the domain 'Adult'; the domains of the data are 'adult', 'child'"},
      {with(" --set data.manifest=phantoms/one_kind.csv"),
       "the validation images of the source domain 'adult' are all"},
      {with(" --set data.manifest=phantoms/manifest.csv classes=[\\\"normal\\\",\\\"flu\\\"] positive=flu"),
       "pneumonia"},
      {with(" --device cpu" + kPhantoms + " precision=bf16"), "precision: the cpu computes in fp32 only, not bf16"},
      {with(kPhantoms + " precision=half"), "precision: \"half\" is not one of"},
      {kTrain + " --out /proc/run" + kPhantoms, "/proc/run"},
      {kTrain + " --out typo.json" + kPhantoms, "typo.json"},
      {"train --resume --out run", "run: holds no run"},
  };
  check_refused(folder, cases);
  CHECK_FALSE(fs::exists(folder / "run"));
  const Finished broken = run_tuna(folder, with(" --set data.manifest=phantoms/broken.csv"));
  CHECK(broken.code == 1);
  CHECK(broken.error.find("text.png: not a PNG or JPEG image") != std::string::npos);
  const Finished skipped =
      run_tuna(folder, with(" --set data.manifest=phantoms/ill_broken.csv data.on_bad_image=skip"));
  CHECK(skipped.code == 1);
  CHECK(skipped.error.find("\ntuna: data: class 'pneumonia' has no training image") != std::string::npos);
  CHECK_FALSE(fs::exists(folder / "run/spec.json"));
}

TEST_CASE("a path that the system refuses is named with its reason", "[command_line]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  fs::create_symlink("loop", folder / "loop");
  fs::create_directories(folder / "closed/inside");
  fs::permissions(folder / "closed", fs::perms::none);
  const std::string as_anyone = "[ $(id -u) != 0 ] || as='setpriv --bounding-set=-dac_override,-dac_read_search'\n";
  const std::string train = kTrain + kPhantoms;
  const std::string commands[] = {
      train + " --out PATH",
      "train --resume --out PATH",
      "train PATH",
      "evaluate PATH",
      "predict PATH --input phantoms --output -",
      "data check PATH",
      "graph PATH",
      "data phantom --output PATH",
      "spec new --data PATH",
      "spec check PATH",
      "data split " + kTinySpec + kPhantoms + " --output PATH",
      kTrain + " --out run --set data.manifest=PATH",
      kTrain + " --out run --set data.manifest= data.folders.adult=PATH data.folders.child=phantoms/child",
      kTrain + " --out run" + kPhantoms + " classifier.weights=PATH",
      "evaluate --spec " + kTinySpec + " --weights PATH --domain child"};
  const std::string name(300, 'a');
  const std::pair<std::string, std::string> cases[] = {{"loop", "Too many levels of symbolic links"},
                                                       {"loop/x.json", "Too many levels of symbolic links"},
                                                       {name, "File name too long"},
                                                       {name + "/x", "File name too long"},
                                                       {"closed/inside/x", "Permission denied"}};
  for (const auto& [path, reason] : cases)
    for (std::string command : commands) {
      command.replace(command.find("PATH"), 4, path);
      const Finished finished = run_shell(folder, as_anyone + "$as \"$tuna\" " + command);
      INFO(command << "\n" << finished.error);
      CHECK(finished.code == 1);
      CHECK(is_one_message(finished.error));
      CHECK_THAT(finished.error, Contains(path) && !Contains("filesystem error"));
      if (finished.error.find("its name has 300 bytes") == std::string::npos)
        CHECK_THAT(finished.error, Contains(": " + reason));
    }
  fs::permissions(folder / "closed", fs::perms::owner_all);
  const Finished nowhere = run_shell(folder, "mkdir gone && cd gone && rmdir ../gone && \"$tuna\" spec check x.json");
  CHECK(is_one_message(nowhere.error));
  CHECK_THAT(nowhere.error, !Contains("filesystem error"));
}

TEST_CASE("a folder that may not be written to is refused with the reason", "[command_line]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  fs::create_directories(folder / "closed");
  fs::permissions(folder / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  // root may write anywhere unless its capability to do so is dropped.
  const std::string as_anyone = "[ $(id -u) != 0 ] || as='setpriv --bounding-set=-dac_override'\n$as \"$tuna\" ";
  for (const std::string& arguments :
       {"data split " + kTinySpec + " --output closed/splits.csv" + kPhantoms, kTrain + " --out closed/run" + kPhantoms,
        kTrain + " --out closed" + kPhantoms, std::string("data phantom --output closed/phantoms")}) {
    const Finished finished = run_shell(folder, as_anyone + arguments);
    INFO(arguments << "\n" << finished.error);
    CHECK(finished.code == 1);
    CHECK(is_one_message(finished.error));
    CHECK(finished.error.find("closed") != std::string::npos);
    CHECK(finished.error.find("Permission denied") != std::string::npos);
  }
  CHECK(fs::is_empty(folder / "closed"));
  fs::permissions(folder / "closed", fs::perms::owner_all);
}

TEST_CASE("a tuning that is not for this machine is refused", "[command_line][tuning]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  std::ofstream(folder / "other.json")
      << R"({"backend": "cuda", "processor": "NVIDIA H200", "libraries": "cuDNN 9.10.2",
      "convolutions": []})";
  std::ofstream(folder / "text.json") << "no tuning";
  const std::string other = "was measured on NVIDIA H200 with cuDNN 9.10.2, and this is ";
  const std::string train = kTrain + " --out run --device cpu";
  const auto check_message = [&](const std::string& arguments, const std::string& message) {
    const Finished finished = run_tuna(folder, arguments);
    INFO(arguments << "\n" << finished.error);
    CHECK(finished.code == 1);
    CHECK(is_one_message(finished.error));
    CHECK(finished.error.find(message) != std::string::npos);
  };
  check_message(train + " --tuning other.json" + kPhantoms, "other.json: " + other);
  check_message(train + " --tuning nowhere.json" + kPhantoms, "nowhere.json: cannot be read");
  check_message(train + " --tuning text.json" + kPhantoms, "text.json:1: syntax error");
  check_message("bench step --tuning other.json --spec " + kTinySpec + " --set device=cpu", "other.json: " + other);
  check_message("tune " + kTinySpec + " --out new.json --device emulated", "times on emulated are not meaningful");
  CHECK_FALSE(fs::exists(folder / "run"));
  CHECK_FALSE(fs::exists(folder / "new.json"));

  // A resumed run reads the tuning that is in its folder, and no other.
  REQUIRE(run_tuna(folder, train + kPhantoms).code == 0);
  const std::string before = run_tuna(folder, "evaluate run --json").out;
  fs::copy(folder / "other.json", folder / "run/tuning.json");
  check_message("train --resume --out run", "run/tuning.json: " + other);
  check_message("train --resume --out run --tuning other.json", "--tuning: a resumed run keeps the tuning");
  CHECK(run_tuna(folder, "evaluate run --json").out == before);  // without this tuning, the fixed rule applies
}

TEST_CASE("a run goes by its tuning from its beginning to its evaluation", "[command_line][tuning]") {
  using nlohmann::json;
  const TemporaryFolder folder;
  draw_phantoms(folder);
  const auto try_on = [&](const std::string& device) {
    fs::remove(folder / "new.json");
    REQUIRE(run_tuna(folder, "tune " + kTinySpec + " --out new.json --device " + device).code == 0);
    json tuning = json::parse(contents(folder / "new.json"));
    CHECK(tuning.at("convolutions").size() > 20);
    if (device == "cpu") {  // not what was measured, so the run must differ from one without tuning
      for (json& each : tuning.at("convolutions")) each.at("algorithm") = "plain";
      std::ofstream(folder / "new.json") << tuning;
    }
    const auto train = [&](const std::string& out) {
      return run_tuna(folder, kTrain + " --out " + out + " --device " + device + " --tuning new.json" + kPhantoms);
    };
    REQUIRE(train("first-" + device).code == 0);
    REQUIRE(train("second-" + device).code == 0);
    CHECK(json::parse(contents(folder / ("first-" + device) / "tuning.json")) == tuning);
    CHECK(contents(folder / ("first-" + device) / "weights.safetensors")
          == contents(folder / ("second-" + device) / "weights.safetensors"));
    CHECK(run_tuna(folder, "train --resume --out first-" + device).code == 0);
    CHECK(run_tuna(folder, "evaluate first-" + device + " --json").out
          == contents(folder / ("first-" + device) / "evaluation.json"));

    tuning.at("convolutions").at(0).at("algorithm") = "magic";
    std::ofstream(folder / "new.json") << tuning;
    const Finished refused = train("third-" + device);
    CHECK(refused.code == 1);
    CHECK(refused.error.find("new.json: " + tuning.at("convolutions").at(0).at("convolution").get<std::string>()
                             + ": backend " + device + " has no algorithm 'magic'; it has ")
          != std::string::npos);
  };
  try_on("cpu");
#ifdef TUNA_HAS_ONEDNN
  REQUIRE(run_tuna(folder, kTrain + " --out untuned --device cpu" + kPhantoms).code == 0);
  CHECK((contents(folder / "untuned/weights.safetensors") != contents(folder / "first-cpu/weights.safetensors")));
#endif
  if (gpu_unsupported_reason(0).empty()) try_on("cuda");
}

TEST_CASE("a running run is left alone by other processes, and saved by every signal", "[command_line][run]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  const std::string settings = kPhantoms + " train.steps_per_epoch=100000 log.every=1 supervised=false";
  const std::string until_joint = "until grep -q joint run/metrics.jsonl 2>/dev/null; do sleep 0.02; done\n";
  for (const std::string signal : {"TERM", "HUP", "USR1"}) {
    const Finished stopped = run_shell(
        folder, "rm -rf run; \"$tuna\" " + kTrain + " --out run" + settings + " & train=$!; " + until_joint
                    + "\"$tuna\" train --resume --out run 2> second.txt; echo $?; \"$tuna\" " + kTrain + " --out run"
                    + settings + " 2> third.txt; echo $?\nkill -" + signal + " $train; wait $train");
    INFO(signal << "\n" << stopped.error);
    CHECK(stopped.code == 130);
    CHECK(stopped.out == "1\n1\n");
    CHECK(contents(folder / "second.txt").find(" is training this run; ") != std::string::npos);
    CHECK(contents(folder / "third.txt").find(" is training this run; ") != std::string::npos);
    CHECK(run_tuna(folder, "evaluate run --checkpoint latest").code == 0);
  }
}

#ifdef TUNA_SYSTEM_CALLS
TEST_CASE("where a file system has no locks a run says so, and works", "[command_line][run]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  const std::string settings = kPhantoms + " pretrain.epochs=0 train.steps_per_epoch=1 supervised=false";
  REQUIRE(run_tuna(folder, kTrain + " --out whole" + settings).code == 0);
  const auto train = [&](const std::string& error, bool all, const std::string& arguments) {
    return run_shell(folder, "export LD_PRELOAD='" TUNA_SYSTEM_CALLS
                             "' TUNA_FAULTS_FOLDER=\"$PWD\" TUNA_FAULTS_CALL=lock "
                             "TUNA_FAULTS_NTH=1 TUNA_FAULTS_ERRNO="
                                 + error + " TUNA_FAULTS_ALL_LATER=" + (all ? "1" : "0") + "\nexec \"$tuna\" "
                                 + arguments);
  };
  const std::string warning = "warning: run/run.lock: this file system has no locks (";
  const std::pair<int, const char*> errors[] = {{ENOLCK, "No locks available"},
                                                {EOPNOTSUPP, "Operation not supported"}};
  for (const auto& [error, why] : errors) {
    fs::remove_all(folder / "run");
    const Finished trained = train(std::to_string(error), true, kTrain + " --out run" + settings);
    INFO(trained.error);
    CHECK(trained.code == 0);
    const std::string whole = warning + why + "): take care that no other process trains this run\n";
    CHECK_THAT(trained.error, Contains(whole));
    CHECK_THAT(contents(folder / "run/log.txt"), Contains(whole));
    CHECK(contents(folder / "run/weights.safetensors") == contents(folder / "whole/weights.safetensors"));
  }
  const Finished resumed = train(std::to_string(ENOLCK), true, "train --resume --out run");
  CHECK(resumed.code == 0);
  CHECK_THAT(resumed.error, Contains(warning));
  // Where only files can be locked, as on NFS, the lock of run.lock is enough.
  const Finished only_files = train(std::to_string(EBADF), false, "train --resume --out run");
  CHECK(only_files.code == 0);
  CHECK_THAT(only_files.error, !Contains("no locks"));
}
#endif

TEST_CASE("messages that cannot be written change no exit code, and reach no file", "[command_line]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  CHECK(run_shell(folder, "\"$tuna\" nonsense 2>/dev/full").code == 2);
  CHECK(run_shell(folder, "\"$tuna\" spec check missing.json 2>&-").code == 1);
  // Whether it is written at once or from a buffer at the end, and whoever writes it.
  for (const std::string command : {"info", "spec schema", "--help", "data check phantoms"})
    for (const auto& [to, why] : {std::pair(">&-", "Bad file descriptor"), {">/dev/full", "No space left on device"}}) {
      const Finished unwritten = run_shell(folder, "\"$tuna\" " + command + " " + to);
      CHECK(unwritten.code == 1);
      CHECK(unwritten.error == std::string("tuna: standard output: cannot be written: ") + why + "\n");
    }
  // A closed stderr would be the number of the next file that is opened.
  const std::string settings = kPhantoms + " pretrain.epochs=0 train.steps_per_epoch=1 supervised=false";
  CHECK(run_shell(folder, "\"$tuna\" " + kTrain + " --out run" + settings + " 2>&- >&- <&-").code == 1);  // no stdout
  REQUIRE(run_tuna(folder, kTrain + " --out other" + settings).code == 0);
  for (const char* file : {"metrics.jsonl", "weights.safetensors", "spec.json", "splits.csv"})
    CHECK(contents(folder / "run" / file) == contents(folder / "other" / file));

  const Finished unread = run_shell(folder, "{ sleep 0.5; \"$tuna\" spec schema; echo $? >&2; } | true");
  CHECK(unread.error == "141\n");
  CHECK(run_shell(folder, "\"$tuna\" " + kTrain + " --out unread" + settings + " 2>&1 | true").code == 0);
  CHECK(contents(folder / "unread/weights.safetensors") == contents(folder / "other/weights.safetensors"));
}

TEST_CASE("without memory for more threads a run loads its images with fewer", "[command_line]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  const std::string settings = kPhantoms + " pretrain.epochs=0 train.steps_per_epoch=1 supervised=false";
  // Each thread reserves a stack of 256 MiB.
  const std::string limits = "ulimit -s 262144; ulimit -v 3000000; ";
  const Finished finished =
      run_shell(folder, limits + "\"$tuna\" " + kTrain + " --out run" + settings + " data.loader_threads=32");
  INFO(finished.error);
  CHECK(finished.code == 0);
}

TEST_CASE("a run that was stopped and resumed is the run that was not", "[command_line][run]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  const std::string settings =
      kPhantoms + " train.steps_per_epoch=60 log.every=1 supervised=false log.tensorboard=false";
  REQUIRE(run_tuna(folder, kTrain + " --out whole" + settings).code == 0);

  const auto stop_in_joint_phase = [&](const std::string& signal, const std::string& out) {
    return run_shell(folder, "\"$tuna\" " + kTrain + " --out " + out + settings + " & until grep -q joint " + out
                                 + "/metrics.jsonl; do sleep 0.02; done\nkill -" + signal + " $!; wait $!");
  };
  CHECK(stop_in_joint_phase("KILL", "killed").code == 128 + 9);
  REQUIRE(run_tuna(folder, "train --resume --out killed").code == 0);
  for (const auto& [path, bytes] : snapshot(folder / "killed"))
    if (path.filename() != "log.txt" && path.filename() != "report.html")  // they have times
      CHECK(contents(folder / "whole" / fs::relative(path, folder / "killed")) == bytes);

  const Finished stopped = stop_in_joint_phase("TERM", "parts");
  INFO(stopped.error);
  CHECK(stopped.code == 130);
  const std::string how =
      "; to continue: tuna train --resume --out parts; to use it as it is: tuna evaluate parts "
      "--checkpoint latest (also predict and translate, with the networks that it has)\n";
  const auto ends_with_how = [&](const std::string& error) {
    return error.size() > how.size() && error.compare(error.size() - how.size(), how.size(), how) == 0;
  };
  CHECK(ends_with_how(stopped.error));
  const Finished unfinished = run_tuna(folder, "evaluate parts");
  CHECK(unfinished.error.find("is not trained to its end") != std::string::npos);
  CHECK(ends_with_how(unfinished.error));
  const Finished so_far = run_tuna(folder, "evaluate parts --checkpoint latest");
  CHECK(so_far.code == 0);
  CHECK(so_far.out.find("TUNA-Net") != std::string::npos);
  CHECK_FALSE(fs::exists(folder / "parts/evaluation.json"));

  const Finished other = run_tuna(folder, kTrain + " --resume --out parts");
  CHECK(other.code == 1);
  CHECK_THAT(other.error,
             Contains("differs from parts/spec.json, with which this run began: ") && Contains("data.manifest: "));
  REQUIRE(run_tuna(folder, "train --resume --out parts --set data.loader_threads=2").code == 0);
  CHECK(contents(folder / "parts/weights.safetensors") == contents(folder / "whole/weights.safetensors"));
  CHECK(contents(folder / "parts/metrics.jsonl") == contents(folder / "whole/metrics.jsonl"));
}

TEST_CASE("a run keeps files that it has not written, and its own whatever happens to its folder",
          "[command_line][run]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  const std::string train = kTrain + kPhantoms + " --out ";
  for (const char* name : {"metrics.jsonl", "log.txt", "run.lock", "files.txt", "evaluation.json", "report.html"}) {
    fs::create_directories(folder / "mine");
    std::ofstream(folder / "mine" / name) << "splits.csv\n";
    const Finished finished = run_tuna(folder, train + "mine");
    INFO(name << "\n" << finished.error);
    CHECK(finished.code == 1);
    CHECK_THAT(finished.error, Contains(std::string("mine/") + name + ": exists already"));
    CHECK(contents(folder / "mine" / name) == "splits.csv\n");
    fs::remove_all(folder / "mine");
  }

  // From a pipe; then resumed without a folder, with a file in the place of one of its own, with a damaged checkpoint.
  const Finished piped =
      run_shell(folder, "cat " + kTinySpec + " | \"$tuna\" train /dev/stdin" + kPhantoms + " --out run");
  INFO(piped.error);
  REQUIRE(piped.code == 0);
  fs::remove_all(folder / "run/images");
  CHECK(run_tuna(folder, "train --resume --out run --set train.epochs=2").code == 0);
  std::ofstream(folder / "run/images/step-00000040.png") << "mine";
  CHECK_THAT(run_tuna(folder, "train --resume --out run --set train.epochs=3").error,
             Contains("run/images/step-00000040.png: exists already, and is not a file of this run"));
  CHECK(contents(folder / "run/images/step-00000040.png") == "mine");
  fs::resize_file(folder / "run/checkpoints/2-joint-00000030.safetensors", 100);
  const Finished older = run_tuna(folder, "evaluate run --checkpoint latest");
  CHECK(older.code == 0);
  CHECK_THAT(older.error, Contains("warning: run/checkpoints/2-joint-00000030.safetensors: ")
                              && Contains("; 2-joint-00000020.safetensors is used"));

  // ".." behind a link is the folder that the link leads to.
  REQUIRE(run_shell(folder,
                    "mkdir -p deep/lists && mv phantoms/child deep && ln -s deep/lists link && mkdir child && "
                    "cp deep/child/0001_1.png child/0000_0.png")
              .code
          == 0);
  const Finished linked = run_tuna(folder, "predict run --output - --input link/../child/0000_0.png");
  const Finished direct = run_tuna(folder, "predict run --output - --input deep/child/0000_0.png");
  const auto score = [](const Finished& finished) {
    const size_t end = finished.out.rfind(',');
    return finished.out.substr(finished.out.rfind(',', end - 1), end);
  };
  CHECK(!score(direct).empty());
  CHECK(score(linked) == score(direct));
}

TEST_CASE("what cannot be read or written ends a command with one message", "[command_line][run]") {
  const TemporaryFolder folder;
  draw_phantoms(folder);
  REQUIRE(run_tuna(folder, kTrain + kPhantoms + " --out run").code == 0);

  // Results of a run start every classifier of another one, also those that have other names there.
  for (const char* weights : {"run/pretrained.safetensors", "run/weights.safetensors"}) {
    const Finished finished = run_tuna(
        folder, "train " + kTinySpec + " --out again" + kPhantoms + " classifier.weights=" + std::string(weights));
    INFO(finished.error);
    CHECK(finished.code == 0);
    fs::remove_all(folder / "again");
  }

  const Finished limited =
      run_shell(folder, "ulimit -f 1; exec \"$tuna\" predict run --input phantoms --output big.csv");
  CHECK(limited.code == 1);
  CHECK_THAT(limited.error, Contains("cannot write big.csv: File too large"));
  CHECK_FALSE(fs::exists(folder / "big.csv"));

  REQUIRE(run_shell(folder, "mkfifo pipe; mkdir piped; mkfifo piped/spec.json").code == 0);
  const std::string seconds = "timeout 20 \"$tuna\" ";
  for (const std::string command :
       {"evaluate piped", "predict piped --input phantoms --output a.csv", "report piped", "train --resume --out piped",
        "train run/spec.json --resume --out piped",
        "predict --spec run/spec.json --weights pipe --input phantoms --output a.csv",
        "predict run --input pipe --output a.csv", "data check pipe", "train run/spec.json --tuning pipe --out b"}) {
    const Finished finished = run_shell(folder, seconds + command);
    INFO(command << "\n" << finished.error);
    CHECK(finished.code == 1);
  }
  check_refused(folder, {{"data split run/spec.json --output -", "\"-\" is not the name of a file to write"},
                         {"data check phantoms/child --data-root x", "--data-root is for a manifest"}});
}

}  // namespace tuna
