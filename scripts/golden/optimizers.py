"""Writes src/engine/optim/golden.json: twenty steps of PyTorch's optimisers in float64 on given gradients.

Only needed to make the file again: python3 scripts/golden/optimizers.py
"""

import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
STEPS, SIZE = 20, 4

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

path = pathlib.Path(__file__).parents[2] / "src/engine/optim/golden.json"
path.write_text(json.dumps(golden, indent=1) + "\n")
