#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains a model.json's network in PyTorch, on features that the chip computes (see README.md beside this file).

Alone, or on many processes and machines under torchrun. Order of clips, initial states and batches are the same for
any number of processes; each takes its part of every batch, so results differ by the rounding of sums only.
"""
import argparse
import json
import os
import sys
import time

import torch

from egru import Network
from features import BadInput, Clips, Features
from recipe import read_recipe
from run import Run
from workers import Workers


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="model.json: network, labels, feature extractor, readout (its weights are not needed)")
    parser.add_argument("-o", "--output", required=True, metavar="FOLDER", help="model folder to write")
    parser.add_argument("--training", required=True, nargs="+", metavar="FILE", help=".npy or .safetensors of egru features")
    parser.add_argument("--validation", required=True, nargs="+", metavar="FILE", help="the best weights are the best on these")
    parser.add_argument("--config", metavar="FILE", help="JSON: what to do otherwise than the recipe")
    parser.add_argument("--seed", type=int, help="instead of the recipe's")
    parser.add_argument("--rotate", action="store_true", help="one training file after the other instead of all in every epoch")
    parser.add_argument("--resume", action="store_true", help="go on from FOLDER/resume.pt where there is one")
    parser.add_argument("--device", help="cpu or cuda; by default cuda where there is one")
    return parser.parse_args()


def read_model(path):
    path = os.path.join(path, "model.json") if os.path.isdir(path) else path
    try:
        with open(path, encoding="utf8") as file:
            model = json.load(file)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise BadInput(f"{path}: is no JSON ({error})") from None
    missing = [key for key in ("labels", "layers", "frontend") if not model.get(key)]
    if missing:
        raise BadInput(f'{path}: has no "{missing[0]}"')
    try:
        Network(model["layers"])
    except (KeyError, TypeError) as error:
        raise BadInput(f"{path}: its layers cannot be built in PyTorch ({error})") from None
    return model


def read_features(paths, model):
    files = [Features(path, model) for path in paths]
    steps = (model.get("readout") or {}).get("steps", files[0].steps)
    for file in files:
        if len(file.labels) == 0:
            raise BadInput(f"{file.path}: holds no clip")
        if file.steps != steps:
            raise BadInput(f"{file.path}: clips of {file.steps} steps, {steps} are needed")
    return files


def write_whole(path, write):
    """All or nothing: whoever reads the file never sees half of it."""
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        write(temporary)
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.remove(temporary)
        raise


def write_json(path, value):
    def write(temporary):
        with open(temporary, "w", encoding="utf8") as file:
            json.dump(value, file, indent=1, ensure_ascii=False)
            file.write("\n")

    write_whole(path, write)


class Output:
    """The model folder; only the first process writes."""

    def __init__(self, folder, model, recipe, identity):
        self.folder, self.recipe, self.identity = folder, recipe, identity
        self.model = {**model, "weights": "weights.pt"}
        self.resume_path = os.path.join(folder, "resume.pt")

    def place(self, name):
        return os.path.join(self.folder, name)

    def save(self, run, improved):
        os.makedirs(self.folder, exist_ok=True)
        if improved:
            tensors = {name: tensor.clone() for name, tensor in run.best["weights"].items()}
            write_whole(self.place("weights.pt"), lambda path: torch.save(tensors, path))
            write_json(self.place("model.json"), self.model)
        best = {key: value for key, value in run.best.items() if key != "weights"}
        write_json(self.place("training.json"), {"recipe": self.recipe, "best": best, "epochs": run.records})
        state = {"identity": self.identity, "run": run.state()}
        write_whole(self.resume_path, lambda path: torch.save(state, path))

    def read_state(self):
        if not os.path.exists(self.resume_path):
            return None
        state = torch.load(self.resume_path, map_location="cpu", weights_only=True)
        if state["identity"] != self.identity:
            raise BadInput(f"{self.resume_path}: was begun with another recipe, model or other clips")
        return state["run"]


def train(options, workers):
    model = read_model(options.model)
    training = read_features(options.training, model)
    validation = read_features(options.validation, model)
    recipe = read_recipe(options.config, len(model["labels"]))
    if options.seed is not None:
        recipe["seed"] = options.seed
    described = [recipe, model, options.rotate, *([file.identity for file in part] for part in (training, validation))]
    output = Output(options.output, model, recipe, json.dumps(described, sort_keys=True))
    sets = [Clips([file]) for file in training] if options.rotate else [Clips(training)]
    others = workers.sum([workers.from_first(output.identity) != output.identity])[0]
    if others > 0:
        raise BadInput(f"{others:.0f} of {workers.count} processes have another recipe, model or other clips than the first")
    run = Run(model, recipe, sets, Clips(validation), workers)
    state = workers.from_first(output.read_state() if options.resume and workers.first else None)
    if state is not None:
        run.restore(state)
    total = sum(phase["epochs"] for phase in recipe["phases"])
    while not run.ended():
        began = time.perf_counter()
        improved = run.epoch()
        if not workers.first:
            continue
        record = run.records[-1]
        record["seconds"] = round(time.perf_counter() - began, 3)
        output.save(run, improved)
        print(
            f"epoch {record['epoch'] + 1} of {total}{' quantized' if record['quantized'] else ''}: "
            f"loss {record['loss']:.4f}, validation {record['validationLoss']:.4f}, "
            f"{100 * record['validationAccuracy']:.1f} %{' best' if improved else ''}, {record['seconds']:.1f} s",
            file=sys.stderr,
        )
    if workers.first:
        print(f"{options.output}: best at epoch {run.best['epoch'] + 1}, {100 * run.best['validationAccuracy']:.1f} % of validation")


def main():
    options = arguments()
    workers = None
    try:
        workers = Workers(options.device)
        train(options, workers)
    except (BadInput, OSError) as error:
        who = f" (process {workers.rank})" if workers is not None and workers.together else ""
        print(f"train.py: {error}{who}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"train.py: interrupted; {options.output} holds the best weights so far", file=sys.stderr)
        return 130
    finally:
        if workers is not None:
            workers.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
