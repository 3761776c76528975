#!/usr/bin/env python3
"""TensorBoard's own reader finds in the event files what metrics.jsonl says, each step once, also of a run that was
stopped and resumed.  Exit code 77: TensorBoard is not installed (pip install tensorboard).

  read_by_tensorboard.py TUNA
"""
import collections
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

try:
    from tensorboard.backend.event_processing import event_accumulator
    from tensorboard.util import tensor_util
except ImportError as error:
    print(f'SKIPPED: {error} (pip install tensorboard)')
    sys.exit(77)

SOURCE = pathlib.Path(__file__).resolve().parents[3]
SETTINGS = ['--set', 'data.manifest=phantoms/manifest.csv', 'log.every=1', 'train.steps_per_epoch=60', 'supervised=false',
            'evaluate.bootstrap=0', 'log.checkpoint_every=7', 'log.images_every=40']


def start(tuna, folder, *arguments):
    return subprocess.Popen([tuna, *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def run(tuna, folder, *arguments):
    if code := start(tuna, folder, *arguments).wait():
        sys.exit(f'tuna {" ".join(arguments)}: exit code {code}')


def train_killed(tuna, folder, out):
    """Killed in the joint phase, after steps that are later than the newest checkpoint, and resumed."""
    process = start(tuna, folder, 'train', str(SOURCE / 'specs/tiny.json'), '--out', out, *SETTINGS)
    metrics = folder / out / 'metrics.jsonl'
    while process.poll() is None and '"phase":"joint","step":24' not in (metrics.read_text() if metrics.exists() else ''):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    run(tuna, folder, 'train', '--resume', '--out', out)


def expected(run_folder):
    """{phase: {tag: [(step, value)]}} of metrics.jsonl."""
    series = collections.defaultdict(lambda: collections.defaultdict(list))
    for line in (run_folder / 'metrics.jsonl').read_text().splitlines():
        metrics = json.loads(line)
        phase, step = metrics.pop('phase'), metrics.pop('step')
        for key, value in metrics.items():
            series[phase][key.replace('.', '/')].append((step, value))
    return series


def check(run_folder):
    for phase, series in expected(run_folder).items():
        reader = event_accumulator.EventAccumulator(str(run_folder / 'tensorboard' / phase), {
            event_accumulator.TENSORS: 0, event_accumulator.SCALARS: 0, event_accumulator.IMAGES: 0})
        reader.Reload()
        tags = reader.Tags()
        found = {tag: [(event.step, event.value) for event in reader.Scalars(tag)] for tag in tags['scalars']}
        for tag in tags['tensors']:  # as newer readers show scalars
            if tag in series:
                found[tag] = [(event.step, tensor_util.make_ndarray(event.tensor_proto).item())
                              for event in reader.Tensors(tag)]
        assert sorted(found) == sorted(series), (phase, sorted(found), sorted(series))
        for tag, points in series.items():
            assert [step for step, _ in found[tag]] == [step for step, _ in points], (phase, tag, found[tag], points)
            for (_, value), (_, of_file) in zip(found[tag], points):
                assert abs(value - of_file) <= 1e-6 * abs(of_file), (phase, tag, value, of_file)
        if phase == 'joint':
            pictures = {event.step: event.encoded_image_string for event in reader.Images('pictures')}
            for file in (run_folder / 'images').iterdir():
                assert pictures.pop(int(file.stem.split('-')[1])) == file.read_bytes(), file
            assert not pictures


def main(tuna):
    tuna = str(pathlib.Path(tuna).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        run(tuna, folder, 'data', 'phantom', '--output', 'phantoms', '--adults', '50', '--children', '50', '--size', '32')
        run(tuna, folder, 'train', str(SOURCE / 'specs/tiny.json'), '--out', 'whole', *SETTINGS)
        check(folder / 'whole')
        train_killed(tuna, folder, 'killed')
        assert len(list((folder / 'killed/tensorboard/joint').iterdir())) == 2
        check(folder / 'killed')
        run(tuna, folder, 'train', str(SOURCE / 'specs/tiny.json'), '--out', 'without', *SETTINGS, 'log.tensorboard=false')
        assert not (folder / 'without/tensorboard').exists()
    print('TensorBoard reads each step once, of a whole run and of one that was killed and resumed')


if __name__ == '__main__':
    main(*sys.argv[1:])
