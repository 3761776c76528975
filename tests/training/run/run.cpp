// Whole runs of a tiny spec on phantoms: exact resume, determinism, and that no label of the target is used.
#include <fstream>

#include "data/manifest.h"
#include "data/phantom.h"
#include "tests/catch.h"
#include "tests/temporary_folder.h"
#include "tests/training/run/classifier_weights.h"
#include "training/methods/tuna_net.h"
#include "training/run/checkpoint.h"
#include "training/run/compute_device.h"
#include "training/run/evaluate_run.h"
#include "training/run/spec_history.h"
#include "training/run/trainer.h"
#include "training/spec/spec.h"

namespace tuna {
namespace fs = std::filesystem;
namespace {

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(bool(file));
  return {std::istreambuf_iterator<char>(file), {}};
}

// Phantoms of 16 pixels, small nets, 2 epochs of pretraining and 7 joint steps.
fs::path write_spec(const fs::path& folder, const std::string& manifest = "manifest.csv") {
  if (!fs::exists(folder / "manifest.csv")) {
    PhantomOptions options;
    options.adults = options.children = 40;
    options.size = 16;
    write_phantoms(folder, options);
  }
  const fs::path path = folder / ("spec of " + manifest + ".json");
  std::ofstream(path) << R"({
    "domains": {"source": "adult", "target": "child"},
    "data": {"manifest": ")"
                      << manifest << R"(", "size": 16, "loader_threads": 1},
    "generator": {"ngf": 2, "blocks": 1}, "discriminator": {"ndf": 2, "layers": 1}, "classifier": {"width": 2},
    "pretrain": {"epochs": 2, "batch": 8},
    "train": {"epochs": 1, "decay_epochs": 1, "steps_per_epoch": 4, "pool": 3},
    "log": {"every": 1, "images_every": 0, "validate_every": 2, "checkpoint_every": 3, "keep": 100},
    "evaluate": {"bootstrap": 10}
  })";
  return path;
}

TrainOptions run(const fs::path& spec, const fs::path& out) {
  TrainOptions options;
  options.spec = spec;
  options.out = out;
  return options;
}

// Copies a run as if it had been stopped when this checkpoint was its newest.
void cut_back(const fs::path& from, const fs::path& to, const std::string& newest) {
  fs::copy(from, to, fs::copy_options::recursive);
  for (const auto& entry : fs::directory_iterator(to / "checkpoints"))
    if (entry.path().filename().string() > newest) fs::remove(entry.path());
  for (const char* result : {"weights.safetensors", "evaluation.json"}) fs::remove(to / result);
  if (newest[0] == '1') fs::remove(to / "pretrained.safetensors");
}

void check_same_result(const fs::path& run, const fs::path& other) {
  for (const char* file : {"pretrained.safetensors", "weights.safetensors", "checkpoints/2-joint-00000008.safetensors",
                           "metrics.jsonl", "evaluation.json"}) {
    INFO(file);
    CHECK(bytes_of(run / file) == bytes_of(other / file));
  }
}

}  // namespace

TEST_CASE("a resumed run ends as if it had never stopped, byte for byte", "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path()), whole = folder.path() / "whole";
  train(run(spec, whole));
  for (const std::string newest :
       {"1-pretrain-00000004.safetensors", "2-joint-00000003.safetensors", "2-joint-00000006.safetensors"}) {
    INFO(newest);
    REQUIRE(fs::exists(whole / "checkpoints" / newest));
    const fs::path resumed = folder.path() / ("resumed " + newest);
    cut_back(whole, resumed, newest);
    TrainOptions options = run({}, resumed);
    options.resume = true;
    options.settings = {"data.loader_threads=3"};
    train(options);
    check_same_result(whole, resumed);
  }
}

TEST_CASE("a resumed run says that lines of its metrics are lost", "[training]") {
  const TemporaryFolder folder;
  const fs::path whole = folder.path() / "whole";
  train(run(write_spec(folder.path()), whole));
  const auto warnings_after = [&](const std::string& name, const auto& damage) {
    const fs::path resumed = folder.path() / name;
    cut_back(whole, resumed, "2-joint-00000006.safetensors");
    damage(resumed / "metrics.jsonl");
    TrainOptions options = run({}, resumed);
    options.resume = true;
    train(options);
    CHECK(bytes_of(resumed / "weights.safetensors") == bytes_of(whole / "weights.safetensors"));
    const std::string log = bytes_of(resumed / "log.txt");
    return log.find("its curves lack the others") != std::string::npos;
  };
  CHECK_FALSE(warnings_after("all", [](const fs::path&) {}));
  CHECK(warnings_after("removed", [](const fs::path& metrics) { fs::remove(metrics); }));
  CHECK(warnings_after("cut", [](const fs::path& metrics) {
    std::string text = bytes_of(metrics);
    text[text.find('\n') - 1] = '!';  // the first line
    std::ofstream(metrics) << text;
  }));
}

