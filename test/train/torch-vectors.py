# SPDX-License-Identifier: Apache-2.0
"""Writes torch-vectors.json beside itself: losses, gradients and rates as PyTorch's autograd and schedules have them.

Needs PyTorch (Debian: python3-torch); the tests read the file only.
"""
import json
import pathlib

import torch
from torch.nn import functional as f

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)
STEPS, CLIPS, INPUTS, CLASSES = 7, 3, 4, 3


def uniform(*shape, low=-1.0):
    # Multiples of 2^-20: exact in float32 and short in JSON.
    return torch.round((low + (1 - low) * torch.rand(*shape)) * 2**20) / 2**20


def egru(x, h, wz, wh, bz, bh):
    outputs = []
    for t in range(STEPS):
        u = torch.cat([x[:, t], h], 1)
        z = (f.softsign(u @ wz.t() + bz) + 1) / 2
        h = h + z * (f.softsign(u @ wh.t() + bh) - h)
        outputs.append(h)
    return torch.stack(outputs, 1)


def gru(x, h, wi, wh, bi, bh):
    # What torch.nn.GRU calls: biases, layers, dropout, training, bidirectional, batch first.
    y, _ = torch.gru(x, h[None], [wi, wh, bi, bh], True, 1, 0.0, False, False, True)
    return y


def case(kind):
    units = (5, 4)
    shapes = []
    width = INPUTS
    for n in units:
        if kind == "egru":
            shapes += [(n, width + n), (n, width + n), (n,), (n,)]
        else:
            shapes += [(3 * n, width), (3 * n, n), (3 * n,), (3 * n,)]
        width = n
    shapes += [(6, width), (6,), (CLASSES, 6), (CLASSES,)]
    parameters = [uniform(*shape).requires_grad_() for shape in shapes]
    features = uniform(CLIPS, STEPS, INPUTS, low=0.0)
    initial = uniform(CLIPS, sum(units))
    labels = torch.randint(CLASSES, (CLIPS,))
    recurrent = {"egru": egru, "gru": gru}[kind]
    x = recurrent(features, initial[:, : units[0]], *parameters[0:4])
    x = recurrent(x, initial[:, units[0] :], *parameters[4:8])
    x = f.linear(x, parameters[8], parameters[9]).clamp(0, 1)
    logits = f.linear(x, parameters[10], parameters[11])
    losses = {}
    for readout, scaled in (("sum", logits.mean(1) * 4), ("last", logits[:, -1] * 4)):
        loss = f.cross_entropy(scaled, labels, label_smoothing=0.05)
        gradients = torch.autograd.grad(loss, parameters, retain_graph=True)
        losses[readout] = {"loss": loss.item(), "gradients": torch.cat([g.flatten() for g in gradients]).tolist()}
    return {
        "kind": kind,
        "units": units,
        "parameters": torch.cat([p.detach().flatten() for p in parameters]).tolist(),
        "features": features.flatten(1).tolist(),
        "initial": initial.tolist(),
        "labels": labels.tolist(),
        "losses": losses,
    }


def rates(total):
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.003, total_steps=total, cycle_momentum=False)
    found = []
    for step in range(total):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < total - 1:
            schedule.step()
    return found


vectors = {
    "_comment": f"Written by torch-vectors.py with PyTorch {torch.__version__}, float64: do not edit.",
    "steps": STEPS,
    "inputs": INPUTS,
    "classes": CLASSES,
    "cases": [case("egru"), case("gru")],
    "oneCycle": {"peak": 0.003, "rates": rates(17)},
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(vectors) + "\n", encoding="utf8")
