"""A limit on the threads of BLAS, for work that is shared out among Python threads already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import scipy.linalg  # noqa: F401  (only what is loaded can be limited, and scipy has a BLAS of its own)
from threadpoolctl import threadpool_limits


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit linear algebra to one thread, in the whole process, and restore the previous limit."""
    # The matrices of one take are so small that BLAS threads, one per core and caller, wait for each other
    # and use two to five times the processor time. One thread also adds in the same order everywhere.
    with threadpool_limits(1, user_api="blas"):
        yield
