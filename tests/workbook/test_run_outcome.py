"""How a run ends: its scores in one file, what was not done, what was skipped or is doubtful."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from notebook_making import COMMON, write_notebook
from walking_library import write_library

from affectlib import cli, stages
from affectlib.errors import LibraryWarning, RecordingError, RunError
from affectlib.evaluation.scores import SCORES, read_scores, scores_csv
from affectlib.recordings.findings import Findings
from affectlib.study import Study
from affectlib.workbook.artefacts import Artefact
from affectlib.workbook.manifest import Manifest, NotebookRecord, read_manifest
from affectlib.workbook.outcome import closing_lines, not_done
from affectlib.workbook.report import write_report
from affectlib.workbook.scores import SCORES_FILE, join_scores

LIBRARY = {"name": "walks", "folder": "", "simulated": False, "fingerprint": "f" * 64}


def scores(*models: str, split: str = "cycles", value: float = 0.5, label: str = "NA") -> pd.DataFrame:
    """One overall score and one of a label, for each model."""
    rows = [
        ("walks", split, "label", "manual", model, 0, 0, metric, of, value, 40, 20)
        for model in models
        for metric, of in (("macro_f1", ""), ("f1", label))
    ]
    return pd.DataFrame(rows, columns=list(SCORES))


def record(name: str, *parts: pd.DataFrame, folder: Path | None = None, **facts: Any) -> NotebookRecord:
    """A notebook's record, with its part of the scores on disk."""
    artefacts = []
    for part in parts:
        file = f"results/scores/{name}.csv"
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(scores_csv(part))
        artefacts.append(
            Artefact(
                kind="scores", name="scores", files={file: ""}, notebook=name, cell=3, cell_id="x",
                library="walks", simulated=False, text="", rows=len(part),
            )
        )  # fmt: skip
    usual = {"title": name, "key": "", "status": "done", "parameters": {}, "cells": 3, "seconds": 1.0}
    return NotebookRecord(name=name, **usual | facts, artefacts=tuple(artefacts))


def manifest_of(*records: NotebookRecord, **facts: Any) -> Manifest:
    study = Study().parameters()
    return Manifest(**{"library": LIBRARY, "study": study, "started": "", "notebooks": records} | facts)


# --- scores -----------------------------------------------------------------------------------------


def test_scores_of_all_notebooks_stand_in_one_file_each_once(tmp_path: Path):
    first = record("03_a", scores("KNN", "SVM"), folder=tmp_path)
    second = record("07_b", pd.concat([scores("CNN"), scores("SVM")]), folder=tmp_path)
    assert join_scores(manifest_of(first, second), tmp_path) == 6
    joined = read_scores(tmp_path / SCORES_FILE)
    assert tuple(joined.columns) == SCORES
    assert list(joined["model"]) == ["CNN", "CNN", "KNN", "KNN", "SVM", "SVM"]
    assert set(joined["label"]) == {"", "NA"}
    written = (tmp_path / SCORES_FILE).read_bytes()
    join_scores(manifest_of(second, first), tmp_path)  # whichever ended first
    assert (tmp_path / SCORES_FILE).read_bytes() == written


def test_without_scores_there_is_no_file(tmp_path: Path):
    join_scores(manifest_of(record("03_a", scores("KNN"), folder=tmp_path)), tmp_path)
    assert (tmp_path / SCORES_FILE).exists()
    assert join_scores(manifest_of(record("02_x")), tmp_path) == 0
    assert not (tmp_path / SCORES_FILE).exists()


@pytest.mark.parametrize("other", [{"seed": 1}, {"profile": "full"}, {"leave_out": ["ann"]}])
def test_scores_of_another_study_in_the_folder_are_not_mixed_in(other: dict, tmp_path: Path):
    now = record("03_a", scores("KNN"), folder=tmp_path, parameters={"seed": 0, "leave_out": []})
    old = record("07_b", scores("KNN", value=0.9), folder=tmp_path, parameters=other)
    assert join_scores(manifest_of(now, old), tmp_path) == 2
    assert set(read_scores(tmp_path / SCORES_FILE)["value"]) == {0.5}


