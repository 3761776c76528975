#!/usr/bin/env python3
"""Times tuna's whole training step against the same step in PyTorch, in turn, and prints both in one table.

  tools/peer/compare_with_torch.py --spec specs/bench/64-ngf16.json [--rounds 5]
  tools/peer/compare_with_torch.py --spec specs/bench/512-ngf64.json --device cuda --precisions bf16 --tuning tuning.json

The step in PyTorch is tools/peer/torch_step.py, or another --peer that takes --size --channels --ngf --ndf --blocks --cls-width
--steps --threads --device --precision --json --serve [--channels-last] [--compile [--compile-mode MODE]] and prints a JSON
object on one line with step_s, the median seconds of a step, and peak_mib.  With --serve it then times another --steps for each
line of its standard input; one that ends instead is started again.  So a mode is compiled and tuned once for all its rounds.
Each round runs every mode of the peer and tuna once, the next one in reverse order, so that other load on the machine affects
all of them alike; the processes of a mode wait in between.  Modes: eager; channels-last, with autocast where the precision is
bf16 or fp16; compile, on a GPU with channels last and CUDA graphs; cuda-graph, on a GPU alone: channels-last, replayed as one
graph.  The peer's convolutions are the fastest that cuDNN finds by trying; --tuning gives tuna those that `tuna tune` has found.
Memory: the peak of the peer, on a CPU of the whole process; the memory plan of tuna.  Without PyTorch the table has tuna alone.
A mode that fails, or takes longer than --limit, is not run again, and the table says why; exit code 1 if tuna or every mode
fails.  --json FILE is rewritten after each round.
"""
import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / 'tools'))
from gpu_suite.commands import OWN_GROUP  # noqa: E402

# Kills a process group at the end of its standard input, which comes however the process that writes it ends.
GUARD = """
import contextlib, os, signal, sys
sys.stdin.read()
with contextlib.suppress(ProcessLookupError):
    os.killpg(int(sys.argv[1]), signal.SIGKILL)
"""
# Fixed properties of the peer's step.
OF_THE_PEER = {'train.batch': 1, 'train.bn': 'frozen', 'classifier.depth': 18, 'classifier.f_input': 'resize',
               'discriminator.layers': 3, 'objective.gan': 'lsgan', 'objective.identity.weight': 0}
MODES = ('eager', 'channels-last', 'compile')
MODES_OF_A_GPU = (*MODES, 'cuda-graph')
SECONDS_TO_END = 60  # a process that has read the end of its input


class Failed(Exception):
    """Why a command gave no results."""


def run_json(command, limit, **changes):
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=limit, env={**os.environ, **changes})
    except OSError as error:
        raise Failed(f'{command[0]}: {error.strerror}') from error
    except subprocess.TimeoutExpired as error:
        raise Failed(f'no end after {limit:g} s') from error
    if result.returncode != 0:
        print(f"{' '.join(command)}: exit code {result.returncode}\n{result.stderr.strip()}", file=sys.stderr)
        raise Failed(f'exit code {result.returncode}; {last_line(result.stderr)}')
    try:
        return dict(json.loads(result.stdout))
    except (TypeError, ValueError) as error:
        raise Failed(f'expected a JSON object, found: {last_line(result.stdout)}') from error


def last_line(text):
    return (text.strip().splitlines() or ['no output'])[-1]


class Peer:
    """A process of the peer, which is started for the first answer and then asked for others.  It has a process group of its
    own, with the processes that it starts to compile, and a guard that kills this group."""

    def __init__(self, command, limit, environment):
        self.command, self.limit, self.environment = [*command, '--serve'], limit, environment
        self.process = None

    def answer(self):
        found = self.ask() if self.process else None
        if not found:
            self.close()
            self.start()
            found = self.read()
        if not found:
            self.fail()
        try:
            return dict(json.loads(found))
        except ValueError as error:
            raise Failed(f'expected a JSON object, found: {found.strip()}') from error

    def start(self):
        self.errors = tempfile.TemporaryFile('w+')
        self.printed = ''
        try:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
                                            text=True, env={**os.environ, **self.environment}, **OWN_GROUP)
            self.guard = subprocess.Popen([sys.executable, '-I', '-S', '-c', GUARD, str(self.process.pid)],
                                          stdin=subprocess.PIPE, **OWN_GROUP)
        except OSError as error:
            raise Failed(f'{self.command[0]}: {error.strerror}') from error

    def ask(self):
        """The next answer; None if the process has ended after the last one."""
        try:
            self.process.stdin.write('\n')
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        found = self.read()
        if not found and self.process.wait() != 0:
            self.fail()
        return found

    def read(self):
        """The next line with step_s; None at the end of the output."""
        answered, late = threading.Event(), threading.Event()

        def watch():
            """Ends the output, which other processes of the group may hold open, after the limit or the peer's end."""
            limit = time.monotonic() + self.limit
            while not answered.wait(0.1):
                if time.monotonic() > limit:
                    late.set()
                if late.is_set() or self.process.poll() is not None:
                    return self.kill()

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            for line in self.process.stdout:
                self.printed = line
                if '"step_s"' in line:
                    return line
        finally:
            answered.set()
            watching.join()
        if late.is_set():
            self.close()
            raise Failed(f'no end after {self.limit:g} s')
        return None

    def fail(self):
        code = self.process.wait()
        self.errors.seek(0)
        errors = self.errors.read()
        print(f"{' '.join(self.command)}: exit code {code}\n{errors.strip()}", file=sys.stderr)
        self.close()
        if code == 0:
            raise Failed(f'expected a JSON object, found: {last_line(self.printed)}')
        raise Failed(f'exit code {code}; {last_line(errors)}')

    def kill(self):
        """Kills what is left of the process group."""
        self.guard.stdin.close()
        self.guard.wait()

    def close(self):
        """Ends the process, which reads the end of its input, and what it has started."""
        if not self.process:
            return
        with contextlib.suppress(BrokenPipeError, subprocess.TimeoutExpired):
            self.process.communicate(timeout=SECONDS_TO_END)
        self.kill()
        self.process.wait()
        self.process = None
        self.errors.close()


