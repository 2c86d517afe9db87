"""Joint names: prefixes, ``joints.json`` hints, and what is no joint at all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from simple_walker import CMU, bvh_text, csv_text, walk_m, write_manifest

from affectlib.errors import RecordingError
from affectlib.recordings import check_library
from affectlib.recordings.canonical import to_canonical
from affectlib.recordings.joint_finder import JointFinder
from affectlib.recordings.joint_map import joint_map_warnings
from affectlib.recordings.joint_map_template import propose_joint_map
from affectlib.recordings.known_skeletons import KNOWN, match_skeletons
from affectlib.recordings.motion import Motion
from affectlib.recordings.names import positions_only, quantity, shared_prefix, without_prefixes
from affectlib.skeleton import INDEX, JOINTS

FILE = Path("a.c3d")
CMU_NAMES = tuple(CMU.values())


def _motion(names, **options):
    position = np.arange(len(names) * 6, dtype=float).reshape(2, len(names), 3)
    return Motion(position=position, joints=tuple(names), **options)


def _proposed(names, **options):
    remark, text = propose_joint_map(_motion(names, **options))
    return remark, json.loads(text)


def _prefixed(prefix, names=CMU_NAMES):
    return tuple(prefix + name for name in names)


@pytest.mark.parametrize(
    "prefix", ["Character1_", "Ann:", "Lab:Ann:", "Bip01 ", "rig|", "mixamorig9:", "s01.", "A-"]
)
@pytest.mark.parametrize("strangers", [(), ("Reference", "Camera:1")])
def test_a_prefix_before_all_names_does_not_count(prefix, strangers):
    names = strangers + _prefixed(prefix)
    (match,) = match_skeletons(names)
    assert match.skeleton == "CMU/ASF or Mixamo BVH"
    assert match.sources["l_knee"] == (f"{prefix}LeftLeg",)
    assert to_canonical(_motion(names), joint_map={}, file=FILE).shape == (2, 15, 3)


def test_a_side_is_no_prefix():
    assert shared_prefix(["Left_Hip", "Left_Knee", "Left_Ankle", "Left_Foot", "Left_Toe"]) == ""
    assert shared_prefix(["A_L_1", "A_L_2", "A_L_3", "A_L_4", "A_L_5"]) == "A_"
    assert without_prefixes(["Ann:LASI", "Ann:LPSI", "C7"]) == ["LASI", "LPSI", "C7"]


@pytest.mark.parametrize("written", ["Ann:", "Cid:", ""])
@pytest.mark.parametrize("there", ["Ann:", "Ben:", "Character1_", ""])
def test_one_joint_map_serves_the_files_of_all_subjects(written, there):
    markers = [f"m{number}x" for number in range(15)]
    joint_map = {joint: (written + marker,) for joint, marker in zip(JOINTS, markers, strict=True)}
    motion = _motion(_prefixed(there, markers))
    np.testing.assert_array_equal(to_canonical(motion, joint_map=joint_map, file=FILE), motion.position)


@pytest.mark.parametrize("prefixes", [("Ann:", "Ben:"), ("", "Ben:"), ("Character1_", "Character2_")])
def test_two_subjects_in_a_file_are_never_mixed(prefixes):
    motion = _motion(sum((_prefixed(prefix) for prefix in prefixes), ()))
    with pytest.raises(RecordingError, match="several subjects") as caught:
        to_canonical(motion, joint_map={}, file=FILE)
    assert repr(prefixes[1]) in caught.value.found
    # The remedy: names in full, for all joints or for one.
    joint_map = {joint: (prefixes[1] + name,) for joint, name in CMU.items()}
    chosen = to_canonical(motion, joint_map=joint_map, file=FILE)
    np.testing.assert_array_equal(chosen, motion.position[:, 15:])


def test_one_name_in_full_chooses_between_two_subjects():
    motion = _motion(_prefixed("Ann:") + _prefixed("Ben:"))
    with pytest.raises(RecordingError) as caught:
        to_canonical(motion, joint_map={}, file=FILE)
    example = json.loads(caught.value.remedy[caught.value.remedy.index("{") : -1])
    ((joint, name),) = example.items()
    assert name == f"Ann:{CMU[joint]}"
    chosen = to_canonical(motion, joint_map={joint: (name,)}, file=FILE)
    np.testing.assert_array_equal(chosen, motion.position[:, :15])


def test_a_joint_map_without_prefixes_does_not_choose_between_subjects():
    markers = [f"m{number}x" for number in range(15)]
    joint_map = {joint: (marker,) for joint, marker in zip(JOINTS, markers, strict=True)}
    both = _motion(_prefixed("Ann:", markers) + _prefixed("Ben:", markers))
    with pytest.raises(RecordingError, match=r"'Ann:' and 'Ben:'"):
        to_canonical(both, joint_map=joint_map, file=FILE)
    parts = _motion(_prefixed("Ann:", markers[:9]) + _prefixed("Ben:", markers[9:]))
    with pytest.raises(RecordingError, match=r"'Ann:' and 'Ben:'"):
        to_canonical(parts, joint_map=joint_map, file=FILE)


@pytest.mark.parametrize(
    "name",
    [
        "LKneeAngles",
        "l_knee_angle",
        "RHipMoment",
        "LGroundReactionForce",
        "LNormalisedGRF",
        "KneePower",
        "Hips_rotation",
        "Ann:LHipAngles",
        "lhipangles",
        "pelvis_orientation",
        "thigh_acc",
    ],
)
def test_names_of_angles_and_forces(name):
    assert quantity(name)
    assert not propose_joint_map(_motion([name]))[1].count(name)


@pytest.mark.parametrize(
    "name",
    [
        "LeftForeArm",
        "TriangleL",
        "rectangle",
        "Imagine",
        "CentreOfMass",
        "Forearm",
        "Angelica:LASI",
        "Angles:Hips",
        "Mackie",
    ],
)
def test_names_that_only_look_so(name):
    assert quantity(name) == ""


PLUG_IN_GAIT: list[str] = str.split(
    "LFHD RFHD LBHD RBHD C7 T10 CLAV STRN LSHO LUPA LELB LFRM LWRA LWRB LFIN RSHO RUPA RELB RFRM RWRA RWRB "
    "RFIN LASI RASI LPSI RPSI LTHI LKNE LTIB LANK LHEE LTOE RTHI RKNE RTIB RANK RHEE RTOE"
)
PARTS = ("Shoulder", "Elbow", "Wrist", "Hip", "Knee", "Ankle", "Neck", "Head", "Pelvis")
KINDS = ("Angles", "Force", "Moment", "Power")
ANGLES = [f"{side}{part}{kind}" for kind in KINDS for side in "LR" for part in PARTS]


@pytest.mark.parametrize("prefix", ["", "Ann:"])
def test_markers_of_plug_in_gait_are_proposed_and_no_angles(prefix):
    remark, proposed = _proposed(_prefixed(prefix, ANGLES + PLUG_IN_GAIT))
    assert proposed["head"] == ["LFHD", "RFHD", "LBHD", "RBHD"]
    assert proposed["pelvis"] == ["LASI", "RASI", "LPSI", "RPSI"]
    assert [proposed[f"l_{part}"] for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")] == [
        "LSHO", "LELB", ["LWRA", "LWRB"], ["LASI", "LPSI"], "LKNE", "LANK",
    ]  # fmt: skip
    assert "9 cm above the hip joints" in remark


def test_of_two_subjects_with_unknown_names_one_is_proposed_in_full():
    both = _prefixed("Ann:", PLUG_IN_GAIT) + _prefixed("Ben:", PLUG_IN_GAIT[:-3])
    remark, proposed = _proposed(both)
    assert "several subjects; the names of 'Ann:' are proposed" in remark
    assert proposed["l_wrist"] == ["Ann:LWRA", "Ann:LWRB"]
    joint_map = {
        joint: (names,) if isinstance(names, str) else tuple(names) for joint, names in proposed.items()
    }
    motion = _motion(both)
    canonical = to_canonical(motion, joint_map=joint_map, file=FILE)
    np.testing.assert_array_equal(canonical[:, INDEX["l_knee"]], motion.position[:, both.index("Ann:LKNE")])
    assert to_canonical(_motion(_prefixed("Cid:", PLUG_IN_GAIT)), joint_map=joint_map, file=FILE).size


def test_joint_centres_go_before_markers():
    centres = [f"{side}{name}" for side in "LR" for name in ("CLO", "HUO", "RAO", "FEP", "FEO", "TIO")]
    remark, proposed = _proposed(PLUG_IN_GAIT + centres)
    assert (proposed["r_hip"], proposed["r_knee"], proposed["pelvis"]) == ("RFEP", "RFEO", ["LFEP", "RFEP"])
    assert "hip joints" not in remark
    assert _proposed([*PLUG_IN_GAIT, "L_HJC", "R_HJC"])[1]["l_hip"] == "L_HJC"


@pytest.mark.parametrize("lacking", ["neck", "head", "pelvis", "l_wrist"])
def test_a_known_skeleton_that_lacks_a_joint_is_proposed_for_the_others(lacking):
    names = [name for joint, name in CMU.items() if joint != lacking]
    more = ["LHipJoint", "RHipJoint", "LeftShoulder", "RightShoulder", "Spine"]
    remark, proposed = _proposed(more + names)
    assert {joint: proposed[joint] for joint in JOINTS if joint != lacking} == {
        joint: name for joint, name in CMU.items() if joint != lacking
    }
    assert f"CMU/ASF or Mixamo BVH without {lacking}" in remark
    if lacking == "neck":
        assert proposed["neck"] == ["LeftShoulder", "RightShoulder"]


def test_a_joint_map_of_what_is_missing_is_enough():
    names = [*(name for name in CMU_NAMES if name != "Neck"), "LeftShoulder", "RightShoulder"]
    motion = _motion(names)
    with pytest.raises(RecordingError, match="without neck"):
        to_canonical(motion, joint_map={}, file=FILE)
    canonical = to_canonical(motion, joint_map={"neck": ("LeftShoulder", "RightShoulder")}, file=FILE)
    np.testing.assert_array_equal(canonical[:, INDEX["neck"]], motion.position[:, -2:].mean(axis=1))
    np.testing.assert_array_equal(
        canonical[:, INDEX["l_shoulder"]], motion.position[:, names.index("LeftArm")]
    )


# Name of joints in skeletons of the field: shoulder elbow wrist hip knee ankle, then what is none of them.
SKELETONS = {
    "Xsens": (
        "LeftUpperArm LeftForeArm LeftHand LeftUpperLeg LeftLowerLeg LeftFoot",
        "LeftShoulder LeftToe",
    ),
    "Unity": (
        "LeftUpperArm LeftLowerArm LeftHand LeftUpperLeg LeftLowerLeg LeftFoot",
        "LeftShoulder LeftToes",
    ),
    "Motive": (
        "LUArm LFArm LHand LThigh LShin LFoot",
        "LShoulder LToe",
    ),
    "Unreal": (
        "upperarm_l lowerarm_l hand_l thigh_l calf_l foot_l",
        "clavicle_l ball_l index_01_l",
    ),
    "Biped": (
        "Bip01_L_UpperArm Bip01_L_Forearm Bip01_L_Hand Bip01_L_Thigh Bip01_L_Calf Bip01_L_Foot",
        "Bip01_L_Clavicle",
    ),
    "Acclaim": (
        "lhumerus lradius lwrist lfemur ltibia lfoot",
        "lclavicle lhipjoint lhand lthumb",
    ),
    "SMPL": (
        "left_shoulder left_elbow left_wrist left_hip left_knee left_ankle",
        "left_collar left_hand left_foot",
    ),
    "Poser": (
        "lShldr lForeArm lHand lThigh lShin lFoot",
        "lCollar lThumb1",
    ),
    "old BVH": (
        "LeftShoulder LeftElbow LeftWrist LeftHip LeftKnee LeftAnkle",
        "LeftCollar LeftHand LeftToe",
    ),
    "Mixamo": (
        "LeftArm LeftForeArm LeftHand LeftUpLeg LeftLeg LeftFoot",
        "LeftShoulder LeftHandThumb1 LeftToeBase LHipJoint",
    ),
    "Kinect v1": (
        "Shoulder-Left Elbow-Left Wrist-Left Hip-Left Knee-Left Ankle-Left",
        "Shoulder-Center Hip-centro Hand-Left Foot-Left",
    ),
    "OpenCap": (
        "LShoulder LElbow LWrist LHip LKnee LAnkle",
        "LBigToe LHeel",
    ),
    "laboratory": (
        "LSH LELB LWR L_HJC LLEPI LLMAL",
        "LARM LFOREARM LPAT",
    ),
}


@pytest.mark.parametrize("skeleton", SKELETONS)
def test_limbs_of_skeletons_of_the_field_are_guessed(skeleton):
    wanted, others = (text.split() for text in SKELETONS[skeleton])

    def other_side(name):
        for left, right in (("Left", "Right"), ("left", "right"), ("_l", "_r"), ("_L_", "_R_")):
            if left in name:
                return name.replace(left, right)
        return {"L": "R", "l": "r"}.get(name[0], name[0]) + name[1:]

    names = [*others, *map(other_side, others), *wanted, *map(other_side, wanted)]
    parts = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    finder = JointFinder(positions_only(names))
    assert [finder.find(f"l_{part}") for part in parts] == [(name,) for name in wanted]
    assert [finder.find(f"r_{part}") for part in parts] == [(other_side(name),) for name in wanted]


def test_a_joint_map_of_angles_is_refused():
    motion = _motion(ANGLES + PLUG_IN_GAIT, unusable={"one": "no position but of POINT:ANGLES"})
    with pytest.raises(RecordingError, match="no position of its own") as caught:
        to_canonical(motion, joint_map={"l_knee": ("LKneeAngles",), "l_hip": ("one",)}, file=FILE)
    assert "LKneeAngles: no position, the name says 'angles'" in caught.value.found
    assert "one: no position but of POINT:ANGLES" in caught.value.found
    assert json.loads(caught.value.remedy[caught.value.remedy.index("{") :])["l_knee"] == "LKNE"


def test_a_joint_map_of_a_name_of_several_points_is_reported_with_its_points():
    unusable = {"LKNE": "a name of several points, LKNE#1 and LKNE#2"}
    motion = _motion((*JOINTS, "LKNE#1", "LKNE#2"), unusable=unusable)
    with pytest.raises(RecordingError, match="LKNE#1 and LKNE#2"):
        to_canonical(motion, joint_map={"l_knee": ("LKNE",)}, file=FILE)
    canonical = to_canonical(motion, joint_map={"l_knee": ("LKNE#1", "LKNE#2")}, file=FILE)
    np.testing.assert_array_equal(canonical[:, INDEX["l_knee"]], motion.position[:, 15:].mean(axis=1))


MIXAMO = (*CMU_NAMES, "LeftShoulder", "RightShoulder", "LHipJoint", "RHipJoint", "LeftToeBase")
UNITY = tuple(
    f"{side}{part}"
    for side in ("Left", "Right")
    for part in ("Shoulder", "UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot")
)


@pytest.mark.parametrize(
    ("names", "joint_map", "says"),
    [
        (MIXAMO, {"l_shoulder": "LeftShoulder"}, "LeftShoulder is the collar bone where LeftArm is there"),
        (_prefixed("Ann:", MIXAMO), {"r_hip": "RHipJoint"}, "Ann:RHipJoint is at the pelvis and no hip"),
        (MIXAMO, {"l_knee": "RightLeg"}, "RightLeg is r_knee in CMU/ASF or Mixamo BVH"),
        (MIXAMO, {"l_elbow": "LeftArm"}, "LeftArm is l_shoulder in CMU/ASF"),
        (UNITY, {"r_shoulder": "RightShoulder"}, "RightShoulder is the collar bone where RightUpperArm"),
        (UNITY, {"r_knee": "LeftLowerLeg"}, "LeftLowerLeg is of the left side"),
    ],
)
def test_a_joint_map_that_contradicts_the_names_gives_a_warning(names, joint_map, says):
    wanted = {joint: (name,) for joint, name in joint_map.items()}
    (warning,) = joint_map_warnings(_motion(names), joint_map=wanted, file=FILE)
    assert warning.where == f"joints.json: {next(iter(joint_map))}"
    assert says in warning.found


@pytest.mark.parametrize(
    "joint_map",
    [
        {joint: (name,) for joint, name in CMU.items()},
        {"neck": ("LeftShoulder", "RightShoulder"), "l_ankle": ("LeftToeBase",), "head": ("Head",)},
        {"l_shoulder": ("LeftArm", "LeftShoulder")},
    ],
)
def test_a_joint_map_with_the_names_or_of_other_names_gives_no_warning(joint_map):
    assert joint_map_warnings(_motion(MIXAMO), joint_map=joint_map, file=FILE) == ()
    markers = {joint: (f"m{number}",) for number, joint in enumerate(JOINTS)}
    names = tuple(f"m{number}" for number in range(20))
    assert joint_map_warnings(_motion(names), joint_map=markers, file=FILE) == ()


def test_check_warns_of_collar_bones_taken_for_shoulders(tmp_path):
    write_manifest(tmp_path, "a.csv,p,sad,1,60,m,z,")
    position = np.concatenate([walk_m(), walk_m()[:, [2, 5]]], axis=1)
    (tmp_path / "a.csv").write_text(csv_text(position, names=(*CMU_NAMES, "LeftShoulder", "RightShoulder")))
    joint_map = {"l_shoulder": "LeftShoulder", "r_shoulder": "RightShoulder"}
    (tmp_path / "joints.json").write_text(json.dumps(joint_map))
    check = check_library(tmp_path)
    assert check.ok
    assert any("collar bone" in (warning.found or "") for warning in check.findings.warnings)


@pytest.mark.parametrize("write", [bvh_text, csv_text])
def test_a_printed_joint_map_is_taken_as_it_is(tmp_path, write):
    names = {joint: f"Ann:{name}" for joint, name in CMU.items()} | {"neck": "Ann:Nape"}
    suffix = ".bvh" if write is bvh_text else ".csv"
    write_manifest(tmp_path, f"a{suffix},p,sad,1,60,m,z,")
    options = {"names": names} if write is bvh_text else {"names": tuple(names.values())}
    (tmp_path / f"a{suffix}").write_text(write(walk_m(), **options))
    (problem,) = check_library(tmp_path).findings.problems
    printed = json.loads(problem.remedy[problem.remedy.index("{") :])
    assert printed["neck"] == ["LeftArm", "RightArm"]
    (tmp_path / "joints.json").write_text(json.dumps({**printed, "neck": "Nape"}))
    assert check_library(tmp_path).ok


@pytest.mark.real_data
def test_recorded_files_with_collar_bones_or_angles_get_a_valid_proposal(real_data, tmp_path):
    proposals = {}
    for file in ("gaitalytics_test_small.c3d", "pymo_AV_8Walk_Meredith_HVHA_Rep1.bvh"):
        root = tmp_path / Path(file).stem
        write_manifest(root, f"{file},p,walk,1,,{'in,y' if file.endswith('bvh') else ',z'},")
        (root / file).write_bytes((real_data / "formats" / file).read_bytes())
        (problem,) = check_library(root).findings.problems
        printed = problem.remedy[problem.remedy.index("{") :]
        (root / "joints.json").write_text(printed)
        assert check_library(root).ok
        proposals[file] = json.loads(printed)
    first, second = proposals.values()
    assert first["l_hip"] == "LFEP"
    assert second["l_shoulder"] == "LeftArm"
    assert second["neck"] == ["LeftShoulder", "RightShoulder"]


def test_known_skeletons_do_not_contain_one_another():
    for skeleton, sources in KNOWN.items():
        names = [name for joint in sources.values() for name in joint]
        assert [match.skeleton for match in match_skeletons(names)] == [skeleton]
