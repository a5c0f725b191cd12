"""Writes src/engine/optim/schedules.json: the learning rates of PyTorch's schedulers at forty steps, where 1 is set.

Only needed to make the file again: python3 scripts/golden/schedules.py
"""

import json
import pathlib

import torch
from torch.optim import lr_scheduler as S

STEPS = 40
warm = lambda o: S.SequentialLR(o, [S.LinearLR(o, 0.1, 1.0, 8), S.CosineAnnealingLR(o, 40, 0.2)], [8])
cases = [
    ("constant", {}, lambda o: S.LambdaLR(o, lambda t: 1)),
    ("step", {"every": 7, "gamma": 0.3}, lambda o: S.StepLR(o, 7, 0.3)),
    ("milestones", {"at": [3, 10, 30], "gamma": 0.5}, lambda o: S.MultiStepLR(o, [3, 10, 30], 0.5)),
    ("exponential", {"gamma": 0.9}, lambda o: S.ExponentialLR(o, 0.9)),
    ("linear", {"first": 0.25, "last": 1, "steps": 6}, lambda o: S.LinearLR(o, 0.25, 1.0, 6)),
    ("linear", {"first": 1, "last": 0.1, "steps": 25}, lambda o: S.LinearLR(o, 1.0, 0.1, 25)),
    ("polynomial", {"steps": 30, "power": 2}, lambda o: S.PolynomialLR(o, 30, 2.0)),
    ("cosine", {"steps": 25, "last": 0.1}, lambda o: S.CosineAnnealingLR(o, 25, 0.1)),
    ("warmupCosine", {"warmup": 8, "first": 0.1, "steps": 40, "last": 0.2}, warm),
    ("cosineRestarts", {"steps": 5, "growth": 2, "last": 0.05}, lambda o: S.CosineAnnealingWarmRestarts(o, 5, 2, 0.05)),
    ("cyclic", {"peak": 5, "half": 6}, lambda o: S.CyclicLR(o, 1.0, 5.0, 6, cycle_momentum=False)),
    ("cyclic", {"peak": 3, "half": 4, "mode": "triangular2"}, lambda o: S.CyclicLR(o, 1.0, 3.0, 4, mode="triangular2", cycle_momentum=False)),
    ("cyclic", {"peak": 3, "half": 4, "mode": "expRange", "gamma": 0.95}, lambda o: S.CyclicLR(o, 1.0, 3.0, 4, mode="exp_range", gamma=0.95, cycle_momentum=False)),
    ("oneCycle", {"steps": 40}, lambda o: S.OneCycleLR(o, 1.0, total_steps=40, cycle_momentum=False)),
    ("oneCycle", {"steps": 60, "rise": 0.25, "start": 10, "end": 100}, lambda o: S.OneCycleLR(o, 1.0, total_steps=60, pct_start=0.25, div_factor=10, final_div_factor=100, cycle_momentum=False)),
]


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)


def rates(make):
    o = optimizer()
    schedule = make(o)
    out = []
    for _ in range(STEPS):
        out.append(o.param_groups[0]["lr"])
        o.step()
        if len(out) < STEPS:
            schedule.step()
    return out


def plateau(losses, **options):
    o = optimizer()
    schedule = S.ReduceLROnPlateau(o, **options)
    out = []
    for loss in losses:
        schedule.step(loss)
        out.append(o.param_groups[0]["lr"])
    return out


losses = [1 / (1 + t) if t < 6 else 0.1667 + 0.01 * ((t * 7) % 5) for t in range(30)]
plateaus = [
    ({"patience": 3, "gamma": 0.5}, {"patience": 3, "factor": 0.5}),
    ({"patience": 1, "gamma": 0.1, "cooldown": 3, "least": 0.005, "threshold": 0.1}, {"patience": 1, "factor": 0.1, "cooldown": 3, "min_lr": 0.005, "threshold": 0.1, "eps": 0}),
]
golden = {
    "torch": torch.__version__,
    "cases": [{"kind": k, "params": p, "rates": rates(make)} for k, p, make in cases],
    "losses": losses,
    "plateaus": [{"params": p, "rates": plateau(losses, **o)} for p, o in plateaus],
}
path = pathlib.Path(__file__).parents[2] / "src/engine/optim/schedules.json"
path.write_text(json.dumps(golden, indent=1) + "\n")
