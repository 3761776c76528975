#include "training/starter/starter_layout.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "data/image_file.h"
#include "data/manifest.h"
#include "engine/base/check.h"
#include "engine/base/counted.h"
#include "engine/base/normal_path.h"
#include "engine/base/utf8.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;

/// A subfolder: a domain, unless it has no images.
struct Found {
  std::string name;
  size_t images = 0;
  std::vector<std::string> classes;  ///< its class folders; empty: it holds images directly
  std::string problem;               ///< why it is not a domain
};

Found look_into(const fs::path& folder) {
  Found found{folder.filename().string(), 0, {}, ""};
  try {
    std::set<std::string> labels;
    for (const Sample& sample : read_folder(folder, found.name, "").samples) {
      ++found.images;
      if (!sample.label.empty()) labels.insert(sample.label);
    }
    found.classes.assign(labels.begin(), labels.end());
    check(is_utf8(found.name), "its name is not UTF-8, as names in a spec are; rename it");
    for (const std::string& label : labels)
      check(is_utf8(label), "the name of its class folder {} is not UTF-8, as names in a spec are; rename it", label);
  } catch (const Error& error) {
    found.problem = error.what();
  }
  return found;
}

std::vector<Found> look_around(const fs::path& folder) {
  check(fs::exists(folder), "{}: no such folder", folder.string());
  check(fs::is_directory(folder), "{}: is a file, expected a folder with a folder per domain", folder.string());
  std::vector<Found> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (fs::is_directory(entry->path()) && entry->path().filename().string().front() != '.')
      found.push_back(look_into(entry->path()));
  check(!error, "{}: cannot be listed: {}", folder.string(), error.message());
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.name < b.name; });
  return found;
}

bool holds_images(const fs::path& folder) {
  return std::any_of(fs::directory_iterator(folder), {}, [](const auto& entry) {
    return entry.path().filename().string().front() != '.' && has_image_extension(entry.path());
  });
}

std::string in_words(const Found& found) {
  if (!found.problem.empty()) return fmt::format("{}/ ({})", found.name, found.problem);
  if (found.classes.empty())
    return fmt::format("{}/ ({} without class folders)", found.name, counted(found.images, "image"));
  return fmt::format("{}/ ({} in the class folders {})", found.name, counted(found.images, "image"),
                     fmt::join(found.classes, ", "));
}

/// Chooses the two domains; throws one kind of Error for every mismatch.
class Chooser {
 public:
  explicit Chooser(const fs::path& folder)
      : folder_(folder), found_(look_around(folder)), has_images_(holds_images(folder)) {
    for (const Found& each : found_)
      if (each.problem.empty()) domains_.push_back(&each);
  }

  StarterLayout choose(const StarterLayout& wanted) const {
    check_depth();
    const Found *source = named("--source", wanted.source), *target = named("--target", wanted.target);
    if (domains_.size() < 2) refuse("two folders of images are needed, the source domain's and the target's");
    if (!source && !target) source = the_labelled_one();
    if (!source) source = the_other(target, "--source");
    if (!target) target = the_other(source, "--target");
    check_pair(*source, *target);
    return {source->name, target->name, source->classes, positive(*source, wanted.positive)};
  }

 private:
  std::string folders() const {
    std::vector<std::string> words;
    for (const Found& each : found_) words.push_back(in_words(each));
    return words.empty() ? "no folders" : fmt::format("{}", fmt::join(words, ", "));
  }

  [[noreturn]] void refuse(const std::string& problem) const {
    fail(
        "{}: {}; found {}; expected {} for the labelled source domain and {} for the target, which may have the same "
        "class folders, of {} images",
        folder_.string(), problem, folders(), (folder_ / "<source>/<class>/*.png").string(),
        (folder_ / "<target>/*.png").string(), file_format_names());
  }

  /// A folder of images, or of class folders, is one that the user took for the domains' folder.
  void check_depth() const {
    std::vector<std::string> names;
    for (const Found* domain : domains_) names.push_back(domain->name);
    const bool has_classes =
        std::any_of(domains_.begin(), domains_.end(), [](const Found* domain) { return !domain->classes.empty(); });
    const bool is_domain = !has_classes && (has_images_ || !positive_class(names).empty());
    check(!is_domain,
          "{}: holds {}, so it is the folder of one domain{}; give the folder that holds one per domain, {}",
          folder_.string(), has_images_ ? "images" : fmt::format("the class folders {}", fmt::join(names, ", ")),
          has_images_ ? " or class" : "", above().string());
  }

