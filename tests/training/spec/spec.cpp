#include "training/spec/spec.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "engine/base/check.h"
#include "engine/base/strict_json.h"
#include "tests/catch.h"
#include "tests/temporary_folder.h"
#include "training/methods/tuna_net.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

Spec parse(const std::string& text, const std::vector<std::string>& settings = {}) {
  return parse_spec(text, "test.json", {}, settings);
}

/// The message with which a spec is refused, or "" if it is not.
std::string refusal(const std::string& text, const std::vector<std::string>& settings = {}) {
  try {
    parse(text, settings);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

std::string contents(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const fs::path from_there = path.lexically_relative(folder);
  return !from_there.empty() && *from_there.begin() != "..";
}

/// A spec of many keys at values other than their defaults.
const char* const kManyKeys = R"({
  "$schema": "schema.json", "name": "other", "seed": 12, "device": "cpu", "precision": "bf16",
  "domains": {"source": "adult", "target": "child"},
  "classes": ["well", "ill", "dead"], "positive": "ill", "class_weights": [1, 2, 3],
  "data": {"folders": {"adult": "/a", "child": "/c"}, "patient_regex": "^(\\w+)_", "size": 128, "channels": 3,
           "intensity": "percentile", "fit": "pad", "split": {"train": 0.5, "validation": 0.25, "test": 0.25, "folds": 4, "fold": 3},
           "on_bad_image": "skip", "loader_threads": 3, "cache_mb": 10},
  "generator": {"ngf": 8, "blocks": 6}, "discriminator": {"ndf": 16, "layers": 2},
  "classifier": {"depth": 34, "width": 32, "weights": "/w.safetensors", "f_input": "none"},
  "objective": {
    "gan": "vanilla", "adversarial": {"weight": 2, "updates": ["G_AP"]}, "cycle": {"weight": 5, "updates": ["G_PA"]},
    "identity": {"weight": 0.5, "updates": ["G_AP"]},
    "classification": {
      "source": {"weight": 0, "updates": []}, "reconstruction": {"weight": 0.1, "updates": ["G_AP", "G_PA"]},
      "synthetic": {"weight": 0.2, "updates": ["F_P"]}, "pseudo": {"weight": 0.3, "updates": ["F_A"], "min_conf": 0.9}},
    "feature": {"weight": 0.4, "updates": ["F_P"], "detach_real": true}},
  "pretrain": {"epochs": 2, "batch": 8, "lr": 0.01, "betas": [0.8, 0.99],
               "augmentation": {"flip": 0.25, "zoom": 0.2, "shift": 0.1}},
  "train": {"epochs": 3, "decay_epochs": 4, "steps_per_epoch": 5, "batch": 6, "lr_g": 0.1, "lr_d": 0.2, "lr_f": 0.3,
            "betas_gd": [0.1, 0.2], "betas_f": [0.3, 0.4], "pool": 0, "bn": "train",
            "augmentation": {"flip": 0.5, "zoom": 0.06, "shift": 0.01}},
  "log": {"every": 1, "images_every": 2, "validate_every": 3, "checkpoint_every": 4, "keep": 5},
  "supervised": true, "evaluate": {"batch": 4, "bootstrap": 7}})";

}  // namespace

TEST_CASE("a manifest given by --set replaces the folders and the expression for patients", "[spec]") {
  const std::string text = R"json({"domains": {"source": "a", "target": "c"},
                                   "data": {"folders": {"a": "x", "c": "y"}, "patient_regex": "^(.)"}})json";
  for (const std::string setting : {"data.manifest=/m.csv", R"(data={"manifest": "/m.csv"})"}) {
    const Spec spec = parse_spec(text, "test.json", "/", {setting});
    CHECK(spec.data.manifest == "/m.csv");
    CHECK(spec.data.folders.empty());
    CHECK(spec.data.patient_regex.empty());
  }
  CHECK(parse_spec(text, "test.json", "/", {"data.size=64"}).data.folders.size() == 2);
}

