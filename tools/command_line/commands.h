// The subcommands of `tuna`, one file each.  add_<name> adds a subcommand, which runs while the command line is parsed
// and reports failure by throwing: Error for bad input, CLI::ParseError for wrong usage (main.cpp).
#pragma once

#include <CLI/CLI.hpp>

namespace tuna {

void add_train(CLI::App& app);
void add_evaluate(CLI::App& app);
void add_predict(CLI::App& app);
void add_translate(CLI::App& app);
void add_report(CLI::App& app);
void add_compare(CLI::App& app);
void add_table1(CLI::App& app);
void add_data(CLI::App& app);
void add_data_audit(CLI::App& data);
void add_spec(CLI::App& app);
void add_graph(CLI::App& app);
void add_gradcheck(CLI::App& app);
void add_bench(CLI::App& app);
void add_bench_limits(CLI::App& bench);
void add_bench_convolutions(CLI::App& bench);
void add_bench_step(CLI::App& bench);
void add_tune(CLI::App& app);
void add_info(CLI::App& app);

}  // namespace tuna
