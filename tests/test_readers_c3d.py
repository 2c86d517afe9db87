from __future__ import annotations

import os
import struct

import numpy as np
import pytest
from simple_walker import walk_m, write_c3d

from affectlib.errors import RecordingError
from affectlib.recordings import c3d
from affectlib.skeleton import JOINTS


@pytest.mark.parametrize("analog", [False, True])
def test_points_rate_and_unit_come_back(tmp_path, analog):
    write_c3d(tmp_path / "a.c3d", walk_m() * 1000, analog=analog)
    motion = c3d.read_motion(tmp_path / "a.c3d")
    assert motion.joints == JOINTS
    assert motion.unit == "mm"
    assert motion.rate_hz == pytest.approx(60)
    np.testing.assert_allclose(motion.position / 1000, walk_m(), atol=1e-6)


def test_points_marked_invalid_are_not_seen(tmp_path):
    position = walk_m() * 1000
    position[5, 3] = np.nan
    write_c3d(tmp_path / "a.c3d", position)
    lost = np.isnan(c3d.read_motion(tmp_path / "a.c3d").position).all(axis=-1)
    assert np.argwhere(lost).tolist() == [[5, 3]]


@pytest.mark.parametrize(
    ("offset", "value", "where"),
    [
        (1, b"\x51", "header"),
        (0, b"\xf0", "header"),
        (2, struct.pack("<H", 14), "POINT:USED"),
        (8, struct.pack("<H", 20_000), "POINT:FRAMES"),
        (12, struct.pack("<f", 0), "header"),
        (16, struct.pack("<H", 1), "header"),
        (20, struct.pack("<f", -1), "header"),
        (514, b"\xff", "parameters"),
        (515, b"\x07", "parameters"),
    ],
)
def test_bookkeeping_that_does_not_fit_is_told(tmp_path, offset, value, where):
    file = tmp_path / "a.c3d"
    write_c3d(file, walk_m() * 1000)
    data = bytearray(file.read_bytes())
    data[offset : offset + len(value)] = value
    file.write_bytes(data)
    with pytest.raises(RecordingError, match="not a sound C3D file") as caught:
        c3d.read_motion(file)
    assert caught.value.where == where


def test_a_truncated_file_is_told(tmp_path):
    file = tmp_path / "a.c3d"
    write_c3d(file, walk_m() * 1000)
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(RecordingError, match="120 frames of 15 points need"):
        c3d.read_motion(file)


def test_a_file_that_kills_the_c3d_library_kills_nothing_else(tmp_path):
    file = tmp_path / "a.c3d"
    write_c3d(file, walk_m() * 1000, analog=True)
    sound = file.read_bytes()
    # Without OFFSET, ezc3d looks for a scale of the analog channels that is not there and dies.
    (tmp_path / "b.c3d").write_bytes(sound.replace(b"OFFSET", b"OFFSES"))
    with pytest.raises(RecordingError, match=r"it stops the C3D library|not a sound C3D file"):
        c3d.read_motion(tmp_path / "b.c3d")
    assert c3d.read_motion(file).position.shape == (120, 15, 3)


def test_the_process_is_started_anew_after_its_death(tmp_path):
    write_c3d(tmp_path / "a.c3d", walk_m() * 1000)
    c3d.read_motion(tmp_path / "a.c3d")
    first = c3d._CHILD._process
    assert first is not None
    os.kill(first.pid, 9)
    first.wait()
    assert len(c3d.read_motion(tmp_path / "a.c3d").position) == 120
    assert c3d._CHILD._process is not first


def test_names_outside_ascii_do_not_stop_the_way_to_a_file(tmp_path):
    folder = tmp_path / "gehöft mit leerzeichen"
    folder.mkdir()
    write_c3d(tmp_path / "a.c3d", walk_m() * 1000)
    (tmp_path / "a.c3d").rename(folder / "ä b.c3d")
    assert len(c3d.read_motion(folder / "ä b.c3d").position) == 120
