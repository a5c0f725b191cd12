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
# How many batches were seen before, where a layer counts them.
BATCHES = 3
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
    """`inputs`: by port a shape; or (shape, low, high) for floats in a range; or (shape, below) for whole numbers;
    or (shape, "mask") for floats of 0 and 1;
    or (shape, below, "whole") for floats that are whole, from −⌊below/2⌋, where ties and kinks are.
    `run` gets the inputs as arguments (the module first, where there is one) and gives one tensor per output.
    The module's parameters and buffers are what the layer's are called."""
    made, stored = [], []
    for k, (port, spec) in enumerate(inputs.items()):
        if isinstance(spec, tuple) and len(spec) == 3 and spec[2] == "whole":
            shape, below, _ = spec
            made.append((indices(shape, k, below).double() - below // 2).requires_grad_())
            stored.append({"port": port, "shape": shape, "below": below, "whole": True})
        elif isinstance(spec, tuple) and len(spec) == 3:
            shape, low, high = spec
            made.append(numbers(shape, k, low, high).requires_grad_())
            stored.append({"port": port, "shape": shape, "range": [low, high]})
        elif isinstance(spec, tuple) and spec[1] == "mask":
            made.append(indices(spec[0], k, 2).double())
            assert made[-1].sum(-1).min() > 0, "a query may look at something"
            stored.append({"port": port, "shape": spec[0], "below": 2, "mask": True})
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
        # The number of batches counts only where the mean of all of them is wanted.
        counts = getattr(module, "momentum", 0) is None
        states = [(n, b) for n, b in module.named_buffers() if b.is_floating_point() or counts]
        for k, (_, b) in enumerate(states):
            b.data = numbers(list(b.shape), 60 + k, 0.5, 1.5) if b.is_floating_point() else torch.tensor(BATCHES)
    result = run(*([module] if module is not None else []), *made)
    results = result if isinstance(result, tuple) else (result,)
    floats = [(s["port"], x) for s, x in zip(stored, made) if x.requires_grad]
    total = sum((y * numbers(list(y.shape), 90 + k)).sum() for k, y in enumerate(results))
    if total.requires_grad:
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
        module = [nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d][rank - 1](shape[1], channels, **o)
        c.append(module_case(f"convTranspose{rank}d", {"channels": channels, **p}, shape, module))

    transpose(1, [2, 3, 4], 2)
    transpose(1, [1, 2, 5], 4, kernel=4, stride=2, padding=1, groups=2)
    transpose(2, [1, 2, 3, 4], 3, stride=2)
    transpose(2, [1, 4, 3, 3], 2, kernel=[3, 2], stride=[2, 3], padding=1, outputPadding=[1, 2], dilation=[2, 1], groups=2, bias=False)
    transpose(2, [1, 2, 2, 3], 2, kernel=2, stride=3, padding=1, outputPadding=2)
    transpose(3, [1, 2, 2, 3, 2], 2, kernel=2, stride=[1, 2, 1])
    transpose(3, [1, 2, 2, 2, 2], 4, kernel=[2, 1, 2], stride=2, padding=[1, 0, 0], outputPadding=1, groups=2, bias=False)
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
    c.append(module_case("maxPool1d", {"kernel": 2, "stride": 3, "padding": 1, "ceil": True}, [1, 2, 7], nn.MaxPool1d(2, 3, 1, ceil_mode=True)))
    c.append(module_case("maxPool2d", {"kernel": 3, "stride": 2, "ceil": True}, [1, 2, 6, 8], nn.MaxPool2d(3, 2, ceil_mode=True)))
    c.append(module_case("maxPool2d", {"kernel": 2, "dilation": 2, "stride": 2, "ceil": True, "padding": 1}, [1, 1, 6, 5], nn.MaxPool2d(2, 2, 1, 2, ceil_mode=True)))
    c.append(module_case("maxPool3d", {}, [1, 2, 4, 3, 5], nn.MaxPool3d(2)))
    c.append(module_case("maxPool3d", {"kernel": [2, 3, 1], "stride": [1, 2, 2], "padding": [1, 1, 0], "ceil": True}, [1, 1, 3, 4, 4], nn.MaxPool3d((2, 3, 1), (1, 2, 2), (1, 1, 0), ceil_mode=True)))
    c.append(module_case("avgPool1d", {"kernel": 3, "stride": 2, "padding": 1, "ceil": True}, [1, 2, 8], nn.AvgPool1d(3, 2, 1, ceil_mode=True)))
    c.append(module_case("avgPool1d", {"kernel": 3, "stride": 2, "padding": 1, "ceil": True, "countPadding": False}, [1, 2, 8], nn.AvgPool1d(3, 2, 1, ceil_mode=True, count_include_pad=False)))
    c.append(module_case("avgPool2d", {"kernel": [2, 3], "stride": [3, 2], "padding": [1, 0], "ceil": True}, [2, 1, 6, 6], nn.AvgPool2d((2, 3), (3, 2), (1, 0), ceil_mode=True)))
    c.append(module_case("avgPool3d", {}, [1, 2, 4, 3, 5], nn.AvgPool3d(2)))
    c.append(module_case("avgPool3d", {"kernel": 2, "stride": 3, "padding": 1, "ceil": True, "countPadding": False}, [1, 1, 3, 4, 2], nn.AvgPool3d(2, 3, 1, ceil_mode=True, count_include_pad=False)))
    c.append(module_case("adaptiveMaxPool", {"outputs": 3}, [2, 2, 7], nn.AdaptiveMaxPool1d(3)))
    c.append(module_case("adaptiveMaxPool", {"outputs": [3, 2]}, [1, 2, 7, 5], nn.AdaptiveMaxPool2d((3, 2))))
    c.append(module_case("adaptiveMaxPool", {"outputs": [2, 1, 3]}, [1, 1, 3, 2, 4], nn.AdaptiveMaxPool3d((2, 1, 3))))
    c.append(case("adaptiveMaxPool", {"outputs": [2, 3]}, {"x": ([1, 2, 5, 4], 2, "whole")}, lambda m, x: m(x), nn.AdaptiveMaxPool2d((2, 3)), name="ties"))
    c.append(case("maxPool2d", {"kernel": 3, "stride": 2, "padding": 1}, {"x": ([1, 2, 5, 4], 2, "whole")}, lambda m, x: m(x), nn.MaxPool2d(3, 2, 1), name="ties"))
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
        c.append(module_case("batchNorm3d", {}, [2, 2, 2, 1, 3], nn.BatchNorm3d(2), **o))
        c.append(module_case("batchNorm2d", {"average": "all"}, [2, 3, 2, 2], nn.BatchNorm2d(3, momentum=None), **o))
        c.append(module_case("batchNorm1d", {"average": "none"}, [4, 3], nn.BatchNorm1d(3, track_running_stats=False), **o))
        c.append(module_case("instanceNorm", {"track": True, "affine": True}, [2, 3, 2, 3], nn.InstanceNorm2d(3, affine=True, track_running_stats=True), **o))
        c.append(module_case("instanceNorm", {"track": True, "momentum": 0.4}, [3, 2, 5], nn.InstanceNorm1d(2, momentum=0.4, track_running_stats=True), **o))
    c.append(module_case("layerNorm", {"axes": 3}, [2, 3, 2, 2], nn.LayerNorm([3, 2, 2])))
    c.append(module_case("groupNorm", {"groups": 4}, [1, 4, 2, 3], nn.GroupNorm(4, 4)))
    c.append(module_case("instanceNorm", {"affine": True}, [1, 2, 2, 3, 2], nn.InstanceNorm3d(2, affine=True)))
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


def rope(x, base=10000.0, pairs="adjacent"):
    time, d = x.shape[-2:]
    angle = torch.arange(time)[:, None] * base ** (-2 * torch.arange(d // 2) / d)
    a, b = (x[..., 0::2], x[..., 1::2]) if pairs == "adjacent" else (x[..., : d // 2], x[..., d // 2 :])
    turned = (a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())
    return torch.stack(turned, -1).reshape(x.shape) if pairs == "adjacent" else torch.cat(turned, -1)


def sinusoids(time, d, base=10000.0):
    i = torch.arange(d)
    angle = torch.arange(time)[:, None] * base ** (-2.0 * (i // 2) / d)
    return torch.where(i % 2 == 0, angle.sin(), angle.cos())


class Learned(nn.Module):
    def __init__(self, length, features):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(length, features))

    def forward(self, x):
        return x + self.weight[: x.shape[1]]


def embedding():
    c = []
    for shape in [[4], [2, 3], [2, 2, 3]]:
        c.append(case("embedding", {"vocabulary": 7, "features": 3}, {"x": (shape, 7)}, lambda m, x: m(x), nn.Embedding(7, 3)))
    c.append(case("embedding", {"vocabulary": 5, "features": 2, "padding": 3}, {"x": ([3, 4], 5)}, lambda m, x: m(x), nn.Embedding(5, 2, padding_idx=3)))
    c.append(case("embedding", {"vocabulary": 4, "features": 3, "padding": 0}, {"x": ([5], 4)}, lambda m, x: m(x), nn.Embedding(4, 3, padding_idx=0)))
    for shape in [[3], [2, 4]]:
        c.append(case("oneHot", {"classes": 5}, {"x": (shape, 5)}, lambda x: F.one_hot(x, 5).double()))
    for shape, base in [([2, 5, 6], 10000), ([1, 3, 5], 100)]:
        c.append(case("sinusoidalEncoding", {"base": base}, {"x": shape}, lambda x, b=base: x + sinusoids(x.shape[1], x.shape[2], b)))
    c.append(module_case("learnedEncoding", {"length": 6}, [2, 4, 3], Learned(6, 3)))
    for shape, p in [([2, 5, 6], {}), ([1, 3, 4], {"base": 50, "pairs": "halves"}), ([1, 2, 4, 2], {})]:
        c.append(case("rotaryEncoding", p, {"x": shape}, lambda x, p=p: rope(x, **p)))
    c.append(case("paddingMask", {"padding": 2}, {"x": ([3, 4], 4)}, lambda x: (x != 2).double()))
    for shape in [[2, 3, 4], [3, 1, 2], [1, 5, 1]]:
        for pool in ["mean", "max", "sum"]:
            c.append(case("timePool", {"pool": pool}, {"x": shape}, lambda x, p=pool: x.amax(1) if p == "max" else getattr(x, p)(1)))
    for pool, f in [
        ("mean", lambda x, m: (x * m[..., None]).sum(1) / m.sum(1, keepdim=True)),
        ("max", lambda x, m: x.masked_fill(m[..., None] == 0, -math.inf).amax(1)),
        ("sum", lambda x, m: (x * m[..., None]).sum(1)),
    ]:
        for shape in [[2, 5, 3], [3, 4, 1]]:
            c.append(case("timePool", {"pool": pool}, {"x": shape, "mask": (shape[:2], "mask")}, f, name="masked"))
    write("embedding", c)


def recurrent():
    c = []
    kinds = {"rnn": (nn.RNN, 1), "lstm": (nn.LSTM, 2), "gru": (nn.GRU, 1)}

    def add(kind, shape, units, given=False, layers=1, bidirectional=False, output="all", **p):
        make, states = kinds[kind]
        extra = {"nonlinearity": p["nonlinearity"]} if "nonlinearity" in p else {}
        module = make(shape[2], units, layers, bias=p.get("bias", True), batch_first=True, bidirectional=bidirectional, **extra)
        parts = layers * (2 if bidirectional else 1)

        def run(m, x, state=None):
            start = None
            if state is not None:
                # [batch, parts * states * units], part by part
                s = state.reshape(x.shape[0], parts, states, units).permute(2, 1, 0, 3).contiguous()
                start = s[0] if states == 1 else (s[0], s[1])
            y, end = m(x, start)
            end = torch.stack([end] if states == 1 else list(end))  # [states, parts, batch, units]
            last = end.permute(2, 1, 0, 3)
            if output == "last":
                y = last[:, -(2 if bidirectional else 1) :, 0].reshape(x.shape[0], -1)
            return y, last.reshape(x.shape[0], -1)

        inputs = {"x": shape, **({"state": [shape[0], parts * states * units]} if given else {})}
        params = {"units": units, **p}
        if layers > 1:
            params["layers"] = layers
        if bidirectional:
            params["bidirectional"] = True
        if output == "last":
            params["output"] = "last"
        c.append(case(kind, params, inputs, run, module, outputs=("y", "state")))

    for kind in kinds:
        add(kind, [2, 4, 3], 3)
        add(kind, [1, 5, 2], 3, given=True, output="last")
        add(kind, [2, 3, 2], 2, layers=2, bidirectional=True, given=True)
        add(kind, [1, 1, 3], 2, bias=False, bidirectional=True, output="last")
    add("rnn", [2, 5, 2], 4, nonlinearity="relu", layers=2)
    add("lstm", [1, 2, 1], 1, layers=3)
    add("gru", [3, 1, 2], 2, layers=2, output="last")
    write("recurrent", c)


class Additive(nn.Module):
    def __init__(self, q, k, units):
        super().__init__()
        self.query = nn.Linear(q, units, bias=False)
        self.key = nn.Linear(k, units, bias=False)
        self.score = nn.Linear(units, 1, bias=False)

    def forward(self, q, k, v, mask=None):
        scores = self.score((self.query(q).unsqueeze(-2) + self.key(k).unsqueeze(-3)).tanh()).squeeze(-1)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e30)
        w = scores.softmax(-1)
        return w @ v, w


class Rotary:
    """Self-attention with the weights of a torch.nn.MultiheadAttention, and queries and keys turned by their places."""

    @staticmethod
    def run(heads, base, causal):
        def f(m, x):
            apart = lambda t: t.reshape(*t.shape[:2], heads, -1).transpose(1, 2)
            q, k, v = (apart(t) for t in F.linear(x, m.in_proj_weight, m.in_proj_bias).chunk(3, -1))
            q, k = rope(q, base), rope(k, base)
            scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
            if causal:
                scores = scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -math.inf)
            w = scores.softmax(-1)
            return m.out_proj((w @ v).transpose(1, 2).reshape(x.shape)), w

        return f


class Pooling(nn.Module):
    def __init__(self, kernel, width, leave_out):
        super().__init__()
        self.rate = nn.Parameter(torch.ones(1))
        self.kernel, self.leave_out = kernel, leave_out

    def forward(self, q, k, v):
        return pool(q, k, v, self.kernel, self.rate, self.leave_out)


def pool(q, k, v, kernel, rate, leave_out=False):
    u = ((q.unsqueeze(-2) - k.unsqueeze(-3)) * rate).square().sum(-1).sqrt()
    w = {"gaussian": lambda: (-(u**2) / 2).exp(), "boxcar": lambda: (u <= 1).double(), "epanechikov": lambda: (1 - u).relu()}[kernel]()
    if leave_out:
        w = w * (1 - torch.eye(*w.shape[-2:]))
    w = w / w.sum(-1, keepdim=True).clamp_min(1e-20)
    return w @ v, w


def attention():
    c = []
    out = ("y", "weights")

    def sdpa(q, k, v, mask=None, causal=False):
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        allowed = torch.ones(scores.shape[-2:]).bool()
        if causal:
            allowed = allowed.tril()
        if mask is not None:
            allowed = allowed & ((mask != 0) if mask.dim() == 3 else (mask != 0)[:, None])
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=allowed.expand(scores.shape))
        return y, scores.masked_fill(~allowed, -math.inf).softmax(-1)

    ports = lambda q, k, v: {"query": q, "key": k, "value": v}
    kind = "scaledDotProductAttention"
    c.append(case(kind, {}, ports([2, 3, 4], [2, 5, 4], [2, 5, 2]), sdpa, outputs=out))
    c.append(case(kind, {"causal": True}, ports([2, 4, 3], [2, 4, 3], [2, 4, 3]), lambda q, k, v: sdpa(q, k, v, causal=True), outputs=out))
    some = ports([2, 3, 4], [2, 5, 4], [2, 5, 2])
    c.append(case(kind, {}, {**some, "mask": ([2, 5], "mask")}, sdpa, outputs=out, name="keys masked"))
    c.append(case(kind, {}, {**some, "mask": ([2, 3, 5], "mask")}, sdpa, outputs=out, name="masked"))

    def mha(d, heads, sizes, params, kdim=None, vdim=None, mask=None, bias=True):
        m = nn.MultiheadAttention(d, heads, bias=bias, batch_first=True, kdim=kdim, vdim=vdim)

        def run(m, q, k=None, v=None, mask=None):
            k = q if k is None else k
            v = k if v is None else v
            causal = torch.ones(q.shape[1], k.shape[1]).tril() == 0 if params.get("causal") else None
            padding = None if mask is None else mask == 0
            return m(q, k, v, attn_mask=causal, key_padding_mask=padding, average_attn_weights=False)

        inputs = dict(zip(["query", "key", "value"], sizes))
        if mask is not None:
            inputs["mask"] = mask
        given = {"heads": heads, **params, **({} if bias else {"bias": False})}
        call = run if mask is None else lambda m, *a: run(m, *a[:-1], mask=a[-1])
        c.append(case("multiHeadAttention", given, inputs, call, m, training=False, outputs=out))

    mha(4, 2, [[2, 3, 4]], {})
    mha(6, 3, [[1, 5, 6]], {"causal": True})
    mha(4, 2, [[2, 3, 4], [2, 5, 4]], {})
    mha(4, 1, [[2, 3, 4], [2, 2, 3], [2, 2, 5]], {}, kdim=3, vdim=5)
    mha(4, 2, [[2, 3, 4], [2, 5, 4]], {}, mask=([2, 5], "mask"))
    mha(4, 2, [[2, 3, 4]], {}, mask=([2, 3], "mask"))
    mha(4, 4, [[1, 3, 4], [1, 2, 4], [1, 2, 4]], {}, bias=False)

    for heads, d, base in [(2, 4, 10000), (1, 6, 50)]:
        c.append(case("multiHeadAttention", {"heads": heads, "rotary": True, "rotaryBase": base, "causal": heads == 1}, {"query": [2, 3, d]}, Rotary.run(heads, base, heads == 1), nn.MultiheadAttention(d, heads, batch_first=True), outputs=out))
    add = lambda m, q, k, v: m(q, k, v)
    c.append(case("additiveAttention", {"units": 3}, ports([2, 3, 4], [2, 5, 2], [2, 5, 3]), add, Additive(4, 2, 3), outputs=out))
    c.append(case("additiveAttention", {"units": 4}, {"query": [1, 2, 3], "key": [1, 4, 2]}, lambda m, q, k: m(q, k, k), Additive(3, 2, 4), outputs=out))
    for kernel in ["gaussian", "boxcar", "epanechikov"]:
        for sizes, width in [(([3, 2], [5, 2], [5, 1]), 2.0), (([2, 3, 1], [2, 4, 1], [2, 4, 2]), 0.75)]:
            c.append(case("attentionPooling", {"kernel": kernel, "width": width}, ports(*sizes), lambda q, k, v, n=kernel, w=width: pool(q, k, v, n, 1 / w), outputs=out))
    learn = {"learn": True, "leaveOut": True}
    for kernel in ["gaussian", "epanechikov"]:
        c.append(case("attentionPooling", {"kernel": kernel, **learn}, ports([4, 1], [4, 1], [4, 2]), lambda m, q, k, v: m(q, k, v), Pooling(kernel, 1, True), outputs=out))
    write("attention", c)


def transformer():
    c = []

    def add(shape, heads, units, memory=None, mask=False, **p):
        o = {"dropout": 0.0, "activation": p.get("activation", "relu"), "norm_first": p.get("normFirst", False), "layer_norm_eps": p.get("epsilon", 1e-5), "batch_first": True}
        causal = p.get("causal", memory is not None)
        square = torch.ones(shape[1], shape[1]).triu(1).bool() if causal else None
        given = {"heads": heads, "feedForward": units, **p}
        if memory is None:
            m = nn.TransformerEncoderLayer(shape[2], heads, units, **o)
            run = lambda m, x: m(x, src_mask=square)
            c.append(case("transformerEncoderLayer", given, {"x": shape}, run, m, training=False))
        else:
            m = nn.TransformerDecoderLayer(shape[2], heads, units, **o)
            run = lambda m, x, e: m(x, e, tgt_mask=square)
            c.append(case("transformerDecoderLayer", given, {"x": shape, "memory": memory}, run, m, training=False))

    add([2, 3, 4], 2, 5)
    add([1, 5, 6], 3, 4, normFirst=True, activation="gelu", causal=True)
    add([2, 1, 4], 1, 3, epsilon=1e-3)
    add([2, 3, 4], 2, 5, memory=[2, 4, 4])
    add([1, 2, 4], 4, 3, memory=[1, 5, 4], normFirst=True, activation="gelu", causal=False)
    write("transformer", c)


def basic():
    c = []
    pair = lambda a, b: {"a": a, "b": b}
    c.append(case("bilinear", {"units": 4}, pair([3, 2], [3, 5]), lambda m, a, b: m(a, b), nn.Bilinear(2, 5, 4)))
    c.append(case("bilinear", {"units": 1, "bias": False}, pair([1, 3], [1, 1]), lambda m, a, b: m(a, b), nn.Bilinear(3, 1, 1, bias=False)))
    c.append(case("subtract", {}, pair([2, 3], [2, 1]), lambda a, b: a - b))
    many = {"x": [2, 3], "x_1": [2, 3], "x_2": [2, 3]}
    for axis in [1, -1]:
        c.append(case("stack", {"axis": axis}, many, lambda *t, axis=axis: torch.stack(t, axis)))
    c.append(case("slice", {"start": 1, "size": 2, "step": 2}, {"x": [2, 5]}, lambda x: x[:, 1:4:2]))
    c.append(case("slice", {"axis": 1, "start": -1}, {"x": [2, 3, 4]}, lambda x: x[:, -1:]))
    c.append(case("split", {"axis": 1, "size": 2}, {"x": [2, 5, 3]}, lambda x: tuple(x.split([2, 3], 1)), outputs=("a", "b")))
    c.append(case("permute", {"order": [3, 1, 2]}, {"x": [2, 3, 4, 5]}, lambda x: x.permute(0, 3, 1, 2)))
    for name, f in [("sum", torch.sum), ("mean", torch.mean), ("max", torch.amax), ("min", torch.amin), ("logSumExp", torch.logsumexp)]:
        c.append(case("reduce", {"operation": name}, {"x": [2, 3, 4]}, lambda x, f=f: f(x, -1)))
        c.append(case("reduce", {"operation": name, "axes": [1, -1], "keep": True}, {"x": [2, 3, 4]}, lambda x, f=f: f(x, (1, 2), keepdim=True)))
    for mode in ["nearest", "bilinear"]:
        for shape in [[1, 2, 3, 4], [2, 1, 1, 5]]:
            c.append(module_case("upsample", {"mode": mode, "factor": 3}, shape, nn.Upsample(scale_factor=3, mode=mode)))
    c.append(module_case("upsample", {"mode": "bilinear", "alignCorners": True}, [1, 2, 3, 4], nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)))
    c.append(module_case("upsample", {"mode": "bilinear", "factor": 2}, [1, 2, 5], nn.Upsample(scale_factor=2, mode="linear")))
    gates = {"glu": torch.sigmoid, "reglu": F.relu, "geglu": F.gelu, "swiglu": F.silu}
    for kind, gate in gates.items():
        for shape, axis in [([3, 6], -1), ([2, 4, 3], 1)]:
            c.append(case(kind, {"axis": axis}, {"x": shape}, lambda x, g=gate, d=axis: (lambda a, b: a * g(b))(*x.chunk(2, d))))
    above = ([3, 5], 0.1, 4.0)
    for kind, spec in [("exp", [3, 5]), ("log", above), ("sin", [3, 5]), ("cos", [3, 5]), ("sqrt", above), ("abs", [3, 5])]:
        c.append(case(kind, {}, {"x": spec}, getattr(torch, kind)))
    c.append(case("negate", {}, {"x": [3, 5]}, torch.neg))
    for p, spec in [(2, [3, 5]), (3, [3, 5]), (-1, [3, 5]), (-2, [3, 5]), (0, [3, 5]), (1, [3, 5]), (0.5, above), (-1.5, above), (7, [3, 5])]:
        c.append(case("pow", {"exponent": p}, {"x": spec}, lambda x, p=p: x**p))
    c.append(case("clamp", {"low": -0.5, "high": 1.25}, {"x": [3, 5]}, lambda x: x.clamp(-0.5, 1.25)))
    c.append(case("scale", {"factor": -2.5, "offset": 3}, {"x": [3, 5]}, lambda x: -2.5 * x + 3))
    c.append(module_case("linear", {"units": 3}, [4, 5], nn.Linear(5, 3)))
    c.append(module_case("linear", {"units": 1, "bias": False}, [2, 3, 2], nn.Linear(2, 1, bias=False)))
    c.append(module_case("linear", {"units": 5}, [1, 1], nn.Linear(1, 5)))
    apart = {"x": [3, 4], "x_1": [3, 1], "x_2": [3, 4]}
    c.append(case("add", {}, apart, lambda *t: t[0] + t[1] + t[2]))
    c.append(case("multiply", {}, apart, lambda *t: t[0] * t[1] * t[2]))
    c.append(case("concat", {}, {"x": [2, 3], "x_1": [2, 1], "x_2": [2, 4]}, lambda *t: torch.cat(t, -1)))
    c.append(case("concat", {"axis": 1}, {"x": [2, 3, 2], "x_1": [2, 1, 2]}, lambda *t: torch.cat(t, 1)))
    c.append(module_case("flatten", {}, [2, 3, 1, 2], nn.Flatten()))
    c.append(case("reshape", {"sizes": [2, -1]}, {"x": [3, 6]}, lambda x: x.reshape(3, 2, 3)))
    c.append(module_case("identity", {}, [2, 3], nn.Identity()))
    c.append(case("output", {}, {"x": [2, 3]}, lambda x: x))
    c.append(case("divide", {}, {"a": [3, 4], "b": ([3, 1], 0.3, 2)}, lambda a, b: a / b))
    c.append(case("maximum", {}, pair([3, 4], [3, 4]), torch.maximum))
    c.append(case("minimum", {}, pair([3, 4], [1, 4]), torch.minimum))
    c.append(case("matmul", {}, pair([2, 3, 4], [2, 4, 5]), torch.matmul))
    c.append(case("matmul", {"transpose": True}, pair([1, 2, 3, 4], [1, 2, 5, 4]), lambda a, b: a @ b.transpose(-1, -2)))
    c.append(case("where", {}, {"mask": ([3, 4], "mask"), **pair([3, 4], [3, 1])}, lambda m, a, b: torch.where(m != 0, a, b)))
    c.append(case("pad", {"before": 2, "after": 1}, {"x": [2, 3]}, lambda x: F.pad(x, (2, 1))))
    c.append(case("pad", {"axis": 1, "before": 0, "after": 2}, {"x": [2, 2, 3]}, lambda x: F.pad(x, (0, 0, 0, 2))))
    c.append(case("flip", {"axis": 1}, {"x": [2, 4, 3]}, lambda x: x.flip(1)))
    c.append(case("cumulativeSum", {}, {"x": [2, 5]}, lambda x: x.cumsum(1)))
    c.append(case("cumulativeSum", {"axis": 1}, {"x": [1, 131, 2]}, lambda x: x.cumsum(1)))
    c.append(case("cumulativeSum", {"axis": 1, "reverse": True}, {"x": [1, 70]}, lambda x: x.flip(1).cumsum(1).flip(1)))
    powers = lambda x, d: torch.cat([x**k for k in range(1, d + 1)], -1)
    c.append(case("polynomial", {}, {"x": [4, 2]}, lambda x: powers(x, 3)))
    c.append(case("polynomial", {"degree": 1}, {"x": [2, 1]}, lambda x: x))
    steps = lambda x, s, f: f(x[..., None], s).flatten(-2)
    c.append(case("basis", {"degree": 2, "waves": 3, "frequency": 0.5}, {"x": [3, 2]}, lambda x: torch.cat([powers(x, 2), *(steps(x, torch.arange(1, 4) * 0.5, lambda x, s, f=f: f(x * s)) for f in [torch.sin, torch.cos])], -1)))
    c.append(case("basis", {"degree": 0, "bumps": 4, "from": -2, "to": 1, "width": 0.7, "exponential": True, "logarithm": True}, {"x": ([3, 1], 0.1, 2)}, lambda x: torch.cat([x.log(), x.exp(), steps(x, torch.linspace(-2, 1, 4), lambda x, s: (-((x - s) ** 2) / 2 / 0.49).exp())], -1)))
    for shape in [[4], [3, 3, 2]]:
        c.append(case("reduce", {"operation": "product", "axes": [-1]}, {"x": [2, *shape]}, lambda x: x.prod(-1)))
    c.append(case("reduce", {"operation": "product"}, {"x": ([5, 3], 2, "whole")}, lambda x: x.prod(-1), name="zeros"))
    # The perceptron's rule: the gradient passes the step as if it were not there.
    step = lambda m, x: (lambda z: (z > 0).double() + z - z.detach())(m(x))
    c.append(case("perceptron", {}, {"x": [4, 3]}, step, nn.Linear(3, 1)))
    c.append(case("perceptron", {"units": 3, "bias": False}, {"x": [2, 5]}, step, nn.Linear(5, 3, bias=False)))
    for kind in ["dropout", "dropout2d", "dropPath"]:
        c.append(case(kind, {}, {"x": [2, 3, 4]}, lambda x: x, training=False))
    write("basic", c)


def activation():
    """Activations with parameters of their own, and those beyond scripts/golden/activations.py; 0 is among the inputs."""
    c = []
    kinked = ([4, 3], 3, "whole")
    for per, shape in [(False, [4, 3]), (True, [4, 3]), (True, [2, 3, 2, 2])]:
        c.append(module_case("prelu", {"perChannel": per}, shape, nn.PReLU(shape[1] if per else 1)))
    c.append(case("prelu", {}, {"x": kinked}, lambda m, x: m(x), nn.PReLU(), name="kinks"))
    c.append(case("heaviside", {}, {"x": kinked}, lambda x: (x > 0).double()))
    for kind, params, module in [
        ("celu", {}, nn.CELU()),
        ("celu", {"alpha": 0.5}, nn.CELU(0.5)),
        ("logSigmoid", {}, nn.LogSigmoid()),
        ("softShrink", {}, nn.Softshrink()),
        ("softShrink", {"limit": 1}, nn.Softshrink(1)),
        ("hardShrink", {}, nn.Hardshrink()),
        ("hardShrink", {"limit": 0}, nn.Hardshrink(0)),
        ("tanhShrink", {}, nn.Tanhshrink()),
        ("hardTanh", {"low": -0.5, "high": 2}, nn.Hardtanh(-0.5, 2)),
    ]:
        c.append(module_case(kind, params, [4, 5], module))
        c.append(case(kind, params, {"x": kinked}, lambda m, x: m(x), module, name="kinks"))
    for axis in [1, -2]:
        c.append(module_case("softmax", {"axis": axis}, [2, 3, 4], nn.Softmax(axis)))
        c.append(module_case("logSoftmax", {"axis": axis}, [2, 3, 4], nn.LogSoftmax(axis)))
    write("activation", c)


def losses():
    """Losses give one number per sample; PyTorch's mean is the mean of these."""
    c = []

    def add(kind, params, prediction, target, run, classes=None, **o):
        c.append(case(kind, params, {"prediction": prediction, "target": target}, run, outputs=("loss",), classes=classes, **o))

    mean = lambda l: l.reshape(l.shape[0], -1).mean(1)
    labels = ([5], 4)
    ce = lambda p, t, **o: F.cross_entropy(p, t, reduction="none", **o)
    add("crossEntropy", {}, [5, 4], labels, ce)
    add("crossEntropy", {"labelSmoothing": 0.2}, [5, 4], labels, lambda p, t: ce(p, t, label_smoothing=0.2))
    w = torch.tensor([0.5, 2.0, 1.0, 3.0])
    scaled = lambda p, t, **o: ce(p, t, weight=w, **o) * t.shape[0] / w[t].sum()
    add("crossEntropy", {"classWeights": w.tolist()}, [5, 4], labels, scaled)
    add("crossEntropy", {"classWeights": w.tolist(), "labelSmoothing": 0.1}, [5, 4], labels, lambda p, t: scaled(p, t, label_smoothing=0.1))
    places = lambda p, t, **o: F.cross_entropy(p.transpose(1, 2), t, reduction="none", **o)
    add("crossEntropy", {}, [2, 3, 4], ([2, 3], 4), lambda p, t: places(p, t).mean(1), name="places")
    add("crossEntropy", {"ignore": 2}, [2, 5, 4], ([2, 5], 4), lambda p, t: places(p, t, ignore_index=2).sum(1) * 2 / (t != 2).sum(), name="places")
    add("nll", {}, [5, 4], labels, lambda p, t: F.nll_loss(p, t, reduction="none"))
    share = lambda p, t, **o: F.nll_loss(p, t, weight=w, reduction="none", **o) * t.shape[0] / w[t][t != o.get("ignore_index", -100)].sum()
    add("nll", {"classWeights": w.tolist()}, [5, 4], labels, share)
    add("nll", {"classWeights": w.tolist(), "ignore": 1}, [5, 4], labels, lambda p, t: share(p, t, ignore_index=1))
    add("multiMargin", {}, [5, 4], labels, lambda p, t: F.multi_margin_loss(p, t, reduction="none"))
    add("multiMargin", {"margin": 0.5}, [3, 3], ([3], 3), lambda p, t: F.multi_margin_loss(p, t, reduction="none", margin=0.5))
    for kind, f in [("mse", F.mse_loss), ("mae", F.l1_loss)]:
        add(kind, {}, [4, 3], [4, 3], lambda p, t, f=f: mean(f(p, t, reduction="none")))
    add("mse", {"form": "half"}, [4, 1], [4, 1], lambda p, t: 0.5 * mean((p - t) ** 2))
    add("mse", {}, [4, 3], ([4], 3), lambda p, t: mean((p - F.one_hot(t, 3)) ** 2), classes=3)
    for d in [1.0, 0.3]:
        add("huber", {"delta": d}, [4, 3], [4, 3], lambda p, t, d=d: mean(F.huber_loss(p, t, reduction="none", delta=d)))
        add("smoothL1", {"beta": d}, [4, 3], [4, 3], lambda p, t, d=d: mean(F.smooth_l1_loss(p, t, reduction="none", beta=d)))
    share = ([4, 3], 0.02, 0.98)
    add("bce", {}, share, ([4], 3), lambda p, t: mean(F.binary_cross_entropy(p, F.one_hot(t, 3).double(), reduction="none")), classes=3)
    add("bceWithLogits", {}, ([4, 1], -9, 9), ([4], 2), lambda p, t: mean(F.binary_cross_entropy_with_logits(p, t.double()[:, None], reduction="none")), classes=2)
    add("bceWithLogits", {"positiveWeight": 2.5}, ([4, 3], -9, 9), ([4], 3), lambda p, t: mean(F.binary_cross_entropy_with_logits(p, F.one_hot(t, 3).double(), reduction="none", pos_weight=torch.tensor(2.5))), classes=3)
    add("poissonNll", {}, [4, 3], ([4, 3], 0, 5), lambda p, t: mean(F.poisson_nll_loss(p, t, reduction="none")))
    add("klDivergence", {}, ([4, 3], -3, 0), ([4], 3), lambda p, t: F.kl_div(p, F.one_hot(t, 3).double(), reduction="none").sum(1), classes=3)
    for m in [1, 0]:
        add("hinge", {"margin": m}, [4, 1], ([4], 2), lambda p, t, m=m: F.relu(m - (2 * t - 1)[:, None] * p)[:, 0], classes=2)
    write("losses", c)


families = [convolution, pooling, normalisation, embedding, recurrent, attention, transformer, basic, activation, losses]

if __name__ == "__main__":
    for family in families:
        family()