  /// The folder of the domains' folders, as far as names tell.
  fs::path above() const {
    const fs::path parent = normal_path(fs::absolute(folder_) / ".").parent_path().parent_path();
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(parent)) names.push_back(entry.path().filename().string());
    return positive_class(names).empty() ? parent : parent.parent_path();
  }

  const Found* named(const std::string& option, const std::string& name) const {
    if (name.empty()) return nullptr;
    const auto found =
        std::find_if(domains_.begin(), domains_.end(), [&](const Found* each) { return each->name == name; });
    if (found == domains_.end())
      fail("{}: {} {}: no such folder of images; it has {}", folder_.string(), option, name, folders());
    return *found;
  }

  const Found* the_labelled_one() const {
    if (domains_.size() > 2) refuse("there are more than two domains; --source and --target choose");
    const bool first = !domains_[0]->classes.empty(), second = !domains_[1]->classes.empty();
    if (first && second) refuse("both domains have class folders; choose the labelled source with --source NAME");
    return first ? domains_[0] : domains_[1];
  }

  const Found* the_other(const Found* one, const std::string& option) const {
    if (domains_.size() > 2) refuse(fmt::format("there are more than two domains; {} chooses", option));
    return domains_[0] == one ? domains_[1] : domains_[0];
  }

  void check_pair(const Found& source, const Found& target) const {
    if (&source == &target) refuse("source and target are the same");
    if (source.classes.size() < 2)
      refuse(fmt::format("the source domain {} has {}, at least two are needed", source.name,
                         source.classes.empty() ? "no class folders" : "one class folder"));
    for (const std::string& label : target.classes)
      if (!std::count(source.classes.begin(), source.classes.end(), label))
        refuse(
            fmt::format("the class {0} of {1} is not one of {2}, which has {3}; rename the folder {1}/{0} to the name "
                        "that {2} has",
                        label, target.name, source.name, fmt::join(source.classes, ", ")));
  }

  std::string positive(const Found& source, const std::string& wanted) const {
    const std::string all = fmt::format("{}", fmt::join(source.classes, ", "));
    if (!wanted.empty()) {
      check(std::count(source.classes.begin(), source.classes.end(), wanted), "--positive {}: the classes are {}",
            wanted, all);
      return wanted;
    }
    const std::string found = positive_class(source.classes);
    check(!found.empty(), "{}: cannot tell which of the classes {} is the disease; give --positive CLASS",
          (folder_ / source.name).string(), all);
    return found;
  }

  const fs::path folder_;
  const std::vector<Found> found_;
  const bool has_images_;
  std::vector<const Found*> domains_;
};

/// "No_Finding" as {"no", "finding"}.
std::set<std::string> words_of(const std::string& name) {
  std::set<std::string> words;
  std::string word;
  for (const char letter : name + " ") {
    if (std::isalpha(uint8_t(letter))) {
      word += char(std::tolower(uint8_t(letter)));
    } else if (!word.empty()) {
      words.insert(word);
      word.clear();
    }
  }
  return words;
}

bool has_any(const std::set<std::string>& words, const std::vector<std::string>& of) {
  return std::any_of(of.begin(), of.end(), [&](const std::string& word) { return words.count(word) > 0; });
}

bool is_healthy(const std::string& name) {
  return has_any(words_of(name), {"normal", "negative", "healthy", "control", "controls", "no", "non", "not", "without",
                                  "neg", "benign"});
}

bool is_disease(const std::string& name) {
  return !is_healthy(name)
         && has_any(words_of(name), {"pneumonia", "positive", "disease", "diseased", "abnormal", "sick", "ill", "pos",
                                     "opacity", "opacities", "covid", "tuberculosis", "patient", "patients"});
}

/// The only name that fulfils the condition, or empty.
template <class Condition>
std::string only_one(const std::vector<std::string>& names, Condition condition) {
  const auto first = std::find_if(names.begin(), names.end(), condition);
  return std::count_if(names.begin(), names.end(), condition) == 1 ? *first : "";
}

}  // namespace

StarterLayout starter_layout(const fs::path& folder, const StarterLayout& wanted) {
  return Chooser(folder).choose(wanted);
}

std::string positive_class(const std::vector<std::string>& classes) {
  const std::string disease = only_one(classes, is_disease);
  if (!disease.empty() || classes.size() != 2) return disease;
  return only_one(classes, is_healthy).empty() ? ""
                                               : only_one(classes, [](const auto& name) { return !is_healthy(name); });
}

}  // namespace tuna
