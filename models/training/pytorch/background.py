# SPDX-License-Identifier: Apache-2.0
"""Hours of what is not a keyword, as `egru train --export` leaves them: features on disk, read by windows.

The cache is mapped: only the windows of a batch are in memory, so it may be larger than the machine's.
"""
import os

import numpy

from features import frontend_digest
from normalize import Normalizer
from tensors import BadInput, read_safetensors

# As in egru's own training: share of a window behind which a hard place lies, and windows that validate, at least.
EARLIEST = 0.4
LEAST_WINDOWS = 64
FULL_SCALE = 32768
# Frames before a window that a normalizer's levels follow.
LEAD = 128


class Frames:
    """Ranges of a cache's frames as one sound, without gaps."""

    def __init__(self, features, ranges):
        self.features = features
        self.ranges = ranges[ranges[:, 1] > ranges[:, 0]].astype(numpy.int64)
        self.before = numpy.concatenate([[0], numpy.cumsum(self.ranges[:, 1] - self.ranges[:, 0])])
        self.count = int(self.before[-1])

    def read(self, start, steps):
        """steps x bins int16 from this frame on; behind the end there is silence."""
        window = numpy.zeros((steps, self.features.shape[1]), dtype=numpy.int16)
        index, done = int(numpy.searchsorted(self.before, start, "right")) - 1, 0
        length = min(steps, self.count - start)
        while done < length:
            first, end = self.ranges[index]
            first += start + done - self.before[index]
            count = min(int(end - first), length - done)
            window[done : done + count] = self.features[first : first + count]
            done, index = done + count, index + 1
        return window


class Background:
    """path: background.safetensors of an export; recipe: its "background"."""

    def __init__(self, path, model, recipe):
        arrays, texts = read_safetensors(path)
        store, known = read_safetensors(os.path.join(os.path.dirname(path), texts.get("store", "")))
        # The cache is from before normalization.
        expected = frontend_digest({**model["frontend"], "normalize": None})
        if known.get("frontendDigest") != expected or texts.get("list") != known.get("list"):
            raise BadInput(f"{path}: its cache holds features of another feature extractor or of other recordings")
        self.recipe, self.frontend, self.identity = recipe, model["frontend"], texts.get("digest")
        self.train, self.validation = (Frames(store["features"], arrays[name]) for name in ("train", "validation"))
        normalize = self.frontend.get("normalize")
        self.normalizer = Normalizer(normalize) if normalize else None
        self.hard = numpy.asarray(arrays["hardFrames"], dtype=numpy.int64)
        self.weights = numpy.asarray(arrays["hardScores"], dtype=numpy.float64) ** 2
        divisor, steps = self.frontend.get("divisor", 1), numpy.arange(FULL_SCALE) / FULL_SCALE
        self.log = self.frontend["scale"] == "log2"
        self.divisor = divisor
        self.magnitude = 2 ** (steps * divisor) - 1 if self.log else steps

    def draw(self, count, steps, key):
        """Starts and gains of `count` windows; `key` names the chance. Some of them have a hard place in their later part."""
        chance = numpy.random.Generator(numpy.random.PCG64(key))
        last = max(0, self.train.count - steps)
        starts = chance.integers(0, last + 1, count)
        if len(self.hard) > 0:
            mined = chance.random(count) < self.recipe["mined"]
            places = self.hard[chance.choice(len(self.hard), count, p=self.weights / self.weights.sum())]
            before = numpy.minimum(steps * chance.uniform(EARLIEST, 1, count), steps - 1).astype(numpy.int64)
            starts = numpy.where(mined, numpy.clip(places - before, 0, last), starts)
        return starts, 10 ** chance.uniform(*self.recipe["gain"], count)

    def even(self, count, steps):
        """Starts of windows at even distances, the same ones for every judge."""
        last = max(0, self.validation.count - steps)
        return last * numpy.arange(count) // max(1, count - 1)

    def window(self, frames, start, steps, gain):
        """steps x bins int16 as the network gets them; gain: None leaves the sound as loud as it is."""
        lead = 0 if self.normalizer is None else min(start, LEAD)
        sound = frames.read(start - lead, steps + lead)
        if gain is not None:
            sound = self.louder(sound, gain)
        return sound if self.normalizer is None else self.normalizer(sound)[lead:]

    def louder(self, window, gain):
        """What the feature extractor makes of a sound that is so many times as loud."""
        loudness = gain * self.magnitude[window]
        feature = numpy.log2(1 + loudness) / self.divisor if self.log else loudness
        return numpy.minimum(FULL_SCALE - 1, numpy.floor(feature * FULL_SCALE + 0.5)).astype(numpy.int16)


class WithBackground:
    """Clips, and windows of background behind them, as one set of clips."""

    def __init__(self, clips, background, frames, starts, gains, label):
        self.clips, self.background, self.frames = clips, background, frames
        self.starts, self.gains, self.label = starts, gains, label
        self.labels = numpy.concatenate([clips.labels, numpy.full(len(starts), label, dtype=numpy.int64)])

    def __len__(self):
        return len(self.labels)

    def _split(self, indices):
        indices = numpy.asarray(indices)
        own = indices < len(self.clips)
        return own, indices[own], indices[~own] - len(self.clips)

    def step_labels(self, indices):
        own, clips, _ = self._split(indices)
        result = numpy.full((len(own), self.clips.files[0].steps), self.label, dtype=numpy.int64)
        result[own] = self.clips.step_labels(clips)
        return result

    def gather(self, indices):
        own, clips, windows = self._split(indices)
        steps, bins = self.clips.files[0].values.shape[1:]
        result = numpy.empty((len(own), steps, bins), dtype=numpy.float32)
        result[own] = self.clips.gather(clips)
        for place, window in zip(numpy.flatnonzero(~own), windows):
            gain = None if self.gains is None else self.gains[window]
            sound = self.background.window(self.frames, int(self.starts[window]), steps, gain)
            result[place] = sound.astype(numpy.float32) / FULL_SCALE
        return result


def windows_of(recipe, training, validation, label):
    """Windows of background in an epoch, and those that validate."""
    keywords = [int((clips.labels != label).sum()) for clips in (training, validation)]
    return int(numpy.ceil(recipe["windows"] * keywords[0])), max(LEAST_WINDOWS, keywords[1])
