#include "data/jpeg_gate.h"

#include <algorithm>
#include <array>
#include <vector>

#include "data/bytes.h"
#include "data/image_limits.h"
#include "engine/base/check.h"

namespace tuna {
namespace {

// ITU-T T.81, table B.1.
enum Marker {
  SOF0 = 0xC0,
  SOF2 = 0xC2,
  DHT = 0xC4,
  JPG = 0xC8,
  DAC = 0xCC,
  SOF15 = 0xCF,
  RST0 = 0xD0,
  RST7 = 0xD7,
  SOI = 0xD8,
  EOI = 0xD9,
  SOS = 0xDA,
  DQT = 0xDB,
  DNL = 0xDC,
  DRI = 0xDD,
  APP0 = 0xE0,
  APP1 = 0xE1,
  APP14 = 0xEE,
  APP15 = 0xEF,
  COM = 0xFE,
};

bool is_restart(int marker) { return marker >= RST0 && marker <= RST7; }
bool is_frame(int marker) {
  return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
}

std::string marker_name(int marker) {
  if (marker >= APP0 && marker <= APP15) return fmt::format("APP{}", marker - APP0);
  if (is_restart(marker)) return fmt::format("RST{}", marker - RST0);
  if (is_frame(marker)) return fmt::format("SOF{}", marker - SOF0);
  switch (marker) {
    case DHT:
      return "DHT";
    case DAC:
      return "DAC";
    case SOI:
      return "SOI";
    case EOI:
      return "EOI";
    case SOS:
      return "SOS";
    case DQT:
      return "DQT";
    case DNL:
      return "DNL";
    case DRI:
      return "DRI";
    case COM:
      return "COM";
    default:
      return fmt::format("FF{:02X}", marker);
  }
}

/// Encoders write ten or so; each is a pass over the whole image.
constexpr int kMostScans = 100;

struct Component {
  int id = 0;
  int across = 0, down = 0;  // blocks in a unit of interleaved components
  int quantisation = 0;      // table
  bool has_pixels = false;   // a scan has set each of its blocks
};

struct Frame {
  bool progressive = false;
  int64_t width = 0, height = 0;
  int most_across = 1, most_down = 1;
  std::vector<Component> components;
};

/// A scan's components, of which the first coefficients `from` to `to` follow, without `low` of their bits; `high` is
/// the number of bits that are still to come after the scans before, 0 for the first.
struct Scan {
  std::vector<Component*> components;
  int from = 0, to = 0, high = 0, low = 0;
};

int64_t divided_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

struct ScanSize {
  int64_t units = 0;   // what restart markers count
  int64_t blocks = 0;  // of 8 x 8 pixels
};

/// T.81, A.2: a component that is alone in a scan has only the blocks that it needs.
ScanSize size_of(const Scan& scan, const Frame& frame) {
  if (scan.components.size() == 1) {
    const Component& alone = *scan.components[0];
    const int64_t blocks = divided_up(divided_up(frame.width * alone.across, frame.most_across), 8)
                           * divided_up(divided_up(frame.height * alone.down, frame.most_down), 8);
    return {blocks, blocks};
  }
  const int64_t units = divided_up(frame.width, 8 * frame.most_across) * divided_up(frame.height, 8 * frame.most_down);
  int64_t blocks = 0;
  for (const Component* component : scan.components) blocks += units * component->across * component->down;
  return {units, blocks};
}

class JpegGate {
 public:
  JpegGate(std::string_view bytes, const std::string& file) : bytes_(bytes), file_(file) {}

  JpegFacts check() {
    find_marker();
    expect(marker_ == SOI, "is the first marker, expected SOI");
    for (find_marker(); marker_ != EOI; find_marker()) check_segment();
    check_complete();
    facts_.width = frame_.width;
    facts_.height = frame_.height;
    facts_.is_cmyk_without_adobe = frame_.components.size() == 4 && !has_adobe_;
    return facts_;
  }

 private:
  template <class... Parts>
  void expect(bool ok, fmt::format_string<Parts...> format, Parts&&... parts) const {
    if (!ok)
      fail("{}: damaged JPEG image: {} at byte {}: {}", file_, marker_name(marker_), marker_at_,
           fmt::format(format, std::forward<Parts>(parts)...));
  }

