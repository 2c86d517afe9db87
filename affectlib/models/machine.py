"""Settings of torch that results depend on: threads, determinism, precision, device."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from affectlib.errors import ParameterError


def find_device(device: str) -> str:
    """Return the device for ``"cpu"``, ``"cuda"``, or ``"auto"``, which is a GPU where there is one.

    Raises
    ------
    ParameterError
        If a GPU is asked for and torch finds none.
    """
    if device == "cpu" or (device == "auto" and not torch.cuda.is_available()):
        return "cpu"
    if not torch.cuda.is_available():
        raise ParameterError(
            "torch finds no GPU",
            where="parameter 'device'",
            found=repr(device),
            remedy="Choose 'cpu' or 'auto', or install a build of torch for your GPU.",
        )
    # cuBLAS is deterministic only with a workspace of fixed size, which it reads at its first use.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    return "cuda"


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
