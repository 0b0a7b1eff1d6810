# SPDX-License-Identifier: Apache-2.0
"""Writes event-egru.json: integers of event-based cells, computed here from docs/NUMERICS.md and nothing else.

    python3 test/vectors/event-egru.py > test/vectors/event-egru.json
"""
import json
import random

CASES = [
    ("pulse", "pulse", False, "subtract"),
    ("pulse-signed", "pulse", True, "subtract"),
    ("pulse-no-reset", "pulse", True, "none"),
    ("hold", "hold", True, "none"),
]
INPUTS, UNITS, STEPS = 4, 6, 10


def term(code, x):
    if code == 7:
        return 0
    return -(x >> (code & 3)) if code & 4 else x >> (code & 3)


def bias(code):
    return term(code, 32768)


def softsign(acc):
    n = min(abs(acc), 2**21 - 1)
    y = (n << 10) // ((n + 32768) >> 5)
    return -y if acc < 0 else y


def run(cell, x):
    h = [0] * cell["units"]
    y = [0] * cell["units"]
    out = {"c": [], "y": [], "h": [], "events": []}
    for step in x:
        u = step + y
        row = lambda codes, b: bias(b) + sum(term(k, v) for k, v in zip(codes, u))
        c = []
        for i in range(cell["units"]):
            z = (softsign(row(cell["codesZ"][i], cell["biasZ"][i])) + 32768) >> 1
            g = softsign(row(cell["codesG"][i], cell["biasG"][i]))
            c.append(h[i] + ((z * (g - h[i])) >> 15))
        events = []
        for i, t in enumerate(cell["threshold"]):
            if cell["output"] == "hold":
                event = abs(c[i] - y[i]) > t
                y[i] = c[i] if event else y[i]
                h[i] = c[i]
            else:
                event = c[i] > t or (cell["signed"] and c[i] < -t)
                y[i] = c[i] if event else 0
                h[i] = c[i]
                if event and cell["reset"] == "subtract":
                    h[i] = c[i] - t if c[i] > 0 else c[i] + t
            if event:
                events.append(i)
        for key, value in (("c", c), ("y", list(y)), ("h", list(h)), ("events", events)):
            out[key].append(value)
    return out


def random_case(r, name, output, signed, reset):
    codes = lambda n: [r.choice([0, 1, 2, 4, 5, 6, 7, 7]) for _ in range(n)]
    matrix = lambda: [codes(INPUTS + UNITS) for _ in range(UNITS)]
    cell = {"inputs": INPUTS, "units": UNITS, "output": output, "signed": signed, "reset": reset}
    cell |= {"codesZ": matrix(), "codesG": matrix(), "biasZ": codes(UNITS), "biasG": codes(UNITS)}
    cell["threshold"] = [0, 1, 1638, 3277, 6554, 32767]
    x = [[r.choice([0, 0, r.randrange(-32768, 32768)]) for _ in range(INPUTS)] for _ in range(STEPS)]
    return {"name": name, "cell": cell, "x": x, "expected": run(cell, x)}


def equal_case(name, output, signed, reset):
    """Thresholds that the states of the first step meet, and miss by one."""
    cell = {"inputs": 1, "units": 4, "output": output, "signed": signed, "reset": reset}
    cell |= {"codesZ": [[7] * 5] * 4, "codesG": [[0, 7, 7, 7, 7], [0, 7, 7, 7, 7], [4, 7, 7, 7, 7], [4, 7, 7, 7, 7]]}
    cell |= {"biasZ": [7] * 4, "biasG": [7] * 4, "threshold": [0] * 4}
    x = [[32767], [32767], [0]]
    first = [abs(c) for c in run(cell, x)["c"][0]]
    cell["threshold"] = [first[0], first[1] - 1, first[2], first[3] - 1]
    return {"name": name, "cell": cell, "x": x, "expected": run(cell, x)}


def delta(r):
    threshold = 700
    x = [[r.randrange(-32768, 32768) for _ in range(3)]]
    for move in (700, 701, -700, -701, 0, 699, 1, -1400):
        x.append([max(-32768, min(v + move, 32767)) for v in x[-1]])
    sent, expected = [0] * 3, []
    for step in x:
        sent = [v if abs(v - s) > threshold else s for v, s in zip(step, sent)]
        expected.append(list(sent))
    return {"threshold": threshold, "x": x, "expected": expected}


def main():
    r = random.Random(20261129)
    cases = [random_case(r, *case) for case in CASES]
    cases += [equal_case(f"equal-{name}", *rest) for name, *rest in CASES]
    print(json.dumps({"cases": cases, "deltaInputs": delta(r)}, separators=(",", ":")))


main()