TEST_CASE("a run that continues on another device says that its bits may differ", "[training]") {
  const TemporaryFolder folder;
  const fs::path whole = folder.path() / "whole";
  train(run(write_spec(folder.path()), whole));
  // In the joint phase, and between the phases.
  for (const std::string newest : {"2-joint-00000006.safetensors", "1-pretrain-00000008.safetensors"})
    for (const std::string device : {"cpu", "emulated"}) {
      const fs::path resumed = folder.path() / (device + newest);
      cut_back(whole, resumed, newest);
      fs::copy_file(whole / "pretrained.safetensors", resumed / "pretrained.safetensors",
                    fs::copy_options::overwrite_existing);
      TrainOptions options = run({}, resumed);
      options.resume = true;
      options.settings = {"device=" + device};
      train(options);
      const bool warns =
          bytes_of(resumed / "log.txt").find("warning: the steps so far were computed by cpu, ") != std::string::npos;
      CHECK(warns == (device == "emulated"));
    }
}

TEST_CASE("a run that was extended equals one that was as long from the start", "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path()), whole = folder.path() / "whole", run_folder = folder.path() / "run";
  TrainOptions options = run(spec, whole);
  options.settings = {"train.epochs=3", "train.decay_epochs=0"};
  train(options);
  options.out = run_folder;
  options.settings = {"train.epochs=1", "train.decay_epochs=0"};
  train(options);
  CHECK(bytes_of(whole / "weights.safetensors") != bytes_of(run_folder / "weights.safetensors"));

  options = run({}, run_folder);
  options.resume = true;
  options.settings = {"train.epochs=2", "log.keep=1", "data.cache_mb=1"};
  train(options);
  CHECK_THAT(bytes_of(run_folder / "log.txt"), Contains("settings changed: log.keep: 100 -> 1, train.epochs: 1 -> 2\n")
                                                   && Contains("resumes from 2-joint-00000004.safetensors"));
  CHECK(read_spec(run_folder / "spec.json").data.cache_mb == 1024);  // for one call
  CHECK(read_spec(run_folder / "spec.json").of<TunaNetSpec>().train.epochs == 2);
  CHECK(fs::exists(run_folder / "checkpoints/1-pretrain-00000004.safetensors"));

  // A later call continues with the settings of the one before, here after it was killed.
  options.settings = {"train.epochs=3", "log.keep=100"};
  train(options);
  const fs::path killed = folder.path() / "killed";
  fs::copy(run_folder, killed, fs::copy_options::recursive);
  fs::remove(killed / "checkpoints/2-joint-00000012.safetensors");
  fs::remove(killed / "weights.safetensors");
  options = run({}, killed);
  options.resume = true;
  train(options);
  const SpecHistory history = history_in(run_folder / "spec.json");
  REQUIRE(history.size() == 2);
  CHECK(history[0].phase == "joint");
  CHECK(history[0].step == 4);
  CHECK(history[0].changed == std::vector<std::string>{"log.keep: 100 -> 1", "train.epochs: 1 -> 2"});
  CHECK(history[1].step == 8);
  CHECK(read_spec(run_folder / "spec.json") == read_spec(whole / "spec.json"));
  for (const fs::path& each : {run_folder, killed})
    for (const char* file : {"pretrained.safetensors", "weights.safetensors", "metrics.jsonl", "evaluation.json",
                             "checkpoints/2-joint-00000012.safetensors"}) {
      INFO(each << " " << file);
      CHECK(bytes_of(whole / file) == bytes_of(each / file));
    }
}

