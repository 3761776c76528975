#include "data/inflate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

#include "data/bytes.h"

namespace tuna {
namespace {

constexpr int kMaxLength = 15;  // bits of a code
constexpr int kFastBits = 10;   // shorter codes are looked up at once

/// No stream grows by more: 258 bytes from a length and a distance of one bit each.
constexpr size_t kMostGrowth = 1032;

template <class... Parts>
void expect(bool ok, fmt::format_string<Parts...> format, Parts&&... parts) {
  if (!ok) throw InflateError(fmt::format(format, std::forward<Parts>(parts)...));
}

/// The bits of a stream, the least significant of each byte first.
class Bits {
 public:
  explicit Bits(std::string_view stream) : stream_(stream) {}

  /// Afterwards, 48 bits can be taken, or as many as are left: a length, a distance, and the extra bits of both.
  void fill() {
    uint64_t next = 0;
    if (std::endian::native == std::endian::little && stream_.size() - at_ >= sizeof next) {
      std::memcpy(&next, &stream_[at_], sizeof next);
      bits_ |= next << count_;
      at_ += size_t(63 - count_) / 8;
      count_ |= 56;  // the bits above, which `next` has set, are set again to the same
      return;
    }
    while (count_ < 56 && at_ < stream_.size()) {
      bits_ |= uint64_t(byte_at(stream_, at_++)) << count_;
      count_ += 8;
    }
  }

  /// The next bits; zeros past the end.
  uint32_t peek(int count) const { return uint32_t(bits_ & ((uint64_t(1) << count) - 1)); }

  void drop(int count) {
    expect(count <= count_, "the compressed data are cut off");
    bits_ >>= count;
    count_ -= count;
  }

  uint32_t take(int count) {
    if (count_ < count) fill();
    const uint32_t value = peek(count);
    drop(count);
    return value;
  }

  /// The next whole bytes.
  std::string_view take_bytes(size_t count) {
    drop(count_ % 8);
    at_ -= size_t(count_ / 8);
    bits_ = 0;
    count_ = 0;
    expect(count <= stream_.size() - at_, "the compressed data are cut off");
    at_ += count;
    return stream_.substr(at_ - count, count);
  }

 private:
  std::string_view stream_;
  size_t at_ = 0;
  uint64_t bits_ = 0;
  int count_ = 0;
};

uint32_t reversed(uint32_t code, int length) {
  uint32_t result = 0;
  for (int i = 0; i < length; ++i) result |= (code >> i & 1) << (length - 1 - i);
  return result;
}

/// A Huffman code, given by the lengths of its symbols' codes.
class Code {
 public:
  explicit Code(std::span<const uint8_t> lengths) {
    for (const uint8_t length : lengths) ++counts_[length];
    counts_[0] = 0;
    check_lengths();
    std::array<uint16_t, kMaxLength + 2> next{};  // where the next symbol of each length goes
    for (int length = 1; length <= kMaxLength; ++length)
      next[size_t(length) + 1] = uint16_t(next[size_t(length)] + counts_[size_t(length)]);
    for (size_t symbol = 0; symbol < lengths.size(); ++symbol)
      if (lengths[symbol] > 0) symbols_[next[lengths[symbol]]++] = uint16_t(symbol);
    fill_fast();
  }

  int decode(Bits& bits) const {
    const uint16_t entry = fast_[bits.peek(kFastBits)];
    if (entry > 0) {
      bits.drop(entry & 15);
      return entry >> 4;
    }
    return decode_long(bits);
  }

 private:
  /// Each string of bits must have one meaning; a code of a single symbol of one bit is the exception.
  void check_lengths() const {
    int left = 1, longest = 0;
    for (int length = 1; length <= kMaxLength; ++length) {
      left = 2 * left - counts_[size_t(length)];
      expect(left >= 0, "a Huffman code has more codes of {} bits than there can be", length);
      if (counts_[size_t(length)] > 0) longest = length;
    }
    expect(left == 0 || longest <= 1, "a Huffman code is incomplete");
  }

