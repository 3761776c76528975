#!/usr/bin/env python3
"""One joint training step of TUNA-Net in plain PyTorch, which tools/peer/compare_with_torch.py compares with `tuna bench step`.

  tools/peer/torch_step.py --size 64 --ngf 16 --ndf 16 --cls-width 16 --steps 5 --threads 2
  tools/peer/torch_step.py --size 512 --device cuda --precision bf16 --channels-last --compile --compile-mode max-autotune --json

The same networks, terms, pools and optimizers, on random images: generators and classifiers together (Eq. 6), with the
discriminators' weights fixed, then the discriminators.  --compile-mode max-autotune or reduce-overhead uses CUDA graphs.
--cuda-graph captures a whole step as one graph, with its decisions of the pools.  In fp16, too: with fused
optimizers the GPU adapts the loss scale, whereas with others GradScaler.step() waits for the GPU, which a capture forbids.
"""
import argparse
import contextlib
import json
import pathlib
import random
import resource
import statistics
import sys
import time

import torch
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tests' / 'golden'))
from networks import Discriminator, Generator, ResNet  # noqa: E402

SHORT = {'bf16': torch.bfloat16, 'fp16': torch.float16}


def gan(scores, real):
    """The loss of LSGAN."""
    return functional.mse_loss(scores, torch.ones_like(scores) if real else torch.zeros_like(scores))


class ImagePool:
    """With probability 0.5 returns an old translation and stores the new one in its place; full from the beginning.

    The returned image is always a copy of one type and layout, so the discriminators' step is compiled once, and may run
    in another CUDA graph than the one that made the image."""

    def __init__(self, images, layout):
        self.images, self.layout = images, layout

    def __call__(self, new):
        new = new.detach().to(torch.float32, copy=True, memory_format=self.layout)
        if random.random() < 0.5:
            return new
        place = random.randrange(len(self.images))
        old, self.images[place] = self.images[place], new
        return old


