"""compute-sanitizer over the op table, whose shapes are small; each op in a process of its own."""
import os
import re
import shutil

from gpu_suite.checks import SECONDS_FOR_AN_OP, demand_that_some_ran
from gpu_suite.commands import Failed, NotRun

FOUND_SOMETHING = 42
REFUSAL = re.compile('.*Device not supported.*')  # as where a virtual machine keeps debuggers from the GPU
VERDICT = re.compile(r'(?:ERROR SUMMARY: (\d+) errors?|RACECHECK SUMMARY: (\d+) hazards?).*')  # one for each process
FLAGS = {
    'memcheck': ['--report-api-errors', 'no'],  # libraries ask for what may fail
    'racecheck': ['--kernel-name', 'kernel_substring=tuna'],  # libraries' own kernels are theirs to check
    'initcheck': [],
}
# initcheck has to see all kernels, or takes what libraries wrote for unwritten: none of the ops that call them.
LEFT_OUT = {'initcheck': {'conv2d', 'conv_transpose2d', 'linear'}}


def compute_sanitizer():
    program = shutil.which('compute-sanitizer', path=os.pathsep.join([os.environ.get('PATH', ''), '/usr/local/cuda/bin']))
    if not program:
        raise NotRun('compute-sanitizer is not installed')
    # Else all values lie in one block, which is filled: nothing there is past an end, or unwritten.
    return ['env', 'TUNA_SEPARATE_MEMORY=1', program, '--target-processes', 'all', '--error-exitcode', FOUND_SOMETHING]


def sanitizer(checks, tool):
    command = [*compute_sanitizer(), '--tool', tool, *FLAGS[tool], checks.tests]
    ops = [op for op in checks.tested_ops() if op not in LEFT_OUT.get(tool, ())]

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
            raise Failed(f'nothing says that it was checked (logs/{checks.commands.log(name).name})')
        if any(int(count or 0) for verdict in VERDICT.finditer(output) for count in verdict.groups()):
            raise Failed('; '.join(summaries(output)))

    return checks.each_op(ops, check_op)


def demand_that_it_may(output):
    if refusal := REFUSAL.search(output):
        raise NotRun(refusal[0].strip(' ='))


def summaries(output):
    return [verdict[0] for verdict in VERDICT.finditer(output)]
