#include "engine/base/atomic_file.h"

#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

#include "engine/base/check.h"
#include "tests/catch.h"
#include "tests/temporary_folder.h"

namespace tuna {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

size_t files_in(const TemporaryFolder& folder) {
  return size_t(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

/// Makes the n-th call of a kind fail during its lifetime, n from 1.
struct FailingCall {
  FailingCall(FileCall failing, int nth, int error) {
    inject_file_error = [failing, nth, error, seen = 0](FileCall call) mutable {
      return call == failing && ++seen == nth ? error : 0;
    };
  }
  ~FailingCall() { inject_file_error = nullptr; }
};

/// Returns the message of the Error, if there is one.
std::optional<std::string> write_in_three_parts(const std::filesystem::path& path) {
  try {
    AtomicFile file(path);
    for (const std::string_view part : {"new ", "and ", "complete"}) file.write(std::as_bytes(std::span(part)));
    file.commit();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("an atomic write replaces a file and leaves nothing else", "[atomic_file]") {
  const TemporaryFolder folder;
  const auto path = folder / "checkpoint";
  write_file_atomically(path, std::string_view("old"));
  CHECK(content(path) == "old");
  CHECK(!write_in_three_parts(path));
  CHECK(content(path) == "new and complete");
  CHECK(files_in(folder) == 1);
}

TEST_CASE("whatever call fails, the old file or the complete new one is left", "[atomic_file]") {
  const TemporaryFolder folder;
  const auto path = folder / "checkpoint";
  struct Case {
    FileCall call;
    int nth;
    std::string content;
  };
  for (const Case& c :
       {Case{FileCall::open, 1, "old"}, Case{FileCall::write, 1, "old"}, Case{FileCall::write, 2, "old"},
        Case{FileCall::write, 3, "old"}, Case{FileCall::sync, 1, "old"}, Case{FileCall::close, 1, "old"},
        Case{FileCall::rename, 1, "old"}, Case{FileCall::sync_folder, 1, "new and complete"}}) {
    INFO("call " << int(c.call) << ", time " << c.nth);
    write_file_atomically(path, std::string_view("old"));
    const FailingCall failing(c.call, c.nth, ENOSPC);
    const auto message = write_in_three_parts(path);
    REQUIRE(message);
    CHECK_THAT(*message, Contains(path.string()));
    CHECK_THAT(*message, Contains("No space left on device"));
    CHECK(content(path) == c.content);
    CHECK(files_in(folder) == 1);
  }
}

TEST_CASE("a file that is easily made again is written whole, too, and not synced", "[atomic_file]") {
  const TemporaryFolder folder;
  std::vector<FileCall> calls;
  inject_file_error = [&](FileCall call) {
    calls.push_back(call);
    return 0;
  };
  write_file_atomically(folder / "file", std::string_view("new"), Durable::no);
  inject_file_error = nullptr;
  CHECK(content(folder / "file") == "new");
  CHECK(calls == std::vector<FileCall>{FileCall::open, FileCall::write, FileCall::close, FileCall::rename});
}

TEST_CASE("a folder is made with those above it, each durable, and what cannot be made or synced is named",
          "[atomic_file]") {
  const TemporaryFolder folder;
  int synced = 0;
  inject_file_error = [&](FileCall call) {
    synced += call == FileCall::sync_folder;
    return 0;
  };
  make_folder(folder / "a/b/c");
  CHECK(synced == 3);
  make_folder(folder / "a/b/c");  // exists already
  CHECK(synced == 3);
  inject_file_error = nullptr;
  CHECK(std::filesystem::is_directory(folder / "a/b/c"));
  write_file_atomically(folder / "file", std::string_view("x"));
  CHECK_THROWS_WITH(make_folder(folder / "file/d"), Contains("file: cannot be created: File exists"));
  CHECK_THROWS_WITH(sync_to_disk(folder / "nowhere"), Contains("nowhere: No such file or directory"));
  const FailingCall failing(FileCall::sync_folder, 1, EIO);
  CHECK_THROWS_WITH(sync_to_disk(folder / "file"), Contains("file: Input/output error (syncing it to disk)"));
}

TEST_CASE("an interrupted call is repeated", "[atomic_file]") {
  const TemporaryFolder folder;
  const FailingCall failing(FileCall::write, 2, EINTR);
  CHECK(!write_in_three_parts(folder / "file"));
  CHECK(content(folder / "file") == "new and complete");
}

TEST_CASE("a full disk is an error and changes nothing", "[atomic_file]") {
  if (!std::filesystem::exists("/dev/full")) return;
  const TemporaryFolder folder;
  const auto path = folder / "file";
  std::filesystem::create_symlink("/dev/full", path.string() + ".tmp." + std::to_string(::getpid()));
  CHECK_THAT(write_in_three_parts(path).value_or(""), Contains("No space left on device"));
  CHECK(files_in(folder) == 0);
}

TEST_CASE("a missing folder and a folder in the file's place are named", "[atomic_file]") {
  const TemporaryFolder folder;
  const auto missing = folder / "missing" / "file";
  CHECK_THAT(write_in_three_parts(missing).value_or(""), Contains(missing.string() + ": No such file or directory"));
  std::filesystem::create_directory(folder / "taken");
  CHECK_THAT(write_in_three_parts(folder / "taken").value_or(""), Contains("Is a directory"));
  CHECK(files_in(folder) == 1);
}

}  // namespace tuna
