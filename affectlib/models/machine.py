"""What the machine does to results: threads, determinism, precision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def steady(threads: int) -> Iterator[None]:
    """Fix threads, deterministic algorithms and arithmetic; restore them, and torch's random state, after.

    Parameters
    ----------
    threads : int
        Threads of torch.

    Yields
    ------
    None
        Nothing.
    """
    memory: Any = torch.utils.deterministic
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    filled, products = memory.fill_uninitialized_memory, torch.get_float32_matmul_precision()
    try:
        with torch.random.fork_rng(devices=[]):
            torch.set_num_threads(threads)
            torch.use_deterministic_algorithms(True)
            # Less than the highest multiplies in bfloat16 on the processors that have it, and only there.
            torch.set_float32_matmul_precision("highest")
            # It would write into all new memory first, for code that reads what it never wrote: a sixth
            # of the time of a training step.
            memory.fill_uninitialized_memory = False
            yield
    finally:
        torch.set_num_threads(before[0])
        torch.use_deterministic_algorithms(before[1])
        torch.set_float32_matmul_precision(products)
        memory.fill_uninitialized_memory = filled
