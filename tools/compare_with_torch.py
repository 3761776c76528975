#!/usr/bin/env python3
"""Times tuna's whole training step against the same step in PyTorch, in turn, and prints both in one table.

  tools/compare_with_torch.py --peer torch_tuna.py --spec specs/bench/64-ngf16.json [--rounds 5]
  tools/compare_with_torch.py --peer torch_tuna.py --spec specs/bench/64-ngf64.json --device cuda --precisions fp32

The peer is a script that takes --size --channels --ngf --ndf --blocks --cls-width --steps --threads --device --precision
--json [--channels-last] [--compile [--compile-mode MODE]] and prints one JSON object with step_s, the median seconds of a
step, and peak_mib.  Each round runs every mode of the peer and tuna once, so that whatever else the machine does meets all
of them alike.  Modes: eager; channels-last, with autocast where the precision is bf16 or fp16; compile, on a GPU with
channels last and CUDA graphs.  Memory: of the peer its peak, on a CPU of the whole process; of tuna what its engine plans.
Without PyTorch the table has tuna alone.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

MODES = ('eager', 'channels-last', 'compile')


def run_json(command, **changes):
    result = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **changes})
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {result.returncode}\n{result.stderr.strip()}")
    return json.loads(result.stdout.strip().splitlines()[-1] if '"step_s"' in result.stdout else result.stdout)


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
        flags = {'eager': [], 'channels-last': ['--channels-last'],
                 'compile': ['--channels-last', '--compile', '--compile-mode', 'max-autotune'] if gpu else ['--compile']}
        self.threads = str(options.threads)
        self.precision = precision
        self.images = 2 * spec['train']['batch']
        self.peers = {f'torch {mode}': [*map(str, peer), *flags[mode]] for mode in modes}
        self.ours = [options.tuna, 'bench', 'step', '--spec', options.spec, '--json', '--steps', str(options.steps),
                     '--device', options.device, '--set', f'precision={precision}']
        self.milliseconds = {name: [] for name in [*self.peers, 'tuna']}
        self.mebibytes = {}

    def round(self):
        for name, command in self.peers.items():
            found = run_json(command)
            self.milliseconds[name].append(1e3 * found['step_s'])
            self.mebibytes[name] = found.get('peak_mib')
        found = run_json(self.ours, OMP_NUM_THREADS=self.threads)
        self.milliseconds['tuna'].append(found['ms_median'])
        self.mebibytes['tuna'] = found['planned_bytes'] / 2**20
        return ', '.join(f'{name} {values[-1]:.1f} ms' for name, values in self.milliseconds.items())

    def rows(self):
        for name, values in self.milliseconds.items():
            median, memory = statistics.median(values), self.mebibytes[name]
            yield (name, self.precision, f'{median:.1f}', f'{min(values):.1f} to {max(values):.1f}',
                   f'{1e3 * self.images / median:.1f}', '?' if memory is None else f'{memory:.0f}')

    def ratio(self):
        if not self.peers:
            return ''
        best = min(self.peers, key=lambda name: statistics.median(self.milliseconds[name]))
        theirs, ours = self.milliseconds[best], self.milliseconds['tuna']
        by_round = [their / our for their, our in zip(theirs, ours)]
        return (f'{self.precision}: {best} / tuna: {statistics.median(theirs) / statistics.median(ours):.2f}'
                f' (by round {min(by_round):.2f} to {max(by_round):.2f})')


def print_table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print('  ' + '  '.join(cell.ljust(width) if i < 2 else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(row, widths))))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--peer', required=True, help='the PyTorch script')
    parser.add_argument('--spec', required=True, help='nets and sizes of the step')
    parser.add_argument('--tuna', default='build/tuna')
    parser.add_argument('--python', default=sys.executable, help='a Python that has PyTorch')
    parser.add_argument('--device', default='cpu', help='cpu, cuda or cuda:N, for both')
    parser.add_argument('--precisions', nargs='+', default=['fp32'], help="as the spec's key precision, and the peer's --precision")
    parser.add_argument('--modes', nargs='+', default=MODES, choices=MODES)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--steps', type=int, default=10, help='timed steps of one run')
    parser.add_argument('--threads', type=int, default=2)
    options = parser.parse_args()

    spec = run_json([options.tuna, 'spec', 'show', options.spec])
    if spec['train']['batch'] != 1:
        sys.exit(f"{options.spec}: train.batch is {spec['train']['batch']}; the peer's is 1")
    torch = has_torch(options.python)
    if not torch:
        print(f'{options.python} has no PyTorch: tuna alone', file=sys.stderr)
    comparisons = [Comparison(options, spec, precision, options.modes if torch else []) for precision in options.precisions]
    for done in range(options.rounds):
        for comparison in comparisons:
            print(f'round {done + 1}, {comparison.precision}: {comparison.round()}', flush=True)

    print(f"\n{spec['name']} on {options.device}, {options.threads} threads, {options.rounds} rounds of {options.steps} steps\n")
    print_table([('step', 'precision', 'median ms', 'min to max', 'img/s', 'memory MiB'),
                 *(row for comparison in comparisons for row in comparison.rows())])
    print()
    for comparison in comparisons:
        if torch:
            print(comparison.ratio())


main()
