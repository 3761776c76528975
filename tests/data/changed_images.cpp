#include "data/changed_images.h"

#include "tests/catch.h"
#include "tests/data/folder.h"

namespace tuna {
namespace fs = std::filesystem;

TEST_CASE("checksums are FNV-1a of 64 bits and the size", "[changed_images]") {
  const TemporaryFolder folder;
  // The test vectors of the draft of FNV (draft-eastlake-fnv, appendix C).
  CHECK(hash_to_text(checksum_of(folder.write("t", "")).fnv1a) == "cbf29ce484222325");
  CHECK(hash_to_text(checksum_of(folder.write("t", "a")).fnv1a) == "af63dc4c8601ec8c");
  CHECK(hash_to_text(checksum_of(folder.write("t", "foobar")).fnv1a) == "85944171f73967e8");
  CHECK(checksum_of(folder.write("t", std::string(200'000, 'x'))).bytes == 200'000);
  CHECK(hash_from_text("00f29ce484222325") == 0x00f29ce484222325u);
  REQUIRE_THROWS_WITH(checksum_of(folder / "gone"), Contains("gone: cannot be opened: No such file"));
}

TEST_CASE("images that changed are named", "[changed_images]") {
  const TemporaryFolder folder;
  std::vector<Sample> samples;
  for (const char* name : {"a.png", "b.png", "c.png", "d.png", "e.png"})
    samples.push_back({folder.write(name, "image"), "adult", "", name, "train"});
  REQUIRE_NOTHROW(check_unchanged(samples, 2));  // without checksums nothing is compared
  for (const int threads : {1, 3}) {
    for (const Sample& sample : samples) folder.write(sample.path.filename().string(), "image");
    add_checksums(samples, threads);
    REQUIRE_NOTHROW(check_unchanged(samples, threads));

    folder.write("b.png", "imagE");
    REQUIRE_THROWS_WITH(check_unchanged(samples, threads),
                        Contains("1 of 5 images changed since the run began: ") && Contains("b.png (other content);"));
    folder.write("c.png", "larger image");
    fs::remove(folder / "d.png");
    REQUIRE_THROWS_WITH(check_unchanged(samples, threads), Contains("3 of 5 images")
                                                               && Contains("c.png (12 bytes, 5 before)")
                                                               && Contains("d.png (No such file or directory);"));
    folder.write("a.png", "");
    REQUIRE_THROWS_WITH(check_unchanged(samples, threads), Contains("4 of 5 images") && Contains(", ...;"));
  }
}

}  // namespace tuna
