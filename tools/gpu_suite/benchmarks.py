"""Times: whole steps, single ops, what tuning gains, and the same step in PyTorch."""
import json
import os
import shutil
import sys

from gpu_suite import time_budget
from gpu_suite.checks import SECONDS_FOR_AN_OP, SOURCE
from gpu_suite.commands import Failed, NoTime, NotRun, last_line
from gpu_suite.counters import count, slowest

SECONDS_FOR_A_MODE = 120  # of PyTorch, compilation included
REPETITIONS = 5
SECONDS_FOR_A_STEP = 240
SECONDS_TO_TUNE = 400
LARGEST_CACHE = 15 * 2**20  # bytes
LARGE = SOURCE / 'specs/bench/512-ngf64.json'


class Benchmarks:
    def __init__(self, checks):
        self.checks, self.report, self.commands = checks, checks.report, checks.commands
        self.merged = {'context': {}, 'benchmarks': []}  # of this run, as Google Benchmark's compare.py reads it

    def run_step(self, name, spec, precision, *flags):
        changes = [f'device={self.checks.device}', f'precision={precision}']
        output = self.commands.run(name, [self.checks.tuna, 'bench', 'step', '--json', '--spec', spec, *flags, '--set',
                                          *changes], SECONDS_FOR_A_STEP)
        return json_and_rest(output)

    def step(self, name, spec, precision, tuning=None):
        if tuning and not tuning.exists():
            raise NotRun(f'{tuning.name} was not made')
        result, _ = self.run_step(name, spec, precision, *(['--tuning', tuning] if tuning else []))
        self.report.add_step(spec=spec.stem, precision=precision, tuning='tuned' if tuning else '', result=result)
        return f'{result["ms_median"]:.2f} ms'

    def limits(self, name, precision):
        output = self.commands.run(name, [self.checks.tuna, 'bench', 'limits', '--json', '--device', self.checks.device,
                                          '--precision', precision], SECONDS_FOR_A_STEP)
        found = self.report.data['limits'] = json_and_rest(output)[0]
        best = max(found['copies'], key=lambda copy: copy['megabytes'])
        return (f'{found["gflops"] / 1e3:.0f} TFLOP/s in {precision}; {best["megabytes"]} MB copied by memcpy at '
                f'{best["memcpy_gb_per_second"]:.0f}, by a kernel at {best["kernel_gb_per_second"]:.0f} GB/s')

    def instructions(self, spec, precision):
        return self.report.folder / f'instructions-{spec.stem}-{precision}.json'

    def profile(self, name, spec, precision):
        """The table of operations that the command prints in addition to its JSON, and a file with every instruction."""
        written = self.instructions(spec, precision)
        written.unlink(missing_ok=True)
        _, rest = self.run_step(name, spec, precision, '--profile', '--steps', 5, '--instructions', written)
        lines = [line for line in rest.splitlines() if line.strip()]
        if not lines:
            raise Failed('no table of operations')
        self.report.data['profiles'][f'{spec.stem}, {precision}'] = '\n'.join(lines)
        return f'{len(lines)} lines, below; each instruction is in {written.name}'

    def counters(self, name, spec, precision):
        instructions = self.instructions(spec, precision)
        if not instructions.exists():
            raise NotRun(f'{instructions.name} was not made')
        kernels = slowest(json.loads(instructions.read_text())['instructions'])
        step = [self.checks.tuna, 'bench', 'step', '--spec', spec, '--warmup', 0, '--steps', 1, '--set',
                f'device={self.checks.device}', f'precision={precision}']
        return count(self.checks, kernels, step)

    def tuning(self, spec, precision):
        return self.commands.logs / f'tuning-{spec.stem}-{precision}.json'  # this folder is packed with the report

    def tune(self, name, spec, precision):
        tuning = self.tuning(spec, precision)
        tuning.unlink(missing_ok=True)
        heaviest = ['--phase', 'joint', '--heaviest', time_budget.TUNED_CONVOLUTIONS] if self.checks.options.lease else []
        ended = ''
        try:
            self.commands.run(name, [self.checks.tuna, 'tune', spec, *heaviest, '--out', tuning, '--set',
                                     f'device={self.checks.device}', f'precision={precision}'], SECONDS_TO_TUNE)
        except NoTime as why:  # the file has what was tuned before
            if not tuning.exists():
                raise
            ended = f', then no time: {why}'
        return f'{len(json.loads(tuning.read_text())["convolutions"])} convolutions (logs/{tuning.name}){ended}'

    def ops(self, _):
        listing = self.commands.run('list of benchmarks', [self.checks.tuna, 'bench', '--benchmark_list_tests', '--device',
                                                           self.checks.device])
        ops = list(dict.fromkeys(line.split('/')[0] for line in listing.splitlines() if line.count('/') > 3))
        if not ops:
            raise Failed('no benchmarks')
        ops = [op for op in ops if op == 'instance_norm'] if self.checks.options.quick else ops
        note = self.checks.each_op(ops, self.op)
        return f'{note}, {len(self.report.data["ops"])} results'

    def op(self, op):
        written = self.commands.folder / f'bench-{op}.json'
        written.unlink(missing_ok=True)
        try:
            self.commands.run(f'bench {op}', [self.checks.tuna, 'bench', f'^{op}/', '--device', self.checks.device,
                                              f'--benchmark_out={written}', '--benchmark_out_format=json',
                                              f'--benchmark_repetitions={REPETITIONS}'], SECONDS_FOR_AN_OP)
        finally:  # keeps the other results if one is wrong or time runs out
            errors = self.take(written)
        if errors:
            raise Failed(f'{len(errors)} could not be timed')

    def take(self, written):
        try:
            found = json.loads(written.read_text())
        except (OSError, ValueError):  # it ended before a complete file was written
            return {}
        self.merged['context'] = found['context']
        self.merged['benchmarks'] += found['benchmarks']
        self.report.put('bench.json', json.dumps(self.merged, indent=1).encode())
        return self.report.add_benchmarks(found)

    def next_to_torch(self, name, spec, precision, modes):
        """The script's --limit stops a PyTorch mode whose compilation does not end."""
        try:
            self.commands.run(name, [sys.executable, '-c', 'import torch'], SECONDS_FOR_A_MODE)
        except Failed as why:
            raise NotRun(f'{sys.executable} has no PyTorch') from why
        written, tuning = self.commands.folder / 'peer.json', self.tuning(spec, precision)
        written.unlink(missing_ok=True)
        cache = CompilerCache(self.commands.folder, self.report.folder)
        rounds = ['--rounds', 1] if self.checks.options.lease else []
        try:
            self.commands.run(name, [sys.executable, SOURCE / 'tools/peer/compare_with_torch.py', '--peer',
                                     self.checks.options.peer, '--spec', spec, '--tuna', self.checks.tuna, '--device',
                                     self.checks.device, '--json', written, '--limit', SECONDS_FOR_A_MODE, '--precisions',
                                     precision, '--modes', *modes, '--cache', cache.folder, *rounds,
                                     *(['--tuning', tuning] if tuning.exists() else [])], 4 * SECONDS_FOR_A_MODE)
        finally:
            cache.keep()
            if written.exists():
                self.report.add_peer(json.loads(written.read_text()))
        found = json.loads(written.read_text())
        untuned = [] if tuning.exists() else [f'tuna without a tuning, as {tuning.name} was not made']
        failed = [f'{mode["step"]} in {mode["precision"]} failed' for mode in found['modes'] if mode.get('failed')]
        return '; '.join([*found['ratios'], *untuned, *failed])


def json_and_rest(output):
    """The object that a command has printed, and its other lines.  Raises Failed."""
    before, brace, rest = output.partition('{\n')
    try:
        result, length = json.JSONDecoder().raw_decode(brace + rest)
    except ValueError as error:
        raise Failed(f'expected a JSON object, found: {last_line(output)}') from error
    return result, before + (brace + rest)[length:]


class CompilerCache:
    """What torch.compile made: kept next to the report, for a later run, also on another machine."""

    def __init__(self, work, out):
        self.folder, self.packed = work / 'inductor', out / 'inductor.tar.gz'
        if self.packed.exists() and not self.folder.exists():
            shutil.unpack_archive(self.packed, self.folder)

    def keep(self):
        if not self.folder.is_dir():
            return
        temporary = shutil.make_archive(self.folder.parent / 'inductor', 'gztar', self.folder)
        if os.path.getsize(temporary) <= LARGEST_CACHE:
            shutil.copy(temporary, self.packed)
