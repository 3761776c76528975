#include "data/image_folder.h"

#include <algorithm>

#include "tests/catch.h"
#include "tests/data/folder.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;

ImageFolder list_of(const TemporaryFolder& folder, const std::vector<std::string>& files) {
  for (const std::string& file : files) folder.write(file, "");
  return list_image_folder(folder / "set");
}

/// Whether exactly one line ends with this text.
bool has(const ImageFolder& found, const std::string& text) {
  return std::count_if(found.left_out.begin(), found.left_out.end(),
                       [&](const std::string& line) { return line.ends_with("set: left out: " + text); })
         == 1;
}

}  // namespace

TEST_CASE("a folder of images alone leaves nothing out", "[image_folder]") {
  const TemporaryFolder folder;
  const ImageFolder found = list_of(folder, {"set/b/2.png", "set/b/1.JPG", "set/a/3.jpeg"});
  REQUIRE(found.images.size() == 3);
  CHECK((found.images[0].path == folder / "set/a/3.jpeg" && found.images[0].label == "a"));
  CHECK((found.images[1].path == folder / "set/b/1.JPG" && found.images[1].label == "b"));
  CHECK(found.left_out.empty());
}

TEST_CASE("what a folder has in addition to its images is counted, a line for each reason", "[image_folder]") {
  const TemporaryFolder folder;
  fs::create_directories(folder / "set/viral");
  fs::create_directories(folder / "set/bacterial");
  folder.write("set/bacterial/.DS_Store", "");
  const ImageFolder found = list_of(
      folder, {"set/ill/1.png", "set/ill/2.tif", "set/ill/3.TIF", "set/well/4.png", "set/well/5.jfif", "set/README",
               "set/ill/more/6.png", "set/ill/more/deep/7.png", "set/well/more/8.txt", "set/.hidden/9.png",
               "set/well/._4.png", "set/__MACOSX/ill/._1.png", "set/__MACOSX/well/._4.png"});
  CHECK(found.images.size() == 2);
  CHECK(found.left_out.size() == 5);
  CHECK(has(found, "4 files not named as PNG or JPEG images (2 .tif, 1 .jfif, 1 without suffix), such as README"));
  CHECK(has(found, "3 files in subfolders of class folders (2 .png, 1 .txt), such as ill/more/6.png"));
  CHECK(has(found, "3 hidden files (2 .png, 1 without suffix), such as .hidden/9.png"));
  CHECK(has(found, "2 files in folders __MACOSX (2 .png), such as __MACOSX/ill/._1.png"));
  CHECK(has(found, "2 empty class folders: bacterial, viral"));
}

TEST_CASE("a folder without classes counts other files, too, whatever its name looks like", "[image_folder]") {
  const TemporaryFolder folder;
  list_of(folder, {"set/1.png", "set/__MACOSX/._1.png", "set/a.1", "set/a.2", "set/a.3", "set/a.4", "set/a.5",
                   "set/a.6", "set/b.6", "set/a.7"});
  for (const char* name : {"set", "set/", "set/../set/."}) {
    const ImageFolder found = list_image_folder(folder / name);
    REQUIRE(found.images.size() == 1);
    CHECK(found.images[0].path == folder / "set/1.png");
    REQUIRE(found.left_out.size() == 2);
    CHECK_THAT(found.left_out[0],
               Contains("8 files") && Contains("(2 .6, 1 .1, 1 .2, 1 .3, 1 .4, 2 other suffixes), such as a.1"));
  }
}

TEST_CASE("the folder of the domains' folders is an error that names one of these", "[image_folder]") {
  const TemporaryFolder folder;
  for (const char* image : {"adult/normal/1.png", "adult/pneumonia/2.png", "child/3.png"}) folder.write(image, "");
  REQUIRE_THROWS_WITH(list_image_folder(folder.path()),
                      Contains("if " + folder.path().string()
                               + " holds a folder per domain, give one of these: " + (folder / "adult").string()));
}

TEST_CASE("a class folder of files that are not images is an error that counts them", "[image_folder]") {
  const TemporaryFolder folder;
  REQUIRE_THROWS_WITH(list_of(folder, {"set/ill/1.png", "set/well/2.tif", "set/well/3.tif", "set/well/more/4.png"}),
                      Contains("set/well: no PNG or JPEG images in this class folder, which has 2 files not named "
                               "as PNG or JPEG images (2 .tif), such as 2.tif; 1 file in subfolders"));
  fs::remove_all(folder / "set");
  REQUIRE_THROWS_WITH(list_of(folder, {"set/1.dcm"}),
                      Contains("set: no PNG or JPEG images; it has 1 file") && Contains("(1 .dcm), such as 1.dcm"));
}

TEST_CASE("links in a circle are not followed for ever", "[image_folder]") {
  const TemporaryFolder folder;
  folder.write("set/ill/1.png", "");
  fs::create_directory_symlink(folder / "set/ill", folder / "set/ill/circle");
  fs::create_symlink("self", folder / "set/ill/self");
  const ImageFolder found = list_image_folder(folder / "set");
  CHECK(found.images.size() == 1);
  CHECK(has(found, "1 file not named as PNG or JPEG images (1 without suffix), such as ill/self"));
}

}  // namespace tuna
