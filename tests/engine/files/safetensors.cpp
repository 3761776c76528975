#include "engine/files/safetensors.h"

#include <fstream>
#include <limits>
#include <map>
#include <sstream>

#include "engine/base/atomic_file.h"
#include "tests/catch.h"
#include "tests/temporary_folder.h"

namespace tuna {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A file with this header, and data of which only the size matters.
std::string file_with(const std::string& header, size_t data_bytes = 0) {
  const uint64_t length = header.size();
  std::string file(reinterpret_cast<const char*>(&length), sizeof length);
  return file + header + std::string(data_bytes, 'x');
}

void read(const std::string& bytes) {
  std::istringstream stream(bytes);
  SafetensorsFile("weights", stream);
}

std::string object(const std::string& fields) { return fmt::format("{{{}}}", fields); }

std::string tensor(const std::string& name, const std::string& dtype, const std::string& shape,
                   const std::string& offsets) {
  return fmt::format(R"("{}":{{"dtype":"{}","shape":[{}],"data_offsets":[{}]}})", name, dtype, shape, offsets);
}

}  // namespace

TEST_CASE("what is written is read back", "[safetensors]") {
  const TemporaryFolder folder;
  const auto path = folder / "all.safetensors";
  const std::vector<double> f64{1, -0.0, std::numeric_limits<double>::denorm_min()};
  const std::vector<float> f32{0.1f, std::numeric_limits<float>::infinity()};
  const std::vector<int64_t> i64{-1, INT64_MIN};
  const std::vector<int32_t> i32{7};
  const std::vector<uint8_t> u8{1, 2, 255}, half{0x00, 0x3c, 0x66, 0x2e};
  StoredTensors tensors{{"f64", stored_tensor({3, 1}, f64)}, {"f32", stored_tensor({2}, f32)},
                        {"i64", stored_tensor({1, 2}, i64)}, {"scalar", stored_tensor({}, i32)},
                        {"u8", stored_tensor({3}, u8)},      {"empty", stored_tensor({4, 0}, std::vector<float>())}};
  tensors["f16"] = {"F16", {2}, std::as_bytes(std::span(half))};
  tensors["bf16"] = {"BF16", {2, 1}, std::as_bytes(std::span(half))};
  const Metadata metadata{{"spec", "{\n \"seed\": 1 }"}, {"who", "Françoise"}};
  write_safetensors(path, tensors, metadata);

  const SafetensorsFile file(path);
  CHECK(file.metadata() == metadata);
  REQUIRE(file.tensors().size() == tensors.size());
  for (const auto& [name, wrote] : tensors) {
    INFO(name);
    const StoredTensor& got = file.tensor(name);
    CHECK(got.dtype == wrote.dtype);
    CHECK(got.shape == wrote.shape);
    CHECK(std::equal(got.data.begin(), got.data.end(), wrote.data.begin(), wrote.data.end()));
  }
  CHECK(file.values<double>("f64") == f64);
  CHECK(file.values<float>("empty").empty());
  CHECK(file.values<int32_t>("scalar") == i32);
  REQUIRE_THROWS_WITH(file.values<float>("f64"), Contains("tensor 'f64' is F64, expected F32"));
  REQUIRE_THROWS_WITH(file.tensor("f65"), Contains(path.string() + ": has no tensor 'f65'"));
}

TEST_CASE("no tensors at all round trip", "[safetensors]") {
  const TemporaryFolder folder;
  write_safetensors(folder / "none", {});
  CHECK(SafetensorsFile(folder / "none").tensors().empty());
}

TEST_CASE("Python's safetensors and ours write the same bytes", "[safetensors]") {
  const std::string python = TUNA_SOURCE_DIR "/tests/golden/from_python.safetensors";
  const SafetensorsFile file(python);
  CHECK(file.metadata() == Metadata{{"from", "Python's safetensors, \"quoted\" ü"}});
  CHECK(file.values<double>("f64") == std::vector<double>{0.5, -1.25, 3e300});
  CHECK(file.values<float>("layer2.0.weight") == std::vector<float>{0, 1, 2, 3, 4, 5});
  CHECK(file.tensor("layer2.0.weight").shape == std::vector<int64_t>{1, 2, 3});
  CHECK(file.values<int64_t>("i64") == std::vector<int64_t>{-1, 1LL << 40});
  CHECK(file.values<int32_t>("scalar") == std::vector<int32_t>{-7});
  CHECK(file.values<uint8_t>("u8") == std::vector<uint8_t>{1, 2, 255});
  CHECK(file.tensor("f16").dtype == "F16");
  CHECK(file.tensor("bf16").dtype == "BF16");
  CHECK(file.tensor("empty").shape == std::vector<int64_t>{0, 3});

  const TemporaryFolder folder;
  write_safetensors(folder / "ours", file.tensors(), file.metadata());
  CHECK(content(folder / "ours") == content(python));
}