TEST_CASE("an empty spec is the paper's, if that works", "[spec]") {
  const Spec spec = parse("{}");
  CHECK(spec == Spec());
  const auto& own = spec.of<TunaNetSpec>();
  CHECK(spec.method == "tuna_net");
  CHECK(spec.data.format.size == 512);
  CHECK(own.net.generator.ngf == 64);
  CHECK(own.net.generator.blocks == 9);
  const ObjectiveOptions& objective = own.objective;
  CHECK(objective.gan == GanMode::lsgan);
  CHECK(objective["cycle"].weight == 10);
  CHECK(objective["identity"].weight == 0);
  CHECK(objective["feature"].updates == std::vector<std::string>{"G_AP"});  // the paper: F_P, too; see docs/results.md
  CHECK(objective["reconstruction"].updates == std::vector<std::string>{"F_A", "G_AP", "G_PA"});
  CHECK(own.train.lr_g == 2e-4);
  CHECK(own.train.lr_f == 1e-4);
  CHECK(own.train.epochs + own.train.decay_epochs == 200);
  CHECK(own.train.pool == 50);
  CHECK(own.train.augmentation.flip == 0);  // a mirrored chest has its heart on the wrong side
  CHECK(own.pretrain.augmentation.flip == 0);
}

TEST_CASE("a spec of many keys is read and written", "[spec]") {
  const Spec spec = parse(kManyKeys);
  const ordered_json given = parse_json(kManyKeys, "test").flatten(), written = parse_json(to_json(spec), "test");
  const ordered_json flat = written.flatten();

  for (const auto& [key, value] : given.items()) {
    if (key == "/$schema") continue;
    CAPTURE(key);
    REQUIRE(flat.contains(key));
    CHECK(flat[key] == value);
  }
  CHECK(parse(to_json(spec)) == spec);
  CHECK(to_json(parse(to_json(spec))) == to_json(spec));

  CHECK(spec.data.folders.at("child") == fs::path("/c"));
  CHECK(spec.data.format.intensity == Intensity::percentile);
  CHECK(spec.of<TunaNetSpec>().train.betas_gd == std::array<double, 2>{0.1, 0.2});
  CHECK(spec.of<TunaNetSpec>().net.classifier.f_input == ClassifierOptions::Input::none);
}

namespace {

/// A valid value by a key's part of the schema, other than the default if there is another.
ordered_json another_value(const ordered_json& schema) {
  const ordered_json& before = schema.at("default");
  if (schema.contains("anyOf")) {
    ordered_json first = schema["anyOf"][0];
    first["default"] = before;
    return another_value(first);
  }
  if (schema.contains("enum")) return schema["enum"][0] == before ? schema["enum"].at(1) : schema["enum"][0];
  if (schema.contains("examples"))
    return schema["examples"][0] == before ? schema["examples"].at(1) : schema["examples"][0];
  if (before.is_boolean()) return !before.get<bool>();
  if (before.is_number_integer())
    return before.get<int64_t>() == schema["maximum"] ? before.get<int64_t>() - 1 : before.get<int64_t>() + 1;
  if (before.is_number()) return before.get<double>() == 0 ? 0.125 : before.get<double>() / 2;
  if (before.is_string()) return before == "" ? "/other" : before.get<std::string>() + " other";
  const ordered_json& items = schema["items"];
  if (items.contains("enum") && before.size() < items["enum"].size()) return items["enum"];
  ordered_json list = before;
  if (schema.contains("minItems"))
    list[0] = list[0].get<double>() / 2;
  else if (list.size() > 1)
    list.erase(list.size() - 1);
  return list;
}

/// Calls visit(path of the key, its part of the schema) for each key below `schema`.
template <class Visit>
void each_key(const ordered_json& schema, const std::string& path, Visit visit) {
  for (const auto& [key, property] : schema.at("properties").items()) {
    const std::string inner = path + "/" + key;
    if (property.contains("properties"))
      each_key(property, inner, visit);
    else if (property.contains("default"))
      visit(inner, property);
  }
}

}  // namespace

