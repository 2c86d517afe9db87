from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simple_walker import walk_m, y_up

from affectlib.errors import RecordingError
from affectlib.recordings import open_library, read_recordings
from affectlib.recordings.canonical import to_canonical
from affectlib.recordings.joint_finder import JointFinder
from affectlib.recordings.known_skeletons import KNOWN, match_skeletons
from affectlib.recordings.motion import Motion
from affectlib.recordings.sides import describe_mirroring
from affectlib.recordings.world import METRES, UPS, check_person, parse_unit, to_world
from affectlib.skeleton import INDEX, JOINTS, LEFT_RIGHT

FILE = Path("walk.csv")


@pytest.mark.parametrize("up", UPS)
def test_turning_to_z_up_is_a_proper_rotation(up):
    turned = to_world(np.eye(3), unit="m", up=up)
    assert np.linalg.det(turned) == pytest.approx(1)
    axis = np.zeros(3)
    axis["xyz".index(up[-1])] = -1 if up.startswith("-") else 1
    np.testing.assert_allclose(to_world(axis, unit="m", up=up), [0, 0, 1])


@pytest.mark.parametrize("unit", METRES)
def test_units_come_to_the_same_metres(unit):
    np.testing.assert_allclose(to_world(walk_m() / METRES[unit], unit=unit, up="z"), walk_m())


def test_y_up_comes_back_upright_with_left_on_the_left():
    position = to_world(y_up(walk_m()), unit="m", up="y")
    np.testing.assert_allclose(position, walk_m(), atol=1e-12)
    for left, right in LEFT_RIGHT:
        assert (position[:, INDEX[left], 1] > position[:, INDEX[right], 1]).all()


@pytest.mark.parametrize(
    ("true", "stated"), [("m", "cm"), ("cm", "m"), ("mm", "m"), ("in", "m"), ("m", "in"), ("in", "mm")]
)
def test_a_wrong_unit_is_reported_with_the_right_one(true, stated):
    with pytest.raises(RecordingError, match="cannot be of this size") as caught:
        check_person(to_world(walk_m() / METRES[true], unit=stated, up="z"), unit=stated, up="z", file=FILE)
    assert true in caught.value.remedy.split(":")[0].removeprefix("State unit ").split(" or ")


def test_a_size_that_no_unit_explains_is_reported():
    with pytest.raises(RecordingError, match="No named unit") as caught:
        check_person(walk_m() * 12, unit="m", up="z", file=FILE)
    number = re.search(r"([\d.]+) makes it", caught.value.remedy)[1]
    check_person(to_world(walk_m() * 12, unit=number, up="z"), unit=number, up="z", file=FILE)


@pytest.mark.parametrize("height", [1.5, 1.7, 1.9])
@pytest.mark.parametrize("stated", METRES)
def test_the_scale_of_the_cmu_library_is_proposed(height, stated):
    position = walk_m() * height / 1.7 / 0.056444
    with pytest.raises(RecordingError, match=r"State 0\.056444") as caught:
        check_person(to_world(position, unit=stated, up="z"), unit=stated, up="z", file=FILE)
    assert caught.value.remedy.endswith(".")
    check_person(to_world(position, unit="0.056444", up="z"), unit="0.056444", up="z", file=FILE)


@pytest.mark.parametrize("size", [0.0, 1e-300, 1e200])
def test_an_extreme_size_gets_no_number(size):
    with pytest.raises(RecordingError, match="how the file was exported"):
        check_person(walk_m() * size, unit="m", up="z", file=FILE)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("MM", "mm"), ("Meters", "m"), ("inches", "in"), ("0.05644", "0.05644"), ("0,05644", "0.05644"),
     ("1e-3", "1e-3"), ("0", None), ("-1", None), ("nan", None), ("inf", None), ("1e999", None), ("", None)],
)  # fmt: skip
def test_units_by_name_and_by_number(text, unit):
    assert parse_unit(text) == unit


@pytest.mark.parametrize("true", UPS)
@pytest.mark.parametrize("stated", UPS)
def test_a_wrong_axis_is_reported_with_the_right_one(true, stated):
    turn = to_world(np.eye(3), unit="m", up=true).T
    position = to_world(walk_m() @ turn, unit="m", up=stated)
    if true == stated:
        check_person(position, unit="m", up=stated, file=FILE)
        return
    with pytest.raises(RecordingError, match=r"lies down|upside down") as caught:
        check_person(position, unit="m", up=stated, file=FILE)
    assert caught.value.remedy == f"State up {true}."


