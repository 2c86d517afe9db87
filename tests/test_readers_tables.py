from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from simple_walker import csv_text, walk_m

from affectlib.errors import RecordingError
from affectlib.recordings import npz, tables
from affectlib.skeleton import JOINTS


@pytest.fixture
def read(tmp_path):
    def read(text, *, encoding="utf-8"):
        (tmp_path / "a.csv").write_bytes(text.encode(encoding))
        return tables.read_motion(tmp_path / "a.csv")

    return read


def test_positions_names_and_rate(read):
    motion = read(csv_text(walk_m()))
    assert motion.joints == JOINTS
    assert motion.rate_hz == pytest.approx(60, rel=1e-4)
    np.testing.assert_allclose(motion.position, walk_m(), atol=1e-6)


def test_without_times_the_rate_stays_open(read):
    assert read(csv_text(walk_m(), rate_hz=None)).rate_hz is None


@pytest.mark.parametrize("rate_hz", [24, 29.97, 60, 120])
@pytest.mark.parametrize("digits", [3, 4, 6])
def test_times_written_with_few_digits_give_every_frame_its_place(read, rate_hz, digits):
    rows = ["time_s,a_x,a_y,a_z", *(f"{frame / rate_hz:.{digits}f},{frame},0,0" for frame in range(4000))]
    motion = read("\n".join(rows[:1000] + rows[1005:]))
    assert motion.rate_hz == pytest.approx(rate_hz, rel=1e-4)
    x = motion.position[:, 0, 0]
    np.testing.assert_array_equal(x[np.isfinite(x)], np.flatnonzero(np.isfinite(x)))
    assert np.isnan(x).sum() == 5


def test_column_order_is_free_and_other_columns_are_told(read):
    motion = read("frame,a_z,time_s,b_x,a_x,b_y,a_y,b_z\n1,3,0,4,1,5,2,6\n2,3,0.1,4,1,5,2,6\n")
    assert motion.joints == ("a", "b")
    np.testing.assert_array_equal(motion.position[1], [[1, 2, 3], [4, 5, 6]])
    assert motion.notes == ("columns left unused: frame",)


@pytest.mark.parametrize("lost", ["", "nan", "NaN", " "])
def test_an_empty_cell_is_a_lost_joint(read, lost):
    motion = read(f"a_x,a_y,a_z\n1,2,3\n{lost},{lost},{lost}\n4,5,6\n")
    assert np.isnan(motion.position[:, 0]).all(axis=1).tolist() == [False, True, False]


def test_frames_that_the_times_skip_are_lost_frames(read):
    rows = csv_text(walk_m(1.0)).splitlines()
    motion = read("\n".join(rows[:10] + rows[14:]))
    assert motion.position.shape[0] == 60
    assert np.flatnonzero(np.isnan(motion.position[:, 0, 0])).tolist() == [9, 10, 11, 12]


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
        ("a_x,a_y,a_z\n1,2,inf\n", "line 2, column 'a_z'", "not a number"),
        ("a_x,a_y,a_z\n1,2,1e999\n", "line 2, column 'a_z'", "not a number"),
        ("a_x,a_y\n1,2\n", "column 'a_z'", "lacks an axis"),
        ("a_x,a_y,a_z,a_x\n1,2,3,4\n", "line 1", "stands twice"),
        ("a_x;a_y;a_z\n1;2;3\n", "column 'a_x;a_y;a_x'", "lacks an axis"),
        ("u,v,w\n1,2,3\n", "line 1", "no joint columns"),
        ("a_x,a_y,a_z\n", "line 2", "no frames"),
        ("time_s,a_x,a_y,a_z\n0,1,2,3\n", "column 'time_s'", "fewer than two times"),
        ("time_s,a_x,a_y,a_z\n0,1,2,3\n0,1,2,3\n", "column 'time_s'", "stands still"),
        (
            "time_s,a_x,a_y,a_z\n0,1,2,3\n1,1,2,3\n2.5,1,2,3\n3.5,1,2,3\n4,1,2,3\n",
            "column 'time_s'",
            "even steps",
        ),
        (
            "time_s,a_x,a_y,a_z\n0,1,2,3\n1e-3,1,2,3\n2e-3,1,2,3\n1e9,1,2,3\n",
            "column 'time_s'",
            "rows spread over",
        ),
        ("time_s,a_x,a_y,a_z\n0,1,2,3\n,1,2,3\n", "column 'time_s'", "a time is missing"),
    ],
)
def test_broken_tables_name_the_place(read, text, where, message):
    with pytest.raises(RecordingError, match=message) as caught:
        read(text)
    assert where == caught.value.where
    assert caught.value.remedy


def test_bytes_that_are_no_text_are_told(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"a_x,a_y,a_z\n1,2,\xff\n")
    with pytest.raises(RecordingError, match="not UTF-8"):
        tables.read_motion(tmp_path / "a.csv")


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
def test_npz_in_another_shape_is_told_how_to_write_it(tmp_path, arrays, remedy):
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
def test_npz_that_is_not_as_it_should_be_is_told(tmp_path, arrays, where):
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