def has_torch(python):
    return subprocess.run([python, '-c', 'import torch'], capture_output=True).returncode == 0


class Comparison:
    """Tuna and each mode of the peer, on one device in one precision."""

    def __init__(self, options, spec, precision, modes):
        gpu = options.device.startswith('cuda')
        peer = [options.python, options.peer, '--json', '--size', spec['data']['size'], '--channels', spec['data']['channels'],
                '--ngf', spec['generator']['ngf'], '--blocks', spec['generator']['blocks'], '--ndf', spec['discriminator']['ndf'],
                '--cls-width', spec['classifier']['width'], '--steps', options.steps, '--threads', options.threads,
                '--device', options.device, '--precision', precision]
        flags = {'eager': [], 'channels-last': ['--channels-last'], 'cuda-graph': ['--channels-last', '--cuda-graph'],
                 'compile': ['--channels-last', '--compile', '--compile-mode', 'max-autotune'] if gpu else ['--compile']}
        self.threads, self.limit = str(options.threads), options.limit
        self.precision, self.tuning = precision, options.tuning
        self.images = 2 * spec['train']['batch']
        cache = {} if not options.cache else {
            'TORCHINDUCTOR_CACHE_DIR': os.path.join(options.cache, 'inductor'), 'TORCHINDUCTOR_FX_GRAPH_CACHE': '1',
            'TRITON_CACHE_DIR': os.path.join(options.cache, 'triton')}
        self.peers = {f'torch {mode}': Peer([*map(str, peer), *flags[mode]], options.limit, cache) for mode in modes}
        self.ours = [options.tuna, 'bench', 'step', '--spec', options.spec, '--json', '--steps', str(options.steps),
                     '--device', options.device, '--set', f'precision={precision}',
                     *(['--tuning', options.tuning] if options.tuning else [])]
        self.milliseconds = {name: [] for name in [*self.peers, 'tuna']}
        self.mebibytes, self.failed = {}, {}  # by the same names

    def round(self, number):
        """Runs what has not failed before; returns a line with the results."""
        for name in list(self.milliseconds)[::1 if number % 2 else -1]:
            if name in self.failed:
                continue
            try:
                milliseconds, self.mebibytes[name] = self.tuna() if name == 'tuna' else self.peer(name)
                self.milliseconds[name].append(milliseconds)
            except Failed as why:
                self.failed[name] = str(why)
            except KeyError as key:
                self.failed[name] = f'its JSON lacks {key}'
        return ', '.join(f'{name} {self.failed[name]}' if name in self.failed else f'{name} {values[-1]:.1f} ms'
                         for name, values in self.milliseconds.items())

    def peer(self, name):
        found = self.peers[name].answer()
        return 1e3 * found['step_s'], found.get('peak_mib')

    def close(self):
        for peer in self.peers.values():
            peer.close()

    def tuna(self):
        found = run_json(self.ours, self.limit, OMP_NUM_THREADS=self.threads)
        return found['ms_median'], found['planned_bytes'] / 2**20

    def modes(self):
        for name, values in self.milliseconds.items():
            mode = {'step': name, 'precision': self.precision, 'ms': values}
            if name in self.failed:
                mode['failed'] = self.failed[name]
            if name == 'tuna' and self.tuning:
                mode['tuning'] = os.path.basename(self.tuning)
            if values:
                median = statistics.median(values)
                mode.update(ms_median=median, images_per_second=1e3 * self.images / median, memory_mib=self.mebibytes[name])
            yield mode

    def rows(self):
        for mode in self.modes():
            if not mode['ms']:
                yield mode['step'], mode['precision'], 'failed', '', '', '', mode['failed']
                continue
            memory = mode['memory_mib']
            yield (mode['step'], mode['precision'], f'{mode["ms_median"]:.1f}',
                   f'{min(mode["ms"]):.1f} to {max(mode["ms"]):.1f}', f'{mode["images_per_second"]:.1f}',
                   '?' if memory is None else f'{memory:.0f}', mode.get('failed', ''))

    def works(self):
        """Whether tuna ran, and at least one mode of the peer unless there is no PyTorch."""
        return 'tuna' not in self.failed and (not self.peers or any(name not in self.failed for name in self.peers))

    def ratio(self):
        timed = [name for name in self.peers if self.milliseconds[name]]
        if not timed or not self.milliseconds['tuna']:
            return ''
        best = min(timed, key=lambda name: statistics.median(self.milliseconds[name]))
        theirs, ours = self.milliseconds[best], self.milliseconds['tuna']
        by_round = [their / our for their, our in zip(theirs, ours)]
        return (f'{self.precision}: {best} / tuna: {statistics.median(theirs) / statistics.median(ours):.2f}'
                f' (by round {min(by_round):.2f} to {max(by_round):.2f})')


