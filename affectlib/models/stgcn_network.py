"""A spatio-temporal graph convolution network on gait cycles, of the size that gait-emotion projects use.

Yan, Xiong and Lin (2018, arXiv:1801.07455) convolve over the joints that a bone connects, then along time.
STEP (Bhattacharya et al. 2020, arXiv:1910.12906) recognises affects from gait with three such blocks of 32,
64 and 64 channels. Here the convolutions along time run around the cycle.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import torch
from torch import nn

from affectlib.models.scaling import N_CHANNELS
from affectlib.models.schedule import Schedule
from affectlib.skeleton import AXES, BONES, INDEX, JOINTS


@dataclass(frozen=True, kw_only=True)
class StgcnSettings:
    """Hyper-parameters of the spatio-temporal graph convolution network.

    Parameters
    ----------
    widths : tuple of int
        Channels of each block. Every block halves the phases.
    kernel : int
        Phases of a filter along time; odd.
    n_phases : int
        Phases inside the network, a multiple of 2 to the power of the number of blocks.
    dropout : float
        Dropout at the end of every block.
    schedule : Schedule
        Hyper-parameters of training.
    """

    widths: tuple[int, ...] = (32, 64, 64)
    kernel: int = 5
    n_phases: int = 16
    dropout: float = 0.2
    schedule: Schedule = field(default_factory=lambda: Schedule(n_steps=400, batch_size=32))


def adjacency() -> np.ndarray:
    """Return the adjacency matrices of the skeleton, each row with the sum 1 or 0, shape (3, 15, 15).

    A joint receives from itself, from its neighbour towards the pelvis, and from those away from it, with
    separate weights (the spatial configuration of Yan et al.).
    """
    towards = np.zeros((len(JOINTS), len(JOINTS)), dtype=np.float32)
    for parent, child in BONES:
        towards[INDEX[child], INDEX[parent]] = 1
    away = towards.T / np.maximum(towards.T.sum(axis=1, keepdims=True), 1)
    return np.stack([np.eye(len(JOINTS), dtype=np.float32), towards, away])


class Block(nn.Module):
    """Convolution over neighbouring joints, then along time to half the phases, beside a residual."""

    graph: torch.Tensor

    def __init__(self, channels_in: int, channels_out: int, *, kernel: int, dropout: float) -> None:
        super().__init__()
        graph = torch.from_numpy(adjacency())
        self.register_buffer("graph", graph)
        self.importance = nn.Parameter(torch.ones_like(graph))
        self.joints = nn.Conv2d(len(graph) * channels_in, channels_out, 1)
        self.time = nn.Sequential(
            nn.BatchNorm2d(channels_out),
            nn.ReLU(),
            nn.CircularPad2d((0, 0, kernel // 2, kernel // 2)),
            nn.Conv2d(channels_out, channels_out, (kernel, 1), stride=(2, 1)),
            nn.BatchNorm2d(channels_out),
            nn.Dropout(dropout),
        )
        self.residual = nn.Sequential(
            nn.Conv2d(channels_in, channels_out, 1, stride=(2, 1)), nn.BatchNorm2d(channels_out)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (batch, channels_in, phases, 15) to (batch, channels_out, phases / 2, 15)."""
        # One product for all three matrices, before their channels are weighted: most blocks widen.
        gathered = x @ (self.graph * self.importance).flatten(0, 1).T
        gathered = gathered.unflatten(3, (len(self.graph), -1)).permute(0, 3, 1, 2, 4).flatten(1, 2)
        return torch.relu(self.time(self.joints(gathered)) + self.residual(x))


class Stgcn(nn.Module):
    """Blocks, their average over joints and phases, and a linear layer.

    Parameters
    ----------
    n_channels : int
        Channels of the series. Those after the 45 joint axes, such as the timing of the cycle, belong to no
        joint and enter the linear layer.
    """

    def __init__(self, settings: StgcnSettings, n_classes: int, *, n_channels: int = N_CHANNELS) -> None:
        super().__init__()
        channels = (len(AXES), *settings.widths)
        self.normalise = nn.BatchNorm1d(n_channels)
        self.blocks = nn.Sequential(
            *(
                Block(channels_in, channels_out, kernel=settings.kernel, dropout=settings.dropout)
                for channels_in, channels_out in pairwise(channels)
            )
        )
        self.head = nn.Linear(channels[-1] + n_channels - N_CHANNELS, n_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits, shape (batch, classes), of z-scored series, shape (batch, n_channels, phases)."""
        joints, others = self.normalise(x).tensor_split([N_CHANNELS], dim=1)
        by_joint = joints.unflatten(1, (len(JOINTS), len(AXES))).permute(0, 2, 3, 1)
        pooled = self.blocks(by_joint).mean(dim=(2, 3))
        return self.head(torch.cat([pooled, others.mean(dim=2)], dim=1))
