#!/usr/bin/env python3
"""Writes the golden files: what PyTorch computes in f64 for tiny networks, so that our engine can be compared with it.

  make_golden.py           writes *.safetensors next to this script
  make_golden.py --check   recomputes and compares with the existing files

README.md here describes the contents of the files."""
import argparse
import json
import pathlib
import sys

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from networks import Discriminator, Generator, ResNet, biases_without_gradient, count_parameters

FOLDER = pathlib.Path(__file__).resolve().parent
F32_AGREES = 1e-5  # relative L2 distance of f32 from f64; a larger one means that an activation lies at a kink


class Case:
    """The tensors of one golden file, computed in one dtype from one seed."""

    def __init__(self, dtype, seed):
        self.dtype, self.tensors, self.config = dtype, {}, {'seed': seed}
        self.random = torch.Generator().manual_seed(seed)

    def exact(self, values):
        """Rounded to f32, so that f32 and f64 engines start from the same numbers."""
        return values.float().to(self.dtype)

    def normal(self, *shape, deviation=1.0, mean=0.0):
        return self.exact(mean + deviation * torch.randn(shape, generator=self.random, dtype=torch.float64))

    def uniform(self, low, high, *shape):
        return self.exact(low + (high - low) * torch.rand(shape, generator=self.random, dtype=torch.float64))

    def put(self, name, values):
        self.tensors[name] = values.detach().clone()

    def input(self, name, values):
        self.put('input.' + name, values)
        return values.requires_grad_() if values.is_floating_point() else values

    def fill(self, net):
        """Values that keep all layers busy: unit gain, biases, running statistics and scales that are not 0 and 1."""
        net = net.to(self.dtype)
        for name, values in net.state_dict().items():
            if name.endswith('running_var'):
                drawn = self.uniform(0.5, 2, *values.shape)
            elif values.dim() > 1:
                drawn = self.normal(*values.shape, deviation=values[0].numel() ** -0.5)
            elif name.endswith('weight'):
                drawn = self.uniform(0.5, 1.5, *values.shape)
            elif values.dim() == 1:  # mostly positive biases: few units are then 0 and get no gradient
                drawn = self.normal(*values.shape, deviation=0.2, mean=0.3 if name.endswith('bias') else 0.0)
            else:
                continue  # num_batches_tracked
            values.copy_(drawn)
        return net

    def put_nets(self, section, nets, left_out=()):
        for prefix, net in nets.items():
            for key, values in net.state_dict().items():
                if not key.endswith('num_batches_tracked') and f'{prefix}.{key}' not in left_out:
                    self.put(f'{section}.{prefix}.{key}', values)

    def put_gradients(self, nets):
        left_out = self.config.get('without_gradient', [])
        for prefix, net in nets.items():
            for key, parameter in net.named_parameters():
                if f'{prefix}.{key}' not in left_out:
                    self.put(f'grad.{prefix}.{key}', parameter.grad)

    def without_gradient(self, nets):
        names = [f'{prefix}.{key}' for prefix, net in nets.items() for key in biases_without_gradient(net)]
        self.config['without_gradient'] = names
        return names

    def backward(self, nets, outputs, **inputs):
        """Gradients of the sum over the outputs of output * dout, with random dout."""
        total = 0
        for name, values in outputs.items():
            self.put('output.' + name, values)
            dout = self.normal(*values.shape)
            self.put('dout.' + name, dout)
            total = total + (values * dout).sum()
        total.backward()
        for name, values in inputs.items():
            self.put('grad.' + name, values.grad)
        self.put_gradients(nets)


def generator(case, channels):
    case.config |= {'net': 'generator', 'channels': channels, 'ngf': 4, 'blocks': 2}
    nets = {'G_AP': case.fill(Generator(channels, 4, 2))}
    case.without_gradient(nets)
    case.put_nets('param', nets)
    x = case.input('x', case.uniform(-1, 1, 2, channels, 16, 20))
    case.backward(nets, {'y': nets['G_AP'](x)}, x=x)


def discriminator(case):
    case.config |= {'net': 'discriminator', 'channels': 1, 'ndf': 4, 'layers': 3}
    nets = {'D_P': case.fill(Discriminator(1, 4, 3))}
    case.without_gradient(nets)
    case.put_nets('param', nets)
    x = case.input('x', case.uniform(-1, 1, 2, 1, 32, 40))
    case.backward(nets, {'y': nets['D_P'](x)}, x=x)