TEST_CASE("each key of each method is read and written", "[spec]") {
  // Keys for which no other value is valid alone, or follows from the schema.
  const std::set<std::string> with_others = {"/method",
                                             "/classes",
                                             "/positive",
                                             "/class_weights",
                                             "/data/size",
                                             "/data/split/train",
                                             "/data/split/validation",
                                             "/data/split/test",
                                             "/data/split/folds",
                                             "/data/manifest",
                                             "/data/folders",
                                             "/data/patient_regex"};
  for (const std::string& method : method_names())
    each_key(spec_schema(method), "", [&](const std::string& key, const ordered_json& schema) {
      if (with_others.count(key)) return;
      INFO(method << ": " << key);
      ordered_json given = {{"method", method}};
      const ordered_json::json_pointer pointer(key);
      given[pointer] = another_value(schema);
      CAPTURE(given.dump());
      std::string written;
      REQUIRE_NOTHROW(written = to_json(parse(given.dump())));
      CHECK(parse_json(written, "test").at(pointer) == given.at(pointer));
    });
}

TEST_CASE("a term updates the networks that it names, unless its weight is 0", "[spec]") {
  const Spec spec = parse(kManyKeys);
  const ObjectiveOptions& objective = spec.of<TunaNetSpec>().objective;
  CHECK(objective["cycle"].trains("G_PA"));
  CHECK_FALSE(objective["cycle"].trains("G_AP"));
  CHECK_FALSE(objective["source"].trains("F_A"));
  CHECK_FALSE(ObjectiveOptions()["identity"].trains("G_AP"));
}

