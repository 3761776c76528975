#include "engine/files/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "engine/base/atomic_file.h"

namespace tuna {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

constexpr uint64_t kMaxHeaderBytes = 100'000'000;
constexpr std::string_view kMetadataKey = "__metadata__";

struct Dtype {
  std::string_view name;
  uint64_t bytes;
};

/// In the order in which the format's own writer lays tensors out: widest first, so that all are aligned.
constexpr std::array<Dtype, 15> kDtypes{{{"I64", 8},
                                         {"U64", 8},
                                         {"F64", 8},
                                         {"F32", 4},
                                         {"I32", 4},
                                         {"U32", 4},
                                         {"BF16", 2},
                                         {"F16", 2},
                                         {"I16", 2},
                                         {"U16", 2},
                                         {"U8", 1},
                                         {"I8", 1},
                                         {"BOOL", 1},
                                         {"F8_E4M3", 1},
                                         {"F8_E5M2", 1}}};

/// The index in kDtypes, or its size for an unknown name.
size_t dtype_rank(std::string_view name) {
  const auto is_it = [&](const Dtype& dtype) { return dtype.name == name; };
  return size_t(std::find_if(kDtypes.begin(), kDtypes.end(), is_it) - kDtypes.begin());
}

/// The bytes of a whole tensor.  `where` begins the message: file and tensor.
uint64_t checked_bytes(const std::string& where, std::string_view dtype, const std::vector<int64_t>& shape) {
  const size_t rank = dtype_rank(dtype);
  check(rank < kDtypes.size(), "{} has the dtype '{}', which the format does not have", where, dtype);
  uint64_t bytes = kDtypes[rank].bytes;
  for (const int64_t size : shape)
    check(size >= 0 && !__builtin_mul_overflow(bytes, uint64_t(size), &bytes),
          "{} has a shape whose size in bytes does not fit in 64 bits", where);
  return bytes;
}

/// Whether a name has no control characters, so that it fits in a message of one line.
bool printable(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](char letter) { return uint8_t(letter) >= 32 && letter != 127; });
}

/// The header's entry for one tensor.
struct Entry {
  std::string dtype;
  std::vector<int64_t> shape;
  std::vector<int64_t> offsets;  // begin and end within the data
};

/// Parses the header token by token, so that a wrong token is an error at its place and nothing is built from it.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::map<std::string, Entry> entries;
  Metadata metadata;

  explicit HeaderReader(const std::string& file) : file_(file) {}

  bool null() override {
    const bool is_metadata = depth_ == 1 && tensor_ == kMetadataKey;  // some writers leave it empty so
    return is_metadata || refuse("null");
  }
  bool boolean(bool) override { return refuse("a boolean"); }
  bool number_integer(number_integer_t) override { return refuse("a negative number"); }
  bool number_float(number_float_t, const string_t&) override { return refuse("a fraction or a number past 64 bits"); }
  bool binary(binary_t&) override { return refuse("binary data"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (depth_ != 3) return refuse("a number");
    if (value > uint64_t(INT64_MAX)) return refuse("a number past 63 bits");
    (field_ == "shape" ? entry().shape : entry().offsets).push_back(int64_t(value));
    return true;
  }

  bool string(string_t& value) override {
    if (depth_ != 2) return refuse("a string");
    if (tensor_ == kMetadataKey)
      metadata[field_] = value;
    else if (field_ == "dtype" && printable(value))
      entry().dtype = value;
    else
      return refuse("a string");
    return true;
  }

  bool start_object(size_t) override {
    if (depth_ >= 2) return refuse("a nested object");
    ++depth_;
    return true;
  }

  bool key(string_t& name) override {
    check(printable(name), "{}: {} has a key with control characters", file_, place());
    if (depth_ == 1) {
      tensor_ = name;
      field_.clear();
      const bool is_new = name == kMetadataKey ? !std::exchange(has_metadata_, true) : entries.try_emplace(name).second;
      check(is_new, "{}: the header has the key '{}' twice", file_, name);
      fields_.clear();
    } else {
      field_ = name;
      check(tensor_ == kMetadataKey || name == "dtype" || name == "shape" || name == "data_offsets",
            "{}: tensor '{}' has the unknown key '{}'", file_, tensor_, name);
      check(fields_.insert(name).second, "{}: tensor '{}' has the key '{}' twice", file_, tensor_, name);
    }
    return true;
  }

  bool end_object() override {
    if (--depth_ == 1 && tensor_ != kMetadataKey)
      for (const char* needed : {"dtype", "shape", "data_offsets"})
        check(fields_.count(needed) == 1, "{}: tensor '{}' has no {}", file_, tensor_, needed);
    return true;
  }

  bool start_array(size_t) override {
    if (depth_ != 2 || tensor_ == kMetadataKey || field_ == "dtype") return refuse("a list");
    ++depth_;
    return true;
  }

  bool end_array() override {
    --depth_;
    return true;
  }

  bool parse_error(size_t position, const std::string&, const nlohmann::json::exception&) override {
    fail("{}: the header is not strict JSON at its byte {}", file_, position);
  }

 private:
  Entry& entry() { return entries[tensor_]; }

  std::string place() const {
    if (tensor_.empty()) return "the header";
    return depth_ == 1 || field_.empty() ? fmt::format("'{}'", tensor_) : fmt::format("'{}' of '{}'", field_, tensor_);
  }

  bool refuse(std::string_view found) const {
    fail("{}: {} holds {}, which does not belong there", file_, place(), found);
  }

  const std::string& file_;
  std::string tensor_, field_;
  std::set<std::string> fields_;  // of the object that is being read
  int depth_ = 0;                 // 1 in the header, 2 in a tensor's entry or the metadata, 3 in its list
  bool has_metadata_ = false;
};

