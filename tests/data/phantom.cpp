#include "data/phantom.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "data/file.h"
#include "data/image_file.h"
#include "data/manifest.h"
#include "tests/catch.h"
#include "tests/data/folder.h"

namespace tuna {
namespace {

constexpr size_t kFeatures = 64;
using Features = std::array<double, kFeatures>;

/// The image shrunk to 8 x 8 by averaging.
Features shrink(const Image& image) {
  const Image small = resize(image, 8, 8);
  Features features;
  std::copy(small.pixels.begin(), small.pixels.end(), features.begin());
  return features;
}

/// Makes each feature's mean 0 and deviation 1.
void standardise(std::vector<Features>& rows) {
  for (size_t f = 0; f < kFeatures; ++f) {
    double sum = 0, squares = 0;
    for (const Features& row : rows) sum += row[f];
    const double mean = sum / double(rows.size());
    for (const Features& row : rows) squares += (row[f] - mean) * (row[f] - mean);
    const double deviation = std::sqrt(squares / double(rows.size())) + 1e-6;
    for (Features& row : rows) row[f] = (row[f] - mean) / deviation;
  }
}

double score(const Features& weights, const Features& row) {
  double sum = 0;
  for (size_t f = 0; f < kFeatures; ++f) sum += weights[f] * row[f];
  return sum;
}

/// AUC on the last third of rows of a logistic regression that was fitted to the others; row i is ill if i is odd.
double auc_of_logistic_regression(std::vector<Features> rows) {
  standardise(rows);
  const size_t fitted = rows.size() * 2 / 3;
  Features weights{};
  for (int step = 0; step < 300; ++step) {
    Features gradient{};
    for (size_t i = 0; i < fitted; ++i) {
      const double error = 1 / (1 + std::exp(-score(weights, rows[i]))) - double(i % 2);
      for (size_t f = 0; f < kFeatures; ++f) gradient[f] += error * rows[i][f] / double(fitted);
    }
    for (size_t f = 0; f < kFeatures; ++f) weights[f] -= 0.3 * (gradient[f] + 0.02 * weights[f]);
  }
  double right = 0, pairs = 0;
  for (size_t well = fitted + fitted % 2; well < rows.size(); well += 2)
    for (size_t ill = fitted + 1 - fitted % 2; ill < rows.size(); ill += 2) {
      right += score(weights, rows[ill]) > score(weights, rows[well]);
      ++pairs;
    }
  return right / pairs;
}

}  // namespace

TEST_CASE("brightness alone does not tell the disease of a phantom", "[phantom]") {
  for (const std::string domain : {"adult", "child"}) {
    std::vector<Features> rows, brightened;
    for (uint32_t patient = 0; patient < 900; ++patient) {
      const bool diseased = patient % 2 == 1;
      rows.push_back(shrink(phantom(domain, diseased, 1, patient, 0, 64)));
      brightened.push_back(rows.back());
      if (diseased) brightened.back()[27] += 0.3;
    }
    CAPTURE(domain);
    CHECK(auc_of_logistic_regression(rows) < 0.75);
    CHECK(auc_of_logistic_regression(brightened) > 0.9);  // this test detects brightness that does
  }
}

TEST_CASE("a phantom depends on all of its arguments, and on nothing else", "[phantom]") {
  const Image image = phantom("adult", false, 1, 2, 3, 48);
  REQUIRE((image.height == 48 && image.width == 48 && image.channels == 1));
  CHECK(phantom("adult", false, 1, 2, 3, 48).pixels == image.pixels);
  std::set<std::vector<float>> different = {image.pixels};
  different.insert(phantom("child", false, 1, 2, 3, 48).pixels);
  different.insert(phantom("adult", true, 1, 2, 3, 48).pixels);
  different.insert(phantom("adult", false, 2, 2, 3, 48).pixels);
  different.insert(phantom("adult", false, 1, 3, 3, 48).pixels);
  different.insert(phantom("adult", false, 1, 2, 4, 48).pixels);
  CHECK(different.size() == 6);
  const auto [low, high] = std::minmax_element(image.pixels.begin(), image.pixels.end());
  CHECK((*low >= -1 && *high <= 1 && *high - *low > 1));
  REQUIRE_THROWS_WITH(phantom("dog", false, 1, 2, 3, 48), Contains("\"dog\""));
}

TEST_CASE("a phantom is the same picture at every size", "[phantom]") {
  for (const std::string domain : {"adult", "child"}) {
    const Image small = phantom(domain, true, 1, 5, 0, 64), large = resize(phantom(domain, true, 1, 5, 0, 256), 64, 64);
    double difference = 0;
    for (size_t i = 0; i < small.pixels.size(); ++i) difference += std::abs(small.pixels[i] - large.pixels[i]);
    CHECK(difference / double(small.pixels.size()) < 0.04);
  }
}

TEST_CASE("phantoms of impossible sizes and numbers are refused, and no folder is made", "[phantom]") {
  const TemporaryFolder folder;
  for (const int64_t size : {int64_t(-1), int64_t(15), int64_t(10'001), int64_t(1) << 32, INT64_MAX}) {
    CAPTURE(size);
    REQUIRE_THROWS_WITH(phantom("adult", false, 1, 2, 3, size), Contains("expected 16 to 10000 pixels"));
    PhantomOptions options;
    options.size = size;
    REQUIRE_THROWS_WITH(write_phantoms(folder / "set", options), Contains("expected 16 to 10000 pixels"));
  }
  for (const int64_t count : {int64_t(-1), int64_t(1'000'001), INT64_MAX}) {
    PhantomOptions options;
    options.children = count;
    REQUIRE_THROWS_WITH(write_phantoms(folder / "set", options),
                        Contains("images of a domain, expected at most 1000000"));
  }
  CHECK_FALSE(std::filesystem::exists(folder / "set"));
}

TEST_CASE("phantoms are written with a manifest, and never over another", "[phantom]") {
  const TemporaryFolder folder;
  PhantomOptions options;
  options.adults = 8;
  options.children = 5;
  options.size = 32;
  write_phantoms(folder / "set", options);
  const Listing listing = read_manifest(folder / "set/manifest.csv");
  REQUIRE(listing.samples.size() == 13);
  CHECK(listing.warnings.empty());
  std::map<std::string, int> labels, patients;
  for (const Sample& sample : listing.samples) {
    CHECK(read_image(sample.path).width == 32);
    if (sample.domain == "adult") ++labels[sample.label];
    ++patients[sample.patient];
  }
  CHECK(labels["normal"] == 4);
  CHECK(labels["pneumonia"] == 4);
  CHECK(patients["adult0000"] == 2);
  REQUIRE_THROWS_WITH(write_phantoms(folder / "set", options), Contains("manifest.csv: already there"));

  options.threads = 3;
  write_phantoms(folder / "again", options);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "set"))
    if (entry.is_regular_file()) {
      const std::filesystem::path other = folder / "again" / entry.path().lexically_relative(folder / "set");
      INFO(other);
      CHECK(read_file(other, 1 << 20) == read_file(entry.path(), 1 << 20));
    }

  folder.write("own/child/0000_0.png", "somebody's image");
  REQUIRE_THROWS_WITH(write_phantoms(folder / "own", options), Contains("own/child: already there"));
  CHECK(std::filesystem::file_size(folder / "own/child/0000_0.png") == 16);
}

}  // namespace tuna
