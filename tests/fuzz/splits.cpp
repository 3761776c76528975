// splits.csv of a run: what is read is written so that it is read as the same again.
#include "data/splits.h"

#include <algorithm>

#include "data/manifest.h"
#include "tests/fuzz/target.h"

namespace tuna {
namespace {

bool same(const Sample& a, const Sample& b) {
  return a.path == b.path && a.domain == b.domain && a.label == b.label && a.patient == b.patient && a.split == b.split
         && a.checksum == b.checksum && a.columns == b.columns;
}

}  // namespace

void read_as_file(const std::string& bytes) {
  const std::filesystem::path file = "/run/splits.csv";
  const std::vector<Sample> read = parse_manifest(bytes, file).samples;
  const std::vector<Sample> again = parse_manifest(manifest_text(read), file).samples;
  must_hold(std::equal(read.begin(), read.end(), again.begin(), again.end(), same), "the same is read again");
  check_no_leak(read);
}

}  // namespace tuna
