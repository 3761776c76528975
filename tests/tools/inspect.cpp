// The commands that inspect and do not train.
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/base/build_info.h"
#include "kernels/conv/cpu_kernels.h"
#include "tests/catch.h"
#include "tests/tools/command.h"
#include "training/methods/tuna_net.h"
#include "training/spec/spec.h"

namespace tuna {

using nlohmann::json;

TEST_CASE("info describes the build and the machine", "[command_line]") {
  const TemporaryFolder folder;
  CHECK(run_tuna(folder, "info").out.find(build_id()) != std::string::npos);
  const Finished finished = run_tuna(folder, "info --json");
  CHECK(finished.code == 0);
  const json info = json::parse(finished.out);
  CHECK(info.at("build") == build_id());
  CHECK(info.at("compiler") == compiler());
  CHECK(info.at("threads") >= 1);
#ifdef TUNA_HAS_CUDA
  CHECK(info.at("backends") == json({"cpu", "ref", "emulated", "cuda"}));
  CHECK(info.at("cudnn").get<std::string>().rfind("cuDNN 9.", 0) == 0);
#else
  CHECK(info.at("backends") == json({"cpu", "ref", "emulated"}));
  CHECK(info.at("no_gpu") == "this build has no backend cuda");
#endif
  CHECK(info.at("gpus").empty() == !info.at("no_gpu").get<std::string>().empty());
}

TEST_CASE("TUNA_MAX_CPU_ISA limits the instruction set of the kernels", "[command_line]") {
  const TemporaryFolder folder;
  const auto found = [&](const std::string& limit) {
    const Finished finished = run_shell(folder, "TUNA_MAX_CPU_ISA=" + limit + " \"$tuna\" info --json");
    REQUIRE(finished.code == 0);
    return json::parse(finished.out).at("conv_instruction_set").get<std::string>();
  };
  const std::string largest = to_string(cpu_conv_kernels().instruction_set);
  CHECK(found("") == largest);
  CHECK(found("AVX512") == largest);
  CHECK(found("AVX2") == (largest == "AVX-512" ? "AVX2" : largest));

  const Finished refused = run_shell(folder, "TUNA_MAX_CPU_ISA=AVX3 \"$tuna\" info");
  CHECK(refused.code != 0);
  CHECK(refused.error == "tuna: TUNA_MAX_CPU_ISA: expected AVX2 or AVX512, got AVX3\n");
}

TEST_CASE("spec show prints a spec that reads as the same", "[command_line]") {
  const TemporaryFolder folder;
  REQUIRE(run_shell(folder, "\"$tuna\" spec show " + kTinySpec + " --set seed=7 train.pool=9 > shown.json").code == 0);
  const Spec spec = read_spec(folder / "shown.json");
  CHECK(contents(folder / "shown.json") == to_json(spec));
  CHECK(spec.seed == 7);
  CHECK(spec.of<TunaNetSpec>().train.pool == 9);
  CHECK(spec == read_spec(kTinySpec, {"seed=7", "train.pool=9"}));
}

TEST_CASE("spec check accepts the examples, spec schema is what they name", "[command_line]") {
  const TemporaryFolder folder;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(TUNA_SOURCE_DIR "/specs")) {
    if (entry.path().extension() != ".json" || entry.path().filename() == "schema.json") continue;
    const Finished finished = run_tuna(folder, "spec check " + entry.path().string());
    INFO(entry.path() << finished.error);
    CHECK(finished.code == 0);
  }
  CHECK(run_tuna(folder, "spec schema").out == contents(TUNA_SOURCE_DIR "/specs/schema.json"));
}

TEST_CASE("a spec is read from a file, a link or a pipe, and what is something else is named", "[command_line]") {
  const TemporaryFolder folder;
  CHECK(run_shell(folder, "\"$tuna\" spec check /dev/stdin < " + kTinySpec).code == 0);
  CHECK(run_shell(folder, "cat " + kTinySpec + " | \"$tuna\" spec check /dev/stdin").code == 0);
  std::filesystem::create_directories(folder / "locked");
  std::filesystem::copy(kTinySpec, folder / "locked/spec.json");
  std::filesystem::permissions(folder / "locked", std::filesystem::perms::none);
  // root may read everything unless its capability to do so is dropped.
  const std::string as_anyone =
      "[ $(id -u) != 0 ] || as='setpriv --bounding-set=-dac_override,-dac_read_search'\n$as \"$tuna\" ";
  const Finished locked = run_shell(folder, as_anyone + "spec check locked/spec.json");
  std::filesystem::permissions(folder / "locked", std::filesystem::perms::owner_all);
  CHECK(locked.code == 1);
  CHECK(locked.error.find("locked/spec.json: cannot be read: Permission denied") != std::string::npos);
  check_refused(folder, {{"spec check locked", "locked: is a folder, expected a spec"},
                         {"spec check none.json", "none.json: no such file"},
                         {"spec check /dev/zero", "/dev/zero: larger than 1048576 bytes; is it a spec?"}});
}