TEST_CASE("a spec with a mistake is refused with its path, what was found and what is allowed", "[spec]") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      // syntax
      {"", "test.json: is empty, expected a spec in JSON"},
      {"{\n  \"seed\": 1,\n}", "test.json:3: syntax error while parsing object key"},
      {"{\"seed\": 1\n \"name\": \"x\"}", "test.json:2: syntax error"},
      {"{\"seed\": 1", "test.json:1: syntax error"},
      {"{} {}", "test.json:1: syntax error"},
      {"// a comment\n{\n  /* another\n     one */ \"seed\" 1}", "test.json:4: syntax error"},
      {"{} /* no end", "test.json:1: syntax error"},
      {"# no comment\n{}", "test.json:1: syntax error"},
      {"{\"name\": \"\xff\"}", "test.json:1: syntax error while parsing value - invalid string: ill-formed UTF-8"},
      {"{\"seed\": 1e999}", "test.json: number overflow parsing '1e999'"},
      {std::string(100000, '['), "test.json: nested more than 32 deep"},
      {"{\"train\": {\"pool\": 1, \"batch\": 1, \"pool\": 1}}", "test.json: train.pool is given twice"},
      {"{\"seed\": 1, \"seed\": 1}", "test.json: seed is given twice"},
      {"[1]", "test.json: [1] is not an object {...}"},
      // keys
      {"{\"pretain\": {}}", "test.json: pretain: no such key; the nearest is pretrain (there are name, method,"},
      {"{\"train\": {\"lr_h\": 1}}", "train.lr_h: no such key; the nearest are train.lr_g, train.lr_d, train.lr_f"},
      {"{\"train\": {\"learning_rate_of_g\": 1}}", "(there are epochs, decay_epochs,"},
      {"{\"train\": {\"$schema\": \"x\"}}", "train.$schema: no such key"},
      {"{\"objective\": {\"cycle\": {\"min_conf\": 1}}}", "objective.cycle.min_conf: no such key"},
      {"{\"a\\nb\": 1}", "test.json: a\\nb: no such key"},
      {"{\"\": 1}", "test.json: \"\": no such key"},
      // types
      {"{\"train\": 3}", "test.json: train: 3 is not an object {...}"},
      {"{\"name\": 3}", "test.json: name: 3 is not a string"},
      {"{\"seed\": \"3\"}", "test.json: seed: \"3\" is not a whole number"},
      {"{\"seed\": 1.5}", "test.json: seed: 1.5 is not a whole number"},
      {"{\"seed\": true}", "test.json: seed: true is not a whole number"},
      {"{\"seed\": null}", "test.json: seed: null is not a whole number"},
      {"{\"pretrain\": {\"lr\": \"1e-4\"}}", "test.json: pretrain.lr: \"1e-4\" is not a number"},
      {"{\"supervised\": 1}", "supervised: 1 is not true or false"},
      {"{\"classes\": \"a\"}", "test.json: classes: \"a\" is not a list [...]"},
      {"{\"classes\": [\"a\", 2]}", "test.json: classes[1]: 2 is not a string"},
      {"{\"data\": {\"folders\": [\"a\"]}}", "data.folders: [\"a\"] is not an object {...}"},
      {"{\"data\": {\"folders\": {\"source\": 1}}}", "data.folders.source: 1 is not a string"},
      {"{\"data\": {\"manifest\": {}}}", "data.manifest: {} is not a string"},
      {"{\"name\": [\"" + std::string(100, 'x') + "\"]}", "xxx... is not a string"},
      // ranges
      {"{\"pretrain\": {\"lr\": 3}}", "test.json: pretrain.lr: 3 is not in (0, 1]"},
      {"{\"pretrain\": {\"lr\": 0}}", "test.json: pretrain.lr: 0 is not in (0, 1]"},
      {"{\"pretrain\": {\"betas\": [0.9, 1]}}", "pretrain.betas[1]: 1 is not in [0, 1)"},
      {"{\"pretrain\": {\"betas\": [0.9]}}", "pretrain.betas: [0.9] has 1 items, not 2"},
      {"{\"train\": {\"batch\": 0}}", "train.batch: 0 is not in [1, 4096]"},
      {"{\"train\": {\"pool\": -1}}", "train.pool: -1 is not in [0, 100000]"},
      {"{\"seed\": 18446744073709551615}", "seed: 18446744073709551615 is not in [0, 9007199254740991]"},
      {"{\"seed\": 1e300}", "seed: 1e+300 is not in [0, 9007199254740991]"},
      {"{\"data\": {\"size\": 0}}", "data.size: 0 is not in [8, 4096]"},
      {"{\"class_weights\": [1, 0]}", "class_weights[1]: 0 is not in (0, 1000000]"},
      // choices
      {"{\"method\": \"cyclegan\"}", "method: \"cyclegan\" is not one of \"ada_bn\", "},
      {"{\"device\": \"gpu\"}", "device: \"gpu\" does not match any of \"auto\", \"cpu\", \"cuda\", \"cuda:1\""},
      {"{\"device\": \"cuda:\"}", "device: \"cuda:\" does not match any of"},
      {"{\"device\": \"ref\"}", "device: \"ref\" does not match any of"},
      {"{\"objective\": {\"gan\": \"wgan\"}}", "objective.gan: \"wgan\" is not one of \"lsgan\", \"vanilla\""},
      {"{\"classifier\": {\"depth\": 101}}", "classifier.depth: 101 is not one of 18, 34, 50"},
      {"{\"data\": {\"channels\": 2}}", "data.channels: 2 is not one of 1, 3"},
      {"{\"objective\": {\"cycle\": {\"updates\": [\"F_A\"]}}}",
       "objective.cycle.updates[0]: \"F_A\" is not one of \"G_AP\", \"G_PA\""},
      {"{\"objective\": {\"feature\": {\"updates\": [\"F_P\", \"F_P\"]}}}",
       "objective.feature.updates: \"F_P\" is given twice"},
      // what keys must be together
      {"{\"name\": \"\"}", "test.json: name: is empty"},
      {"{\"name\": \"a/b\"}", "name: a name must not have slashes"},
      {"{\"domains\": {\"source\": \"\"}}", "domains.source: is empty"},
      {"{\"domains\": {\"source\": \"x\", \"target\": \"x\"}}", "domains.target: \"x\" is the source as well"},
      {"{\"classes\": [\"a\"], \"positive\": \"a\"}", "classes: 1 given, at least 2 are needed"},
      {"{\"classes\": [\"a\", \"a\"]}", "classes: \"a\" is given twice"},
      {"{\"classes\": [\"a\", \"b\\n\"]}", "classes: a name must not have slashes or control characters"},
      {"{\"classes\": [\"a\", \"b\"]}", "positive: \"pneumonia\" is not one of classes: a, b"},
      {"{\"class_weights\": [1]}", "class_weights: 1 weights for 2 classes"},
      {"{\"data\": {\"source_prior\": [0.5, 0.4]}}", "data.source_prior: the numbers sum to 0.9, expected 1"},
      {"{\"data\": {\"source_prior\": [1]}}", "data.source_prior: 1 numbers for 2 classes"},
      {"{\"data\": {\"source_prior\": []}}", "data.source_prior: an empty list, expected a number for each class"},
      {"{\"data\": {\"source_prior\": \"equal\"}}",
       "data.source_prior: \"equal\" is not one of \"as_is\", \"balanced\", \"estimate\""},
      {"{\"data\": {\"source_prior\": 1}}",
       "data.source_prior: 1 is not one of \"as_is\", \"balanced\", \"estimate\" or a list [...]"},
      {"{\"data\": {\"manifest\": \"a\", \"folders\": {\"source\": \"b\", \"target\": \"c\"}}}",
       "data.folders: there is data.manifest as well"},
      {"{\"data\": {\"folders\": {\"source\": \"b\"}}}", "data.folders: no folder for the domain \"target\""},
      {"{\"data\": {\"folders\": {\"source\": \"b\", \"target\": \"c\", \"else\": \"d\"}}}",
       "data.folders.else: is not one of the domains \"source\" and \"target\""},
      {"{\"data\": {\"folders\": {\"source\": \"b\", \"target\": \"\"}}}", "data.folders.target: is empty"},
      {"{\"data\": {\"patient_regex\": \"(\"}}", "data.patient_regex: \"(\" is not a regular expression"},
      {"{\"data\": {\"patient_regex\": \"(a)\\\\44444444444444444444\"}}",
       "has the number \\4444..., expected at most"},
      {"{\"data\": {\"patient_regex\": \"(a{0,99999})\"}}", "has the number {0,9999..., expected at most 999"},
      {"{\"data\": {\"patient_regex\": \"(((a{300}){300}){300})\"}}", "is too large a regular expression"},
      {"{\"data\": {\"patient_regex\": \"abc\"}}", "data.patient_regex: \"abc\" has no group (...)"},
      {"{\"data\": {\"patient_regex\": \"" + std::string(2000, '(') + "\"}}", "longer than 1000 characters"},
      {"{\"data\": {\"patient_regex\": \"(a)\", \"manifest\": \"b\"}}", "data.patient_regex: is for data.folders"},
      {"{\"data\": {\"split\": {\"train\": 0.8}}}", "data.split: train, validation and test sum to 1.1, not 1"},
      {"{\"data\": {\"split\": {\"folds\": 1}}}", "data.split.folds: 1, expected 2 or more, or 0"},
      {"{\"data\": {\"split\": {\"folds\": 5, \"fold\": 6}}}",
       "data.split.fold: 6, expected 1 to 5, the number of data.split.folds"},
      {"{\"data\": {\"size\": 66}}", "data.size: 66 is not a multiple of 4; the nearest are 64 and 68"},
      {"{\"data\": {\"size\": 20}}", "data.size: 20 is too small for discriminator.layers = 3, which needs 24 or more"},
      {"{\"objective\": {\"feature\": {\"updates\": []}}}",
       "objective.feature.updates: this term updates no network; to leave it out, set objective.feature.weight to 0"},
      {R"({"objective": {"adversarial": {"weight": 0}, "cycle": {"weight": 0}, "feature": {"updates": ["F_P"]},
           "classification": {"reconstruction": {"updates": ["F_A"]}, "synthetic": {"updates": ["F_P"]},
                              "pseudo": {"updates": ["F_A"]}}}})",
       "test.json: objective: no term updates G_AP or G_PA"},
      {R"({"objective": {"feature": {"weight": 0}, "classification": {"source": {"weight": 0},
           "reconstruction": {"weight": 0}, "synthetic": {"weight": 0}, "pseudo": {"updates": ["G_PA"]}}}})",
       "test.json: objective: no term updates F_A or F_P"},
      {"{\"train\": {\"epochs\": 0, \"decay_epochs\": 0}}", "train.epochs: no epochs"},
  }));
  CAPTURE(text.substr(0, 200));
  const std::string found = refusal(text);
  CHECK_THAT(found, Contains(message));
  CHECK(found.find('\n') == std::string::npos);
}

