"""Kills runs (SIGKILL) at random points, also while they resume; each then ends as if it had not been killed."""
import random
import subprocess
import time

from soak_suite.tiny_run import Wrong
from soak_suite.whole_files import check_whole


def time_of_run(tiny):
    begin = time.monotonic()
    tiny.run_or_stop(*tiny.train(tiny.fresh('run')))
    return time.monotonic() - begin


def kill_after(process, seconds):
    """Whether the process was killed before it ended."""
    try:
        _, error = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True
    if process.returncode != 0:
        raise Wrong(f'exit code {process.returncode}: {error}')
    return False


def kill_until_it_ends(tiny, run, seconds, chance):
    """Returns the number of kills."""
    kills = 0
    while True:
        begun = (run / 'spec.json').exists()
        process = tiny.start('train', '--resume', '--out', run) if begun else tiny.start(*tiny.train(run))
        if not kill_after(process, chance.uniform(0, seconds)):
            return kills
        kills += 1
        check_whole(run)
        if chance.random() < 0.5:
            tiny.continue_to_end(run)
            return kills


def run(tiny, wanted, seed):
    chance, kills, runs, wrong = random.Random(seed), 0, 0, []
    seconds = time_of_run(tiny)
    while kills < wanted:
        folder = tiny.fresh('run')
        try:
            kills += kill_until_it_ends(tiny, folder, 1.1 * seconds, chance)
            tiny.check_results(folder)
        except Wrong as why:
            wrong.append(str(why))
            print(f'WRONG: after {kills} kills, seed {seed}: {why}', flush=True)
            kills += 1
        runs += 1
    line = f'{kills} kills in {runs} runs'
    print(line)
    return [line], wrong
