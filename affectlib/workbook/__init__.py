"""The notebooks as one workbook: run in order, and what comes out tied to where it was made."""

from __future__ import annotations

from affectlib.workbook.outputs import Outputs

__all__ = ["Outputs"]
