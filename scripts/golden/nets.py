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


nets = [
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
