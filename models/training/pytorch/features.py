# SPDX-License-Identifier: Apache-2.0
"""Files of `egru features`: integers that the chip computes, with the labels of their clips."""
import hashlib
import json
import os
from decimal import Decimal

import numpy

from tensors import BadInput, read_safetensors

FRONTEND_KEYS = ("bands", "bins", "divisor", "frame", "gain", "hop", "normalize", "sampleRate", "scale", "window")


def frontend_digest(frontend):
    """SHA-256 of the front end as JSON, as egru computes it: keys sorted, no spaces, numbers as JavaScript prints them."""
    definition = {**frontend, "divisor": frontend["divisor"] if frontend["scale"] == "log2" else 1}
    present = {key: definition[key] for key in FRONTEND_KEYS if definition.get(key) is not None}
    return hashlib.sha256(_javascript(present).encode()).hexdigest()


def _javascript(value):
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(key)}:{_javascript(value[key])}' for key in sorted(value))}}}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if float(value).is_integer() and abs(value) < 1e21:
        return str(int(value))
    text = repr(float(value))
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    if -7 < int(exponent) < 21:
        return format(Decimal(text), "f")
    return f"{mantissa}e{int(exponent):+d}"


class Features:
    """clips x steps x bins int16, mapped from the file and not read at once; labels as indices."""

    def __init__(self, path, model):
        values, metadata = _npy(path) if path.endswith(".npy") else _safetensors(path)
        try:
            digest, clips = metadata["frontendDigest"], metadata["clips"]
            steps, bins = metadata["steps"], metadata["bins"]
            texts = [clip["label"] for clip in clips]
        except (KeyError, TypeError) as error:
            raise BadInput(f"{path}: no description of features: {error} is missing") from None
        expected = frontend_digest(model["frontend"])
        if digest != expected:
            raise BadInput(
                f"{path}: its features come from feature extractor {str(digest)[:12]}, "
                f"model.json describes {expected[:12]} (frontendDigest)"
            )
        if values.dtype != numpy.int16 or values.size != len(clips) * steps * bins:
            raise BadInput(f"{path}: {values.dtype} {list(values.shape)} for {len(clips)} clips x {steps} x {bins}")
        indices = {label: index for index, label in enumerate(model["labels"])}
        for clip, text in zip(clips, texts):
            if text not in indices:
                problem = "has no label" if text is None else f"has the label {json.dumps(text)}, which model.json lacks"
                raise BadInput(f"{path}: {clip.get('file', 'a clip')} {problem}")
        self.path, self.steps = path, steps
        self.values = values.reshape(len(clips), steps, bins)
        self.labels = numpy.array([indices[text] for text in texts], dtype=numpy.int64)
        self.step_labels = metadata.get("stepLabels")
        if self.step_labels is not None and self.step_labels.shape != (len(clips), steps):
            raise BadInput(f"{path}: labels of steps {list(self.step_labels.shape)} for {len(clips)} clips x {steps}")
        # Of an export the recordings, which other augmentation leaves as they are.
        self.identity = metadata.get("dataset") or hashlib.sha256(json.dumps(clips).encode()).hexdigest()


def _npy(path):
    sidecar = f"{path}.json"
    try:
        values = numpy.load(path, mmap_mode="r", allow_pickle=False)
        with open(sidecar, encoding="utf8") as file:
            return values, json.load(file)
    except OSError as error:
        raise BadInput(f"{error.filename or path}: {error.strerror or 'cannot be read'}") from None
    except ValueError as error:
        raise BadInput(f"{path}: is no array with {os.path.basename(sidecar)} beside it ({error})") from None


def _safetensors(path):
    arrays, texts = read_safetensors(path)
    if "features" not in arrays:
        raise BadInput(f"{path}: holds no features")
    described = {key: json.loads(texts[key]) for key in ("clips", "steps", "bins") if key in texts}
    return arrays["features"], {**texts, **described, "stepLabels": arrays.get("stepLabels")}


class Clips:
    """Several files as one: gathers clips by index."""

    def __init__(self, files):
        self.files = files
        self.starts = numpy.cumsum([0] + [len(file.labels) for file in files])
        self.labels = numpy.concatenate([file.labels for file in files])

    def __len__(self):
        return len(self.labels)

    def step_labels(self, indices):
        """int64, clips x steps: the label of every step, -1 for those that do not count."""
        place = numpy.searchsorted(self.starts, indices, "right") - 1
        rows = [self.files[file].step_labels[index - self.starts[file]] for file, index in zip(place, indices)]
        return numpy.array(rows, dtype=numpy.int64).reshape(len(indices), self.files[0].steps)

    def gather(self, indices):
        """float32 in [0, 1): clips x steps x bins."""
        place = numpy.searchsorted(self.starts, indices, "right") - 1
        shape = (len(indices), *self.files[0].values.shape[1:])
        result = numpy.empty(shape, dtype=numpy.float32)
        for i, (file, index) in enumerate(zip(place, indices)):
            result[i] = self.files[file].values[index - self.starts[file]]
        return result / 32768
