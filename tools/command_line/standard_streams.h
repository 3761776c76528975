// The standard streams of the process.
#pragma once

#include <string>

namespace tuna {

/// Must be called first in main().  Opens /dev/null in place of standard streams that are closed, so that no file of
/// the program becomes one of them, and ignores SIGPIPE and SIGXFSZ, so that a pipe without a reader and a
/// file at its largest size are errors of write().
void prepare_standard_streams();

/// Flushes stdout.  Empty if everything that was written to it arrived; else a message with the reason, if it is known.
std::string stdout_failure();

/// The message of an error number of writing to stdout; 0: the reason is not known.
std::string message_of_stdout(int error);

/// Whether stdout is a pipe whose reader has ended, as that of `tuna graph SPEC | head` does.
bool is_stdout_unread();

}  // namespace tuna