@settings(max_examples=30, deadline=None)
@given(heading_deg=st.floats(0, 360), height_m=st.floats(1.0, 2.1), seed=st.integers(0, 9))
def test_any_upright_walker_passes_and_its_mirror_image_does_not(heading_deg, height_m, seed):
    cosine, sine = np.cos(np.radians(heading_deg)), np.sin(np.radians(heading_deg))
    turn = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    position = walk_m() @ turn.T * height_m / 1.6 + np.random.default_rng(seed).normal(0, 0.003, (120, 15, 3))
    check_person(position, unit="m", up="z", file=FILE)
    with pytest.raises(RecordingError, match="left and right are swapped"):
        check_person(position * [1, -1, 1], unit="m", up="z", file=FILE)


def test_walking_backwards_is_not_mirrored():
    assert not describe_mirroring(walk_m()[::-1])


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["body_movement_library", "kinect_walks", "bandai_walks"])
def test_real_people_differ_from_their_mirror_images(real_data, name):
    recordings = read_recordings(open_library(real_data / name)).recordings
    assert not any(describe_mirroring(recording.position) for recording in recordings)
    mirrored = [bool(describe_mirroring(recording.position * [1, -1, 1])) for recording in recordings]
    # Not all can be told: a depth camera shows some knees as if they hardly bent.
    assert np.mean(mirrored) > 0.7


def _motion(names):
    return Motion(
        position=np.arange(len(names) * 6, dtype=float).reshape(2, len(names), 3), joints=tuple(names)
    )


@pytest.mark.parametrize("skeleton", KNOWN)
def test_known_skeletons_are_recognised_among_other_joints(skeleton):
    names = ["Spine9", *reversed([name for sources in KNOWN[skeleton].values() for name in sources]), "Tail"]
    (match,) = match_skeletons(tuple(names))
    assert match.skeleton == skeleton
    motion = _motion(names)
    canonical = to_canonical(motion, joint_map={}, file=FILE)
    for joint, (name,) in match.sources.items():
        np.testing.assert_array_equal(canonical[:, INDEX[joint]], motion.position[:, names.index(name)])


@pytest.mark.parametrize("prefix", ["mixamorig:", "mixamorig1:", "mixamorig_"])
def test_mixamo_prefixes_do_not_count(prefix):
    names = [prefix + name for (name,) in KNOWN["CMU/ASF or Mixamo BVH"].values()]
    assert len(match_skeletons(tuple(names))) == 1


def test_in_bvh_the_joint_left_arm_sits_at_the_shoulder():
    sources = KNOWN["CMU/ASF or Mixamo BVH"]
    assert sources["l_shoulder"] == ("LeftArm",)
    assert sources["l_elbow"] == ("LeftForeArm",)
    assert sources["r_hip"] == ("RightUpLeg",)
    assert KNOWN["Bandai Namco"]["r_elbow"] == ("LowerArm_R",)


def test_several_sources_give_their_midpoint_and_go_before_what_is_recognised():
    motion = _motion([*JOINTS, "c7", "clav"])
    canonical = to_canonical(motion, joint_map={"neck": ("c7", "clav")}, file=FILE)
    np.testing.assert_array_equal(canonical[:, INDEX["neck"]], motion.position[:, 15:].mean(axis=1))
    np.testing.assert_array_equal(canonical[:, INDEX["head"]], motion.position[:, 0])


@pytest.mark.parametrize(
    ("joint", "names", "expected"),
    [
        ("l_shoulder", ("RightShoulder", "LeftShoulder"), ("LeftShoulder",)),
        ("r_hip", ("Hips", "L_Hip", "R_Hip"), ("R_Hip",)),
        ("pelvis", ("L_Hip", "Pelvis"), ("Pelvis",)),
        ("l_wrist", ("lHand", "rHand"), ("lHand",)),
        ("l_ankle", ("RightFoot", "leg"), ()),
        ("r_knee", ("knee.l", "knee.r"), ("knee.r",)),
    ],
)
def test_guesses_for_a_joint_map(joint, names, expected):
    assert JointFinder(names).find(joint) == expected
