#include "data/image_folder.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "data/image_file.h"
#include "engine/base/check.h"
#include "engine/base/counted.h"
#include "engine/base/normal_path.h"

namespace tuna {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

/// The entries of a folder, sorted, as the order of the file system is arbitrary.
std::vector<fs::path> entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    paths.push_back(entry->path());
  check(!error, "{}: cannot be listed: {}", folder.string(), error.message());
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// Files that are not used for the same reason.
class LeftOut {
 public:
  void add(const fs::path& file) {
    ++count_;
    ++by_suffix_[suffix_of(file)];
    has_images_ |= has_image_extension(file);
    if (first_.empty() || file < first_) first_ = file;
  }

  /// All files below a folder, or the file itself.
  void add_tree(const fs::path& path) {
    if (!is_folder(path)) return add(path);
    std::error_code error;
    constexpr auto skip = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator entry(path, skip, error), end; !error && entry != end; entry.increment(error))
      if (!is_folder(entry->path())) add(entry->path());
  }

  void add(const LeftOut& others) {
    count_ += others.count_;
    for (const auto& [suffix, count] : others.by_suffix_) by_suffix_[suffix] += count;
    if (first_.empty() || (!others.first_.empty() && others.first_ < first_)) first_ = others.first_;
  }

  int64_t count() const { return count_; }
  bool has_images() const { return has_images_; }

  /// "40 files in subfolders (30 .tif, 10 .jfif), such as more/a.tif", relative to `root`.
  std::string text(const char* noun, const std::string& where, const fs::path& root) const {
    return fmt::format("{}{} ({}), such as {}", counted(count_, noun), where, suffixes(),
                       first_.lexically_relative(normal_path(root)).string());
  }

 private:
  static std::string suffix_of(const fs::path& file) {
    std::string suffix = file.extension().string();
    std::transform(suffix.begin(), suffix.end(), suffix.begin(), [](unsigned char c) { return std::tolower(c); });
    return suffix.empty() ? "without suffix" : suffix;
  }

  /// The most frequent ones first.
  std::string suffixes() const {
    constexpr size_t kShown = 5;
    std::vector<std::pair<int64_t, std::string>> sorted;
    for (const auto& [suffix, count] : by_suffix_) sorted.emplace_back(-count, suffix);
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::string> shown;
    for (size_t i = 0; i < std::min(kShown, sorted.size()); ++i)
      shown.push_back(fmt::format("{} {}", -sorted[i].first, sorted[i].second));
    if (sorted.size() > kShown)
      shown.push_back(fmt::format("{}", counted(sorted.size() - kShown, "other suffix", "other suffixes")));
    return fmt::format("{}", fmt::join(shown, ", "));
  }

  int64_t count_ = 0;
  bool has_images_ = false;
  std::map<std::string, int64_t> by_suffix_;
  fs::path first_;
};

/// What is left out of a folder, by reason.
struct Unused {
  LeftOut other_types, deeper, hidden, macos;

  void add(const Unused& others) {
    other_types.add(others.other_types);
    deeper.add(others.deeper);
    hidden.add(others.hidden);
    macos.add(others.macos);
  }

  /// A text for each reason that there is.
  std::vector<std::string> texts(const fs::path& root) const {
    std::vector<std::string> texts;
    const auto add_text = [&](const LeftOut& files, const char* noun, const std::string& where) {
      if (files.count() > 0) texts.push_back(files.text(noun, where, root));
    };
    add_text(other_types, "file", " not named as " + file_format_names() + " images");
    add_text(deeper, "file", " in subfolders of class folders");
    add_text(hidden, "hidden file", "");
    add_text(macos, "file", " in folders __MACOSX");
    return texts;
  }
};

struct Contents {
  std::vector<fs::path> images, folders;
  Unused unused;
};

Contents contents_of(const fs::path& folder) {
  Contents contents;
  for (const fs::path& path : entries(folder)) {
    const std::string name = path.filename().string();
    if (name == "__MACOSX")
      contents.unused.macos.add_tree(path);
    else if (name.front() == '.')
      contents.unused.hidden.add_tree(path);
    else if (is_folder(path))
      contents.folders.push_back(path);
    else if (has_image_extension(path))
      contents.images.push_back(path);
    else
      contents.unused.other_types.add(path);
  }
  return contents;
}

Contents contents_of_class_folder(const fs::path& folder) {
  Contents contents = contents_of(folder);
  for (const fs::path& deeper : contents.folders) contents.unused.deeper.add_tree(deeper);
  const bool has_files = contents.unused.other_types.count() + contents.unused.deeper.count() > 0;
  const std::string remedy = contents.unused.deeper.has_images()
                                 ? fmt::format("; if {} holds a folder per domain, give one of these: {}",
                                               folder.parent_path().string(), folder.string())
                                 : "";
  check(!contents.images.empty() || !has_files, "{}: no {} images in this class folder, which has {}{}",
        folder.string(), file_format_names(), fmt::join(contents.unused.texts(folder), "; "), remedy);
  return contents;
}

}  // namespace

ImageFolder list_image_folder(const fs::path& given) {
  const fs::path root = normal_path(given);
  check(fs::exists(root), "{}: no such folder", given.string());
  check(is_folder(root), "{}: is a file, expected a folder of images", given.string());
  ImageFolder found;
  std::vector<std::string> empty_folders;
  const auto add = [&](const std::vector<fs::path>& images, const std::string& label) {
    for (const fs::path& image : images) found.images.push_back({normal_path(image), label});
  };

  Contents top = contents_of(root);
  add(top.images, "");
  check(top.images.empty() || top.folders.empty(),
        "{}: holds both images and folders; expected images, or one folder per class", given.string());
  for (const fs::path& folder : top.folders) {
    const Contents contents = contents_of_class_folder(folder);
    add(contents.images, folder.filename().string());
    if (contents.images.empty()) empty_folders.push_back(folder.filename().string());
    top.unused.add(contents.unused);
  }
  const std::vector<std::string> unused = top.unused.texts(root);
  check(!found.images.empty(), "{}: no {} images{}{}", given.string(), file_format_names(),
        unused.empty() ? "" : "; it has ", fmt::join(unused, "; "));

  for (const std::string& text : unused) found.left_out.push_back(fmt::format("{}: left out: {}", root.string(), text));
  if (!empty_folders.empty())
    found.left_out.push_back(fmt::format("{}: left out: {}: {}", root.string(),
                                         counted(empty_folders.size(), "empty class folder"),
                                         fmt::join(empty_folders, ", ")));
  return found;
}

}  // namespace tuna
