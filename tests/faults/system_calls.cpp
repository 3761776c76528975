// For tests of failing machines: loaded with LD_PRELOAD, makes the n-th call of a kind fail, and records calls that
// change files.  tools/soak drives it through the environment:
//
//   TUNA_FAULTS_FOLDER     calls on files below this folder (an absolute path) are counted, and no others
//   TUNA_FAULTS_CALL       the kind to fail: open read write sync rename close remove mkdir lock map allocate thread
//   TUNA_FAULTS_NTH        which call of that kind fails, from 1
//   TUNA_FAULTS_ERRNO      the error number it fails with
//   TUNA_FAULTS_ALL_LATER  1: all later calls of that kind fail, too
//   TUNA_FAULTS_MIN_BYTES  allocations of fewer bytes are not counted
//   TUNA_FAULTS_EXCEPT     calls below functions of this library do not fail, but the next ones
//   TUNA_FAULTS_COUNTS     a file for the number of calls of each kind, written at the end
//   TUNA_FAULTS_RECORD     a file for the calls that change files below the folder, with all bytes, in their order
//
// Counting starts with main(): what a program allocates before that is not its own doing.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
}

namespace {

enum Kind { kOpen, kRead, kWrite, kSync, kRename, kClose, kRemove, kMkdir, kLock, kMap, kAllocate, kThread, kKinds };
constexpr std::array<const char*, kKinds> kNames = {"open",   "read",  "write", "sync", "rename",   "close",
                                                    "remove", "mkdir", "lock",  "map",  "allocate", "thread"};
using Path = std::array<char, PATH_MAX>;

struct Wanted {
  const char* folder = getenv("TUNA_FAULTS_FOLDER");
  const char* kind = getenv("TUNA_FAULTS_CALL");
  long nth = number("TUNA_FAULTS_NTH", 0);
  const char* except = getenv("TUNA_FAULTS_EXCEPT");
  int error = int(number("TUNA_FAULTS_ERRNO", EIO));
  bool all_later = number("TUNA_FAULTS_ALL_LATER", 0) != 0;
  size_t min_bytes = size_t(number("TUNA_FAULTS_MIN_BYTES", 0));

  static long number(const char* name, long otherwise) {
    const char* text = getenv(name);
    return text ? atol(text) : otherwise;
  }
  bool is(Kind which) const { return kind && strcmp(kind, kNames[which]) == 0; }
};

std::atomic<bool> in_main = false;
std::array<std::atomic<long>, kKinds> counts{};
std::atomic<bool> has_failed = false;
thread_local bool is_looking __attribute__((tls_model("initial-exec"))) = false;  // backtrace() allocates, too

const Wanted& wanted() {
  static const Wanted from_environment;
  return from_environment;
}

/// Whether a function of the library TUNA_FAULTS_EXCEPT has led to this call.
bool is_excepted() {
  if (!wanted().except) return false;
  is_looking = true;
  std::array<void*, 64> callers;
  const int count = backtrace(callers.data(), int(callers.size()));
  bool found = false;
  for (int i = 0; i < count && !found; ++i) {
    Dl_info about{};
    found = dladdr(callers[size_t(i)], &about) != 0 && strstr(about.dli_fname, wanted().except);
  }
  is_looking = false;
  return found;
}

/// Counts a call; true if it is to fail, with errno set.
bool fails(Kind kind) {
  if (!in_main || is_looking) return false;
  const long n = ++counts[kind];
  if (!wanted().is(kind) || wanted().nth == 0) return false;
  if (n < wanted().nth || (has_failed && !wanted().all_later) || is_excepted()) return false;
  if (has_failed.exchange(true) && !wanted().all_later) return false;
  errno = wanted().error;
  return true;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}
#define NEXT(name) (next<decltype(name)>(#name))

bool is_below_folder(const char* path) {
  const char* folder = wanted().folder;
  if (!folder) return false;
  const size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

const char* absolute(const char* path, Path& buffer) {
  if (path[0] == '/') return path;
  if (!getcwd(buffer.data(), buffer.size())) return path;
  const size_t length = strlen(buffer.data());
  if (length + 1 + strlen(path) >= buffer.size()) return path;
  buffer[length] = '/';
  strcpy(buffer.data() + length + 1, path);
  return buffer.data();
}

bool is_counted(const char* path) {
  Path buffer{};
  return in_main && is_below_folder(absolute(path, buffer));
}

/// The path of an open file, if it is below the folder; else null.
const char* path_of(int file, Path& buffer) {
  if (!in_main || !wanted().folder) return nullptr;
  const int error = errno;
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, buffer.data(), buffer.size() - 1);
  errno = error;
  if (length < 0) return nullptr;
  buffer[size_t(length)] = '\0';
  return is_below_folder(buffer.data()) ? buffer.data() : nullptr;
}

bool is_counted(int file) {
  Path buffer{};
  return path_of(file, buffer) != nullptr;
}

// The record: a line per call, "write OFFSET BYTES PATH" followed by the bytes.  Written by system calls of its own.
class Record {
 public:
  static bool wanted() { return getenv("TUNA_FAULTS_RECORD") != nullptr; }

