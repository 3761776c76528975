"""Hardware counters of the slowest kernels of a step, by Nsight Compute (ncu)."""
import os
import pathlib
import re
import shutil

from gpu_suite.commands import Failed, NotRun

KERNELS = 8
SECONDS_FOR_A_KERNEL = 60
METRICS = ('Duration', 'DRAM Throughput', 'Compute (SM) Throughput', 'Achieved Occupancy', 'Registers Per Thread')


def ncu():
    places = [os.environ.get('PATH', ''), '/usr/local/cuda/bin', *map(str, sorted(pathlib.Path('/opt/nvidia').glob(
        'nsight-compute/*'), reverse=True))]
    program = shutil.which('ncu', path=os.pathsep.join(places))
    if not program:
        raise NotRun('ncu is not installed')
    return program


def slowest(instructions):
    """Symbols of the kernels with the largest sums of time; an instruction's time is shared equally by its kernels."""
    sums = {}
    for instruction in instructions:
        symbols = [kernel['symbol'] for kernel in instruction['kernels'] if kernel['grid']]
        for symbol in symbols:
            sums[symbol] = sums.get(symbol, 0) + instruction['ms'] / len(symbols)
    return sorted(sums, key=sums.get, reverse=True)[:KERNELS]


def count(checks, kernels, step):
    """Profiles the first launch of each kernel in a run of `step`, which then ends; the clocks stay as they are."""
    if not kernels:
        raise NotRun('no kernels are known')
    profiler = [ncu(), '--clock-control', 'none', '--set', 'full', '--kernel-name-base', 'mangled', '--launch-count', 1, '--kill',
                'on']
    numbered = {f'kernel {number}': kernel for number, kernel in enumerate(kernels, 1)}

    def profile(name):
        output = checks.commands.run(f'ncu {name}', [*profiler, '--kernel-name', numbered[name], *step], SECONDS_FOR_A_KERNEL,
                                     any_code=True)  # the step was killed
        found = {metric: ' '.join(match[1].split()) for metric in METRICS
                 if (match := re.search(rf'^ +{re.escape(metric)}  +(.*)$', output, re.MULTILINE))}
        if not found:
            raise Failed(f'no counters (logs/{checks.commands.log(f"ncu {name}").name})')
        checks.report.data['counters'][numbered[name]] = found

    return checks.each_op(list(numbered), profile).replace(' ops', ' kernels')
