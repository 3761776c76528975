#!/usr/bin/env python3
"""Times `tuna translate` and `tuna predict` against onnxruntime with the same networks, weights and images, in turn.

  tools/peer/compare_with_onnxruntime.py --spec specs/bench/128-ngf64.json [--images 256] [--rounds 5]

tuna's time is that of the whole command: start, reading weights and PNG files, writing results.  onnxruntime's is that of its
runs alone, with images in memory, one at a time and by the batch of tuna's predict, of which the faster counts; its sessions
are made before.
Results must agree: 8-bit images within 2 levels, scores within 0.001.  Needs torch, onnx, onnxscript, onnxruntime, safetensors and
pillow.
"""
import argparse
import csv
import functools
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnxruntime
import torch
from PIL import Image
from safetensors.torch import save_file
from torch.nn import functional

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / 'tests' / 'golden'))
from networks import Generator, ResNet  # noqa: E402

MOST_LEVELS, MOST_SCORE = 2, 1e-3


class Classifier(torch.nn.Module):
    """Probabilities, of what tuna's classifiers see of images in [-1, 1] (models/classifier.h)."""

    def __init__(self, net, size, channels):
        super().__init__()
        self.net, self.size = net, size
        mean, deviation = ([0.5], [0.25]) if channels == 1 else ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
        self.mean, self.deviation = (torch.tensor(values).view(1, -1, 1, 1) for values in (mean, deviation))

    def forward(self, x):
        x = functional.interpolate(x, size=(self.size, self.size), mode='bilinear', align_corners=False)
        return self.net(((x + 1) / 2 - self.mean) / self.deviation)[0].softmax(1)


class Peer:
    """A network in onnxruntime."""

    def __init__(self, net, images, threads, batches, folder):
        self.images, self.sessions = images, {}
        for batch in batches:
            path = folder / f'{batch}.onnx'
            torch.onnx.export(net, (torch.from_numpy(images[:batch]),), path, verbose=False)
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            self.sessions[batch] = onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])

    def run(self, batch):
        session = self.sessions[batch]
        name = session.get_inputs()[0].name
        begin = time.perf_counter()
        found = [session.run(None, {name: self.images[at:at + batch]})[0] for at in range(0, len(self.images), batch)]
        return time.perf_counter() - begin, np.concatenate(found)

    def seconds(self):
        return {f'onnxruntime, {batch} at a time': self.run(batch)[0] for batch in self.sessions}


class Commands:
    """tuna's two commands on the images of a folder."""

    def __init__(self, options, folder, weights):
        self.options, self.folder, self.number = options, folder, 0
        self.networks = ['--spec', options.spec, '--weights', weights]

    def run(self, *command):
        environment = {**os.environ, 'OMP_NUM_THREADS': str(self.options.threads)}
        begin = time.perf_counter()
        subprocess.run([self.options.tuna, *map(str, command)], check=True, capture_output=True, env=environment)
        return time.perf_counter() - begin

    def translate(self):
        self.number += 1
        output = self.folder / f'translated-{self.number}'
        return self.run('translate', *self.networks, '--direction', 'source-to-target', '--input', self.folder / 'images',
                        '--output', output), output

    def predict(self):
        self.number += 1
        output = self.folder / f'scores-{self.number}.csv'
        return self.run('predict', *self.networks, '--net', 'F_P', '--input', self.folder / 'images', '--output',
                        output), output


def make_images(options, spec, folder):
    """Phantoms as PNG files, and as an array in [-1, 1] in the order of their names."""
    size, count = spec['data']['size'], options.images
    subprocess.run([options.tuna, 'data', 'phantom', '--output', folder / 'phantoms', '--adults', str(count), '--children', '2',
                    '--size', str(size)], check=True, capture_output=True)
    files = sorted((folder / 'phantoms').rglob('adult/**/*.png'))[:count]
    (folder / 'images').mkdir()
    for i, file in enumerate(files):
        file.rename(folder / 'images' / f'{i:04}.png')
    pixels = [read_pixels(file) for file in sorted((folder / 'images').iterdir())]
    images = np.stack(pixels).astype(np.float32)[:, None] / 127.5 - 1
    return np.broadcast_to(images, (len(images), spec['data']['channels'], size, size)).copy()


def read_pixels(file):
    return np.asarray(Image.open(file).convert('L'))


