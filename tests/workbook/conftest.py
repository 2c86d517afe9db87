"""What the tests of runs share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import pytest

from affectlib.workbook.machine import Description


class DescribedOnce(Description):
    """The machine's description, computed by the first run and remembered for the others."""

    found: ClassVar[dict[str, Any]] = {}

    def __init__(self, environment: Mapping[str, str]) -> None:
        if not self.found:
            super().__init__(environment)

    def read(self, *, patience_s: float = 60.0) -> dict[str, Any]:
        if not self.found:
            self.found.update(super().read(patience_s=patience_s))
        return dict(self.found)


@pytest.fixture(scope="module", autouse=True)
def described_once() -> Iterator[None]:
    """Save six seconds of processor time a run: its process loads all numerical libraries."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("affectlib.workbook.runner.Description", DescribedOnce)
        yield
