#include "data/manifest.h"

#include "data/file.h"
#include "tests/catch.h"
#include "tests/data/folder.h"

namespace tuna {
namespace fs = std::filesystem;

TEST_CASE("a manifest finds its columns by name and its images relative to its folder", "[manifest]") {
  const TemporaryFolder folder;
  const auto path = folder.write("set/manifest.csv",
                                 "age,label,path,patient,split,domain\n"
                                 "3,normal,img/a.png,p1,test,child\n"
                                 "4,,/data/b.png,p2,,adult\n");
  const Listing listing = read_manifest(path);
  REQUIRE(listing.samples.size() == 2);
  CHECK(listing.warnings.empty());
  const Sample& first = listing.samples[0];
  CHECK(first.path == folder / "set/img/a.png");
  CHECK((first.domain == "child" && first.label == "normal" && first.patient == "p1" && first.split == "test"));
  CHECK(listing.samples[1].path == "/data/b.png");
  CHECK(listing.samples[1].label.empty());
}

TEST_CASE("a manifest's other columns come with its images, and are written again", "[manifest]") {
  const TemporaryFolder folder;
  const auto path = folder.write("m.csv",
                                 "path,domain, Sex ,,AGE,sex,bytes,fnv1a64\n"
                                 "a.png,child,f,x,3,second,1,0000000000000001\n"
                                 "b.png,child,,y,,second,,\n");
  using Columns = std::map<std::string, std::string>;
  const Columns first = {{"sex", "f"}, {"age", "3"}}, second = {{"sex", ""}, {"age", ""}};
  std::vector<Sample> samples = read_manifest(path).samples;
  CHECK(samples.at(0).columns == first);
  CHECK(samples.at(1).columns == second);

  samples.push_back({folder / "c.png", "adult", "", "p", ""});  // of a folder: without columns
  write_manifest(folder / "splits.csv", samples);
  const std::vector<Sample> again = read_manifest(folder / "splits.csv").samples;
  CHECK(again.at(0).columns == first);
  CHECK(again.at(0).checksum == samples.at(0).checksum);
  CHECK(again.at(1).columns == second);
  CHECK(again.at(2).columns == second);
}

TEST_CASE("a manifest without labels is one of unlabelled images", "[manifest]") {
  const TemporaryFolder folder;
  const Listing listing = read_manifest(folder.write("m.csv", "path,domain\na.png,child\n"));
  REQUIRE(listing.samples.size() == 1);
  CHECK(listing.samples[0].label.empty());
}

TEST_CASE("without patients each image is one, with one warning", "[manifest]") {
  const TemporaryFolder folder;
  const Listing listing = read_manifest(folder.write("m.csv", "path,domain,label\na.png,adult,x\nb.png,adult,x\n"));
  REQUIRE(listing.warnings.size() == 1);
  CHECK(listing.samples[0].patient != listing.samples[1].patient);
}

TEST_CASE("manifest errors give file and line", "[manifest]") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& text) { return read_manifest(folder.write("m.csv", text)); };
  REQUIRE_THROWS_WITH(read("path,label\n"), Contains("m.csv:1: no column \"domain\""));
  REQUIRE_THROWS_WITH(read("path,domain,label\n"), Contains("no images"));
  REQUIRE_THROWS_WITH(read("path,domain,label\n,adult,x\n"), Contains("m.csv:2: the path is empty"));
  REQUIRE_THROWS_WITH(read("path,domain,label\na.png,,x\n"), Contains("m.csv:2: the domain is empty"));
  REQUIRE_THROWS_WITH(read("path,domain,label\na.png,a,\n./a.png,a,\n"), Contains("m.csv:3:") && Contains("line 2"));
  REQUIRE_THROWS_WITH(read("path,domain,label,split\na.png,a,,dev\n"), Contains("m.csv:2: split \"dev\""));
}