  void fill_fast() {
    uint32_t code = 0;
    size_t index = 0;
    for (int length = 1; length <= kFastBits; ++length, code <<= 1)
      for (int i = 0; i < counts_[size_t(length)]; ++i, ++code)
        for (size_t bits = reversed(code, length), symbol = symbols_[index++]; bits < fast_.size();
             bits += size_t(1) << length)
          fast_[bits] = uint16_t(symbol << 4 | size_t(length));
  }

  int decode_long(Bits& bits) const {
    const uint32_t next = bits.peek(kMaxLength);
    int code = 0, first = 0, index = 0;
    for (int length = 1; length <= kMaxLength; ++length) {
      code = code << 1 | int(next >> (length - 1) & 1);
      const int count = counts_[size_t(length)];
      if (code - first < count) {
        bits.drop(length);
        return symbols_[size_t(index + code - first)];
      }
      index += count;
      first = (first + count) << 1;
    }
    throw InflateError("the compressed data hold bits that are not a code");
  }

  std::array<uint16_t, kMaxLength + 1> counts_{};  // codes of each length
  std::array<uint16_t, 288> symbols_{};            // by length, then by number
  std::array<uint16_t, 1 << kFastBits> fast_{};    // by the next bits: symbol << 4 | length; 0: longer, or not a code
};

struct Codes {
  Code literals, distances;
};

Codes make_fixed_codes() {
  std::array<uint8_t, 288> literals;
  std::fill_n(&literals[0], 144, 8);
  std::fill_n(&literals[144], 112, 9);
  std::fill_n(&literals[256], 24, 7);
  std::fill_n(&literals[280], 8, 8);
  std::array<uint8_t, 32> distances;
  distances.fill(5);
  return {Code(literals), Code(distances)};
}

const Codes& fixed_codes() {
  static const Codes codes = make_fixed_codes();
  return codes;
}

Codes read_codes(Bits& bits) {
  static constexpr std::array<uint8_t, 19> kOrder = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  const size_t literals = bits.take(5) + 257, distances = bits.take(5) + 1, used = bits.take(4) + 4;
  expect(literals <= 286 && distances <= 30, "a block has {} literals and {} distances, expected at most 286 and 30",
         literals, distances);
  std::array<uint8_t, 19> of_lengths{};
  for (size_t i = 0; i < used; ++i) of_lengths[kOrder[i]] = uint8_t(bits.take(3));
  const Code code(of_lengths);

  std::array<uint8_t, 286 + 30> lengths{};
  for (size_t i = 0; i < literals + distances;) {
    bits.fill();
    const int symbol = code.decode(bits);
    if (symbol < 16) {
      lengths[i++] = uint8_t(symbol);
      continue;
    }
    expect(symbol > 16 || i > 0, "a block repeats the length of a code before the first");
    const uint8_t repeated = symbol == 16 ? lengths[i - 1] : uint8_t(0);
    const size_t times = symbol == 16 ? 3 + bits.take(2) : symbol == 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    expect(times <= literals + distances - i, "a block has more lengths of codes than it says");
    std::fill_n(&lengths[i], times, repeated);
    i += times;
  }
  expect(lengths[256] > 0, "a block has no code for its end");
  const std::span<const uint8_t> all(lengths);
  return {Code(all.first(literals)), Code(all.subspan(literals, distances))};
}

/// The result, which never grows past its size.
class Output {
 public:
  explicit Output(size_t size) : bytes_(size, '\0') {}

  void append(std::string_view bytes) {
    check_fits(bytes.size());
    bytes.copy(&bytes_[count_], bytes.size());
    count_ += bytes.size();
  }

  void append(char byte) {
    check_fits(1);
    bytes_[count_++] = byte;
  }