/// The tensors must have the sizes of their shapes and tile the data from first to last byte, without hole or overlap.
void check_layout(const std::string& file, const std::map<std::string, Entry>& entries, uint64_t data_bytes) {
  std::vector<std::pair<std::string, const Entry*>> in_order;
  for (const auto& [name, entry] : entries) {
    const std::string where = fmt::format("{}: tensor '{}'", file, name);
    const uint64_t bytes = checked_bytes(where, entry.dtype, entry.shape);
    check(entry.offsets.size() == 2, "{} has {} data_offsets, expected 2: begin and end", where, entry.offsets.size());
    check(entry.offsets[0] <= entry.offsets[1] && uint64_t(entry.offsets[1] - entry.offsets[0]) == bytes,
          "{} lies at {} to {}, but its dtype and shape need {} bytes", where, entry.offsets[0], entry.offsets[1],
          bytes);
    in_order.emplace_back(where, &entry);
  }
  std::stable_sort(in_order.begin(), in_order.end(),
                   [](const auto& a, const auto& b) { return a.second->offsets < b.second->offsets; });

  int64_t end = 0;
  for (const auto& [where, entry] : in_order) {
    check(entry->offsets[0] >= end, "{} begins at {} and overlaps another one, which ends at {}", where,
          entry->offsets[0], end);
    check(entry->offsets[0] == end, "{} begins at {}, after a hole from {}", where, entry->offsets[0], end);
    end = entry->offsets[1];
  }
  check(uint64_t(end) <= data_bytes, "{}: truncated: {} bytes of data, the tensors need {}", file, data_bytes, end);
  check(uint64_t(end) == data_bytes, "{}: {} bytes of data, but the tensors end at {}", file, data_bytes, end);
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : name_(path.string()) {
  std::error_code unknown;
  check(!std::filesystem::is_directory(path, unknown), "{}: a folder, expected a safetensors file", name_);
  check(!std::filesystem::is_fifo(path, unknown), "{}: a pipe, expected a safetensors file", name_);
  std::ifstream file(path, std::ios::binary);
  check(file.is_open(), "{}: {}", name_, std::generic_category().message(errno));
  read(file);
}

SafetensorsFile::SafetensorsFile(std::string name, std::istream& stream) : name_(std::move(name)) { read(stream); }

void SafetensorsFile::read(std::istream& stream) {
  stream.seekg(0, std::ios::end);
  const std::streamoff size = stream.tellg();
  stream.seekg(0);
  check(size >= 8, "{}: not a safetensors file, or truncated: it has {} bytes", name_, std::max<int64_t>(size, 0));
  const auto read_bytes = [&](void* to, uint64_t count) {
    errno = 0;
    stream.read(static_cast<char*>(to), std::streamsize(count));
    check(stream.good(), "{}: cannot be read to its end{}", name_,
          errno == 0 ? "" : ": " + std::generic_category().message(errno));
  };

  // All of the header is checked before memory is taken for the data.
  uint64_t header_bytes;
  read_bytes(&header_bytes, sizeof header_bytes);
  const uint64_t most = std::min(kMaxHeaderBytes, uint64_t(size) - 8);
  check(header_bytes <= most, "{}: not a safetensors file, or truncated: its header has {} bytes, expected at most {}",
        name_, header_bytes, most);
  std::string header(header_bytes, '\0');
  read_bytes(header.data(), header_bytes);
  check(!header.empty() && header.front() == '{', "{}: not a safetensors file: its header does not begin with '{{'",
        name_);
  const size_t zero = header.find('\0');  // the parser would take it for the end
  check(zero == std::string::npos, "{}: the header is not strict JSON at its byte {}", name_, zero + 1);

  HeaderReader reader(name_);
  nlohmann::json::sax_parse(header, &reader);
  const uint64_t data_bytes = uint64_t(size) - 8 - header_bytes;
  check_layout(name_, reader.entries, data_bytes);

  data_ = std::make_unique_for_overwrite<std::byte[]>(data_bytes);
  read_bytes(data_.get(), data_bytes);
  for (auto& [name, entry] : reader.entries)
    tensors_[name] = {entry.dtype, entry.shape, {data_.get() + entry.offsets[0], data_.get() + entry.offsets[1]}};
  metadata_ = std::move(reader.metadata);
}

const StoredTensor& SafetensorsFile::tensor(const std::string& name) const {
  const auto found = tensors_.find(name);
  check(found != tensors_.end(), "{}: has no tensor '{}'", name_, name);
  return found->second;
}

void write_safetensors(const std::filesystem::path& path, const StoredTensors& tensors, const Metadata& metadata) {
  std::vector<const StoredTensors::value_type*> in_order;
  for (const auto& tensor : tensors) {
    const auto& [name, stored] = tensor;
    const std::string where = fmt::format("cannot write {}: tensor '{}'", path.string(), name);
    check(name != kMetadataKey && printable(name), "{} has a name that the format does not allow", where);
    const uint64_t bytes = checked_bytes(where, stored.dtype, stored.shape);
    check(bytes == stored.data.size(), "{} has {} bytes, its dtype and shape need {}", where, stored.data.size(),
          bytes);
    in_order.push_back(&tensor);
  }
  std::stable_sort(in_order.begin(), in_order.end(), [](const auto* a, const auto* b) {
    return dtype_rank(a->second.dtype) < dtype_rank(b->second.dtype);
  });

  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header[kMetadataKey] = metadata;
  uint64_t end = 0;
  for (const auto* tensor : in_order) {
    const auto& [name, stored] = *tensor;
    const uint64_t begin = std::exchange(end, end + stored.data.size());
    header[name] = {{"dtype", stored.dtype}, {"shape", stored.shape}, {"data_offsets", {begin, end}}};
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const nlohmann::json::exception&) {
    fail("cannot write {}: a name or the metadata is not UTF-8", path.string());
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');
  check(text.size() <= kMaxHeaderBytes, "cannot write {}: its header would have {} bytes, expected at most {}",
        path.string(), text.size(), kMaxHeaderBytes);

  AtomicFile file(path);
  const uint64_t header_bytes = text.size();
  file.write(std::as_bytes(std::span(&header_bytes, 1)));
  file.write(std::as_bytes(std::span(text)));
  for (const auto* tensor : in_order) file.write(tensor->second.data);
  file.commit();
}

}  // namespace tuna
