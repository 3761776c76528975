// PNG files.  Where libFuzzer runs it, png_checksums.cpp mends the checksums of what it makes.
#include "data/png_gate.h"
#include "tests/fuzz/decoded.h"

void tuna::read_as_file(const std::string& bytes) {
  const PngFacts facts = check_png(bytes, "file");
  check_decoded(bytes, facts.width, facts.height);
}
