# SPDX-License-Identifier: Apache-2.0
"""The Python side of torch-module.test.ts: does what a JSON document on stdin asks for, and prints one.

One process for all of it: PyTorch takes longer to load than everything else here.
"""
import contextlib
import io
import json
import pathlib
import sys

import numpy
import torch
from torch.nn import functional

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parents[1] / "models/training/pytorch"))
import train  # noqa: E402
from egru import Network, levels, q15, readout  # noqa: E402
from features import frontend_digest  # noqa: E402
from recipe import rate_at  # noqa: E402
from run import Run  # noqa: E402

request = json.load(sys.stdin)
torch.set_num_threads(1)


def vectors():
    """Largest differences of losses, gradients and rates from torch-vectors.json, which others computed."""
    known = json.loads((here / "torch-vectors.json").read_text(encoding="utf8"))
    case = next(case for case in known["cases"] if case["kind"] == "egru")
    (a, b), inputs, classes = case["units"], known["inputs"], known["classes"]
    layers = [
        {"type": "egru", "name": "a", "inputs": inputs, "units": a},
        {"type": "egru", "name": "b", "inputs": a, "units": b},
        {"type": "dense", "name": "c", "inputs": b, "units": 6, "activation": "relu"},
        {"type": "dense", "name": "d", "inputs": 6, "units": classes, "activation": "none"},
    ]
    network = Network(layers).double()
    network.quantize(False)
    gates = ("weight_zx.weight", "weight_hx.weight", "weight_zx.bias", "weight_hx.bias")
    names = [f"{layer}.{gate}" for layer in "ab" for gate in gates] + ["c.weight", "c.bias", "d.weight", "d.bias"]
    parameters = dict(network.named_parameters())
    parameters = [parameters[name] for name in names]
    flat = torch.tensor(case["parameters"], dtype=torch.float64)
    with torch.no_grad():
        for parameter, values in zip(parameters, flat.split([p.numel() for p in parameters])):
            parameter.copy_(values.view_as(parameter))
    labels = torch.tensor(case["labels"])
    features = torch.tensor(case["features"], dtype=torch.float64).view(len(labels), -1, inputs)
    logits = network(features, torch.tensor(case["initial"], dtype=torch.float64))
    loss, gradient = 0.0, 0.0
    for rule, expected in case["losses"].items():
        value = functional.cross_entropy(readout(logits, rule) * 4, labels, label_smoothing=0.05)
        found = torch.cat([g.flatten() for g in torch.autograd.grad(value, parameters, retain_graph=True)])
        loss = max(loss, abs(value.item() - expected["loss"]))
        wanted = torch.tensor(expected["gradients"], dtype=torch.float64)
        gradient = max(gradient, (found - wanted).abs().max().item())
    peak, rates = known["oneCycle"]["peak"], known["oneCycle"]["rates"]
    rate = max(abs(rate_at("one-cycle", peak, i, len(rates)) - r) for i, r in enumerate(rates))
    return {"loss": loss, "gradient": gradient, "rate": rate}


def run(arguments, epochs=None):
    """The command's exit code and what it wrote to stderr; epochs: after so many, as if Ctrl-C had been pressed."""
    sys.argv = ["train.py", *arguments]
    errors = io.StringIO()
    whole = Run.epoch

    def interrupted(self):
        if len(self.records) == epochs:
            raise KeyboardInterrupt
        return whole(self)

    Run.epoch = interrupted
    with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
        code = train.main()
    Run.epoch = whole
    return {"code": code, "stderr": errors.getvalue()}


def save(model, folder):
    """Random weights of all levels, as a checkpoint of one's own would be saved."""
    torch.manual_seed(8)
    network = Network(model["layers"], model["quantizer"], model["bias"])
    with torch.no_grad():
        for values in network.parameters():
            values.uniform_(-1.2, 1.2)
    torch.save(network.state_dict(), f"{folder}/{model['weights']}")


def logits(folder, features):
    """Of the weights in a model folder: clips x steps x labels."""
    model = json.loads(pathlib.Path(folder, "model.json").read_text(encoding="utf8"))
    network = Network(model["layers"], model["quantizer"], model["bias"])
    network.load_state_dict(torch.load(f"{folder}/{model['weights']}"))
    with torch.no_grad():
        return network(torch.tensor(features, dtype=torch.float32) / 32768).tolist()


values = torch.from_numpy(numpy.array(request["values"], dtype=numpy.float32))
for item in request["save"]:
    save(item["model"], item["folder"])
answer = {
    "version": torch.__version__,
    "vectors": vectors(),
    "levels": {rule: levels(values, rule).tolist() for rule in ("code", "equation")},
    "q15": q15(values).tolist(),
    "digests": [frontend_digest(frontend) for frontend in request["frontends"]],
    "runs": [run(**item) for item in request["runs"]],
}
# After the runs: they wrote some of these.
answer["logits"] = [logits(folder, request["features"]) for folder in request["folders"]]
json.dump(answer, sys.stdout)