  void expect_bytes(bool ok) const {
    tuna::check(ok, "{}: truncated JPEG image: {} bytes end in {} at byte {}, expected EOI as the last marker", file_,
                bytes_.size(), marker_name(marker_), marker_at_);
  }

  /// Finds the next marker, after padding.
  void find_marker() {
    at_ = std::min(bytes_.find('\xFF', at_), bytes_.size());
    const size_t code = bytes_.find_first_not_of('\xFF', at_);
    expect_bytes(code != bytes_.npos);
    marker_ = byte_at(bytes_, code);
    marker_at_ = code - 1;
    at_ = code + 1;
  }

  /// Reads the segment of the last marker, without its length.
  std::string_view read_segment() {
    expect_bytes(bytes_.size() - at_ >= 2);
    const size_t length = big_endian(bytes_, at_, 2);
    expect(length >= 2, "has the length {}, expected at least 2", length);
    expect_bytes(bytes_.size() - at_ >= length);
    at_ += length;
    return bytes_.substr(at_ - length + 2, length - 2);
  }

  void check_segment() {
    if (is_frame(marker_)) return read_frame(read_segment());
    if (marker_ == DQT) return read_quantisation(read_segment());
    if (marker_ == DHT) return read_huffman(read_segment());
    if (marker_ == DRI) return read_restart_interval(read_segment());
    if (marker_ == SOS) return check_scan(read_segment());
    if (marker_ == DNL) return check_lines(read_segment());
    expect((marker_ >= APP0 && marker_ <= APP15) || marker_ == COM,
           "is not expected here: tables, a frame, scans, APP0 to APP15 and COM are");
    read_application(read_segment());
  }

  void read_application(std::string_view data) {
    using namespace std::literals;
    constexpr std::string_view kExif = "Exif\0\0"sv, kAdobe = "Adobe\0"sv;
    if (marker_ == APP1 && data.starts_with(kExif) && !has_exif_) {
      facts_.orientation = exif_orientation(data.substr(kExif.size()));
      has_exif_ = true;
    }
    if (marker_ == APP14 && data.starts_with(kAdobe) && data.size() >= 12) {
      adobe_transform_ = byte_at(data, 11);
      has_adobe_ = true;
    }
  }

  void read_quantisation(std::string_view data) {
    while (!data.empty()) {
      const int precision = byte_at(data, 0) >> 4, table = byte_at(data, 0) & 15;
      const size_t bytes = 1 + 64 * size_t(precision + 1);
      expect(precision <= 1 && table <= 3, "table {} of precision {}, expected 0 to 3 of 0 or 1", table, precision);
      expect(data.size() >= bytes, "a table has {} bytes, expected {}", data.size(), bytes);
      has_quantisation_[size_t(table)] = true;
      data.remove_prefix(bytes);
    }
  }

  void read_huffman(std::string_view data) {
    while (!data.empty()) {
      const int kind = byte_at(data, 0) >> 4, table = byte_at(data, 0) & 15;
      expect(kind <= 1 && table <= 3, "table {} of class {}, expected 0 to 3 of 0 or 1", table, kind);
      expect(data.size() >= 17, "a table has {} bytes, expected 17 and more", data.size());
      const size_t codes = count_codes(data.substr(1, 16));
      expect(data.size() >= 17 + codes, "a table of {} codes has {} bytes, expected {}", codes, data.size(),
             17 + codes);
      (kind == 0 ? has_dc_ : has_ac_)[size_t(table)] = true;
      data.remove_prefix(17 + codes);
    }
  }

  /// `counts`: of the codes of 1 to 16 bits.
  size_t count_codes(std::string_view counts) const {
    size_t codes = 0;
    int left = 1;  // codes of the length that do not begin with a shorter one
    for (size_t i = 0; i < counts.size(); ++i) {
      left = 2 * left - byte_at(counts, i);
      codes += byte_at(counts, i);
      expect(left >= 0, "a table has {} codes of {} bits, more than are left by shorter ones", byte_at(counts, i),
             i + 1);
    }
    expect(codes <= 256, "a table has {} codes, expected at most 256", codes);
    return codes;
  }

  void read_restart_interval(std::string_view data) {
    expect(data.size() == 2, "has {} bytes, expected 2", data.size());
    restart_interval_ = big_endian(data, 0, 2);
  }

