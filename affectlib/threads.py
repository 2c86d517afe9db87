"""Threads of numerical libraries, where Python's threads already share the work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import scipy.linalg  # noqa: F401  (only what is loaded can be limited, and scipy has a BLAS of its own)
from threadpoolctl import threadpool_limits


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit linear algebra to one thread in the whole process, and restore the earlier limit afterwards.

    Matrices of one take are too small to be distributed: threads of BLAS wait for each other and use two
    to five times the processor time. One thread also adds numbers in the same order on every machine.
    """
    with threadpool_limits(1, user_api="blas"):
        yield