  Record() {
    lock().lock();
    error_ = errno;
  }
  ~Record() {
    errno = error_;
    lock().unlock();
  }
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  void line(const char* format, ...) __attribute__((format(printf, 2, 3))) {
    std::array<char, 2 * PATH_MAX + 100> text;
    va_list rest;
    va_start(rest, format);
    const int length = vsnprintf(text.data(), text.size(), format, rest);
    va_end(rest);
    bytes(text.data(), size_t(length));
  }

  void bytes(const void* data, size_t count) {
    static const int file = int(
        syscall(SYS_openat, AT_FDCWD, getenv("TUNA_FAULTS_RECORD"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    for (size_t done = 0; done < count;) {
      const long written = syscall(SYS_write, file, static_cast<const char*>(data) + done, count - done);
      if (written <= 0) return;
      done += size_t(written);
    }
  }

 private:
  static std::mutex& lock() {
    static std::mutex mutex;
    return mutex;
  }
  int error_;
};

bool exists(const char* path) {
  struct stat about {};
  return stat(path, &about) == 0;
}

bool is_open(int file) { return file >= 0; }
bool is_open(FILE* file) { return file != nullptr; }

/// Calls open(); records whether that made or emptied a file.
template <class Open>
auto opened(const char* path, bool creates, bool truncates, Open open) {
  if (!is_counted(path) || !Record::wanted()) return open();
  Record record;
  const bool is_new = !exists(path);
  const auto file = open();
  Path buffer{};
  if (is_open(file) && creates && is_new) record.line("create %s\n", absolute(path, buffer));
  if (is_open(file) && truncates && !is_new) record.line("truncate 0 %s\n", absolute(path, buffer));
  return file;
}

int open_as(const char* path, int flags, mode_t mode) {
  if (is_counted(path) && fails(kOpen)) return -1;
  return opened(path, flags & O_CREAT, flags & O_TRUNC,
                [&] { return int(syscall(SYS_openat, AT_FDCWD, path, flags, mode)); });
}

FILE* open_stream(const char* path, const char* mode) {
  if (is_counted(path) && fails(kOpen)) return nullptr;
  auto* open = next<FILE*(const char*, const char*)>("fopen");
  return opened(path, mode[0] != 'r', mode[0] == 'w', [&] { return open(path, mode); });
}

/// Sets what ferror() returns, as glibc does it.
size_t failed_stream(FILE* file) {
  constexpr int kErrorSeen = 0x20;
  file->_flags |= kErrorSeen;
  return 0;
}

void record_written(int file, const iovec* parts, int count, ssize_t written, off_t end) {
  Path buffer{};
  const char* path = path_of(file, buffer);
  if (!path || !Record::wanted() || written <= 0) return;
  Record record;
  record.line("write %lld %zd %s\n", static_cast<long long>(end - written), written, path);
  for (int i = 0; i < count && written > 0; ++i) {
    const size_t bytes = std::min(parts[i].iov_len, size_t(written));
    record.bytes(parts[i].iov_base, bytes);
    written -= ssize_t(bytes);
  }
}

off_t position(int file) { return off_t(syscall(SYS_lseek, file, 0, SEEK_CUR)); }

__attribute__((destructor)) void write_counts() {
  const char* path = getenv("TUNA_FAULTS_COUNTS");
  if (!path || !in_main) return;
  in_main = false;
  const int file = int(syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  for (size_t kind = 0; kind < kKinds; ++kind) {
    char line[64];
    const int length = snprintf(line, sizeof line, "%s %ld\n", kNames[kind], counts[kind].load());
    if (syscall(SYS_write, file, line, length) < 0) break;
  }
  syscall(SYS_close, file);
}

int (*real_main)(int, char**, char**) = nullptr;

int counted_main(int count, char** arguments, char** environment) {
  wanted();
  in_main = true;
  return real_main(count, arguments, environment);
}

bool allocation_fails(size_t bytes) { return in_main && bytes >= wanted().min_bytes && fails(kAllocate); }

}  // namespace

extern "C" {

int __libc_start_main(int (*main)(int, char**, char**), int count, char** arguments, void (*init)(), void (*fini)(),
                      void (*end)(), void* stack) {
  using Start = int(int (*)(int, char**, char**), int, char**, void (*)(), void (*)(), void (*)(), void*);
  real_main = main;
  return next<Start>("__libc_start_main")(counted_main, count, arguments, init, fini, end, stack);
}

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = flags & O_CREAT ? mode_t(va_arg(rest, unsigned)) : 0;
  va_end(rest);
  return open_as(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = flags & O_CREAT ? mode_t(va_arg(rest, unsigned)) : 0;
  va_end(rest);
  return open_as(path, flags, mode);
}

int creat(const char* path, mode_t mode) { return open_as(path, O_WRONLY | O_CREAT | O_TRUNC, mode); }

FILE* fopen(const char* path, const char* mode) { return open_stream(path, mode); }
FILE* fopen64(const char* path, const char* mode) { return open_stream(path, mode); }

DIR* opendir(const char* path) { return is_counted(path) && fails(kOpen) ? nullptr : NEXT(opendir)(path); }

ssize_t read(int file, void* to, size_t bytes) {
  if (is_counted(file) && fails(kRead)) return -1;
  return syscall(SYS_read, file, to, bytes);
}

ssize_t pread(int file, void* to, size_t bytes, off_t offset) {
  if (is_counted(file) && fails(kRead)) return -1;
  return syscall(SYS_pread64, file, to, bytes, offset);
}

size_t fread(void* to, size_t size, size_t count, FILE* file) {
  if (is_counted(fileno(file)) && fails(kRead)) return failed_stream(file);
  return NEXT(fread)(to, size, count, file);
}

ssize_t write(int file, const void* data, size_t bytes) {
  if (is_counted(file) && fails(kWrite)) return -1;
  const ssize_t written = syscall(SYS_write, file, data, bytes);
  const iovec part{const_cast<void*>(data), bytes};
  if (written > 0) record_written(file, &part, 1, written, position(file));
  return written;
}

ssize_t writev(int file, const iovec* parts, int count) {
  if (is_counted(file) && fails(kWrite)) return -1;
  const ssize_t written = syscall(SYS_writev, file, parts, count);
  if (written > 0) record_written(file, parts, count, written, position(file));
  return written;
}

ssize_t pwrite(int file, const void* data, size_t bytes, off_t offset) {
  if (is_counted(file) && fails(kWrite)) return -1;
  const ssize_t written = syscall(SYS_pwrite64, file, data, bytes, offset);
  const iovec part{const_cast<void*>(data), bytes};
  if (written > 0) record_written(file, &part, 1, written, offset + written);
  return written;
}

size_t fwrite(const void* data, size_t size, size_t count, FILE* file) {
  if (is_counted(fileno(file)) && fails(kWrite)) return failed_stream(file);
  return NEXT(fwrite)(data, size, count, file);
}

int ftruncate(int file, off_t bytes) noexcept {
  if (is_counted(file) && fails(kWrite)) return -1;
  const int result = int(syscall(SYS_ftruncate, file, bytes));
  Path buffer{};
  const char* path = path_of(file, buffer);
  if (result == 0 && path && Record::wanted()) Record().line("truncate %lld %s\n", static_cast<long long>(bytes), path);
  return result;
}

int fsync(int file) {
  Path buffer{};
  const char* path = path_of(file, buffer);
  if (path && fails(kSync)) return -1;
  const int result = int(syscall(SYS_fsync, file));
  if (result == 0 && path && Record::wanted()) Record().line("sync %s\n", path);
  return result;
}

int fdatasync(int file) { return fsync(file); }

int rename(const char* from, const char* to) noexcept {
  Path first{}, second{};
  const bool counted = is_counted(to) || is_counted(from);
  if (counted && fails(kRename)) return -1;
  const int result = int(syscall(SYS_rename, from, to));
  if (result == 0 && counted && Record::wanted())
    Record().line("rename %s %s\n", absolute(from, first), absolute(to, second));
  return result;
}

// The file is closed all the same, as Linux does it.
int close(int file) {
  const bool failing = is_counted(file) && fails(kClose);
  const int error = errno;
  const int result = int(syscall(SYS_close, file));
  if (!failing) return result;
  errno = error;
  return -1;
}

int fclose(FILE* file) {
  const bool failing = is_counted(fileno(file)) && fails(kClose);
  const int error = errno;
  const int result = NEXT(fclose)(file);
  if (!failing) return result;
  errno = error;
  return EOF;
}

int unlink(const char* path) noexcept {
  Path buffer{};
  const bool counted = is_counted(path);
  if (counted && fails(kRemove)) return -1;
  const int result = int(syscall(SYS_unlink, path));
  if (result == 0 && counted && Record::wanted()) Record().line("remove %s\n", absolute(path, buffer));
  return result;
}

int remove(const char* path) noexcept {
  Path buffer{};
  const bool counted = is_counted(path);
  if (counted && fails(kRemove)) return -1;
  const int result = NEXT(remove)(path);
  if (result == 0 && counted && Record::wanted()) Record().line("remove %s\n", absolute(path, buffer));
  return result;
}

int mkdir(const char* path, mode_t mode) noexcept {
  Path buffer{};
  const bool counted = is_counted(path);
  if (counted && fails(kMkdir)) return -1;
  const int result = int(syscall(SYS_mkdir, path, mode));
  if (result == 0 && counted && Record::wanted()) Record().line("mkdir %s\n", absolute(path, buffer));
  return result;
}

int flock(int file, int operation) noexcept {
  if (is_counted(file) && fails(kLock)) return -1;
  return int(syscall(SYS_flock, file, operation));
}

void* mmap(void* address, size_t bytes, int protection, int flags, int file, off_t offset) noexcept {
  if (fails(kMap)) return MAP_FAILED;
  return reinterpret_cast<void*>(syscall(SYS_mmap, address, bytes, protection, flags, file, offset));
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*), void* of) noexcept {
  if (fails(kThread)) return EAGAIN;
  return NEXT(pthread_create)(thread, attributes, body, of);
}

void* malloc(size_t bytes) noexcept { return allocation_fails(bytes) ? nullptr : __libc_malloc(bytes); }

void* calloc(size_t count, size_t bytes) noexcept {
  return allocation_fails(count * bytes) ? nullptr : __libc_calloc(count, bytes);
}

void* realloc(void* before, size_t bytes) noexcept {
  return allocation_fails(bytes) ? nullptr : __libc_realloc(before, bytes);
}

void* memalign(size_t alignment, size_t bytes) noexcept {
  return allocation_fails(bytes) ? nullptr : __libc_memalign(alignment, bytes);
}

void* aligned_alloc(size_t alignment, size_t bytes) noexcept { return memalign(alignment, bytes); }

int posix_memalign(void** to, size_t alignment, size_t bytes) noexcept {
  if (allocation_fails(bytes)) return ENOMEM;
  *to = __libc_memalign(alignment, bytes);
  return *to ? 0 : ENOMEM;
}

}  // extern "C"
