// A training run as its JSON spec describes it.  Each section is the options of a component: a plain struct with one
// field list, which is the reader, the writer, the documentation and the JSON Schema of its keys; the members' initial
// values are the defaults.  The spec composes them: here what every method has; a method adds its own sections.
// The defaults are the paper's; for what it does not specify, those of its building blocks (CycleGAN, torchvision); and
// for what does not work as it is written, those that do (docs/paper.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "data/image.h"
#include "data/loader.h"
#include "data/splits.h"
#include "engine/base/any_options.h"
#include "engine/runtime/target.h"
#include "models/task.h"

namespace tuna {

struct DomainsSpec {
  std::string source = "source", target = "target";

  template <class Fields>
  void fields(Fields& field) {
    field("source", source, "The labelled domain, A in the paper, as the data name it.");
    field("target", target,
          "The domain to adapt to, P. Adaptation never uses its labels; evaluation and supervised training read them.");
  }
  bool operator==(const DomainsSpec&) const = default;
};

struct DataSpec {
  std::filesystem::path manifest, root;
  std::map<std::string, std::filesystem::path> folders;
  std::string patient_regex;
  ImageFormat format;
  SplitKeys split;
  WordOrNumbers source_prior{"as_is"};
  OnBadImage on_bad_image = OnBadImage::error;
  int64_t loader_threads = 1;
  int64_t cache_mb = 1024;

  template <class Fields>
  void fields(Fields& field) {
    field("manifest", manifest,
          "CSV file with the columns path, domain, label, and optionally patient and split. Relative to this file.");
    field("root", root,
          "The folder at which relative paths of the manifest, and those of a run's splits.csv, start. Empty: the "
          "manifest's own, or the one that all folders have in common.");
    field("folders", folders,
          "Instead of a manifest: per domain the folder that holds one folder of images per class. Relative to this "
          "file.");
    field("patient_regex", patient_regex,
          "With folders: a regular expression (ECMAScript) whose first group, searched in the file name, is the "
          "patient. Empty: each file is a patient of its own.");
    format.fields(field);
    field("split", split,
          "Fractions of each domain's images, cut by patient; a split in the manifest takes precedence. Or folds.");
    field("source_prior", source_prior,
          "Fractions of the classes among the source images that networks are trained with: as_is; balanced; a number "
          "for each class, in the order of classes; or estimate: those of the target, estimated from predictions of "
          "the pretrained classifier (black-box shift estimation).",
          OneOf<std::string>{{"as_is", "balanced", "estimate"}}, closed(0, 1));
    field("on_bad_image", on_bad_image,
          "What to do with a file that is not an image: stop before training, or skip it.",
          Choices<OnBadImage>{{{"error", OnBadImage::error}, {"skip", OnBadImage::skip}}});
    field("loader_threads", loader_threads, "Threads that load ahead, per domain; 0: none. No influence on the result.",
          closed(0, 256));
    field("cache_mb", cache_mb, "MiB of memory for decoded images.", closed(0, 1 << 20));
  }
  bool operator==(const DataSpec&) const = default;

  size_t cache_bytes() const { return size_t(cache_mb) << 20; }
};

struct ConvSpec {
  bool winograd = true;

  template <class Fields>
  void fields(Fields& field) {
    field("winograd", winograd,
          "On the CPU: convolutions of 3x3 with stride 1 by Winograd's algorithm, which multiplies a quarter as often "
          "and rounds more (relative rms 1e-6). false: all convolutions are direct.");
  }
  bool operator==(const ConvSpec&) const = default;
};

struct LogSpec {
  int64_t every = 50, images_every = 1000, validate_every = 1000, checkpoint_every = 1000, keep = 3;
  bool tensorboard = true;

  template <class Fields>
  void fields(Fields& field) {
    field("every", every, "Steps between lines of metrics.jsonl.", closed(1, 1000000000));
    field("images_every", images_every, "Steps between picture grids; 0: only at the end.", closed(0, 1000000000));
    field("validate_every", validate_every, "Steps between validations; 0: only at the end.", closed(0, 1000000000));
    field("checkpoint_every", checkpoint_every, "Steps between checkpoints; 0: only at the end.",
          closed(0, 1000000000));
    field("keep", keep, "Latest checkpoints of each phase that are kept.", closed(1, 100000));
    field("tensorboard", tensorboard, "Also write metrics and picture grids for TensorBoard, in RUN/tensorboard.");
  }
  bool operator==(const LogSpec&) const = default;
};

struct EvaluateSpec {
  int64_t batch = 16, bootstrap = 1000;
  std::vector<std::string> groups{"source", "view", "sex", "age"};

