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

from background import Background
from egru import Network
from features import BadInput, Clips, Features
from recipe import read_recipe
from run import Run
from tensors import read_safetensors
from workers import Workers


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="model.json: network, labels, feature extractor, readout (its weights are not needed)")
    parser.add_argument("-o", "--output", metavar="FOLDER", help="model folder to write")
    exported = "by default what `egru train --export` left beside model.json"
    parser.add_argument("--training", nargs="+", metavar="FILE", help=f".npy or .safetensors of egru features; {exported}")
    parser.add_argument("--validation", nargs="+", metavar="FILE", help="the best weights are the best on these; the same")
    parser.add_argument("--config", metavar="FILE", help="JSON: what to do otherwise than the recipe")
    parser.add_argument("--seed", type=int, help="instead of the recipe's")
    parser.add_argument("--rotate", action="store_true", help="one training file after the other instead of all in every epoch")
    parser.add_argument("--resume", action="store_true", help="go on from FOLDER/resume.pt where there is one")
    parser.add_argument("--start", metavar="FOLDER", help="begin with the weights of this model folder")
    parser.add_argument("--until", type=int, metavar="N", help="stop after N epochs in all, to go on with --resume")
    parser.add_argument("--evaluate", action="store_true", help="only print loss and accuracy of the --start weights on validation")
    parser.add_argument("--device", help="cpu or cuda; by default cuda where there is one")
    options = parser.parse_args()
    if options.evaluate != (options.output is None) or (options.evaluate and options.start is None):
        parser.error("give --output FOLDER, or --evaluate with --start FOLDER")
    return options


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


def read_features(paths, model, recipe):
    files = [Features(path, model) for path in paths]
    steps = recipe["steps"] or (model.get("readout") or {}).get("steps", files[0].steps)
    for file in files:
        if len(file.labels) == 0:
            raise BadInput(f"{file.path}: holds no clip")
        if file.steps != steps:
            raise BadInput(f"{file.path}: clips of {file.steps} steps, {steps} are needed")
        if isinstance(recipe["labels"], dict) and file.step_labels is None:
            raise BadInput(f"{file.path}: has no labels of steps, which labels that follow the words need: egru train --export")
    return files


def read_weights(folder):
    """Tensors of a model folder by name."""
    path = os.path.join(folder, read_model(folder).get("weights", ""))
    if path.endswith(".safetensors"):
        return {name: torch.from_numpy(values.astype("f4")) for name, values in read_safetensors(path)[0].items()}
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None


def begin_with(network, folder):
    try:
        network.load_state_dict(read_weights(folder))
    except RuntimeError as error:
        raise BadInput(f"{folder}: its weights are those of another network ({str(error).splitlines()[-1].strip()})") from None


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

    def beside(name):
        path = os.path.join(options.model, name)
        return path if os.path.exists(path) else None

    recipe = read_recipe(options.config or beside("recipe.json"), len(model["labels"]))
    if options.seed is not None:
        recipe["seed"] = options.seed
    parts = []
    for name in ("training", "validation"):
        paths = getattr(options, name) or [beside(f"{name}.safetensors")]
        if paths[0] is None:
            raise BadInput(f"--{name}: no file is named, and {options.model} holds no export")
        parts.append(read_features(paths, model, recipe))
    training, validation = parts
    background = None
    if recipe["background"] is not None:
        path = beside("background.safetensors")
        if path is None:
            raise BadInput(f"{options.model}: the recipe has a background, and there is no background.safetensors")
        background = Background(path, model, recipe["background"])
    about = [options.rotate, *([file.identity for file in part] for part in parts), background and background.identity]
    described = [recipe, model, *about]
    output = Output(options.output or "", model, recipe, json.dumps(described, sort_keys=True))
    sets = [Clips([file]) for file in training] if options.rotate else [Clips(training)]
    others = workers.sum([workers.from_first(output.identity) != output.identity])[0]
    if others > 0:
        raise BadInput(f"{others:.0f} of {workers.count} processes have another recipe, model or other clips than the first")
    run = Run(model, recipe, sets, Clips(validation), workers, background)
    if options.start is not None:
        begin_with(run.network, options.start)
    if options.evaluate:
        run.network.quantize(recipe["phases"][-1]["quantize"])
        loss, accuracy = run.judge()
        if workers.first:
            print(json.dumps({"validationLoss": loss, "validationAccuracy": accuracy, "clips": len(run.validation)}))
        return
    state = workers.from_first(output.read_state() if options.resume and workers.first else None)
    if state is not None:
        run.restore(state)
    total = sum(phase["epochs"] for phase in recipe["phases"])
    while not run.ended() and len(run.records) != options.until:
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
    if workers.first and run.best is not None:
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
