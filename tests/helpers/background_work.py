"""Work for tests of processes beside the notebook; imports next to nothing, so that they start soon."""

from __future__ import annotations

import time
from collections.abc import Callable


def counts(send: Callable[[int], None], until: int) -> None:
    for number in range(until):
        send(number)


def sleeps(send: Callable[[str], None]) -> None:
    send("awake")
    time.sleep(600)


def fails(send: Callable[[str], None], error: Exception) -> None:
    raise error


def learns(send: Callable[[object], None], *arguments: object) -> None:
    """Two epochs of a training that is known."""
    for epoch in (1, 2):
        row = {"epoch": float(epoch), "reconstruction": 1 / epoch, "validation_reconstruction": 2 / epoch}
        send((epoch, 2, row | {"validation": 2 / epoch}))


def learns_on(send: Callable[[object], None], *arguments: object) -> None:
    """A training that does not end by itself."""
    send((1, 9, {"epoch": 1.0, "reconstruction": 1.0}))
    time.sleep(600)