def test_notebooks_that_do_not_agree_on_a_score_are_named(tmp_path: Path):
    one = record("03_a", scores("KNN"), folder=tmp_path)
    other = record("07_b", scores("KNN", value=0.6), folder=tmp_path)
    with pytest.raises(RunError, match=r"03_a and 07_b.*KNN.*f1.*0\.5 and 0\.6"):
        join_scores(manifest_of(one, other), tmp_path)


# --- what was asked for -----------------------------------------------------------------------------


def left_out(name: str, **parameters: Any) -> NotebookRecord:
    return record(name, status="left out", error="it needs two people", parameters=parameters)


PART = {"reason": "subjects: too few", "parameter": "splits"}


@pytest.mark.parametrize(
    ("records", "only", "parameters", "lines"),
    [
        ([left_out("03_a")], False, [], ()),
        # These say how a run is made, and ask for no notebook.
        ([left_out("03_a", seed=0)], False, ["seed", "leave_out", "level_floor", "out"], ()),
        ([left_out("03_a")], True, [], ("03_a (--only): it needs two people",)),
        ([left_out("03_a", splits=[])], False, ["splits"], ("03_a (-p splits): it needs two people",)),
        ([left_out("03_a", split="")], False, ["splits"], ()),
        (
            [left_out("03_a", splits=[]), left_out("07_b", splits=[]), left_out("08_c")],
            False,
            ["splits"],
            ("03_a, 07_b (-p splits): it needs two people",),
        ),
        ([record("03_a", left_out=(PART,))], False, ["splits"], ("03_a (-p splits): subjects: too few",)),
        ([record("03_a", left_out=(PART,))], True, ["seed"], ()),
        ([record("03_a")], True, ["splits"], ()),
    ],
)
def test_what_was_asked_for_by_name_and_not_done_is_told(
    records: list[NotebookRecord], only: bool, parameters: list[str], lines: tuple[str, ...]
):
    assert not_done(records, only=only, parameters=parameters) == lines


CANNOT = """from affectlib.errors import NotApplicableError
raise NotApplicableError("it needs two people")"""