  void read_frame(std::string_view data) {
    expect(marker_ <= SOF2,
           "is lossless, hierarchical or arithmetic coding, expected SOF0 to SOF2: baseline or progressive");
    expect(frame_.components.empty(), "is the second frame, expected one");
    expect(data.size() >= 6, "has {} bytes, expected at least 6", data.size());
    frame_.progressive = marker_ == SOF2;
    frame_.height = big_endian(data, 1, 2);
    frame_.width = big_endian(data, 3, 2);
    const size_t count = byte_at(data, 5);
    expect(data[0] == 8, "{} bits per sample, expected 8", byte_at(data, 0));
    expect(frame_.width > 0 && frame_.height > 0, "{} x {} pixels, expected at least 1 x 1", frame_.width,
           frame_.height);
    expect(frame_.width * frame_.height <= kMaxPixels, "{} x {} pixels, more than the limit of {}", frame_.width,
           frame_.height, kMaxPixels);
    expect(count == 1 || count == 3 || count == 4, "{} components, expected 1, 3 or 4", count);
    expect(data.size() == 6 + 3 * count, "has {} bytes, expected {} for {} components", data.size(), 6 + 3 * count,
           count);
    for (size_t i = 0; i < count; ++i) read_component(data.substr(6 + 3 * i, 3));
    for (const Component& each : frame_.components)
      expect(frame_.most_across % each.across == 0 && frame_.most_down % each.down == 0,
             "component {} is sampled {} x {} of {} x {}, expected divisors", each.id, each.across, each.down,
             frame_.most_across, frame_.most_down);
  }

  void read_component(std::string_view data) {
    const Component read = {byte_at(data, 0), byte_at(data, 1) >> 4, byte_at(data, 1) & 15, byte_at(data, 2)};
    expect(find_component(read.id) == nullptr, "component {} is there twice", read.id);
    expect(read.across >= 1 && read.across <= 4 && read.down >= 1 && read.down <= 4,
           "component {} is sampled {} x {}, expected 1 to 4", read.id, read.across, read.down);
    expect(read.quantisation <= 3, "component {} has quantisation table {}, expected 0 to 3", read.id,
           read.quantisation);
    frame_.most_across = std::max(frame_.most_across, read.across);
    frame_.most_down = std::max(frame_.most_down, read.down);
    frame_.components.push_back(read);
  }

  Component* find_component(int id) {
    const auto found = std::find_if(frame_.components.begin(), frame_.components.end(),
                                    [&](const Component& each) { return each.id == id; });
    return found == frame_.components.end() ? nullptr : &*found;
  }

  void check_lines(std::string_view data) const {
    expect(data.size() == 2 && big_endian(data, 0, 2) == frame_.height, "expected the {} rows of the frame",
           frame_.height);
  }

  void check_scan(std::string_view data) {
    expect(!frame_.components.empty(), "is before a frame, expected after");
    ++scans_;
    expect(scans_ <= kMostScans, "is scan {}, expected at most {}", scans_, kMostScans);
    const size_t count = data.empty() ? 0 : byte_at(data, 0);
    expect(count >= 1 && count <= frame_.components.size(), "{} components, expected 1 to the {} of the frame", count,
           frame_.components.size());
    expect(data.size() == 4 + 2 * count, "has {} bytes, expected {} for {} components", data.size(), 4 + 2 * count,
           count);
    Scan scan;
    scan.from = byte_at(data, 1 + 2 * count);
    scan.to = byte_at(data, 2 + 2 * count);
    scan.high = byte_at(data, 3 + 2 * count) >> 4;
    scan.low = byte_at(data, 3 + 2 * count) & 15;
    check_coefficients(scan, count);
    for (size_t i = 0; i < count; ++i) add_component(scan, data.substr(1 + 2 * i, 2));
    check_scan_data(scan);
  }

  void check_coefficients(const Scan& scan, size_t components) const {
    if (!frame_.progressive) {
      expect(scan.from == 0 && scan.high == 0 && scan.low == 0,
             "a part of the coefficients, expected all: not progressive");
      return;
    }
    expect(scan.from <= scan.to && scan.to <= 63, "coefficients {} to {}, expected within 0 to 63", scan.from, scan.to);
    expect(scan.high <= 13 && scan.low <= 13, "bits {} to {}, expected at most 13", scan.high, scan.low);
    expect((scan.from == 0) == (scan.to == 0), "coefficients 0 to {}, expected the first in a scan of its own",
           scan.to);
    expect(scan.from == 0 || components == 1, "coefficients of {} components, expected of one", components);
  }