TEST_CASE("comments may stand anywhere in a spec, and not in its strings", "[spec]") {
  const Spec spec = parse(R"(// first
    { /* before */ "seed": /* between
      lines */ 3, // after
      "data": {"patient_regex": "(a) // b"}}
    // last)");
  CHECK(spec.seed == 3);
  CHECK(spec.data.patient_regex == "(a) // b");
}

TEST_CASE("every key of the schema refuses another type", "[spec]") {
  struct Walk {
    static void keys(const std::string& method, const ordered_json& schema, const std::string& path) {
      for (const auto& [key, property] : schema["properties"].items()) {
        if (key == "$schema" || key == "history") continue;
        const std::string inner = path + "/" + key;
        ordered_json spec = {{"method", method}};
        spec[ordered_json::json_pointer(inner)] =
            property.value("type", "") == "boolean" ? ordered_json(1) : ordered_json(true);
        std::string dotted = inner.substr(1);
        std::replace(dotted.begin(), dotted.end(), '/', '.');
        CHECK_THAT(refusal(spec.dump()), Contains("test.json: " + dotted + ": "));
        CHECK(!property["description"].get<std::string>().empty());
        if (property.contains("properties")) {
          CHECK(property["additionalProperties"] == false);
          keys(method, property, inner);
        } else {
          CHECK(property.contains("default"));
        }
      }
    }
  };
  for (const std::string& method : method_names()) Walk::keys(method, spec_schema(method), "");
}

TEST_CASE("specs/schema.json is the schema of this build", "[spec]") {
  std::istringstream committed(contents(fs::path(TUNA_SOURCE_DIR) / "specs/schema.json")),
      built(print_json(spec_schema()));
  std::string line, expected;
  for (int number = 1; std::getline(built, expected); ++number) {
    INFO("line " << number << "; to bring it up to date: tuna spec schema > specs/schema.json");
    REQUIRE(bool(std::getline(committed, line)));
    REQUIRE(line == expected);
  }
  CHECK_FALSE(bool(std::getline(committed, line)));
}

TEST_CASE("the specs that come with tuna can be read", "[spec]") {
  int count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(TUNA_SOURCE_DIR) / "specs")) {
    if (entry.path().extension() != ".json" || entry.path().filename() == "schema.json") continue;
    CAPTURE(entry.path());
    const Spec spec = read_spec(entry.path());
    CHECK(spec.name == entry.path().stem());
    const std::string weights = parse_json(to_json(spec), "spec")["classifier"]["weights"];
    for (const fs::path& path : {spec.data.manifest, fs::path(weights)})
      CHECK((path.empty() || is_below(path, TUNA_SOURCE_DIR)));
    CHECK(spec.data.folders.empty());
    const fs::path schema = parse_json(contents(entry.path()), "spec")["$schema"].get<std::string>();
    CHECK(fs::exists(entry.path().parent_path() / schema));
    ++count;
  }
  CHECK(count > 0);
}

