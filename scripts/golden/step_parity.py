"""Holds `gradloom step` to PyTorch's autograd: one forward and backward pass of an MLP for each activation and each loss, at
odd sizes. Outputs, loss and all gradients must agree within 1e-5, relative to the largest number of each tensor.

Run: python3 scripts/golden/step_parity.py              (needs requirements.txt; the tests do not need Python)
     python3 scripts/golden/step_parity.py --write      also writes src/engine/export/goldens/step.json, which the tests read

PyTorch computes in float64 on the same float32 weights and batch.
"""

import argparse
import base64
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile

import torch
import torch.nn.functional as F

ROOT = pathlib.Path(__file__).parents[2]
GOLDENS = ROOT / "src/engine/export/goldens/step.json"
LIMIT = 1e-5

ACTIVATIONS = {
    "identity": lambda x: x,
    "heaviside": lambda x: torch.heaviside(x, torch.zeros((), dtype=x.dtype)).detach(),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "relu6": F.relu6,
    "leakyRelu": F.leaky_relu,
    "elu": F.elu,
    "selu": F.selu,
    "softplus": lambda x: F.softplus(x, threshold=1e9),
    "silu": F.silu,
    "gelu": F.gelu,
    "gelu tanh": lambda x: F.gelu(x, approximate="tanh"),
    "softsign": F.softsign,
    "mish": F.mish,
    "hardSigmoid": F.hardsigmoid,
    "hardTanh": F.hardtanh,
    "hardSwish": F.hardswish,
    "softmax": lambda x: F.softmax(x, -1),
    "logSoftmax": lambda x: F.log_softmax(x, -1),
}

LOSSES = {
    "mse": lambda z, y: F.mse_loss(z, y),
    "mse half": lambda z, y: 0.5 * F.mse_loss(z, y),
    "mae": lambda z, y: F.l1_loss(z, y),
    "bceWithLogits": lambda z, y: F.binary_cross_entropy_with_logits(z[:, 0], y.to(z.dtype)),
    "hinge": lambda z, y: torch.relu(1 - (2 * y.to(z.dtype) - 1) * z[:, 0]).mean(),
    "crossEntropy": lambda z, y: F.cross_entropy(z, y),
}
PARAMS = {"gelu tanh": {"approximate": "tanh"}, "mse half": {"form": "half"}}


def save(tensors):
    """safetensors, laid out by hand: the header's length, the header, then the elements."""
    header, body = {}, b""
    for name, t in tensors.items():
        kind, fmt = ("I64", "q") if t.dtype == torch.int64 else ("F32", "f")
        raw = struct.pack(f"<{t.numel()}{fmt}", *t.flatten().tolist())
        header[name] = {"dtype": kind, "shape": list(t.shape), "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body


def load(raw):
    (n,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8 : 8 + n])
    out = {}
    for name, e in header.items():
        start, end = (8 + n + o for o in e["data_offsets"])
        assert e["dtype"] == "F32", name
        values = struct.unpack(f"<{(end - start) // 4}f", raw[start:end])
        out[name] = torch.tensor(values, dtype=torch.float64).reshape(e["shape"])
    return out


def document(features, chain, loss, classes):
    """A chain of layers on a table that is never read."""
    columns = [{"name": f"x{i}", "type": "number", "role": "feature"} for i in range(features)]
    if classes:
        names = [f"c{i}" for i in range(classes)]
        columns.append({"name": "y", "type": "category", "role": "target", "categories": names})
    else:
        outputs = chain[-1][2]["units"]
        columns += [{"name": f"y{i}", "type": "number", "role": "target"} for i in range(outputs)]
    data = {"origin": {"source": "csv", "path": "unread.csv", "recipe": {"columns": columns}}}
    nodes, wires, last = {"data": ("data", data)}, [], ("data", "x")
    for name, kind, params in chain:
        nodes[name] = (kind, params)
        wires.append((last, (name, "x")))
        last = (name, "y")
    nodes["loss"] = (loss.split()[0], PARAMS.get(loss, {}))
    wires += [(last, ("loss", "prediction")), (("data", "y"), ("loss", "target"))]
    return {
        "format": "gradloom",
        "version": 1,
        "name": "parity",
        "nodes": {n: {"kind": k, "name": n, "params": p, "position": [0, 0]} for n, (k, p) in nodes.items()},
        "wires": {f"w{i}": {"from": list(a), "to": list(b)} for i, (a, b) in enumerate(wires)},
    }


