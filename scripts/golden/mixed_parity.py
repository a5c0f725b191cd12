"""Holds `gradloom step` to PyTorch's autograd on nets that mix layers at random, at odd sizes: convolutions with norms, pools,
recurrent layers, attention, gates, branches. Outputs, gradients and running statistics must agree within 2e-5, relative to the
largest number of each tensor.

Run: python3 scripts/golden/mixed_parity.py [--seeds 0-39]     through the command line, one net after the other
     python3 scripts/golden/mixed_parity.py --write FILE        only writes the cases, without what lies between the layers;
         src/engine/export/goldens/mixed.json, which the tests read, holds those with no --seeds

PyTorch computes in float64 on the same float32 weights and batch.
"""

import argparse
import base64
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import torch
import torch.nn.functional as F
from torch import nn

from layers import Rotary, rope, sinusoids
from step_parity import ROOT, load, save

LIMIT = 2e-5
BATCH = 3

ACTIVATIONS = [
    ("relu", {}, F.relu),
    ("gelu", {}, F.gelu),
    ("silu", {}, F.silu),
    ("elu", {"alpha": 0.5}, lambda x: F.elu(x, 0.5)),
    ("celu", {"alpha": 0.5}, lambda x: F.celu(x, 0.5)),
    ("leakyRelu", {"slope": 0.25}, lambda x: F.leaky_relu(x, 0.25)),
    ("mish", {}, F.mish),
    ("hardSwish", {}, F.hardswish),
    ("softsign", {}, F.softsign),
    ("tanh", {}, torch.tanh),
    ("selu", {}, F.selu),
    ("logSigmoid", {}, F.logsigmoid),
    ("tanhShrink", {}, F.tanhshrink),
]


