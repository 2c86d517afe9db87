"""The report: prose, figures, tables and players in the order of the notebooks, in one file."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from affectlib.stages.store import file_digest
from affectlib.widgets import player
from affectlib.workbook.artefacts import Artefact
from affectlib.workbook.manifest import Manifest, NotebookRecord
from affectlib.workbook.report import MOST_BYTES, write_report
from affectlib.workbook.report_flow import STATE, VIEW, prose, scenes
from affectlib.workbook.report_items import ROWS_LOADED, ROWS_SHOWN

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


class Page(HTMLParser):
    """Tags with their attributes in order, and all words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.words = ""
        self.order: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if "id" in dict(attrs):
            self.order.append(dict(attrs)["id"])

    def handle_data(self, data):
        self.words += data

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.tags if name == tag]


def artefact(folder: Path, kind: str, name: str, cell_id: str, *, rows: int = 0) -> Artefact:
    file = f"figures/{name}.png" if kind == "figure" else f"results/{name}.csv"
    (folder / file).parent.mkdir(exist_ok=True)
    if kind == "figure":
        (folder / file).write_bytes(PIXEL)
    else:
        table = pd.DataFrame(
            {"library": "walks", "who": [f"p{n}" for n in range(rows)], "x": np.arange(rows)[::-1] / 7}
        )
        table.to_csv(folder / file, index=False)
    return Artefact(
        kind=kind,
        name=name,
        files={file: file_digest(folder / file)},
        notebook="01_walks",
        cell=4,
        cell_id=cell_id,
        library="walks",
        simulated=False,
        text=f"About {name} & <more>.",
        alt=f"Seen: {name}" if kind == "figure" else "",
        rows=rows,
    )


def a_player(name: str = "ada, angry"):
    x = np.random.default_rng(0).normal(size=(20, 15, 3)) / 3
    return player({name: x}, caption="Watch the arms.")


def view(widget_id: str) -> nbformat.NotebookNode:
    return new_output("display_data", data={VIEW: {"model_id": widget_id}, "text/plain": "widget"})


def state_of(widget) -> dict:
    """What nbclient keeps of a widget, as JSON."""
    return {"state": json.loads(json.dumps(widget.get_state()))}


@pytest.fixture
def run(tmp_path: Path) -> tuple[Path, Manifest]:
    folder = tmp_path / "run"
    (folder / "notebooks").mkdir(parents=True)
    nested, alone = a_player("eve, sad"), a_player()
    models = {
        "box": {"state": {"children": ["IPY_MODEL_inner", "IPY_MODEL_box"]}},
        "inner": state_of(nested),
        "alone": state_of(alone),
        "stranger": {"state": {"_anywidget_id": "other.Widget", "scene": {"walkers": [1]}}},
    }
    cells = [
        new_markdown_cell("# Walks\n\n**Question.** Who walks\nhere?\n\n**Reads** walks."),
        new_markdown_cell("## Speed\n\nSee [the next](02_next.ipynb), [this](01_walks.ipynb), a < b."),
        new_code_cell("figure", id="a"),
        new_markdown_cell("The table says *more*."),
        new_code_cell("table", id="b"),
        new_code_cell(
            "players", id="c", outputs=[view("box"), view("alone"), view("stranger"), view("gone")]
        ),
        new_markdown_cell("## What must hold\n\nAll of it."),
    ]
    node = new_notebook(cells=cells, metadata={"widgets": {STATE: {"state": models}}})
    nbformat.write(node, folder / "notebooks/01_walks.ipynb")
    record = NotebookRecord(
        name="01_walks",
        title="Walks",
        key="",
        status="done",
        parameters={"library": "somewhere/on/my/disk", "out": "elsewhere", "seed": 7},
        cells=7,
        seconds=3.5,
        artefacts=(
            artefact(folder, "figure", "speed", "a"),
            artefact(folder, "table", "numbers", "b", rows=ROWS_LOADED + 30),
        ),
    )
    manifest = Manifest(
        library={
            "name": "walks",
            "folder": "somewhere/on/my/disk",
            "simulated": False,
            "fingerprint": "f" * 64,
        },
        study={"profile": "quick", "seed": 7, "library": "somewhere/on/my/disk"},
        started="2026-01-02T03:04:05+00:00",
        notebooks=(record,),
    )
    return folder, manifest


