from __future__ import annotations

import io
import time
import zipfile

import numpy as np
import pytest
from simple_walker import csv_text, walk_m

from affectlib.errors import RecordingError
from affectlib.recordings.formats import npz, tables
from affectlib.skeleton import JOINTS


@pytest.fixture
def read(tmp_path):
    def read(text, *, encoding="utf-8"):
        (tmp_path / "a.csv").write_bytes(text.encode(encoding))
        return tables.read_motion(tmp_path / "a.csv")

    return read


def test_positions_and_names(read):
    motion = read(csv_text(walk_m()))
    assert motion.joints == JOINTS
    np.testing.assert_allclose(motion.position, walk_m(), atol=1e-6)


def test_column_order_is_free_and_other_columns_are_clocks(read):
    motion = read("frame,a_z,time_s,b_x,a_x,b_y,a_y,b_z,who\n1,3,0,4,1,5,2,6,x\n2,3,0.1,4,1,5,2,6,x\n")
    assert motion.joints == ("a", "b")
    np.testing.assert_array_equal(motion.position[1], [[1, 2, 3], [4, 5, 6]])
    assert [(clock.name, clock.kind) for clock in motion.clocks] == [
        ("frame", "frames"), ("time_s", "times"), ("who", "unknown"),
    ]  # fmt: skip
    np.testing.assert_array_equal(motion.clocks[1].values, [0, 0.1])


LOST = [
    "", " ", "nan", "NaN", "-nan", "nan(ind)", "-nan(snan)", "#N/A", "#NV", "#NUM!", "#DIV/0!", "NULL",
    "n/a", "NA", "<NA>", "-", "--", "inf", "-Inf", "Infinity", "-1.#IND", "1.#QNAN", "-1.#IND00", "1.#INF",
    "null", "None", "-1.#J", "-3.697314E+28", "3.4028235e38",
]  # fmt: skip


@pytest.mark.parametrize("lost", LOST)
def test_an_empty_cell_or_a_word_for_it_is_a_lost_joint(read, lost):
    motion = read(f"a_x,a_y,a_z\n1,2,3\n{lost},{lost},{lost}\n4,5,6\n")
    assert np.isnan(motion.position[:, 0]).all(axis=1).tolist() == [False, True, False]
    assert bool(motion.notes) == (lost.strip().casefold() not in ("", "nan", "-nan"))


@pytest.mark.parametrize(
    "word", ["x", "lost?", "1_0", "1e999", "0x10", "1.5.2", "1 2", "#", "nano", "infinite"]
)
def test_other_words_are_no_lost_joints(read, word):
    with pytest.raises(RecordingError, match="not a number"):
        read(f"a_x,a_y,a_z\n1,2,3\n{word},2,3\n")


@pytest.mark.parametrize("value", [0.0, -1.0, 999.0, -9999.0, 1e6])
def test_numbers_that_can_be_positions_stay(read, value):
    motion = read(f"a_x,a_y,a_z\n1,2,3\n{value},2,3\n")
    assert motion.position[1, 0, 0] == value
    assert motion.notes == ()


WRITTEN = {
    "semicolons": lambda text: text.replace(",", ";"),
    "semicolons and decimal commas": lambda text: text.replace(",", ";").replace(".", ","),
    "tabs": lambda text: text.replace(",", "\t"),
    "tabs and decimal commas": lambda text: text.replace(",", "\t").replace(".", ","),
    "what divides is said": lambda text: "sep=;\n" + text.replace(",", ";").replace(".", ","),
    "quoted decimal commas": lambda text: "\n".join(
        ",".join(f'"{cell}"' for cell in line.replace(".", "#").split(",")).replace("#", ",")
        for line in text.splitlines()
    ),
    "old line ends": lambda text: text.replace("\n", "\r"),
    "doubled line ends": lambda text: text.replace("\n", "\r\r\n"),
    "empty columns at the end": lambda text: text.replace("\n", ",,\n"),
    "semicolons at the ends": lambda text: text.replace(",", ";").replace("\n", ";\n"),
    "empty cells beyond the header": lambda text: text.replace("\n", ",,\n").replace(",,\n", "\n", 1),
    "empty rows at the end": lambda text: text + "," * 45 + "\n" + "," * 45 + "\n\n",
    "a first column without a name": lambda text: "".join(
        f"{number or ''},{line}\n" for number, line in enumerate(text.splitlines())
    ),
}