  /// Appends `length` bytes that begin `distance` before the end; they may overlap what is appended.
  void repeat(size_t length, size_t distance) {
    check_fits(length);
    expect(distance <= count_, "the compressed data refer to {} bytes before, of which there are {}", distance, count_);
    char* to = &bytes_[count_];
    if (distance >= length)
      std::memcpy(to, to - distance, length);
    else
      for (size_t i = 0; i < length; ++i) to[i] = to[i - distance];
    count_ += length;
  }

  std::string take() {
    expect(count_ == bytes_.size(), "the compressed data hold {} bytes, expected {}", count_, bytes_.size());
    return std::move(bytes_);
  }

 private:
  void check_fits(size_t count) const {
    expect(count <= bytes_.size() - count_, "the compressed data hold more than the expected {} bytes", bytes_.size());
  }

  std::string bytes_;
  size_t count_ = 0;
};

void inflate_stored(Bits& bits, Output& output) {
  const std::string_view header = bits.take_bytes(4);
  const uint32_t length = little_endian(header, 0, 2);
  expect(length == (little_endian(header, 2, 2) ^ 0xFFFF), "a stored block has two lengths that differ");
  output.append(bits.take_bytes(length));
}

void inflate_coded(Bits& bits, const Codes& codes, Output& output) {
  static constexpr std::array<uint16_t, 29> kLengths = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                                        31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
  static constexpr std::array<uint8_t, 29> kLengthBits = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                          2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  static constexpr std::array<uint16_t, 30> kDistances = {
      1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
      193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
  for (;;) {
    bits.fill();
    const int symbol = codes.literals.decode(bits);
    if (symbol < 256) {
      output.append(char(symbol));
      continue;
    }
    if (symbol == 256) return;
    expect(symbol < 286, "the compressed data hold the length {}, which does not exist", symbol);
    const size_t which = size_t(symbol) - 257;
    const size_t length = kLengths[which] + bits.take(kLengthBits[which]);
    const size_t far = size_t(codes.distances.decode(bits));
    expect(far < 30, "the compressed data hold the distance {}, which does not exist", far);
    output.repeat(length, kDistances[far] + bits.take(far < 2 ? 0 : int(far) / 2 - 1));
  }
}

uint32_t adler32(std::string_view bytes) {
  constexpr size_t kMostBeforeOverflow = 5552;
  uint32_t a = 1, b = 0;
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, kMostBeforeOverflow);
    for (const char byte : part) {
      a += uint8_t(byte);
      b += a;
    }
    a %= 65521;
    b %= 65521;
    bytes.remove_prefix(part.size());
  }
  return b << 16 | a;
}

void check_header(std::string_view header) {
  const uint32_t method = big_endian(header, 0, 2);
  expect(method % 31 == 0 && (method >> 8 & 15) == 8 && method >> 12 <= 7 && (method & 0x20) == 0,
         "the compressed data begin with {:04x}, expected the header of a zlib stream", method);
}

}  // namespace

std::string inflate(std::string_view stream, size_t size) {
  expect(size / kMostGrowth <= stream.size(), "{} bytes of compressed data cannot hold the expected {}", stream.size(),
         size);
  Bits bits(stream);
  check_header(bits.take_bytes(2));
  Output output(size);
  for (bool last = false; !last;) {
    last = bits.take(1) == 1;
    const uint32_t kind = bits.take(2);
    expect(kind < 3, "a block is of kind 3, expected 0, 1 or 2");
    if (kind == 0) inflate_stored(bits, output);
    if (kind == 1) inflate_coded(bits, fixed_codes(), output);
    if (kind == 2) inflate_coded(bits, read_codes(bits), output);
  }
  std::string bytes = output.take();
  const uint32_t expected = big_endian(bits.take_bytes(4), 0, 4), found = adler32(bytes);
  expect(found == expected, "the decompressed data have the checksum {:08x}, expected {:08x}", found, expected);
  return bytes;
}

}  // namespace tuna
