"""What the machine does to results: threads, determinism, precision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def steady(threads: int) -> Iterator[None]:
    """Fix the number of threads and deterministic algorithms; restore both, and torch's chance, after.

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
    filled = memory.fill_uninitialized_memory
    try:
        with torch.random.fork_rng(devices=[]):
            torch.set_num_threads(threads)
            torch.use_deterministic_algorithms(True)
            # It would write into all new memory first, for code that reads what it never wrote: a sixth
            # of the time of a training step.
            memory.fill_uninitialized_memory = False
            yield
    finally:
        torch.set_num_threads(before[0])
        torch.use_deterministic_algorithms(before[1])
        memory.fill_uninitialized_memory = filled


def has_bfloat16() -> bool:
    """Tell whether this processor computes with bfloat16 rather than emulating it.

    Returns
    -------
    bool
        True with AVX512-BF16 or AMX-BF16 on x86, or BF16 on ARM, as far as torch knows them.
    """
    known = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return any(known.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16", "arm_bf16"))


def use_bfloat16(precision: str) -> bool:
    """Decide between float32 and bfloat16.

    Parameters
    ----------
    precision : str
        ``"auto"``, ``"float32"`` or ``"bfloat16"``.

    Returns
    -------
    bool
        True for bfloat16.
    """
    return precision == "bfloat16" or (precision == "auto" and has_bfloat16())
