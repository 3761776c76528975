// `tuna bench` on this machine, with or without a GPU.
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "engine/base/build_info.h"
#include "engine/base/statistics.h"
#include "tests/catch.h"
#include "tests/tools/command.h"

namespace tuna {

using nlohmann::json;

TEST_CASE("median, p95 and spread of times", "[command_line][bench]") {
  CHECK(median({3, 1, 2}) == 2);
  CHECK(median({4, 1, 2, 3}) == 2.5);
  std::vector<double> times;
  for (int i = 100; i > 0; --i) times.push_back(i);
  CHECK(p95(times) == 95);
  CHECK(p95({7}) == 7);
  CHECK_THAT(spread({2, 3, 4}), WithinRel(2.0 / 3, 1e-12));
  CHECK(spread({0, 0}) == 0);
}

TEST_CASE("bench writes Google Benchmark's JSON", "[command_line][bench]") {
  const TemporaryFolder folder;
  const Finished finished =
      run_tuna(folder,
               "bench '^instance_norm_fused/.*/f32/1x37x33x12/' --all-rows --device cpu --benchmark_format=json "
               "--benchmark_repetitions=3 --benchmark_min_time=0.0001 --benchmark_out=all.json");
  INFO(finished.error);
  REQUIRE(finished.code == 0);
  const json found = json::parse(finished.out);
  std::set<std::string> names;
  for (const json& each : found.at("benchmarks")) {
    names.insert(each.at("name"));
    if (each.at("aggregate_name") != "median") continue;
    CHECK(each.at("real_time") > 0);
    CHECK(each.at("bytes/s") > 0);
    CHECK(each.at("copy%") > 0);
  }
  const std::string shape = "/cpu/f32/1x37x33x12/";
  for (const std::string direction : {"forward", "backward"})
    for (const std::string version : {"", "plain/"})
      for (const std::string caches : {"cold", "warm"})
        for (const std::string statistic : {"mean", "median", "stddev", "cv", "p95", "spread"})
          CHECK(names.erase("instance_norm_fused/" + direction + shape + version + caches + "_" + statistic) == 1);
  CHECK(names.empty());
  CHECK(found.at("context").at("build") == build_id());
  CHECK(found.at("context").at("gpu") == "none");
  for (const char* key :
       {"cpu", "threads", "cuda", "cudnn", "gpu_driver", "gpu_clocks", "gpu_power_limit", "gpu_throttling"})
    CHECK(found.at("context").at(key).is_string());

  const json all = json::parse(contents(folder / "all.json"));
  CHECK(all.at("benchmarks").size() == 8 * (3 + 6));
  CHECK(all.at("benchmarks").at(0).at("name") == "instance_norm_fused/forward" + shape + "cold");
}

TEST_CASE("bench keeps its file up to date", "[command_line][bench]") {
  const TemporaryFolder folder;
  run_shell(folder,
            "timeout -s KILL 60 \"$tuna\" bench '^scale/.*/cpu/' --benchmark_repetitions=1 --benchmark_min_time=0 "
            "--benchmark_out=killed.json 2>&1 | while read line; do case $line in scale/forward*) sleep 1; "
            "cp killed.json so_far.json; break; esac; done; true");
  const json so_far = json::parse(contents(folder / "so_far.json"));
  CHECK(so_far.at("benchmarks").size() >= 1);
}

TEST_CASE("bench lists names and finds them by parts of them", "[command_line][bench]") {
  const TemporaryFolder folder;
  const Finished of_op = run_tuna(folder, "bench instance_norm --benchmark_list_tests"),
                 emulated = run_tuna(folder, "bench '^scale/.*/emulated/' --benchmark_list_tests"),
                 reference = run_tuna(folder, "bench scale --device ref --device cpu --benchmark_list_tests");
  for (const char* name :
       {"instance_norm/forward/cpu/f32/1x128x128x256/cold\n", "instance_norm/backward/cpu/f32/1x128x128x256/warm\n",
        "instance_norm_fused/forward/cpu/f32/1x32x32x256/row:2/plain/cold\n"})
    CHECK(of_op.out.find(name) != std::string::npos);
  CHECK(of_op.out.find("/emulated/") == std::string::npos);
  CHECK(emulated.out.rfind("scale/forward/emulated/f32/", 0) == 0);
  CHECK(emulated.out.find("/cpu/") == std::string::npos);
  CHECK(reference.out.find("scale/backward/ref/f32/") != std::string::npos);
  CHECK(reference.out.find("scale/backward/cpu/f32/") != std::string::npos);

  // A convolution by each algorithm that it has.
  const Finished convolution = run_tuna(folder, "bench conv2d --device cpu --device emulated --benchmark_list_tests");
#ifdef TUNA_HAS_ONEDNN
  for (const char* direction : {"forward", "backward"})
    CHECK_THAT(convolution.out,
               Contains(fmt::format("conv2d/{}/cpu/f32/1x18x18x256/algorithm:plain/cold\n", direction)));
#endif
  CHECK(convolution.out.find("conv2d/forward/emulated/f32/1x18x18x256/algorithm") == std::string::npos);

  // The sizes of tests only where an op has no others, or when they are asked for.
  const std::string small = "instance_norm/forward/cpu/f32/1x7x5x3/";
  CHECK(of_op.out.find(small) == std::string::npos);
  CHECK(run_tuna(folder, "bench instance_norm --all-rows --benchmark_list_tests").out.find(small) != std::string::npos);
}

TEST_CASE("every part of a benchmark's name is a word, a shape or has a label", "[command_line][bench]") {
  const TemporaryFolder folder;
  std::istringstream names(run_tuna(folder, "bench --all-rows --device cpu --benchmark_list_tests").out);
  const std::regex form(
      "[a-z0-9_]+/(forward|backward)/cpu/f32/[0-9]+x[0-9]+x[0-9]+x[0-9]+(/row:[0-9]+)?(/plain)?(/"
      "algorithm:[a-z0-9_]+)?/(cold|warm)");
  size_t count = 0;
  for (std::string name; std::getline(names, name); ++count) {
    INFO(name);
    CHECK(std::regex_match(name, form));
  }
  CHECK(count > 100);
}

TEST_CASE("bench takes Google Benchmark's filter as its own", "[command_line][bench]") {
  const TemporaryFolder folder;
  const std::string filter = "^scale/.*/cpu/.*warm$";
  const Finished as_flag = run_tuna(folder, "bench '--benchmark_filter=" + filter + "' --benchmark_list_tests"),
                 as_filter = run_tuna(folder, "bench '" + filter + "' --benchmark_list_tests"),
                 both = run_tuna(folder, "bench scale --benchmark_filter=scale");
  CHECK(as_flag.out == as_filter.out);
  CHECK(as_flag.out.find("scale/forward/cpu/") == 0);
  CHECK((both.code == 1 && is_one_message(both.error)));
}

TEST_CASE("bench prints its own names, and no warning of the library's build type", "[command_line][bench]") {
  const TemporaryFolder folder;
  const Finished finished =
      run_tuna(folder, "bench '^scale/forward/.*/warm$' --device cpu --benchmark_repetitions=2 --benchmark_min_time=0");
  INFO(finished.out << finished.error);
  CHECK(finished.code == 0);
  CHECK(finished.error.find("Run on (") != std::string::npos);
  for (const char* text : {"built as DEBUG", "iterations:", "manual_time"})
    CHECK((finished.out + finished.error).find(text) == std::string::npos);
}

TEST_CASE("bench times kernels on the emulator", "[command_line][bench]") {
  const TemporaryFolder folder;
  const Finished finished = run_tuna(
      folder, "bench scale --device emulated --benchmark_repetitions=1 --benchmark_min_time=0 --benchmark_format=json");
  INFO(finished.error);
  REQUIRE(finished.code == 0);
  for (const json& each : json::parse(finished.out).at("benchmarks")) CHECK(each.at("real_time") > 0);
}

TEST_CASE("bench --no-check times without the reference", "[command_line][bench]") {
  const TemporaryFolder folder;
  const auto results_checked = [&](const std::string& option) {
    const Finished finished = expect_success(folder,
                                             "bench '^scale/forward/.*2x3x5x7/warm' --device cpu "
                                             "--benchmark_repetitions=1 --benchmark_min_time=0 "
                                             "--benchmark_format=json"
                                                 + option);
    const json found = json::parse(finished.out);
    for (const json& each : found.at("benchmarks")) CHECK(each.at("real_time") > 0);
    return found.at("context").at("results_checked").get<std::string>();
  };
  CHECK(results_checked("") == "yes");
  CHECK(results_checked(" --no-check") == "no");
}

TEST_CASE("bench --once runs each kernel once and says which", "[command_line][bench]") {
  const TemporaryFolder folder;
  const Finished finished =
      run_tuna(folder, "bench '^instance_norm_fused/.*/f32/1x37x33x12/' --all-rows --device emulated --once");
  INFO(finished.error);
  CHECK(finished.code == 0);
  const std::string name = "/emulated/f32/1x37x33x12";
  CHECK(finished.out
        == "instance_norm_fused/forward" + name + ": instance_norm_fused\n" +  //
               "instance_norm_fused/forward" + name + "/plain: instance_norm, add, reflection_pad2d\n"
               + "instance_norm_fused/backward" + name + ": instance_norm_fused_backward\n"
               + "instance_norm_fused/backward" + name
               + "/plain: reflection_pad2d_backward, add, instance_norm_backward\n");
}

TEST_CASE("bench reports errors", "[command_line][bench]") {
  const TemporaryFolder folder;
  const Finished nothing = run_tuna(folder, "bench nothing_of_this_name"),
                 no_flag = run_tuna(folder, "bench scale --benchmark_frob"),
                 full = run_shell(folder, "\"$tuna\" bench scale --benchmark_list_tests >/dev/full"),
                 full_by_library =
                     run_shell(folder,
                               "\"$tuna\" bench '^scale/forward/.*2x3x5x7/warm' --benchmark_repetitions=1 "
                               "--benchmark_min_time=0 --benchmark_format=json 2>/dev/null >/dev/full; echo $?");
  CHECK((nothing.code == 1 && is_one_message(nothing.error)));
  CHECK((no_flag.code == 2 && is_one_message(no_flag.error)));
  CHECK((full.code == 1 && is_one_message(full.error)));
  CHECK(full_by_library.out == "1\n");
}

TEST_CASE("bench step writes a trace to the given file, and nothing else", "[command_line][bench]") {
  const TemporaryFolder folder;
  const std::string step = "bench step --spec " + kTinySpec + " --steps 2 --warmup 0 --device cpu";
  const auto files = [&] {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      names.insert(entry.path().filename().string());
    return names;
  };
  CHECK(run_tuna(folder, step + " --profile").code == 0);
  CHECK(files() == std::set<std::string>{"stdout.txt", "stderr.txt"});

  CHECK(run_tuna(folder, step + " --device emulated --trace x.json").code == 0);
  CHECK(files() == std::set<std::string>{"stdout.txt", "stderr.txt", "x-cpu-fp32.json", "x-emulated-fp32.json"});

  std::ofstream(folder / "mine.json") << "mine";
  const Finished there = run_tuna(folder, step + " --trace mine.json");
  CHECK((there.code == 1 && is_one_message(there.error)));
  CHECK(contents(folder / "mine.json") == "mine");
}

TEST_CASE("bench step writes each instruction to a file", "[command_line][bench]") {
  const TemporaryFolder folder;
  const std::string step =
      "bench step --spec " + kTinySpec + " --steps 2 --warmup 0 --device cpu --instructions i.json";
  REQUIRE(run_tuna(folder, step).code == 0);
  const json found = json::parse(contents(folder / "i.json"));
  CHECK(found.at("runs") == 2);
  double milliseconds = 0;
  for (const json& each : found.at("instructions")) {
    INFO(each.dump());
    milliseconds += each.at("ms").get<double>();
    CHECK((each.at("name") != "" && each.at("bytes") >= 0));
    CHECK(each.at("ms_least") >= 0);
    CHECK(each.at("least_of_time") >= 0);
    CHECK(each.at("kernels").empty());  // those of a GPU
  }
  CHECK(milliseconds > 0);
  const Finished there = run_tuna(folder, step);
  CHECK((there.code == 1 && is_one_message(there.error)));
}

TEST_CASE("bench limits measures products and copies", "[command_line][bench]") {
  const TemporaryFolder folder;
  const std::string limits = "bench limits --device cpu --megabytes 1 2";
  const Finished as_json = run_tuna(folder, limits + " --json"), table = run_tuna(folder, limits);
  INFO(as_json.error << table.error);
  REQUIRE(as_json.code == 0);
  const json found = json::parse(as_json.out);
  CHECK(found.at("gflops") > 0);
  CHECK(found.at("precision") == "fp32");
  REQUIRE(found.at("copies").size() == 2);
  CHECK(found.at("copies")[1].at("megabytes") == 2);
  for (const json& copy : found.at("copies"))
    CHECK((copy.at("memcpy_gb_per_second") > 0 && copy.at("kernel_gb_per_second") > 0));
  CHECK(table.code == 0);
  CHECK_THAT(table.out, Contains("\n       MB  memcpy GB/s  kernel GB/s\n"));
  for (const char* refused : {"bench limits --device emulated", "bench limits --device cpu --precision bf16"}) {
    const Finished finished = run_tuna(folder, refused);
    CHECK((finished.code == 1 && is_one_message(finished.error)));
  }
}

TEST_CASE("bench convolutions times each algorithm of each convolution", "[command_line][bench]") {
  const TemporaryFolder folder;
  const std::string command = "bench convolutions --spec " + kTinySpec + " --device cpu --heaviest 3";
  const Finished as_json = run_tuna(folder, command + " --json"), table = run_tuna(folder, command);
  INFO(as_json.error << table.error);
  REQUIRE(as_json.code == 0);
  const json found = json::parse(as_json.out);
  CHECK(found.at("phase") == "joint");
  REQUIRE(found.at("convolutions").size() == 3);
  for (const json& each : found.at("convolutions")) {
    INFO(each.dump());
    CHECK((each.at("count") > 0 && each.at("gflop") > 0 && each.at("microseconds_least") > 0));
    CHECK(each.at("algorithms").back().at("algorithm") == "plain");  // which computes every convolution
    for (const json& algorithm : each.at("algorithms")) {
      const double share = each.at("microseconds_least").get<double>() / algorithm.at("microseconds").get<double>();
      CHECK(algorithm.at("least_of_time").get<double>() == Approx(share));
      CHECK(algorithm.at("gflops") > 0);
    }
  }
  CHECK(table.code == 0);
  CHECK_THAT(table.out, Contains("least us") && Contains(" in a step\n  "));  // others, as limits are measured anew

  check_refused(folder, {{"bench convolutions --spec " + kTinySpec + " --device emulated", "are not meaningful"},
                         {command + " --phase nonsense", "phase \"nonsense\" does not exist"}});
}

TEST_CASE("bench step reports times, work and memory", "[command_line][bench]") {
  const TemporaryFolder folder;
  const std::string step = "bench step --spec " + kTinySpec + " --steps 3 --warmup 1";
  const Finished finished = run_tuna(folder, step + " --json --profile --trace trace.json --device cpu");
  REQUIRE(finished.code == 0);
  const json figures = json::parse(finished.out);
  for (const char* key : {"ms_median", "ms_p95", "steps", "images_per_second", "gflop", "gflops", "planned_bytes",
                          "peak_bytes", "threads"})
    CHECK(figures.at(key) > 0);
  CHECK(figures.at("spread") >= 0);
  for (const char* key : {"gflops", "gb_per_second", "ms_least"}) CHECK(figures.at("limits").at(key) > 0);
  CHECK(figures.at("ms_p95") >= figures.at("ms_median"));
  CHECK(figures.at("backend") == "cpu");
  CHECK(figures.at("precision") == "fp32");
  CHECK(figures.at("build") == build_id());
  CHECK(figures.at("spec") == "tiny");
  CHECK(figures.at("cpu").is_string());
  CHECK(figures.at("machine").at("gpu") == "none");
  CHECK_FALSE(json::parse(contents(folder / "trace.json")).at("traceEvents").empty());
  CHECK_THAT(finished.error, Contains("slowest steps") && Contains("least/ms  operation")
                                 && Contains("\ntrace.json: for chrome://tracing"));

  const Finished table = run_tuna(folder, step + " --device emulated");
  CHECK(table.code == 0);
  CHECK(table.out.find("\nbackend   precision  median ms") != std::string::npos);
  CHECK(table.out.find("\nemulated  fp32 ") != std::string::npos);

  const Finished several = run_tuna(folder, step + " --device cpu --device emulated --precision fp32 --precision bf16"),
                 as_json = run_tuna(folder, step + " --device emulated --precision fp32 --precision fp16 --json"),
                 none = run_tuna(folder, step + " --device cpu --precision bf16");
  CHECK(several.code == 0);
  for (const char* line : {"\ncpu       fp32 ", "\nemulated  fp32 ", "\nemulated  bf16 "})
    CHECK(several.out.find(line) != std::string::npos);
  CHECK(several.error == "cpu is left out in bf16: the cpu computes in fp32 only, not bf16; a GPU supports others\n");
  const json list = json::parse(as_json.out);
  CHECK(list.at(0).at("precision") == "fp32");
  CHECK(list.at(0).at("limits").is_null());
  CHECK(list.at(1).at("precision") == "fp16");
  CHECK(list.at(1).at("planned_bytes") < list.at(0).at("planned_bytes"));
  CHECK((none.code == 1 && is_one_message(none.error)));
}

// The peer here is a stand-in that checks its arguments.
TEST_CASE("a step is compared with the same one in PyTorch", "[command_line][bench]") {
  const TemporaryFolder folder;
  if (run_shell(folder, "python3 -c ''").code != 0) return;
  std::ofstream(folder / "peer.py") << R"(
import json, sys
flags = ' '.join(sys.argv[1:])
assert '--size 64' in flags and '--ngf 16 ' in flags and '--device cpu --precision fp32' in flags, flags
print(json.dumps({'step_s': 1000.0 if '--compile' in flags else 2000.0, 'peak_mib': 17.2}))
)";
  std::filesystem::create_directory(folder / "torch");
  std::ofstream(folder / "torch/__init__.py") << "\n";
  const std::string compare =
      "'" TUNA_SOURCE_DIR "/tools/peer/compare_with_torch.py' --peer peer.py --tuna \"$tuna\" --spec '" TUNA_SOURCE_DIR
      "/specs/bench/64-ngf16.json' --rounds 1 --steps 1 --threads 1";
  const Finished both = run_shell(folder, "PYTHONPATH=. python3 " + compare),
                 alone = run_shell(folder, "python3 " + compare + " --python false");
  INFO(both.error << alone.error);
  CHECK(both.code == 0);
  for (const char* text : {"\n  torch eager          fp32       2000000.0  2000000.0 to 2000000.0    0.0          17\n",
                           "\n  torch compile        fp32       1000000.0", "\n  tuna                 fp32 ",
                           "\nfp32: torch compile / tuna: "}) {
    INFO(both.out);
    CHECK(both.out.find(text) != std::string::npos);
  }
  CHECK(alone.code == 0);
  CHECK(alone.error == "false has no PyTorch: tuna alone\n");
  CHECK(alone.out.find("torch") == std::string::npos);
}

}  // namespace tuna
