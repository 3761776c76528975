#include "data/patients.h"

#include <set>

#include "data/csv.h"
#include "data/manifest.h"
#include "tests/catch.h"
#include "tests/data/folder.h"

namespace tuna {
namespace {

using Files = std::vector<std::filesystem::path>;

std::string message_of(const Files& files, const std::string& pattern) {
  try {
    patients_of(files, pattern);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("a patient_regex that fits not all names shows some of them, and what it finds in others", "[manifest]") {
  const Files files = {"child/NORMAL/IM-0115-0001.jpeg",          "child/NORMAL/IM-0117-0001.jpeg",
                       "child/NORMAL/NORMAL2-IM-0529-0001.jpeg",  "child/NORMAL/NORMAL2-IM-0530-0001.jpeg",
                       "child/PNEUMONIA/person1_bacteria_1.jpeg", "child/PNEUMONIA/person1_bacteria_2.jpeg",
                       "child/PNEUMONIA/person22_virus_55.jpeg"};
  const std::string message = message_of(files, "^(person\\d+)_");
  CHECK_THAT(message,
             Contains("child/NORMAL/IM-0115-0001.jpeg: data.patient_regex \"^(person\\d+)_\" finds no patient in 4 of "
                      "7 file names: IM-0115-0001.jpeg, IM-0117-0001.jpeg, NORMAL2-IM-0529-0001.jpeg, ...; in "
                      "others it finds person1_bacteria_1.jpeg -> person1, person22_virus_55.jpeg -> person22"));
  CHECK_THAT(message, Contains("tuna spec new"));
  // The expression that the message suggests fits all names.
  const size_t begin = message.find("; \"") + 3, end = message.find("\" fits all");
  REQUIRE(end != std::string::npos);
  CHECK(patients_of(files, message.substr(begin, end - begin))
        == std::vector<std::string>{"IM-0115", "IM-0117", "NORMAL2-IM-0529", "NORMAL2-IM-0530", "person1", "person1",
                                    "person22"});

  CHECK_THAT(message_of({"a/x.png", "a/y.png"}, "(\\d+)"),
             Contains("in 2 of 2 file names: x.png, y.png; leave it out"));
}

TEST_CASE("the error counts the names of all domains", "[manifest]") {
  const TemporaryFolder folder;
  for (const char* name : {"adult/normal/a1.png", "child/c1.png", "child/p1_2.png"}) folder.write(name, "");
  REQUIRE_THROWS_WITH(read_folders({{"adult", folder / "adult"}, {"child", folder / "child"}}, "^(p\\d)_"),
                      Contains("in 2 of 3 file names: a1.png, c1.png; in others it finds p1_2.png -> p1"));
}

TEST_CASE("patterns of patients' names as they occur in public sets", "[manifest]") {
  const Files kermany = {"c/N/IM-0115-0001.jpeg",         "c/N/NORMAL2-IM-0529-0001.jpeg",
                         "c/N/NORMAL2-IM-0529-0002.jpeg", "c/P/person1_bacteria_1.jpeg",
                         "c/P/person1_virus_2.jpeg",      "c/P/person12_virus_7.jpeg"};
  const std::string of_kermany = patient_pattern(kermany);
  CHECK(of_kermany == "^(person\\d+(?=_)|(?:NORMAL2-)?IM-\\d+(?=-))");
  CHECK(patients_of(kermany, of_kermany)
        == std::vector<std::string>{"IM-0115", "NORMAL2-IM-0529", "NORMAL2-IM-0529", "person1", "person1", "person12"});

  SECTION("Kermany in one domain, anything in the other") {
    Files both = kermany;
    for (const char* other : {"a/N/scan.one.png", "a/N/x-1.png", "a/P/x-2.png", "a/P/00000013_005.png",
                              "a/P/00000013_006.png", "a/N/0004cfab-14fd-4e49-80ba-63a80b6bddd6.png"})
      both.push_back(other);
    const std::string pattern = patient_pattern(both);
    CHECK_THAT(pattern, Contains("person") && Contains("\\d{8}"));
    const std::vector<std::string> patients = patients_of(both, pattern);
    CHECK(std::vector<std::string>(patients.begin() + 6, patients.end())
          == std::vector<std::string>{"scan.one", "x-1", "x-2", "00000013", "00000013",
                                      "0004cfab-14fd-4e49-80ba-63a80b6bddd6"});
  }
  SECTION("phantoms") {
    Files phantoms;
    for (int patient = 0; patient < 12; ++patient)
      for (int image = 0; image <= (patient % 6 < 2); ++image)
        phantoms.push_back(fmt::format("adult/{}/{:04}_{}.png", patient % 2 ? "pneumonia" : "normal", patient, image));
    const std::vector<std::string> patients = patients_of(phantoms, patient_pattern(phantoms));
    CHECK(patients[0] == "0000");
    CHECK(std::set<std::string>(patients.begin(), patients.end()).size() == 12);
  }
  SECTION("all before the last number, if that is plainly a patient") {
    Files named;
    for (const char* patient : {"miller", "smith", "jones", "brown", "white"})
      for (const char* image : {"1", "2"}) named.push_back(fmt::format("a/n/{}-{}.png", patient, image));
    CHECK(patients_of(named, patient_pattern(named)).front() == "miller");
    // A pattern is rejected if one patient would have half of a folder,
    Files series = named;
    for (int image = 0; image < 10; ++image) series.push_back(fmt::format("a/n/Normal-{}.png", image));
    CHECK(patient_pattern(series).empty());
    // or if a folder would be one patient.
    Files two = named;
    for (int image = 0; image < 10; ++image) two.push_back(fmt::format("a/p/COVID-{}.png", image));
    CHECK(patient_pattern(two).empty());
  }
  SECTION("no pattern if each image is a patient of its own") {
    CHECK(patient_pattern({"a/n/1.png", "a/n/2.png", "a/p/3.png"}).empty());
    CHECK(patient_pattern({"a/n/IM-0115-0001.jpeg", "a/n/IM-0117-0001.jpeg", "c/x.png"}).empty());
    Files one_each;
    for (int patient = 0; patient < 10; ++patient) one_each.push_back(fmt::format("a/n/p{}_1.png", patient));
    CHECK(patient_pattern(one_each).empty());
    CHECK(patient_pattern({}).empty());
  }
}

TEST_CASE("series under the names of patients in public sets are not patients", "[manifest]") {
  Files series;
  for (const char* name : {"IM-0001-0001.jpeg", "IM-0001-0002.jpeg", "IM-0001-0003.jpeg", "20230101_001.png"})
    series.emplace_back(name);
  CHECK(patient_pattern(series).empty());
}

TEST_CASE("a name that no pattern fits does not prevent the error", "[manifest]") {
  const Files files = {"person0_1.png", "person0_2.png", "n\ng_2.png"};
  CHECK(patient_pattern(files).empty());
  REQUIRE_THROWS_WITH(patients_of(files, "^(person\\d+)_"), Contains("finds no patient in 1 of 3 file names"));
}

TEST_CASE("examples show different patients", "[manifest]") {
  CHECK(examples_of_patients({"a/p1_1.png", "a/p1_2.png", "a/p1_3.png", "a/p2_1.png"}, {"p1", "p1", "p1", "p2"})
        == std::vector<std::string>{"p1_1.png -> p1", "p2_1.png -> p2"});
  CHECK(examples_of_patients({}, {}).empty());
}

}  // namespace tuna
