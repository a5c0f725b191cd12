"""Writes what PyTorch (CPU, float64) makes of the functions in src/engine/ops, as src/engine/ops/goldens/*.json.

Run: python3 scripts/golden/ops.py && npm run format     (needs requirements.txt; the tests do not need Python)

Inputs are not stored: both sides make them from the same whole-number formula, so the files hold results only:
the output y and, for a made-up seed dy, the gradient of sum(dy * y) by each float input
(null where PyTorch takes the input as given).
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
OUT = pathlib.Path(__file__).parents[2] / "src/engine/ops/goldens"


def numbers(shape, k, low=-2.0, high=2.0):
    """low + (high - low) * u with u on a grid of 2003 places; distinct for the first 2003 elements."""
    n = math.prod(shape)
    u = torch.tensor([(i * 7919 + k * 104729) % 2003 for i in range(n)], dtype=torch.float64) / 2003
    return (low + (high - low) * u).reshape(shape)


def indices(shape, k, high):
    n = math.prod(shape)
    return torch.tensor([((i * 7919 + k * 104729) % 2003) % high for i in range(n)]).reshape(shape)


def case(name, fn, inputs, run, options=None):
    """`inputs`: a shape; or (shape, low, high) for floats in a range; or (shape, high) for whole numbers below `high`."""
    made, stored = [], []
    for k, spec in enumerate(inputs):
        if isinstance(spec[0], (list, tuple)) and len(spec) == 3:
            shape, low, high = spec
            made.append(numbers(shape, k, low, high).requires_grad_())
            stored.append({"shape": list(shape), "range": [low, high]})
        elif isinstance(spec[0], (list, tuple)):
            shape, high = spec
            made.append(indices(shape, k, high))
            stored.append({"shape": list(shape), "below": high})
        else:
            made.append(numbers(spec, k).requires_grad_())
            stored.append({"shape": list(spec)})
    y = run(*made)
    (y * numbers(y.shape, 99)).sum().backward()
    flat = lambda t: [float(f"{v:.13g}") for v in t.detach().reshape(-1).tolist()]
    floats = [x for x in made if x.is_floating_point()]
    gradients = [None if x.grad is None else flat(x.grad) for x in floats]
    return {
        "name": name,
        "fn": fn,
        "inputs": stored,
        "options": options or {},
        "shape": list(y.shape),
        "y": flat(y),
        "gradients": gradients,
    }


def write(family, cases):
    OUT.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    (OUT / f"{family}.json").write_text(f"[\n{lines}\n]\n")
    print(f"{family}: {len(cases)} cases, {len(lines)} bytes")


def convolutions():
    cases = []

    def add(name, x, w, **o):
        run = [F.conv1d, F.conv2d, F.conv3d][len(x) - 3]
        cases.append(case(name, "conv", [x, w], lambda a, b: run(a, b, **o), o))

    add("1-D", [2, 3, 7], [4, 3, 3])
    add("1-D, everything", [2, 4, 11], [6, 2, 3], stride=3, padding=4, dilation=2, groups=2)
    add("2-D", [2, 2, 5, 6], [3, 2, 3, 2])
    add("2-D, stride that leaves a remainder", [1, 2, 6, 7], [2, 2, 3, 3], stride=2)
    add("2-D, padding larger than the kernel", [1, 1, 3, 3], [2, 1, 2, 2], padding=3, stride=2)
    add("2-D, depthwise and dilated", [2, 3, 6, 5], [6, 1, 3, 3], padding=[2, 1], dilation=[2, 1], groups=3)
    add("2-D, unequal strides and groups", [1, 4, 5, 8], [4, 2, 2, 3], stride=[1, 3], padding=[1, 0], groups=2)
    add("2-D, one by one", [2, 3, 3, 3], [5, 3, 1, 1], stride=2)
    add("2-D, same", [1, 2, 5, 4], [2, 2, 4, 3], padding="same", dilation=[1, 2])
    add("3-D", [1, 2, 4, 3, 5], [2, 2, 2, 3, 2], stride=[1, 2, 2], padding=1)
    add("3-D, groups and dilation", [1, 2, 5, 4, 4], [4, 1, 2, 2, 2], dilation=2, groups=2)

    def transpose(name, x, w, **o):
        run = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][len(x) - 3]
        cases.append(case(name, "convTranspose", [x, w], lambda a, b: run(a, b, **o), o))

    transpose("1-D transpose", [2, 3, 4], [3, 2, 3], stride=2)
    transpose("2-D transpose", [2, 2, 3, 4], [2, 3, 3, 3])
    transpose("2-D transpose, everything", [1, 4, 3, 3], [4, 1, 3, 2], stride=[2, 3], padding=1, output_padding=[1, 2], dilation=[2, 1], groups=2)
    transpose("2-D transpose, stride larger than the kernel", [1, 2, 3, 2], [2, 2, 2, 2], stride=3, output_padding=1)
    write("convolution", cases)


def pools():
    cases = []

    def add(name, fn, x, run, **o):
        cases.append(case(name, fn, [x], lambda a: run(a), o))

    add("max 1-D", "maxPool", [2, 2, 7], lambda a: F.max_pool1d(a, 3, 2, 1), kernel=[3], stride=2, padding=1)
    add("max 2-D", "maxPool", [2, 2, 6, 5], lambda a: F.max_pool2d(a, 2), kernel=[2, 2])
    add("max 2-D, overlapping", "maxPool", [1, 2, 7, 6], lambda a: F.max_pool2d(a, 3, 2, 1), kernel=[3, 3], stride=2, padding=1)
    add("max 2-D, dilated", "maxPool", [1, 1, 8, 7], lambda a: F.max_pool2d(a, (2, 3), (1, 2), (1, 0), (3, 2)), kernel=[2, 3], stride=[1, 2], padding=[1, 0], dilation=[3, 2])
    # relu makes whole windows of zeros: the gradient goes to the first.
    add("max 2-D of ties", "maxPoolOfRelu", [1, 2, 6, 6], lambda a: F.max_pool2d(F.relu(a - 1), 3, 1, 1), kernel=[3, 3], stride=1, padding=1)
    add("max 3-D", "maxPool", [1, 1, 4, 4, 5], lambda a: F.max_pool3d(a, 2), kernel=[2, 2, 2])
    add("average 1-D", "averagePool", [2, 2, 7], lambda a: F.avg_pool1d(a, 3, 2, 1), kernel=[3], stride=2, padding=1)
    add("average 2-D", "averagePool", [2, 2, 6, 5], lambda a: F.avg_pool2d(a, 2), kernel=[2, 2])
    add("average 2-D, padding not counted", "averagePool", [1, 2, 5, 6], lambda a: F.avg_pool2d(a, 3, 2, 1, count_include_pad=False), kernel=[3, 3], stride=2, padding=1, countPadding=False)
    add("adaptive average", "adaptiveAveragePool", [2, 2, 7, 5], lambda a: F.adaptive_avg_pool2d(a, (3, 2)), outputs=[3, 2])
    add("adaptive average, even", "adaptiveAveragePool", [1, 2, 6, 4], lambda a: F.adaptive_avg_pool2d(a, (3, 1)), outputs=[3, 1])
    add("adaptive average to more", "adaptiveAveragePool", [1, 2, 3], lambda a: F.adaptive_avg_pool1d(a, 5), outputs=[5])
    add("adaptive max", "adaptiveMaxPool", [1, 2, 7, 5], lambda a: F.adaptive_max_pool2d(a, (3, 4)), outputs=[3, 4])
    add("resize, nearest", "resizeNearest", [1, 2, 3, 2], lambda a: F.interpolate(a, scale_factor=(2, 3)), outputs=[2, 3])
    add("resize, linear", "resizeLinear", [2, 2, 5], lambda a: F.interpolate(a, 8, mode="linear"), outputs=[8])
    add("resize, bilinear", "resizeLinear", [1, 2, 3, 5], lambda a: F.interpolate(a, (6, 4), mode="bilinear"), outputs=[6, 4])
    write("pool", cases)


def losses():
    cases = []
    flat = lambda t: t.reshape(t.shape[0], -1).mean(1)

    def add(name, fn, inputs, run, **o):
        cases.append(case(name, fn, inputs, run, o))

    ce = lambda l, t, **o: F.cross_entropy(l, t, reduction="none", **o)
    add("cross-entropy", "crossEntropy", [[5, 4], ([5], 4)], ce)
    add("cross-entropy, label smoothing", "crossEntropy", [[5, 4], ([5], 4)], lambda l, t: ce(l, t, label_smoothing=0.1), labelSmoothing=0.1)
    weighted = lambda l, t, w, **o: ce(l, t, weight=w.detach(), **o)
    add("cross-entropy, class weights", "crossEntropyWeighted", [[5, 4], ([5], 4), ([4], 0.2, 2)], weighted)
    add("cross-entropy, class weights and smoothing", "crossEntropyWeighted", [[5, 4], ([5], 4), ([4], 0.2, 2)], lambda l, t, w: weighted(l, t, w, label_smoothing=0.3), labelSmoothing=0.3)
    add("cross-entropy over a sequence, padding ignored", "crossEntropy", [[2, 6, 3], ([2, 6], 3)], lambda l, t: ce(l.transpose(1, 2), t, ignore_index=2), ignore=2)
    add("cross-entropy, probabilities", "softCrossEntropy", [[4, 3], ([4, 3], 0, 1)], ce)
    add("negative log-likelihood", "negativeLogLikelihood", [[5, 4], ([5], 4)], lambda l, t: F.nll_loss(l, t, reduction="none"))
    two = [[4, 3], [4, 3]]
    for fn, run in [("meanSquaredError", F.mse_loss), ("meanAbsoluteError", F.l1_loss)]:
        add(fn, fn, two, lambda p, t, run=run: flat(run(p, t, reduction="none")))
    for delta in [1.0, 0.5, 2.5]:
        add(f"Huber {delta}", "huber", two, lambda p, t, d=delta: flat(F.huber_loss(p, t, reduction="none", delta=d)), delta=delta)
        add(f"smooth L1 {delta}", "smoothL1", two, lambda p, t, d=delta: flat(F.smooth_l1_loss(p, t, reduction="none", beta=d)), beta=delta)
    add("BCE", "binaryCrossEntropy", [([4, 3], 0.01, 0.99), ([4, 3], 0, 1)], lambda p, t: flat(F.binary_cross_entropy(p, t.detach(), reduction="none")))
    add("BCE with logits", "bceWithLogits", [([4, 3], -9, 9), ([4, 3], 0, 1)], lambda p, t: flat(F.binary_cross_entropy_with_logits(p, t, reduction="none")))
    add("BCE with logits and weights", "bceWithLogitsWeighted", [([4, 3], -9, 9), ([4, 3], 0, 1), ([3], 0.5, 3)], lambda p, t, w: flat(F.binary_cross_entropy_with_logits(p, t, reduction="none", pos_weight=w.detach())))
    add("hinge", "hinge", two, lambda p, t: flat(F.relu(1 - p * t)))
    add("squared hinge", "squaredHinge", two, lambda p, t: flat(F.relu(1 - p * t) ** 2))
    add("multi-margin", "multiMargin", [[5, 4], ([5], 4)], lambda s, t: F.multi_margin_loss(s, t, reduction="none", margin=0.7), margin=0.7)
    add("KL", "klDivergence", [([4, 3], -3, 0), ([4, 3], 0, 1)], lambda p, t: F.kl_div(p, t.detach(), reduction="none").sum(1))
    add("Poisson", "poissonLoss", [[4, 3], ([4, 3], 0, 5)], lambda p, t: flat(F.poisson_nll_loss(p, t, reduction="none")))
    add("Gaussian", "gaussianLoss", [[4, 3], [4, 3], ([4, 3], 0.1, 2)], lambda p, t, v: flat(F.gaussian_nll_loss(p, t, v, reduction="none")))
    write("losses", cases)


def functions():
    cases = []

    def add(name, fn, inputs, run, **o):
        cases.append(case(name, fn, inputs, run, o))

    add("softmax", "softmax", [([3, 5], -20, 20)], lambda x: F.softmax(x, -1), axis=-1)
    add("softmax over an axis in front", "softmax", [[3, 2, 4]], lambda x: F.softmax(x, 0), axis=0)
    add("log-softmax", "logSoftmax", [([3, 5], -50, 50)], lambda x: F.log_softmax(x, 1), axis=1)
    add("log-sum-exp", "logSumExp", [([3, 5], -50, 50)], lambda x: torch.logsumexp(x, 0), axis=0)
    add("gelu", "gelu", [([41], -6, 6)], F.gelu)
    add("erf", "erf", [([41], -4, 4)], torch.erf)
    add("erfc", "erfc", [([41], -6, 8)], torch.erfc)
    add("log1p", "log1p", [([21], -0.9, 3)], torch.log1p)
    add("expm1", "expm1", [([21], -3, 3)], torch.expm1)
    add("softplus", "softplus", [([21], -30, 30)], lambda x: F.softplus(x, threshold=1e9))
    add("clamp", "clamp", [[21]], lambda x: x.clamp(-0.5, 1.25), low=-0.5, high=1.25)
    add("embedding", "gather", [[6, 3], ([2, 5], 6)], lambda w, i: F.embedding(i, w), axis=0)
    add("index select", "gather", [[3, 5, 2], ([4], 5)], lambda x, i: x.index_select(1, i), axis=1)
    add("gather", "takeAlong", [[3, 5, 2], ([3, 4, 2], 5)], lambda x, i: x.gather(1, i), axis=1)
    add("cumulative sum", "cumulativeSum", [[3, 5, 2]], lambda x: x.cumsum(1), axis=1)
    add("layer norm", "layerNorm", [[2, 3, 4], [3, 4], [3, 4]], lambda x, w, b: F.layer_norm(x, (3, 4), w, b))
    add("layer norm of the last axis", "layerNorm", [[2, 3, 5], [5], [5]], lambda x, w, b: F.layer_norm(x, (5,), w, b, 1e-3), epsilon=1e-3)
    add("RMS norm", "rmsNorm", [[2, 3, 5], [5]], lambda x, w: F.rms_norm(x, (5,), w, 1e-6))
    add("group norm", "groupNorm", [[2, 6, 3, 2], [6], [6]], lambda x, w, b: F.group_norm(x, 3, w, b), groups=3)
    add("instance norm", "instanceNorm", [[2, 3, 4, 3], [3], [3]], lambda x, w, b: F.instance_norm(x, weight=w, bias=b))
    for shape in [[5, 3], [3, 2, 4], [2, 3, 2, 4]]:
        c = [shape[1]]
        stats = [c, (c, 0.5, 2)]

        def train(x, w, b, m, v, part):
            m, v = m.detach().clone(), v.detach().clone()
            y = F.batch_norm(x, m, v, w, b, True, 0.3)
            return {"y": y, "mean": m + 0 * w, "variance": v + 0 * w}[part]

        for part in ["y", "mean", "variance"]:
            add(f"batch norm {part} of {shape}", "batchNorm", [shape, c, c, *stats], lambda *a, p=part: train(*a, p), part=part, momentum=0.3)
        add(f"batch norm of {shape}, evaluated", "batchNormEvaluate", [shape, c, c, *stats], lambda x, w, b, m, v: F.batch_norm(x, m.detach(), v.detach(), w, b))
    qkv = [[2, 2, 3, 4], [2, 2, 5, 4], [2, 2, 5, 3]]
    sdpa = F.scaled_dot_product_attention
    add("attention", "attention", qkv, sdpa)
    add("attention, causal", "attention", [[2, 4, 3], [2, 4, 3], [2, 4, 3]], lambda q, k, v: sdpa(q, k, v, is_causal=True), causal=True)
    mask = lambda m: m.bool() | (torch.arange(5) == 1)
    add("attention, masked", "attentionMasked", [*qkv, ([3, 5], 2)], lambda q, k, v, m: sdpa(q, k, v, attn_mask=mask(m)), open=1)
    add("attention, biased and scaled", "attentionBiased", [*qkv, [3, 5]], lambda q, k, v, m: sdpa(q, k, v, attn_mask=m, scale=0.3), scale=0.3)
    bahdanau = lambda q, k, v, w: ((q.unsqueeze(-2) + k.unsqueeze(-3)).tanh() @ w).softmax(-1) @ v
    add("additive attention", "additiveAttention", [[2, 3, 4], [2, 5, 4], [2, 5, 3], [4]], bahdanau)
    write("functions", cases)


if __name__ == "__main__":
    convolutions()
    pools()
    losses()
    functions()
