# SPDX-License-Identifier: Apache-2.0
"""How to train: the same keys and defaults as the configuration of `egru train`."""
import json
import math

from features import BadInput

RECIPE = {
    "seed": 1,
    "batch": 128,
    "phases": [
        {"epochs": 60, "quantize": False, "schedule": "one-cycle", "rate": 0.003},
        {"epochs": 200, "quantize": True, "schedule": "one-cycle", "rate": 0.003},
    ],
    # Ends the last phase after so many epochs without a lower validation loss; None: never.
    "patience": None,
    "adam": {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "gradientNorm": 1, "weightClip": 1.2},
    # classWeights: "equal", "balanced" or one number per label.
    "loss": {"scale": 4, "smoothing": 0.05, "classWeights": "equal"},
    # clip: the loss is on the readout; steps: on every step, for models that listen to a stream. An object, as an export
    # has it: on every step, whose labels follow the words; "background" is the label of everything else, "adjust" is
    # added to its logit in the loss, "clip" is what the clip as a whole counts.
    "labels": "clip",
    # Frames of a window; None: the readout's.
    "steps": None,
    # best: the weights with the lowest validation loss; last: those of the last epoch.
    "keep": "best",
    # Windows by keywords, the share of them from hard places, and their gain, 10^u with u from low to high.
    "background": None,
    # With several training files and --rotate: the next one every so many epochs.
    "renew": 2,
}
# Keys of those that are an object or something else.
OBJECTS = {"labels": ("background", "from", "hold", "hardNegatives", "adjust", "clip"), "background": ("windows", "mined", "gain")}
SCHEDULES = ("one-cycle", "cosine", "constant")


def read_recipe(path, labels):
    """The recipe with what the file `path` says instead; None: as it stands."""
    recipe = {**RECIPE}
    if path is not None:
        try:
            with open(path, encoding="utf8") as file:
                given = json.load(file)
        except OSError as error:
            raise BadInput(f"{path}: {error.strerror}") from None
        except ValueError as error:
            raise BadInput(f"{path}: is no JSON ({error})") from None
        _merge(path, recipe, given, "")
        for key in ("adam", "loss"):
            recipe[key] = {**RECIPE[key], **recipe[key]}
    _check(path or "recipe", recipe, labels)
    return recipe


def _merge(path, known, given, place):
    if not isinstance(given, dict):
        raise BadInput(f"{path}: an object is needed ({place or 'top'})")
    for key, value in given.items():
        if key not in known:
            raise BadInput(f"{path}: unknown key {json.dumps(key)}; there are {', '.join(known)} ({place or 'top'})")
        if isinstance(known[key], dict):
            _merge(path, {**known[key]}, value, key)
        if key in OBJECTS and isinstance(value, dict):
            _merge(path, dict.fromkeys(OBJECTS[key]), value, key)
        known[key] = value


def _check(path, recipe, labels):
    def need(true, what):
        if not true:
            raise BadInput(f"{path}: {what}")

    def number(value, low, high):
        return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high

    for key, low, high in (("seed", 0, 2**31 - 1), ("batch", 1, 65536), ("renew", 1, 100000)):
        whole = isinstance(recipe[key], int) and number(recipe[key], low, high)
        need(whole, f"{key} must be a whole number from {low} to {high}")
    patience = recipe["patience"]
    need(patience is None or (isinstance(patience, int) and patience > 0), "patience must be null or a number of epochs")
    named = isinstance(recipe["labels"], dict) and isinstance(recipe["labels"].get("background"), str)
    need(recipe["labels"] in ("clip", "steps") or named, 'labels must be "clip", "steps" or {"background": LABEL}')
    for key in ("adjust", "clip"):
        need(not named or number(recipe["labels"].get(key, 0), 0, 100), f"labels.{key} must be a number from 0 to 100")
    need(recipe["steps"] is None or (isinstance(recipe["steps"], int) and recipe["steps"] > 0), "steps must be null or a number")
    need(recipe["keep"] in ("best", "last"), 'keep must be "best" or "last"')
    hours = recipe["background"]
    need(hours is None or named, 'background needs labels with a "background"')
    if hours is not None:
        hours.setdefault("windows", 1.5)
        hours.setdefault("mined", 0.5)
        hours.setdefault("gain", [-1.2, 0.4])
        need(number(hours["windows"], 0.01, 100), "background.windows must be a number from 0.01 to 100")
        need(number(hours["mined"], 0, 1), "background.mined must be a number from 0 to 1")
        gain = hours["gain"]
        pair = isinstance(gain, list) and len(gain) == 2 and all(number(end, -4, 2) for end in gain) and gain[0] <= gain[1]
        need(pair, "background.gain must be two numbers from -4 to 2")
    need(isinstance(recipe["phases"], list) and recipe["phases"], "phases must be a list with at least one")
    for phase in recipe["phases"]:
        need(isinstance(phase, dict) and set(phase) <= {*RECIPE["phases"][0]}, "a phase has epochs, quantize, schedule, rate")
        phase.setdefault("schedule", "one-cycle")
        need(phase["schedule"] in SCHEDULES, f"schedule must be one of {', '.join(SCHEDULES)}")
        need(isinstance(phase.get("epochs"), int) and phase["epochs"] > 0, "epochs must be a whole number above 0")
        need(isinstance(phase.get("quantize"), bool), "quantize must be true or false")
        need(number(phase.get("rate"), 1e-9, 1), "rate must be a number from 1e-9 to 1")
    for key, low, high in (
        ("beta1", 0, 0.9999),
        ("beta2", 0, 0.999999),
        ("epsilon", 1e-12, 1),
        ("gradientNorm", 1e-6, 1e6),
        ("weightClip", 0.2, 1e6),
    ):
        need(number(recipe["adam"][key], low, high), f"adam.{key} must be a number from {low} to {high}")
    loss = recipe["loss"]
    need(number(loss["scale"], 1e-3, 1e3), "loss.scale must be a number from 0.001 to 1000")
    need(number(loss["smoothing"], 0, 0.9), "loss.smoothing must be a number from 0 to 0.9")
    weights = loss["classWeights"]
    listed = isinstance(weights, list) and len(weights) == labels and all(number(w, 0, 1e6) for w in weights)
    need(listed or weights in ("equal", "balanced"), f'loss.classWeights: "equal", "balanced" or {labels} numbers')


def rate_at(schedule, peak, step, total):
    """Learning rate of batch `step` of `total`; one-cycle has the shape and constants of PyTorch's OneCycleLR."""

    def anneal(start, end, x):
        return end + (start - end) * (1 + math.cos(math.pi * min(x, 1))) / 2

    if schedule == "constant":
        return peak
    if schedule == "cosine":
        return peak * anneal(1, 0, step / total)
    start, top = 1 / 25, 0.3 * total - 1
    if step <= top:
        return peak * anneal(start, 1, step / top if top > 0 else 1)
    return peak * anneal(1, start / 10000, (step - top) / (total - 1 - top))
