#include "training/tensorboard/event.h"

#include <bit>

#include "training/tensorboard/crc32c.h"

namespace tuna {
namespace {

/// Field numbers of the messages.
enum EventField { kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5, kSessionLog = 7 };
enum SummaryField { kValue = 1 };
enum ValueField { kTag = 1, kSimpleValue = 2, kImage = 4 };
enum ImageField { kHeight = 1, kWidth = 2, kColorSpace = 3, kEncodedImage = 4 };
enum SessionLogField { kStatus = 1 };
constexpr uint64_t kStart = 1;  // SessionLog.SessionStatus

std::string little_endian(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += char(value >> 8 * i & 255);
  return text;
}

/// A message of protocol buffers, field by field.
class Message {
 public:
  void add_integer(int field, uint64_t value) {
    add_key(field, 0);
    add_varint(value);
  }
  void add_double(int field, double value) {
    add_key(field, 1);
    bytes_ += little_endian(std::bit_cast<uint64_t>(value), 8);
  }
  void add_bytes(int field, std::string_view value) {
    add_key(field, 2);
    add_varint(value.size());
    bytes_ += value;
  }
  void add_float(int field, float value) {
    add_key(field, 5);
    bytes_ += little_endian(std::bit_cast<uint32_t>(value), 4);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void add_key(int field, int wire_type) { add_varint(uint64_t(field) << 3 | uint64_t(wire_type)); }

  // Seven bits a byte, the lowest first; all but the last have the highest bit set.
  void add_varint(uint64_t value) {
    for (; value > 127; value >>= 7) bytes_ += char((value & 127) | 128);
    bytes_ += char(value);
  }

  std::string bytes_;
};

Message event(double time, int64_t step) {
  Message message;
  message.add_double(kWallTime, time);
  message.add_integer(kStep, uint64_t(step));
  return message;
}

}  // namespace

std::string tfrecord(std::string_view data) {
  const std::string length = little_endian(data.size(), 8);
  return length + little_endian(masked_crc32c(length), 4) + std::string(data) + little_endian(masked_crc32c(data), 4);
}

std::string version_record(double time) {
  Message message = event(time, 0);
  message.add_bytes(kFileVersion, "brain.Event:2");
  return tfrecord(message.bytes());
}

std::string restart_record(double time, int64_t step) {
  Message log, message = event(time, step);
  log.add_integer(kStatus, kStart);
  message.add_bytes(kSessionLog, log.bytes());
  return tfrecord(message.bytes());
}

std::string scalars_record(double time, int64_t step, const std::vector<EventScalar>& scalars) {
  Message summary, message = event(time, step);
  for (const EventScalar& scalar : scalars) {
    Message value;
    value.add_bytes(kTag, scalar.tag);
    value.add_float(kSimpleValue, scalar.value);
    summary.add_bytes(kValue, value.bytes());
  }
  message.add_bytes(kSummary, summary.bytes());
  return tfrecord(message.bytes());
}

std::string image_record(double time, int64_t step, const EventImage& image) {
  Message picture, value, summary, message = event(time, step);
  picture.add_integer(kHeight, uint64_t(image.height));
  picture.add_integer(kWidth, uint64_t(image.width));
  picture.add_integer(kColorSpace, uint64_t(image.channels));
  picture.add_bytes(kEncodedImage, image.png);
  value.add_bytes(kTag, image.tag);
  value.add_bytes(kImage, picture.bytes());
  summary.add_bytes(kValue, value.bytes());
  message.add_bytes(kSummary, summary.bytes());
  return tfrecord(message.bytes());
}

}  // namespace tuna
