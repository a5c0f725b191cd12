"""Writes src/engine/export/goldens/state-dict.json: for every layer with weights, a net around it, its state_dict as PyTorch
saves it (names, layouts, counters and all) in the safetensors format, and the loss that PyTorch computes with it.

Run: python3 scripts/golden/state_dict.py        (needs requirements.txt; the tests do not need Python)
"""

import base64
import json
import math

import torch
import torch.nn.functional as F
from torch import nn

from layers import Separable
from mixed_parity import BATCH, Net
from step_parity import ROOT, save

SPACE = {1: [5], 2: [4, 3], 3: [2, 3, 2]}
CONV = [None, nn.Conv1d, nn.Conv2d, nn.Conv3d]
TRANSPOSE = [None, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d]
NORM = [None, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d]


def one(kind, sizes, params, module, run=lambda m, x: m(x), ports=("x",), gives=("y",), seed=1):
    net = Net(seed)
    x = net.start(math.prod(sizes))
    if len(sizes) > 1:
        x = net.reshape(x, *sizes)
    modules = {}
    grown = net.add(kind, params, run, *[x] * len(ports), module=module, ports=ports, gives=gives)
    modules[grown[0]] = module
    flat = net.module("flatten", {}, nn.Flatten(), grown)
    head = nn.Linear(flat[2].shape[1], 2)
    z = net.module("linear", {"units": 2}, head, flat)
    modules[z[0]] = head
    y = torch.randn(BATCH, 2).float()
    net.classes = 0
    net.nodes["loss"] = ("mse", {})
    net.wires += [([z[0], "y"], ["loss", "prediction"]), (["data", "y"], ["loss", "target"])]
    loss = F.mse_loss(z[2], y.double())
    state = nn.ModuleDict(modules).state_dict()
    text = lambda tensors: base64.b64encode(save({n: t.float() if t.is_floating_point() else t for n, t in tensors.items()})).decode()
    return {
        "name": f"{kind} {json.dumps(params)}",
        "document": net.document(y),
        "weights": text(state),
        "batch": text({"x": net.batch, "y": y}),
        "expected": text({"loss": loss.detach()}),
    }


def main():
    cases = [
        one("linear", [4], {"units": 3}, nn.Linear(4, 3)),
        one("bilinear", [3], {"units": 4}, nn.Bilinear(3, 3, 4), lambda m, a, b: m(a, b), ports=("a", "b")),
        one("prelu", [4], {"perChannel": True}, nn.PReLU(4)),
        one("depthwiseConv2d", [2, 4, 3], {"multiplier": 2, "kernel": 2}, nn.Conv2d(2, 4, 2, groups=2)),
        one("separableConv2d", [2, 4, 3], {"channels": 3, "kernel": 2}, Separable(2, 3, 1, 2)),
        one("layerNorm", [2, 5], {"axes": 2}, nn.LayerNorm([2, 5])),
        one("rmsNorm", [2, 5], {"epsilon": 1e-3}, nn.RMSNorm(5, 1e-3)),
        one("groupNorm", [4, 3], {"groups": 2}, nn.GroupNorm(2, 4)),
        one("instanceNorm", [2, 4, 3], {"affine": True, "track": True}, nn.InstanceNorm2d(2, affine=True, track_running_stats=True)),
        one("batchNorm2d", [2, 3, 2], {"average": "all"}, nn.BatchNorm2d(2, momentum=None)),
    ]
    for rank, space in SPACE.items():
        o = {"kernel": 2, "channels": 4, "groups": 2}
        cases.append(one(f"conv{rank}d", [2, *space], o, CONV[rank](2, 4, 2, groups=2)))
        cases.append(one(f"convTranspose{rank}d", [2, *space], o, TRANSPOSE[rank](2, 4, 2, groups=2)))
        cases.append(one(f"batchNorm{rank}d", [2, *space], {}, NORM[rank](2)))
    for kind, make in [("rnn", nn.RNN), ("lstm", nn.LSTM), ("gru", nn.GRU)]:
        given = {"units": 2, "layers": 2, "bidirectional": True}
        module = make(3, 2, 2, batch_first=True, bidirectional=True)
        cases.append(one(kind, [3, 3], given, module, lambda m, x: m(x)[0]))
    attend = lambda m, q: m(q, q, q, average_attn_weights=False)
    cases.append(one("multiHeadAttention", [3, 4], {"heads": 2}, nn.MultiheadAttention(4, 2, batch_first=True), attend, ports=("query",), gives=("y", "weights")))
    o = {"dim_feedforward": 3, "dropout": 0.0, "batch_first": True}
    given = {"heads": 2, "feedForward": 3, "dropout": 0}
    cases.append(one("transformerEncoderLayer", [3, 4], given, nn.TransformerEncoderLayer(4, 2, **o)))
    mask = torch.ones(3, 3).triu(1).bool()
    cases.append(one("transformerDecoderLayer", [3, 4], given, nn.TransformerDecoderLayer(4, 2, **o), lambda m, x, e: m(x, e, tgt_mask=mask), ports=("x", "memory")))
    path = ROOT / "src/engine/export/goldens/state-dict.json"
    path.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
    print(f"{len(cases)} layers, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