def resnet(case, depth, channels, width, training=False):
    case.config |= {'net': f'resnet{depth}', 'channels': channels, 'classes': 2, 'width': width,
                    'bn': 'train' if training else 'frozen'}
    nets = {'F_A': case.fill(ResNet(depth, channels, 2, width)).train(training)}
    case.put_nets('param', nets)
    x = case.input('x', case.uniform(-2, 2, 4 if training else 2, channels, 32, 40))
    logits, conv3, conv4 = nets['F_A'](x)
    case.backward(nets, {'logits': logits, 'conv3': conv3, 'conv4': conv4}, x=x)
    if training:  # the parameters have taken no step: what changed are the running statistics
        for key, values in nets['F_A'].named_buffers():
            if not key.endswith('num_batches_tracked'):
                case.put(f'after.F_A.{key}', values)


def adam(case):
    """Ten steps with given gradients, some zero and some of the size of eps; the rate falls from the fifth step on."""
    rate, constant, decay = 0.01, 4, 6
    case.config |= {'lr': rate, 'beta1': 0.5, 'beta2': 0.999, 'eps': 1e-8, 'constant_steps': constant,
                    'decay_steps': decay, 'steps': 10}
    parameters = {'a.weight': case.normal(4, 3, 2, 2, deviation=0.3), 'a.bias': case.normal(5, deviation=0.1),
                  'b.weight': case.normal(2, 7)}
    for name, values in parameters.items():
        case.put('param.' + name, values)
        values.requires_grad_()
    optimizer = torch.optim.Adam(parameters.values(), lr=rate, betas=(0.5, 0.999), eps=1e-8, foreach=False)
    rates = []
    for step in range(10):
        optimizer.param_groups[0]['lr'] = rate * (1 - max(0, step - constant) / decay)
        rates.append(optimizer.param_groups[0]['lr'])
        for name, values in parameters.items():
            scale = 1e-8 if name == 'a.bias' else 0.1
            values.grad = case.normal(*values.shape, deviation=scale)
            values.grad.view(-1)[step % 3] = 0
            case.put(f'input.grad.{step + 1}.{name}', values.grad)
        optimizer.step()
        for name, values in parameters.items():
            case.put(f'after.{step + 1}.{name}', values)
            case.put(f'first_moment.{step + 1}.{name}', optimizer.state[values]['exp_avg'])
            case.put(f'second_moment.{step + 1}.{name}', optimizer.state[values]['exp_avg_sq'])
    case.put('output.lr', torch.tensor(rates, dtype=case.dtype))