  void add_component(Scan& scan, std::string_view data) {
    Component* component = find_component(byte_at(data, 0));
    const size_t dc = byte_at(data, 1) >> 4, ac = byte_at(data, 1) & 15;
    expect(component != nullptr, "component {}, which the frame does not have", byte_at(data, 0));
    const int id = component->id;
    expect(std::count(scan.components.begin(), scan.components.end(), component) == 0, "component {} is there twice",
           id);
    expect(dc <= 3 && ac <= 3, "component {} has Huffman tables {} and {}, expected 0 to 3", id, dc, ac);

    const bool uses_dc = scan.from == 0 && scan.high == 0, uses_ac = !frame_.progressive || scan.from > 0;
    expect(!uses_dc || has_dc_[dc], "component {} has DC table {}, expected a DHT with it before", id, dc);
    expect(!uses_ac || has_ac_[ac], "component {} has AC table {}, expected a DHT with it before", id, ac);
    const int quantisation = component->quantisation;
    expect(has_quantisation_[size_t(quantisation)],
           "component {} has quantisation table {}, expected a DQT with it before", id, quantisation);

    if (frame_.progressive)
      expect(uses_dc || component->has_pixels, "component {}: expected a scan of its first coefficient before", id);
    else
      expect(!component->has_pixels, "component {} was in a scan before, expected one", id);
    component->has_pixels = true;
    scan.components.push_back(component);
  }

  /// Checks what follows the segment of a scan: codes, with a zero after each byte of FF, and restart markers.
  void check_scan_data(const Scan& scan) {
    const size_t start = at_;
    int64_t restarts = 0;
    for (;;) {
      const size_t escape = bytes_.find('\xFF', at_);
      const size_t code = escape == bytes_.npos ? escape : bytes_.find_first_not_of('\xFF', escape);
      expect_bytes(code != bytes_.npos);
      const int value = byte_at(bytes_, code);
      if (value != 0 && !is_restart(value)) {
        at_ = escape;
        break;
      }
      at_ = code + 1;
      if (value == 0) continue;
      expect(restart_interval_ > 0, "its data have RST{} at byte {}, expected none without DRI", value - RST0,
             code - 1);
      expect(value - RST0 == restarts % 8, "its data have RST{} at byte {}, expected RST{}", value - RST0, code - 1,
             restarts % 8);
      ++restarts;
    }

    const ScanSize size = size_of(scan, frame_);
    const int64_t needed = restart_interval_ > 0 ? (size.units - 1) / restart_interval_ : 0;
    expect(restarts >= needed, "its data have {} restart markers, expected {}", restarts, needed);
    // Each block has at least a bit for each code in it; later coefficients may have none.
    const int64_t least_bits = scan.from > 0 ? 0 : frame_.progressive ? 1 : 2;
    const int64_t found = int64_t(at_ - start), least = divided_up(size.blocks * least_bits, 8);
    expect(found >= least, "its data have {} bytes, expected at least {} for {} x {} pixels", found, least,
           frame_.width, frame_.height);
  }

  void check_complete() const {
    expect(!frame_.components.empty(), "is before a frame, expected after");
    for (const Component& each : frame_.components) expect(each.has_pixels, "component {} is in no scan", each.id);
    expect(frame_.components.size() != 4 || !has_adobe_ || adobe_transform_ == 0 || adobe_transform_ == 2,
           "four components of Adobe's color transform {}, expected 0 (CMYK) or 2 (YCCK)", adobe_transform_);
  }

  const std::string_view bytes_;
  const std::string& file_;
  size_t at_ = 0;  // the next byte to read
  int marker_ = SOI;
  size_t marker_at_ = 0;
  Frame frame_;
  JpegFacts facts_;
  std::array<bool, 4> has_quantisation_{}, has_dc_{}, has_ac_{};
  int64_t restart_interval_ = 0;
  int scans_ = 0, adobe_transform_ = 0;
  bool has_adobe_ = false, has_exif_ = false;
};

}  // namespace

JpegFacts check_jpeg(std::string_view bytes, const std::string& file) { return JpegGate(bytes, file).check(); }

}  // namespace tuna
