"""Writes what PyTorch (CPU, float64) makes of the layers in src/engine/layers, as src/engine/layers/golden/<family>.json.

Run: python3 scripts/golden/layers.py     (needs the packages of requirements.txt; the tests do not need Python)

Inputs, parameters and states are not stored: both sides make them from the same whole-number formula. The files hold the
outputs, the gradient of sum(dy * y) by each float input and each parameter, and what states become.
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
OUT = pathlib.Path(__file__).parents[2] / "src/engine/layers/golden"


def numbers(shape, k, low=-2.0, high=2.0):
    """low + (high - low) * u with u on a grid of 2003 places; distinct for the first 2003 elements."""
    u = torch.tensor([(i * 7919 + k * 104729) % 2003 for i in range(math.prod(shape))], dtype=torch.float64) / 2003
    return (low + (high - low) * u).reshape(shape)


def indices(shape, k, below):
    return torch.tensor([((i * 7919 + k * 104729) % 2003) % below for i in range(math.prod(shape))]).reshape(shape)


def flat(t):
    return [float(f"{v:.13g}") for v in t.detach().reshape(-1).tolist()]


def case(kind, params, inputs, run, module=None, training=True, outputs=("y",), classes=None, name=None):
    """`inputs`: by port a shape; or (shape, low, high) for floats in a range; or (shape, below) for whole numbers.
    `run` gets the inputs as arguments (the module first, where there is one) and gives one tensor per output.
    The module's parameters and buffers are what the layer's are called."""
    made, stored = [], []
    for k, (port, spec) in enumerate(inputs.items()):
        if isinstance(spec, tuple) and len(spec) == 3:
            shape, low, high = spec
            made.append(numbers(shape, k, low, high).requires_grad_())
            stored.append({"port": port, "shape": shape, "range": [low, high]})
        elif isinstance(spec, tuple):
            shape, below = spec
            made.append(indices(shape, k, below))
            stored.append({"port": port, "shape": shape, "below": below})
        else:
            made.append(numbers(spec, k).requires_grad_())
            stored.append({"port": port, "shape": spec})
    parameters, states = [], []
    if module is not None:
        module.train(training)
        parameters = list(module.named_parameters())
        for k, (_, p) in enumerate(parameters):
            p.data = numbers(list(p.shape), 20 + k, -0.7, 0.7)
        states = [(n, b) for n, b in module.named_buffers() if b.is_floating_point()]
        for k, (_, b) in enumerate(states):
            b.data = numbers(list(b.shape), 60 + k, 0.5, 1.5)
    result = run(*([module] if module is not None else []), *made)
    results = result if isinstance(result, tuple) else (result,)
    floats = [(s["port"], x) for s, x in zip(stored, made) if x.is_floating_point()]
    total = sum((y * numbers(list(y.shape), 90 + k)).sum() for k, y in enumerate(results))
    total.backward()
    gradients = {n: flat(t.grad) for n, t in [*floats, *parameters] if t.grad is not None}
    return {
        "kind": kind,
        **({"name": name} if name else {}),
        "params": params,
        "training": training,
        **({"classes": classes} if classes else {}),
        "inputs": stored,
        "parameters": [{"name": n, "shape": list(p.shape)} for n, p in parameters],
        "states": [{"name": n, "shape": list(b.shape), "next": flat(b)} for n, b in states],
        "outputs": [{"port": o, "shape": list(y.shape), "values": flat(y)} for o, y in zip(outputs, results)],
        "gradients": gradients,
    }


def write(family, cases):
    OUT.mkdir(parents=True, exist_ok=True)
    text = "[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n"
    (OUT / f"{family}.json").write_text(text)
    print(f"{family}: {len({c['kind'] for c in cases})} layers, {len(cases)} cases, {len(text)} bytes")


def module_case(kind, params, shape, module, **o):
    return case(kind, params, {"x": shape}, lambda m, x: m(x), module, **o)


class Separable(nn.Module):
    def __init__(self, inputs, outputs, multiplier, kernel, **o):
        super().__init__()
        self.depthwise = nn.Conv2d(inputs, inputs * multiplier, kernel, groups=inputs, **o)
        self.pointwise = nn.Conv2d(inputs * multiplier, outputs, 1)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


def convolution():
    c = []

    def conv(rank, shape, channels, **p):
        given = {"channels": channels, **p}
        rule = p.pop("paddingRule", "numbers")
        o = {"kernel_size": 3, **{("kernel_size" if k == "kernel" else k): v for k, v in p.items()}}
        if rule != "numbers":
            o["padding"] = rule
        module = [nn.Conv1d, nn.Conv2d, nn.Conv3d][rank - 1](shape[1], channels, **o)
        c.append(module_case(f"conv{rank}d", given, shape, module))

    conv(1, [2, 3, 7], 4)
    conv(1, [1, 4, 11], 6, kernel=2, stride=3, padding=4, dilation=2, groups=2)
    conv(1, [2, 1, 6], 2, kernel=4, paddingRule="same", bias=False)
    conv(1, [2, 2, 5], 3, kernel=5, paddingRule="valid")
    conv(2, [1, 2, 5, 6], 3)
    conv(2, [2, 3, 7, 5], 2, kernel=[3, 2], stride=2, padding=[1, 0])
    conv(2, [1, 4, 5, 7], 6, kernel=3, padding=2, dilation=[2, 1], groups=2, stride=[1, 3])
    conv(2, [1, 2, 5, 4], 2, kernel=[4, 3], paddingRule="same", dilation=[1, 2])
    conv(2, [1, 3, 3, 3], 5, kernel=1, bias=False)
    conv(2, [1, 1, 3, 3], 1, kernel=3)
    conv(3, [1, 2, 3, 4, 3], 2, kernel=2)
    conv(3, [1, 2, 5, 4, 3], 2, kernel=[2, 3, 1], stride=[2, 1, 2], padding=[1, 0, 0], dilation=[2, 1, 1], groups=2)
    c.append(module_case("depthwiseConv2d", {"kernel": 3, "padding": 1, "multiplier": 2}, [1, 2, 4, 5], nn.Conv2d(2, 4, 3, padding=1, groups=2)))
    c.append(module_case("depthwiseConv2d", {"kernel": [2, 3], "stride": 2, "bias": False}, [2, 3, 5, 5], nn.Conv2d(3, 3, (2, 3), stride=2, groups=3, bias=False)))
    c.append(module_case("separableConv2d", {"channels": 3, "kernel": 3, "padding": 1}, [1, 2, 4, 3], Separable(2, 3, 1, 3, padding=1)))
    c.append(module_case("separableConv2d", {"channels": 2, "kernel": 2, "multiplier": 2, "dilation": 2}, [1, 3, 5, 4], Separable(3, 2, 2, 2, dilation=2)))

    def transpose(rank, shape, channels, **p):
        names = {"kernel": "kernel_size", "outputPadding": "output_padding"}
        o = {"kernel_size": 3, **{names.get(k, k): v for k, v in p.items()}}
        module = [nn.ConvTranspose1d, nn.ConvTranspose2d][rank - 1](shape[1], channels, **o)
        c.append(module_case(f"convTranspose{rank}d", {"channels": channels, **p}, shape, module))

    transpose(1, [2, 3, 4], 2)
    transpose(1, [1, 2, 5], 4, kernel=4, stride=2, padding=1, groups=2)
    transpose(2, [1, 2, 3, 4], 3, stride=2)
    transpose(2, [1, 4, 3, 3], 2, kernel=[3, 2], stride=[2, 3], padding=1, outputPadding=[1, 2], dilation=[2, 1], groups=2, bias=False)
    write("convolution", c)


def pooling():
    c = []
    c.append(module_case("maxPool1d", {}, [2, 2, 7], nn.MaxPool1d(2)))
    c.append(module_case("maxPool1d", {"kernel": 3, "stride": 2, "padding": 1, "dilation": 2}, [1, 2, 9], nn.MaxPool1d(3, 2, 1, 2)))
    c.append(module_case("maxPool2d", {}, [1, 2, 5, 6], nn.MaxPool2d(2)))
    c.append(module_case("maxPool2d", {"kernel": [3, 2], "stride": [2, 1], "padding": [1, 0]}, [1, 2, 6, 5], nn.MaxPool2d((3, 2), (2, 1), (1, 0))))
    c.append(module_case("avgPool1d", {"kernel": 3, "stride": 2, "padding": 1}, [2, 2, 7], nn.AvgPool1d(3, 2, 1)))
    c.append(module_case("avgPool1d", {"kernel": 3, "padding": 1, "countPadding": False}, [2, 1, 7], nn.AvgPool1d(3, padding=1, count_include_pad=False)))
    c.append(module_case("avgPool2d", {}, [1, 2, 5, 6], nn.AvgPool2d(2)))
    c.append(module_case("avgPool2d", {"kernel": [3, 2], "stride": 2, "padding": 1, "countPadding": False}, [1, 2, 5, 6], nn.AvgPool2d((3, 2), 2, 1, count_include_pad=False)))
    for shape in [[2, 3, 5], [2, 3, 4, 3], [1, 2, 2, 3, 2]]:
        axes = tuple(range(2, len(shape)))
        c.append(case("globalAvgPool", {}, {"x": shape}, lambda x: x.mean(axes)))
        c.append(case("globalMaxPool", {}, {"x": shape}, lambda x: x.amax(axes)))
    c.append(module_case("adaptiveAvgPool", {"outputs": 3}, [2, 2, 7], nn.AdaptiveAvgPool1d(3)))
    c.append(module_case("adaptiveAvgPool", {"outputs": [3, 2]}, [1, 2, 7, 5], nn.AdaptiveAvgPool2d((3, 2))))
    c.append(module_case("adaptiveAvgPool", {"outputs": 2}, [1, 2, 4, 6], nn.AdaptiveAvgPool2d(2)))
    write("pooling", c)


def normalisation():
    c = []
    for training in [True, False]:
        o = {"training": training}
        c.append(module_case("batchNorm1d", {}, [5, 3], nn.BatchNorm1d(3), **o))
        c.append(module_case("batchNorm1d", {"momentum": 0.3, "epsilon": 1e-3}, [3, 2, 5], nn.BatchNorm1d(2, 1e-3, 0.3), **o))
        c.append(module_case("batchNorm2d", {}, [2, 3, 3, 2], nn.BatchNorm2d(3), **o))
        c.append(module_case("batchNorm2d", {"affine": False, "momentum": 0.5}, [1, 2, 3, 5], nn.BatchNorm2d(2, momentum=0.5, affine=False), **o))
    c.append(module_case("layerNorm", {}, [3, 5], nn.LayerNorm(5)))
    c.append(module_case("layerNorm", {"axes": 2, "epsilon": 1e-3}, [2, 3, 5], nn.LayerNorm([3, 5], 1e-3)))
    c.append(module_case("layerNorm", {"affine": False}, [2, 3, 4], nn.LayerNorm(4, elementwise_affine=False)))
    c.append(module_case("rmsNorm", {"epsilon": 1e-6}, [3, 5], nn.RMSNorm(5, 1e-6)))
    c.append(module_case("rmsNorm", {"axes": 2, "affine": False, "epsilon": 1e-3}, [2, 3, 4], nn.RMSNorm([3, 4], 1e-3, False)))
    c.append(module_case("groupNorm", {"groups": 3}, [2, 6, 3, 2], nn.GroupNorm(3, 6)))
    c.append(module_case("groupNorm", {"groups": 1, "epsilon": 1e-3}, [2, 4, 5], nn.GroupNorm(1, 4, 1e-3)))
    c.append(module_case("groupNorm", {"groups": 2, "affine": False}, [3, 6], nn.GroupNorm(2, 6, affine=False)))
    c.append(module_case("instanceNorm", {}, [2, 3, 5], nn.InstanceNorm1d(3)))
    c.append(module_case("instanceNorm", {"affine": True, "epsilon": 1e-2}, [2, 2, 3, 4], nn.InstanceNorm2d(2, 1e-2, affine=True)))
    for norm, p in [("l2", 2), ("l1", 1), ("max", math.inf)]:
        c.append(case("normalise", {"norm": norm}, {"x": [3, 5]}, lambda x, p=p: F.normalize(x, p)))
    c.append(case("normalise", {"axis": 1}, {"x": [2, 3, 4]}, lambda x: F.normalize(x, dim=1)))
    write("normalisation", c)


if __name__ == "__main__":
    convolution()
    pooling()
    normalisation()
