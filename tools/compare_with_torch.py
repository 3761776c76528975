#!/usr/bin/env python3
"""Times tuna's whole training step against the same step in PyTorch, in turn, and prints the ratio of the medians.

  tools/compare_with_torch.py --peer torch_tuna.py --spec specs/bench/64-ngf16.json [--rounds 5] [--modes eager channels-last compile]

The peer is a script that takes --size --ngf --ndf --blocks --cls-width --steps --threads --json [--channels-last] [--compile]
and prints one JSON object with step_s, the median seconds of a step.  Each round runs every mode of the peer and tuna once,
so that whatever else the machine does meets all of them alike.
"""
import argparse
import json
import statistics
import subprocess
import sys


def run_json(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {result.returncode}\n{result.stderr.strip()}")
    return json.loads(result.stdout.strip().splitlines()[-1] if '"step_s"' in result.stdout else result.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--peer', required=True, help='the PyTorch script')
    parser.add_argument('--spec', required=True, help='nets and sizes of the step')
    parser.add_argument('--tuna', default='build/tuna')
    parser.add_argument('--python', default=sys.executable, help='a Python that has PyTorch')
    parser.add_argument('--modes', nargs='+', default=['eager', 'channels-last', 'compile'],
                        choices=['eager', 'channels-last', 'compile'])
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--steps', type=int, default=10, help='timed steps of one run')
    parser.add_argument('--threads', type=int, default=2)
    options = parser.parse_args()

    spec = json.loads(subprocess.run([options.tuna, 'spec', 'show', options.spec], capture_output=True, text=True,
                                     check=True).stdout)
    peer = [options.python, options.peer, '--json', '--size', spec['data']['size'], '--channels', spec['data']['channels'],
            '--ngf', spec['generator']['ngf'], '--blocks', spec['generator']['blocks'], '--ndf', spec['discriminator']['ndf'],
            '--cls-width', spec['classifier']['width'], '--steps', options.steps, '--threads', options.threads]
    peer = [str(part) for part in peer]
    ours = ['env', f'OMP_NUM_THREADS={options.threads}', options.tuna, 'bench', 'step', '--spec', options.spec, '--json',
            '--steps', str(options.steps)]
    flags = {'eager': [], 'channels-last': ['--channels-last'], 'compile': ['--compile']}

    times = {name: [] for name in [*options.modes, 'tuna']}
    for done in range(options.rounds):
        for mode in options.modes:
            times[mode].append(1e3 * run_json(peer + flags[mode])['step_s'])
        times['tuna'].append(run_json(ours)['ms_median'])
        print(f'round {done + 1}: ' + ', '.join(f'{name} {values[-1]:.1f} ms' for name, values in times.items()), flush=True)

    print(f"\n{spec['name']}, {options.threads} threads, {options.rounds} rounds of {options.steps} steps: median (min to max) ms per step")
    for name, values in times.items():
        print(f'  {name:14} {statistics.median(values):8.1f}  ({min(values):.1f} to {max(values):.1f})')
    best = min(options.modes, key=lambda mode: statistics.median(times[mode]))
    ratios = [theirs / mine for theirs, mine in zip(times[best], times['tuna'])]
    print(f'  PyTorch {best} / tuna: {statistics.median(times[best]) / statistics.median(times["tuna"]):.2f}'
          f' (by round {min(ratios):.2f} to {max(ratios):.2f})')


main()