def tuna_step(case):
    """One whole training step of TUNA-Net: Eq. 6 for generators and classifiers together, then the discriminators."""
    size, f_size, weight_cycle, weight_feature = 32, 28, 10, 1
    case.config |= {'channels': 1, 'size': size, 'f_size': f_size, 'f_mean': 0.5, 'f_std': 0.25, 'ngf': 4, 'blocks': 2,
                    'ndf': 4, 'layers': 3, 'classifier': 'resnet18', 'classifier_width': 2, 'classes': 2,
                    'bn': 'frozen', 'gan': 'lsgan', 'lambda_cycle': weight_cycle, 'lambda_feature': weight_feature,
                    'lr_g': 2e-4, 'lr_d': 2e-4, 'lr_f': 2e-5, 'betas_g': [0.5, 0.999], 'betas_d': [0.5, 0.999],
                    'betas_f': [0.9, 0.999], 'eps': 1e-8}
    nets = {'G_AP': Generator(1, 4, 2), 'G_PA': Generator(1, 4, 2), 'F_A': ResNet(18, 1, 2, 2).eval(),
            'F_P': ResNet(18, 1, 2, 2).eval(), 'D_A': Discriminator(1, 4, 3), 'D_P': Discriminator(1, 4, 3)}
    nets = {name: case.fill(net) for name, net in nets.items()}
    left_out = case.without_gradient(nets)
    case.put_nets('param', nets)
    x_a = case.input('x_a', case.uniform(-1, 1, 1, 1, size, size)).detach()
    x_p = case.input('x_p', case.uniform(-1, 1, 1, 1, size, size)).detach()

    def parameters(*names):  # biases whose gradient is 0 except for rounding stay as they are
        return [parameter for name in names for key, parameter in nets[name].named_parameters()
                if f'{name}.{key}' not in left_out]

    def gan(scores, real):
        return functional.mse_loss(scores, torch.full_like(scores, 1.0 if real else 0.0))

    def classify(name, x):
        x = functional.interpolate(x, size=(f_size, f_size), mode='bilinear', align_corners=False, antialias=False)
        return nets[name](((x + 1) / 2 - 0.5) / 0.25)

    # The label is not F_P's prediction for x_p, so that neither label can be taken for the other.
    y_a = case.input('y_a', 1 - classify('F_P', x_p)[0].argmax(1))
    optimizers = [torch.optim.Adam(parameters(*names), lr=lr, betas=betas, eps=1e-8, foreach=False)
                  for names, lr, betas in ((('G_AP', 'G_PA'), 2e-4, (0.5, 0.999)),
                                           (('F_A', 'F_P'), 2e-5, (0.9, 0.999)),
                                           (('D_A', 'D_P'), 2e-4, (0.5, 0.999)))]

    # Generators and classifiers.  A term updates every network in its path, except the discriminators.
    for name in ('D_A', 'D_P'):
        nets[name].requires_grad_(False)
    fake_p, fake_a = nets['G_AP'](x_a), nets['G_PA'](x_p)
    rec_a, rec_p = nets['G_PA'](fake_p), nets['G_AP'](fake_a)
    logits_a = classify('F_A', x_a)[0]
    logits_rec_a = classify('F_A', rec_a)[0]
    logits_fake_a = classify('F_A', fake_a)[0]
    logits_fake_p, fake_conv3, fake_conv4 = classify('F_P', fake_p)
    logits_p, real_conv3, real_conv4 = classify('F_P', x_p)
    pseudo_label = logits_p.argmax(1)
    losses = {
        'adversarial.G_AP': gan(nets['D_P'](fake_p), True),
        'adversarial.G_PA': gan(nets['D_A'](fake_a), True),
        'cycle.a': functional.l1_loss(rec_a, x_a),
        'cycle.p': functional.l1_loss(rec_p, x_p),
        'classification.x_a': functional.cross_entropy(logits_a, y_a),
        'classification.rec_a': functional.cross_entropy(logits_rec_a, y_a),
        'classification.fake_p': functional.cross_entropy(logits_fake_p, y_a),
        'classification.fake_a': functional.cross_entropy(logits_fake_a, pseudo_label),
        'feature.conv3': functional.mse_loss(real_conv3, fake_conv3),
        'feature.conv4': functional.mse_loss(real_conv4, fake_conv4),
    }
    weights = {'cycle': weight_cycle, 'feature': weight_feature}
    losses['objective'] = sum(weights.get(name.split('.')[0], 1) * loss for name, loss in losses.items())
    losses['objective'].backward()
    for optimizer in optimizers[:2]:
        optimizer.step()

    # Discriminators: an image pool that is not full passes the new image through.
    for name in ('D_A', 'D_P'):
        nets[name].requires_grad_(True)
    losses['D_A'] = 0.5 * (gan(nets['D_A'](x_a), True) + gan(nets['D_A'](fake_a.detach()), False))
    losses['D_P'] = 0.5 * (gan(nets['D_P'](x_p), True) + gan(nets['D_P'](fake_p.detach()), False))
    (losses['D_A'] + losses['D_P']).backward()
    optimizers[2].step()

    for name, values in {'fake_p': fake_p, 'fake_a': fake_a, 'rec_a': rec_a, 'rec_p': rec_p, 'logits_a': logits_a,
                         'logits_rec_a': logits_rec_a, 'logits_fake_a': logits_fake_a, 'logits_fake_p': logits_fake_p,
                         'logits_p': logits_p, 'pseudo_label': pseudo_label}.items():
        case.put('output.' + name, values)
    for name, loss in losses.items():
        case.put('output.loss.' + name, loss)
    case.put_gradients(nets)
    for prefix, net in nets.items():
        for key, parameter in net.named_parameters():
            if f'{prefix}.{key}' not in left_out:
                case.put(f'after.{prefix}.{key}', parameter)