TEST_CASE("missing images and weights are named, with the page to read", "[command_line]") {
  const TemporaryFolder folder;
  std::ofstream(folder / "folders.json") << R"({"data": {"folders": {"source": "a", "target": "b"}}})";
  std::ofstream(folder / "weights.json") << R"({"classifier": {"weights": "imagenet.safetensors"}})";
  const std::vector<Refused> cases = {
      {"train " + kTinySpec + " --set data.manifest=gone/manifest.csv",
       "tuna: data.manifest: " + (folder / "gone/manifest.csv").string() + ": no such file; data/README.md explains"},
      {"data check folders.json",
       "tuna: data.folders.source: " + (folder / "a").string() + ": no such folder; data/README.md"},
      {"graph weights.json",
       "tuna: classifier.weights: " + (folder / "imagenet.safetensors").string() + ": no such file"},
  };
  check_refused(folder, cases);
}

TEST_CASE("a step that needs more memory than there is says so, and what needs less", "[command_line]") {
  const TemporaryFolder folder;
  const std::string much = "graph " + kTinySpec + " --set data.size=4096 train.batch=4096 generator.ngf=1024";
  check_refused(folder, {{much, "tuna: out of memory: the arena of a program needs"},
                         {much, "; smaller data.size, train.batch, evaluate.batch or networks (generator.ngf"}});
}

TEST_CASE("graph prints the joint step as text, for graphviz and in JSON", "[command_line]") {
  const TemporaryFolder folder;
  const Finished text = run_tuna(folder, "graph " + kTinySpec),
                 dot = run_tuna(folder, "graph --format dot " + kTinySpec),
                 as_json = run_tuna(folder, "graph --format json " + kTinySpec);
  CHECK(text.code == 0);
  CHECK(text.out.find("G_AP.model.1") != std::string::npos);
  CHECK(text.out.find("optimizer_G") != std::string::npos);
  CHECK(dot.code == 0);
  CHECK(dot.out.rfind("digraph", 0) == 0);
  CHECK(as_json.code == 0);
  const nlohmann::json graph = nlohmann::json::parse(as_json.out);
  double flops = 0;
  for (const nlohmann::json& step : graph.at("steps")) {
    CHECK(step.at("bytes").get<size_t>() > 0);
    flops += step.at("flops").get<double>();
  }
  CHECK_THAT(graph.at("flops").get<double>(), WithinRel(flops, 1e-12));
}

TEST_CASE("graph lists which fusion rules fire on a step, and where", "[command_line]") {
  const TemporaryFolder folder;
  const Finished finished = run_tuna(folder, "graph --fusions " + kTinySpec);
  CHECK(finished.code == 0);
  CHECK_THAT(finished.out, Contains("G_AP.model.10.conv_block.2"));
  std::string found;  // without the modules
  std::istringstream table(finished.out);
  for (std::string line; std::getline(table, line);) found += line.substr(0, 75) + "\n";
  CHECK(found == R"(rule                 operations                                       times
batch_norm_frozen    batch_norm_frozen + add + relu                      24
batch_norm_frozen    batch_norm_frozen + relu                            27
batch_norm_frozen    batch_norm_frozen, not fused                         9
instance_norm        instance_norm + add                                  3
instance_norm        instance_norm + leaky_relu                           8
instance_norm        instance_norm + relu                                 9
instance_norm        instance_norm + relu + reflection_pad2d              9
)");
}

TEST_CASE("kernel_table adds up what a step moves and computes", "[command_line]") {
  const TemporaryFolder folder;
  if (!has_python(folder)) {
    WARN("tools/kernel_table was not tested: python3 is not installed");
    return;
  }
  const std::string build = std::filesystem::path(TUNA_COMMAND).parent_path().string();
  const Finished table =
      run_shell(folder, TUNA_SOURCE_DIR "/tools/kernel_table --spec " + kTinySpec + " --step-only --build " + build);
  INFO(table.error);
  CHECK(table.code == 0);
  CHECK_THAT(table.out, Contains("| **all** |") && Contains("| tf32 | "));
}

}  // namespace tuna
