"""`tools/compare_results.py`: two runs are equal but for new names, or it says what differs."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
_SPEC = importlib.util.spec_from_file_location("compare_results", ROOT / "tools" / "compare_results.py")
compare_results = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(compare_results)

TABLE = pd.DataFrame({"fold": [0, 1, 2], "truth": ["shade", "sad", "sad"], "value": [0.5, 0.25, 1.0]})
RENAMED = TABLE.rename(columns={"truth": "true"}).replace("shade", "residual")
RENAMINGS = "kind,file,old,new\nfile,,offer,utility\ncolumn,utility,truth,true\nvalue,,shade,residual\n"


def compared(folder: Path, old: pd.DataFrame, new: pd.DataFrame, *, name: str = "utility.csv") -> int:
    for run, file, table in (("a", "offer.csv", old), ("b", name, new)):
        results = folder / run / "results"
        results.mkdir(parents=True)
        table.to_csv(results / file, index=False)
        (results / "timings.csv").write_text(f"seconds\n{run}\n")
    (folder / "renamings.csv").write_text(RENAMINGS)
    return compare_results.main(
        [str(folder / "a"), str(folder / "b"), "--renamings", str(folder / "renamings.csv")]
    )


def test_new_names_alone_are_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compared(tmp_path, TABLE, RENAMED) == 0
    assert capsys.readouterr().out == "utility: equal\n"


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (RENAMED.assign(value=[0.5, 0.26, 1.0]), "value: 1 of 3 numbers, largest difference 0.01"),
        (RENAMED.drop(index=1), "1 of 3 rows only in the first (1, sad)"),
        (RENAMED.iloc[::-1], "rows in another order"),
        (RENAMED[["value", "true", "fold"]], "columns in another order"),
        (RENAMED.drop(columns="fold"), "columns only in the first: fold"),
        (RENAMED.assign(more=1), "columns only in the second: more"),
        (
            RENAMED.drop(index=0).assign(value=[0.25, 1.5]),
            "1 of 3 rows only in the first (0, residual); value: 1 of 2 numbers, largest difference 0.5",
        ),
    ],
)
def test_what_differs_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], new: pd.DataFrame, words: str
) -> None:
    assert compared(tmp_path, TABLE, new) == 1
    assert capsys.readouterr().out == f"utility: {words}\n"


def test_a_missing_table_is_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compared(tmp_path, TABLE, RENAMED, name="other.csv") == 1
    assert capsys.readouterr().out.splitlines() == [
        f"other: only in {tmp_path / 'b'}",
        f"utility: only in {tmp_path / 'a'}",
    ]


def test_the_renamings_of_the_project_are_of_known_kinds() -> None:
    table = compare_results.read_text(compare_results.RENAMINGS)
    assert list(table) == ["kind", "file", "old", "new"]
    assert set(table["kind"]) <= {"file", "column", "value", "stage"}
    assert not table.duplicated(["kind", "file", "old"]).any()
