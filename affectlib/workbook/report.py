"""The report of a run: one page that holds everything and needs nothing else."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from affectlib import __version__
from affectlib.workbook.artefacts import Artefact
from affectlib.workbook.files import write_whole
from affectlib.workbook.manifest import Manifest, NotebookRecord
from affectlib.workbook.progress import span

REPORT = "report.html"
ROWS_SHOWN = 12
"""Rows of a table that the report shows."""


def write_report(manifest: Manifest, folder: Path) -> Path:
    """Write ``report.html``: every figure with its reading, every table's first rows.

    Parameters
    ----------
    manifest : Manifest
        The run.
    folder : Path
        Its folder, with figures and tables.

    Returns
    -------
    Path
        The report.
    """
    templates = Environment(
        loader=PackageLoader("affectlib.workbook", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = templates.get_template("report.html.j2").render(
        manifest=manifest,
        simulated=manifest.library["simulated"],
        version=__version__,
        total=span(sum(record.seconds for record in manifest.notebooks)),
        sections=[_section(record, folder) for record in manifest.notebooks],
        span=span,
    )
    write_whole(folder / REPORT, page)
    return folder / REPORT


def _section(record: NotebookRecord, folder: Path) -> dict[str, Any]:
    return {
        "record": record,
        "parameters": {name: value for name, value in record.parameters.items() if name != "out"},
        "items": [_item(artefact, folder) for artefact in record.artefacts if artefact.is_whole(folder)],
    }


def _item(artefact: Artefact, folder: Path) -> dict[str, Any]:
    if artefact.kind == "figure":
        image = (folder / f"figures/{artefact.name}.png").read_bytes()
        return {"artefact": artefact, "image": base64.b64encode(image).decode(), "table": ""}
    # Text throughout, so that the report shows numbers as the file has them.
    table = pd.read_csv(
        folder / f"results/{artefact.name}.csv", dtype=str, keep_default_na=False, nrows=ROWS_SHOWN
    )
    if table["library"].nunique() <= 1:
        table = table.drop(columns="library")  # the head of the report names it
    # to_html escapes what stands in the cells.
    shown = Markup(table.map(_short).to_html(index=False, border=0))
    return {"artefact": artefact, "image": "", "table": shown}


def _short(text: str) -> str:
    """Four significant digits for what has more: the file has them all."""
    try:
        value = float(text)
    except ValueError:
        return text
    return f"{value:.4g}" if "." in text and len(text) > 6 else text