TEST_CASE("an interrupted extension keeps the earlier results, and is continued", "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path()), out = folder.path() / "run";
  TrainOptions options = run(spec, out);
  options.settings = {"train.decay_epochs=0", "supervised=true", "data.split.train=0.5", "data.split.validation=0.3"};
  train(options);
  const std::string weights = bytes_of(out / "weights.safetensors"),
                    supervised = bytes_of(out / "checkpoints/3-supervised-00000006.safetensors");
  const auto metrics_of = [&](const std::string& phase) {
    size_t lines = 0;
    std::ifstream file(out / "metrics.jsonl");
    for (std::string line; std::getline(file, line);) lines += line.find("\"" + phase + "\"") != std::string::npos;
    return lines;
  };
  const size_t of_supervised = metrics_of("supervised");
  REQUIRE(of_supervised > 0);

  // The run as if it had been killed after it was extended.
  Spec longer = read_spec(out / "spec.json");
  longer.of<TunaNetSpec>().train.epochs = 2;
  std::ofstream(out / "spec.json") << to_json(longer);
  options = run({}, out);
  options.resume = true;
  train(options);
  CHECK(bytes_of(out / "weights.safetensors") != weights);
  CHECK(metrics_of("supervised") == of_supervised);  // neither repeated nor forgotten
  CHECK(bytes_of(out / "checkpoints/3-supervised-00000006.safetensors") == supervised);
  CHECK(SafetensorsFile(out / "weights.safetensors").metadata().at("steps") == "8");
  CHECK(fs::exists(out / "evaluation.json"));

  const std::string after = bytes_of(out / "weights.safetensors");
  options.settings = {"train.epochs=1"};
  REQUIRE_THROWS_WITH(train(options),
                      Contains("phase joint is finished with 8 steps and cannot be made shorter (4 steps)"));
  CHECK(read_spec(out / "spec.json").of<TunaNetSpec>().train.epochs == 2);
  options.settings = {"evaluate.bootstrap=0"};
  train(options);
  CHECK(bytes_of(out / "weights.safetensors") == after);
  CHECK_THAT(bytes_of(out / "log.txt"), Contains("every phase is trained already; evaluates again"));
  CHECK(bytes_of(out / "evaluation.json").find("interval_95") == std::string::npos);
}

TEST_CASE("a run can be finished early", "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path()), whole = folder.path() / "whole";
  train(run(spec, whole));
  const auto finish = [&](const std::string& newest, const std::vector<std::string>& settings) {
    const fs::path early = folder.path() / ("early " + newest);
    cut_back(whole, early, newest);
    TrainOptions options = run({}, early);
    options.resume = true;
    options.settings = settings;
    train(options);
    CHECK(fs::exists(early / "evaluation.json"));
    return early;
  };
  const fs::path joint = finish("2-joint-00000006.safetensors", {"train.epochs=1", "train.decay_epochs=0"});
  const SafetensorsFile weights(joint / "weights.safetensors"),
      checkpoint(joint / "checkpoints/2-joint-00000006.safetensors");
  CHECK(weights.metadata().at("steps") == "6");
  CHECK(fs::exists(joint / "images/step-00000006.png"));
  CHECK_THAT(bytes_of(joint / "metrics.jsonl"), Contains("target_entropy"));
  TrainOptions again = run({}, joint);  // its result has more steps than its spec wants
  again.resume = true;
  train(again);
  for (const auto& [name, tensor] : weights.tensors())
    CHECK(std::equal(tensor.data.begin(), tensor.data.end(), checkpoint.tensor(name).data.begin()));

  // In the pretraining: the best weights so far.
  const fs::path pretrain = finish("1-pretrain-00000004.safetensors", {"pretrain.epochs=0"});
  const SafetensorsFile pretrained(pretrain / "pretrained.safetensors"),
      best(pretrain / "checkpoints/1-pretrain-00000004.safetensors");
  for (const auto& [name, tensor] : pretrained.tensors())
    CHECK(std::equal(tensor.data.begin(), tensor.data.end(), best.tensor("best." + name).data.begin()));
}

