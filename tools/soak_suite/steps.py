"""Many steps of training with flat memory, and a constant number of files and threads."""
import copy
import json
import pathlib
import shutil
import statistics
import subprocess
import time

from soak_suite.tiny_run import ENVIRONMENT, SPEC, Wrong

SECONDS_BETWEEN = 0.05
ALLOWED_GROWTH = 1 << 20  # bytes


def sample(process):
    """Resident bytes, open files and threads; None after the end."""
    folder = pathlib.Path('/proc') / str(process.pid)
    try:
        status = dict(line.split(':', 1) for line in (folder / 'status').read_text().splitlines())
        return (int(status['VmRSS'].split()[0]) * 1024, len(list((folder / 'fd').iterdir())),
                int(status['Threads']))
    except (OSError, KeyError, ValueError):
        return None


def watch(process, seconds_between):
    """The samples of a process until its end."""
    samples = []
    while process.poll() is None:
        found = sample(process)
        if found:
            samples.append(found)
        time.sleep(seconds_between)
    return samples


def spec_of_classifier(steps, images):
    """One phase, in epochs of that many images, with validation and a checkpoint after each."""
    spec = {key: SPEC[key] for key in ('domains', 'classes', 'positive', 'data', 'classifier', 'evaluate')}
    return {**spec, 'method': 'classifier', 'trained_on': 'source', 'log': {'every': max(1, steps // 100), 'keep': 2},
            'train': {'epochs': max(1, 2 * steps // images), 'batch': 2}}


def spec_of_all_networks(steps):
    spec = copy.deepcopy(SPEC)
    each = max(1, steps // 20)
    spec['log'].update(every=max(1, steps // 100), images_every=each, validate_every=each, checkpoint_every=each,
                       keep=2)
    spec['train'].update(epochs=1, decay_epochs=1, steps_per_epoch=max(1, steps // 2))
    return spec


def check_flat(samples):
    """From the second fifth to the last but one: the first is a warm-up, at the end the run is evaluated.  On a slow
    machine the second may be before the phase, which has one file more."""
    if len(samples) < 20:
        raise Wrong(f'only {len(samples)} samples: too few steps')
    fifth = len(samples) // 5
    early, late = samples[fifth:2 * fifth], samples[3 * fifth:4 * fifth]

    def most_often(which, part):
        return statistics.median(each[which] for each in part)
    memory, files, threads = [(most_often(which, early), most_often(which, late)) for which in range(3)]
    line = (f'resident {memory[0] / 2**20:.2f} MiB early and {memory[1] / 2**20:.2f} MiB late, files {files[0]:g} and '
            f'{files[1]:g}, threads {threads[0]:g} and {threads[1]:g}')
    if memory[1] - memory[0] > ALLOWED_GROWTH or files[1] > files[0] + 1 or threads[1] > threads[0]:
        raise Wrong(f'not flat: {line}')
    return line


def train(tuna, folder, name, spec, seconds_between):
    """Returns the line that says how flat it was."""
    (folder / f'{name}.json').write_text(json.dumps(spec))
    begin = time.monotonic()
    with open(folder / f'{name}.log', 'w') as log:
        process = subprocess.Popen([tuna, 'train', f'{name}.json', '--out', name], cwd=folder, env=ENVIRONMENT,
                                   stdout=subprocess.DEVNULL, stderr=log)
        samples = watch(process, seconds_between)
    if process.returncode != 0:
        raise Wrong(f'{name}: exit code {process.returncode}, {(folder / f"{name}.log").read_text()[-600:]}')
    steps = max(json.loads(line)['step'] for line in (folder / name / 'metrics.jsonl').read_text().splitlines())
    return f'{name}: {steps} steps in {time.monotonic() - begin:.0f} s, {len(samples)} samples: {check_flat(samples)}'


def run(tuna, folder, steps):
    tuna, adults = str(pathlib.Path(tuna).resolve()), min(4000, max(20, steps // 100))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run([tuna, 'data', 'phantom', '--output', folder / 'phantoms', '--adults', str(adults), '--children',
                    '20', '--size', '16'], check=True, stdout=subprocess.DEVNULL)
    seconds_between, lines, wrong = SECONDS_BETWEEN if steps < 100000 else 1, [], []
    for name, spec in (('classifier', spec_of_classifier(steps, adults * 6 // 10)),
                       ('all_networks', spec_of_all_networks(steps // 10))):
        try:
            lines.append(train(tuna, folder, name, spec, seconds_between))
            print(lines[-1], flush=True)
        except Wrong as why:
            wrong.append(str(why))
            print(f'WRONG: {why}', flush=True)
    return lines, wrong