TEST_CASE("whole numbers may be written as 2.0 or 1e2", "[spec]") {
  CHECK(parse(R"({"train": {"epochs": 2.0, "pool": 1e2}})").of<TunaNetSpec>().train.pool == 100);
}

TEST_CASE("settings go on top of the spec", "[spec]") {
  const Spec spec = parse(R"({"train": {"epochs": 5, "pool": 7}})",
                          {"train.epochs=3", "train.lr_g=1e-3", "name=5", "classes=[\"a\",\"b\"]", "positive=a",
                           "objective.gan=vanilla", "supervised=true", "train.betas_f=[0.5, 0.6]"});
  CHECK(spec.of<TunaNetSpec>().train.epochs == 3);
  CHECK(spec.of<TunaNetSpec>().train.pool == 7);
  CHECK(spec.of<TunaNetSpec>().train.lr_g == 1e-3);
  CHECK(spec.name == "5");
  CHECK(spec.classes == std::vector<std::string>{"a", "b"});
  CHECK(spec.of<TunaNetSpec>().objective.gan == GanMode::vanilla);
  CHECK(spec.of<TunaNetSpec>().supervised);
  CHECK(spec.of<TunaNetSpec>().train.betas_f == std::array<double, 2>{0.5, 0.6});
  CHECK(parse("{}", {"seed=1", "seed=2"}).seed == 2);
  CHECK(parse("{}", {"name=a=b"}).name == "a=b");
}

