#include "engine/files/weights.h"

#include "tests/catch.h"
#include "tests/temporary_folder.h"

namespace tuna {
namespace {

void declare(State& state, const std::string& name, Shape shape, FileLayout layout, DType dtype = DType::f32,
             double value = 1) {
  state.ensure({name, Type{dtype, shape}, Initial::constant(value), Role::parameter, layout, 0, 0});
}

/// A network of two layers, F.conv and F.fc.
void declare_net(State& state, const std::string& net, DType dtype = DType::f32, int64_t classes = 2) {
  declare(state, net + ".conv.weight", {2, 1, 3, 2}, FileLayout::kernel, dtype);
  declare(state, net + ".fc.weight", {classes, 1, 1, 3}, FileLayout::matrix, dtype);
  declare(state, net + ".fc.bias", {1, 1, 1, classes}, FileLayout::vector, dtype);
}

std::vector<double> counted(int64_t count) {
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(double(i) + 0.5);
  return values;
}

void count_up(State& state, const std::string& name) {
  const Type& type = state.type(name);
  state.write(name, HostTensor(type, counted(type.shape.count())));
}

bool is_counted(const State& state, const std::string& name) {
  return state.read(name).values() == counted(state.type(name).shape.count());
}

bool all_ones(const State& state) {
  for (const std::string& name : state.names()) {
    for (const double value : state.read(name).values())
      if (value != 1) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("weights have PyTorch's layout in files", "[engine][weights]") {
  const TemporaryFolder folder;
  State state;
  declare_net(state, "F_A");
  for (const std::string& name : state.names()) count_up(state, name);
  declare(state, "pool", {2, 1, 2, 1}, FileLayout::as_is);
  declare(state, "steps", {1, 1, 1, 1}, FileLayout::vector, DType::i32, 7);
  save_weights(folder / "w.safetensors", state, state.names(), {{"made", "here"}});

  const SafetensorsFile file(folder / "w.safetensors");
  CHECK(file.metadata().at("made") == "here");
  CHECK(file.tensor("F_A.conv.weight").shape == std::vector<int64_t>{2, 2, 1, 3});
  // The innermost dimension is channels in the engine, and columns in the file.
  CHECK(file.values<float>("F_A.conv.weight")
        == std::vector<float>{0.5, 2.5, 4.5, 1.5, 3.5, 5.5, 6.5, 8.5, 10.5, 7.5, 9.5, 11.5});
  CHECK(file.tensor("F_A.fc.weight").shape == std::vector<int64_t>{2, 3});
  CHECK(file.tensor("F_A.fc.bias").shape == std::vector<int64_t>{2});
  CHECK(file.tensor("pool").shape == std::vector<int64_t>{2, 1, 2, 1});
  CHECK(file.values<int32_t>("steps") == std::vector<int32_t>{7});
}

TEST_CASE("weights are read back into the engine's layout, also under another name and in another precision",
          "[engine][weights]") {
  const TemporaryFolder folder;
  State source;
  declare_net(source, "F_A");
  for (const std::string& name : source.names()) count_up(source, name);
  save_weights(folder / "f32.safetensors", source, source.names());

  State wide;
  declare_net(wide, "F_P", DType::f64);
  CHECK(load_weights(SafetensorsFile(folder / "f32.safetensors"), wide, {"F_P.", "F_A.", {}}).empty());
  for (const std::string& name : wide.names()) CHECK(is_counted(wide, name));

  save_weights(folder / "f64.safetensors", wide, wide.names());
  State narrow;
  declare_net(narrow, "F_P");
  load_weights(SafetensorsFile(folder / "f64.safetensors"), narrow, {});
  for (const std::string& name : narrow.names()) CHECK(is_counted(narrow, name));
}

TEST_CASE("weights of 16 bits are read, too", "[engine][weights]") {
  const TemporaryFolder folder;
  const auto load = [&](const std::string& dtype, const std::vector<uint16_t>& bits) {
    write_safetensors(folder / dtype, {{"bias", {dtype, {3}, std::as_bytes(std::span(bits))}}});
    State state;
    declare(state, "bias", {1, 1, 1, 3}, FileLayout::vector);
    load_weights(SafetensorsFile(folder / dtype), state, {});
    return state.read("bias").values();
  };
  const std::vector<double> values{1, -2.5, 0.15625};
  CHECK(load("F16", {0x3C00, 0xC100, 0x3100}) == values);
  CHECK(load("BF16", {0x3F80, 0xC020, 0x3E20}) == values);
}

TEST_CASE("a file without prefix fills one network and no other", "[engine][weights]") {
  const TemporaryFolder folder;
  const std::vector<float> six(6, 6), two(2, 2), twelve(12, 12);
  const std::vector<int64_t> batches{7};
  write_safetensors(folder / "torchvision.safetensors",
                    {{"conv.weight", stored_tensor({2, 2, 1, 3}, twelve)},
                     {"fc.weight", stored_tensor({2, 3}, six)},
                     {"fc.bias", stored_tensor({2}, two)},
                     {"bn1.num_batches_tracked", stored_tensor({}, batches)}});  // written by PyTorch, and ignored
  State state;
  declare_net(state, "F_A");
  declare_net(state, "F_P");
  load_weights(SafetensorsFile(folder / "torchvision.safetensors"), state, {"F_A.", "", {}});
  CHECK(state.read("F_A.fc.weight").values()[5] == 6);
  CHECK(state.read("F_A.conv.weight").values()[11] == 12);
  CHECK(state.read("F_P.fc.weight").values()[5] == 1);
}

TEST_CASE("all tensors that do not fit are reported together, and then nothing is changed", "[engine][weights]") {
  const TemporaryFolder folder;
  const std::vector<float> six(6, 6), twelve(12, 12);
  const std::vector<int32_t> whole(2, 2);
  write_safetensors(folder / "other.safetensors",
                    {{"F_A.conv.weight", stored_tensor({2, 2, 1, 3}, twelve)},  // fits
                     {"F_A.fc.weight", stored_tensor({3, 2}, six)},
                     {"F_A.fc.bias", stored_tensor({2}, whole)},
                     {"F_A.layer4.weight", stored_tensor({6}, six)},
                     {"G_AP.weight", stored_tensor({6}, six)}});  // of another network: ignored
  State state;
  declare_net(state, "F_A");
  declare(state, "F_A.bn1.weight", {1, 1, 1, 4}, FileLayout::vector);
  const SafetensorsFile file(folder / "other.safetensors");
  std::string message;
  try {
    load_weights(file, state, {"F_A.", "F_A.", {}});
  } catch (const Error& error) {
    message = error.what();
  }
  CHECK_THAT(message, Contains("other.safetensors: does not fit the network"));
  CHECK_THAT(message, Contains("; 1 missing: F_A.bn1.weight;"));
  CHECK_THAT(message, Contains("; 1 unexpected: F_A.layer4.weight;"));
  CHECK_THAT(message, Contains("; 2 misshapen: "));
  CHECK_THAT(message, Contains("F_A.fc.weight is F32 [3,2], expected f32 [2,3]"));
  CHECK_THAT(message, Contains("F_A.fc.bias is I32 [2], expected f32 [2]"));
  CHECK(message.find("G_AP") == std::string::npos);
  CHECK(all_ones(state));
}

TEST_CASE("long lists of tensors that do not fit are cut", "[engine][weights]") {
  const TemporaryFolder folder;
  write_safetensors(folder / "empty.safetensors", {});
  State state;
  for (int i = 0; i < 30; ++i) declare(state, fmt::format("F_A.{:02}", i), {1, 1, 1, 1}, FileLayout::vector);
  REQUIRE_THROWS_WITH(load_weights(SafetensorsFile(folder / "empty.safetensors"), state, {}),
                      Contains("30 missing: F_A.00, F_A.01") && Contains("F_A.07, ..."));
}

TEST_CASE("a last layer with another number of classes keeps its initial values if that is allowed",
          "[engine][weights]") {
  const TemporaryFolder folder;
  State imagenet;
  declare_net(imagenet, "F", DType::f32, 5);
  for (const std::string& name : imagenet.names()) count_up(imagenet, name);
  save_weights(folder / "imagenet.safetensors", imagenet, imagenet.names());
  const SafetensorsFile file(folder / "imagenet.safetensors");

  State state;
  declare_net(state, "F_A");
  REQUIRE_THROWS_WITH(load_weights(file, state, {"F_A.", "F.", {"F_A.fc.weight"}}), Contains("misshapen: F.fc.bias"));
  CHECK(all_ones(state));
  CHECK(load_weights(file, state, {"F_A.", "F.", {"F_A.fc.weight", "F_A.fc.bias"}})
        == std::vector<std::string>{"F_A.fc.bias", "F_A.fc.weight"});
  CHECK(state.read("F_A.conv.weight").values()[3] == 3.5f);
  CHECK(state.read("F_A.fc.weight").values()[3] == 1);

  StoredTensors without_last = file.tensors();
  without_last.erase("F.fc.weight");
  without_last.erase("F.fc.bias");
  write_safetensors(folder / "backbone.safetensors", without_last);
  const SafetensorsFile backbone(folder / "backbone.safetensors");
  CHECK(load_weights(backbone, state, {"F_A.", "F.", {"F_A.fc.weight", "F_A.fc.bias"}}).size() == 2);
  REQUIRE_THROWS_WITH(load_weights(backbone, state, {"F_A.", "F.", {"F_A.fc.weight"}}), Contains("missing: F.fc.bias"));

  State same;  // the same number of classes: every value is loaded
  declare_net(same, "F_A", DType::f32, 5);
  CHECK(load_weights(file, same, {"F_A.", "F.", {"F_A.fc.weight", "F_A.fc.bias"}}).empty());
  CHECK(same.read("F_A.fc.weight").values()[3] == 3.5f);
}

}  // namespace tuna