def write_json(options, spec, comparisons):
    done = max(len(times) for comparison in comparisons for times in comparison.milliseconds.values())
    found = {'spec': spec['name'], 'device': options.device, 'threads': options.threads, 'rounds': done,
             'steps': options.steps, 'modes': [mode for comparison in comparisons for mode in comparison.modes()],
             'ratios': [comparison.ratio() for comparison in comparisons if comparison.ratio()]}
    temporary = options.json + '.new'
    with open(temporary, 'w') as file:
        file.write(json.dumps(found, indent=2) + '\n')
    os.replace(temporary, options.json)


def print_table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print('  ' + '  '.join(cell.ljust(width) if i < 2 or i == 6 else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(row, widths))).rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--peer', default=SOURCE / 'tools/peer/torch_step.py', help='the PyTorch script; default: tools/peer/torch_step.py')
    parser.add_argument('--spec', required=True, help='nets and sizes of the step')
    parser.add_argument('--tuna', default='build/tuna')
    parser.add_argument('--python', default=sys.executable, help='a Python that has PyTorch')
    parser.add_argument('--device', default='cpu', help='cpu, cuda or cuda:N, for both')
    parser.add_argument('--precisions', nargs='+', default=['fp32'], help="as the spec's key precision, and the peer's --precision")
    parser.add_argument('--modes', nargs='+', default=MODES, choices=MODES_OF_A_GPU)
    parser.add_argument('--tuning', metavar='FILE',
                        help='of `tuna tune` for this spec, machine and precision; default: none')
    parser.add_argument('--cache', metavar='FOLDER', help='keeps what torch.compile has compiled; default: as PyTorch does')
    parser.add_argument('--rounds', type=int, help='default: 5, and on a GPU 2')
    parser.add_argument('--steps', type=int, default=10, help='timed steps of one run')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--limit', type=float, default=300, metavar='SECONDS',
                        help='limit of one round of a mode, compilation included; default: 300')
    parser.add_argument('--json', metavar='FILE', help='to write the results to')
    options = parser.parse_args()
    if options.tuning and len(options.precisions) > 1:
        parser.error('--tuning: a tuning file has the convolutions of one precision; expected one of --precisions')
    rounds = options.rounds or (2 if options.device.startswith('cuda') else 5)

    try:
        spec = run_json([options.tuna, 'spec', 'show', options.spec], options.limit)
    except Failed as why:
        sys.exit(f'{options.spec}: {why}')
    for path, value in OF_THE_PEER.items():
        found = spec
        for key in path.split('.'):
            found = found[key]
        if found != value:
            sys.exit(f"{options.spec}: {path} is {found}; the peer's is {value}")
    torch = has_torch(options.python)
    if not torch:
        print(f'{options.python} has no PyTorch: tuna alone', file=sys.stderr)
    comparisons = [Comparison(options, spec, precision, options.modes if torch else []) for precision in options.precisions]
    for comparison in comparisons:
        for number in range(1, rounds + 1):
            print(f'round {number}, {comparison.precision}: {comparison.round(number)}', flush=True)
            if options.json:
                write_json(options, spec, comparisons)
        comparison.close()

    print(f"\n{spec['name']} on {options.device}, {options.threads} threads, {rounds} rounds of {options.steps} steps"
          f"{f', tuna with {options.tuning}' if options.tuning else ''}\n")
    print_table([('step', 'precision', 'median ms', 'min to max', 'img/s', 'memory MiB', ''),
                 *(row for comparison in comparisons for row in comparison.rows())])
    print()
    for comparison in comparisons:
        if comparison.ratio():
            print(comparison.ratio())
    return int(not all(comparison.works() for comparison in comparisons))


sys.exit(main())