class Step:
    def __init__(self, options):
        self.options = options
        self.device = torch.device(options.device)
        layout = torch.channels_last if options.channels_last else torch.contiguous_format

        def put(net):
            return net.to(self.device, memory_format=layout)

        self.generators = torch.nn.ModuleDict(
            {name: put(Generator(options.channels, options.ngf, options.blocks)) for name in ('AP', 'PA')})
        self.classifiers = torch.nn.ModuleDict(
            {name: put(ResNet(18, options.channels, 2, options.cls_width)).eval() for name in 'AP'})
        self.discriminators = torch.nn.ModuleDict(
            {name: put(Discriminator(options.channels, options.ndf, 3)) for name in 'AP'})
        self.adam_g, self.adam_f, self.adam_d = (
            torch.optim.Adam(nets.parameters(), lr=lr, betas=betas, fused=True, capturable=options.cuda_graph)
            for nets, lr, betas in ((self.generators, 2e-4, (0.5, 0.999)), (self.classifiers, 2e-5, (0.9, 0.999)),
                                    (self.discriminators, 2e-4, (0.5, 0.999))))
        # One for each loss: overflowing gradients of one must not skip the step of the other.
        self.scalers = [torch.amp.GradScaler(self.device.type, enabled=options.precision == 'fp16') for _ in range(2)]
        self.run, self.layout = self.__call__, layout
        self.pools = [ImagePool([self.image() for _ in range(50)], layout) for _ in range(2)]
        self.x_a, self.x_p = (self.image() for _ in range(2))
        self.y_a = torch.zeros(1, dtype=torch.long, device=self.device)
        self.objective, self.loss_d = self.record_objective, self.record_loss_d
        if options.compile:
            self.objective = torch.compile(self.objective, mode=options.compile_mode)
            self.loss_d = torch.compile(self.loss_d, mode=options.compile_mode)

    def image(self):
        shape = (1, self.options.channels, self.options.size, self.options.size)
        return (torch.rand(shape, device=self.device) * 2 - 1).contiguous(memory_format=self.layout)

    def autocast(self):
        short = SHORT.get(self.options.precision)
        return torch.autocast(self.device.type, short) if short else contextlib.nullcontext()

    def classify(self, name, x):
        size = self.options.cls_size or self.options.size * 7 // 8
        return self.classifiers[name](functional.interpolate(x, size=(size, size), mode='bilinear', align_corners=False))

    def record_objective(self, x_a, x_p, y_a):
        to_p, to_a = self.generators['AP'], self.generators['PA']
        fake_p, fake_a = to_p(x_a), to_a(x_p)
        rec_a, rec_p = to_a(fake_p), to_p(fake_a)
        adversarial = gan(self.discriminators['P'](fake_p), True) + gan(self.discriminators['A'](fake_a), True)
        cycle = functional.l1_loss(rec_a, x_a) + functional.l1_loss(rec_p, x_p)
        fake_logits, fake_conv3, fake_conv4 = self.classify('P', fake_p)
        real_logits, real_conv3, real_conv4 = self.classify('P', x_p)
        classification = (functional.cross_entropy(self.classify('A', x_a)[0], y_a)
                          + functional.cross_entropy(self.classify('A', rec_a)[0], y_a)
                          + functional.cross_entropy(fake_logits, y_a)
                          + functional.cross_entropy(self.classify('A', fake_a)[0], real_logits.argmax(1)))
        feature = functional.mse_loss(real_conv3, fake_conv3) + functional.mse_loss(real_conv4, fake_conv4)
        return adversarial + 10 * cycle + classification + feature, fake_p, fake_a

    def record_loss_d(self, x_a, x_p, fake_a, fake_p):
        return sum(0.5 * (gan(net(real), True) + gan(net(fake), False))
                   for net, real, fake in ((self.discriminators['A'], x_a, fake_a), (self.discriminators['P'], x_p, fake_p)))

    def capture(self):
        """Makes run() replay one step."""
        stream, graph = torch.cuda.Stream(), torch.cuda.CUDAGraph()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):  # PyTorch sets itself up in the stream that captures
            for _ in range(self.options.warmup):
                self()
        torch.cuda.current_stream().wait_stream(stream)
        with torch.cuda.graph(graph, stream=stream):
            self()
        self.run = graph.replay
        self.run()

    def __call__(self):
        for optimizer in (self.adam_g, self.adam_f, self.adam_d):
            optimizer.zero_grad(set_to_none=True)
        self.discriminators.requires_grad_(False)
        with self.autocast():
            objective, fake_p, fake_a = self.objective(self.x_a, self.x_p, self.y_a)
        self.scalers[0].scale(objective).backward()
        self.scalers[0].step(self.adam_g)
        self.scalers[0].step(self.adam_f)
        self.scalers[0].update()

        self.discriminators.requires_grad_(True)
        fake_p, fake_a = (pool(fake) for pool, fake in zip(self.pools, (fake_p, fake_a)))
        with self.autocast():
            loss_d = self.loss_d(self.x_a, self.x_p, fake_a, fake_p)
        self.scalers[1].scale(loss_d).backward()
        self.scalers[1].step(self.adam_d)
        self.scalers[1].update()

    def seconds(self):
        self.wait()
        start = time.perf_counter()
        self.run()
        self.wait()
        return time.perf_counter() - start

    def wait(self):
        if self.device.type == 'cuda':
            torch.cuda.synchronize()

    def peak_mebibytes(self):
        if self.device.type == 'cuda':
            return torch.cuda.max_memory_allocated() / 2**20
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def print_times(step):
    options = step.options
    times = [step.seconds() for _ in range(options.steps)]
    found = {'torch': torch.__version__, **vars(options), 'step_s': statistics.median(times), 'min_s': min(times),
             'max_s': max(times), 'peak_mib': step.peak_mebibytes()}
    if options.json:
        print(json.dumps(found), flush=True)
    else:
        print(f"PyTorch {found['torch']}: {1e3 * found['step_s']:.1f} ms a step ({1e3 * min(times):.1f} to "
              f"{1e3 * max(times):.1f}), peak {found['peak_mib']:.0f} MiB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    number = {'size': 64, 'channels': 1, 'ngf': 64, 'ndf': 64, 'blocks': 9, 'cls-width': 64, 'cls-size': 0, 'steps': 5,
              'warmup': 3, 'threads': 2}
    for name, default in number.items():
        parser.add_argument('--' + name, type=int, default=default)
    parser.add_argument('--device', default='cpu')
    parser.add_argument('--precision', default='fp32', choices=('fp32', 'tf32', *SHORT))
    parser.add_argument('--channels-last', action='store_true')
    parser.add_argument('--cuda-graph', action='store_true')
    parser.add_argument('--compile', action='store_true')
    parser.add_argument('--compile-mode', default='default')
    parser.add_argument('--json', action='store_true', help='one object: step_s (median seconds), peak_mib and all options')
    parser.add_argument('--serve', action='store_true', help='then times as many steps again for each line of standard input')
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    random.seed(0)
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = options.precision != 'fp32'
    step = Step(options)
    for _ in range(options.warmup):
        step()
    if step.device.type == 'cuda':  # leaves out autotuning
        torch.cuda.reset_peak_memory_stats()
    if options.cuda_graph:  # a replay allocates nothing: its memory is that of the capture
        step.capture()
    print_times(step)
    if options.serve:
        for _ in sys.stdin:
            print_times(step)


if __name__ == '__main__':
    main()
