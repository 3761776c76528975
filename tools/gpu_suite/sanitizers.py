"""compute-sanitizer over the op table, whose shapes are small; each op in a process of its own."""
import os
import re
import shutil

from gpu_suite import time_budget
from gpu_suite.checks import SECONDS_FOR_AN_OP, demand_that_some_ran
from gpu_suite.commands import Failed, NotRun

FOUND_SOMETHING = 42
REFUSAL = re.compile('.*Device not supported.*')  # for example in a virtual machine that blocks debuggers
VERDICT = re.compile(r'(?:ERROR SUMMARY: (\d+) errors?|RACECHECK SUMMARY: (\d+) hazards?).*')  # one for each process
FLAGS = {
    'memcheck': ['--report-api-errors', 'no'],  # libraries make calls that may fail
    'racecheck': ['--kernel-name', 'kernel_substring=tuna'],  # excludes the kernels of libraries
    'initcheck': [],
}
# initcheck must see all kernels, or memory written by libraries counts as uninitialised; so ops that call them are left out.
LEFT_OUT = {'initcheck': {'conv2d', 'conv_transpose2d', 'linear'}}


def compute_sanitizer():
    program = shutil.which('compute-sanitizer', path=os.pathsep.join([os.environ.get('PATH', ''), '/usr/local/cuda/bin']))
    if not program:
        raise NotRun('compute-sanitizer is not installed')
    # With all values in one initialised block the tools see no uninitialised reads and no out-of-bounds accesses.
    return ['env', 'TUNA_SEPARATE_MEMORY=1', program, '--target-processes', 'all', '--error-exitcode', FOUND_SOMETHING]


def sanitizer(checks, tool):
    command = [*compute_sanitizer(), '--tool', tool, *FLAGS[tool], checks.tests]
    tested = time_budget.OPS_FOR_SANITIZERS if checks.options.lease else checks.tested_ops()
    ops = [op for op in tested if op not in LEFT_OUT.get(tool, ())]

    def check_op(op):
        name = f'{tool} {op}'
        try:
            output = checks.commands.run(name, [*command, f'[op][{op}][gpu]'], SECONDS_FOR_AN_OP)
        except Failed as why:
            output = checks.commands.log(name).read_text(errors='replace')
            demand_that_it_may(output)
            raise Failed('; '.join([*summaries(output), str(why)])) from why
        demand_that_it_may(output)
        demand_that_some_ran(output)
        if not summaries(output):
            raise Failed(f'the output has no summary of the tool (logs/{checks.commands.log(name).name})')
        if any(int(count or 0) for verdict in VERDICT.finditer(output) for count in verdict.groups()):
            raise Failed('; '.join(summaries(output)))

    return checks.each_op(ops, check_op, checks.shards)


def demand_that_it_may(output):
    if refusal := REFUSAL.search(output):
        raise NotRun(refusal[0].strip(' ='))


def summaries(output):
    return [verdict[0] for verdict in VERDICT.finditer(output)]
