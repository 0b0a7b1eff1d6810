# SPDX-License-Identifier: Apache-2.0
"""The processes that train together: one, or as many as torchrun has started."""
import os

import torch
from torch import distributed
from torch.nn.parallel import DistributedDataParallel

from features import BadInput


class Workers:
    """rank: which of `count` this is; the first one writes."""

    def __init__(self, device=None):
        kind = device or ("cuda" if torch.cuda.is_available() else "cpu")
        if kind not in ("cpu", "cuda") or (kind == "cuda" and not torch.cuda.is_available()):
            raise BadInput(f"--device: {kind} is not there")
        # torchrun describes the group in the environment.
        self.together = "TORCHELASTIC_RUN_ID" in os.environ
        self.rank, self.count = (int(os.environ[key]) if self.together else i for i, key in enumerate(("RANK", "WORLD_SIZE")))
        self.device = torch.device(kind, int(os.environ.get("LOCAL_RANK", "0"))) if kind == "cuda" else torch.device("cpu")
        if self.together:
            if kind == "cuda":
                torch.cuda.set_device(self.device)
            distributed.init_process_group("nccl" if kind == "cuda" else "gloo")
        self.first = self.rank == 0

    def share(self, values):
        """This process's part of a batch, the same whoever asks."""
        return values[self.rank :: self.count]

    def wrap(self, module):
        """Averages gradients over all processes, and starts all of them with the parameters of the first."""
        return DistributedDataParallel(module) if self.together else module

    def sum(self, values):
        """Of a list of numbers, over all processes."""
        if not self.together:
            return values
        total = torch.tensor(values, dtype=torch.float64, device=self.device)
        distributed.all_reduce(total)
        return total.tolist()

    def from_first(self, value):
        """What the first process has, in all of them: files need not be seen by every machine."""
        if not self.together:
            return value
        box = [value if self.first else None]
        distributed.broadcast_object_list(box)
        return box[0]

    def close(self):
        if self.together and distributed.is_initialized():
            distributed.destroy_process_group()
