"""The report of a run: one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from affectlib import __version__
from affectlib.recordings.findings import Findings
from affectlib.widgets.player import module_html, scene_html
from affectlib.workbook.files import write_whole
from affectlib.workbook.machine import in_words
from affectlib.workbook.manifest import Manifest, NotebookRecord
from affectlib.workbook.progress import span
from affectlib.workbook.report_flow import flow, question
from affectlib.workbook.report_items import item
from affectlib.workbook.scores import SCORES_FILE

REPORT = "report.html"

MOST_BYTES = 15_000_000
"""Limit of many mail servers; reports stay far below."""

_KINDS = {"figure": "Figure", "table": "Table", "player": "Player"}


def write_report(manifest: Manifest, folder: Path) -> Path:
    """Write ``report.html`` with prose, figures, tables and players in their order, and return its path."""
    templates = Environment(
        loader=PackageLoader("affectlib.workbook", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Style and script are inserted unescaped.
    parts = {name: Markup(_file(templates, f"report.{name}")) for name in ("css", "js")}
    numbers = dict.fromkeys(_KINDS, 0)
    root = manifest.library["folder"]

    def without_folder(text: str) -> str:
        return text.replace(root, manifest.library["name"]) if root else text

    sections = [_section(record, manifest, folder, numbers) for record in manifest.notebooks]
    page = templates.get_template("report.html.j2").render(
        manifest=manifest,
        simulated=manifest.library["simulated"],
        findings=Findings.from_json(manifest.library).paragraphs(),
        scores=SCORES_FILE if (folder / SCORES_FILE).is_file() else "",
        version=__version__,
        machine=in_words(manifest.machine),
        total=span(sum(record.seconds for record in manifest.notebooks)),
        sections=sections,
        module=Markup(module_html()) if numbers["player"] else "",
        span=span,
        placed=without_folder,
        **parts,
    )
    write_whole(folder / REPORT, page)
    return folder / REPORT


def _file(templates: Environment, name: str) -> str:
    assert templates.loader is not None
    return templates.loader.get_source(templates, name)[0]


def _section(
    record: NotebookRecord, manifest: Manifest, folder: Path, numbers: dict[str, int]
) -> dict[str, Any]:
    blocks = []
    for block in flow(record, folder, known=[other.name for other in manifest.notebooks]):
        shown: dict[str, Any] = {"prose": block.prose, "item": None}
        if block.artefact is not None:
            shown["item"] = item(block.artefact, folder)
        elif block.scene is not None:
            shown["item"] = _player(block.scene, record)
        if shown["item"] is not None:
            _number(shown["item"], numbers)
        blocks.append(shown)
    return {
        "record": record,
        "question": question(record, folder),
        # Without paths of the machine; the head of the report names the library.
        "parameters": {
            name: value for name, value in record.parameters.items() if name not in ("out", "library")
        },
        "blocks": blocks,
        "items": [block["item"] for block in blocks if block["item"]],
    }


def _player(scene: dict[str, Any], record: NotebookRecord) -> dict[str, Any]:
    return {
        "kind": "player",
        "name": "",
        "text": ", ".join(walker["name"] for walker in scene["walkers"]),
        "html": Markup(scene_html(scene, module=False)),
        "made": f"walkers as {record.name} left them",
    }


def _number(shown: dict[str, Any], numbers: dict[str, int]) -> None:
    kind = shown["kind"]
    numbers[kind] += 1
    shown["number"] = f"{_KINDS[kind]} {numbers[kind]}"
    shown["anchor"] = f"{kind}-{shown['name'] or numbers[kind]}"
