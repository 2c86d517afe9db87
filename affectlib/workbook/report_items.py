"""Figures and tables of the report."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pandas as pd

from affectlib.workbook.artefacts import Artefact

ROWS_SHOWN = 12
"""Rows of a table that are visible at first, and printed."""

ROWS_LOADED = 200
"""Rows of a table in the page; its file has all."""

COLUMNS_PRINTED = 14
"""Tables with more columns than fit on a sheet of paper are printed with their rows as columns."""


def item(artefact: Artefact, folder: Path) -> dict[str, Any]:
    """Return the template's variables for a figure or table."""
    shown = {
        "kind": artefact.kind,
        "name": artefact.name,
        "title": artefact.name.replace("_", " "),
        "text": artefact.text,
        "artefact": artefact,
    }
    if artefact.kind == "figure":
        image = (folder / f"figures/{artefact.name}.png").read_bytes()
        return shown | {"image": base64.b64encode(image).decode()}
    return shown | {"table": _table(artefact, folder)}


def _table(artefact: Artefact, folder: Path) -> dict[str, Any]:
    # Text throughout, so that the report shows numbers as the file has them.
    table = pd.read_csv(
        folder / f"results/{artefact.name}.csv", dtype=str, keep_default_na=False, nrows=ROWS_LOADED
    )
    if table["library"].nunique() <= 1:
        table = table.drop(columns="library")  # the head of the report names it
    rows = table.map(_short).to_numpy().tolist()
    is_wide = len(table.columns) > COLUMNS_PRINTED and 0 < len(rows) <= COLUMNS_PRINTED
    return {
        "columns": [(name, _is_numeric(table[name])) for name in table],
        "rows": rows,
        "turned": list(zip(table.columns, *rows, strict=True)) if is_wide else [],
        "first": ROWS_SHOWN,
        "loaded": len(table),
    }


def _is_numeric(column: pd.Series) -> bool:
    filled = column[column != ""]
    return len(filled) > 0 and bool(pd.to_numeric(filled, errors="coerce").notna().all())


def _short(text: str) -> str:
    """Round numbers with more than four significant digits; the file has them all."""
    try:
        value = float(text)
    except ValueError:
        return text
    return f"{value:.4g}" if "." in text and len(text) > 6 else text