def page_of(run: tuple[Path, Manifest]) -> tuple[Page, str]:
    html = write_report(run[1], run[0]).read_text(encoding="utf-8")
    return Page(html), html


def test_prose_figures_tables_and_players_stand_in_the_notebook_s_order(run):
    page, html = page_of(run)
    assert page.order == ["01_walks", "figure-speed", "table-numbers", "player-1", "player-2", "about"]
    places = [
        html.index(text) for text in ("Who walks here?", ">Speed<", 'id="figure-speed"', "<em>more</em>")
    ]
    assert places == sorted(places)
    assert html.index("<em>more</em>") < html.index('id="table-numbers"')
    assert "What must hold" not in page.words
    assert [name for name in ("Figure 1.", "Table 1.", "Player 1.", "Player 2.") if name in page.words] == [
        "Figure 1.",
        "Table 1.",
        "Player 1.",
        "Player 2.",
    ]


def test_contents_lead_to_everything(run):
    page, _ = page_of(run)
    links = {each["href"] for each in page.all("a")}
    assert {f"#{anchor}" for anchor in page.order} <= links
    assert {link[1:] for link in links if link.startswith("#")} <= set(page.order)


def test_every_figure_has_its_reading_and_words_for_who_cannot_see_it(run):
    page, _ = page_of(run)
    (image,) = page.all("img")
    assert image["alt"] == "Seen: speed"
    assert base64.b64decode(image["src"].removeprefix("data:image/png;base64,")) == PIXEL
    assert "About speed & <more>." in page.words
    assert all(each["aria-label"] for each in page.all("svg") if each.get("role") == "img")


def test_players_also_inside_other_widgets_come_with_one_module(run):
    page, html = page_of(run)
    hosts = [each for each in page.all("div") if each.get("class") == "affectlib-player-page"]
    assert len(hosts) == 2
    assert "eve, sad" in page.words
    assert html.count("export function render") == 1
    assert html.count("mountAll(document)") == 1


def test_a_page_without_players_does_not_carry_their_module(run):
    folder, _ = run
    path = folder / "notebooks/01_walks.ipynb"
    node = nbformat.read(path, as_version=4)
    node.cells[5].outputs = []
    nbformat.write(node, path)
    page, html = page_of(run)
    assert "mountAll" not in html
    assert "player-1" not in page.order


def test_a_long_table_says_how_much_of_it_the_page_holds(run):
    page, _ = page_of(run)
    (table,) = [each for each in page.all("table") if each.get("data-first") == str(ROWS_SHOWN)]
    assert "sorts" in table["class"]
    assert page.words.count("p199") == 1
    assert "p200" not in page.words
    assert f"the first {ROWS_LOADED} of {ROWS_LOADED + 30} rows" in " ".join(page.words.split())
    heads = [each.get("class") for each in page.all("th")][:2]
    assert heads == [None, "n"]  # words to the left, numbers to the right; the library is told above


def test_a_wide_table_is_turned_for_paper(run):
    folder, manifest = run
    record = manifest.notebooks[0]
    wide = pd.DataFrame({"library": "walks"} | {f"c{number}": [number, 99] for number in range(30)})
    wide.to_csv(folder / "results/numbers.csv", index=False)
    table = replace(
        record.artefacts[1], files={"results/numbers.csv": file_digest(folder / "results/numbers.csv")}
    )
    record = replace(record, artefacts=(record.artefacts[0], table))
    page, html = page_of((folder, replace(manifest, notebooks=(record,))))
    assert "paper" in [each.get("class") for each in page.all("table")]
    assert "<tr><th>c7</th><td>7</td><td>99</td></tr>" in html
    assert "paper" not in [each.get("class") for each in page_of((folder, manifest))[0].all("table")]