TEST_CASE("a folder per class", "[manifest]") {
  const TemporaryFolder folder;
  for (const char* name : {"set/pneumonia/person12_virus_7.jpeg", "set/pneumonia/person12_virus_8.JPG",
                           "set/normal/person3_1.png", "set/normal/notes.txt", "set/.hidden/a.png"})
    folder.write(name, "");
  const Listing listing = read_folder(folder / "set", "child", "^(person[0-9]+)_");
  REQUIRE(listing.samples.size() == 3);
  CHECK(listing.warnings.empty());
  CHECK((listing.samples[0].label == "normal" && listing.samples[0].patient == "person3"));
  CHECK((listing.samples[1].label == "pneumonia" && listing.samples[1].patient == "person12"));
  CHECK(listing.samples[2].patient == "person12");
  CHECK(listing.samples[2].domain == "child");

  const Listing each = read_folder(folder / "set", "child", "");
  CHECK(each.warnings.size() == 1);
  CHECK(each.samples[1].patient != each.samples[2].patient);

  const Listing flat = read_folder(folder / "set/pneumonia", "child", "");
  REQUIRE(flat.samples.size() == 2);
  CHECK(flat.samples[0].label.empty());
}

TEST_CASE("a manifest of a spreadsheet: semicolons, names in capitals, columns and rows without anything",
          "[manifest]") {
  const TemporaryFolder folder;
  const Listing listing = read_manifest(folder.write(
      "m.csv", "Path ;DOMAIN; Label;;\r\na.png; child ;normal;;\r\n;;;;\r\nb.png;child;pneumonia;;\r\n;;;;\r\n"));
  REQUIRE(listing.samples.size() == 2);
  CHECK(listing.samples[0].path == folder / "a.png");
  CHECK((listing.samples[0].domain == "child" && listing.samples[0].label == "normal"));
  REQUIRE(listing.left_out.size() == 1);
  CHECK_THAT(listing.left_out[0], Contains("m.csv: left out: 2 empty rows, the first in line 3"));
}

TEST_CASE("a manifest without the columns that are needed names those that it has", "[manifest]") {
  const TemporaryFolder folder;
  REQUIRE_THROWS_WITH(read_manifest(folder.write("m.csv", "image,domain\na.png,child\n")),
                      Contains("m.csv:1: no column \"path\"") && Contains("found are \"image\", \"domain\""));
  REQUIRE_THROWS_WITH(read_manifest(folder.write("m.csv", "path|domain\na.png|child\n")),
                      Contains("found are \"path|domain\""));
}

TEST_CASE("a path that is not UTF-8 stays as it is in a manifest", "[manifest]") {
  const TemporaryFolder folder;
  write_manifest(folder / "m.csv", {{"/data/caf\xE9.png", "child", "", "Ren\xE9", ""}});
  const Listing listing = read_manifest(folder / "m.csv");
  CHECK(listing.samples[0].path == "/data/caf\xE9.png");
  CHECK(listing.samples[0].patient == "Ren\xE9");
}

TEST_CASE("a manifest keeps checksums if it has any", "[manifest]") {
  const TemporaryFolder folder;
  std::vector<Sample> samples = {{"/data/a.png", "adult", "x", "p1", "train"}, {"/data/b.png", "adult", "x", "p2", ""}};
  write_manifest(folder / "without.csv", samples);
  CHECK_FALSE(read_manifest(folder / "without.csv").samples[0].checksum);
  samples[0].checksum = {3, 0xFFFFFFFFFFFFFFFFu};
  write_manifest(folder / "with.csv", samples);
  const Listing listing = read_manifest(folder / "with.csv");
  CHECK(listing.samples[0].checksum == samples[0].checksum);
  CHECK_FALSE(listing.samples[1].checksum);

  const auto read = [&](const std::string& text) { return read_manifest(folder.write("m.csv", text)); };
  CHECK_FALSE(read("path,domain,bytes\na.png,a,12 kB\n").samples[0].checksum);  // another column of that name
  for (const char* bytes : {"", "-1", "1.5", "99999999999999999999", "0x10"})
    REQUIRE_THROWS_WITH(read("path,domain,bytes,fnv1a64\na.png,a," + std::string(bytes) + ",0000000000000001\n"),
                        Contains("m.csv:2: bytes \"" + std::string(bytes) + "\", expected the size"));
  for (const char* hash : {"", "1", "000000000000000g", "00000000000000001"})
    REQUIRE_THROWS_WITH(read("path,domain,bytes,fnv1a64\na.png,a,1," + std::string(hash) + "\n"),
                        Contains("m.csv:2: fnv1a64 \"" + std::string(hash) + "\", expected 16"));
}