TEST_CASE("a setting of an object changes the keys that it has", "[spec]") {
  const Spec spec = parse(R"({"pretrain": {"epochs": 5, "augmentation": {"flip": 0.25}}})",
                          {R"(pretrain.augmentation={"zoom": 0.1})", R"(domains={"source": "a", "target": "5"})",
                           R"(objective={"gan": "vanilla", "feature": {"weight": 2}})",
                           R"(data={"size": 64, "folders": {"a": "x"}})", R"(data.folders={"5": "/y"})"});
  const auto& pretrain = spec.of<TunaNetSpec>().pretrain;
  CHECK(pretrain.epochs == 5);
  CHECK((pretrain.augmentation.flip == 0.25 && pretrain.augmentation.zoom == 0.1));
  CHECK((spec.domains.source == "a" && spec.domains.target == "5"));
  CHECK(spec.of<TunaNetSpec>().objective.gan == GanMode::vanilla);
  CHECK(spec.of<TunaNetSpec>().objective["feature"].weight == 2);
  CHECK(spec.data.folders == std::map<std::string, fs::path>{{"a", fs::current_path() / "x"}, {"5", "/y"}});
}

TEST_CASE("a wrong setting is refused", "[spec]") {
  const auto [setting, message] = GENERATE(table<std::string, std::string>({
      {"train.epochs", "--set train.epochs: is not of the form key.path=value"},
      {"=3", "--set =3: is not of the form key.path=value"},
      {"train.epoch=3", "train.epoch: no such key; the nearest is train.epochs"},
      {"trian.epochs=3", "trian: no such key; the nearest is train (there are name,"},
      {"epochs=3", "--set epochs=3: epochs: no such key; the nearest are pretrain.epochs, train.epochs"},
      {"epoch=3", "epoch: no such key; the nearest are pretrain.epochs, train.epochs"},
      {"ngf=3", "ngf: no such key; the nearest is generator.ngf"},
      {"lr=3", "lr: no such key; the nearest are pretrain.lr, train.lr_g, train.lr_d, train.lr_f"},
      {"train.lr=3", "train.lr: no such key; the nearest are pretrain.lr, train.lr_g, train.lr_d, train.lr_f"},
      {"keep=3", "keep: no such key; the nearest is log.keep"},
      {"generator.ndf=3", "generator.ndf: no such key; the nearest is generator.ngf (there are ngf, blocks)"},
      {"train.width=3", "train.width: no such key; the nearest is classifier.width"},
      {"min_conf=0.5", "min_conf: no such key; the nearest is objective.classification.pseudo.min_conf"},
      {"nonsense=3", "(there are name, method,"},
      {"train=3", "train: \"3\" is not an object {...}"},
      {"train=[3]", "train: [3] is not an object {...}"},
      {"train=", "train: \"\" is not an object {...}"},
      {R"(train={"epochs": "3"})", "train.epochs: \"3\" is not a whole number"},
      {R"(train={"epoch": 3})", "train.epoch: no such key; the nearest is train.epochs"},
      {R"(train={"epochs": 3, "epochs": 4})", "train: epochs is given twice"},
      {"train={epochs: 3}", "train:1: syntax error"},
      {R"(data.folders={"a": 3})", "data.folders.a: 3 is not a string"},
      {"train=" + std::string(60000, '{'), "train:1: syntax error"},
      {"classes=" + std::string(60000, '[') + std::string(60000, ']'), "classes: nested more than 32 deep"},
      {"seed=" + std::string(60000, '['), "seed: \"[[["},
      {"a." + std::string(60000, '.') + "=3", "no such key"},
      {"seed=" + std::string(60000, 'x'), "--set seed=" + std::string(92, 'x') + "...: seed: \"xxx"},
      {"train.lr_g=1e400", "train.lr_g: \"1e400\" is not a number"},
      {"train.betas_f=[1e400]", "train.betas_f: number overflow parsing '1e400'"},
      {"seed=9223372036854775808", "seed: 9223372036854775808 is not in [0, 9007199254740991]"},
      {"seed=0x10", "seed: \"0x10\" is not a whole number"},
      {"seed=1_000", "seed: \"1_000\" is not a whole number"},
      {"seed=NaN", "seed: \"NaN\" is not a whole number"},
      {"train.epochs.x=3", "train.epochs: {\"x\":\"3\"} is not a whole number"},
      {"train.epochs=abc", "--set train.epochs=abc: train.epochs: \"abc\" is not a whole number"},
      {"train.epochs=", "train.epochs: \"\" is not a whole number"},
      {"train.lr_g=2", "--set train.lr_g=2: train.lr_g: 2 is not in (0, 1]"},
      {"train.lr_g=1e-320", "--set train.lr_g=1e-320: train.lr_g: "},  // subnormal, or 0 once a device flushes these
      {"train..lr_g=2", "train.\"\": no such key"},
      {".=2", "\"\": no such key"},
      {"objective.feature.updates=F_P", "objective.feature.updates: \"F_P\" is not a list [...]"},
      {"name=\xff", "is not UTF-8"},
      {"data.size=66", "test.json with --set: data.size: 66 is not a multiple of 4"},
  }));
  CHECK_THAT(refusal("{}", {setting}), Contains(message));
  CHECK(refusal("{}", {setting}).size() < 1000);
}