def test_nothing_says_where_things_lie_on_this_machine(run):
    page, html = page_of(run)
    assert "my/disk" not in html
    assert "elsewhere" not in html
    assert "seed = 7" in page.words


def test_the_run_is_told(run):
    words = " ".join(page_of(run)[0].words.split())
    for told in ("2026-01-02 03:04:05+00:00", "f" * 64, "quick", "pandas", "3.5"):
        assert told in words


def test_a_notebook_that_stopped_is_told_and_its_prose_kept_back(run):
    folder, manifest = run
    stopped = replace(manifest.notebooks[0], status="stopped", error="it broke <here>", artefacts=())
    page, _ = page_of((folder, replace(manifest, notebooks=(stopped,))))
    assert "01_walks stopped before its end: it broke <here>" in page.words
    assert not page.all("img")
    assert "a < b" not in page.words


def test_without_the_executed_copy_figures_and_tables_are_still_shown(run):
    folder, _ = run
    (folder / "notebooks/01_walks.ipynb").unlink()
    assert page_of(run)[0].order == ["01_walks", "figure-speed", "table-numbers", "about"]


def test_simulated_walkers_are_named_at_the_top(run):
    folder, manifest = run
    assert "Simulated walkers" not in page_of(run)[0].words
    simulated = replace(manifest, library=manifest.library | {"simulated": True})
    assert "Simulated walkers: this library" in page_of((folder, simulated))[0].words


def test_a_player_without_walkers_is_no_player(run):
    folder, _ = run
    node = nbformat.read(folder / "notebooks/01_walks.ipynb", as_version=4)
    node.metadata["widgets"][STATE]["state"]["alone"]["state"]["scene"] = {}
    assert len(scenes(node, node.cells[5])) == 1


def test_prose_keeps_html_as_words_and_links_inside_the_page():
    links = "[a](01_a.ipynb) [b](02_b.ipynb) [c](https://doi.org/10.1/x)"
    html = prose(f"# One\n\nSee <script>x</script> {links}\n\n- one\n", known=["01_a"])
    page = Page(str(html))
    assert [tag for tag, _ in page.tags] == ["h2", "p", "a", "a", "ul", "li"]
    assert [each["href"] for each in page.all("a")] == ["#01_a", "https://doi.org/10.1/x"]
    assert "<script>x</script>" in page.words


def test_code_in_prose_is_left_alone():
    html = prose("Text:\n\n    # not a heading\n    [a](b.ipynb)\n", known=[])
    assert "<pre>" in html
    assert "<code># not a heading\n[a](b.ipynb)" in html


def test_a_large_run_stays_far_below_what_can_be_sent(run):
    # Twice as many figures, tables and players as the workbook has, of the largest kind it makes.
    folder, manifest = run
    record = manifest.notebooks[0]
    figures = []
    rng = np.random.default_rng(0)
    for number in range(60):
        made = artefact(folder, "figure", f"figure{number}", "a")
        (folder / f"figures/figure{number}.png").write_bytes(rng.bytes(120_000))
        files = {file: file_digest(folder / file) for file in made.files}
        figures.append(replace(made, files=files))
    tables = [artefact(folder, "table", f"table{number}", "b", rows=ROWS_LOADED) for number in range(50)]
    path = folder / "notebooks/01_walks.ipynb"
    node = nbformat.read(path, as_version=4)
    node.cells[5].outputs = [view("alone")] * 40
    nbformat.write(node, path)
    large = replace(manifest, notebooks=(replace(record, artefacts=(*figures, *tables)),))
    size = write_report(large, folder).stat().st_size
    assert 60 * 160_000 < size < MOST_BYTES