def cases():
    for activation in [*ACTIVATIONS, "prelu", "prelu channels"]:
        yield f"activation {activation}", 7, activation, "mse", 3, 0
    for loss in LOSSES:
        outputs = {"bceWithLogits": 1, "hinge": 1, "crossEntropy": 5}.get(loss, 3)
        classes = {"bceWithLogits": 2, "hinge": 2, "crossEntropy": 5}.get(loss, 0)
        yield f"loss {loss}", 11, "tanh", loss, outputs, classes
    yield "wide and deep", 131, "silu", "crossEntropy", 10, 10


def build(name, features, activation, loss, outputs, classes, seed):
    torch.manual_seed(seed)
    batch, hidden = (67, [129, 65, 33]) if name == "wide and deep" else (13, [9, 5])
    kind = activation.split()[0]
    params = PARAMS.get(activation, {"perChannel": True} if activation == "prelu channels" else {})
    chain, weights, width = [], {}, features
    for i, units in enumerate([*hidden, outputs]):
        dense = f"linear_{i + 1}"
        chain.append((dense, "linear", {"units": units}))
        weights[f"{dense}.weight"] = torch.randn(units, width) * 1.5 / math.sqrt(width)
        weights[f"{dense}.bias"] = torch.randn(units) * 0.5
        width = units
        if i < len(hidden):
            chain.append((f"act_{i + 1}", kind, params))
            if kind == "prelu":
                weights[f"act_{i + 1}.weight"] = torch.rand(units if params else 1) * 0.5
    x = torch.randn(batch, features) * 1.5
    y = torch.randint(classes, (batch,)) if classes else torch.randn(batch, outputs)
    return document(features, chain, loss, classes), chain, weights, {"x": x, "y": y}


def reference(chain, activation, loss, weights, batch):
    w = {n: t.double().requires_grad_() for n, t in weights.items()}
    x = batch["x"].double().requires_grad_()
    y = batch["y"] if batch["y"].dtype == torch.int64 else batch["y"].double()
    outputs, h = {"data.x": x}, x
    for name, kind, _ in chain:
        if kind == "linear":
            h = F.linear(h, w[f"{name}.weight"], w[f"{name}.bias"])
        elif kind == "prelu":
            h = F.prelu(h, w[f"{name}.weight"])
        else:
            h = ACTIVATIONS[activation](h)
        if h.requires_grad:
            h.retain_grad()
        outputs[f"{name}.y"] = h
    total = LOSSES[loss](h, y)
    total.backward()
    expected = {"loss": total.detach()}
    expected |= {f"outputs.{n}": t.detach() for n, t in outputs.items()}
    expected |= {f"output_gradients.{n}": t.grad for n, t in outputs.items() if t.grad is not None}
    expected |= {f"parameter_gradients.{n}": t.grad if t.grad is not None else torch.zeros_like(t) for n, t in w.items()}
    return expected


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    worst, stored, failed = (0.0, "", ""), [], 0
    with tempfile.TemporaryDirectory() as folder:
        at = pathlib.Path(folder)
        for seed, (name, features, activation, loss, outputs, classes) in enumerate(cases()):
            doc, chain, weights, batch = build(name, features, activation, loss, outputs, classes, seed)
            expected = reference(chain, activation, loss, weights, batch)
            (at / "net.gradloom").write_text(json.dumps(doc))
            (at / "weights").write_bytes(save(weights))
            (at / "batch").write_bytes(save(batch))
            command = ["node", "scripts/bootstrap.mjs", "src/main/cli.ts", "step", str(at / "net.gradloom")]
            command += ["--weights", str(at / "weights"), "--batch", str(at / "batch"), "--dump", str(at / "dump")]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            if done.returncode:
                sys.exit(f"{name}: {done.stderr}")
            got = load((at / "dump").read_bytes())
            case_worst, where = 0.0, ""
            for key, want in expected.items():
                if key not in got:
                    # A tensor that no gradient reaches is left out; PyTorch may say zero.
                    error = want.abs().max().item()
                else:
                    scale = want.abs().max().item() or 1.0
                    error = (got[key] - want).abs().max().item() / scale
                if error >= case_worst:
                    case_worst, where = error, key
            failed += case_worst > LIMIT
            print(f"{'ok  ' if case_worst <= LIMIT else 'FAIL'} {name:28} {case_worst:.1e}  {where}")
            worst = max(worst, (case_worst, name, where))
            if not name.startswith("wide"):
                text = lambda tensors: base64.b64encode(save({n: t.float() if t.is_floating_point() else t for n, t in tensors.items()})).decode()
                stored.append({"name": name, "document": doc, "weights": text(weights), "batch": text(batch), "expected": text(expected)})
    print(f"worst relative error {worst[0]:.2e}: {worst[2]} of {worst[1]}")
    if write:
        GOLDENS.parent.mkdir(parents=True, exist_ok=True)
        GOLDENS.write_text(json.dumps(stored) + "\n")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
