# SPDX-License-Identifier: Apache-2.0
"""A training, epoch by epoch: everything follows from model, recipe and clips, on any number of processes."""
import hashlib
import json

import numpy
import torch
from torch.nn import functional

from background import WithBackground, windows_of
from egru import Network, readout
from features import BadInput
from recipe import rate_at


def stream(*key):
    """A generator for one purpose: streams of other purposes and epochs do not shift it."""
    digest = hashlib.sha256(json.dumps(key).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little") >> 1)


class Run:
    def __init__(self, model, recipe, training, validation, workers, background=None):
        """training: sets of clips that take turns; background: windows of it come to each."""
        self.recipe, self.training, self.workers, self.background = recipe, training, workers, background
        self.stream = recipe["labels"] if isinstance(recipe["labels"], dict) else None
        self.label = model["labels"].index(self.stream["background"]) if self.stream else -1
        if background is not None:
            self.windows, count = windows_of(recipe["background"], training[0], validation, self.label)
            starts = background.even(count, validation.files[0].steps)
            validation = WithBackground(validation, background, background.validation, starts, None, self.label)
        self.validation = validation
        self.rule = (model.get("readout") or {"rule": "sum"})["rule"]
        torch.manual_seed(stream("weights", recipe["seed"]).initial_seed())
        rules = model.get("quantizer", "code"), model.get("bias", "septenary")
        self.network = Network(model["layers"], *rules).to(workers.device)
        self.shared = workers.wrap(self.network)
        self.states = sum(self.network.units)
        self.class_weights = self._class_weights(len(model["labels"])).to(workers.device)
        self.optimizer, self.best, self.records = None, None, []

    def _class_weights(self, labels):
        weights = self.recipe["loss"]["classWeights"]
        if weights == "balanced":
            counts = numpy.bincount(self.training[0].labels, minlength=labels)
            weights = [len(self.training[0]) / labels / max(1, count) for count in counts]
        return torch.ones(labels) if weights == "equal" else torch.tensor(weights, dtype=torch.float32)

    def place(self):
        """Phase of the next epoch and the epochs before the phase; None: all are done."""
        start = 0
        for index, phase in enumerate(self.recipe["phases"]):
            if len(self.records) < start + phase["epochs"]:
                return index, start
            start += phase["epochs"]
        return None

    def ended(self):
        place, patience = self.place(), self.recipe["patience"]
        if place is None:
            return True
        index, start = place
        if patience is None or index < len(self.recipe["phases"]) - 1:
            return False
        return len(self.records) - max(self.best["epoch"] + 1, start) >= patience

    def stream_losses(self, logits, labels):
        """The same of clips whose steps have labels of their own, -1 for those that do not count."""
        smoothing, scale = self.recipe["loss"]["smoothing"], self.recipe["loss"]["scale"]

        def entropy(values, truth):
            known = truth.clamp(min=0)
            loss = functional.cross_entropy(values, known, reduction="none", label_smoothing=smoothing)
            return loss * self.class_weights[known] * (truth >= 0)

        adjust = torch.zeros(logits.shape[2], device=logits.device)
        adjust[self.label] = self.stream.get("adjust", 0)
        values = scale * (logits + adjust)
        counted = (labels >= 0).sum(1).clamp(min=1)
        loss = entropy(values.transpose(1, 2), labels).sum(1) / counted
        if self.stream.get("clip", 0) > 0:
            # The first keyword among the steps, or the background.
            spoken = (labels >= 0) & (labels != self.label)
            first = labels.gather(1, spoken.int().argmax(1, keepdim=True))[:, 0]
            truth = torch.where(spoken.any(1), first, torch.full_like(first, self.label))
            loss = loss + self.stream["clip"] * entropy(scale * logits.mean(1), truth)
        right = (values.argmax(2) == labels).float().sum(1) / counted
        return loss, right

    def losses(self, logits, labels):
        """Each clip's loss times the weight of its label, and whether it was heard rightly (with steps: what share)."""
        if self.stream is not None:
            return self.stream_losses(logits, labels)
        smoothing, scale = self.recipe["loss"]["smoothing"], self.recipe["loss"]["scale"]
        if self.recipe["labels"] == "steps":
            spread = labels[:, None].expand(-1, logits.shape[1])
            loss = functional.cross_entropy(
                (scale * logits).transpose(1, 2), spread, reduction="none", label_smoothing=smoothing
            ).mean(1)
            right = (logits.argmax(2) == spread).float().mean(1)
        else:
            values = readout(logits, self.rule)
            loss = functional.cross_entropy(scale * values, labels, reduction="none", label_smoothing=smoothing)
            right = (values.argmax(1) == labels).float()
        return loss * self.class_weights[labels], right

    def batch(self, clips, indices):
        """This process's part of a batch: features, labels, and the sum of the weights of the whole of it."""
        mine = self.workers.share(indices)
        features = torch.from_numpy(clips.gather(mine)).to(self.workers.device)
        if self.stream is not None:
            # Weights of labels act on steps, and every clip counts as one.
            return features, torch.from_numpy(clips.step_labels(mine)).to(self.workers.device), len(indices)
        labels = torch.from_numpy(clips.labels[indices]).to(self.workers.device)
        return features, self.workers.share(labels), self.class_weights[labels].sum().item()

    def with_windows(self, clips, number):
        """The clips of an epoch with windows of background that are new in each."""
        if self.background is None:
            return clips
        key = stream("windows", self.recipe["seed"], number).initial_seed()
        starts, gains = self.background.draw(self.windows, clips.files[0].steps, key)
        return WithBackground(clips, self.background, self.background.train, starts, gains, self.label)

    def epoch(self):
        """One pass over the training clips. Returns whether the weights are the best so far."""
        number = len(self.records)
        index, start = self.place()
        phase, recipe = self.recipe["phases"][index], self.recipe
        adam = recipe["adam"]
        if number == start:  # Adam starts anew, and what was best in float says nothing about levels.
            self.new_optimizer()
            if self.best is not None and self.best["quantized"] != phase["quantize"]:
                self.best = None
        self.network.quantize(phase["quantize"])
        clips = self.with_windows(self.training[number // recipe["renew"] % len(self.training)], number)
        order = torch.randperm(len(clips), generator=stream("order", recipe["seed"], number)).numpy()
        states = torch.rand(len(clips), self.states, generator=stream("states", recipe["seed"], number)) * 2 - 1
        batches = -(-len(clips) // recipe["batch"])
        total, right, rate = 0.0, 0.0, 0.0
        for b in range(batches):
            part = slice(b * recipe["batch"], (b + 1) * recipe["batch"])
            features, labels, weight = self.batch(clips, order[part])
            initial = self.workers.share(states[part]).to(self.workers.device)
            rate = rate_at(phase["schedule"], phase["rate"], (number - start) * batches + b, phase["epochs"] * batches)
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            self.optimizer.zero_grad()
            losses, heard = self.losses(self.shared(features, initial), labels)
            # Processes are averaged: times their number, each one's part is its part of the batch's mean.
            (losses.sum() * (self.workers.count / max(weight, 1e-12))).backward()
            norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), adam["gradientNorm"])
            if not torch.isfinite(norm):
                raise BadInput(f"the loss is no number at epoch {number + 1}, batch {b + 1}; the best weights are kept")
            self.optimizer.step()
            with torch.no_grad():
                for values in self.network.parameters():
                    values.clamp_(-adam["weightClip"], adam["weightClip"])
            total += losses.detach().sum().item()
            right += heard.sum().item()
        loss, right = self.workers.sum([total, right])
        validation_loss, accuracy = self.judge()
        improved = self.best is None or recipe["keep"] == "last" or validation_loss < self.best["validationLoss"]
        judged = {"epoch": number, "quantized": phase["quantize"], "validationLoss": validation_loss, "validationAccuracy": accuracy}
        if improved:
            weights = {name: tensor.detach().cpu().clone() for name, tensor in self.network.state_dict().items()}
            self.best = {**judged, "weights": weights}
        weights = len(clips) if self.stream else self.class_weights.cpu().numpy()[clips.labels].sum()
        self.records.append({**judged, "loss": loss / float(weights), "accuracy": right / len(clips), "rate": rate})
        return improved

    def judge(self):
        """Loss and accuracy on the validation clips, from the model's own initial states."""
        totals = [0.0, 0.0, 0.0]
        with torch.no_grad():
            for start in range(0, len(self.validation), self.recipe["batch"]):
                indices = numpy.arange(start, min(start + self.recipe["batch"], len(self.validation)))
                features, labels, weight = self.batch(self.validation, indices)
                losses, heard = self.losses(self.network(features), labels)
                share = weight / self.workers.count
                totals = [a + b for a, b in zip(totals, (losses.sum().item(), heard.sum().item(), share))]
        loss, right, weight = self.workers.sum(totals)
        return loss / max(weight, 1e-12), right / len(self.validation)

    def new_optimizer(self):
        adam = self.recipe["adam"]
        betas = (adam["beta1"], adam["beta2"])
        self.optimizer = torch.optim.Adam(self.network.parameters(), betas=betas, eps=adam["epsilon"])

    def state(self):
        """What a run goes on from: tensors, and all else as text, so that it can be read without running anything."""
        plain = {key: value for key, value in self.best.items() if key != "weights"}
        return {
            "network": self.network.state_dict(),
            "adam": self.optimizer.state_dict()["state"],
            "best": self.best["weights"],
            "text": json.dumps({"best": plain, "records": self.records}),
        }

    def restore(self, state):
        self.new_optimizer()
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": state["adam"]})
        text = json.loads(state["text"])
        self.best, self.records = {**text["best"], "weights": state["best"]}, text["records"]