TEST_CASE("a validator without labels chooses the weights that a phase leaves", "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path()), whole = folder.path() / "whole";
  TrainOptions options = run(spec, whole);
  options.settings = {"train.select=entropy", "log.checkpoint_every=1", "log.validate_every=1", "train.lr_f=0.01"};
  train(options);
  double smallest = 1;
  std::string best;
  size_t best_so_far = 0, improvements = 0;
  std::ifstream lines(whole / "metrics.jsonl");
  for (std::string text; std::getline(lines, text);) {
    const auto line = nlohmann::json::parse(text);
    best_so_far += line.value("best_so_far", "") == "target_entropy";
    if (!line.contains("target_entropy") || line["target_entropy"] >= smallest) continue;
    CHECK(line.value("best_so_far", "") == "target_entropy");
    ++improvements;
    smallest = line["target_entropy"];
    best = fmt::format("2-joint-{:08}.safetensors", line["step"].get<int>());
  }
  CHECK(best_so_far == improvements);
  REQUIRE(best != "2-joint-00000008.safetensors");  // otherwise the choice is that of `last`
  const SafetensorsFile weights(whole / "weights.safetensors"), checkpoint(whole / "checkpoints" / best);
  for (const auto& [name, tensor] : weights.tensors())
    CHECK(std::equal(tensor.data.begin(), tensor.data.end(), checkpoint.tensor(name).data.begin()));

  const fs::path cut = folder.path() / "cut";
  cut_back(whole, cut, "2-joint-00000003.safetensors");
  TrainOptions again = run({}, cut);
  again.resume = true;
  train(again);
  check_same_result(cut, whole);

  options.out = folder.path() / "source";
  options.settings[0] = "train.select=source_auc";
  train(options);
  CHECK_THAT(bytes_of(options.out / "metrics.jsonl"), Contains("source_auc"));
}

TEST_CASE("a collapse of F_P is a warning that names the keys to change", "[training]") {
  const TemporaryFolder folder;
  TrainOptions options = run(write_spec(folder.path()), folder.path() / "run");
  options.settings = {R"(objective.feature.updates=["F_P","G_AP"])",
                      "objective.feature.weight=1e5",
                      "train.lr_f=0.01",
                      "train.steps_per_epoch=40",
                      "log.validate_every=10",
                      "pretrain.lr=0.01",
                      "pretrain.epochs=20"};
  train(options);
  const std::string log = bytes_of(options.out / "log.txt");
  CHECK_THAT(log, Contains("F_P has collapsed on validation images of 'child'"));
  CHECK_THAT(log, Contains("objective.feature.updates"));
  CHECK_THAT(bytes_of(options.out / "metrics.jsonl"), Contains("feature_rank"));
}

TEST_CASE("a classifier that has never distinguished images has not collapsed", "[training]") {
  const TemporaryFolder folder;
  TrainOptions options = run(write_spec(folder.path()), folder.path() / "run");
  options.settings = {"pretrain.lr=1e-9", "train.lr_f=1e-9", "classifier.width=8"};
  train(options);
  CHECK_THAT(bytes_of(options.out / "log.txt"), !Contains("has collapsed"));
}

TEST_CASE("source images are taken by a prior, which may be estimated, and a resumed run keeps it", "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path());
  const auto trained = [&](const std::string& name, const std::string& prior) {
    TrainOptions options = run(spec, folder.path() / name);
    options.settings = {"data.source_prior=" + prior, "pretrain.lr=0.01", "pretrain.epochs=20"};
    train(options);
    return bytes_of(options.out / "weights.safetensors");
  };
  const std::string as_is = trained("as_is", "as_is"), balanced = trained("balanced", "balanced");
  CHECK(as_is != balanced);
  CHECK(trained("half", "[0.5, 0.5]") == balanced);

  const fs::path whole = folder.path() / "estimate", cut = folder.path() / "cut";
  trained("estimate", "estimate");
  CHECK_THAT(bytes_of(whole / "log.txt"), Contains("% of the source images are 'pneumonia', as estimated for 'child'"));
  cut_back(whole, cut, "2-joint-00000003.safetensors");
  TrainOptions again = run({}, cut);
  again.resume = true;
  train(again);
  for (const char* file : {"weights.safetensors", "metrics.jsonl"})
    CHECK(bytes_of(cut / file) == bytes_of(whole / file));
}

