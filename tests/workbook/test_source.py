"""Committed notebooks: which run, and which parameters each gets."""

from __future__ import annotations

from pathlib import Path

import pytest
from notebook_making import COMMON, write_notebook

from affectlib.errors import ParameterError, RunError
from affectlib.workbook.source import distribute_parameters, find_notebooks, read_notebook


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_notebook(tmp_path, "00_start", 'profile: str = "quick"  # size')
    write_notebook(
        tmp_path, "01_takes", "n: int = 3  # how many\nbins: list[float] = [1.0]  # edges", "print(n)"
    )
    write_notebook(tmp_path, "02_cycles", "n: str = 'x'\nbare = 2", "print(n)")
    (tmp_path / "notes.ipynb").write_text("not one of the workbook's")
    return tmp_path


@pytest.mark.parametrize(
    ("only", "names"),
    [
        ([], ["00_start", "01_takes", "02_cycles"]),
        (["02", "0"], ["00_start", "02_cycles"]),
        (["01_takes"], ["01_takes"]),
        (["1", "01_takes.ipynb"], ["01_takes"]),
    ],
)
def test_notebooks_come_in_order_and_by_choice(folder: Path, only: list[str], names: list[str]):
    assert [source.name for source in find_notebooks(folder, only=only)] == names


def test_choice_that_does_not_exist_lists_what_does(folder: Path):
    with pytest.raises(ParameterError, match=r"'07'.*00_start, 01_takes, 02_cycles"):
        find_notebooks(folder, only=["01", "07"])


def test_folder_without_notebooks_is_named(tmp_path: Path):
    with pytest.raises(RunError, match=f"{tmp_path.name}.*--notebooks"):
        find_notebooks(tmp_path)


@pytest.mark.parametrize("content", ["", "not json", "{}", "[]", '{"cells": 3, "nbformat": 4}', "\udcff"])
def test_file_that_is_no_notebook_is_named(tmp_path: Path, content: str):
    (tmp_path / "00_bad.ipynb").write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(RunError, match=r"00_bad\.ipynb"):
        find_notebooks(tmp_path)


def test_declarations_are_read_with_type_and_value(folder: Path):
    declared = read_notebook(folder / "01_takes.ipynb").declared
    assert {name: (each.kind, each.default, each.help) for name, each in declared.items()} == {
        "n": (int, 3, "how many"),
        "bins": (list[float], [1.0], "edges"),
    }
    assert read_notebook(folder / "02_cycles.ipynb").declared["bare"].kind is int  # as its value
    assert read_notebook(folder / "01_takes.ipynb").title == "About takes"


@pytest.mark.parametrize(
    "cell",
    [
        "n: int = 1 + f()",
        "import os",
        "n: int",
        "a = b = 1",
        "n =",
        "n: int | None = 3",  # what papermill passes over is told, not passed over
        "a: str = 'x=y'",
        "a: str = '#fff'",
        "a: set = {1}",
        "n: int = 'three'",
        "m: int = 1\nn: Path = 'x'",
    ],
)
def test_parameters_cell_holds_literals_only(tmp_path: Path, cell: str):
    path = write_notebook(tmp_path, "00_bad", cell)
    with pytest.raises(ParameterError, match=r"00_bad\.ipynb, cell 2: .*literals only"):
        read_notebook(path)


def test_reading_leaves_the_file_alone(folder: Path):
    before = (folder / "01_takes.ipynb").read_bytes()
    read_notebook(folder / "01_takes.ipynb")
    assert (folder / "01_takes.ipynb").read_bytes() == before


def test_digest_is_of_what_the_cells_say(folder: Path, tmp_path: Path):
    first = read_notebook(folder / "01_takes.ipynb")
    same = write_notebook(
        tmp_path / "a", "01_takes", "n: int = 3  # how many\nbins: list[float] = [1.0]  # edges", "print(n)"
    )
    other = write_notebook(tmp_path / "b", "01_takes", "n: int = 4", "print(n)")
    assert read_notebook(same).digest == first.digest  # although its cells have other identifiers
    assert read_notebook(other).digest != first.digest


def test_each_notebook_gets_what_it_declares_in_its_own_type(folder: Path):
    shared = distribute_parameters(
        find_notebooks(folder),
        parameters={"n": "7", "bins": "1,2.5"},
        common={"profile": "full", "out": "/x"},
    )
    assert shared == {
        "00_start": {"profile": "full"},
        "01_takes": {"n": 7, "bins": [1.0, 2.5]},
        "02_cycles": {"n": "7"},
    }


def test_parameter_that_no_chosen_notebook_declares_is_refused(folder: Path):
    with pytest.raises(ParameterError, match=r"'profil'.*Did you mean profile\?.*bare, bins, n, profile"):
        distribute_parameters(find_notebooks(folder), parameters={"profil": "full"}, common={})
    with pytest.raises(ParameterError, match="'bins'"):
        distribute_parameters(find_notebooks(folder, only=["02"]), parameters={"bins": "1"}, common={})


def test_value_of_the_wrong_type_is_refused(folder: Path):
    with pytest.raises(ParameterError, match=r"'n'.*'seven'"):
        distribute_parameters(find_notebooks(folder), parameters={"n": "seven"}, common={})


def test_two_parameters_cells_are_refused(tmp_path: Path):
    import nbformat

    path = write_notebook(tmp_path, "00_two", COMMON)
    node = nbformat.read(path, as_version=4)
    node.cells.append(nbformat.v4.new_code_cell("n = 1", metadata={"tags": ["parameters"]}))
    nbformat.write(node, path)
    with pytest.raises(ParameterError, match=r"00_two\.ipynb, cell 3: more than one"):
        read_notebook(path)


def test_choices_of_known_parameters_are_checked_before_anything_runs(tmp_path: Path):
    write_notebook(tmp_path, "01_splits", "splits: list[str] = ['cycles']\nextent: str = ''\nsplit: int = 3")
    source = find_notebooks(tmp_path)
    shared = distribute_parameters(
        source, parameters={"splits": "takes,cycles,takes", "extent": ""}, common={}
    )
    assert shared == {"01_splits": {"splits": ["takes", "cycles", "takes"], "extent": ""}}
    for name, value in (("splits", "take"), ("extent", "all")):
        with pytest.raises(ParameterError, match=f"'{name}'.*not among the choices.*: (cycles|quick), "):
            distribute_parameters(source, parameters={name: value}, common={})
    assert read_notebook(source[0].path).declared["split"].kind is int  # somebody's own, of that name


def test_tuples_go_as_lists_which_papermill_can_write(tmp_path: Path):
    write_notebook(tmp_path, "01_old", "splits: tuple = ('cycles',)\nbare = (1, 2)")
    shared = distribute_parameters(
        find_notebooks(tmp_path), parameters={"splits": "takes", "bare": (3, 4)}, common={}
    )
    assert shared == {"01_old": {"splits": ["takes"], "bare": [3, 4]}}
