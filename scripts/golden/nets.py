"""Writes src/engine/model/nets.json: whole nets of many layers in PyTorch (float64): loss, prediction and all gradients.

Only needed to make the file again: python3 scripts/golden/nets.py
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
BATCH = 3


def numbers(shape, k, low=-2.0, high=2.0):
    u = torch.tensor([(i * 7919 + k * 104729) % 2003 for i in range(math.prod(shape))], dtype=torch.float64) / 2003
    return (low + (high - low) * u).reshape(shape)


def indices(shape, k, below):
    return torch.tensor([((i * 7919 + k * 104729) % 2003) % below for i in range(math.prod(shape))]).reshape(shape)


def flat(t):
    return [float(f"{v:.13g}") for v in t.detach().reshape(-1).tolist()]


class Residual(nn.Module):
    """An odd-sized image through convolution, batch norm, a residual block of groups, pooling and a head."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(2, 4, 3, stride=2, padding=1)
        self.bn = nn.BatchNorm2d(4)
        self.grouped = nn.Conv2d(4, 4, 3, padding="same", groups=2, bias=False)
        self.gn = nn.GroupNorm(2, 4)
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        a = F.silu(self.bn(self.stem(x)))
        b = F.relu(self.gn(self.grouped(a))) + a
        return self.head(F.max_pool2d(b, 2, 1, 1).mean((2, 3)))


class Words(nn.Module):
    """Tokens through an embedding, positions, a causal transformer block, a GRU in both directions and a head."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(7, 4)
        self.block = nn.TransformerEncoderLayer(4, 2, 5, 0.0, batch_first=True, norm_first=True, activation="gelu")
        self.gru = nn.GRU(4, 3, batch_first=True, bidirectional=True)
        self.norm = nn.LayerNorm(6)
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        h = self.table(x)
        i = torch.arange(4)
        angle = torch.arange(x.shape[1])[:, None] * 10000.0 ** (-2.0 * (i // 2) / 4)
        h = self.block(h + torch.where(i % 2 == 0, angle.sin(), angle.cos()), src_mask=torch.ones(5, 5).triu(1).bool())
        _, end = self.gru(h)
        return self.head(self.norm(end.transpose(0, 1).reshape(x.shape[0], 6)))


class Coder(nn.Module):
    """A sequence through an LSTM, attention to itself, a 1-D convolution, its transpose, a gate and a mean."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 3, batch_first=True)
        self.mha = nn.MultiheadAttention(3, 3, batch_first=True)
        self.conv = nn.Conv1d(3, 4, 2, stride=2, padding=1, dilation=2)
        self.up = nn.ConvTranspose1d(4, 4, 3, stride=2)
        self.head = nn.Linear(2, 3)

    def forward(self, x):
        h, _ = self.lstm(x)
        h = h + self.mha(h, h, h)[0]
        y = F.glu(self.up(F.elu(self.conv(h.transpose(1, 2)))), 1)
        return self.head(y.mean(-1))


class Shortcut(nn.Module):
    """A residual block of torchvision's shape: basic or bottleneck, plain or grouped, with a projection where asked."""

    def __init__(self, inputs, channels, width=None, groups=1, stride=1, projected=False):
        super().__init__()
        conv = lambda i, o, k, s=1, g=1: nn.Conv2d(i, o, k, s, k // 2, groups=g, bias=False)
        self.deep = width is not None
        if self.deep:
            self.conv1, self.bn1 = conv(inputs, width, 1), nn.BatchNorm2d(width)
            self.conv2, self.bn2 = conv(width, width, 3, stride, groups), nn.BatchNorm2d(width)
            self.conv3, self.bn3 = conv(width, channels, 1), nn.BatchNorm2d(channels)
        else:
            self.conv1, self.bn1 = conv(inputs, channels, 3, stride), nn.BatchNorm2d(channels)
            self.conv2, self.bn2 = conv(channels, channels, 3), nn.BatchNorm2d(channels)
        self.projected = projected
        if projected:
            self.downsample, self.downsample_norm = conv(inputs, channels, 1, stride), nn.BatchNorm2d(channels)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.deep:
            y = self.bn3(self.conv3(F.relu(y)))
        return F.relu(y + (self.downsample_norm(self.downsample(x)) if self.projected else x))


class ConvNormRelu(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(4, 5, 3, 2, 1, bias=False), nn.BatchNorm2d(5)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)))


