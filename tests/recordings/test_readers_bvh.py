from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from simple_walker import ARM, CMU, bvh_text, walk_m

from affectlib.errors import RecordingError
from affectlib.recordings.formats import bvh
from affectlib.recordings.kinematics import Joint, forward_kinematics


@pytest.fixture
def read(tmp_path):
    def read(text, coding="utf-8"):
        (tmp_path / "a.bvh").write_bytes(text.encode(coding))
        return bvh.read_motion(tmp_path / "a.bvh")

    return read


def test_mixed_channel_order_tabs_exponents_and_end_sites(read):
    motion = read(ARM)
    assert motion.joints == ("base", "upper", "lower", "lower_end")
    assert motion.rate_hz == pytest.approx(100)
    # Frame 1: base at (10, 20, 30), turned by 90 degrees about z, which sends y to -x.
    np.testing.assert_allclose(
        motion.position[0], [[10, 20, 30], [8, 20, 30], [7, 20, 30], [6.5, 20, 30]], atol=1e-12
    )
    # Frame 2: the elbow goes to -x, the forearm turns back to +y.
    np.testing.assert_allclose(
        motion.position[1], [[0, 0, 0], [0, 2, 0], [-1, 2, 0], [-1, 2.5, 0]], atol=1e-12
    )


def test_windows_line_ends_read_the_same(read):
    np.testing.assert_array_equal(read(ARM.replace("\n", "\r\n")).position, read(ARM).position)


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_and_wide_letters_are_read(read, coding):
    motion = read(ARM.replace("upper", "Hüfte"), coding)
    assert motion.joints == ("base", "Hüfte", "lower", "lower_end")
    np.testing.assert_array_equal(motion.position, read(ARM).position)


def test_names_in_latin_1_are_read(read):
    assert read(ARM.replace("upper", "Hüfte"), "latin-1").joints[1] == "Hüfte"


@pytest.mark.parametrize("part", ["all", "motion"])
def test_decimal_commas_are_read_with_a_note(read, part):
    head, motion = ARM.replace("upper", "up,3,5").split("MOTION")
    written = (head.replace("0.0", "0,0").replace("5.0E", "5,0E") if part == "all" else head) + (
        "MOTION" + motion.replace(".", ",")
    )
    found = read(written)
    assert found.joints[1] == "up,3,5"
    assert found.rate_hz == pytest.approx(100)
    np.testing.assert_array_equal(found.position, read(ARM).position)
    assert found.notes == ("decimal commas, read as points",)


@pytest.mark.parametrize(
    "row", ["90,10,0,20,0,30,0,0,0,0", "1.090,5 10 0 20 0 30 0 0 0 0", "90, 10 0 20 0 30 0 0 0 0"]
)
def test_commas_between_numbers_or_thousands_are_an_error(read, row):
    with pytest.raises(RecordingError) as caught:
        read(ARM.replace("90 10 0 20 0 30 0 0 0 0", row))
    assert caught.value.where.startswith("line 24")


@pytest.mark.parametrize(("frames", "note"), [(1, "one row more"), (3, "one row less")])
def test_a_count_that_is_off_by_one_is_read_with_a_note(read, frames, note):
    motion = read(ARM.replace("Frames:\t2", f"Frames: {frames}"))
    np.testing.assert_array_equal(motion.position, read(ARM).position)
    assert motion.notes == (f"{note} than Frames says",)


def test_position_channels_on_inner_joints_take_the_place_of_the_offset(read):
    position = walk_m()
    motion = read(bvh_text(position))
    picked = [motion.joints.index(name) for name in CMU.values()]
    np.testing.assert_allclose(motion.position[:, picked], position, atol=1e-5)


@pytest.mark.parametrize("line", ["Frame Time: 0", ""])
def test_without_frame_time_the_rate_stays_open(read, line):
    assert read(ARM.replace("Frame Time:\t0.01", line)).rate_hz is None


@pytest.mark.parametrize(
    ("old", "new", "where", "message"),
    [
        ("HIERARCHY", "HIERARCY", "line 1", "HIERARCHY expected"),
        ("OFFSET 0 0 0", "OFFSET 0 0 x", "line 4", "OFFSET needs three numbers"),
        ("CHANNELS 6", "CHANNELS six", "line 5", "CHANNELS needs a count"),
        ("Xrotation Yrotation Zrotation", "Xrotation Yrotation Wrotation", "line 9", "unknown channel"),
        ("JOINT lower", "ROOT lower", "line 10", "ROOT not allowed here"),
        ("}\nMOTION", "MOTION", "line 20", "not closed"),
        ("MOTION", "MOTION PICTURE", "line 21", "Frames: <count>"),
        ("Frames:\t2", "Frames: two", "line 22", "Frames needs a count"),
        ("Frames:\t2", "Frames: 4", "Frames", "truncated"),
        ("90 10 0", "1 1 1 1 1 1 1 1 1 1\n" * 2 + "90 10 0", "Frames", "more rows"),
        ("Frames:\t2", "Frames: 999999999", "Frames", "truncated"),
        ("0.01", "-0.01", "line 23", "Frame Time needs seconds"),
        ("90 10 0", "90 1O 0", "line 24, column 2", "not a number"),
        ("90 10 0", "90 10", "line 24", "9 numbers instead of 10"),
        ("90 -9.0e+1", "90", "line 25", "the last row is cut off"),
        ("MOTION\n", "", "line 1", "no MOTION part"),
        ("JOINT upper", "JOINT base", "HIERARCHY", "not unique"),
    ],
)
def test_broken_files_name_the_line(read, old, new, where, message):
    assert old in ARM
    with pytest.raises(RecordingError, match=re.escape(message)) as caught:
        read(ARM.replace(old, new, 1))
    assert caught.value.where == where
    assert caught.value.remedy


