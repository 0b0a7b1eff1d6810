# SPDX-License-Identifier: Apache-2.0
"""Tensors of safetensors files, mapped and not read at once."""
import json
import os

import numpy

TYPES = {"I16": "<i2", "I32": "<i4", "F32": "<f4", "F64": "<f8"}


class BadInput(Exception):
    """What a user can cause: said in one line."""


def read_safetensors(path):
    """Arrays by name, and the texts beside them."""
    try:
        with open(path, "rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > os.path.getsize(path) - 8:
                raise ValueError("its header is longer than the file")
            header = json.loads(file.read(length))
        texts = header.pop("__metadata__", {})
        arrays = {}
        for name, entry in header.items():
            if entry["dtype"] not in TYPES:
                raise ValueError(f'"{name}" is {entry["dtype"]}, not {", ".join(TYPES)}')
            kind, shape = numpy.dtype(TYPES[entry["dtype"]]), tuple(entry["shape"])
            begin, end = entry["data_offsets"]
            if end - begin != kind.itemsize * int(numpy.prod(shape, dtype=numpy.int64)):
                raise ValueError(f'"{name}" has another size than its shape')
            empty = end == begin
            arrays[name] = numpy.empty(shape, kind) if empty else numpy.memmap(path, kind, "r", 8 + length + begin, shape)
        return arrays, texts
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path}: is no safetensors file that is read here ({error})") from None
