"""Broken libraries, one of each kind, reported with place and remedy; the other takes are still read."""

# One kind per line.
# ruff: noqa: E501

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from simple_walker import COLUMNS, bvh_text, csv_text, walk_m, write_c3d, write_manifest, y_up

from affectlib.recordings import check_library
from affectlib.recordings.formats.ptd import write_ptd
from affectlib.skeleton import INDEX, JOINTS

GOOD = "good.csv,good,sad,1,60,m,z,"


@dataclass(frozen=True)
class Broken:
    """How to break a library, and what must be said about it."""

    name: str
    make: Callable[[Path], None]
    file: str
    where: str
    says: str
    remedy: str
    usable: int = 1


def _manifest(row: str, file: str = "", content: str | bytes | None = None) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        write_manifest(root, GOOD, *([row] if row else []))
        (root / "good.csv").write_text(csv_text(walk_m()))
        if file:
            data = csv_text(walk_m()) if content is None else content
            (root / file).write_bytes(data.encode() if isinstance(data, str) else data)

    return make


def _csv(change: Callable[[np.ndarray], np.ndarray | None], row: str = "bad.csv,p,sad,1,60,m,z,") -> Callable:
    """Break the positions of a table; the change may work in place."""

    def make(root: Path) -> None:
        position = walk_m()
        changed = change(position)
        text = csv_text(position if changed is None else changed)
        _manifest(row, "bad.csv", text)(root)

    return make


def _lines(change: Callable[[list[str]], None], text: Callable[[], str], row: str, file: str) -> Callable:
    def make(root: Path) -> None:
        lines = text().splitlines()
        change(lines)
        _manifest(row, file, "\n".join(lines) + "\n")(root)

    return make


def _ptd(change: Callable[[Path], None]) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        (root / "abe_pt").mkdir(parents=True)
        write_ptd(root / "abe_pt" / "abe_walk_an_1_fin.ptd", walk_m())
        change(root)

    return make


def _ptd_file(
    name: str, change: Callable[[list[bytes]], None] = lambda lines: None
) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        (root / name).parent.mkdir(exist_ok=True)
        write_ptd(root / name, walk_m())
        lines = (root / name).read_bytes().split(b"\r\n")
        change(lines)
        (root / name).write_bytes(b"\r\n".join(lines))

    return _ptd(make)


def _raw_manifest(data: bytes) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        _manifest("")(root)
        (root / "library.csv").write_bytes(data)

    return make


def _json(name: str, text: str) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        _manifest("")(root)
        (root / name).write_text(text)

    return make


def _set(index: int, value: bytes | str) -> Callable[[list], None]:
    def change(lines: list) -> None:
        lines[index] = value

    return change


def _cut(index: int) -> Callable[[list], None]:
    def change(lines: list) -> None:
        del lines[index:]

    return change


def _put(index: int, value: float | list[float], joint: str | None = None) -> Callable[[np.ndarray], None]:
    def change(position: np.ndarray) -> None:
        position[index:, INDEX[joint] if joint else slice(None)] = value

    return change


def _escape(root: Path) -> None:
    (root.parent / "outside.csv").write_text(csv_text(walk_m()))
    _manifest("link.csv,p,sad,1,60,m,z,")(root)
    (root / "link.csv").symlink_to(root.parent / "outside.csv")


def _escape_ptd(root: Path) -> None:
    write_ptd(root.parent / "outside.ptd", walk_m())
    (root / "abe_pt" / "abe_walk_sa_1_fin.ptd").symlink_to(root.parent / "outside.ptd")


def _c3d(change: Callable[[bytes], bytes], row: str = "bad.c3d,p,sad,1,,,z,") -> Callable[[Path], None]:
    def make(root: Path) -> None:
        _manifest(row)(root)
        write_c3d(root / "bad.c3d", walk_m() * 1000)
        (root / "bad.c3d").write_bytes(change((root / "bad.c3d").read_bytes()))

    return make


def _npz(**arrays: object) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        _manifest("bad.npz,p,sad,1,60,m,z,")(root)
        np.savez(root / "bad.npz", **arrays)

    return make


ROW = "bad.csv,p,sad,1,60,m,z,"
BVH = "bad.bvh,p,sad,1,60,m,z,"
SLOW = "bad.bvh,p,sad,1,,m,z,"


def _walk_bvh() -> str:
    return bvh_text(walk_m())


def _walk_csv() -> str:
    return csv_text(walk_m())