CASES = {
    'generator_1_channel': lambda case: generator(case, 1),
    'generator_3_channels': lambda case: generator(case, 3),
    'discriminator': discriminator,
    'resnet18_frozen': lambda case: resnet(case, 18, 1, 4),
    'resnet34_frozen': lambda case: resnet(case, 34, 1, 2),
    'resnet50_frozen': lambda case: resnet(case, 50, 3, 2),
    'resnet18_training': lambda case: resnet(case, 18, 1, 2, training=True),
    'adam': adam,
    'tuna_step': tuna_step,
}


def distance(values, reference):
    """Relative L2."""
    if not reference.is_floating_point():
        return 0.0 if torch.equal(values, reference) else float('inf')
    scale = reference.norm().item()
    difference = (values.double() - reference.double()).norm().item()
    return difference / scale if scale > 0 else (0.0 if difference == 0 else float('inf'))


def worst(tensors, reference):
    assert tensors.keys() == reference.keys(), tensors.keys() ^ reference.keys()
    return max((distance(tensors[name], reference[name]), name) for name in reference)


def run(fill, seed, dtype):
    case = Case(dtype, seed)
    fill(case)
    return case


def make(name, fill):
    """In f64, from the first seed on which f32 agrees and no gradient is all zero."""
    for seed in range(1000):
        case = run(fill, seed, torch.float64)
        far, where = worst(run(fill, seed, torch.float32).tensors, case.tensors)
        if far <= F32_AGREES and all(values.any() for key, values in case.tensors.items() if 'grad' in key):
            print(f'{name}: seed {seed}, {len(case.tensors)} tensors, f32 within {far:.1e} ({where})')
            return case
    raise SystemExit(f'{name}: no seed on which f32 and f64 agree and no gradient is all zero')


def as_stored(tensors):
    """input, param and dout are exact in f32; everything else is f64, except labels."""
    single = ('input.', 'param.', 'dout.')
    return {name: (values.float() if values.is_floating_point() and name.startswith(single) else values).contiguous()
            for name, values in tensors.items()}


def python_fixture():
    """A file with all dtypes for the test of our safetensors reader and writer.  Only one entry of metadata, because
    Python's writer puts several in any order."""
    return {
        'f64': torch.tensor([0.5, -1.25, 3e300], dtype=torch.float64),
        'layer2.0.weight': torch.arange(6, dtype=torch.float32).reshape(1, 2, 3),
        'f16': torch.tensor([1, 0.1], dtype=torch.float16),
        'bf16': torch.tensor([1, 0.1], dtype=torch.bfloat16),
        'i64': torch.tensor([-1, 1 << 40]),
        'scalar': torch.tensor(-7, dtype=torch.int32),
        'u8': torch.tensor([1, 2, 255], dtype=torch.uint8),
        'empty': torch.zeros(0, 3),
    }, {'from': 'Python\'s safetensors, "quoted" ü'}


def write(name, tensors, metadata):
    path = FOLDER / f'{name}.safetensors'
    save_file(tensors, path, metadata)
    path.chmod(0o644)


def check(name, fill):
    with safe_open(FOLDER / f'{name}.safetensors', 'pt') as file:
        seed = json.loads(file.metadata()['config'])['seed']
        stored = {key: file.get_tensor(key) for key in file.keys()}
    far, where = worst(stored, as_stored(run(fill, seed, torch.float64).tensors))
    print(f'{name}: within {far:.1e} ({where})')
    return far < 1e-12


def check_networks():
    """The published numbers of parameters."""
    for net, expected in ((Generator(3, 64, 9), 11_378_179), (Discriminator(3, 64, 3), 2_764_737),
                          (ResNet(18), 11_689_512), (ResNet(34), 21_797_672), (ResNet(50), 25_557_032)):
        assert count_parameters(net) == expected, (type(net), count_parameters(net), expected)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--check', action='store_true', help='compare with the files that are there; write nothing')
    options = parser.parse_args()
    torch.set_num_threads(1)
    check_networks()

    if options.check:
        sys.exit(not all([check(name, fill) for name, fill in CASES.items()]))
    for name, fill in CASES.items():
        case = make(name, fill)
        write(name, as_stored(case.tensors), {'config': json.dumps({'case': name, **case.config})})
    write('from_python', *python_fixture())


if __name__ == '__main__':
    main()