TEST_CASE("a resumed run refuses other settings, and what it cannot continue from", "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path()), out = folder.path() / "run";
  TrainOptions options = run(spec, out);
  options.settings = {"train.decay_epochs=0", "log.validate_every=0"};
  train(options);
  const std::string before = bytes_of(out / "spec.json"), log = bytes_of(out / "log.txt");
  options = run({}, out);
  options.resume = true;
  const auto refused = [&](const std::vector<std::string>& settings, const std::string& message) {
    options.settings = settings;
    REQUIRE_THROWS_WITH(train(options), Contains(message));
    CHECK(bytes_of(out / "spec.json") == before);
    CHECK(bytes_of(out / "log.txt") == log);
  };
  refused({"train.batch=2", "seed=3"}, "--set seed: 0 -> 3, train.batch: 1 -> 2: cannot change with --resume");
  refused({"pretrain.epochs=3"}, "--set: phase pretrain cannot be trained longer, as phase joint has begun with it");
  fs::resize_file(out / "checkpoints/2-joint-00000003.safetensors", 1000);
  fs::resize_file(out / "checkpoints/2-joint-00000004.safetensors", 1000);
  refused({"train.epochs=2"},
          "2-joint-00000004.safetensors: is damaged, and no other checkpoint of this phase can be "
          "read; to begin the joint phase again, remove its checkpoints");
  for (const char* name : {"2-joint-00000003.safetensors", "2-joint-00000004.safetensors"})
    fs::remove(out / "checkpoints" / name);
  refused({"train.epochs=2"}, "weights.safetensors: has 4 steps; 8 need a checkpoint to continue from");
  options.settings.clear();
  const std::string weights = bytes_of(out / "weights.safetensors");
  train(options);  // it is finished, and so needs none
  CHECK(bytes_of(out / "weights.safetensors") == weights);
}

// Inverts a bit of the last value of a file of weights.
void damage(const fs::path& file) {
  std::string bytes = bytes_of(file);
  bytes.back() ^= 1;
  std::ofstream(file, std::ios::binary) << bytes;
}

TEST_CASE("a resumed run notices damage to earlier results before it trains", "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path()), whole = folder / "whole", out = folder / "run";
  train(run(spec, whole));
  cut_back(whole, out, "2-joint-00000003.safetensors");
  const std::string log = bytes_of(out / "log.txt");
  TrainOptions options = run({}, out);
  options.resume = true;
  const auto refused = [&](const std::string& damage, const std::string& remedy) {
    REQUIRE_THROWS_WITH(train(options), Contains("pretrained.safetensors: " + damage)
                                            && Contains("; if the file is damaged, remove it, and --resume " + remedy));
    CHECK(bytes_of(out / "log.txt") == log);
  };
  damage(out / "pretrained.safetensors");
  const std::string again = "writes it again from 1-pretrain-00000008.safetensors";
  refused("is damaged (its checksum does not match its values)", again);
  fs::resize_file(out / "pretrained.safetensors", 1000);
  refused("not a safetensors file, or truncated", again);
  for (const fs::path& checkpoint : checkpoints_of(out / "checkpoints", "pretrain"))
    fs::rename(checkpoint, folder / checkpoint.filename());
  refused("not a safetensors file, or truncated", "trains the pretrain phase again");
  for (const fs::path& checkpoint : checkpoints_of(whole / "checkpoints", "pretrain"))
    fs::rename(folder / checkpoint.filename(), out / "checkpoints" / checkpoint.filename());
  fs::remove(out / "pretrained.safetensors");
  train(options);
  check_same_result(whole, out);
}

TEST_CASE("a resumed run notices damage to a file that a later phase begins with", "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path());
  train(run(spec, folder / "first"));
  TrainOptions options = run(spec, folder / "run");
  const fs::path weights = folder / "first/pretrained.safetensors";
  options.settings = {"supervised=true", "classifier.weights=" + weights.string(), "data.split.train=0.5",
                      "data.split.validation=0.3"};
  train(options);
  cut_back(folder / "run", folder / "cut", "2-joint-00000003.safetensors");
  fs::remove(folder / "cut/supervised.safetensors");
  damage(weights);
  options = run({}, folder / "cut");
  options.resume = true;
  const std::string log = bytes_of(folder / "cut/log.txt");
  REQUIRE_THROWS_WITH(train(options), Contains(weights.string() + ": is damaged"));
  CHECK(bytes_of(folder / "cut/log.txt") == log);
  TrainOptions fresh = run(spec, folder / "fresh");
  fresh.settings = {"classifier.weights=" + weights.string()};
  REQUIRE_THROWS_WITH(train(fresh), Contains(weights.string() + ": is damaged"));
  CHECK_FALSE(fs::exists(folder / "fresh"));  // before the images are checked
  damage(weights);
  CHECK_NOTHROW(train(options));
}

