"""Settings of torch that results depend on: threads, determinism, precision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def steady(threads: int) -> Iterator[None]:
    """Fix threads, deterministic algorithms and precision; restore them, and the random state, afterwards."""
    memory: Any = torch.utils.deterministic
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    filled, precision = memory.fill_uninitialized_memory, torch.get_float32_matmul_precision()
    try:
        with torch.random.fork_rng(devices=[]):
            torch.set_num_threads(threads)
            torch.use_deterministic_algorithms(True)
            # Lower precisions multiply in bfloat16 on processors that have it, and only there.
            torch.set_float32_matmul_precision("highest")
            # Filling new memory guards against reading what was never written; it takes a sixth of the
            # time of a training step.
            memory.fill_uninitialized_memory = False
            yield
    finally:
        torch.set_num_threads(before[0])
        torch.use_deterministic_algorithms(before[1])
        torch.set_float32_matmul_precision(precision)
        memory.fill_uninitialized_memory = filled
