"""Writes src/engine/layers/golden.json: PyTorch's activations and their slopes in float64.

Only needed to make the file again: python3 scripts/golden/activations.py
"""

import json
import pathlib

import torch
from torch import nn

torch.set_default_dtype(torch.float64)

x = [-20.0, -4.0, -3.0, -1.0, -0.5, -1e-3, 0.0, 1e-3, 0.5, 1.0, 2.0, 3.0, 6.0, 20.0]
cases = [
    ("identity", {}, nn.Identity()),
    ("sigmoid", {}, nn.Sigmoid()),
    ("tanh", {}, nn.Tanh()),
    ("relu", {}, nn.ReLU()),
    ("relu6", {}, nn.ReLU6()),
    ("leakyRelu", {}, nn.LeakyReLU()),
    ("leakyRelu", {"slope": 0.2}, nn.LeakyReLU(0.2)),
    ("elu", {}, nn.ELU()),
    ("elu", {"alpha": 0.5}, nn.ELU(0.5)),
    ("selu", {}, nn.SELU()),
    ("softplus", {}, nn.Softplus(threshold=1000)),
    ("softplus", {"beta": 3}, nn.Softplus(beta=3, threshold=1000)),
    ("gelu", {}, nn.GELU()),
    ("gelu", {"approximate": "tanh"}, nn.GELU(approximate="tanh")),
    ("silu", {}, nn.SiLU()),
    ("softsign", {}, nn.Softsign()),
    ("mish", {}, nn.Mish()),
    ("hardSigmoid", {}, nn.Hardsigmoid()),
    ("hardTanh", {}, nn.Hardtanh()),
    ("hardSwish", {}, nn.Hardswish()),
    ("softmax", {}, nn.Softmax(dim=-1)),
    ("logSoftmax", {}, nn.LogSoftmax(dim=-1)),
]
weights = torch.sin(torch.arange(len(x)) + 1.0)
golden = {"torch": torch.__version__, "x": x, "weights": weights.tolist(), "cases": []}
for kind, params, module in cases:
    t = torch.tensor([x], requires_grad=True)
    y = module(t)
    (y * weights).sum().backward()
    golden["cases"].append(
        {"kind": kind, "params": params, "y": y[0].tolist(), "dx": t.grad[0].tolist()}
    )

path = pathlib.Path(__file__).parents[2] / "src/engine/layers/golden.json"
path.write_text(json.dumps(golden, indent=1) + "\n")