TEST_CASE("patients who are in both domains by their names are a warning", "[manifest]") {
  const TemporaryFolder folder;
  for (const char* image : {"a/7_1.png", "a/8_1.png", "c/7_1.png"}) folder.write(image, "");
  const auto warnings = [&](const std::string& regex) {
    return read_folders({{"adult", folder / "a"}, {"child", folder / "c"}}, regex).warnings;
  };
  REQUIRE(warnings("^(\\d+)_").size() == 1);
  CHECK_THAT(warnings("^(\\d+)_")[0], Contains("1 patient, such as 7, has images in both domains"));
  CHECK(warnings("").size() == 2);  // each image is a patient of its own
}

TEST_CASE("folders that cannot be right are errors", "[manifest]") {
  const TemporaryFolder folder;
  folder.write("empty/a/x.png", "");
  folder.write("empty/b/notes.txt", "");
  folder.write("mixed/x.png", "");
  folder.write("mixed/a/x.png", "");
  folder.write("none/notes.txt", "");
  REQUIRE_THROWS_WITH(read_folder(folder / "gone", "d", ""), Contains("no such folder"));
  REQUIRE_THROWS_WITH(read_folder(folder / "mixed/x.png", "d", ""), Contains("expected a folder"));
  REQUIRE_THROWS_WITH(read_folder(folder / "empty", "d", ""), Contains("empty/b: no PNG or JPEG"));
  REQUIRE_THROWS_WITH(read_folder(folder / "mixed", "d", ""), Contains("both images and folders"));
  REQUIRE_THROWS_WITH(read_folder(folder / "none", "d", ""), Contains("no PNG or JPEG images"));
  REQUIRE_THROWS_WITH(read_folder(folder / "empty/a", "d", "("), Contains("not a regular expression"));
  REQUIRE_THROWS_WITH(read_folder(folder / "empty/a", "d", "x"), Contains("has no group (...)"));
  REQUIRE_THROWS_WITH(read_folder(folder / "empty/a", "d", "^p([0-9]+)"), Contains("x.png: data.patient_regex"));
}

TEST_CASE("a written manifest is read back", "[manifest]") {
  const TemporaryFolder folder;
  const std::vector<Sample> samples = {{"/data/a, b.png", "adult", "x", "p\"1\"", "train"},
                                       {"/data/c.png", "child", "", "p2", "test"}};
  write_manifest(folder / "splits.csv", samples);
  const Listing listing = read_manifest(folder / "splits.csv");
  REQUIRE(listing.samples.size() == 2);
  for (size_t i = 0; i < 2; ++i) {
    CHECK(listing.samples[i].path == samples[i].path);
    CHECK(listing.samples[i].label == samples[i].label);
    CHECK(listing.samples[i].patient == samples[i].patient);
    CHECK(listing.samples[i].split == samples[i].split);
  }
}

TEST_CASE("paths of a manifest start at its folder, or at the root that is given", "[manifest]") {
  const TemporaryFolder folder;
  const std::vector<Sample> samples = {{folder / "set/a/1.png", "adult", "x", "p1", "train"},
                                       {folder / "settled/2.png", "adult", "x", "p2", "train"},
                                       {"/data/3.png", "child", "", "p3", "test"}};
  write_manifest(folder / "splits.csv", samples, folder / "set/");
  CHECK_THAT(read_file(folder / "splits.csv", 1000),
             Contains("\na/1.png,adult,") && Contains("/settled/2.png,adult,") && Contains("\n/data/3.png,child,"));
  const Listing same = read_manifest(folder / "splits.csv", "", folder / "set");
  for (size_t i = 0; i < samples.size(); ++i) CHECK(same.samples[i].path == samples[i].path);
  const Listing moved = read_manifest(folder / "splits.csv", "", "/elsewhere");
  CHECK(moved.samples[0].path == "/elsewhere/a/1.png");
  CHECK(moved.samples[2].path == "/data/3.png");
}

