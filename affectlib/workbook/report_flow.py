"""The report's order: a notebook's prose, and between it what its cells made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mistune
import nbformat
from markupsafe import Markup

from affectlib.workbook.artefacts import Artefact
from affectlib.workbook.manifest import NotebookRecord
from affectlib.workbook.report_players import scenes

LEFT_OUT = ("What must hold",)
"""Headings of cells that speak of the notebook and not of its results."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """One piece of the page: prose, an artefact or a player.

    Parameters
    ----------
    prose : str
        HTML; empty where the piece is something else.
    artefact : Artefact, optional
        A figure or table.
    scene : dict of str to object, optional
        What a skeleton player shows.
    """

    prose: str = ""
    artefact: Artefact | None = None
    scene: dict[str, Any] | None = None


def flow(record: NotebookRecord, folder: Path, *, known: Sequence[str]) -> Iterator[Block]:
    """Give what a notebook says and shows, in its order.

    Parameters
    ----------
    record : NotebookRecord
        How it ran.
    folder : Path
        The run's folder.
    known : sequence of str
        Notebooks that the report has: links to them lead there, links to others nowhere.

    Yields
    ------
    Block
        Prose, figures, tables and players. Where the executed copy is gone, only figures and tables;
        of a notebook that did not come to its end, nothing.
    """
    if record.status != "done":
        return
    left = [each for each in record.artefacts if each.kind != "scores" and each.is_whole(folder)]
    node = _executed(record, folder)
    for number, cell in enumerate(node.cells):
        if cell.cell_type == "markdown":
            if number and not _is_left_out(cell.source):
                yield Block(prose=prose(cell.source, known=known))
            continue
        for artefact in [each for each in left if each.cell_id == cell.get("id", "")]:
            left.remove(artefact)
            yield Block(artefact=artefact)
        for scene in scenes(node, cell):
            yield Block(scene=scene)
    for artefact in left:
        yield Block(artefact=artefact)


def question(record: NotebookRecord, folder: Path) -> str:
    """Read the question that a notebook answers from its first cell.

    Parameters
    ----------
    record : NotebookRecord
        The notebook.
    folder : Path
        The run's folder.

    Returns
    -------
    str
        The question; empty where it tells none.
    """
    node = _executed(record, folder)
    text = node.cells[0].source if node.cells else ""
    found = re.search(r"^\*\*Question\.\*\*\s*(.+?)(?:\n\s*\n|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def prose(markdown: str, *, known: Sequence[str]) -> str:
    """Turn a cell's Markdown into HTML that fits below a notebook's heading.

    Parameters
    ----------
    markdown : str
        The cell.
    known : sequence of str
        Notebooks that the report has.

    Returns
    -------
    str
        HTML. Headings come one level down, HTML inside the cell is shown as it stands.
    """
    # mistune escapes what is no Markdown.
    return Markup(mistune.create_markdown(renderer=_Prose(known), plugins=["table"])(markdown))


class _Prose(mistune.HTMLRenderer):
    """Headings below the notebook's own; links to sections of the page, as files lie elsewhere."""

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__(escape=True)
        self.known = known

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        return super().heading(text, min(level + 1, 6), **attributes)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        stem = Path(url.partition("#")[0]).stem
        if stem in self.known:
            return super().link(text, f"#{stem}", title)
        return super().link(text, url, title) if url.startswith(("https:", "http:")) else text


def _executed(record: NotebookRecord, folder: Path) -> nbformat.NotebookNode:
    try:
        return nbformat.reads((folder / record.executed).read_text(encoding="utf-8"), as_version=4)
    except (OSError, ValueError):
        return nbformat.v4.new_notebook()


def _is_left_out(markdown: str) -> bool:
    heading = re.match(r"#+ *(.*)", markdown)
    return heading is not None and heading[1].strip() in LEFT_OUT
