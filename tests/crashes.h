// For tests that an access to protected memory faults.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace tuna {

/// Whether `work` ends a child process with a memory fault.
template <class Work>
bool crashes(Work work) {
  const pid_t child = fork();
  if (child == 0) {
    for (const int signal : {SIGSEGV, SIGBUS}) std::signal(signal, SIG_DFL);  // no report of Catch2 or a sanitizer
    work();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS);
}

}  // namespace tuna