class Inception(nn.Module):
    def __init__(self):
        super().__init__()
        self.branch1 = nn.Conv2d(4, 2, 1)
        self.branch3_reduce, self.branch3 = nn.Conv2d(4, 2, 1), nn.Conv2d(2, 3, 3, padding=1)
        self.branch5_reduce, self.branch5 = nn.Conv2d(4, 1, 1), nn.Conv2d(1, 2, 5, padding=2)
        self.branch_pool = nn.Conv2d(4, 1, 1)

    def forward(self, x):
        b3 = F.relu(self.branch3(F.relu(self.branch3_reduce(x))))
        b5 = F.relu(self.branch5(F.relu(self.branch5_reduce(x))))
        pool = F.relu(self.branch_pool(F.max_pool2d(x, 3, 1, 1)))
        return torch.cat([F.relu(self.branch1(x)), b3, b5, pool], 1)


class Mlp(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.norm = nn.LayerNorm(4) if norm else None
        self.linear1, self.linear2 = nn.Linear(4, 6), nn.Linear(6, 4)

    def forward(self, x):
        y = self.linear2(F.relu(self.linear1(self.norm(x) if self.norm else x)))
        return x + y if self.norm else y


class Framed(nn.Module):
    """A block (or several in series), what becomes of it for each sample, and a head; attended: with a memory made of x."""

    def __init__(self, block, features, pooled=False, attended=False, causal=False):
        super().__init__()
        self.memory = nn.Linear(4, 4) if attended else None
        self.block, self.head = block, nn.Linear(features, 3)
        self.pooled, self.causal = pooled, causal

    def forward(self, x):
        mask = torch.ones(x.shape[1], x.shape[1]).triu(1).bool() if self.causal else None
        if self.memory:
            y = self.block(x, self.memory(x), tgt_mask=mask)
        else:
            y = self.block(x, src_mask=mask) if self.causal else self.block(x)
        return self.head(y.mean((2, 3)) if self.pooled else y.flatten(1))


def framed_transformers():
    for name, layer, first in [
        ("encoder", nn.TransformerEncoderLayer, False),
        ("encoderPre", nn.TransformerEncoderLayer, True),
        ("decoder", nn.TransformerDecoderLayer, False),
        ("decoderPre", nn.TransformerDecoderLayer, True),
    ]:
        block = layer(4, 2, 6, 0.0, batch_first=True, norm_first=first, activation="gelu" if first else "relu")
        net = Framed(block, 20, attended=name.startswith("decoder"), causal=name != "encoder")
        yield f"block {name}", net, [5, 4], None


blocks = [
    ("convNormRelu", ConvNormRelu(), 5),
    ("residual", nn.Sequential(Shortcut(4, 4), Shortcut(4, 4)), 4),
    ("residualDown", Shortcut(4, 6, stride=2, projected=True), 6),
    ("bottleneck", Shortcut(4, 4, 2), 4),
    ("bottleneckDown", Shortcut(4, 6, 2, stride=2, projected=True), 6),
    ("resnext", Shortcut(4, 4, 4, groups=2), 4),
    ("resnextDown", Shortcut(4, 6, 4, groups=2, stride=2, projected=True), 6),
    ("inception", Inception(), 8),
]
nets = [
    *((f"block {name}", Framed(block, channels, pooled=True), [4, 7, 5], None) for name, block, channels in blocks),
    ("block mlp", Framed(Mlp(False), 20), [5, 4], None),
    ("block residualMlp", Framed(Mlp(True), 20), [5, 4], None),
    *framed_transformers(),
    ("residual", Residual(), [2, 7, 5], None),
    ("words", Words(), [5], 7),
    ("coder", Coder(), [7, 2], None),
]
golden = []
for name, net, shape, vocabulary in nets:
    x = indices([BATCH, *shape], 0, vocabulary) if vocabulary else numbers([BATCH, *shape], 0)
    y = indices([BATCH], 1, 3)
    parameters = list(net.named_parameters())
    for k, (_, p) in enumerate(parameters):
        p.data = numbers(list(p.shape), 20 + k, -0.7, 0.7)
    prediction = net(x)
    loss = F.cross_entropy(prediction, y)
    loss.backward()
    golden.append(
        {
            "name": name,
            "shape": shape,
            **({"vocabulary": vocabulary} if vocabulary else {}),
            "loss": loss.item(),
            "prediction": flat(prediction),
            "gradients": [{"name": n, "shape": list(p.shape), "values": flat(p.grad)} for n, p in parameters],
            "states": [{"name": n, "values": flat(b)} for n, b in net.named_buffers() if b.is_floating_point()],
        }
    )
path = pathlib.Path(__file__).parents[2] / "src/engine/model/nets.json"
path.write_text(json.dumps(golden) + "\n")
