"""The order of the report: the prose of a notebook, and the outputs of its cells in between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mistune
import nbformat
from markupsafe import Markup

from affectlib.widgets.player import Player
from affectlib.workbook.artefacts import Artefact
from affectlib.workbook.manifest import NotebookRecord

LEFT_OUT = ("What must hold",)
"""Headings of cells about the notebook and not about its results."""

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"

_PLAYER = f"{Player.__module__}.{Player.__name__}"
_REFERENCE = "IPY_MODEL_"


@dataclass(frozen=True, kw_only=True)
class Block:
    """A block of the page: prose (HTML), an artefact, or the scene of a skeleton player."""

    prose: str = ""
    artefact: Artefact | None = None
    scene: dict[str, Any] | None = None


def flow(record: NotebookRecord, folder: Path, *, known: Sequence[str]) -> Iterator[Block]:
    """Yield prose, figures, tables and players of a completed notebook in their order.

    Where the executed copy is missing there are only figures and tables.

    Parameters
    ----------
    folder : Path
        The run's folder.
    known : sequence of str
        Notebooks of the report; links to others are removed.
    """
    if record.status != "done":
        return
    artefacts = [
        artefact for artefact in record.artefacts if artefact.kind != "scores" and artefact.is_whole(folder)
    ]
    node = _executed(record, folder)
    for number, cell in enumerate(node.cells):
        if cell.cell_type == "markdown":
            if number and not _is_left_out(cell.source):
                yield Block(prose=prose(cell.source, known=known))
            continue
        for artefact in [each for each in artefacts if each.cell_id == cell.get("id", "")]:
            artefacts.remove(artefact)
            yield Block(artefact=artefact)
        for scene in scenes(node, cell):
            yield Block(scene=scene)
    for artefact in artefacts:
        yield Block(artefact=artefact)


def question(record: NotebookRecord, folder: Path) -> str:
    """Return the question of a notebook from its first cell; empty where there is none."""
    node = _executed(record, folder)
    text = node.cells[0].source if node.cells else ""
    found = re.search(r"^\*\*Question\.\*\*\s*(.+?)(?:\n\s*\n|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def prose(markdown: str, *, known: Sequence[str]) -> str:
    """Render the Markdown of a cell as HTML below a notebook's heading.

    Headings move one level down, links to notebooks lead to their sections, and HTML is escaped.
    """
    # mistune escapes what is no Markdown.
    return Markup(mistune.create_markdown(renderer=_Prose(known), plugins=["table"])(markdown))


class _Prose(mistune.HTMLRenderer):
    """Moves headings one level down, and turns links between notebooks into links within the page."""

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


def scenes(executed: nbformat.NotebookNode, cell: nbformat.NotebookNode) -> list[dict[str, Any]]:
    """Return the scenes (`affectlib.widgets.scene.make_scene`) of the players in a cell's widgets."""
    models = executed.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    found = []
    for output in cell.get("outputs", ()):
        view = output.get("data", {}).get(VIEW)
        for state in _below(view["model_id"], models, set()) if view else ():
            scene = state.get("scene") or {}
            if state.get("_anywidget_id") == _PLAYER and scene.get("walkers"):
                found.append(dict(scene))
    return found


def _below(model: str, models: Mapping[str, Any], seen: set[str]) -> Iterator[Mapping[str, Any]]:
    if model in seen or model not in models:
        return
    seen.add(model)
    state = models[model]["state"]
    yield state
    for reference in _references(state.get("children", ())):
        yield from _below(reference, models, seen)


def _references(value: Any) -> Iterator[str]:
    for each in value if isinstance(value, list | tuple) else ():
        if isinstance(each, str) and each.startswith(_REFERENCE):
            yield each.removeprefix(_REFERENCE)