# What Outputs.left_out leaves, without the seconds that it takes to import a plotting library.
IN_PART = """from IPython.display import publish_display_data
facts = {"kind": "left out", "reason": "subjects: too few", "parameter": "splits"}
if "subjects" in splits:
    publish_display_data({"text/plain": ""}, {"affectlib": facts})"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def go(tmp_path: Path, cache: Path, capfd: pytest.CaptureFixture[str]):
    library = write_library(tmp_path / "library", people=("ada",), seconds=6)
    write_notebook(tmp_path / "notebooks", "01_cannot", COMMON + "\nsplit: str = 'cycles'", CANNOT)
    write_notebook(tmp_path / "notebooks", "02_part", COMMON + "\nsplits: list[str] = ['cycles']", IN_PART)

    def go(*arguments: str) -> tuple[int, list[str], Manifest]:
        command = ["run", "--library", str(library), "--notebooks", str(tmp_path / "notebooks")]
        status = cli.main([*command, "--out", str(tmp_path / "out"), "--cache", str(cache), *arguments])
        streams = capfd.readouterr()
        return status, [*streams.out.splitlines(), *streams.err.splitlines()], read_manifest(tmp_path / "out")

    return go


def test_status_says_whether_what_was_asked_for_was_done(go):
    status, words, manifest = go("-p", "splits=cycles,subjects")
    assert status == 1
    assert "  - 01_cannot: it needs two people" in words
    assert words[-1] == "affectlib: requested and not done: 02_part (-p splits): subjects: too few"
    assert manifest.not_done == ("02_part (-p splits): subjects: too few",)
    # Also where the notebook is kept from before.
    status, words, _ = go("--only", "02", "-p", "splits=cycles,subjects")
    assert status == 1
    assert any("02_part  kept" in line for line in words)
    status, words, _ = go("--only", "01")
    assert status == 1
    assert words[-1] == "affectlib: requested and not done: 01_cannot (--only): it needs two people"
    status, words, _ = go("--only", "01", "-p", "splot=takes")
    assert status == 1
    assert "Did you mean split?" in words[-1]


# --- what was skipped, and what is doubtful ---------------------------------------------------------

FOUND = Findings(
    problems=tuple(
        RecordingError("no <joints>", file=f"/lib/a/{n}.ptd", where="line 1", remedy="Mend it.")
        for n in "123"
    ),
    warnings=(LibraryWarning("takes that are equal", file="/lib", found="a & b", remedy="Remove one."),),
    left_out=("2 files of other actions",),
    notes=("/lib/a/1.ptd holds a turn",),
)


def test_findings_come_back_from_json_without_the_library_s_place():
    assert str(Findings.from_json(json.loads(json.dumps(FOUND.to_json()))).problems) == str(FOUND.problems)
    placed = Findings.from_json(FOUND.to_json(root=Path("/lib"), name="walks"))
    assert [str(each.file) for each in (*placed.problems, *placed.warnings)][::3] == ["a/1.ptd", "walks"]
    assert placed.notes == ("a/1.ptd holds a turn",)
    assert "/lib" not in str(placed)
    assert Findings.from_json({}).paragraphs() == {}


def test_findings_are_grouped_and_summed_up():
    paragraphs = FOUND.paragraphs()
    assert list(paragraphs) == ["Skipped: takes with 3 problems", "1 warning", "Left out", "Notes"]
    assert paragraphs["Skipped: takes with 3 problems"].count("no <joints>") == 1
    summary = FOUND.summary()
    assert summary["skipped for problems"].startswith("3: 1.ptd, line 1: no <joints>; 2.ptd")
    assert summary["warnings"] == "1: takes that are equal (a & b)"
    assert Findings().summary() == dict.fromkeys(summary, "none")


def test_report_says_at_its_head_what_was_skipped_and_is_doubtful(tmp_path: Path):
    library = LIBRARY | FOUND.to_json(root=Path("/lib"), name="walks")
    library["folder"] = "/lib"
    beyond = record("03_y", status="left out", error="/lib: one label")
    ended = record("02_x", left_out=(PART,))
    manifest = manifest_of(ended, beyond, library=library, not_done=("02_x: <why>",))
    page = write_report(manifest, tmp_path).read_text(encoding="utf-8")
    head = page[: page.index("</header>")]
    for words in (
        "Skipped: takes with 3 problems",
        "no <joints>",
        "a & b",
        "other actions",
        "02_x: <why>",
        "walks: one",
    ):
        assert html.escape(words) in head
    assert "<joints>" not in page
    assert "/lib" not in page
    assert "Left out: subjects: too few" in page
    plain = write_report(manifest_of(record("02_x")), tmp_path).read_text(encoding="utf-8")
    assert "banner" not in plain[plain.index("<body>") :]


def test_skipped_and_doubtful_takes_stand_in_overview_manifest_and_closing_lines(
    go, tmp_path: Path, cache: Path
):
    folder = write_library(tmp_path / "library", people=("ada", "bob"), seconds=6)
    (folder / "ada_pt/ada_walk_nu_1_fin.ptd").write_text("nothing\n")
    (folder / "bob_pt/bob_walk_ha_1_fin.ptd").write_bytes(
        (folder / "ada_pt/ada_walk_ha_1_fin.ptd").read_bytes()
    )
    study = Study(library=str(folder), skip_bad=True)
    loaded = stages.load(study, store=stages.open_store(cache))
    overview = loaded.overview().set_index("what")["value"]
    assert "ada_walk_nu_1_fin.ptd" in overview["skipped for problems"]
    assert "equal byte for byte" in overview["warnings"]
    status, words, manifest = go("--skip-bad", "--only", "02")
    assert status == 0
    assert manifest.library["problems"][0]["file"] == "ada_pt/ada_walk_nu_1_fin.ptd"
    assert "equal byte for byte" in manifest.library["warnings"][0]["problem"]
    told = "\n".join(words[: words.index(next(line for line in words if line.startswith("0 figures")))])
    assert "Skipped: takes with 1 problem" in told
    assert "ada_walk_nu_1_fin.ptd" in told
    assert "equal byte for byte" in told
    # Without one of the two who are the same, there is nothing to warn of.
    alone = replace(study, leave_out=("ada",))
    assert stages.load(alone, store=stages.open_store(cache)).findings == Findings(
        left_out=("ada (asked for)",)
    )


def test_closing_lines_are_none_where_all_is_well():
    assert closing_lines(LIBRARY, [record("02_x")]) == []
