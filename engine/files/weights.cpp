#include "engine/files/weights.h"

#include <algorithm>
#include <set>

#include "engine/base/reduced_precision.h"

namespace tuna {
namespace {

std::vector<int64_t> file_shape(const Shape& shape, FileLayout layout) {
  switch (layout) {
    case FileLayout::vector:
      return {shape.c};
    case FileLayout::matrix:
      return {shape.n, shape.c};
    case FileLayout::kernel:
      return {shape.n, shape.c, shape.h, shape.w};
    case FileLayout::as_is:
      break;
  }
  return {shape.n, shape.h, shape.w, shape.c};
}

// Calls visit(position in memory, position in the file).  Only kernels are ordered differently.
template <class Visit>
void each_element(const Shape& shape, FileLayout layout, Visit visit) {
  if (layout != FileLayout::kernel) {
    for (int64_t i = 0; i < shape.count(); ++i) visit(i, i);
    return;
  }
  int64_t ours = 0;
  for (int64_t n = 0; n < shape.n; ++n)
    for (int64_t h = 0; h < shape.h; ++h)
      for (int64_t w = 0; w < shape.w; ++w)
        for (int64_t c = 0; c < shape.c; ++c) visit(ours++, ((n * shape.c + c) * shape.h + h) * shape.w + w);
}

template <class T>
StoredTensor to_file(const HostTensor& tensor, FileLayout layout, std::vector<std::byte>& bytes) {
  bytes.resize(tensor.bytes().size());
  T* target = reinterpret_cast<T*>(bytes.data());
  const std::span<const T> source = tensor.as<T>();
  const Shape& shape = tensor.type().shape;
  each_element(shape, layout, [&](int64_t ours, int64_t theirs) { target[theirs] = source[size_t(ours)]; });
  return {std::string(stored_dtype<T>()), file_shape(shape, layout), bytes};
}

template <class Theirs, class Ours>
void from_file(const StoredTensor& stored, HostTensor& tensor, FileLayout layout) {
  const std::span<Ours> target = tensor.as<Ours>();
  each_element(tensor.type().shape, layout, [&](int64_t ours, int64_t theirs) {
    Theirs value;
    std::memcpy(&value, stored.data.data() + size_t(theirs) * sizeof(Theirs), sizeof(Theirs));
    target[size_t(ours)] = Ours(value);
  });
}

bool readable(const StoredTensor& stored, DType dtype) {
  if (dtype == DType::i32) return stored.dtype == "I32";
  return stored.dtype == "F32" || stored.dtype == "F64" || stored.dtype == "F16" || stored.dtype == "BF16";
}

template <class Ours>
void reals_from_file(const StoredTensor& stored, HostTensor& tensor, FileLayout layout) {
  if (stored.dtype == "F64") return from_file<double, Ours>(stored, tensor, layout);
  if (stored.dtype == "F16") return from_file<f16, Ours>(stored, tensor, layout);
  if (stored.dtype == "BF16") return from_file<bf16, Ours>(stored, tensor, layout);
  from_file<float, Ours>(stored, tensor, layout);
}

void fill(const StoredTensor& stored, HostTensor& tensor, FileLayout layout) {
  const DType dtype = tensor.type().dtype;
  if (dtype == DType::i32) return from_file<int32_t, int32_t>(stored, tensor, layout);
  if (dtype == DType::f64) return reals_from_file<double>(stored, tensor, layout);
  reals_from_file<float>(stored, tensor, layout);
}

std::string listed(const char* what, const std::vector<std::string>& names) {
  constexpr size_t kShown = 8;
  if (names.empty()) return "";
  std::string text = fmt::format("; {} {}: ", names.size(), what);
  for (size_t i = 0; i < std::min(names.size(), kShown); ++i) text += (i ? ", " : "") + names[i];
  return text + (names.size() > kShown ? ", ..." : "");
}

// PyTorch's batch norms count their batches, and nothing needs the count.
bool is_needed(const std::string& name) {
  const std::string kind = name.substr(name.rfind('.') + 1);
  return kind != "num_batches_tracked";
}

// FNV-1a over words of 64 bits, tensor by tensor in the order of their names.
std::string checksum(const StoredTensors& tensors) {
  uint64_t hash = 14695981039346656037ull;
  for (const auto& [name, tensor] : tensors)
    for (size_t at = 0; at < tensor.data.size(); at += sizeof(uint64_t)) {
      uint64_t word = 0;
      std::memcpy(&word, tensor.data.data() + at, std::min(sizeof word, tensor.data.size() - at));
      hash = (hash ^ word) * 1099511628211ull;
    }
  return fmt::format("fnv1a64:{:016x}", hash);
}

}  // namespace

void verify_checksum(const SafetensorsFile& file) {
  const auto found = file.metadata().find("checksum");
  if (found == file.metadata().end()) return;
  check(found->second == checksum(file.tensors()), "{}: is damaged (its checksum does not match its values)",
        file.name());
}

void save_weights(const std::filesystem::path& path, const State& state, const std::vector<std::string>& names,
                  const Metadata& metadata) {
  std::vector<std::vector<std::byte>> bytes(names.size());
  StoredTensors tensors;
  for (size_t i = 0; i < names.size(); ++i) {
    const HostTensor tensor = state.read(names[i]);
    const FileLayout layout = state.layout(names[i]);
    switch (tensor.type().dtype) {
      case DType::f32:
        tensors[names[i]] = to_file<float>(tensor, layout, bytes[i]);
        break;
      case DType::f64:
        tensors[names[i]] = to_file<double>(tensor, layout, bytes[i]);
        break;
      case DType::i32:
        tensors[names[i]] = to_file<int32_t>(tensor, layout, bytes[i]);
        break;
      default:
        fail("{}: {} cannot be saved", names[i], tensor.type());
    }
  }
  Metadata with_checksum = metadata;
  with_checksum["checksum"] = checksum(tensors);
  write_safetensors(path, tensors, with_checksum);
}

std::vector<std::string> load_weights(const SafetensorsFile& file, State& state, const LoadWeights& options) {
  verify_checksum(file);
  std::vector<std::string> missing, unexpected, misshapen, left;
  std::vector<std::pair<std::string, const StoredTensor*>> found;
  std::set<std::string> known;
  for (const std::string& name : state.names(options.prefix)) {
    const std::string theirs = options.file_prefix + name.substr(options.prefix.size());
    known.insert(theirs);
    const auto stored = file.tensors().find(theirs);
    const bool may_be_fresh = std::find(options.fresh.begin(), options.fresh.end(), name) != options.fresh.end();
    if (stored == file.tensors().end()) {
      (may_be_fresh ? left : missing).push_back(may_be_fresh ? name : theirs);
      continue;
    }
    const Type& type = state.type(name);
    const std::vector<int64_t> shape = file_shape(type.shape, state.layout(name));
    if (stored->second.shape != shape || !readable(stored->second, type.dtype)) {
      if (may_be_fresh) {
        left.push_back(name);
        continue;
      }
      misshapen.push_back(fmt::format("{} is {} [{}], expected {} [{}]", theirs, stored->second.dtype,
                                      fmt::join(stored->second.shape, ","), to_string(type.dtype),
                                      fmt::join(shape, ",")));
      continue;
    }
    found.emplace_back(name, &stored->second);
  }
  for (const auto& [name, stored] : file.tensors())
    if (name.compare(0, options.file_prefix.size(), options.file_prefix) == 0 && !known.count(name) && is_needed(name))
      unexpected.push_back(name);
  check(missing.empty() && unexpected.empty() && misshapen.empty(), "{}: does not fit the network{}{}{}", file.name(),
        listed("missing", missing), listed("unexpected", unexpected), listed("misshapen", misshapen));
  for (const auto& [name, stored] : found) {
    HostTensor tensor(state.type(name));
    fill(*stored, tensor, state.layout(name));
    state.write(name, tensor);
  }
  return left;
}

}  // namespace tuna