TEST_CASE("the evaluation of a run may be ended in the bootstrap", "[training]") {
  const TemporaryFolder folder;
  const fs::path out = folder / "run";
  train(run(write_spec(folder.path()), out));
  const Spec spec = read_spec(out / "spec.json");
  const RunData data(spec, out / "splits.csv");
  const auto calls = [&] {
    int64_t count = 0;
    evaluate_run(out, data, target_of(spec), nullptr, [&] { ++count; });
    return count;
  };
  const int64_t few = calls();
  const std::string text = bytes_of(out / "spec.json");
  const std::string before = "\"bootstrap\": 10";
  REQUIRE(text.find(before) != text.npos);
  std::ofstream(out / "spec.json") << std::string(text).replace(text.find(before), before.size(), before + "0");
  CHECK(calls() >= few + 90);
}

TEST_CASE("the same spec gives the same bytes twice, another seed others", "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path());
  train(run(spec, folder.path() / "first"));
  train(run(spec, folder.path() / "again"));
  check_same_result(folder.path() / "first", folder.path() / "again");
  TrainOptions other = run(spec, folder.path() / "other");
  other.settings = {"seed=1"};
  train(other);
  CHECK(bytes_of(folder.path() / "first/weights.safetensors") != bytes_of(folder.path() / "other/weights.safetensors"));
}

TEST_CASE("permuted labels of the target change no adapted tensor", "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path());
  std::ifstream manifest(folder.path() / "manifest.csv");
  std::ofstream permuted(folder.path() / "permuted.csv");
  int changed = 0;
  for (std::string line; std::getline(manifest, line);) {
    const bool child = line.find("child") != std::string::npos;
    for (const auto& [from, to] :
         {std::pair<std::string, std::string>{"normal", "pneumonia"}, {"pneumonia", "normal"}}) {
      const size_t at = line.find("," + from + ",");
      if (!child || at == std::string::npos) continue;
      line.replace(at + 1, from.size(), to);
      ++changed;
      break;
    }
    permuted << line << "\n";
  }
  permuted.close();
  REQUIRE(changed == 40);
  train(run(spec, folder.path() / "true"));
  train(run(write_spec(folder.path(), "permuted.csv"), folder.path() / "permuted"));
  for (const char* file : {"pretrained.safetensors", "weights.safetensors"})
    CHECK(bytes_of(folder.path() / "true" / file) == bytes_of(folder.path() / "permuted" / file));
  CHECK(bytes_of(folder.path() / "true/evaluation.json") != bytes_of(folder.path() / "permuted/evaluation.json"));
}

TEST_CASE("without labels of the target a run has thresholds, and the same networks", "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path());
  std::ifstream manifest(folder.path() / "manifest.csv");
  std::ofstream unlabelled(folder.path() / "unlabelled.csv");
  for (std::string line; std::getline(manifest, line);) {
    const bool child = line.find(",child,") != std::string::npos;
    for (const std::string label : {"normal", "pneumonia"})
      if (const size_t at = line.find("," + label + ","); child && at != std::string::npos)
        line.erase(at + 1, label.size());
    unlabelled << line << "\n";
  }
  unlabelled.close();
  train(run(spec, folder.path() / "labelled"));
  train(run(write_spec(folder.path(), "unlabelled.csv"), folder.path() / "unlabelled"));
  CHECK(bytes_of(folder.path() / "labelled/weights.safetensors")
        == bytes_of(folder.path() / "unlabelled/weights.safetensors"));
  const auto rows = [&](const char* out) {
    return nlohmann::json::parse(bytes_of(folder.path() / out / "evaluation.json")).at("rows");
  };
  REQUIRE(rows("unlabelled").size() == 2);
  for (size_t row = 0; row < 2; ++row) {
    const nlohmann::json with = rows("labelled")[row], without = rows("unlabelled")[row];
    CHECK(without.at("images") == 0);
    CHECK(without.at("target_prior") == with.at("target_prior"));
    const auto threshold_by = [](const nlohmann::json& row, const char* chosen_on) {
      for (const nlohmann::json& at : row.at("thresholds"))
        if (at.at("chosen_on") == chosen_on) return at.at("threshold");
      return nlohmann::json();
    };
    for (const char* chosen_on : {"source validation", "target prior"})
      CHECK(threshold_by(without, chosen_on) == threshold_by(with, chosen_on));
    CHECK(threshold_by(without, "source validation").is_number());
    CHECK(without.at("thresholds").size() == (with.at("target_prior").contains("estimate") ? 2 : 1));
    for (const nlohmann::json& at : without.at("thresholds")) CHECK_FALSE(at.contains("auc"));
  }
  CHECK_THAT(bytes_of(folder.path() / "unlabelled/log.txt"),
             Contains("TUNA-Net") && Contains("source validation") && Contains("nothing can be measured"));
}

