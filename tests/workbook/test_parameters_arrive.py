"""Every parameter of every notebook goes through the command, papermill and back, and keeps its type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from notebook_making import COMMON, write_notebook
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from walking_library import write_library

from affectlib import cli
from affectlib.parameters import plain_type, to_text
from affectlib.stages import sweeps
from affectlib.study import Study, parameter_types
from affectlib.workbook.source import Source, distribute_parameters, find_notebooks

SOURCES = {source.name: source for source in find_notebooks()}
PARAMETERS = [(name, parameter) for name, source in SOURCES.items() for parameter in source.declared]

NAMES = ["ann", "Doe, Ann", "O'Brien", 'Ben "B" Roe', "Zoë", "back\\slash", "NA", "$HOME", "{x}", "#1"]

VALUES: dict[str, list[Any]] = {
    "profile": ["quick", "full"],
    "split": ["cycles", "takes", "subjects"],
    "splits": [["takes"], ["subjects", "cycles"]],
    "extent": ["", *sweeps.SWEEPS],
    "device": ["cpu", "auto"],
    "leave_out": [[], NAMES[:1], NAMES],
    "out": ["", "/a folder/{x}/Zoë's #1"],
    "library": ["", "/a folder/{x}/Zoë's #1"],
    "n_phases": [50],
    "window_strides": [1.5],
}
"""Values of parameters that may not have just any value of their type."""

BY_TYPE: dict[Any, list[Any]] = {bool: [True, False], int: [3, 12], float: [0.5, 2.0, 1e-3], str: NAMES}


def values(source: Source, parameter: str) -> list[Any]:
    declared = source.declared[parameter]
    return [declared.default, *(VALUES.get(parameter) or BY_TYPE[plain_type(declared.kind)])]


def arrived(source: Source, passed: dict[str, Any]) -> dict[str, Any]:
    """What the notebook's cells see: its own parameters, then those that papermill puts after them."""
    node = load_notebook_node(str(source.path))
    node = parameterize_notebook(node, passed, kernel_name="python3", language="python")
    seen: dict[str, Any] = {}
    for cell in node.cells:
        if {"parameters", "injected-parameters"} & set(cell.metadata.get("tags", [])):
            exec(cell.source, seen)
    return seen


@pytest.mark.parametrize(("notebook", "parameter"), PARAMETERS)
def test_parameter_comes_through_as_it_was_given(notebook: str, parameter: str):
    source = SOURCES[notebook]
    for value in values(source, parameter):
        text = to_text(value)
        # What has an option of its own comes from there.
        pair = {parameter: text} if parameter in cli._OPTIONS else cli._parameters([f"{parameter}={text}"])
        for parameters in (pair, {parameter: value}):
            passed = distribute_parameters([source], parameters=parameters, common={})[notebook]
            got = arrived(source, passed)[parameter]
            assert got == value
            assert type(got) is type(value)


@pytest.mark.parametrize(("notebook", "parameter"), PARAMETERS)
def test_parameter_that_a_study_has_too_means_the_same_there(notebook: str, parameter: str):
    declared = SOURCES[notebook].declared[parameter]
    if parameter in parameter_types():
        assert declared.default == Study().parameters()[parameter]
        assert declared.kind == parameter_types()[parameter]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("takes", ["takes"]),
        ("takes,cycles", ["takes", "cycles"]),
        ('["takes"]', ["takes"]),
        ("('takes',)", ["takes"]),
    ],
)
def test_splits_arrive_as_a_list_of_names(text: str, value: list[str]):
    source = SOURCES["07_subject_probes"]
    passed = distribute_parameters([source], parameters={"splits": text}, common={})[source.name]
    assert arrived(source, passed)["splits"] == value


CHECK = """assert (flag, number, part, text) == (False, -7, 0.001, "none"), (flag, number, part, text)
assert (names, numbers) == (["Doe, Ann", "Zoë"], [3, -4]), (names, numbers)
assert [type(each) for each in (flag, number, part)] == [bool, int, float]
assert leave_out == ["Doe, Ann"], leave_out"""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = write_library(tmp_path / "library", people=("ada", "bob"), seconds=6)
    rows = ["file,subject,label,take,rate_hz,unit,up,gender"]
    for number, file in enumerate(sorted(folder.rglob("*.ptd"))):
        subject = '"Doe, Ann"' if "ada" in file.name else '"Roe, Ben"'
        rows.append(f"{file.relative_to(folder).as_posix()},{subject},walk,{number},60,in,z,")
    (folder / "library.csv").write_text("\n".join(rows) + "\n")
    return folder


def test_parameters_come_through_a_run(library: Path, tmp_path: Path, monkeypatch, capfd):
    declared = """flag: bool = True
number: int = 1
part: float = 1.0
text: str = "x"
names: list[str] = []
numbers: list[int] = []
leave_out: list[str] = []"""
    write_notebook(tmp_path / "notebooks", "01_check", f"{COMMON}\n{declared}", CHECK)
    parameters = ["flag=no", "number=-7", "part=1e-3", "text=none", 'names="Doe, Ann",Zoë', "numbers=[3, -4]"]
    command = ["run", "--library", str(library), "--notebooks", str(tmp_path / "notebooks")]
    command += ["--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")]
    pairs = [part for pair in [*parameters, "leave_out=Doe, Ann"] for part in ("-p", pair)]
    assert cli.main([*command, *pairs]) == 0, capfd.readouterr().err
    # Asked in other words, it is the same run.
    same = [*pairs[:-1], 'leave_out=["Doe, Ann"]']
    assert cli.main([*command, *same]) == 0
    assert "01_check  kept" in capfd.readouterr().err
