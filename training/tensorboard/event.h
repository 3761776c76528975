// TensorBoard's records: Event messages (protocol buffers, event.proto and summary.proto of TensorBoard), each in a
// record of a TFRecord file.  The functions return bytes to append to such a file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tuna {

struct EventScalar {
  std::string tag;
  float value;
};

struct EventImage {
  std::string tag;
  int64_t height, width;
  int channels;  // 1: gray. 3: RGB.
  std::string_view png;
};

/// The first record of a file.  Times are seconds since 1970.
std::string version_record(double time);

/// Says that steps from this one on are repeated, so that TensorBoard drops those of earlier files of the folder.
std::string restart_record(double time, int64_t step);

std::string scalars_record(double time, int64_t step, const std::vector<EventScalar>& scalars);
std::string image_record(double time, int64_t step, const EventImage& image);

/// A record: length, its checksum, data, their checksum, in little endian.
std::string tfrecord(std::string_view data);

}  // namespace tuna