TEST_CASE("steps that are not finite are left out, and ten in a row end the run", "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path());
  TrainOptions options = run(spec, folder.path() / "good");
  options.settings = {"pretrain.epochs=0", "train.decay_epochs=0", "train.steps_per_epoch=1"};
  train(options);
  write_diverging_weights(folder.path() / "good/pretrained.safetensors", folder.path() / "huge.safetensors");
  const std::string from_huge = "classifier.weights=" + (folder.path() / "huge.safetensors").string();
  const auto diverged = [](const TrainOptions& as) {
    try {
      train(as);
    } catch (const NotFinite& error) {
      return std::string(error.what());
    }
    return std::string("did not diverge");
  };

  options.out = folder.path() / "joint";
  options.settings = {from_huge, "pretrain.epochs=0", "train.steps_per_epoch=30", "log.validate_every=0"};
  const fs::path last_good = options.out / "checkpoints/2-joint-00000009.safetensors";
  const std::string message = "10 steps in a row were not finite; the last good checkpoint is " + last_good.string();
  CHECK(diverged(options) == message);
  CHECK_FALSE(fs::exists(options.out / "weights.safetensors"));
  const std::string log = bytes_of(options.out / "log.txt");
  CHECK_THAT(log, Contains("joint step 10: not finite, optimizer_F left out") && Contains("nan") && Contains("adult/")
                      && Contains("child/"));
  const SafetensorsFile checkpoint(last_good);
  const Progress progress = checkpoint_progress(checkpoint);
  CHECK(progress.not_finite_in_a_row == 9);
  CHECK(progress.skipped == std::map<std::string, int64_t>{{"optimizer_F", 9}, {"optimizer_G", 9}});  // D goes on
  const SafetensorsFile pretrained(options.out / "pretrained.safetensors");
  for (const auto& [name, tensor] : pretrained.tensors())
    CHECK(std::equal(tensor.data.begin(), tensor.data.end(), checkpoint.tensor(name).data.begin()));
  options.resume = true;  // still there, and at the same end
  options.settings.clear();
  CHECK(diverged(options) == message);

  options.resume = false;
  options.out = folder.path() / "short";
  options.settings = {from_huge, "pretrain.epochs=0", "train.decay_epochs=0", "train.steps_per_epoch=3",
                      "log.validate_every=0"};
  CHECK_THAT(diverged(options), Contains("joint step 3: the output of F_P"));
  CHECK_THAT(bytes_of(options.out / "metrics.jsonl"), Contains(R"("skipped":{"optimizer_F":3,"optimizer_G":3})"));

  options.out = folder.path() / "validated";
  options.settings = {from_huge, "pretrain.epochs=0", "train.steps_per_epoch=30"};
  CHECK(diverged(options)
        == "joint step 2: the output of F_P on validation images is not finite; there is no checkpoint yet");
  options.out = folder.path() / "pretrain";
  options.settings = {from_huge};
  CHECK(diverged(options)
        == "pretrain step 4: the output of F_A on validation images is not finite; there is no checkpoint yet");
}

TEST_CASE("a classifier starts from the results of an earlier run, and from weights without a last layer",
          "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path());
  TrainOptions options = run(spec, folder.path() / "first");
  const std::vector<std::string> settings = {"pretrain.epochs=0", "train.epochs=0", "train.decay_epochs=1",
                                             "train.steps_per_epoch=1"};
  options.settings = settings;
  train(options);
  const fs::path first = folder.path() / "first/pretrained.safetensors";
  for (const char* part : {"pretrained", "weights"}) {
    options = run(spec, folder.path() / part);
    options.settings = settings;
    options.settings.push_back("classifier.weights=" + (folder.path() / "first" / part).string() + ".safetensors");
    options.settings.push_back("seed=17");
    train(options);
  }
  CHECK(bytes_of(folder.path() / "pretrained/pretrained.safetensors") == bytes_of(first));

  StoredTensors backbone;
  const SafetensorsFile file(first);
  for (const auto& [name, tensor] : file.tensors())
    if (name.find(".fc.") == name.npos) backbone[name] = tensor;
  write_safetensors(folder.path() / "backbone.safetensors", backbone);
  options = run(spec, folder.path() / "third");
  options.settings = settings;
  options.settings.push_back("classifier.weights=" + (folder.path() / "backbone.safetensors").string());
  train(options);
}

