"""The networks of TUNA-Net in plain PyTorch, under the parameter names that users' files have.

G and D: those of pytorch-CycleGAN-and-pix2pix, where layers without parameters count.  F: those of torchvision."""
import torch
from torch import nn


def norm(channels):
    return nn.InstanceNorm2d(channels, affine=False, track_running_stats=False)


class GeneratorBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), norm(channels), nn.ReLU(),
            nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), norm(channels))

    def forward(self, x):
        return x + self.conv_block(x)


class Generator(nn.Module):
    """CycleGAN's ResNet generator: 7x7, two strided convolutions, blocks, two transposed convolutions, 7x7, tanh."""

    def __init__(self, channels, ngf, blocks):
        super().__init__()
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(channels, ngf, 7), norm(ngf), nn.ReLU()]
        for width in (ngf, 2 * ngf):
            layers += [nn.Conv2d(width, 2 * width, 3, stride=2, padding=1), norm(2 * width), nn.ReLU()]
        layers += [GeneratorBlock(4 * ngf) for _ in range(blocks)]
        for width in (2 * ngf, ngf):
            layers += [nn.ConvTranspose2d(2 * width, width, 3, stride=2, padding=1, output_padding=1), norm(width),
                       nn.ReLU()]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(ngf, channels, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


class Discriminator(nn.Module):
    """PatchGAN.  The width doubles up to 8 ndf; the first layer has no norm; the last two have stride 1."""

    def __init__(self, channels, ndf, layers):
        super().__init__()
        widths = [ndf * min(2 ** i, 8) for i in range(layers + 1)]
        model = [nn.Conv2d(channels, ndf, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
        for i in range(1, layers + 1):
            stride = 2 if i < layers else 1
            model += [nn.Conv2d(widths[i - 1], widths[i], 4, stride=stride, padding=1), norm(widths[i]),
                      nn.LeakyReLU(0.2)]
        self.model = nn.Sequential(*model, nn.Conv2d(widths[-1], 1, 4, padding=1))

    def forward(self, x):
        return self.model(x)


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inputs, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = shortcut(inputs, width, stride)

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(y)) + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    """torchvision's: the stride is in the 3x3 convolution."""
    expansion = 4

    def __init__(self, inputs, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.downsample = shortcut(inputs, 4 * width, stride)

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = torch.relu(self.bn2(self.conv2(y)))
        return torch.relu(self.bn3(self.conv3(y)) + (x if self.downsample is None else self.downsample(x)))


def shortcut(inputs, outputs, stride):
    if stride == 1 and inputs == outputs:
        return None
    return nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs))


RESNETS = {18: (BasicBlock, (2, 2, 2, 2)), 34: (BasicBlock, (3, 4, 6, 3)), 50: (Bottleneck, (3, 4, 6, 3))}


class ResNet(nn.Module):
    """He et al., 2016.  forward: logits, and the features conv3 (layer2) and conv4 (layer3)."""

    def __init__(self, depth, channels=3, classes=1000, width=64):
        super().__init__()
        block, counts = RESNETS[depth]
        self.conv1 = nn.Conv2d(channels, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        inputs = width
        for stage, count in enumerate(counts):
            blocks = []
            for i in range(count):
                blocks.append(block(inputs, width << stage, 2 if i == 0 and stage > 0 else 1))
                inputs = (width << stage) * block.expansion
            self.add_module(f'layer{stage + 1}', nn.Sequential(*blocks))
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = self.layer1(nn.functional.max_pool2d(x, 3, stride=2, padding=1))
        conv3 = self.layer2(x)
        conv4 = self.layer3(conv3)
        return self.fc(self.layer4(conv4).mean((2, 3))), conv3, conv4


def count_parameters(net):
    return sum(parameter.numel() for parameter in net.parameters())


def biases_without_gradient(net):
    """Biases right before an instance norm, which subtracts them again: their gradient is 0 except for rounding."""
    return [f'{name}.{index}.bias' for name, sequence in net.named_modules() if isinstance(sequence, nn.Sequential)
            for index in range(len(sequence) - 1)
            if isinstance(sequence[index], (nn.Conv2d, nn.ConvTranspose2d))
            and isinstance(sequence[index + 1], nn.InstanceNorm2d)]