TEST_CASE("the golden files can be read", "[safetensors]") {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(TUNA_SOURCE_DIR "/tests/golden"))
    if (entry.path().extension() == ".safetensors" && entry.path().stem() != "from_python") {
      const SafetensorsFile file(entry.path());
      CHECK(file.metadata().count("config") == 1);
      CHECK(!file.tensors().empty());
      ++files;
    }
  CHECK(files == 9);
}

TEST_CASE("a file that is not a safetensors file is refused", "[safetensors]") {
  const TemporaryFolder folder;
  REQUIRE_THROWS_WITH(SafetensorsFile(folder / "missing"), Contains("missing: No such file or directory"));
  REQUIRE_THROWS_WITH(SafetensorsFile(folder.path()), Contains(folder.path().string() + ": a folder"));
  REQUIRE_THROWS_WITH(read(""), Contains("weights: not a safetensors file, or truncated: it has 0 bytes"));
  REQUIRE_THROWS_WITH(read("1234567"), Contains("it has 7 bytes"));
  REQUIRE_THROWS_WITH(read(file_with("{}").substr(0, 9)), Contains("its header has 2 bytes, expected at most 1"));
  REQUIRE_THROWS_WITH(read(std::string(8, '\xff') + "{}"), Contains("18446744073709551615 bytes, expected at most 2"));
  REQUIRE_THROWS_WITH(read(file_with("")), Contains("does not begin with '{'"));
  REQUIRE_THROWS_WITH(read(file_with(" {}")), Contains("does not begin with '{'"));
  REQUIRE_THROWS_WITH(read(file_with("[]")), Contains("does not begin with '{'"));
}

TEST_CASE("a header past 100 MB is refused before it is read", "[safetensors]") {
  const TemporaryFolder folder;
  const auto path = folder / "long";
  const uint64_t length = 100'000'001;
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(&length), sizeof length) << '{';
  std::filesystem::resize_file(path, 200'000'000);  // a sparse file: takes no space on disk
  REQUIRE_THROWS_WITH(SafetensorsFile(path), Contains("its header has 100000001 bytes, expected at most 100000000"));
}

TEST_CASE("a header that is not strict JSON is refused", "[safetensors]") {
  for (const std::string& header :
       {std::string("{"), std::string("{\"__metadata__\":{},}"), std::string("{} x"), std::string("{}{}"),
        std::string("{/* */}"), std::string("{\"a\xff\":1}"), std::string("{\"a\n\":1}"), std::string("{}\0", 3),
        std::string("{} \0 {}", 7), std::string("{'a':1}"), std::string("{\"a\":{\"shape\":[NaN]}}"),
        std::string("{\"a\":{\"shape\":[01]}}"), std::string("{\"a\":{\"shape\":[1e999]}}")}) {
    INFO(header);
    REQUIRE_THROWS_WITH(read(file_with(header)), Contains("weights: the header is not strict JSON at its byte"));
  }
}