class Net:
    """A document and what PyTorch makes of it, grown one layer at a time from a batch of rows."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        torch.manual_seed(seed)
        self.nodes, self.wires, self.weights, self.leaves = {}, [], {}, {}
        self.outputs, self.states = {}, {}
        self.features = 0

    def number(self, low, high):
        return self.dice.randint(low, high)

    def maybe(self, chance=0.5):
        return self.dice.random() < chance

    def pick(self, choices):
        return self.dice.choice(choices)

    def start(self, features):
        self.features = features
        x = torch.randn(BATCH, features).float().double().requires_grad_()
        self.batch = x.detach().clone()
        self.outputs["data.x"] = x
        return ("data", "x", x)

    def add(self, kind, params, run, *inputs, module=None, ports=("x",), gives=("y",)):
        """One layer: `run` gets the module, where there is one, and the tensors. Returns its first output."""
        name = f"{kind}_{len(self.nodes) + 1}"
        self.nodes[name] = (kind, params)
        ports = [p for p in ports for _ in (inputs if p == "many" else [0])]
        for port, (node, out, _) in zip(ports, inputs):
            self.wires.append(([node, out], [name, "x" if port == "many" else port]))
        if module is not None:
            module.double()
            for tensor, p in module.named_parameters():
                spread = 0.5 / math.sqrt(max(1, p[0].numel())) if p.dim() > 1 else 0.3
                centre = 1.0 if tensor.endswith("weight") and p.dim() == 1 else 0.0
                p.data = (centre + torch.randn(p.shape) * spread * 2).float().double()
                self.weights[f"{name}.{tensor}"] = p.data.float()
                self.leaves[f"{name}.{tensor}"] = p
            for tensor, b in module.named_buffers():
                if b.is_floating_point():
                    b.data = (torch.rand(b.shape) + 0.5).float().double()
                    self.weights[f"{name}.{tensor}"] = b.data.float()
                    self.states[f"{name}.{tensor}"] = b
        values = [v for *_, v in inputs]
        made = run(module, *values) if module is not None else run(*values)
        made = made if isinstance(made, tuple) else (made,)
        if kind.startswith("batchNorm"):
            # PyTorch 2.13 sums the gradient of a batch norm wrongly on the CPU where it arrives broadcast, as means send it.
            made[0].register_hook(lambda g: g.clone(memory_format=torch.contiguous_format))
        for port, y in zip(gives, made):
            if y.requires_grad:
                y.retain_grad()
            self.outputs[f"{name}.{port}"] = y
        return (name, gives[0], made[0])

    def module(self, kind, params, module, x):
        return self.add(kind, params, lambda m, t: m(t), x, module=module)

    def reshape(self, x, *sizes):
        return self.add("reshape", {"sizes": list(sizes)}, lambda t: t.reshape(BATCH, *sizes), x)

    def permute(self, x, *order):
        return self.add("permute", {"order": list(order)}, lambda t: t.permute(0, *order), x)

    def linear(self, x, units):
        return self.module("linear", {"units": units}, nn.Linear(x[2].shape[-1], units), x)

    def activation(self, x):
        if x[2].dim() > 1 and self.maybe(0.15):
            channels = x[2].shape[1]
            return self.module("prelu", {"perChannel": True}, nn.PReLU(channels), x)
        kind, params, f = self.pick(ACTIVATIONS)
        return self.add(kind, params, f, x)

    def sum(self, *xs):
        return self.add("add", {}, lambda *t: sum(t[1:], t[0]), *xs, ports=("many",))

    # What follows takes a tensor of one form and returns one of the same form, or None where it does not fit.

    def norm(self, x):
        shape = x[2].shape
        space = math.prod(shape[2:])
        rank = len(shape) - 2
        choice = self.pick(["batch", "group", "instance", "layer", "rms"])
        if choice == "batch" and rank in (0, 1, 2):
            make = nn.BatchNorm2d if rank == 2 else nn.BatchNorm1d
            return self.module(f"batchNorm{max(rank, 1)}d", {"momentum": 0.2}, make(shape[1], momentum=0.2), x)
        if choice == "group" and shape[1] > 1:
            groups = self.pick([g for g in range(1, shape[1]) if shape[1] % g == 0])
            return self.module("groupNorm", {"groups": groups}, nn.GroupNorm(groups, shape[1]), x)
        if choice == "instance" and rank > 0 and space > 2:
            make = [nn.InstanceNorm1d, nn.InstanceNorm2d][rank - 1]
            return self.module("instanceNorm", {"affine": True}, make(shape[1], affine=True), x)
        axes = self.number(1, len(shape) - 1)
        last = list(shape[-axes:])
        if math.prod(last) < 3:
            return None
        if choice == "rms":
            return self.module("rmsNorm", {"axes": axes, "epsilon": 1e-3}, nn.RMSNorm(last, 1e-3), x)
        return self.module("layerNorm", {"axes": axes}, nn.LayerNorm(last), x)

    def window(self, sizes, largest=3):
        """A kernel, stride and padding that fit."""
        kernel = [self.number(1, min(largest, s + 1)) for s in sizes]
        padding = [self.number(0, k // 2) for k in kernel]
        kernel = [min(k, s + 2 * p) for k, s, p in zip(kernel, sizes, padding)]
        padding = [min(p, k // 2) for k, p in zip(kernel, padding)]
        kernel = [min(k, s + 2 * p) for k, s, p in zip(kernel, sizes, padding)]
        return kernel, [self.number(1, 2) for _ in sizes], padding

    def convolution(self, x):
        _, c, *sizes = x[2].shape
        rank = len(sizes)
        groups = self.pick([g for g in range(1, c + 1) if c % g == 0])
        channels = groups * self.number(1, 3)
        kernel, stride, padding = self.window(sizes)
        o = {"groups": groups, "bias": self.maybe(0.7)}
        if self.maybe(0.25):
            o |= {"padding": "same", "dilation": self.number(1, 2)}
            given = {"paddingRule": "same", "dilation": o["dilation"]}
        else:
            o |= {"stride": stride, "padding": padding}
            given = {"stride": stride, "padding": padding}
        module = [nn.Conv1d, nn.Conv2d][rank - 1](c, channels, kernel, **o)
        given |= {"channels": channels, "kernel": kernel, "groups": groups, "bias": o["bias"]}
        return self.module(f"conv{rank}d", given, module, x)

    def transpose(self, x):
        _, c, *sizes = x[2].shape
        if math.prod(sizes) > 20:
            return None
        rank, channels = len(sizes), self.number(1, 4)
        stride, extra = self.number(1, 3), 0
        extra = self.number(0, stride - 1)
        kernel = self.number(2, 3)
        module = [nn.ConvTranspose1d, nn.ConvTranspose2d][rank - 1](c, channels, kernel, stride, 0, extra)
        return self.module(f"convTranspose{rank}d", {"channels": channels, "kernel": kernel, "stride": stride, "outputPadding": extra}, module, x)

    def pool(self, x):
        sizes = x[2].shape[2:]
        rank = len(sizes)
        kernel, stride, padding = self.window(sizes)
        ceil = self.maybe()
        if self.maybe():
            module = [nn.MaxPool1d, nn.MaxPool2d][rank - 1](kernel, stride, padding, ceil_mode=ceil)
            return self.module(f"maxPool{rank}d", {"kernel": kernel, "stride": stride, "padding": padding, "ceil": ceil}, module, x)
        count = self.maybe()
        module = [nn.AvgPool1d, nn.AvgPool2d][rank - 1](kernel, stride, padding, ceil_mode=ceil, count_include_pad=count)
        return self.module(f"avgPool{rank}d", {"kernel": kernel, "stride": stride, "padding": padding, "ceil": ceil, "countPadding": count}, module, x)

    def adaptive(self, x):
        sizes = [self.number(1, s + 1) for s in x[2].shape[2:]]
        rank, most = len(sizes), self.maybe()
        make = [[nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d], [nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d]][most][rank - 1]
        return self.module("adaptiveMaxPool" if most else "adaptiveAvgPool", {"outputs": sizes}, make(sizes if rank > 1 else sizes[0]), x)

    def upsample(self, x):
        sizes = x[2].shape[2:]
        if math.prod(sizes) > 12:
            return None
        mode = self.pick(["nearest", "bilinear"])
        align = mode == "bilinear" and self.maybe()
        torch_mode = "linear" if mode == "bilinear" and len(sizes) == 1 else mode
        module = nn.Upsample(scale_factor=2, mode=torch_mode, **({"align_corners": align} if mode == "bilinear" else {}))
        return self.module("upsample", {"mode": mode, "factor": 2, "alignCorners": align}, module, x)

    def residual(self, x):
        shape = x[2].shape
        if len(shape) == 2 or self.form == "sequence":
            return self.sum(x, self.activation(self.linear(x, shape[-1])))
        rank = len(shape) - 2
        module = [nn.Conv1d, nn.Conv2d][rank - 1](shape[1], shape[1], 3, padding=1, bias=False)
        y = self.module(f"conv{rank}d", {"channels": shape[1], "kernel": 3, "padding": 1, "bias": False}, module, x)
        return self.activation(self.sum(x, y))

    def branches(self, x):
        """An inception block: two convolutions side by side, joined along the channels."""
        shape = x[2].shape
        rank = len(shape) - 2
        make = [nn.Conv1d, nn.Conv2d][rank - 1]
        parts = []
        for kernel in [1, 3]:
            channels = self.number(1, 2)
            given = {"channels": channels, "kernel": kernel, "paddingRule": "same"}
            parts.append(self.module(f"conv{rank}d", given, make(shape[1], channels, kernel, padding="same"), x))
        return self.add("concat", {"axis": 1}, lambda *t: torch.cat(t, 1), *parts, ports=("many",))

    def squeeze(self, x):
        """Squeeze and excitation: each channel weighed by a function of its mean."""
        axes = list(range(2, x[2].dim()))
        means = self.add("reduce", {"axes": axes, "keep": True}, lambda t: t.mean(axes, keepdim=True), x)
        gate = self.add("sigmoid", {}, torch.sigmoid, means)
        return self.add("multiply", {}, lambda a, b: a * b, x, gate, ports=("many",))

    def gate(self, x):
        axis = -1 if self.form in ("sequence", "rows") else 1
        if x[2].shape[axis] % 2:
            return None
        gates = {"glu": torch.sigmoid, "geglu": F.gelu, "swiglu": F.silu, "reglu": F.relu}
        kind = self.pick(list(gates))
        return self.add(kind, {"axis": axis}, lambda t: (lambda a, b: a * gates[kind](b))(*t.chunk(2, axis)), x)

    def competition(self, x):
        axis = self.pick([1, -1])
        kind, f = self.pick([("softmax", F.softmax), ("logSoftmax", F.log_softmax)])
        return self.add(kind, {"axis": axis}, lambda t: f(t, axis), x)

    def places(self, x):
        kind = self.pick(["flip", "pad", "cumulativeSum"])
        if kind == "flip":
            return self.add(kind, {"axis": 1}, lambda t: t.flip(1), x)
        if kind == "cumulativeSum":
            return self.add(kind, {"axis": 1}, lambda t: t.cumsum(1), x)
        ahead = [0, 0] * (x[2].dim() - 2)
        return self.add(kind, {"axis": 1, "before": 1, "after": 0}, lambda t: F.pad(t, (*ahead, 1, 0)), x)

    def recurrent(self, x):
        kind, make = self.pick([("rnn", nn.RNN), ("lstm", nn.LSTM), ("gru", nn.GRU)])
        units, layers, both = self.number(1, 4), self.number(1, 2), self.maybe(0.3)
        module = make(x[2].shape[2], units, layers, batch_first=True, bidirectional=both)
        return self.add(kind, {"units": units, "layers": layers, "bidirectional": both}, lambda m, t: m(t)[0], x, module=module)

    def heads(self, x):
        return self.pick([h for h in range(1, x[2].shape[2] + 1) if x[2].shape[2] % h == 0])

    def attention(self, x):
        _, time, d = x[2].shape
        heads, causal = self.heads(x), self.maybe()
        module = nn.MultiheadAttention(d, heads, batch_first=True)
        if (d // heads) % 2 == 0 and self.maybe():
            run = Rotary.run(heads, 100, causal)
            return self.add("multiHeadAttention", {"heads": heads, "causal": causal, "rotary": True, "rotaryBase": 100}, run, x, module=module, ports=("query",), gives=("y", "weights"))
        mask = torch.ones(time, time).triu(1).bool() if causal else None
        run = lambda m, t: m(t, t, t, attn_mask=mask, average_attn_weights=False)
        return self.add("multiHeadAttention", {"heads": heads, "causal": causal}, run, x, module=module, ports=("query",), gives=("y", "weights"))

    def transformer(self, x):
        _, time, d = x[2].shape
        if d < 2:
            return None
        heads, inner, first, causal = self.heads(x), self.number(2, 5), self.maybe(), self.maybe()
        act = self.pick(["relu", "gelu"])
        module = nn.TransformerEncoderLayer(d, heads, inner, 0.0, act, batch_first=True, norm_first=first)
        given = {"heads": heads, "feedForward": inner, "normFirst": first, "activation": act, "causal": causal, "dropout": 0}
        mask = torch.ones(time, time).triu(1).bool() if causal else None
        return self.add("transformerEncoderLayer", given, lambda m, t: m(t, src_mask=mask), x, module=module)

    def decoder(self, x):
        _, time, d = x[2].shape
        if d < 2:
            return None
        memory = self.linear(x, d)
        heads = self.heads(x)
        module = nn.TransformerDecoderLayer(d, heads, 3, 0.0, batch_first=True)
        mask = torch.ones(time, time).triu(1).bool()
        given = {"heads": heads, "feedForward": 3, "dropout": 0}
        return self.add("transformerDecoderLayer", given, lambda m, t, e: m(t, e, tgt_mask=mask), x, memory, module=module, ports=("x", "memory"))

    def mixing(self, x):
        """Scaled dot-product attention over itself."""

        def run(q, k, v):
            w = (q @ k.transpose(1, 2) / math.sqrt(q.shape[2])).softmax(-1)
            return w @ v, w

        return self.add("scaledDotProductAttention", {}, run, x, x, x, ports=("query", "key", "value"), gives=("y", "weights"))

    def position(self, x):
        _, time, d = x[2].shape
        kind = self.pick(["sinusoidalEncoding", "rotaryEncoding"])
        if kind == "sinusoidalEncoding":
            return self.add(kind, {}, lambda t: t + sinusoids(time, d).double(), x)
        return self.add(kind, {}, rope, x) if d % 2 == 0 else None

    def product(self, x):
        y = self.add("matmul", {"transpose": True}, lambda a, b: a @ b.transpose(1, 2), x, x, ports=("a", "b"))
        return self.add("scale", {"factor": 0.25}, lambda t: t * 0.25, y) if x[2].shape[1] < 9 else None

    def features_of(self, x):
        """Powers, waves, or unit length."""
        kind = self.pick(["polynomial", "basis", "normalise", "bilinear"])
        if kind == "normalise":
            return self.add(kind, {}, lambda t: F.normalize(t, dim=-1), x)
        if x[2].shape[1] > 6:
            return None
        if kind == "polynomial":
            return self.add(kind, {"degree": 2}, lambda t: torch.cat([t, t * t], -1), x)
        if kind == "basis":
            return self.add(kind, {"waves": 1}, lambda t: torch.cat([t, t.sin(), t.cos()], -1), x)
        d = x[2].shape[1]
        return self.add(kind, {"units": 3}, lambda m, a, b: m(a, b), x, x, module=nn.Bilinear(d, d, 3), ports=("a", "b"))

    def kernel(self, x):
        """Nadaraya-Watson pooling over the batch."""
        if x[2].shape[1] > 8:
            return None

        def run(q, k, v):
            w = (-(q[:, None] - k[None]).square().sum(-1) / 8).softmax(-1)
            return w @ v, w

        return self.add("attentionPooling", {"width": 2}, run, x, x, x, ports=("query", "key", "value"), gives=("y", "weights"))

    def grow(self, x, steps):
        """Some layers that keep the form."""
        own = {
            "image": [self.convolution, self.convolution, self.transpose, self.pool, self.adaptive, self.upsample, self.branches, self.squeeze],
            "signal": [self.convolution, self.convolution, self.transpose, self.pool, self.adaptive, self.upsample, self.branches],
            "sequence": [self.recurrent, self.recurrent, self.attention, self.transformer, self.decoder, self.mixing, self.position, self.places, self.product],
            "rows": [self.features_of, self.kernel],
        }[self.form]
        every = [self.norm, self.activation, self.residual, self.gate, self.competition]
        for _ in range(steps):
            made = self.pick(own if self.maybe(0.6) else every)(x)
            if made is not None and made[2].numel() <= 600:
                x = made
            elif made is not None:
                # Too large to go on with; what was made stays a loose end.
                continue
        return x

    def to_rows(self, x):
        t = x[2]
        if self.form == "sequence":
            how = self.pick(["mean", "max", "logSumExp", "last"])
            if how == "last":
                last = self.add("slice", {"axis": 1, "start": -1}, lambda t: t[:, -1:], x)
                return self.module("flatten", {}, nn.Flatten(), last)
            f = {"mean": lambda t: t.mean(1), "max": lambda t: t.amax(1), "logSumExp": lambda t: t.logsumexp(1)}[how]
            return self.add("reduce", {"operation": how, "axes": [1]}, f, x)
        axes = tuple(range(2, t.dim()))
        how = self.pick(["globalAvgPool", "globalMaxPool", "flatten"])
        if how == "flatten" and t[0].numel() <= 40:
            return self.module("flatten", {}, nn.Flatten(), x)
        if how == "globalMaxPool":
            return self.add(how, {}, lambda t: t.amax(axes), x)
        return self.add("globalAvgPool", {}, lambda t: t.mean(axes), x)

    def loss(self, x):
        """A head and a loss; gives the target as the batch holds it."""
        kind = self.pick(["crossEntropy", "mse", "huber", "smoothL1", "multiMargin", "nll", "klDivergence"])
        self.classes = 0 if kind in ("mse", "huber", "smoothL1") else self.number(2, 5)
        z = self.linear(x, self.classes or self.number(1, 4))
        if kind in ("nll", "klDivergence"):
            z = self.add("logSoftmax", {}, lambda t: F.log_softmax(t, -1), z)
        p = z[2]
        params = {}
        if self.classes:
            y = torch.randint(self.classes, (BATCH,))
            # Every class stands in a batch of three where there are weights.
            if kind == "crossEntropy" and self.maybe():
                weights = [0.5 + 0.25 * i for i in range(self.classes)]
                params = {"labelSmoothing": 0.125, "classWeights": weights}
                value = F.cross_entropy(p, y, torch.tensor(weights).double(), label_smoothing=0.125)
            else:
                value = {
                    "crossEntropy": lambda: F.cross_entropy(p, y),
                    "multiMargin": lambda: F.multi_margin_loss(p, y),
                    "nll": lambda: F.nll_loss(p, y),
                    "klDivergence": lambda: F.kl_div(p, F.one_hot(y, self.classes).double(), reduction="batchmean"),
                }[kind]()
        else:
            y = torch.randn(p.shape).float().double()
            value = {"mse": F.mse_loss, "huber": F.huber_loss, "smoothL1": F.smooth_l1_loss}[kind](p, y)
        self.nodes["loss"] = (kind, params)
        self.wires += [([z[0], z[1]], ["loss", "prediction"]), (["data", "y"], ["loss", "target"])]
        self.outputs["loss.loss"] = None
        return value, y

    def document(self, y):
        columns = [{"name": f"x{i}", "type": "number", "role": "feature"} for i in range(self.features)]
        if self.classes:
            names = [f"c{i}" for i in range(self.classes)]
            columns.append({"name": "y", "type": "category", "role": "target", "categories": names})
        else:
            columns += [{"name": f"y{i}", "type": "number", "role": "target"} for i in range(y.shape[1])]
        data = {"origin": {"source": "csv", "path": "unread.csv", "recipe": {"columns": columns}}}
        nodes = {"data": ("data", data), **self.nodes}
        return {
            "format": "gradloom",
            "version": 1,
            "name": "mixed",
            "nodes": {n: {"kind": k, "name": n, "params": p, "position": [0, 0]} for n, (k, p) in nodes.items()},
            "wires": {f"w{i}": {"from": a, "to": b} for i, (a, b) in enumerate(self.wires)},
        }


FORMS = {
    "image": lambda n: (n.number(1, 3), n.number(2, 6), n.number(3, 7)),
    "signal": lambda n: (n.number(1, 4), n.number(5, 11)),
    "sequence": lambda n: (n.number(2, 6), n.pick([2, 3, 4, 6])),
    "rows": lambda n: (n.number(2, 9),),
}


def make(seed):
    """One case by its number: the document, the weights, the batch, and what PyTorch computes."""
    net = Net(seed)
    net.form = ["image", "sequence", "signal", "image", "sequence", "rows"][seed % 6]
    sizes = FORMS[net.form](net)
    x = net.start(math.prod(sizes))
    if len(sizes) > 1:
        x = net.reshape(x, *sizes)
    x = net.grow(x, net.number(2, 5))
    # Over to the next form: an image becomes a sequence of its places, a sequence a signal, and so on.
    if net.form == "image" and net.maybe() and x[2][0, 0].numel() <= 16:
        _, c, h, w = x[2].shape
        x = net.permute(net.reshape(x, c, h * w), 2, 1)
        net.form = "sequence"
        x = net.grow(x, net.number(1, 2))
    elif net.form in ("sequence", "signal") and net.maybe():
        x = net.permute(x, 2, 1)
        net.form = {"sequence": "signal", "signal": "sequence"}[net.form]
        x = net.grow(x, net.number(1, 3))
    if net.form != "rows":
        x = net.to_rows(x)
        net.form = "rows"
    x = net.grow(x, net.number(0, 2))
    value, y = net.loss(x)
    value.backward()
    expected = {"loss": value.detach()}
    for name, t in net.outputs.items():
        if t is None:
            continue
        expected[f"outputs.{name}"] = t.detach()
        if t.grad is not None:
            expected[f"output_gradients.{name}"] = t.grad
    for name, p in net.leaves.items():
        expected[f"parameter_gradients.{name}"] = p.grad if p.grad is not None else torch.zeros_like(p)
    for name, b in net.states.items():
        expected[f"states.{name}"] = b.detach()
    return net, net.document(y), {"x": net.batch.float(), "y": y if net.classes else y.float()}, expected


def worst_of(got, expected):
    worst, where = 0.0, ""
    for key, want in expected.items():
        # Where a gradient cancels to almost nothing, float32 keeps what it can of the terms: PyTorch itself is as far off there.
        scale = max(want.abs().max().item(), 5e-2)
        error = (got[key] - want).abs().max().item() / scale if key in got else want.abs().max().item()
        if not error <= worst:
            worst, where = error, key
    return worst, where


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", default="0-35")
    parser.add_argument("--write")
    options = parser.parse_args()
    first, last = (int(n) for n in options.seeds.split("-"))
    failed, stored = 0, []
    with tempfile.TemporaryDirectory() as folder:
        at = pathlib.Path(folder)
        for seed in range(first, last + 1):
            net, document, batch, expected = make(seed)
            kinds = " ".join(k for k, _ in net.nodes.values())
            if options.write:
                text = lambda tensors: base64.b64encode(save({n: t.float() if t.is_floating_point() else t for n, t in tensors.items()})).decode()
                expected = {k: t for k, t in expected.items() if not k.startswith("output") or k.startswith("output_gradients.data")}
                stored.append({"name": f"{seed}: {kinds}", "document": document, "weights": text(net.weights), "batch": text(batch), "expected": text(expected)})
                continue
            (at / "net.gradloom").write_text(json.dumps(document))
            (at / "weights").write_bytes(save(net.weights))
            (at / "batch").write_bytes(save(batch))
            command = ["node", "scripts/bootstrap.mjs", "src/main/cli.ts", "step", str(at / "net.gradloom")]
            command += ["--weights", str(at / "weights"), "--batch", str(at / "batch"), "--dump", str(at / "dump")]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            if done.returncode:
                print(f"FAIL {seed}: {kinds}\n     {done.stderr.strip()}")
                failed += 1
                continue
            worst, where = worst_of(load((at / "dump").read_bytes()), expected)
            failed += not worst <= LIMIT
            print(f"{'ok  ' if worst <= LIMIT else 'FAIL'} {seed}: {worst:.1e} {where}\n     {kinds}", flush=True)
    if options.write:
        pathlib.Path(options.write).write_text("[\n" + ",\n".join(json.dumps(c) for c in stored) + "\n]\n")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