COMMAS = {name for name in WRITTEN if "decimal commas" in name or name == "what divides is said"}


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("hole", [False, True])
def test_tables_as_spreadsheets_save_them(read, written, hole):
    text = csv_text(walk_m())
    if hole:
        text = text.replace(",1.400000,", ",,", 1)
    motion = read(WRITTEN[written](text))
    np.testing.assert_array_equal(motion.position, read(text).position)
    assert any("decimal commas" in note for note in motion.notes) == (written in COMMAS)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_unicode_text_of_spreadsheets(read, encoding):
    text = csv_text(walk_m())
    position = read(text.replace(",", "\t"), encoding=encoding).position
    np.testing.assert_array_equal(position, read(text).position)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a_x;a_y;a_z\n1,5;2.5;3\n", "decimal points and decimal commas"),
        ("a_x;a_y;a_z\n1.234,5;2;3\n", "not a number"),
        ("time_s,a_x,a_y,a_z\n0,0,1,5,2,5,3,5\n", "semicolons or tabs between fields"),
    ],
)
def test_ambiguous_numbers_are_an_error(read, text, message):
    with pytest.raises(RecordingError, match=message):
        read(text)


@pytest.mark.parametrize(
    ("first", "program"),
    [
        (
            "Format Version,1.23,Take Name,walk 1,Capture Frame Rate,60.000000,Export Frame Rate,60.000000",
            "Motive",
        ),
        ("Trajectories,,,,,,", "Vicon Nexus"),
        ("Model Outputs", "Vicon Nexus"),
        ("PathFileType\t4\t(X/Y/Z)\twalk.trc", "TRC"),
        ("NO_OF_FRAMES\t480", "Qualisys"),
        ("scorer,DLC,DLC,DLC", "DeepLabCut"),
    ],
)
def test_exports_of_other_programs_are_called_by_their_names(read, first, program):
    with pytest.raises(RecordingError, match=program) as caught:
        read(f"{first}\n1,2,3\n")
    assert caught.value.where == "line 1"
    assert "<joint>_x" in caught.value.remedy


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "program"),
    [("motive_v1.21_rigidbody_markers.csv", "Motive"), ("pyomeca_markers_vicon.csv", "Vicon Nexus")],
)
def test_real_exports_are_called_by_their_names(real_data, name, program):
    with pytest.raises(RecordingError, match=program):
        tables.read_motion(real_data / "formats" / name)


def test_very_many_columns_take_no_longer_for_each(read):
    many = [f"q{number}_{axis}" for number in range(5_000) for axis in "xyz"]
    further = [f"further{number}" for number in range(15_000)]
    row = ",".join(["0.5"] * (len(many) + len(further)))
    start = time.perf_counter()
    motion = read(f"{','.join(many + further)}\n{row}\n{row}\n")
    assert motion.position.shape == (2, 5_000, 3)
    assert time.perf_counter() - start < 10  # quadratic ways took minutes


def test_a_byte_order_mark_and_windows_line_ends_do_not_count(read):
    text = csv_text(walk_m())
    np.testing.assert_array_equal(
        read(text.replace("\n", "\r\n"), encoding="utf-8-sig").position, read(text).position
    )


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("a_x,a_y,a_z\n1,2\n", "line 2", "2 fields instead of 3"),
        ("a_x,a_y,a_z\n1,2,3\n1,2,3,4\n", "line 3", "4 fields instead of 3"),
        ("a_x,a_y,a_z\n1,2,x\n", "line 2, column 'a_z'", "not a number"),
        ("a_x,a_y,a_z\n1,2,1_0\n", "line 2, column 'a_z'", "not a number"),
        ("a_x,a_y,a_z\n1,2,1e999\n", "line 2, column 'a_z'", "not a number"),
        ("a_x,a_y\n1,2\n", "column 'a_z'", "lacks an axis"),
        ("a_x,a_y,a_z,a_x\n1,2,3,4\n", "line 1", "duplicate column name"),
        ("u,v,w\n1,2,3\n", "line 1", "no joint columns"),
        ("a_x,a_y,a_z\n", "line 2", "no frames"),
    ],
)
def test_broken_tables_name_the_place(read, text, where, message):
    with pytest.raises(RecordingError, match=message) as caught:
        read(text)
    assert where == caught.value.where
    assert caught.value.remedy


def test_bytes_that_are_no_text_are_an_error(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"a_x,a_y,a_z\n1,2,\x81\n")
    with pytest.raises(RecordingError, match="not UTF-8"):
        tables.read_motion(tmp_path / "a.csv")


def test_text_of_windows_is_read_with_a_note(tmp_path):
    (tmp_path / "a.csv").write_bytes("Kn\u00f6chel_x,Kn\u00f6chel_y,Kn\u00f6chel_z\n1,2,3\n".encode("cp1252"))
    motion = tables.read_motion(tmp_path / "a.csv")
    assert motion.joints == ("Kn\u00f6chel",)
    assert "Windows-1252" in " ".join(motion.notes)