def make_networks(spec):
    torch.manual_seed(0)
    channels = spec['data']['channels']
    generator = Generator(channels, spec['generator']['ngf'], spec['generator']['blocks']).eval()
    classifier = ResNet(spec['classifier']['depth'], channels, len(spec['classes']), spec['classifier']['width']).eval()
    return generator, classifier


def weights_file(generator, classifier, path):
    tensors = {f'{name}.{key}': values for name, net in
               {'G_AP': generator, 'G_PA': generator, 'F_A': classifier, 'F_P': classifier}.items()
               for key, values in net.state_dict().items() if not key.endswith('num_batches_tracked')}
    save_file({name: values.contiguous().clone() for name, values in tensors.items()}, path)


def check_translations(folder, expected):
    found = np.stack([read_pixels(file) for file in sorted(folder.iterdir())]).astype(float)
    worst = np.abs(found - np.round((expected[:, 0].astype(float) + 1) * 127.5)).max()
    if worst > MOST_LEVELS:
        sys.exit(f'translations differ by {worst:g} levels, expected at most {MOST_LEVELS}')


def check_scores(file, expected, positive):
    with open(file) as rows:
        found = np.array([float(row['score']) for row in csv.DictReader(rows)])
    worst = np.abs(found - expected[:, positive]).max()
    if worst > MOST_SCORE:
        sys.exit(f'scores differ by {worst:g}, expected at most {MOST_SCORE:g}')


def compare(name, command, peer, rounds, images):
    """Prints images per second of each, and the ratio to the fastest of the peer."""
    times = {}
    for number in range(rounds):
        sides = [lambda: {'tuna': command()[0]}, peer.seconds]
        for side in sides[::1 if number % 2 else -1]:
            for key, seconds in side().items():
                times.setdefault(key, []).append(seconds)
    for key, seconds in times.items():
        print(f'{name:9}  {key:28}  {images / statistics.median(seconds):8.1f} images/s '
              f'({images / max(seconds):.1f} to {images / min(seconds):.1f})')
    best = min((key for key in times if key != 'tuna'), key=lambda key: statistics.median(times[key]))
    by_round = [theirs / ours for theirs, ours in zip(times[best], times['tuna'])]
    print(f"{name:9}  tuna / {best}: {statistics.median(times[best]) / statistics.median(times['tuna']):.2f} "
          f'(by round {min(by_round):.2f} to {max(by_round):.2f})', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--spec', required=True, help='nets and size of the images')
    parser.add_argument('--tuna', default='build/tuna')
    parser.add_argument('--images', type=int, default=256, help='default: 256')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--threads', type=int, default=2)
    options = parser.parse_args()
    spec = json.loads(subprocess.run([options.tuna, 'spec', 'show', options.spec], check=True, capture_output=True,
                                     text=True).stdout)
    if spec['classifier']['f_input'] != 'resize':
        sys.exit(f"{options.spec}: classifier.f_input is {spec['classifier']['f_input']}, expected resize")
    if spec['data']['channels'] != 1:
        sys.exit(f"{options.spec}: data.channels is {spec['data']['channels']}, expected 1")
    batch = spec['evaluate']['batch']
    if options.images < batch:
        sys.exit(f'--images {options.images}: expected at least {batch}, evaluate.batch of the spec')

    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        images = make_images(options, spec, folder)[:options.images // batch * batch]
        for surplus in sorted((folder / 'images').iterdir())[len(images):]:
            surplus.unlink()
        generator, classifier = make_networks(spec)
        weights = folder / 'weights.safetensors'
        weights_file(generator, classifier, weights)
        tuna = Commands(options, folder, weights)
        print(f"{spec['name']}: {len(images)} images of {spec['data']['size']} pixels, {options.threads} threads, "
              f'onnxruntime {onnxruntime.__version__}, {options.rounds} rounds')
        check_positive = functools.partial(check_scores, positive=spec['classes'].index(spec['positive']))
        probabilities = Classifier(classifier, spec['data']['size'] * 7 // 8, spec['data']['channels']).eval()
        for name, net, command, check in (('translate', generator, tuna.translate, check_translations),
                                          ('predict', probabilities, tuna.predict, check_positive)):
            (folder / name).mkdir()
            peer = Peer(net, images, options.threads, sorted({1, batch}), folder / name)
            check(command()[1], peer.run(1)[1])
            compare(name, command, peer, options.rounds, len(images))


main()
