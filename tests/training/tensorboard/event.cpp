#include "training/tensorboard/event.h"

#include <fmt/format.h>

#include "data/bytes.h"
#include "tests/catch.h"
#include "training/tensorboard/crc32c.h"

namespace tuna {
namespace {

/// The bytes as hexadecimal digits.
std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", uint8_t(byte));
  return text;
}

/// The data of a record whose length and checksums are right.
std::string data_of(const std::string& record) {
  const uint32_t length = little_endian(record, 0, 4);
  REQUIRE(record.size() == 8 + 4 + length + 4);
  CHECK(little_endian(record, 4, 4) == 0);
  CHECK(little_endian(record, 8, 4) == masked_crc32c(record.substr(0, 8)));
  CHECK(little_endian(record, 12 + length, 4) == masked_crc32c(record.substr(12, length)));
  return record.substr(12, length);
}

}  // namespace

TEST_CASE("CRC-32C is that of RFC 3720", "[tensorboard]") {
  CHECK(crc32c("") == 0);
  CHECK(crc32c("123456789") == 0xe3069283);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43);
  std::string ascending;
  for (int i = 0; i < 32; ++i) ascending += char(i);
  CHECK(crc32c(ascending) == 0x46dd794e);
}

TEST_CASE("a TFRecord has its length and two masked checksums", "[tensorboard]") {
  CHECK(masked_crc32c("") == 0xa282ead8);
  CHECK(data_of(tfrecord("")).empty());
  CHECK(data_of(tfrecord("data")) == "data");
  CHECK(hex(tfrecord("data").substr(0, 8)) == "0400000000000000");
}

TEST_CASE("events are protocol buffers", "[tensorboard]") {
  const std::string time = "09000000000000f03f";  // field 1, 64 bits: 1.0
  CHECK(hex(data_of(version_record(1))) == time + "1000" + "1a0d" + hex("brain.Event:2"));
  CHECK(hex(data_of(restart_record(1, 300))) == time + "10ac02" + "3a020801");
  const std::string value =
      "0a046c6f7373"
      "150000003f";  // field 1: "loss"; field 2, 32 bits: 0.5
  CHECK(hex(data_of(scalars_record(1, 2, {{"loss", 0.5f}}))) == time + "1002" + "2a0d" "0a0b" + value);
  const std::string image =
      "0802"
      "1003"
      "1801"
      "2203"
      + hex("png");
  CHECK(hex(data_of(image_record(1, 2, {"p", 2, 3, 1, "png"}))) == time + "1002" + "2a12" "0a10" "0a0170" "220b" + image);
}

}  // namespace tuna
