# SPDX-License-Identifier: Apache-2.0
"""The PyTorch side of train.js: train-torch.py FOLDER THREADS prints one JSON line.

As fast as plain PyTorch gets it: z and g in one product, the inputs' part of it for all steps at once.
"""
import json
import statistics
import sys
import time

import torch

folder, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
with open(folder + "/task.json", encoding="utf8") as file:
    task = json.load(file)


def load(name, dtype):
    with open(f"{folder}/{name}", "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=dtype)


layers, steps, epochs, batch = task["layers"], task["steps"], task["epochs"], task["batch"]
units = [layer["units"] for layer in layers if layer["type"] == "egru"]
labels = load("labels.i32", torch.int32).long()
features = load("features.i16", torch.int16).float().view(len(labels), steps, layers[0]["inputs"]) / 32768
orders = load("orders.i32", torch.int32).long().view(epochs, len(labels))
states = load("states.f32", torch.float32).view(epochs, len(labels), sum(units))
flat = load("parameters.f32", torch.float32)


def shapes():
    for layer in layers:
        n, m = layer["units"], layer["inputs"]
        if layer["type"] == "egru":
            yield from ((2 * n, m + n), (2 * n,))  # z rows, then g rows
        else:
            yield from ((n, m), (n,))


parameters, offset = [], 0
for shape in shapes():
    size = torch.Size(shape).numel()
    parameters.append(flat[offset : offset + size].view(shape).clone().requires_grad_())
    offset += size
assert offset == len(flat)


def quantized(w):
    """Levels forward, gradient straight through."""
    a = w.abs()
    level = (a >= 2**-0.5) * 0.5 + (a >= 2**-1.5) * 0.25 + (a >= 2**-2.5) * 0.25
    return w + (level * w.sign() - w).detach()


def forward(x, h0):
    weights = iter([quantized(w) for w in parameters])
    first = 0
    for layer in layers:
        w, b = next(weights), next(weights)
        if layer["type"] == "egru":
            n, m = layer["units"], layer["inputs"]
            inputs = torch.nn.functional.linear(x, w[:, :m], b).unbind(1)
            recurrent = w[:, m:].t()
            h = h0[:, first : first + n]
            first += n
            outputs = []
            for t in range(steps):
                a = torch.addmm(inputs[t], h, recurrent).clamp(-64, 64)
                y = torch.nn.functional.softsign(a)
                z = (y[:, :n] + 1) * 0.5
                h = h + z * (y[:, n:] - h)
                outputs.append(h)
            x = torch.stack(outputs, 1)
        else:
            x = torch.nn.functional.linear(x, w, b)
            if layer["activation"] == "relu":
                x = x.clamp(0, 1)
    return x.mean(1) * task["scale"]


criterion = torch.nn.CrossEntropyLoss(label_smoothing=task["smoothing"])
optimizer = torch.optim.Adam(parameters, betas=(task["beta1"], task["beta2"]), eps=task["epsilon"])
batches = -(-len(labels) // batch)
schedule = torch.optim.lr_scheduler.OneCycleLR(
    optimizer, task["peak"], total_steps=epochs * batches, cycle_momentum=False
)
seconds = []
for epoch in range(epochs):
    began = time.perf_counter()
    for start in range(0, len(labels), batch):
        indices = orders[epoch, start : start + batch]
        optimizer.zero_grad()
        loss = criterion(forward(features[indices], states[epoch, start : start + batch]), labels[indices])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, task["gradientNorm"])
        optimizer.step()
        with torch.no_grad():
            for w in parameters:
                w.clamp_(-task["weightClip"], task["weightClip"])
        schedule.step()
    seconds.append(time.perf_counter() - began)

with torch.no_grad():
    logits = forward(features, torch.zeros(len(labels), sum(units)))
    result = {
        "version": torch.__version__,
        "seconds": statistics.median(seconds[task["warmUp"] :]),
        "loss": criterion(logits, labels).item(),
        "accuracy": (logits.argmax(1) == labels).float().mean().item(),
    }
print(json.dumps(result))
