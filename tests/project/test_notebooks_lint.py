"""The committed notebooks keep the rules, and each rule sees what it forbids."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import notebook_rules
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_keeps_the_rules(path: Path) -> None:
    assert notebook_rules.faults(nbformat.read(path, as_version=nbformat.NO_CONVERT), FOLDER) == []


def test_notebooks_are_one_series() -> None:
    first_cells = [nbformat.read(path, as_version=4).cells[0].source for path in NOTEBOOKS]
    assert notebook_rules.series([path.name for path in NOTEBOOKS], first_cells) == []


# --- the rules themselves, on planted notebooks -----------------------------------------------


def good() -> NotebookNode:
    """A small notebook that keeps every rule, as a run would find it on disk."""
    title = (
        "# Title\n\n**Question.** Why? **Reads** a. **Writes** b. **Run time**\n"
        "about 1 s with the quick profile, 2 min with the full one."
    )
    parameters = new_code_cell('library: str = ""  # folder of walks\nn: int = -3  # how many')
    parameters.metadata.tags = ["parameters"]
    return new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "affectlib": {"run_time_s": {"quick": 1, "full": 120}},
        },
        cells=[
            new_markdown_cell(title),
            new_markdown_cell(
                "Prose, with a [link](there.txt), [another](https://doi.org/10.1/x) and [one](#up)."
            ),
            parameters,
            new_code_cell("m = n + 1"),
            new_markdown_cell("A figure:"),
            new_code_cell('out.figure(fig, "walks")'),
            new_markdown_cell("What to see in it."),
            new_code_cell("assert m < 0"),
        ],
    )


def faults(node: NotebookNode, tmp_path: Path) -> list[str]:
    (tmp_path / "there.txt").touch()
    return notebook_rules.faults(node, tmp_path)


def test_a_good_notebook_passes(tmp_path: Path) -> None:
    assert faults(good(), tmp_path) == []


def set_source(cell: int, source: str) -> Callable[[NotebookNode], None]:
    return lambda node: node.cells[cell].update(source=source)


def set_tags(cell: int, *tags: str) -> Callable[[NotebookNode], None]:
    return lambda node: node.cells[cell].metadata.update(tags=list(tags))


PLANTED = {
    "kernelspec is 'my-env'": lambda node: node.metadata.kernelspec.update(name="my-env"),
    "kernelspec is None": lambda node: node.metadata.pop("kernelspec"),
    "outputs": lambda node: node.cells[3].outputs.append(new_output("stream", text="3\n")),
    "execution count": lambda node: node.cells[3].update(execution_count=7),
    "injected parameters": set_tags(3, "injected-parameters"),
    "metadata of a papermill run": lambda node: node.cells[3].metadata.update(papermill={}),
    "not a valid notebook": lambda node: node.cells[3].pop("outputs"),
    "cell 1 is not markdown": lambda node: node.cells.pop(0),
    "begins with a title": set_source(0, "Title without a mark"),
    "does not say 'question'": set_source(0, "# Title\n\nReads, writes, run time"),
    "does not say 'run time'": set_source(0, "# Title\n\nQuestion, reads, writes"),
    "no metadata affectlib.run_time_s": lambda node: node.metadata.affectlib.run_time_s.pop("full"),
    "about 3 s with the quick profile": lambda node: node.metadata.affectlib.run_time_s.update(quick=3),
    "0 code cells tagged": set_tags(2),
    "2 code cells tagged": set_tags(3, "parameters"),
    "not of the form name": set_source(2, "n = 3  # how many"),
    "line 2: the value is not a literal": set_source(2, "n: int = 3  # how many\nm: int = n + 1  # one more"),
    "line 1: the value is not a literal": set_source(2, "n: int  # how many"),
    "no help behind it": set_source(2, "n: int = 3"),
    "parameters: ": set_source(2, "n: int = = 3"),
    "3 code cells in a row": lambda node: node.cells.insert(3, new_code_cell("k = 1")),
    "a figure without a reading": lambda node: node.cells.pop(6),
    "16 lines of code": set_source(3, "\n".join(f"m = {k}" for k in range(16))),
    "cell 4: empty": set_source(3, "\n"),
    "not plain Python": set_source(3, "!ls"),
    "defines a function": set_source(3, "def double(m):\n    return 2 * m"),
    "asserts nothing": set_source(7, "# assert m < 0\nm"),
    "broken link: gone.ipynb": set_source(1, "[next](gone.ipynb#up)"),
    "broken link: no%20picture.png": set_source(1, "![walks](no%20picture.png)"),
}


@pytest.mark.parametrize("message", PLANTED)
def test_a_planted_fault_is_seen(message: str, tmp_path: Path) -> None:
    node = good()
    PLANTED[message](node)
    assert any(message in fault for fault in faults(node, tmp_path))


def test_a_reading_handed_to_the_figure_counts(tmp_path: Path) -> None:
    node = good()
    node.cells[5].source = 'out.figure(fig, "walks", reading="Everybody turns.")'
    node.cells.pop(6)
    assert faults(node, tmp_path) == []


SERIES = {
    "00_start.ipynb": "Next: [recordings](01_recordings.ipynb)",
    "01_recordings.ipynb": "Previous: [start](00_start.ipynb)",
}


def test_a_good_series_passes() -> None:
    assert notebook_rules.series(list(SERIES), list(SERIES.values())) == []


@pytest.mark.parametrize(
    ("names", "texts", "message"),
    [
        (["00_start.ipynb", "02_recordings.ipynb"], ["", ""], "without holes"),
        (["01_start.ipynb"], [""], "without holes"),
        (["00_start.ipynb", "00_again.ipynb"], ["", ""], "without holes"),
        (["00-Start.ipynb"], [""], "not of the form"),
        (list(SERIES), ["", "Previous: [start](00_start.ipynb)"], "no link to the next"),
        (
            list(SERIES),
            ["Next: [recordings](01_recordings.ipynb)", "Previous: nobody"],
            "no link to the previous",
        ),
    ],
)
def test_a_broken_series_is_seen(names: list[str], texts: list[str], message: str) -> None:
    assert any(message in fault for fault in notebook_rules.series(names, texts))
