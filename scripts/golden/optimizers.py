"""Writes src/engine/optim/golden.json: twenty steps of PyTorch's optimisers in float64 on given gradients.

Only needed to make the file again: python3 scripts/golden/optimizers.py
"""

import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
STEPS, SIZE = 20, 4


class Lion(torch.optim.Optimizer):
    """Algorithm 2 of Chen et al., Symbolic discovery of optimization algorithms, 2023; PyTorch has none."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                p.sub_(group["lr"] * ((b1 * m + (1 - b1) * p.grad).sign() + group["weight_decay"] * p))
                m.mul_(b2).add_((1 - b2) * p.grad)


cases = [
    ("sgd", {"learningRate": 0.1}, lambda p: torch.optim.SGD(p, lr=0.1)),
    (
        "sgd",
        {"learningRate": 0.05, "momentum": 0.9, "weightDecay": 0.01},
        lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01),
    ),
    (
        "sgd",
        {"learningRate": 0.05, "momentum": 0.9, "nesterov": True},
        lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    ),
    ("adam", {}, lambda p: torch.optim.Adam(p)),
    (
        "adam",
        {"learningRate": 0.1, "beta1": 0.8, "beta2": 0.99, "epsilon": 0.001, "weightDecay": 0.1},
        lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.8, 0.99), eps=0.001, weight_decay=0.1),
    ),
    (
        "adam",
        {"learningRate": 0.01, "beta1": 0},
        lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.0, 0.999)),
    ),
    ("adamw", {}, lambda p: torch.optim.AdamW(p)),
    (
        "adamw",
        {"learningRate": 0.05, "weightDecay": 0.5},
        lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.5),
    ),
    ("rmsprop", {}, lambda p: torch.optim.RMSprop(p)),
    (
        "rmsprop",
        {"learningRate": 0.05, "alpha": 0.9, "momentum": 0.8, "centered": True, "epsilon": 0.001, "weightDecay": 0.1},
        lambda p: torch.optim.RMSprop(p, lr=0.05, alpha=0.9, momentum=0.8, centered=True, eps=0.001, weight_decay=0.1),
    ),
    ("adagrad", {}, lambda p: torch.optim.Adagrad(p)),
    (
        "adagrad",
        {"learningRate": 0.5, "learningRateDecay": 0.1, "initial": 0.2, "epsilon": 0.001, "weightDecay": 0.1},
        lambda p: torch.optim.Adagrad(p, lr=0.5, lr_decay=0.1, initial_accumulator_value=0.2, eps=0.001, weight_decay=0.1),
    ),
    ("lion", {}, lambda p: Lion(p)),
    (
        "lion",
        {"learningRate": 0.01, "beta1": 0.8, "beta2": 0.95, "weightDecay": 0.1},
        lambda p: Lion(p, lr=0.01, betas=(0.8, 0.95), weight_decay=0.1),
    ),
    ("gradientDescent", {"learningRate": 0.2}, lambda p: torch.optim.SGD(p, lr=0.2)),
]

torch.manual_seed(1)
start = torch.randn(SIZE)
# From large to tiny, so that epsilon and the bias correction show.
gradients = torch.randn(STEPS, SIZE) * torch.tensor([10.0, 1.0, 1e-3, 1e-8])

golden = {
    "torch": torch.__version__,
    "start": start.tolist(),
    "gradients": gradients.tolist(),
    "cases": [],
}
for kind, params, make in cases:
    p = torch.nn.Parameter(start.clone())
    optimizer = make([p])
    steps = []
    for g in gradients:
        p.grad = g.clone()
        optimizer.step()
        steps.append(p.detach().tolist())
    golden["cases"].append({"kind": kind, "params": params, "steps": steps})

# Penalties and clipping, before plain steps of 0.1.
clips = {
    "none": lambda p, limit: None,
    "value": lambda p, limit: torch.nn.utils.clip_grad_value_([p], limit),
    "norm": lambda p, limit: torch.nn.utils.clip_grad_norm_([p], limit),
}
golden["clipped"] = []
for kind, limit, l1, l2 in [
    ("none", 1, 0.1, 0.0),
    ("none", 1, 0.05, 0.5),
    ("value", 0.5, 0.0, 0.0),
    ("norm", 2.0, 0.0, 0.0),
    ("norm", 3.0, 0.2, 0.3),
]:
    p = torch.nn.Parameter(start.clone())
    optimizer = torch.optim.SGD([p], lr=0.1)
    steps = []
    for g in gradients:
        optimizer.zero_grad()
        ((g * p).sum() + l1 * p.abs().sum() + l2 / 2 * (p * p).sum()).backward()
        clips[kind](p, limit)
        optimizer.step()
        steps.append(p.detach().tolist())
    golden["clipped"].append({"clipping": {"kind": kind, "limit": limit}, "penalty": {"l1": l1, "l2": l2}, "steps": steps})

path = pathlib.Path(__file__).parents[2] / "src/engine/optim/golden.json"
path.write_text(json.dumps(golden, indent=1) + "\n")
