from __future__ import annotations

import struct

import ezc3d
import numpy as np
import pytest
from simple_c3d import DEC, INTEL, MIPS, c3d_bytes
from simple_walker import walk_m, write_c3d

from affectlib.errors import RecordingError
from affectlib.recordings.formats import c3d
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
def test_entries_that_contradict_one_another_are_an_error(tmp_path, offset, value, where):
    file = tmp_path / "a.c3d"
    write_c3d(file, walk_m() * 1000)
    data = bytearray(file.read_bytes())
    data[offset : offset + len(value)] = value
    file.write_bytes(data)
    with pytest.raises(RecordingError, match="not a sound C3D file") as caught:
        c3d.read_motion(file)
    assert caught.value.where == where


def test_a_truncated_file_is_an_error(tmp_path):
    file = tmp_path / "a.c3d"
    write_c3d(file, walk_m() * 1000)
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(RecordingError, match="120 frames of 15 points need"):
        c3d.read_motion(file)


def test_a_file_without_offsets_of_its_analog_channels_is_read(tmp_path):
    file = tmp_path / "a.c3d"
    write_c3d(file, walk_m() * 1000, analog=True)
    file.write_bytes(file.read_bytes().replace(b"OFFSET", b"OFFSES"))
    assert c3d.read_motion(file).position.shape == (120, 15, 3)


def test_names_outside_ascii_do_not_stop_the_way_to_a_file(tmp_path):
    folder = tmp_path / "gehöft mit leerzeichen"
    folder.mkdir()
    write_c3d(tmp_path / "a.c3d", walk_m() * 1000)
    (tmp_path / "a.c3d").rename(folder / "ä b.c3d")
    assert len(c3d.read_motion(folder / "ä b.c3d").position) == 120


@pytest.fixture
def read(tmp_path):
    """Read a file that is written byte by byte; positions in metres."""

    def read(position=None, **options):
        file = tmp_path / "made.c3d"
        file.write_bytes(c3d_bytes(walk_m() * 1000 if position is None else position, **options))
        return c3d.read_motion(file)

    return read


def _with(n_more):
    return np.concatenate([walk_m(), np.ones((120, n_more, 3))], axis=1) * 1000


@pytest.mark.parametrize("integers", [False, True])
@pytest.mark.parametrize("machine", [INTEL, DEC, MIPS])
def test_the_numbers_of_other_machines_are_read(read, machine, integers):
    motion = read(machine=machine, integers=integers)
    assert (motion.joints, motion.rate_hz, motion.unit) == (JOINTS, 60, "mm")
    np.testing.assert_allclose(motion.position, walk_m() * 1000, atol=0.051 if integers else 1e-3)


@pytest.mark.parametrize("cut", [3, 400, 515, 520, 600, 900, 1100, 2000])
def test_a_broken_file_of_another_machine_is_an_error(tmp_path, cut):
    (tmp_path / "a.c3d").write_bytes(c3d_bytes(walk_m() * 1000, machine=MIPS)[:cut])
    with pytest.raises(RecordingError, match="not a sound C3D file"):
        c3d.read_motion(tmp_path / "a.c3d")


@pytest.mark.parametrize(
    ("options", "rate_hz"),
    [
        ({"more": {"POINT:RATE": None}}, 60),
        ({"more": {"POINT:RATE": np.array([0], np.float32)}}, 60),
        ({"header_rate_hz": 0}, 60),
        ({"rate_hz": 0}, None),
    ],
)
def test_the_rate_stands_in_the_header_or_among_the_parameters(read, options, rate_hz):
    assert read(**options).rate_hz == rate_hz


@pytest.mark.parametrize("labels", [JOINTS, (*JOINTS, "", " ", ""), (*JOINTS, "")])
def test_points_without_a_name_are_left_unused(read, labels):
    motion = read(_with(3), labels=labels)
    assert motion.joints == JOINTS
    assert motion.position.shape == (120, 15, 3)
    assert motion.notes == ("points without a name are left unused",)


