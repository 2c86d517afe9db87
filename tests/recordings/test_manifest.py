"""``library.csv`` as spreadsheets and other systems write it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from simple_walker import COLUMNS, bvh_text, csv_text, walk_m, write_c3d, write_manifest

from affectlib.errors import LibraryError
from affectlib.recordings import check_library, open_library

ROW = "a.csv,ann,happy,1,60,m,z,F"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "a.csv").write_text(csv_text(walk_m()))
    return tmp_path


def _write(root: Path, *lines: str, encoding: str = "utf-8", end: str = "\n") -> None:
    (root / "library.csv").write_bytes((end.join(lines) + end).encode(encoding))


def _take(root):
    check = check_library(root)
    assert check.ok, str(check)
    (take,) = check.library.takes
    assert (take.subject, take.label, take.take, take.rate_hz, take.unit, take.up) == (
        "ann", "happy", "1", 60, "m", "z",
    )  # fmt: skip
    return take, check


@pytest.mark.parametrize(
    "lines",
    [
        (COLUMNS.replace(",", ";"), ROW.replace(",", ";")),
        (COLUMNS.replace(",", "\t"), ROW.replace(",", "\t")),
        ("sep=;", COLUMNS.replace(",", ";"), ROW.replace(",", ";").replace("60", "60,0")),
        (COLUMNS, ROW.replace("60", '"60,0"')),
        (COLUMNS + ",,", ROW + ",,"),
        (COLUMNS + ",,", ROW),
        (COLUMNS, ROW + ",,,"),
        (COLUMNS, ROW, ",,,,,,,", ",,", ""),
        ("", COLUMNS, "", ROW),
        ("File,Subject,LABEL, take ,Rate (Hz),Unit,Up,Gender", ROW),
        ("Rate Hz,File,Up,Unit,Subject,Take,Label", "60,a.csv,z,m,ann,1,happy"),
        (COLUMNS.removesuffix(",gender"), ROW.removesuffix(",F")),
        (COLUMNS, ROW.removesuffix(",F")),
        (COLUMNS, ROW.removesuffix("F") + "n/a"),
        (COLUMNS, ROW.replace(",m,z,F", ",Meters,Z,f")),
        (COLUMNS, "./" + ROW),
    ],
)
def test_spreadsheets_may_write_it_their_way(root, lines):
    _write(root, *lines)
    _take(root)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(root, encoding, end):
    mark = "\ufeff" if encoding.startswith("utf-16-") else ""
    _write(root, mark + COLUMNS, ROW, encoding=encoding, end=end)
    _take(root)


def test_what_is_unusual_is_noted(root):
    _write(root, (COLUMNS + ",age,,site").replace(",", ";"), (ROW + ",33,x,Rome").replace(",", ";"))
    _, check = _take(root)
    assert "library.csv: fields divided by semicolons" in check.findings.notes
    assert "library.csv: columns not used: age, site, a column without a name" in check.findings.notes


def test_a_clean_manifest_gets_no_note(root):
    _write(root, COLUMNS, ROW)
    assert _take(root)[1].findings.notes == ()


@pytest.mark.parametrize("missing", ["file", "subject", "label", "take", "up"])
def test_a_column_that_may_not_be_empty_may_not_be_missing(root, missing):
    columns = [name for name in COLUMNS.split(",") if name != missing]
    _write(root, ",".join(columns), ROW)
    with pytest.raises(LibraryError, match=f"missing column '{missing}'"):
        open_library(root)


def test_rate_and_unit_may_be_missing_where_files_say_them(tmp_path):
    _write(tmp_path, "file,subject,label,take,up", "a.c3d,ann,happy,1,z")
    write_c3d(tmp_path / "a.c3d", walk_m() * 1000)
    assert check_library(tmp_path).ok


def test_a_missing_unit_is_reported_for_each_row_that_needs_it(root):
    _write(root, "file,subject,label,take,up,rate_hz", "a.csv,ann,happy,1,z,60")
    (problem,) = check_library(root).findings.problems
    assert problem.where == "line 2, column 'unit'"


@pytest.mark.parametrize("written", ["takes\\a.csv", ".\\takes\\a.csv", "takes/a.csv", "takes\\\\a.csv"])
def test_back_slashes_lead_to_the_file(root, written):
    (root / "takes").mkdir()
    (root / "a.csv").rename(root / "takes" / "a.csv")
    _write(root, COLUMNS, ROW.replace("a.csv", written))
    take, check = _take(root)
    assert take.name == "takes/a"
    assert check.findings.left_out == ()


@pytest.mark.parametrize("written", ["..\\a.csv", "x\\..\\..\\a.csv", "\\\\host\\share\\a.csv", "C:\\a.csv"])
def test_back_slashes_do_not_lead_out(root, written):
    (root / "in").mkdir()
    _write(root / "in", COLUMNS, ROW.replace("a.csv", written))
    (problem,) = check_library(root / "in").findings.problems
    assert problem.problem == "file lies outside the library folder"


def test_a_real_back_slash_in_a_name_stays(root):
    (root / "a.csv").rename(root / "x\\a.csv")
    _write(root, COLUMNS, ROW.replace("a.csv", "x\\a.csv"))
    _take(root)


def test_letters_that_a_mac_composes_otherwise_are_the_same_name(root):
    (root / "a.csv").rename(root / unicodedata.normalize("NFD", "zoë.csv"))
    _write(root, COLUMNS, ROW.replace("a.csv", unicodedata.normalize("NFC", "zoë.csv")))
    _take(root)


@pytest.mark.parametrize(
    ("written", "hint"), [("A.CSV", "Write a.csv"), ("takes/walk1.csv", "takes/walk_1.csv")]
)
def test_a_name_that_is_nearly_there_is_proposed(root, written, hint):
    (root / "takes").mkdir()
    (root / "takes" / "walk_1.csv").write_text(csv_text(walk_m()))
    _write(root, COLUMNS, ROW.replace("a.csv", written))
    (problem,) = check_library(root).findings.problems
    assert problem.problem == "no such file"
    assert hint in problem.remedy


def _rate_of(check):
    return check.takes["rate_hz"].tolist()


@pytest.mark.parametrize(("said_hz", "stated"), [(24, "120"), (30, "120"), (2400, "120"), (60, "59")])
def test_a_rate_with_an_exclamation_mark_overrules_the_file(tmp_path, said_hz, stated):
    (tmp_path / "a.bvh").write_text(bvh_text(walk_m(rate_hz=120), rate_hz=said_hz))
    write_manifest(tmp_path, f"a.bvh,ann,happy,1,{stated},m,z,")
    check = check_library(tmp_path)
    if said_hz != 60:  # within 2 %, the manifest's number is the nominal one
        (problem,) = check.findings.problems
        assert f"{stated}!" in problem.remedy
    write_manifest(tmp_path, f"a.bvh,ann,happy,1,{stated}!,m,z,")
    check = check_library(tmp_path)
    assert check.ok
    assert _rate_of(check) == [float(stated)]
    assert any("overrules" in note for note in check.findings.notes) == (said_hz != 60)


def test_a_unit_with_an_exclamation_mark_overrules_the_file(tmp_path):
    write_c3d(tmp_path / "a.c3d", walk_m())  # metres, but the file says millimetres
    write_manifest(tmp_path, "a.c3d,ann,happy,1,60,m,z,")
    (problem,) = check_library(tmp_path).findings.problems
    assert "m! there" in problem.remedy
    write_manifest(tmp_path, "a.c3d,ann,happy,1,60,m!,z,")
    check = check_library(tmp_path)
    assert check.ok
    assert check.findings.notes == ("a: unit of library.csv, m, overrules the file's mm",)


def test_a_unit_may_be_a_number_of_metres(tmp_path):
    (tmp_path / "a.bvh").write_text(bvh_text(walk_m() / 0.056444))
    write_manifest(tmp_path, "a.bvh,ann,happy,1,60,cm,z,")
    (problem,) = check_library(tmp_path).findings.problems
    assert "0.056444 (the CMU library in BVH)" in problem.remedy
    write_manifest(tmp_path, "a.bvh,ann,happy,1,60,0.056444,z,")
    check = check_library(tmp_path)
    assert check.ok
    np.testing.assert_allclose(check.takes["duration_s"], 2)


@pytest.mark.parametrize("stated", ["!", "120!!", "0!", "nan!", "-60", "1e3!x"])
def test_invalid_rates_are_reported(root, stated):
    _write(root, COLUMNS, ROW.replace("60", stated))
    (problem,) = check_library(root).findings.problems
    assert problem.where == "line 2, column 'rate_hz'"
