"""Runs of the workbook: notebooks in order, with their figures, tables, report and manifest."""

from __future__ import annotations

from affectlib.workbook.outputs import Outputs

__all__ = ["Outputs"]