  template <class Fields>
  void fields(Fields& field) {
    field("batch", batch, "Images classified at once. No influence on the result.", closed(1, 4096));
    field("bootstrap", bootstrap, "Resamplings for the confidence intervals; 0: no intervals.", closed(0, 1000000));
    field("groups", groups,
          "Columns of the manifest by whose values test images are measured in groups; age in bands of years. Of the "
          "default those that are there.");
  }
  bool operator==(const EvaluateSpec&) const = default;
};

struct Spec;

/// What a method adds to the spec: its sections with their defaults, and a check of several keys together, which throws
/// Error.
struct MethodSections {
  AnyOptions options;
  void (*check)(const Spec&) = nullptr;
  bool is_default = false;  // if a spec names no method
};

/// By the name of the method; filled as methods register themselves (training/methods/method.h).
std::map<std::string, MethodSections>& method_sections();
std::vector<std::string> method_names();
std::string default_method();

struct Spec {
  std::string name = "run";
  std::string method;
  int64_t seed = 0;
  std::string device = "auto";
  Precision precision = Precision::fp32;
  ConvSpec conv;
  DomainsSpec domains;
  std::vector<std::string> classes{"normal", "pneumonia"};
  std::string positive = "pneumonia";
  std::vector<double> class_weights;
  DataSpec data;
  AnyOptions method_options;
  LogSpec log;
  EvaluateSpec evaluate;

  /// The defaults of a method.
  explicit Spec(const std::string& of_method = default_method())
      : method(of_method), method_options(method_sections().at(of_method).options) {}

  /// The sections of the method, which are of this type.
  template <class Options>
  const Options& of() const {
    return method_options.as<Options>();
  }
  template <class Options>
  Options& of() {
    return method_options.as<Options>();
  }

  /// What networks are built for.
  Task task() const { return {data.format.size, data.format.channels, int64_t(classes.size()), class_weights}; }

  template <class Fields>
  void fields(Fields& field) {
    field("name", name, "Name of the run.");
    field("method", method, "What is trained.", OneOf<std::string>{method_names()});
    field("seed", seed, "All random numbers follow from it.", closed(0, 9007199254740991));
    field(
        "device", device,
        "Where to train: cpu, a GPU (cuda:1 is the second), or auto: a GPU if one works. emulated runs the kernels of "
        "GPUs on the CPU, slowly, for tests.",
        Pattern{"^(auto|cpu|emulated|cuda(:[0-9]{1,3})?)$", {"auto", "cpu", "cuda", "cuda:1"}});
    field(
        "precision", precision,
        "What the networks compute in. tf32: fp32, multiplied with 10 bits. bf16, fp16: activations are stored in, and "
        "weights rounded to, 16 bits before convolutions multiply them; masters, statistics and losses are fp32, and "
        "the "
        "last layers tf32. fp16 scales losses dynamically. All but fp32 need a GPU, tf32 and bf16 of compute "
        "capability "
        "8.0.",
        Choices<Precision>{{{"fp32", Precision::fp32},
                            {"tf32", Precision::tf32},
                            {"bf16", Precision::bf16},
                            {"fp16", Precision::fp16}}});
    field("conv", conv, "How convolutions are computed.");
    field("domains", domains, "The names of the two domains.");
    field("classes", classes, "The labels, as the data name them; their order is that of the outputs.");
    field("positive", positive, "The class whose probability is the score, usually the disease.");
    field("class_weights", class_weights,
          "Weights of the classes in every loss that uses labels, in the order of classes. A batch is divided by the "
          "sum of its weights, as in PyTorch, so they have no effect if it has one image. Empty: equal.",
          above(0, 1e6));
    field("data", data, "Where the images are and how they are read.");
    method_options.fields(field);
    field("log", log, "What is written while training.");
    field("evaluate", evaluate, "What is measured at the end.");
  }
  bool operator==(const Spec&) const = default;
};

/// A spec before it is parsed.
struct SpecText {
  std::string text;
  std::string name;                   // stands for the file in messages
  std::filesystem::path folder = {};  // where relative paths start; empty: they stay as they are
};

constexpr size_t kLongestName = 200;  ///< bytes of `name`, which becomes part of the 255 of a file's

/// Throws Error if the file cannot be read; a pipe can be read once.
SpecText read_spec_text(const std::filesystem::path& path);

/// The defaults of the method that a spec names, or a setting in its place.  Throws Error if the text is not JSON.
Spec default_spec(const SpecText& spec, const std::vector<std::string>& settings);

/// Reads a spec file; `settings` ("train.epochs=3") override it.  Relative paths become absolute: those of the file
/// start at its folder, those of settings at the current one.  Every message names the file (or --set) and the key.
Spec read_spec(const std::filesystem::path& path, const std::vector<std::string>& settings = {});

/// The spec.json of a run's folder.  Throws Error if the folder holds none, or something else than a file of that name.
Spec read_spec_of_run(const std::filesystem::path& run, const std::vector<std::string>& settings = {});

/// The same from text; `name` stands for the file in messages.  Relative paths start at `folder`; if it is empty they
/// stay as they are.
Spec parse_spec(std::string_view text, const std::string& name, const std::filesystem::path& folder = {},
                const std::vector<std::string>& settings = {});

/// The complete spec, every default filled in, as it can be read again.
std::string to_json(const Spec& spec);

/// JSON Schema (draft 2020-12) of the specs of all methods: specs/schema.json.
nlohmann::ordered_json spec_schema();

/// The schema of one method alone, with all properties in one object.
nlohmann::ordered_json spec_schema(const std::string& method);

}  // namespace tuna