def test_more_names_than_points_are_no_fault(read):
    motion = read(labels=(*JOINTS, "", "LTOE"))
    assert motion.joints == JOINTS
    assert motion.notes == ("more names than points in POINT:LABELS",)
    assert read(labels=(*JOINTS, "", "")).notes == ()


@pytest.mark.parametrize("coding", ["utf-8", "latin-1"])
def test_names_outside_ascii_are_read(tmp_path, coding):
    name = "Hüfte".encode(coding)
    made = c3d_bytes(_with(1), labels=(*JOINTS, "H" * len(name)))
    (tmp_path / "a.c3d").write_bytes(made.replace(b"H" * len(name), name))
    assert c3d.read_motion(tmp_path / "a.c3d").joints[-1] == "Hüfte"


def test_a_file_without_any_name_is_an_error(read):
    with pytest.raises(RecordingError, match="no point has a name") as caught:
        read(labels=[""] * 15)
    assert "Label the markers" in caught.value.remedy


def test_names_beyond_the_255th_point(read):
    names = [f"M{number}" for number in range(600 - 15)]
    labels = [*names, *JOINTS]
    more = {"POINT:LABELS2": labels[255:510], "POINT:LABELS3": labels[510:]}
    position = np.concatenate([_with(600 - 15)[:5, 15:], walk_m()[:5] * 1000], axis=1)
    motion = read(position, labels=labels[:255], more=more)
    assert motion.joints == tuple(labels)
    np.testing.assert_allclose(motion.position[:, -15:], walk_m()[:5] * 1000, atol=1e-3)
    unnamed = read(position, labels=labels[:255])
    assert unnamed.joints == tuple(labels[:255])


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, "neither points nor analog channels"),
        ({"ANALOG:USED": np.array([0], np.int16)}, "neither points nor analog channels"),
        ({"ROTATION:USED": np.array([19], np.int16)}, "rotations of 19 segments, as Theia writes them"),
    ],
)
def test_a_file_without_points_is_sound_and_useless(read, more, found):
    with pytest.raises(RecordingError, match="no points in it") as caught:
        read(np.empty((10, 0, 3)), labels=["none"], more=more)
    assert found in caught.value.found
    assert caught.value.remedy


def test_points_that_share_a_name_are_numbered(read):
    motion = read(_with(2), labels=(*JOINTS, "LKNE", "LKNE"))
    assert motion.joints == (*JOINTS, "LKNE#1", "LKNE#2")
    assert motion.unusable == {"LKNE": "a name of several points, LKNE#1 and LKNE#2"}


def test_of_two_points_of_a_name_the_one_that_was_seen_has_it(read):
    position = _with(1)
    position[:, 3] = np.nan
    motion = read(position, labels=(*JOINTS, JOINTS[3]))
    assert set(motion.joints) == set(JOINTS)
    np.testing.assert_allclose(motion.position[:, motion.joints.index(JOINTS[3])], 1000)
    assert motion.unusable == {}


def test_points_of_angles_and_forces_are_no_joints(read):
    more = {
        "POINT:ANGLES": ["one", "two"],
        "POINT:TYPE_GROUPS": ["STRAINS", "STRAIN", "MODELED_MARKERS", "MARKER"],
        "POINT:STRAINS": ["three"],
        "POINT:MODELED_MARKERS": ["four"],
    }
    motion = read(_with(4), labels=(*JOINTS, "one", "two", "three", "four"), more=more)
    assert motion.joints == (*JOINTS, "four")
    assert motion.unusable == {
        "one": "no position but of POINT:ANGLES",
        "two": "no position but of POINT:ANGLES",
        "three": "no position but of POINT:STRAINS",
    }


def test_records_longer_than_32767_bytes_are_read(read):
    labels = [f"M{number}".ljust(200, "x") for number in range(250)]
    motion = read(_with(240), labels=labels, more={"POINT:LABELS2": ["a", "b", "c", "d", "e"]})
    assert motion.joints == (*labels, "a", "b", "c", "d", "e")


