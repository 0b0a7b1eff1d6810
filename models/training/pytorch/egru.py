# SPDX-License-Identifier: Apache-2.0
"""The network that egru compiles, as a PyTorch module: docs/NUMERICS.md in floating point.

Weights take the chip's levels in the forward pass and gradients pass straight through to the full-precision
parameters. Ranges are the chip's: accumulators end at +-64 before softsign, states lie in (-1, 1), dense activations
in [0, 1]. Names of parameters are those that `egru compile` expects in a checkpoint.
"""
import torch
from torch import nn
from torch.nn import functional

# The smallest float32 that are not below 2^-0.5, 2^-1.5 and 2^-2.5: float32 weights compare as the exact numbers would.
THRESHOLDS = tuple(11863284 / 2**exponent for exponent in (24, 25, 26))
SOFTSIGN_CLAMP = 64.0


def levels(values, rule):
    """What the chip computes with: 0, +-1/4, +-1/2 or +-1. rule: "code" or "equation"."""
    size = values.abs()
    whole, half, quarter = (size >= threshold for threshold in THRESHOLDS)
    level = whole * 0.5 + half * 0.25 + quarter * 0.25
    if rule == "equation":
        level = level * (size > 0.25)
    return level * values.sign()


def q15(values):
    """floor(v * 32768 + 1/2) / 32768; the sum itself would round 0.49999997 up to 1."""
    scaled = values * 32768
    floor = scaled.floor()
    return (floor + (scaled - floor >= 0.5)) / 32768


class StraightThrough(torch.autograd.Function):
    """A staircase whose derivative counts as 1 everywhere."""

    @staticmethod
    def forward(ctx, values, staircase):
        return staircase(values)

    @staticmethod
    def backward(ctx, gradient):
        return gradient, None


class Softsign(torch.autograd.Function):
    """a / (1 + |a|) of a clamped to +-64; beyond, it keeps the slope of its edge, so that a unit can come back."""

    @staticmethod
    def forward(ctx, a):
        y = functional.softsign(a.clamp(-SOFTSIGN_CLAMP, SOFTSIGN_CLAMP))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, gradient):
        (y,) = ctx.saved_tensors
        return gradient * (1 - y.abs()).square()


class SeptenaryLinear(nn.Module):
    """Weight and bias, with the chip's levels where `quantized` is set."""

    def __init__(self, inputs, units, quantizer="code", bias="septenary"):
        super().__init__()
        self.quantizer, self.bias_rule, self.quantized = quantizer, bias, True
        bound = inputs**-0.5
        self.weight = nn.Parameter(torch.empty(units, inputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(units).uniform_(-bound, bound))

    def used(self):
        """Weight and bias as the passes take them."""
        if not self.quantized:
            return self.weight, self.bias

        def staircase(values):
            return levels(values, self.quantizer)

        weight = StraightThrough.apply(self.weight, staircase)
        return weight, StraightThrough.apply(self.bias, q15 if self.bias_rule == "q15" else staircase)

    def forward(self, x):
        return functional.linear(x, *self.used())


class Egru(nn.Module):
    """The cell of the paper: z the update gate (zx), g the candidate (hx), columns [inputs, previous state]."""

    def __init__(self, inputs, units, quantizer="code", bias="septenary", initial=None):
        super().__init__()
        self.inputs, self.units = inputs, units
        self.weight_zx = SeptenaryLinear(inputs + units, units, quantizer, bias)
        self.weight_hx = SeptenaryLinear(inputs + units, units, quantizer, bias)
        # Not persistent: model.json holds it, and a checkpoint has parameters only.
        state = torch.zeros(units) if initial is None else torch.tensor(initial, dtype=torch.float32) / 32768
        self.register_buffer("initial", state, persistent=False)

    def forward(self, x, h=None):
        """x: clips x steps x inputs, h: clips x units or None for the model's own start -> clips x steps x units."""
        h = self.initial.to(x.dtype).expand(len(x), -1) if h is None else h
        (wz, bz), (wg, bg) = self.weight_zx.used(), self.weight_hx.used()
        weight = torch.cat([wz, wg])
        # The inputs' part of all steps in one product; z and g share it.
        driven = functional.linear(x, weight[:, : self.inputs], torch.cat([bz, bg])).unbind(1)
        recurrent = weight[:, self.inputs :].t()
        outputs = []
        for step in driven:
            y = Softsign.apply(torch.addmm(step, h, recurrent))
            z = (y[:, : self.units] + 1) * 0.5
            h = h + z * (y[:, self.units :] - h)
            outputs.append(h)
        return torch.stack(outputs, 1)


class Network(nn.Module):
    """The layers of a model.json, by their names."""

    def __init__(self, layers, quantizer="code", bias="septenary"):
        super().__init__()
        self.kinds = [(layer["name"], layer.get("activation")) for layer in layers]
        self.units = [layer["units"] for layer in layers if layer["type"] == "egru"]
        for layer in layers:
            sizes = layer["inputs"], layer["units"], quantizer, bias
            if layer["type"] == "egru":
                module = Egru(*sizes, layer.get("initialState"))
            else:
                module = SeptenaryLinear(*sizes)
            self.add_module(layer["name"], module)

    def quantize(self, on):
        for module in self.modules():
            if isinstance(module, SeptenaryLinear):
                module.quantized = on

    def forward(self, x, states=None):
        """x: clips x steps x inputs in [0, 1), states: clips x all recurrent units -> logits, clips x steps x labels."""
        starts = iter([None] * len(self.units) if states is None else states.split(self.units, 1))
        for name, activation in self.kinds:
            layer = self.get_submodule(name)
            x = layer(x, next(starts)) if isinstance(layer, Egru) else layer(x)
            if activation == "relu":
                x = functional.hardtanh(x, 0, 1)  # clamped as on the chip; no gradient at the ends
        return x


def readout(logits, rule):
    """clips x labels: training twin of the readouts "sum" (the mean has the same argmax) and "last"."""
    return logits[:, -1] if rule == "last" else logits.mean(1)
