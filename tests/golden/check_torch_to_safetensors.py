#!/usr/bin/env python3
"""Tests tools/peer/torch_to_safetensors.py on random weights: names, values, what it leaves out and what it refuses."""
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file

from networks import Discriminator, Generator, ResNet

TOOL = pathlib.Path(__file__).resolve().parents[2] / 'tools' / 'peer' / 'torch_to_safetensors.py'


def convert(*arguments):
    return subprocess.run([sys.executable, TOOL, *map(str, arguments)], capture_output=True, text=True)


def check_values(folder, name, net, *options, prefix='', wrap=lambda state: state):
    source, target = folder / f'{name}.pth', folder / f'{name}.safetensors'
    torch.save(wrap(net.state_dict()), source)
    done = convert(source, target, *options)
    assert done.returncode == 0, done.stderr
    expected = {prefix + key: values for key, values in net.state_dict().items()
                if not key.endswith('num_batches_tracked')}
    written = load_file(target)
    assert written.keys() == expected.keys(), written.keys() ^ expected.keys()
    for key, values in expected.items():
        assert written[key].dtype == torch.float32 and torch.equal(written[key], values.float()), key
    return source, target, written


def check_refused(message, *arguments):
    done = convert(*arguments)
    assert done.returncode != 0 and message in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for depth in (18, 34, 50):
            _, _, written = check_values(folder, f'resnet{depth}', ResNet(depth, width=4, classes=5))
        assert {'conv1.weight', 'bn1.running_mean', 'layer2.0.downsample.1.weight', 'fc.weight'} <= written.keys()
        check_values(folder, 'classifier', ResNet(18, width=4).double(), '--prefix', 'F_A', prefix='F_A.')
        check_values(folder, 'half', ResNet(18, width=4).half())
        check_values(folder, 'channels_last', ResNet(18, width=4).to(memory_format=torch.channels_last))
        _, _, written = check_values(folder, 'generator', Generator(1, 4, 2), '--prefix', 'G_AP', prefix='G_AP.')
        assert 'G_AP.model.10.conv_block.1.weight' in written
        check_values(folder, 'discriminator', Discriminator(1, 4, 3))
        check_values(folder, 'nested', ResNet(18, width=4), wrap=lambda state: {'epoch': 3, 'state_dict': state})
        statistics = {'model.2.running_mean': torch.zeros(4), 'model.2.running_var': torch.ones(4)}
        check_values(folder, 'before PyTorch 0.4', Generator(1, 4, 1), wrap=lambda state: state | statistics)
        source, target, _ = check_values(
            folder, 'parallel', Generator(3, 4, 1), wrap=lambda state: {f'module.{k}': v for k, v in state.items()})

        check_refused('exists already', source, target)
        check_refused('missing.pth: No such file', folder / 'missing.pth', folder / 'a')
        (folder / 'text.pth').write_text('no weights')
        check_refused('text.pth: not a PyTorch file', folder / 'text.pth', folder / 'a')
        torch.save([1, 2], folder / 'list.pth')
        check_refused('holds no state dict', folder / 'list.pth', folder / 'a')
        torch.save({'lr': 0.1}, folder / 'other.pth')
        check_refused("'lr' is not a tensor", folder / 'other.pth', folder / 'a')
        torch.save(ResNet(18, width=4), folder / 'pickled.pth')  # a whole module: loading it would run its code
        check_refused('or one that holds more than weights', folder / 'pickled.pth', folder / 'a')
        check_refused('no_folder', source, folder / 'no_folder' / 'a')
        assert not (folder / 'a').exists() and not list(folder.glob('*.tmp.*'))
        assert 'examples' in convert('--help').stdout
    print('torch_to_safetensors.py: all checks passed')


if __name__ == '__main__':
    main()
