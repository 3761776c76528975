// The spec that `tuna spec new` writes, except the times that it measures.
#include "training/starter/starter_spec.h"

#include <nlohmann/json.hpp>

#include "engine/base/check.h"
#include "engine/base/strict_json.h"
#include "tests/catch.h"
#include "tests/temporary_folder.h"
#include "training/methods/tuna_net_epochs.h"
#include "training/starter/commented_json.h"

namespace tuna {
namespace {

void write_images(const TemporaryFolder& folder, std::initializer_list<const char*> folders) {
  for (const std::string name : folders)
    for (const char* image : {"/1.png", "/2.JPG"}) folder.write(name + image, "");
}

std::string refusal(const TemporaryFolder& folder, const StarterLayout& wanted = {}) {
  try {
    starter_layout(folder.path(), wanted);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("domains, classes and the disease are read from the folders", "[starter]") {
  const TemporaryFolder folder;
  write_images(folder, {"xray/normal", "xray/pneumonia", "child", ".hidden", "two words/more"});
  folder.write("notes/read.txt", "");

  SECTION("as they are asked for, of several") {
    CHECK(starter_layout(folder.path(), {"xray", "child", {}, ""}).positive == "pneumonia");
    CHECK(starter_layout(folder.path(), {"xray", "child", {}, "normal"}).positive == "normal");
  }
  SECTION("the folder of one class is not enough") {
    std::filesystem::remove_all(folder / "xray");
    CHECK_THAT(refusal(folder), Contains("the source domain two words has one class folder, at least two are needed"));
  }
  SECTION("the source is the one with class folders") {
    std::filesystem::remove_all(folder / "two words");
    const StarterLayout layout = starter_layout(folder.path(), {});
    CHECK(layout.source == "xray");
    CHECK(layout.target == "child");
    CHECK(layout.classes == std::vector<std::string>{"normal", "pneumonia"});
    CHECK(layout.positive == "pneumonia");
  }
}

TEST_CASE("where both domains have class folders, --source or --target decides", "[starter]") {
  const TemporaryFolder folder;
  write_images(folder, {"a/well", "a/ill", "b/well", "b/ill"});
  CHECK_THAT(refusal(folder),
             Contains("both domains have class folders; choose the labelled source with --source NAME"));
  CHECK(starter_layout(folder.path(), {"b", "", {}, ""}).target == "a");
  CHECK(starter_layout(folder.path(), {"", "b", {}, ""}).source == "a");
  CHECK(starter_layout(folder.path(), {"", "b", {}, ""}).positive == "ill");
}

TEST_CASE("a layout that is not understood is one message with what was found and what is expected", "[starter]") {
  const TemporaryFolder folder;
  const std::string expected = "expected " + folder.path().string() + "/<source>/<class>/*.png for the labelled source";
  CHECK_THAT(refusal(folder),
             Contains("two folders of images are needed") && Contains("found no folders") && Contains(expected));
  write_images(folder, {"one"});
  folder.write("notes/read.txt", "");
  CHECK_THAT(refusal(folder), Contains("two folders of images are needed") && Contains("found notes/ (")
                                  && Contains("no PNG or JPEG images")
                                  && Contains("one/ (2 images without class folders)"));
  write_images(folder, {"two"});
  CHECK_THAT(refusal(folder), Contains("has no class folders, at least two are needed") && Contains(expected));
  write_images(folder, {"three/normal", "three/ill"});
  CHECK_THAT(refusal(folder), Contains("more than two domains; --source and --target choose")
                                  && Contains("three/ (4 images in the class folders ill, normal)"));
  CHECK_THAT(refusal(folder, {"three", "", {}, ""}), Contains("more than two domains; --target chooses"));
  CHECK_THAT(refusal(folder, {"four", "", {}, ""}),
             Contains("--source four: no such folder of images; it has notes/ (") && Contains("two/ (2 images"));
  CHECK_THAT(refusal(folder, {"three", "three", {}, ""}), Contains("source and target are the same"));
  CHECK_THAT(refusal(folder, {"one", "two", {}, ""}), Contains("the source domain one has no class folders"));
  write_images(folder, {"four/NORMAL", "four/ill"});
  CHECK_THAT(
      refusal(folder, {"three", "four", {}, ""}),
      Contains("the class NORMAL of four is not one of three, which has ill, normal; rename the folder four/NORMAL"));
  CHECK_THAT(refusal(folder, {"three", "one", {}, "sick"}), Contains("--positive sick: the classes are ill, normal"));
  CHECK(refusal(folder, {"three", "one", {}, ""}).empty());
  REQUIRE_THROWS_WITH(starter_layout(folder / "gone", {}), Contains("gone: no such folder"));
  REQUIRE_THROWS_WITH(starter_layout(folder / "one/1.png", {}), Contains("1.png: is a file"));
}

TEST_CASE("a folder that is too deep is one message with the folder to give", "[starter]") {
  const TemporaryFolder folder;
  write_images(folder, {"adult/normal", "adult/pneumonia", "child", "one/normal", "one/severe"});
  const std::string root = folder.path().string(), remedy = "; give the folder that holds one per domain, " + root;
  for (const char* deep : {"child", "child/", "child/.", "adult/normal"})
    CHECK_THROWS_WITH(starter_layout(folder / deep, {}),
                      Contains(": holds images, so it is the folder of one domain or class" + remedy));
  CHECK_THROWS_WITH(
      starter_layout(folder / "one", {"adult", "", {}, ""}),
      Contains("one: holds the class folders normal, severe, so it is the folder of one domain" + remedy));
}

TEST_CASE("the disease is found by its name, or the other one by its", "[starter]") {
  CHECK(positive_class({"normal", "pneumonia"}) == "pneumonia");
  CHECK(positive_class({"NORMAL", "PNEUMONIA"}) == "PNEUMONIA");
  CHECK(positive_class({"abnormal", "normal"}) == "abnormal");
  CHECK(positive_class({"effusion", "No_Finding"}) == "effusion");
  CHECK(positive_class({"no_pneumonia", "pneumonia"}) == "pneumonia");
  CHECK(positive_class({"healthy", "other", "pneumonia"}) == "pneumonia");
  CHECK(positive_class({"bacteria", "virus"}).empty());
  CHECK(positive_class({"bacteria", "healthy", "virus"}).empty());
  CHECK(positive_class({"covid", "normal", "pneumonia"}).empty());
  CHECK(positive_class({"negative", "normal"}).empty());
}

TEST_CASE("epochs for a budget of time", "[starter]") {
  const StepSeconds step{0.2, 0.5};

  SECTION("few images: no more than F_A's 20 epochs and the paper's 200") {
    const StarterEpochs epochs = starter_epochs(step, {4, 15}, 3600);
    CHECK(epochs.pretrain == 20);
    CHECK(epochs.train == 100);
    CHECK(epochs.decay == 100);
    CHECK(epochs.steps_per_epoch == 0);
    CHECK_THAT(epochs.pretrain_seconds, WithinRel(16.0, 1e-9));
    CHECK_THAT(epochs.joint_seconds, WithinRel(1500.0, 1e-9));
  }
  SECTION("as many whole epochs as there is time for") {
    const StarterEpochs epochs = starter_epochs(step, {30, 400}, 3600);
    CHECK(epochs.pretrain == 20);  // 120 s
    CHECK(epochs.train == 8);      // 2 * 8 * 200 s
    CHECK(epochs.decay == 8);
    CHECK(epochs.steps_per_epoch == 0);
    CHECK(epochs.seconds() <= 3600);
  }
  SECTION("pretraining stays within a fifth") {
    const StarterEpochs epochs = starter_epochs(step, {300, 400}, 3600);
    CHECK(epochs.pretrain == 12);
    CHECK(epochs.seconds() <= 3600);
  }
  SECTION("many images: 5 and 5 epochs of fewer steps") {
    const StarterEpochs epochs = starter_epochs(step, {300, 4000}, 3600);
    CHECK(epochs.train == 5);
    CHECK(epochs.decay == 5);
    CHECK(epochs.steps_per_epoch == 576);  // 3600 - 720 s
    CHECK(epochs.seconds() <= 3600);
  }
  SECTION("at the least, also where that takes longer") {
    const StarterEpochs many = starter_epochs(step, {300, 4000}, 60);
    CHECK(many.pretrain == 1);
    CHECK(many.train == 5);
    CHECK(many.steps_per_epoch == 100);
    CHECK(many.seconds() > 60);
    const StarterEpochs few = starter_epochs(step, {2, 30}, 1);
    CHECK(few.pretrain == 1);
    CHECK(few.train == 5);
    CHECK(few.steps_per_epoch == 0);
  }
  SECTION("steps that take no time that can be measured") {
    const StarterEpochs epochs = starter_epochs({0, 0}, {1, 1}, 60);
    CHECK(epochs.pretrain == 20);
    CHECK(epochs.train == 100);
  }
}

TEST_CASE("JSON is printed with what its schema says, and can be read again", "[starter]") {
  const nlohmann::ordered_json schema = {
      {"properties",
       {{"a", {{"description", "The first."}}},
        {"b", {{"description", "A section."}, {"properties", {{"c", {{"description", "A map."}}}}}}}}}};
  const nlohmann::ordered_json json = {{"a", {1, 2}}, {"b", {{"c", {{"x", "y"}}}}}};
  const std::string note =
      "A note of so many words that it goes past the hundredth column of a line, where it is broken.";
  const std::string text = print_commented_json(json, schema, {{"", "Top."}, {"b.c", note}});
  CHECK(text == R"(// Top.
{
  // The first.
  "a": [1, 2],

  // A section.
  "b": {
    // A map. A note of so many words that it goes past the hundredth column of a line, where it is
    // broken.
    "c": {
      "x": "y"
    }
  }
}
)");
  CHECK(parse_json(text, "test") == json);
}

}  // namespace tuna