KINDS = [
    # The folder itself
    Broken("no such folder", lambda root: None, "walks", "", "no such folder", "Name the folder", 0),
    Broken("a file", lambda root: root.write_text("x"), "walks", "", "not a folder", "Name the folder", 0),
    Broken("empty folder", lambda root: root.mkdir(), "walks", "", "empty folder", "library.csv", 0),
    Broken("only strangers", lambda root: (root / "pictures").mkdir(parents=True), "walks", "", "no library of walks", "Add library.csv", 0),
    # library.csv
    Broken("empty manifest", _raw_manifest(b""), "library.csv", "", "file is empty", "Copy", 0),
    Broken("manifest of bytes", _raw_manifest(b"file\xff\x00a"), "library.csv", "byte 4", "cannot be read", "UTF-8", 0),
    Broken("manifest with open quotes", _raw_manifest(COLUMNS.encode() + b'\n"a,b\n'), "library.csv", "", "cannot be read", "Save it as CSV", 0),
    Broken("missing column", _raw_manifest(b"file,subject,take,rate_hz,unit,up,gender\n"), "library.csv", "line 1", "missing column 'label'", "columns must be", 0),
    Broken("misspelt column", _raw_manifest(COLUMNS.replace("label", "lable").encode() + b"\n"), "library.csv", "line 1", "'lable' is perhaps 'label'", "columns must be", 0),
    Broken("misspelt column that may be missing", _raw_manifest(COLUMNS.replace("gender", "gendre").encode() + b"\n"), "library.csv", "line 1", "'gendre' is perhaps 'gender'", "columns must be", 0),
    Broken("column twice", _raw_manifest(COLUMNS.encode() + b",up\n"), "library.csv", "line 1", "a column appears twice", "columns must be", 0),
    Broken("no rows", _raw_manifest(COLUMNS.encode() + b"\n"), "library.csv", "line 2", "no takes are listed", "Add one row", 0),
    Broken("row too short", _manifest("bad.csv,p,sad,1,60,m"), "library.csv", "line 3", "6 fields instead of 8", "Correct this row"),
    Broken("row too long", _manifest("bad.csv,p,sad,1,60,m,z,F,x"), "library.csv", "line 3", "9 fields instead of 8", "quotes"),
    Broken("missing label", _manifest("bad.csv,p,,1,60,m,z,", "bad.csv"), "library.csv", "line 3, column 'label'", "missing label", "Fill in the label"),
    Broken("missing subject", _manifest("bad.csv,,sad,1,60,m,z,", "bad.csv"), "library.csv", "line 3, column 'subject'", "missing subject", "Fill in"),
    Broken("missing take", _manifest("bad.csv,p,sad,,60,m,z,", "bad.csv"), "library.csv", "line 3, column 'take'", "missing take", "Fill in"),
    Broken("missing file name", _manifest(",p,sad,1,60,m,z,"), "library.csv", "line 3, column 'file'", "missing file", "Fill in"),
    Broken("no such file", _manifest(ROW), "library.csv", "line 3, column 'file'", "no such file", "relative to library.csv"),
    Broken("a folder for a file", lambda root: (_manifest("sub,p,sad,1,60,m,z,")(root), (root / "sub").mkdir()), "library.csv", "line 3, column 'file'", "a folder", "Correct the name"),
    Broken("unknown ending", _manifest("bad.xyz,p,sad,1,60,m,z,", "bad.xyz"), "library.csv", "line 3, column 'file'", "unknown kind of file", ".bvh, .c3d"),
    Broken("ending of another format", _manifest("bad.FBX,p,sad,1,60,m,z,", "bad.FBX"), "library.csv", "line 3, column 'file'", "FBX animation: this format is not read", "Blender"),
    Broken("body model parameters", _npz(poses=np.zeros((9, 156)), trans=np.zeros((9, 3)), mocap_framerate=60.0), "bad.npz", "whole file", "AMASS, SMPL", "smplx"),
    Broken("parent folder", _manifest("../bad.csv,p,sad,1,60,m,z,"), "library.csv", "line 3, column 'file'", "outside the library folder", "Copy it"),
    Broken("absolute path", _manifest("/bad.csv,p,sad,1,60,m,z,"), "library.csv", "line 3, column 'file'", "outside the library folder", "Copy it"),
    Broken("drive letter", _manifest("C:\\walks\\bad.csv,p,sad,1,60,m,z,"), "library.csv", "line 3, column 'file'", "outside the library folder", "Copy it"),
    Broken("link that leads out", _escape, "library.csv", "line 3, column 'file'", "outside the library folder", "Copy it"),
    Broken("name too long", _manifest("a" * 5000 + ".csv,p,sad,1,60,m,z,"), "library.csv", "line 3, column 'file'", "unusable file name", "Correct the name"),
    Broken("rate no number", _manifest("bad.csv,p,sad,1,sixty,m,z,", "bad.csv"), "library.csv", "line 3, column 'rate_hz'", "'sixty'", "frames per second"),
    Broken("rate of zero", _manifest("bad.csv,p,sad,1,0,m,z,", "bad.csv"), "library.csv", "line 3, column 'rate_hz'", "rate that cannot be right", "between 10 and"),
    Broken("rate missing for ptd", _manifest("bad.ptd,p,sad,1,,in,z,", "bad.ptd"), "library.csv", "line 3, column 'rate_hz'", "missing rate_hz", ".ptd files do not contain"),
    Broken("unknown unit", _manifest("bad.csv,p,sad,1,60,feet,z,", "bad.csv"), "library.csv", "line 3, column 'unit'", "'feet'", "m, cm, mm, in"),
    Broken("unknown axis", _manifest("bad.csv,p,sad,1,60,m,w,", "bad.csv"), "library.csv", "line 3, column 'up'", "'w'", "Use one of"),
    Broken("unknown gender", _manifest("bad.csv,p,sad,1,60,m,z,woman", "bad.csv"), "library.csv", "line 3, column 'gender'", "'woman'", "F or M"),
    Broken("same take twice", _manifest("bad.csv,good,sad,1,60,m,z,", "bad.csv"), "library.csv", "line 3", "take of this subject and label appears twice", "Remove one"),
    Broken("same file twice", _manifest("good.csv,good,sad,2,60,m,z,"), "library.csv", "line 3", "same file appears twice", "Remove one"),
    Broken("same name, two endings", _manifest("good.bvh,p,sad,1,60,m,z,", "good.bvh", _walk_bvh()), "library.csv", "line 3", "without its ending", "Remove one"),
    # joints.json and library.json
    Broken("joints.json no JSON", _json("joints.json", '{"head": \n oops}'), "joints.json", "line 2, column 2", "not JSON", "Correct the file"),
    Broken("joints.json a list", _json("joints.json", '["head"]'), "joints.json", "line 1", "not a JSON object", "braces"),
    Broken("joints.json unknown joint", _json("joints.json", '{"nose": "Head"}'), "joints.json", "field 'nose'", "unknown joint", "Use the joints head, neck"),
    Broken("joints.json wrong value", _json("joints.json", '{"head": []}'), "joints.json", "field 'head'", "wrong value", "list of names"),
    Broken("joints.json absent source", _json("joints.json", '{"head": "Nose"}'), "good.csv", "joints.json: Nose", "not in the file", "joints.json", 0),
    Broken("library.json no JSON", _json("library.json", "simulated"), "library.json", "line 1, column 1", "not JSON", "Correct"),
    Broken("library.json wrong type", _json("library.json", '{"simulated": "yes"}'), "library.json", "field 'simulated'", '"yes"', "true or false"),
    Broken("library.json nested too deep", _json("library.json", "[" * 100_000), "library.json", "", "not JSON", "JSON"),
    # Takes of a manifest: contents
    Broken("empty file", _manifest(ROW, "bad.csv", ""), "bad.csv", "", "file is empty", "Copy the take again"),
    Broken("unknown joints", _manifest(ROW, "bad.csv", csv_text(walk_m(), names=tuple(f"q{n}" for n in range(15)))), "bad.csv", "joint names", "q0, q1, q2", '"l_shoulder": ""'),
    Broken("wrong column count", _lines(_set(5, "1,2,3"), _walk_csv, ROW, "bad.csv"), "bad.csv", "line 6", "3 fields instead of 46", "Correct this row"),
    Broken("no numbers", _lines(lambda lines: lines.__setitem__(5, lines[5].replace("0.1", "O.1", 1)), _walk_csv, ROW, "bad.csv"), "bad.csv", "line 6, column", "not a number", "plain decimal"),
    Broken("header alone", _lines(_cut(1), _walk_csv, ROW, "bad.csv"), "bad.csv", "line 2", "no frames", "Export"),
    Broken("other rate than stated", _manifest("bad.csv,p,sad,1,100,m,z,", "bad.csv"), "bad.csv", "rate_hz", "60 Hz in the file, 100 Hz in library.csv", "leave it empty"),
    Broken("no rate anywhere", _manifest("bad.csv,p,sad,1,,m,z,", "bad.csv", csv_text(walk_m(), rate_hz=None)), "bad.csv", "frame rate", "no rate", "State rate_hz"),
    Broken("giant", _csv(lambda position: position * 100), "bad.csv", "unit", "cannot be of this size", "State unit cm"),
    Broken("dwarf", _csv(lambda position: None, "bad.csv,p,sad,1,60,cm,z,"), "bad.csv", "unit", "0.015 m", "State unit m"),
    Broken("lying down", _csv(y_up), "bad.csv", "up", "lies down", "State up y"),
    Broken("on the head", _csv(lambda position: position * [1, -1, -1]), "bad.csv", "up", "upside down", "State up -z"),
    Broken("mirrored", _csv(lambda position: position * [1, -1, 1]), "bad.csv", "joint positions", "left and right are swapped", "Swap left and right"),
    Broken("a joint never seen", _csv(_put(0, 0.0, "l_wrist")), "bad.csv", "l_wrist", "without a single position", "joints.json"),
    Broken("nothing seen", _csv(_put(0, 0.0)), "bad.csv", "head, neck", "without a single position", "remove the take"),
    Broken("too short", _csv(lambda position: position[:40]), "bad.csv", "all frames", "no unbroken stretch of 1 s", "too short"),
    Broken("mostly lost", _csv(_put(40, 0.0, "l_ankle")), "bad.csv", "all frames", "most often lost: l_ankle", "Remove the take"),
    Broken("beyond this earth", _csv(_put(100, [1e12, 2e12, 3e12])), "bad.csv", "all frames", "positions out of range", "take"),
    Broken("bvh truncated", _lines(_cut(-20), _walk_bvh, BVH, "bad.bvh"), "bad.bvh", "Frames", "100 rows, Frames: 120", "Copy the file again"),
    Broken("bvh cut in a row", _manifest(BVH, "bad.bvh", _walk_bvh()[:-150]), "bad.bvh", "line 2", "cut off", "Copy the file again"),
    Broken("bvh without frame time", _manifest(SLOW, "bad.bvh", bvh_text(walk_m()).replace("Frame Time: 0.0166667", "Frame Time: 0")), "bad.bvh", "frame rate", "no rate", "State rate_hz"),
    Broken("bvh no hierarchy", _manifest(BVH, "bad.bvh", "MOTION\nFrames: 1\n"), "bad.bvh", "line 1", "HIERARCHY", "BVH"),
    Broken("c3d no c3d", _manifest("bad.c3d,p,sad,1,,,z,", "bad.c3d", b"PK" * 2000), "bad.c3d", "header", "not a sound C3D file", "C3D"),
    Broken("c3d truncated", _c3d(lambda data: data[:-2000]), "bad.c3d", "data", "120 frames of 15 points need", "Copy the file again"),
    Broken("c3d other unit", _c3d(lambda data: data, "bad.c3d,p,sad,1,,m,z,"), "bad.c3d", "unit", "mm in the file, m in library.csv", "m! there"),
    Broken("npz without names", _npz(position=walk_m()), "bad.npz", "array 'joints'", "only position", "numpy.savez"),
    Broken("npz with objects", _npz(position=walk_m(), joints=np.array(JOINTS, dtype=object)), "bad.npz", "array 'joints'", "pickled objects", "no objects"),
    Broken("npz no archive", _manifest("bad.npz,p,sad,1,60,m,z,", "bad.npz", b"no archive"), "bad.npz", "whole file", "not the npz", "numpy.savez"),
    # The paper's layout
    Broken("code is not the folder's", _ptd_file("abe_pt/bea_walk_an_1_fin.ptd"), "bea_walk_an_1_fin.ptd", "file name", "'bea' in 'abe_pt'", "Move it to bea_pt/"),
    Broken("affect missing", _ptd_file("abe_pt/abe_walk_1_fin.ptd"), "abe_walk_1_fin.ptd", "file name", "does not contain", "Name it <code>_walk_<an|ha|nu|sa>"),
    Broken("affect unknown", _ptd_file("abe_pt/abe_walk_xx_1_fin.ptd"), "abe_walk_xx_1_fin.ptd", "file name", "'xx'", "an (angry)"),
    Broken("take twice", _ptd_file("abe_pt/abe_walk_an_01_fin.ptd"), "abe_walk_an_1_fin.ptd", "file name", "appears twice", "Remove one"),
    Broken("take in the root", _ptd_file("abe_walk_sa_1_fin.ptd"), "abe_walk_sa_1_fin.ptd", "", "outside the folder of its subject", "Move it to abe_pt/"),
    Broken("subject without takes", _ptd(lambda root: (root / "bea_pt").mkdir()), "bea_pt", "", "no .ptd file", "remove the folder"),
    Broken("link out of the layout", _ptd(_escape_ptd), "abe_walk_sa_1_fin.ptd", "symbolic link", "outside the library folder", "Copy it"),
    Broken("ptd no count", _ptd_file("abe_pt/abe_walk_sa_1_fin.ptd", _set(0, b"rows")), "abe_walk_sa_1_fin.ptd", "line 1", "'rows'", "number of rows"),
    Broken("ptd truncated", _ptd_file("abe_pt/abe_walk_sa_1_fin.ptd", _cut(50)), "abe_walk_sa_1_fin.ptd", "line 50", "49 rows where line 1 says 119", "Copy the file again"),
    Broken("ptd 44 columns", _ptd_file("abe_pt/abe_walk_sa_1_fin.ptd", lambda lines: lines.__setitem__(9, lines[9][:-9])), "abe_walk_sa_1_fin.ptd", "line 10", "instead of 45", "Correct this row"),
    Broken("ptd no number", _ptd_file("abe_pt/abe_walk_sa_1_fin.ptd", lambda lines: lines.__setitem__(9, b"?" + lines[9])), "abe_walk_sa_1_fin.ptd", "line 10, column 1", "not a number", "plain decimal"),
]  # fmt: skip


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_kind_is_reported_with_its_place_and_a_remedy(kind, tmp_path):
    root = tmp_path / "walks"
    kind.make(root)
    before = _contents(tmp_path)
    check = check_library(root)
    assert not check.ok
    (problem,) = check.findings.problems
    assert problem.file is not None
    assert problem.file.name == kind.file
    assert kind.where in (problem.where or "")
    assert (kind.where == "") == (problem.where is None)
    assert kind.says in str(problem)
    assert kind.remedy in (problem.remedy or "")
    assert len(check.takes) == kind.usable
    assert _contents(tmp_path) == before
    assert json.loads(check.to_json())["problems"][0]["remedy"] == problem.remedy
    assert problem.problem in str(check)


