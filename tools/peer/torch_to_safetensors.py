#!/usr/bin/env python3
"""Turns a PyTorch state dict (.pth) into safetensors under the names that tuna loads.

For torchvision's ResNets, whose keys become F's, and the networks of pytorch-CycleGAN-and-pix2pix, whose keys become
G's and D's.  Values are stored as float32.  Unused entries are left out: num_batches_tracked, and the running
statistics of instance norms in old files.  The file is loaded with weights_only, so it cannot run code."""
import argparse
import os
import pathlib
import sys

EXAMPLES = """examples:
  torch_to_safetensors.py resnet18-f37072fd.pth imagenet.safetensors
  torch_to_safetensors.py latest_net_G_A.pth translator.safetensors --prefix G_AP"""


def state_dict(loaded):
    """The names and tensors of what torch.load gave; a checkpoint may hold them one level deeper."""
    import torch
    if isinstance(loaded, dict) and isinstance(loaded.get('state_dict'), dict):
        loaded = loaded['state_dict']
    if not isinstance(loaded, dict) or not loaded:
        raise ValueError('holds no state dict: expected names and tensors')
    wrong = [name for name, values in loaded.items() if not isinstance(name, str) or not torch.is_tensor(values)]
    if wrong:
        raise ValueError(f'{wrong[0]!r} is not a tensor: expected a state dict')
    return loaded


def convert(loaded, prefix=''):
    """Names and contiguous float32 tensors."""
    state = {name.removeprefix('module.'): values for name, values in state_dict(loaded).items()}  # nn.DataParallel's
    result = {}
    for name, values in state.items():
        layer, _, kind = name.rpartition('.')
        of_instance_norm = kind in ('running_mean', 'running_var') and f'{layer}.weight' not in state
        if kind == 'num_batches_tracked' or of_instance_norm:
            continue
        if not values.is_floating_point():
            raise ValueError(f'{name} is {values.dtype}, expected floating point')
        result[f'{prefix}.{name}' if prefix else name] = values.detach().float().contiguous().clone()
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, epilog=EXAMPLES,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('input', type=pathlib.Path, help='the .pth file')
    parser.add_argument('output', type=pathlib.Path, help='the .safetensors file; must not exist')
    parser.add_argument('--prefix', default='', help='network name to put in front of all names, for example F_A')
    options = parser.parse_args()
    try:
        import torch
        from safetensors.torch import save_file
    except ImportError as error:
        sys.exit(f'{error}: pip install torch safetensors numpy')
    if options.output.exists():
        sys.exit(f'{options.output}: exists already')
    try:
        loaded = torch.load(options.input, map_location='cpu', weights_only=True)
    except OSError as error:
        sys.exit(f'{options.input}: {error.strerror}')
    except Exception:  # of many kinds, with messages of many lines
        sys.exit(f'{options.input}: not a PyTorch file, or one that holds more than weights')
    try:
        tensors = convert(loaded, options.prefix)
    except ValueError as error:
        sys.exit(f'{options.input}: {error}')
    temporary = options.output.with_name(f'{options.output.name}.tmp.{os.getpid()}')
    try:
        save_file(tensors, temporary, {'from': options.input.name})
        os.rename(temporary, options.output)
    except Exception as error:
        temporary.unlink(missing_ok=True)
        sys.exit(f'{options.output}: {error}')
    print(f'{options.output}: {len(tensors)} tensors, {sum(values.numel() for values in tensors.values())} values')


if __name__ == '__main__':
    main()