@settings(max_examples=60, deadline=None)
@given(
    order=st.permutations("XYZ"),
    angles=st.lists(st.lists(st.floats(-360, 360), min_size=6, max_size=6), min_size=1, max_size=3),
)
def test_forward_kinematics_is_the_product_of_rotations_in_the_order_listed(order, angles):
    channels = tuple(("rotation", "XYZ".index(axis)) for axis in order)
    chain = [
        Joint(name="a", parent=None, offset=(1.0, 2.0, 3.0), channels=channels),
        Joint(name="b", parent=0, offset=(0.3, 0.0, 0.5), channels=channels),
        Joint(name="c", parent=1, offset=(0.0, -0.7, 0.2)),
    ]
    rows = np.array(angles)
    first = Rotation.from_euler("".join(order), rows[:, :3], degrees=True)
    second = Rotation.from_euler("".join(order), rows[:, 3:], degrees=True)
    expected_b = np.array([1.0, 2.0, 3.0]) + first.apply([0.3, 0.0, 0.5])
    position = forward_kinematics(chain, rows)
    np.testing.assert_allclose(position[:, 1], expected_b, atol=1e-9)
    np.testing.assert_allclose(
        position[:, 2], expected_b + (first * second).apply([0.0, -0.7, 0.2]), atol=1e-9
    )
    lengths = np.linalg.norm(np.diff(position, axis=1), axis=-1)
    np.testing.assert_allclose(lengths, np.broadcast_to([0.34**0.5, 0.53**0.5], lengths.shape))


def _as_pybvh_reads(text: str) -> str:
    """Drop what pybvh does not know: the root above the hips, which never turns, and inner positions.

    The constant positions that these channels hold become the offsets.
    """
    head, motion = text.split("MOTION")
    lines = motion.strip().splitlines()
    rows = np.array([line.split() for line in lines[2:]], dtype=float).reshape(len(lines) - 2, -1, 6)
    assert np.abs(rows[:, 0, 3:]).max() == 0
    assert np.ptp(rows[:, 2:, :3], axis=0).max() < 1e-3
    offsets = iter(rows[:, :, :3].mean(axis=0))
    next(offsets)
    out = ["HIERARCHY"]
    ended = False
    for line in head.splitlines()[5:-1]:
        word = line.split()[0]
        ended = word == "End" or (ended and word != "}")
        if word == "OFFSET" and not ended:
            line = "OFFSET " + " ".join(map(str, next(offsets)))
        if word == "CHANNELS" and len(out) > 6:
            line = "CHANNELS 3 Zrotation Xrotation Yrotation"
        out.append(line.replace("JOINT Hips", "ROOT Hips"))
    rows[:, 1, :3] += rows[:, 0, :3]
    kept = np.concatenate([rows[:, 1], rows[:, 2:, 3:].reshape(len(rows), -1)], axis=1)
    return (
        "\n".join([*out, "MOTION", *lines[:2], *(" ".join(map(repr, row)) for row in kept.tolist())]) + "\n"
    )


@pytest.mark.real_data
@pytest.mark.filterwarnings("ignore:Rest pose suggests")
def test_agreement_with_pybvh_on_recorded_walks(real_data, tmp_path):
    pybvh = pytest.importorskip("pybvh")
    files = sorted((real_data / "bandai_walks" / "takes").glob("*.bvh"))
    assert len(files) == 44
    worst_m = 0.0
    for file in files:
        rewritten = tmp_path / file.name
        rewritten.write_text(_as_pybvh_reads(file.read_text()))
        theirs = pybvh.read_bvh_file(rewritten)
        their_cm = theirs.node_positions()
        motion = bvh.read_motion(file)
        ours = [name for name in motion.joints if name != "joint_Root"]
        names = [node.name for node in theirs.nodes]
        for joint in ours:
            if not joint.endswith("_end"):
                gap_cm = motion.position[:, motion.joints.index(joint)] - their_cm[:, names.index(joint)]
                worst_m = max(worst_m, np.abs(gap_cm).max() / 100)
    assert worst_m < 1e-4
