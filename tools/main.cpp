// The command line.  Every failure is one line on stderr, "tuna: what, where", and an exit code: 1 bad input,
// 2 wrong usage, 4 training diverged, 130 interrupted; without a message 141, if the reader of the output has ended.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>
#include <system_error>

#include "engine/base/build_info.h"
#include "engine/base/long_spins.h"
#include "engine/base/print_error.h"
#include "engine/base/utf8.h"
#include "engine/program/kernel_registry.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/help_format.h"
#include "tools/command_line/message.h"
#include "tools/command_line/stack_limit.h"
#include "tools/command_line/standard_streams.h"
#include "training/run/session.h"

namespace tuna {
namespace {

constexpr int kBadInput = 1, kWrongUsage = 2, kNotFinite = 4, kInterrupted = 130;
constexpr int kUnread = 141;  // as if SIGPIPE had ended the program: the reader of its output has what it needs

void add_commands(CLI::App& app) {
  app.description(
      "Trains image classifiers on labelled images of one domain, and adapts them to unlabelled images of another.");
  app.footer(
      "Exit codes: 0 done, 1 bad input, 2 wrong usage, 4 training diverged, 130 interrupted (and saved).\n"
      "`tuna COMMAND --help` explains a command and gives an example.");
  app.set_version_flag("--version", "tuna " + build_id());
  app.require_subcommand(1);
  app.formatter(std::make_shared<HelpFormat>());
  add_train(app);
  add_evaluate(app);
  add_predict(app);
  add_translate(app);
  add_report(app);
  add_compare(app);
  add_table1(app);
  add_data(app);
  add_spec(app);
  add_graph(app);
  add_gradcheck(app);
  add_bench(app);
  add_tune(app);
  add_info(app);
}

// An empty value is that of a shell variable which is not set; it must not count as an option that is left out.
void refuse_empty_values(CLI::App& app) {
  const auto refuse_empty = [](const std::string& value) { return value.empty() ? "is empty" : ""; };
  for (CLI::Option* option : app.get_options())
    if (option->get_items_expected_max() > 0) option->check(refuse_empty);
  for (CLI::App* command : app.get_subcommands({})) refuse_empty_values(*command);
}

// The mistake on the command line, and the command whose --help explains the usage.
std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  std::string command = "tuna";
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    command += " " + at->get_name();
  }
  const std::vector<std::string> unknown = at->remaining();
  if (dynamic_cast<const CLI::RequiredError*>(&error) && at->get_require_subcommand_min() > 0)
    return unknown.empty() ? fmt::format("a command is needed (see {} --help)", command)
                           : fmt::format("{}: no such command (see {} --help)", unknown[0], command);
  return fmt::format("{} (see {} --help)", error.what(), command);
}

int report(std::string message, int code) {
  std::replace(message.begin(), message.end(), '\n', ' ');
  print_error("tuna: {}\n", one_line(message));  // the column names of a file that is not a table may fill pages
  return code;
}

int report_unwritten(const std::string& message) { return is_stdout_unread() ? kUnread : report(message, kBadInput); }

// Output is buffered, so writing it may fail at the end of a command or may have failed earlier.
int end_output() {
  const std::string failure = stdout_failure();
  return failure.empty() ? 0 : report_unwritten(failure);
}

/// Writes the message without any memory.
int report_no_memory() {
  constexpr std::string_view message = "tuna: not enough memory\n";
  static_cast<void>(::write(STDERR_FILENO, message.data(), message.size()) == 0);
  return kBadInput;
}

/// std::terminate() is called where libraries cannot throw, such as in the destructor of a JSON value, which takes
/// memory. What is on disk is complete at any time.
[[noreturn]] void end_without_memory() {
  try {
    if (std::current_exception()) std::rethrow_exception(std::current_exception());
  } catch (const std::bad_alloc&) {
    std::_Exit(report_no_memory());
  } catch (...) {  // a mistake in the program
  }
  std::abort();
}

// Prints help, and reports wrong usage.
int parse(CLI::App& app, int count, char** arguments) {
  try {
    app.parse(count, arguments);
    return end_output();
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help and --version
      app.exit(error);
      return end_output();
    }
    return report(usage_message(app, error), kWrongUsage);
  }
}

int run(int count, char** arguments) {
  try {
    check_stack_limit();
    check_kernels();
    CLI::App app("", "tuna");
    add_commands(app);
    refuse_empty_values(app);
    return parse(app, count, arguments);
  } catch (const Interrupted& error) {
    return report(error.what(), kInterrupted);
  } catch (const NotFinite& error) {
    return report(error.what(), kNotFinite);
  } catch (const std::system_error& error) {
    if (std::ferror(stdout)) return report_unwritten(message_of_stdout(error.code().value()));
    return report(message_of(error), kBadInput);
  } catch (const std::bad_alloc&) {
    return report_no_memory();
  } catch (const std::exception& error) {
    return report(message_of(error), kBadInput);
  }
}

}  // namespace
}  // namespace tuna

int main(int count, char** arguments) {
  std::set_terminate(tuna::end_without_memory);
  tuna::prepare_standard_streams();
  tuna::restart_with_long_spins(arguments);
  return tuna::run(count, arguments);
}