TEST_CASE("a manifest without patients finds them in the names", "[manifest]") {
  const TemporaryFolder folder;
  const auto path = folder.write("m.csv",
                                 "path,domain,patient\np1_a.png,child,\nsub/p1_b.png,child,\np2_a.png,child,p7\n"
                                 "scan.png,child,\n");
  const Listing listing = read_manifest(path, "^p([0-9]+)_");
  CHECK(listing.samples[0].patient == "1");
  CHECK(listing.samples[1].patient == "1");
  CHECK(listing.samples[2].patient == "p7");
  CHECK(listing.samples[3].patient == listing.samples[3].path.string());
  REQUIRE(listing.warnings.size() == 1);
  CHECK_THAT(listing.warnings[0],
             Contains("finds no patient in 1 of 4 names, such as ") && Contains("scan.png") && Contains("of its own"));
  CHECK(read_manifest(path, "([a-z0-9]+)").warnings.empty());
}

TEST_CASE("images are a file, a folder or a manifest", "[manifest]") {
  const TemporaryFolder folder;
  folder.write("set/normal/a.png", "");
  folder.write("set/m.csv", "path,domain\na.png,child\n");
  folder.write("set/list.txt", "domain,path\nchild,a.png\n");
  folder.write("set/ray.PNG", "");
  folder.write("set/no_name", "\xFF\xD8\xFF\xE0 a JPEG");
  for (const char* name : {"ray.PNG", "no_name"}) {
    const Listing image = read_images(folder / "set" / name, "adult");
    REQUIRE(image.samples.size() == 1);
    CHECK(image.samples[0].path == folder / "set" / name);
    CHECK(image.samples[0].domain == "adult");
    CHECK(image.samples[0].label.empty());
    CHECK_FALSE(image.samples[0].patient.empty());
  }
  folder.write("set/old.txt", "Domain;Path\rchild;a.png\r");
  for (const char* name : {"m.csv", "list.txt", "old.txt"})
    CHECK(read_images(folder / "set" / name, "adult").samples[0].domain == "child");
  fs::remove(folder / "set/ray.PNG");
  CHECK(read_images(folder / "set", "adult").samples[0].label == "normal");
  folder.write("set/normal/b7_1.png", "");
  const std::vector<Sample> named = read_images(folder / "set", "adult", "^(b\\d+)_").samples;
  REQUIRE(named.size() == 2);
  CHECK(named[0].patient == (folder / "set/normal/a.png").string());  // does not fit
  CHECK(named[1].patient == "b7");
  REQUIRE_THROWS_WITH(read_images(folder / "gone", "adult"), Contains("gone: no such file or folder"));
  for (const char* name : {"scan.dcm", "notes", "empty.gif", "my.json"})
    REQUIRE_THROWS_WITH(read_images(folder.write(name, std::string(name) == "empty.gif" ? "" : "{\n\"path\": 3}"), "a"),
                        Contains(std::string(name) + ": is not a PNG or JPEG image, a folder of them, or a CSV"));
}

TEST_CASE("a name in a manifest that is longer than any file's has no patient", "[manifest]") {
  const std::string text = "path,domain\n" + std::string(1'000'000, 'a') + "1.png,x\na1.png,x\n";
  const Listing listing = parse_manifest(text, "/data/m.csv", "^(a*[0-9])");
  CHECK(listing.samples[0].patient == listing.samples[0].path.string());
  CHECK(listing.samples[1].patient == "a1");
}

}  // namespace tuna
