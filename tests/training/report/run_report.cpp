#include "training/report/run_report.h"

#include "tests/catch.h"
#include "tests/temporary_folder.h"
#include "tests/training/report/well_formed.h"
#include "training/report/evaluation_rows.h"

namespace tuna {
namespace {

using nlohmann::json;

constexpr const char* kLog =
    "2026-01-31 12:00:00  warning: few <images>\n"
    "2026-01-31 12:00:00  device: cpu, 1 thread\n"
    "2026-01-31 12:00:00  processor: Old & Slow\n"
    "2026-01-31 12:00:00  tuna 0.1.0-gabc; seed 0; 34 source and 35 target images to train on\n"
    "2026-01-31 12:01:30  joint step 3: not finite, optimizer_G left out\n"
    "2026-01-31 12:01:40  settings changed: log.keep: 3 -> 1\n"
    "2026-02-01 08:59:59  warning: few <images>\n"
    "2026-02-01 09:00:00  device: cuda:0 H200\n"
    "2026-02-01 09:00:10  warning: few <images>\n"
    "2026-02-01 09:00:20                   AUC\nTUNA-Net        0.556\n";

json figure(double value) { return {{"value", value}, {"interval_95", {value - 0.1, value + 0.1}}}; }

json threshold(const char* chosen_on, double auc) {
  json at = {{"chosen_on", chosen_on}, {"uses_target_labels", chosen_on[0] == 't'}, {"threshold", 0.4}};
  for (const char* name : {"accuracy", "sensitivity", "specificity", "f1"}) at[name] = figure(0.75);
  at["auc"] = figure(auc);
  return at;
}

json row(const char* name, double auc) {
  return {{"name", name},
          {"net", "F"},
          {"images", 624},
          {"positives", 390},
          {"thresholds", {threshold("source validation", auc), threshold("target validation", auc)}}};
}

json evaluation(const std::vector<json>& rows) {
  return {{"positive", "pneumonia"}, {"domain", "child"}, {"split", "test"}, {"build", "b"}, {"rows", rows}};
}

/// A run's folder that holds a spec alone.
void write_spec(const TemporaryFolder& folder, const std::string& name = "mine") {
  folder.write("spec.json", json{{"name", name}, {"method", "tuna_net"}, {"seed", 7}}.dump());
}

std::string page_of(const TemporaryFolder& folder) {
  const std::string page = run_report(read_run(folder.path()));
  INFO(page.substr(0, 12000));
  CHECK(malformed(page) == "");
  return page;
}

}  // namespace

TEST_CASE("the page of a finished run has its results next to the paper's", "[report]") {
  const TemporaryFolder folder;
  write_spec(folder);
  json results = evaluation({row("NoAdapt", 0.85), row("Mine <b>", 0.91)});
  results["summary"] = "Adaptation raised the AUC on \"child\": 0.910.";
  folder.write("evaluation.json", results.dump());
  folder.write("log.txt", kLog);
  folder.write("splits.csv",
               "path,domain,label,patient,split\na,adult,normal,p,train\nb,adult,normal,p,train\nc,child,,q,test\n");
  const std::string page = page_of(folder);
  CHECK_THAT(page, Contains("<h1>mine</h1>")
                       && Contains("<p class=\"lead\">Adaptation raised the AUC on "
                                   "&quot;child&quot;: 0.910.</p>"));
  CHECK_THAT(page, Contains("624 test images of “child”, 390 of them “pneumonia”"));
  CHECK_THAT(page,
             Contains("<th scope=\"row\">NoAdapt</th><td class=\"number\">0.850</td><td class=\"number\">0.750 to "
                      "0.950</td><td>source validation</td><td class=\"number\">0.400</td>"));
  CHECK_THAT(page, Contains("target validation\u00A0*"));
  CHECK(count_of(page, "in the paper") == 1);  // the other row is not in it
  CHECK_THAT(page,
             Contains("<td class=\"number\">0.893</td><td class=\"number\">± 0.004</td>") && Contains("0.86\u2007"));
  CHECK_THAT(page, Contains("Mine &lt;b&gt;"));
  CHECK_THAT(
      page, Contains("<dd>cuda:0 H200</dd>") && Contains("<dd>Old &amp; Slow</dd>") && Contains("<dd>0.1.0-gabc</dd>"));
  CHECK_THAT(page, Contains("2 min 00 s of training, 2026-01-31 12:00:00 to 2026-02-01 09:00:20, in 2 calls"));
  CHECK(count_of(page, "<li>warning: few &lt;images&gt;</li>") == 1);
  CHECK_THAT(page, Contains("<li>joint step 3: not finite, optimizer_G left out</li>"));
  CHECK_THAT(page, Contains("<th scope=\"row\">adult</th><td>train</td><td>normal</td><td class=\"number\">2</td><td "
                            "class=\"number\">1</td>")
                       && Contains("no label"));
  for (const char* absent :
       {"id=\"figure-roc\"", "id=\"table-scores\"", "id=\"table-groups\"", "<img", "id=\"training\"", "<script"})
    CHECK(page.find(absent) == page.npos);
}

TEST_CASE("curves, measures of scores and groups are shown where an evaluation has them", "[report]") {
  const TemporaryFolder folder;
  write_spec(folder);
  json full = row("TUNA-Net", 0.9);
  for (json& at : full["thresholds"])
    for (const char* name : {"average_precision", "brier", "expected_calibration_error"}) at[name] = figure(0.25);
  full["roc"] = {{0, 0}, {0.1, 0.8}, {1, 1}};
  full["calibration"] = {
      {{"from", 0.4}, {"to", 0.5}, {"images", 31}, {"mean_score", 0.43}, {"fraction_positive", 0.52}}};
  full["groups"] = {{{"column", "sex"}, {"value", "F"}, {"images", 301}, {"positives", 190}, {"auc", figure(0.94)}},
                    {{"column", "sex"}, {"value", ""}, {"images", 2}, {"positives", 2}}};
  folder.write("evaluation.json", evaluation({full, row("NoAdapt", 0.8)}).dump());
  const std::string page = page_of(folder);
  CHECK_THAT(page, Contains("AUC on the test images of “child”: TUNA-Net 0.900, NoAdapt 0.800."));  // no summary
  CHECK_THAT(page, Contains("<svg class=\"chart\" id=\"roc\"") && Contains("TUNA-Net, AUC 0.900"));
  CHECK_THAT(page, Contains("<svg class=\"chart\" id=\"calibration\"") && Contains("<circle class=\"dot s0\""));
  CHECK_THAT(page, Contains("id=\"table-scores\"") && Contains("0.150 to 0.350"));
  CHECK_THAT(page,
             Contains("<th scope=\"row\">sex: F</th><td class=\"number\">301</td><td class=\"number\">190</td><td "
                      "class=\"number\">0.940</td><td class=\"number\">–</td>")
                 && Contains("sex: not given"));
}

TEST_CASE("the worst mistakes of which there are pictures are shown", "[report]") {
  const TemporaryFolder folder;
  write_spec(folder);
  const auto mistake = [](const char* path) {
    return json{{"path", path}, {"label", "normal"}, {"predicted", "pneumonia"}, {"score", 0.987}};
  };
  json full = row("TUNA-Net", 0.9);
  full["mistakes"] = {{"false_negatives", {mistake("a/missed.png")}},
                      {"false_positives", {mistake("../<b>.png"), mistake("a/no map.png")}}};
  folder.write("evaluation.json", evaluation({row("NoAdapt", 0.8), full}).dump());
  CHECK(page_of(folder).find("id=\"mistakes\"") == std::string::npos);
  folder.write("images/mistakes/false-positive-1-image.png", "1");
  folder.write("images/mistakes/false-positive-1-grad-cam.png", "2");
  folder.write("images/mistakes/false-positive-2-image.png", "3");
  const std::string page = page_of(folder);
  CHECK_THAT(page, Contains("<section id=\"mistakes\"") && Contains("<figure id=\"figure-false-positive\">"));
  CHECK_THAT(
      page, Contains("<b>&lt;b&gt;.png</b><br/>label normal, predicted pneumonia<br/>probability of pneumonia: 0.987"));
  CHECK_THAT(page, Contains("False positives of TUNA-Net: "));
  CHECK(count_of(page, "<img ") == 2);
  CHECK(page.find("figure-false-negative") == page.npos);
  CHECK(page.find("no map.png") == page.npos);
  CHECK(page.find("figure-pictures") == page.npos);  // of the training
  folder.write("images/mistakes/false-positive-1-translated.png", "4");
  CHECK(page.find("The image between the two") == page.npos);
  full["mistakes"]["false_positives"][0]["score"] = 0.9999;
  folder.write("evaluation.json", evaluation({row("NoAdapt", 0.8), full}).dump());
  const std::string translated = page_of(folder);
  CHECK(count_of(translated, "<img ") == 3);
  CHECK_THAT(translated,
             Contains("The image between the two is the translation") && Contains("pneumonia: above 0.999"));
}

TEST_CASE("trivial features are shown with their directions", "[report]") {
  const TemporaryFolder folder;
  write_spec(folder);
  json results = evaluation({row("NoAdapt", 0.85)});
  results["best_trivial_feature"] = {{"name", "file size"}, {"auc", 0.875}, {"larger", false}};
  folder.write("evaluation.json", results.dump());  // as earlier versions
  const std::string best =
      "<th scope=\"row\">file size</th><td class=\"number\">0.875</td><td class=\"number\"></td><td>smaller in "
      "pneumonia</td>";
  CHECK_THAT(page_of(folder), Contains(best + "<td class=\"number\">–</td>"));
  results["trivial_features"] = {
      {{"name", "file size"}, {"auc", 0.875}, {"larger", false}, {"validation_auc", 0.9}},
      {{"name", "column <site>"}, {"auc", 0.25}, {"validation_auc", 0.6}, {"interval_95", {0.1, 0.4}}},
      {{"name", "width"}, {"auc", 0.5}, {"larger", true}, {"validation_auc", 0.5}, {"interval_95", {0.5, 0.5}}}};
  folder.write("evaluation.json", results.dump());
  const std::string page = page_of(folder);
  CHECK_THAT(page, Contains(best + "<td class=\"number\">0.900</td>"));
  CHECK_THAT(page,
             Contains("column &lt;site&gt;</th><td class=\"number\">0.250</td><td class=\"number\">0.100 to 0.400</td>"
                      "<td>by its texts</td>")
                 && Contains("<td>no difference</td>"));
  results = evaluation({row("NoAdapt", 0.85)});
  results["best_trivial_feature"] = {{"skipped", "a <b> reason"}};
  folder.write("evaluation.json", results.dump());
  CHECK_THAT(page_of(folder), Contains("No trivial feature is measured: a &lt;b&gt; reason."));
}

TEST_CASE("the weights that were kept are shown next to the oracle's", "[report]") {
  const TemporaryFolder folder;
  write_spec(folder);
  folder.write("metrics.jsonl",
               "{\"phase\":\"pretrain\",\"step\":5,\"validation_auc\":0.9,\"best_so_far\":\"validation_auc\"}\n"
               "{\"phase\":\"adapt\",\"step\":10,\"oracle_auc\":0.8,\"target_snd\":2,\"best_so_far\":\"target_snd\"}\n"
               "{\"phase\":\"adapt\",\"step\":20,\"oracle_auc\":0.7,\"target_snd\":3,\"best_so_far\":\"target_snd\"}\n"
               "{\"phase\":\"adapt\",\"step\":30,\"oracle_auc\":0.9,\"target_snd\":1}\n"
               "{\"phase\":\"adapt\",\"step\":40,\"oracle_auc\":null,\"target_snd\":1}\n"
               "{\"phase\":\"last\",\"step\":1000,\"oracle_auc\":0.6}\n"
               "{\"phase\":\"last\",\"step\":2000,\"oracle_auc\":0.5}\n");
  const std::string page = page_of(folder), number = "</td><td class=\"number\">";
  CHECK_THAT(page, Contains("adapt</th><td>kept, by target_snd" + number + "20" + number + "0.700</td>"));
  CHECK_THAT(page, Contains("the best by the oracle\u00A0*" + number + "30" + number + "0.900</td>"));
  CHECK_THAT(page, Contains("last</th><td>the last validated" + number + "2\u202F000" + number + "0.500</td>"));
  CHECK_THAT(page, Contains("* It uses target labels"));
  CHECK(page.find("<th scope=\"row\">pretrain") == page.npos);
  CHECK(page.find("best_so_far") == page.npos);  // is not a curve
}

TEST_CASE("a run that is not finished has a page", "[report]") {
  const TemporaryFolder folder;
  write_spec(folder);
  CHECK_THAT(page_of(folder), Contains("has not taken a step") && Contains("Report of a run that is not finished"));
  folder.write("metrics.jsonl",
               "{\"phase\":\"pretrain\",\"step\":3,\"epoch\":1,\"loss\":0.8,\"lr\":1e-4}\n"
               "{\"phase\":\"pretrain\",\"step\":3,\"epoch\":1,\"validation_auc\":null}\n"
               "{\"phase\":\"a <b> phase\",\"step\":1200,\"epoch\":2,\"loss.x\":null,\"skipped\":{\"optimizer_G\":1},"
               "\"gated\":{\"optimizer_F\":2}}\n"
               "{\"phase\":\"a <b> pha");
  const std::string page = page_of(folder);
  CHECK_THAT(page, Contains("it was at step 1\u202F200 of phase a &lt;b&gt; phase, in epoch 2."));
  CHECK_THAT(page,
             Contains("id=\"figure-training-pretrain\"") && Contains("id=\"figure-training-a_20_3cb_3e_20phase\""));
  CHECK_THAT(page, Contains("skipped.optimizer_G") && Contains("not finite at step 1200"));
  CHECK_THAT(page, Contains("skipped as not finite, and in how many steps an optimizer's gate was closed."));
  CHECK(page.find("nan") == page.npos);
  CHECK(count_of(page, "<svg class=\"chart\"") == 6);
}

TEST_CASE("a run with one phase and without labels has a page", "[report]") {
  const TemporaryFolder folder;
  write_spec(folder);
  folder.write("metrics.jsonl", "{\"phase\":\"train\",\"step\":3,\"epoch\":1,\"loss\":0.8,\"lr\":1e-4}\n");
  json unlabelled = row("Classifier", 0);
  unlabelled["thresholds"] = {{{"chosen_on", "source validation"}, {"uses_target_labels", false}, {"threshold", 0.4}}};
  folder.write("evaluation.json", evaluation({unlabelled}).dump());
  const std::string page = page_of(folder);
  CHECK_THAT(page,
             Contains("Nothing was measured") && Contains("<td>source validation</td><td class=\"number\">0.400</td>"));
  CHECK(count_of(page, "<figure id=\"figure-training-") == 1);
}

TEST_CASE("lines and files that are hostile are damaged ones", "[report]") {
  const std::string deep(100'000, '[');
  const auto line = [](const std::string& step, const std::string& value) {
    return R"({"phase": "joint", "step": )" + step + R"(, "x": )" + value + "}\n";
  };
  const std::string text = line("-1", "1") + line("18446744073709551615", "1") + line("9007199254740993", "1")
                           + line("1.5", "1") + line("1", deep) + line("1", "3");
  const RunMetrics metrics = read_metrics(text);
  CHECK(metrics.damaged_lines == 5);
  REQUIRE(metrics.phases.size() == 1);
  CHECK(metrics.phases[0].figures.at("x").size() == 1);

  const TemporaryFolder folder;
  write_spec(folder);
  folder.write("evaluation.json", R"({"rows": [{"name": "F", "roc": )" + deep + std::string(deep.size(), ']') + "}]}");
  CHECK_THROWS_WITH(read_run(folder.path()), Contains("evaluation.json: is not a JSON object"));
}

TEST_CASE("a page names files and lines that it lacks", "[report]") {
  const TemporaryFolder folder;
  write_spec(folder);
  folder.write("log.txt", "");
  folder.write("metrics.jsonl", R"({"phase": "joint", "step": 1}
{"phase": "joint", "st
{"phase": "joint", "step": 3}
{"phase": "joint", "st)");  // the last line is being written
  const RunRecord run = read_run(folder.path());
  REQUIRE(run.problems.size() == 2);
  CHECK_THAT(run.problems[0], Contains("splits.csv: no such file; the page lacks what it held"));
  CHECK_THAT(run.problems[1], Contains("metrics.jsonl: left out: 1 damaged line"));
  CHECK_THAT(page_of(folder), Contains("<li>warning: ") && Contains("splits.csv: no such file"));
}

TEST_CASE("names in a spec and of files are text", "[report]") {
  const TemporaryFolder folder;
  write_spec(folder, "<b>&\"");
  folder.write("images/<b>&\"-00000020.png", "not a picture");
  folder.write("images/<b>&\"-00000010.png", "older");
  folder.write("images/notes.txt", "of the user");
  const std::string page = page_of(folder);
  CHECK(page.find("<b>&") == page.npos);
  CHECK_THAT(page, Contains("<h1>&lt;b&gt;&amp;&quot;</h1>") && Contains("images/&lt;b&gt;&amp;&quot;-00000020.png"));
  CHECK(count_of(page, "<img ") == 1);
  CHECK_THAT(page, Contains("src=\"data:image/png;base64,bm90IGEgcGljdHVyZQ==\""));
}

TEST_CASE("a page names the file that cannot be read", "[report]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(read_run(folder.path()), Contains("holds no run (no spec.json)"));
  write_spec(folder);
  folder.write("evaluation.json", "{\"rows\": [");
  CHECK_THROWS_WITH(read_run(folder.path()), Contains("evaluation.json: is not a JSON object"));
  folder.write("evaluation.json", "{\"rows\": [{\"name\": 3}]}");
  CHECK_THROWS_WITH(page_of(folder), Contains("evaluation.json: a value is of another type than `tuna train` writes"));
  folder.write("evaluation.json", "{\"rows\": [{\"name\": \"F\"}]}");
  CHECK_THROWS_WITH(page_of(folder), Contains("evaluation.json: key 'net' not found; expected an evaluation.json"));
}

}  // namespace tuna
