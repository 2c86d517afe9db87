"""Every notebook, executed as a user would run it, on simulated and on recorded people."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from walking_library import write_library

from affectlib import stages
from affectlib.study import Study
from affectlib.workbook.manifest import Manifest
from affectlib.workbook.runner import run

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
NAMES = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def announced(name: str) -> set[str]:
    """Names between backquotes in the line of the first cell that says what is written."""
    first = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells[0].source
    return set(first.partition("**Writes**")[2].partition("**Run time**")[0].split("`")[1::2])


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> tuple[Manifest, Path]:
    out = tmp_path_factory.mktemp("quick")
    return run(Study(profile="quick"), out=out, cache=cache), out


def test_the_quick_profile_runs_from_start_to_end(quick: tuple[Manifest, Path]) -> None:
    manifest, out = quick
    assert [record.name for record in manifest.notebooks] == NAMES
    assert {record.status for record in manifest.notebooks} == {"done"}
    assert (out / "report.html").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_writes_what_its_first_cell_says(name: str, quick: tuple[Manifest, Path]) -> None:
    manifest, out = quick
    made = {artefact.name for artefact in manifest.artefacts if artefact.notebook == name}
    # Made where recorded subjects are at hand, as the first cell says.
    conditional = set() if stages.recorded_people() else {"cross_library"}
    assert made == announced(name) - conditional
    assert all((out / file).stat().st_size for each in manifest.artefacts for file in each.files)


def test_everything_made_from_the_demo_library_says_simulated(quick: tuple[Manifest, Path]) -> None:
    _, out = quick
    for table in (out / "results").glob("*.csv"):
        if table.stem != "timings":
            assert pd.read_csv(table)["library"].str.contains("simulated").all(), table.name
    for figure in (out / "figures").glob("*.svg"):
        assert "simulated walkers" in figure.read_text(encoding="utf-8"), figure.name
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["library"]["simulated"] is True


def test_takes_without_a_cycle_are_named_and_do_not_stop_the_run(cache: Path, tmp_path: Path) -> None:
    library = write_library(tmp_path / "library", people=("ada",), seconds=8)
    write_library(tmp_path / "library", people=("bob", "cy", "dan"), seconds=1.2)
    manifest = run(Study(library=str(library)), out=tmp_path / "out", cache=cache, only=("01",))
    assert [record.status for record in manifest.notebooks] == ["done"]
    done = nbformat.read(tmp_path / "out" / manifest.notebooks[0].executed, as_version=4)
    (said,) = [output.text for output in done.cells[-1].outputs]
    assert said.startswith("No gait cycle in 6 of 8 takes:\n  bob_pt/bob_walk_ha_1_fin: no whole stride")


@pytest.mark.parametrize(
    ("library", "last"), [("kinect_walks", "03"), ("bandai_walks", "02"), ("body_movement_library", "03")]
)
def test_recorded_people_go_through(
    library: str, last: str, real_data: Path, cache: Path, tmp_path: Path
) -> None:
    study = Study(library=str(real_data / library), profile="quick")
    manifest = run(study, out=tmp_path, cache=cache, only=tuple(dict.fromkeys(("02", last))))
    # One person in one mood is enough for gait cycles and not for recognition.
    wanted = {"02_gait_cycles": "done", "03_baselines": "left out" if "body" in library else "done"}
    assert all(record.status == wanted[record.name] for record in manifest.notebooks)
    assert len(manifest.notebooks) == (1 if last == "02" else 2)
    assert not any(
        "simulated" in svg.read_text(encoding="utf-8") for svg in (tmp_path / "figures").glob("*.svg")
    )
