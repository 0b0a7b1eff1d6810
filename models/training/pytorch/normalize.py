# SPDX-License-Identifier: Apache-2.0
"""Subtracts a level that follows the features, in integers: twin of compiler/core/frontend/normalizer.ts."""
import numpy

# Bits that levels have behind those of a feature.
FRACTION = 12


class Normalizer:
    """definition: "normalize" of a feature extractor."""

    def __init__(self, definition):
        self.each = definition["over"] == "band"
        self.rise, self.fall = definition["rise"], definition["fall"]
        self.floor, self.center = definition["floor"], definition["center"]
        self.shift = int(definition["gain"]).bit_length() - 1

    def __call__(self, features):
        """frames x bins int16 from the start of a stream on; a new array of the same shape."""
        own = features.astype(numpy.int64)
        loudest = own if self.each else own.max(axis=1, keepdims=True)
        level = numpy.full(loudest.shape[1], self.floor << FRACTION, dtype=numpy.int64)
        base = numpy.empty_like(loudest)
        for frame, feature in enumerate(loudest):
            distance = (feature << FRACTION) - level
            level = level + numpy.where(distance > 0, distance >> self.rise, distance >> self.fall)
            base[frame] = numpy.maximum(level >> FRACTION, self.floor)
        return numpy.clip(((own - base) << self.shift) + self.center, 0, 32767).astype(numpy.int16)