TEST_CASE("a header with a wrong structure is refused", "[safetensors]") {
  struct Case {
    std::string header, message;
  };
  const std::string good = tensor("a", "U8", "2", "0,2");
  for (const Case& c : {
           Case{object(good + "," + good), "the header has the key 'a' twice"},
           Case{R"({"__metadata__":{},"__metadata__":{}})", "the header has the key '__metadata__' twice"},
           Case{R"({"__metadata__":{"x":"1","x":"2"}})", "'__metadata__' has the key 'x' twice"},
           Case{R"({"a":{"dtype":"U8","dtype":"U8"}})", "'a' has the key 'dtype' twice"},
           Case{R"({"a":{"shape":[1],"shape":[2]}})", "'a' has the key 'shape' twice"},
           Case{R"({"__metadata__":{"x":{}}})", "'x' of '__metadata__' holds a nested object"},
           Case{R"({"__metadata__":{"x":1}})", "'x' of '__metadata__' holds a number"},
           Case{R"({"__metadata__":"x"})", "'__metadata__' holds a string"},
           Case{R"({"a":{"shape":[[2]]}})", "'shape' of 'a' holds a list"},
           Case{R"({"a":{"shape":{}}})", "'shape' of 'a' holds a nested object"},
           Case{R"({"a":{"shape":[-1]}})", "'shape' of 'a' holds a negative number"},
           Case{R"({"a":{"shape":[1.5]}})", "'shape' of 'a' holds a fraction"},
           Case{R"({"a":{"shape":[18446744073709551616]}})",
                "'shape' of 'a' holds a fraction or a number past 64 bits"},
           Case{R"({"a":{"shape":[9223372036854775808]}})", "'shape' of 'a' holds a number past 63 bits"},
           Case{R"({"a":{"shape":["2"]}})", "'shape' of 'a' holds a string"},
           Case{R"({"a":{"shape":[null]}})", "'shape' of 'a' holds null"},
           Case{R"({"a":{"shape":[true]}})", "'shape' of 'a' holds a boolean"},
           Case{R"({"a":{"shape":2}})", "'shape' of 'a' holds a number"},
           Case{R"({"a":{"shape":"2"}})", "'shape' of 'a' holds a string"},
           Case{R"({"a":{"dtype":8}})", "'dtype' of 'a' holds a number"},
           Case{R"({"a":{"dtype":[]}})", "'dtype' of 'a' holds a list"},
           Case{R"({"a":{"dtype":"\u001b[31m"}})", "'dtype' of 'a' holds a string"},
           Case{R"({"a":{"strides":[1]}})", "'a' has the unknown key 'strides'"},
           Case{R"({"a":[]})", "'a' holds a list"},
           Case{R"({"a":1})", "'a' holds a number"},
           Case{R"({"a\u0000":{}})", "the header has a key with control characters"},
           Case{R"({"a":{}})", "tensor 'a' has no dtype"},
           Case{R"({"a":{"dtype":"U8"}})", "tensor 'a' has no shape"},
           Case{R"({"a":{"dtype":"U8","shape":[2]}})", "tensor 'a' has no data_offsets"},
       }) {
    INFO(c.header);
    REQUIRE_THROWS_WITH(read(file_with(c.header, 2)), Contains("weights: ") && Contains(c.message));
  }
  // Nothing is built for what is nested too deep, however deep.
  const std::string deep(1'000'000, '[');
  REQUIRE_THROWS_WITH(read(file_with("{\"a\":{\"shape\":" + deep)), Contains("'shape' of 'a' holds a list"));
}

TEST_CASE("dtypes, shapes and offsets must fit the data", "[safetensors]") {
  struct Case {
    std::string tensors;
    size_t data_bytes;
    std::string message;
  };
  const std::string huge = "4294967296,4294967296";
  for (const Case& c : {
           Case{tensor("a", "F8", "2", "0,2"), 2, "tensor 'a' has the dtype 'F8', which the format does not have"},
           Case{tensor("a", "f32", "2", "0,8"), 8, "tensor 'a' has the dtype 'f32'"},
           Case{tensor("a", "U8", huge, "0,0"), 0, "tensor 'a' has a shape whose size in bytes does not fit"},
           Case{tensor("a", "F64", "2305843009213693952", "0,0"), 0, "does not fit in 64 bits"},
           Case{tensor("a", "F32", "2", "0,4"), 4, "tensor 'a' lies at 0 to 4, but its dtype and shape need 8 bytes"},
           Case{tensor("a", "U8", "", "0,2"), 2, "tensor 'a' lies at 0 to 2, but its dtype and shape need 1 bytes"},
           Case{tensor("a", "U8", "2", "2,0"), 2, "tensor 'a' lies at 2 to 0"},
           Case{tensor("a", "U8", "2", "0"), 2, "tensor 'a' has 1 data_offsets"},
           Case{tensor("a", "U8", "2", "0,2,4"), 2, "tensor 'a' has 3 data_offsets"},
           Case{tensor("a", "U8", "2", "1,3"), 3, "tensor 'a' begins at 1, after a hole from 0"},
           Case{tensor("a", "U8", "2", "3,5") + "," + tensor("b", "U8", "2", "0,2"), 5,
                "'a' begins at 3, after a hole"},
           Case{tensor("a", "U8", "2", "1,3") + "," + tensor("b", "U8", "2", "0,2"), 3, "'a' begins at 1 and overlaps"},
           Case{tensor("a", "U8", "2", "0,2") + "," + tensor("b", "U8", "2", "0,2"), 2, "'b' begins at 0 and overlaps"},
           Case{tensor("a", "U8", "0", "1,1") + "," + tensor("b", "U8", "2", "0,2"), 2, "'a' begins at 1 and overlaps"},
           Case{tensor("a", "U8", "2", "0,2"), 1, "truncated: 1 bytes of data, the tensors need 2"},
           Case{tensor("a", "U8", "2", "0,2"), 3, "3 bytes of data, but the tensors end at 2"},
           Case{"", 1, "1 bytes of data, but the tensors end at 0"},
       }) {
    INFO(c.tensors << " with " << c.data_bytes << " bytes");
    REQUIRE_THROWS_WITH(read(file_with(object(c.tensors), c.data_bytes)), Contains("weights: ") && Contains(c.message));
  }
}

TEST_CASE("metadata may be null, and tensors of any type that the format has", "[safetensors]") {
  CHECK_NOTHROW(read(file_with(object(R"("__metadata__":null,)" + tensor("a", "U8", "2", "0,2")), 2)));
  for (const auto& [dtype, bytes] :
       std::map<std::string, int>{{"BOOL", 1}, {"I8", 1}, {"F8_E4M3", 1}, {"U16", 2}, {"U64", 8}})
    CHECK_NOTHROW(read(file_with(object(tensor("a", dtype, "1", fmt::format("0,{}", bytes))), size_t(bytes))));
}

TEST_CASE("tensors in any order, empty ones and a header's padding are fine", "[safetensors]") {
  const std::string tensors =
      tensor("b", "U8", "3", "2,5") + "," + tensor("e", "F32", "0,9", "2,2") + "," + tensor("a", "F16", "", "0,2");
  CHECK_NOTHROW(read(file_with(object(tensors) + "   ", 5)));
}

TEST_CASE("a file cut at any byte is refused", "[safetensors]") {
  const std::string whole = content(TUNA_SOURCE_DIR "/tests/golden/from_python.safetensors");
  REQUIRE_NOTHROW(read(whole));
  for (size_t size = 0; size < whole.size(); ++size) {
    INFO(size);
    REQUIRE_THROWS_AS(read(whole.substr(0, size)), Error);
  }
}

TEST_CASE("a file that the reader would refuse is not written", "[safetensors]") {
  const TemporaryFolder folder;
  const auto path = folder / "file";
  const std::vector<float> values{1, 2};
  const auto write = [&](const std::string& name, StoredTensor stored) { write_safetensors(path, {{name, stored}}); };
  REQUIRE_THROWS_WITH(write("a", stored_tensor({3}, values)), Contains("'a' has 8 bytes, its dtype and shape need 12"));
  REQUIRE_THROWS_WITH(write("a", stored_tensor({-2}, values)), Contains("size in bytes"));
  REQUIRE_THROWS_WITH(write("a", {"F8", {8}, std::as_bytes(std::span(values))}), Contains("dtype 'F8'"));
  REQUIRE_THROWS_WITH(write("__metadata__", stored_tensor({2}, values)),
                      Contains("has a name that the format does not allow"));
  REQUIRE_THROWS_WITH(write("a\n", stored_tensor({2}, values)), Contains("has a name that the format does not allow"));
  REQUIRE_THROWS_WITH(write("a\xff", stored_tensor({2}, values)), Contains("is not UTF-8"));
  CHECK(!std::filesystem::exists(path));
}

TEST_CASE("a failed write leaves the old file", "[safetensors]") {
  const TemporaryFolder folder;
  const auto path = folder / "file";
  const std::vector<float> old_values{1, 2}, new_values{3, 4};
  write_safetensors(path, {{"a", stored_tensor({2}, old_values)}});
  for (int nth = 1; nth <= 3; ++nth) {
    inject_file_error = [nth, seen = 0](FileCall call) mutable {
      return call == FileCall::write && ++seen == nth ? ENOSPC : 0;
    };
    CHECK_THROWS_WITH(write_safetensors(path, {{"a", stored_tensor({2}, new_values)}}), Contains("No space left"));
    inject_file_error = nullptr;
    CHECK(SafetensorsFile(path).values<float>("a") == old_values);
  }
}

}  // namespace tuna
