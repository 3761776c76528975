// JPEG files.
#include "data/jpeg_gate.h"
#include "tests/fuzz/decoded.h"

void tuna::read_as_file(const std::string& bytes) {
  const JpegFacts facts = check_jpeg(bytes, "file");
  check_decoded(bytes, facts.width, facts.height);
}