def test_events_in_the_header_are_not_looked_at(tmp_path):
    data = bytearray(c3d_bytes(walk_m() * 1000))
    struct.pack_into("<HH", data, 298, 0x3039, 40)
    (tmp_path / "a.c3d").write_bytes(data)
    assert len(c3d.read_motion(tmp_path / "a.c3d").position) == 120


@pytest.mark.parametrize(
    "more",
    [
        {
            "POINT:FRAMES": np.array([-1], np.int16),
            "TRIAL:ACTUAL_START_FIELD": np.array([1, 0], np.int16),
            "TRIAL:ACTUAL_END_FIELD": np.array([70_000 - 2**16, 1], np.int16),
        },
        {"POINT:FRAMES": np.array([-1], np.int16), "POINT:LONG_FRAMES": np.array([70_000], np.float32)},
        {"POINT:FRAMES": np.array([70_000], np.float32)},
    ],
)
def test_more_frames_than_the_header_can_count(tmp_path, more):
    data = bytearray(c3d_bytes(np.ones((1, 2, 3)), labels=["ab", "cd"], more=more))
    struct.pack_into("<H", data, 8, 65535)
    start = 512 * (struct.unpack_from("<H", data, 16)[0] - 1)
    values = np.zeros((70_000, 2, 4), "<f4")
    values[..., 0] = np.arange(70_000)[:, None]
    (tmp_path / "a.c3d").write_bytes(data[:start] + values.tobytes())
    np.testing.assert_array_equal(c3d.read_motion(tmp_path / "a.c3d").position[:, 1, 0], np.arange(70_000))


def test_a_signalling_nan_is_a_lost_point(tmp_path):
    data = bytearray(c3d_bytes(walk_m() * 1000))
    start = 512 * (struct.unpack_from("<H", data, 16)[0] - 1)
    struct.pack_into("<I", data, start, 0x7FA00000)
    (tmp_path / "a.c3d").write_bytes(data)
    assert np.argwhere(np.isnan(c3d.read_motion(tmp_path / "a.c3d").position)).tolist() == [[0, 0, 0]]


def _check_against_ezc3d(file):
    """Compare positions, labels and rate with what ezc3d reads from the same file."""
    content = ezc3d.c3d(str(file))
    position = content["data"]["points"][:3].transpose(2, 1, 0).astype(np.float32)
    position[content["data"]["meta_points"]["residuals"][0].T < 0] = np.nan
    labels = [label.strip() for label in content["parameters"]["POINT"]["LABELS"]["value"]]
    motion = c3d.read_motion(file)
    unique = {name: number for number, name in enumerate(motion.joints) if labels.count(name) == 1}
    np.testing.assert_array_equal(
        motion.position[:, list(unique.values())].astype(np.float32),
        position[:, [labels.index(name) for name in unique]],
    )
    assert motion.rate_hz == content["header"]["points"]["frame_rate"]


@pytest.mark.parametrize("integers", [False, True])
@pytest.mark.parametrize("machine", [INTEL, DEC])
def test_positions_are_those_of_ezc3d(tmp_path, machine, integers):
    position = walk_m() * 1000
    position[5, 3] = np.nan
    (tmp_path / "a.c3d").write_bytes(c3d_bytes(position, machine=machine, integers=integers))
    _check_against_ezc3d(tmp_path / "a.c3d")


@pytest.mark.parametrize("analog", [False, True])
def test_files_of_ezc3d_are_read_as_ezc3d_reads_them(tmp_path, analog):
    write_c3d(tmp_path / "a.c3d", walk_m() * 1000, analog=analog)
    _check_against_ezc3d(tmp_path / "a.c3d")


@pytest.mark.real_data
def test_recorded_files_of_laboratories_are_read(real_data):
    files = sorted((real_data / "formats").glob("*.c3d"))
    assert len(files) == 3
    for file in files:
        _check_against_ezc3d(file)
        motion = c3d.read_motion(file)
        assert motion.unit == "mm"
        assert not any("Angles" in name or "Force" in name for name in motion.joints)