TEST_CASE("relative paths start at the spec's folder, those of settings at the current one", "[spec]") {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "spec.json";
  std::ofstream(file) << R"({"data": {"folders": {"source": "images/a", "target": "/images/p"}},
                             "classifier": {"weights": "../w.safetensors"}})";
  const Spec spec = read_spec(file, {"data.folders.target=images/p"});
  CHECK(spec.data.folders.at("source") == folder.path() / "images/a");
  CHECK(spec.data.folders.at("target") == fs::current_path() / "images/p");
  CHECK(spec.of<TunaNetSpec>().net.classifier.weights == folder.path().parent_path() / "w.safetensors");
  CHECK(spec.data.manifest.empty());
  // So a copy of the complete spec is right wherever it lies.
  CHECK(parse_spec(to_json(spec), "copy.json", "/elsewhere") == spec);
  CHECK(read_spec(file, {"data.folders.target=/p"}).data.folders.at("target") == fs::path("/p"));
}

TEST_CASE("a spec in a folder whose name is not UTF-8 can be written and read", "[spec]") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("caf\xE9 \\x41/spec.json", R"({"data": {"manifest": "m.csv"}})");
  const Spec spec = read_spec(file);
  CHECK(spec.data.manifest == folder / "caf\xE9 \\x41/m.csv");
  CHECK_THAT(to_json(spec), Contains("caf\\\\xE9 \\\\\\\\x41/m.csv"));
  CHECK(parse_spec(to_json(spec), "copy.json", "/elsewhere") == spec);
  CHECK(parse_spec(R"({"data": {"folders": {"source": "/\\xE9", "target": "/a\\b"}}})", "test.json")
            .data.folders.at("source")
        == fs::path("/\xE9"));
}

TEST_CASE("names that are folders everywhere are refused", "[spec]") {
  for (const char* name : {".", ".."})
    for (const std::string setting : {"name=", "domains.source=", "domains.target="})
      REQUIRE_THROWS_WITH(parse_spec("{}", "test.json", {}, {setting + name}),
                          Contains(fmt::format("\"{}\" names a folder that exists everywhere", name)));
  REQUIRE_THROWS_WITH(parse_spec(R"({"classes": ["..", "x"], "positive": "x"})", "test.json"),
                      Contains("classes: \"..\""));
}

TEST_CASE("a file that is not a spec is refused by name", "[spec]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(read_spec(folder.path() / "none.json"), Contains("none.json: no such file"));
  CHECK_THROWS_WITH(read_spec(folder.path()), Contains(folder.path().string() + ": is a folder, expected a spec"));
  const fs::path large = folder.path() / "large.json";
  std::ofstream(large) << std::string((1 << 20) + 1, ' ');
  CHECK_THROWS_WITH(read_spec(large), Contains("large.json: larger than 1048576 bytes; is it a spec?"));
  const fs::path empty = folder.path() / "empty.json";
  std::ofstream(empty) << "\n";
  CHECK_THROWS_WITH(read_spec(empty), Contains("empty.json: is empty, expected a spec in JSON"));
  const fs::path typo = folder.path() / "typo.json";
  std::ofstream(typo) << "{\n\"seed\" 1}";
  CHECK_THROWS_WITH(read_spec(typo), Contains("typo.json:2: syntax error"));
}

}  // namespace tuna
