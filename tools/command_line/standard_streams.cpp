#include "tools/command_line/standard_streams.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>

namespace tuna {

void prepare_standard_streams() {
  // Files are opened under the lowest free number.  /dev/null for reading: writing to a closed stdout stays an error.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF)
      static_cast<void>(::open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY));
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // past the limit of a file's size, write() then reports an error, too
}

std::string stdout_failure() {
  errno = 0;
  std::cout.flush();
  if (std::cout.good() && std::fflush(stdout) == 0 && !std::ferror(stdout)) return "";
  return message_of_stdout(errno);
}

std::string message_of_stdout(int error) {
  const std::string message = "standard output: cannot be written";
  return error == 0 ? message : message + ": " + std::strerror(error);
}

bool is_stdout_unread() {
  pollfd state{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&state, 1, 0) > 0 && (state.revents & POLLERR) != 0;
}

}  // namespace tuna
