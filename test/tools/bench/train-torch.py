# SPDX-License-Identifier: Apache-2.0
"""The PyTorch side of train.js: train-torch.py FOLDER THREADS prints one JSON line.

The network is that of models/training/pytorch, as fast as plain PyTorch gets it: z and g in one product, the inputs'
part of it for all steps at once.
"""
import json
import pathlib
import statistics
import sys
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "models/training/pytorch"))
from egru import Network, readout  # noqa: E402
from recipe import rate_at  # noqa: E402

folder, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
with open(folder + "/task.json", encoding="utf8") as file:
    task = json.load(file)


def load(name, dtype):
    with open(f"{folder}/{name}", "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=dtype)


layers, steps, epochs, batch = task["layers"], task["steps"], task["epochs"], task["batch"]
network = Network(layers, task["quantizer"], task["bias"])
labels = load("labels.i32", torch.int32).long()
features = load("features.i16", torch.int16).float().view(len(labels), steps, layers[0]["inputs"]) / 32768
orders = load("orders.i32", torch.int32).long().view(epochs, len(labels))
states = load("states.f32", torch.float32).view(epochs, len(labels), sum(network.units))
parameters = dict(network.named_parameters())
values = load("parameters.f32", torch.float32).split([parameters[name].numel() for name in task["tensors"]])
with torch.no_grad():
    for name, start in zip(task["tensors"], values):
        parameters[name].copy_(start.view_as(parameters[name]))


def forward(x, h0):
    return readout(network(x, h0), task["readout"]) * task["scale"]


criterion = torch.nn.CrossEntropyLoss(label_smoothing=task["smoothing"])
optimizer = torch.optim.Adam(network.parameters(), betas=(task["beta1"], task["beta2"]), eps=task["epsilon"])
batches = -(-len(labels) // batch)
seconds = []
for epoch in range(epochs):
    began = time.perf_counter()
    for b in range(batches):
        part = slice(b * batch, (b + 1) * batch)
        indices = orders[epoch, part]
        for group in optimizer.param_groups:
            group["lr"] = rate_at("one-cycle", task["peak"], epoch * batches + b, epochs * batches)
        optimizer.zero_grad()
        loss = criterion(forward(features[indices], states[epoch, part]), labels[indices])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), task["gradientNorm"])
        optimizer.step()
        with torch.no_grad():
            for w in network.parameters():
                w.clamp_(-task["weightClip"], task["weightClip"])
    seconds.append(time.perf_counter() - began)

with torch.no_grad():
    logits = forward(features, None)
    result = {
        "version": torch.__version__,
        "seconds": statistics.median(seconds[task["warmUp"] :]),
        "loss": criterion(logits, labels).item(),
        "accuracy": (logits.argmax(1) == labels).float().mean().item(),
    }
print(json.dumps(result))
