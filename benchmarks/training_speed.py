"""Speed of training the autoencoder, against a matrix product of the same run and a plain loop.

    python benchmarks/training_speed.py [--cycles 3400] [--steps 100] [--width 32] [--batch 32] [--rounds 3]

The whole training is timed (`fit_autoencoder` without validation: drawing of pairs, losses, optimiser), in
processor time of one thread, so that other work on the machine disturbs it less. Floating-point operations
are counted by torch on the plain network, whose convolutions and batch normalisations are torch's own. Each
round times both and the product of two square matrices one after the other; the best of the rounds counts.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from affectlib.models.autoencoder import TwoEncoderAutoencoder
from affectlib.models.convolution import CircularConvolution
from affectlib.models.training import AutoencoderSettings, fit_autoencoder, loss_terms

SIZE = 1024
"""Rows and columns of the matrices whose product is timed."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    defaults = AutoencoderSettings()
    parser.add_argument("--cycles", type=int, default=3400)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--width", type=int, default=defaults.architecture.width)
    parser.add_argument("--batch", type=int, default=defaults.schedule.batch_size)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    settings = replace(
        defaults,
        architecture=replace(defaults.architecture, width=options.width),
        schedule=replace(
            defaults.schedule, n_steps=options.steps, n_passes=1, batch_size=options.batch, held_out=0.0
        ),
    )
    n_steps = settings.schedule.steps_per_epoch(options.cycles) * settings.schedule.epochs(options.cycles)
    torch.set_num_threads(1)
    matrix = torch.randn(SIZE, SIZE)
    of_step = operations(settings)
    seconds: dict[str, list[float]] = {"product": [], "affectlib": [], "plain": []}
    for _ in range(options.rounds):
        seconds["product"].append(min(cpu_s(lambda: matrix @ matrix) for _ in range(20)))
        seconds["affectlib"].append(cpu_s(lambda: train(settings, options.cycles)) / n_steps)
        with patch.object(CircularConvolution, "forward", plain_forward):
            seconds["plain"].append(cpu_s(lambda: train(settings, options.cycles)) / n_steps)
    best = {name: min(values) for name, values in seconds.items()}
    reference = 2 * SIZE**3 / best["product"]
    print(
        f"{options.cycles} cycles, width {options.width}, {options.batch} anchors a step, one thread, float32"
    )
    print(f"{of_step / 1e9:.2f} GFLOP a step; matrix product {reference / 1e9:.0f} GFLOP/s")
    print("training    ms a step   passes a second   GFLOP/s   of the matrix product")
    for name in ("plain", "affectlib"):
        rate = of_step / best[name]
        passes = options.batch / options.cycles / best[name]
        print(
            f"{name:<10} {1e3 * best[name]:10.1f} {passes:17.2f} {rate / 1e9:9.1f} {rate / reference:23.2f}"
        )
    print(f"affectlib: {best['plain'] / best['affectlib']:.2f} times as fast as the plain loop")


def cpu_s(work: Callable[[], object]) -> float:
    """Seconds of processor time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def train(settings: AutoencoderSettings, n_cycles: int) -> None:
    """Train on random motions of 30 subjects and 4 labels."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n_cycles, settings.architecture.n_phases, 15, 3)).astype(np.float32)
    fit_autoencoder(x, np.arange(n_cycles) % 30, np.arange(n_cycles) // 30 % 4, settings=settings)


def operations(settings: AutoencoderSettings) -> float:
    """Floating-point operations of one step, forward and backward."""
    batch, phases = settings.schedule.batch_size, settings.architecture.n_phases
    network = TwoEncoderAutoencoder(settings.architecture).train()
    with (
        patch.object(CircularConvolution, "forward", plain_forward),
        FlopCounterMode(display=False) as counter,
    ):
        square, exists = torch.randn(4, batch, 45, phases), torch.ones(2, batch, dtype=torch.bool)
        label = torch.arange(4 * batch).view(4, batch) % 4
        terms = loss_terms(network, square, exists, label, weights=settings.weights)
        sum(terms.values()).backward()
    return counter.get_total_flops()


def plain_forward(layer: CircularConvolution, x: torch.Tensor) -> torch.Tensor:
    """`CircularConvolution` by torch's batch normalisation and convolution."""
    normalised = layer.dropout(layer.norm(x.transpose(1, 2)))
    filters = layer.linear.weight.unflatten(1, (3, -1)).transpose(1, 2)
    padded = nn.functional.pad(normalised, (1, 1), mode="circular")
    return layer.activation(nn.functional.conv1d(padded, filters, layer.linear.bias)).transpose(1, 2)


if __name__ == "__main__":
    main()