def _npz(tmp_path, **arrays):
    np.savez(tmp_path / "a.npz", **arrays)
    return tmp_path / "a.npz"


def test_npz_comes_back(tmp_path):
    motion = npz.read_motion(_npz(tmp_path, position=walk_m(), joints=JOINTS, rate_hz=60))
    assert (motion.joints, motion.rate_hz) == (JOINTS, 60)
    np.testing.assert_array_equal(motion.position, walk_m())


@pytest.mark.parametrize(
    "odd",
    [
        {"joints": np.array(JOINTS, dtype="S")},
        {"joints": np.array([f"{name:12}" for name in JOINTS], dtype="S")},
        {"joints": np.array(JOINTS)[:, None]},
        {"joints": np.array(JOINTS)[None]},
        {"rate_hz": np.array([60])},
        {"rate_hz": np.array([[60.0]])},
        {"position": walk_m().reshape(-1, 45)},
        {"position": walk_m().astype(np.float32).reshape(-1, 45)},
    ],
)
def test_npz_as_matlab_and_h5py_write_it_is_read(tmp_path, odd):
    motion = npz.read_motion(_npz(tmp_path, **{"position": walk_m(), "joints": JOINTS, "rate_hz": 60, **odd}))
    assert (motion.joints, motion.rate_hz) == (JOINTS, 60)
    np.testing.assert_allclose(motion.position, walk_m(), atol=1e-6)
    flat = np.ndim(odd.get("position", 0)) == 2
    assert motion.notes == (("position in rows of x, y, z of one joint after the other",) if flat else ())


@pytest.mark.parametrize(
    ("arrays", "remedy"),
    [
        ({"position": walk_m().transpose(0, 2, 1), "joints": JOINTS}, "position.transpose(0, 2, 1)"),
        ({"position": walk_m(), "joints": np.array(JOINTS, dtype=object)}, "dtype=str"),
        (
            {"pose_body": np.zeros((9, 63)), "root_orient": np.zeros((9, 3)), "trans": np.zeros((9, 3))},
            "smplx",
        ),
    ],
)
def test_npz_in_another_shape_is_an_error_with_a_remedy(tmp_path, arrays, remedy):
    with pytest.raises(RecordingError) as caught:
        npz.read_motion(_npz(tmp_path, **arrays))
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("arrays", "where"),
    [
        ({"position": walk_m()}, "array 'joints'"),
        ({"position": walk_m().reshape(-1, 45)[:, 1:], "joints": JOINTS}, "array 'position'"),
        ({"position": walk_m(), "joints": JOINTS, "rate_hz": [60, 60]}, "array 'rate_hz'"),
        ({"position": walk_m(), "joints": np.array(JOINTS[:14]).reshape(2, 7)}, "array 'joints'"),
        ({"joints": JOINTS}, "array 'position'"),
        ({"position": walk_m()[:, 0], "joints": JOINTS}, "array 'position'"),
        ({"position": walk_m(), "joints": JOINTS[:-1]}, "array 'joints'"),
        ({"position": walk_m(), "joints": np.arange(15)}, "array 'joints'"),
        ({"position": walk_m(), "joints": np.array(JOINTS, dtype=object)}, "array 'joints'"),
        ({"position": walk_m().astype(str), "joints": JOINTS}, "array 'position'"),
        ({"position": walk_m(), "joints": ("head",) * 15}, "array 'joints'"),
        ({"position": walk_m(), "joints": JOINTS, "rate_hz": -1.0}, "array 'rate_hz'"),
    ],
)
def test_any_other_npz_is_an_error(tmp_path, arrays, where):
    with pytest.raises(RecordingError) as caught:
        npz.read_motion(_npz(tmp_path, **arrays))
    assert caught.value.where == where


def test_a_shape_larger_than_the_archive_reserves_no_memory(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        for name, value in (("position", np.zeros((2, 15, 3))), ("joints", np.array(JOINTS))):
            stream = io.BytesIO()
            np.lib.format.write_array(stream, value)
            archive.writestr(
                f"{name}.npy",
                stream.getvalue().replace(b"(2, 15, 3), }" + 9 * b" ", b"(999999999, 15, 3), }"),
            )
    with pytest.raises(RecordingError, match=r"bytes for shape \(999999999, 15, 3\)|not the npz"):
        npz.read_motion(tmp_path / "a.npz")


@pytest.mark.parametrize("rows", ['"1"2,3,4', '1,2,3\n"1"2,3,4'], ids=["first row", "second row"])
def test_a_quote_within_a_field_is_an_error_with_its_line(read, rows):
    with pytest.raises(RecordingError, match=f"line {rows.count(chr(10)) + 2}"):
        read(f"a_x,a_y,a_z\n{rows}\n")