def test_there_are_at_least_forty_kinds():
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 40


def test_all_problems_of_a_library_are_listed_at_once(tmp_path):
    rows = [
        "bad1.csv,p,sad,1,60,m,z,",
        "bad2.csv,p,,2,60,m,z,",
        "bad3.csv,p,sad,3,60,feet,w,",
        "bad4.csv,p,sad,4,60,m,z,",
    ]
    write_manifest(tmp_path, GOOD, *rows)
    for name in ("good.csv", "bad2.csv", "bad3.csv"):
        (tmp_path / name).write_text(csv_text(walk_m()))
    (tmp_path / "bad1.csv").write_text("nothing\n")
    (tmp_path / "bad4.csv").write_text(csv_text(walk_m() * 100))
    check = check_library(tmp_path)
    places = [(problem.file.name, problem.where) for problem in check.findings.problems]
    assert places == [
        ("library.csv", "line 4, column 'label'"),
        ("library.csv", "line 5, column 'unit'"),
        ("library.csv", "line 5, column 'up'"),
        ("bad1.csv", "line 1"),
        ("bad4.csv", "unit"),
    ]
    assert len(check.takes) == 1


def test_the_printed_joint_map_is_accepted(tmp_path):
    position = walk_m()
    names = tuple(joint.replace("l_", "Left").replace("r_", "Right").title() + "Mark" for joint in JOINTS)
    write_manifest(tmp_path, "a.csv,p,sad,1,60,m,z,")
    (tmp_path / "a.csv").write_text(csv_text(position, names=names))
    (problem,) = check_library(tmp_path).findings.problems
    printed = problem.remedy[problem.remedy.index("{") :]
    assert '""' not in printed
    (tmp_path / "joints.json").write_text(printed)
    assert check_library(tmp_path).ok