TEST_CASE("a run folder is not trained into twice, and resuming needs a run", "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path());
  TrainOptions options = run(spec, folder.path() / "run");
  options.settings = {"pretrain.epochs=0", "train.epochs=0", "train.decay_epochs=1", "train.steps_per_epoch=1"};
  train(options);
  const std::string before = bytes_of(folder.path() / "run/weights.safetensors");
  REQUIRE_THROWS_WITH(train(options), Contains("already holds a run"));
  CHECK(bytes_of(folder.path() / "run/weights.safetensors") == before);
  TrainOptions nothing = run({}, folder.path() / "nothing");
  nothing.resume = true;
  REQUIRE_THROWS_WITH(train(nothing), Contains("holds no run"));
}

TEST_CASE("a run is not resumed with other images, unless its splits.csv has no checksums", "[training]") {
  const TemporaryFolder folder;
  const fs::path spec = write_spec(folder.path());
  train(run(spec, folder / "run"));
  TrainOptions resume;
  resume.out = folder / "run";
  resume.resume = true;
  REQUIRE_NOTHROW(train(resume));

  fs::copy_file(folder / "adult/0001_0.png", folder / "adult/0000_0.png", fs::copy_options::overwrite_existing);
  REQUIRE_THROWS_WITH(train(resume), Contains("1 of 80 images changed since the run began: ")
                                         && Contains((folder / "adult/0000_0.png").string()));
  std::vector<Sample> samples = read_manifest(folder / "run/splits.csv", "", folder.path()).samples;
  for (Sample& sample : samples) sample.checksum.reset();
  write_manifest(folder / "run/splits.csv", samples);
  REQUIRE_NOTHROW(train(resume));
}

TEST_CASE("a run is not resumed with other splits, labels, patients or fewer images", "[training]") {
  const TemporaryFolder folder;
  train(run(write_spec(folder.path()), folder / "run"));
  const fs::path splits = folder / "run/splits.csv";
  const std::vector<Sample> samples = read_manifest(splits, "", folder.path()).samples;
  const auto refused = [&](const auto& change) {
    std::vector<Sample> changed = samples;
    change(changed);
    write_manifest(splits, changed, folder.path());
    TrainOptions resume;
    resume.out = folder / "run";
    resume.resume = true;
    REQUIRE_THROWS_WITH(train(resume),
                        Contains("splits.csv: its images, labels, patients or splits are not those that"));
  };
  refused([](std::vector<Sample>& all) { all.pop_back(); });
  refused([](std::vector<Sample>& all) { all[0].label = all[0].label == "normal" ? "pneumonia" : "normal"; });
  refused([](std::vector<Sample>& all) { all[0].patient += "0"; });
  refused([](std::vector<Sample>& all) {
    const std::string patient = all[0].patient, other = all[0].split == "train" ? "test" : "train";
    for (Sample& sample : all)
      if (sample.patient == patient) sample.split = other;
  });
}

TEST_CASE("a run continues with images that have moved", "[training]") {
  const TemporaryFolder folder;
  const fs::path before = folder / "before", after = folder / "after";
  fs::create_directories(before);
  train(run(write_spec(before), folder / "run"));
  CHECK_THAT(bytes_of(folder / "run/splits.csv"), Contains("\nadult/0000_0.png,adult,"));
  fs::rename(before, after);

  TrainOptions resume;
  resume.out = folder / "run";
  resume.resume = true;
  REQUIRE_THROWS_WITH(train(resume), Contains(before.string() + ": no such folder") && Contains("--data-root"));
  resume.settings = {"data.root=" + after.string()};
  const std::string evaluation = bytes_of(folder / "run/evaluation.json");
  train(resume);
  CHECK(bytes_of(folder / "run/evaluation.json") == evaluation);
  resume.settings = {};  // the run keeps the new folder
  REQUIRE_NOTHROW(train(resume));
}

}  // namespace tuna
