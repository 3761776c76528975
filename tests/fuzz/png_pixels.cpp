// PNG files of any kind with any pixels, so that libFuzzer need not find out how to compress.
#include "tests/data/any_png.h"
#include "tests/fuzz/decoded.h"

void tuna::read_as_file(const std::string& bytes) {
  if (bytes.size() < 6) return;
  const AnyPng png = any_png(bytes);
  check_decoded(png.bytes, png.width, png.height);
}
