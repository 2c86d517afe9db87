"""Hold the demo library against one genuine recording and against the paper's shallow baselines.

    python benchmarks/calibrate_demo.py [--subjects 30] [--seed 0] [--folds 5] [--part motion|labels|all]

Motion: neutral takes against the genuine neutral take, both through the package's own preprocessing.
The genuine take is read where it lies (``AFFECTLIB_TEST_DATA``, by default ``../shared/data``);
without it the published figures stand alone. Labels: the shallow rows of the paper's Table I under
its split, with plain stand-ins for the baselines. Neither the CNN nor the autoencoder plays a part.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter1d
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from affectlib.demo.affects import LABELS
from affectlib.demo.people import draw_person
from affectlib.demo.settings import Settings
from affectlib.demo.simulate import simulate_take
from affectlib.gait.cutting import segment
from affectlib.gait.preprocessing import Preprocessing
from affectlib.recordings.formats.ptd import read_ptd
from affectlib.recordings.recording import Recording
from affectlib.skeleton import BONES, INDEX, JOINTS, LEFT_RIGHT, bone_lengths_m

GENUINE = "body_movement_library/ale_pt/ale_walk_nu_1_fin.ptd"

# Measured on the genuine take before this package had its preprocessing: speed, stride rate, and
# the deviation of each joint over its cycles in mm.
PUBLISHED_SPEED_M_S, PUBLISHED_STRIDE_HZ = 0.88, 0.82
PUBLISHED_MM = {
    "head": 17,
    "neck": 10,
    "l_shoulder": 10,
    "r_shoulder": 16,
    "l_elbow": 15,
    "r_elbow": 21,
    "l_wrist": 30,
    "r_wrist": 33,
    "l_hip": 6,
    "r_hip": 6,
    "l_knee": 22,
    "r_knee": 22,
    "l_ankle": 33,
    "r_ankle": 35,
}
TABLE_I = {"KNN-man": 78, "SVM-man": 78, "SVM-xyz": 80}
TABLE_I_LABELS = {
    "KNN-man": (81, 70, 74, 87),
    "SVM-man": (80, 70, 74, 87),
    "SVM-xyz": (85, 71, 76, 87),
}


@dataclass(frozen=True, kw_only=True)
class Walk:
    """What one take gives: its measures and its cycles."""

    subject: str
    label: str
    take: int
    speed_m_s: float
    stride_hz: float
    deviation_mm: np.ndarray
    workbook_mm: np.ndarray
    bone_spread_m: float
    bone_asymmetry_m: float
    cycles: np.ndarray
    duration_s: np.ndarray


def measure(position: np.ndarray, rate_hz: float, subject: str, label: str, take: int = 1) -> Walk:
    """Send one take through the package's preprocessing, as a reader of the library would."""
    recording = Recording(
        position=position, rate_hz=rate_hz, subject=subject, label=label, take="1", name=subject
    )
    own_bones = segment(recording, preprocessing=Preprocessing(normalise_bones=False))
    same_bones = segment(recording, preprocessing=Preprocessing(n_phases=25))
    spans = own_bones.segmentation.cycles
    first, last = int(spans[0].start_frames), int(spans[-1].end_frames)
    way = gaussian_filter1d(position[:, INDEX["pelvis"], :2], 0.3 * rate_hz, axis=0)
    speed = np.linalg.norm(np.gradient(way, 1 / rate_hz, axis=0), axis=1)
    bones_m = bone_lengths_m(position)
    ends = [child for _, child in BONES]
    limbs = [i for i, child in enumerate(ends) if child not in ("head", "neck")]
    pairs = [(ends.index(left), ends.index(right)) for left, right in LEFT_RIGHT]
    return Walk(
        subject=subject,
        label=label,
        take=take,
        speed_m_s=float(np.median(speed[first:last])),
        stride_hz=len(spans) / ((spans[-1].end_frames - spans[0].start_frames) / rate_hz),
        deviation_mm=1e3 * own_bones.position.std(axis=0).mean(axis=(0, 2)),
        workbook_mm=1e3 * same_bones.position.std(axis=0).mean(axis=(0, 2)),
        bone_spread_m=float(np.ptp(bones_m, axis=0)[limbs].max()),
        bone_asymmetry_m=max(abs(bones_m[:, a].mean() - bones_m[:, b].mean()) for a, b in pairs),
        cycles=same_bones.position,
        duration_s=np.array(
            [(c.end_frames - c.start_frames) / rate_hz for c in same_bones.segmentation.cycles]
        ),
    )


def measure_person(number: int, seed: int, labels: tuple[str, ...], settings: Settings) -> list[Walk]:
    person = draw_person(number, seed=seed, settings=settings)
    return [
        measure(
            simulate_take(person, label, take, seed=seed, settings=settings).position,
            settings.rate_hz,
            person.code,
            label,
            take,
        )
        for label in labels
        for take in (1, 2)
    ]


def measure_people(subjects: int, seed: int, labels: tuple[str, ...], settings: Settings) -> list[Walk]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(measure_person, k, seed, labels, settings) for k in range(subjects)]
        return [walk for job in jobs for walk in job.result()]


def motion_table(walks: list[Walk], genuine: Walk | None) -> pd.DataFrame:
    """Compare neutral takes: the target within the range, and the median within a quarter of it.

    Twice: with each walker's own bones against the published figures, and with the workbook's default
    preprocessing, which gives everyone the same bones, against the genuine take through the same.
    """
    neutral = [walk for walk in walks if walk.label == "neutral"]
    own, same = (_quantities(neutral, bones) for bones in ("deviation_mm", "workbook_mm"))
    published = {"speed m/s": PUBLISHED_SPEED_M_S, "stride Hz": PUBLISHED_STRIDE_HZ, **PUBLISHED_MM}
    rows = []
    for quantity, target in published.items():
        row = {"quantity": quantity, "published": target, **_range(own[quantity])}
        row["verdict"] = verdict(own[quantity], target)
        if genuine is not None:
            here = float(_quantities([genuine], "workbook_mm")[quantity].iloc[0])
            row |= {"genuine here": here, "median here": same[quantity].median()}
            row["verdict here"] = verdict(same[quantity], here)
        rows.append(row)
    return pd.DataFrame(rows)


def _quantities(walks: list[Walk], bones: str) -> pd.DataFrame:
    rows = [
        {
            "subject": walk.subject,
            "speed m/s": walk.speed_m_s,
            "stride Hz": walk.stride_hz,
            **dict(zip(JOINTS, getattr(walk, bones), strict=True)),
        }
        for walk in walks
    ]
    return pd.DataFrame(rows).groupby("subject").mean()


def _range(values: pd.Series) -> dict[str, float]:
    return {"median": values.median(), "least": values.min(), "most": values.max()}


def verdict(values: pd.Series, target: float) -> str:
    inside = values.min() <= target <= values.max()
    near = abs(values.median() / target - 1) <= 0.25
    return (
        "yes"
        if inside and near
        else f"no ({'' if inside else 'outside range, '}{values.median() / target - 1:+.0%})"
    )


def manual_features(cycles: np.ndarray, duration_s: np.ndarray) -> pd.DataFrame:
    """About forty plain features of each cycle: inclinations, joint angles, extents, speeds, time."""

    def joint(name: str) -> np.ndarray:
        return cycles[:, :, INDEX[name]]

    def along(first: str, second: str) -> np.ndarray:
        line = joint(second) - joint(first)
        return line / np.linalg.norm(line, axis=-1, keepdims=True)

    def bend(a: str, b: str, c: str) -> np.ndarray:
        return np.degrees(np.arccos(np.clip((along(a, b) * along(b, c)).sum(-1), -1, 1)))

    def pitch(a: str, b: str, sign: float = 1.0) -> np.ndarray:
        line = along(a, b)
        return np.degrees(np.arctan2(line[..., 0], sign * line[..., 2]))

    features: dict[str, np.ndarray] = {"duration": duration_s}
    series = {
        "trunk_pitch": pitch("pelvis", "neck"),
        "head_pitch": pitch("neck", "head"),
        "trunk_roll": np.degrees(np.arcsin(along("pelvis", "neck")[..., 1])),
        "head_roll": np.degrees(np.arcsin(along("neck", "head")[..., 1])),
        "shoulder_yaw": np.degrees(np.arcsin(along("r_shoulder", "l_shoulder")[..., 0])),
        "hip_yaw": np.degrees(np.arcsin(along("r_hip", "l_hip")[..., 0])),
    }
    for side in "lr":
        series |= {
            f"{side}_thigh": pitch(f"{side}_hip", f"{side}_knee", -1),
            f"{side}_knee": bend(f"{side}_hip", f"{side}_knee", f"{side}_ankle"),
            f"{side}_arm": pitch(f"{side}_shoulder", f"{side}_elbow", -1),
            f"{side}_elbow": bend(f"{side}_shoulder", f"{side}_elbow", f"{side}_wrist"),
        }
    for name, values in series.items():
        features[f"{name}_mean"] = values.mean(axis=1)
        features[f"{name}_spread"] = values.std(axis=1)
    shoulders = (joint("l_shoulder") + joint("r_shoulder")) / 2 - joint("neck")
    features["shoulders_forward"] = shoulders[..., 0].mean(axis=1)
    features["shoulders_up"] = shoulders[..., 2].mean(axis=1)
    step = joint("l_ankle") - joint("r_ankle")
    features["stride"] = np.ptp(step[..., 0], axis=1)
    features["width"] = step[..., 1].mean(axis=1)
    low = np.minimum(joint("l_ankle")[..., 2], joint("r_ankle")[..., 2])
    features["bounce"] = np.ptp(low, axis=1)
    features["speed"] = features["stride"] / duration_s
    rate = cycles.shape[1] / duration_s
    for name in ("head", "l_wrist", "r_wrist", "l_ankle", "r_ankle"):
        motion = np.linalg.norm(np.diff(joint(name), axis=1), axis=-1).mean(axis=1)
        features[f"{name}_speed"] = motion * rate
    features["span"] = np.linalg.norm(joint("l_wrist") - joint("r_wrist"), axis=-1).mean(axis=1)
    return pd.DataFrame(features)


def label_table(walks: list[Walk], folds: int) -> pd.DataFrame:
    """Score affects and people under the paper's split: stratified folds over single cycles."""
    affect = np.concatenate([[w.label] * len(w.cycles) for w in walks])
    person = np.concatenate([[w.subject] * len(w.cycles) for w in walks])
    take = np.concatenate([[w.take] * len(w.cycles) for w in walks])
    cycles = np.concatenate([w.cycles for w in walks])
    manual = manual_features(cycles, np.concatenate([w.duration_s for w in walks])).to_numpy()
    raw = cycles.reshape(len(cycles), -1)
    cells = np.char.add(np.char.add(person, "/"), affect)
    splits = list(StratifiedKFold(5, shuffle=True, random_state=0).split(raw, cells))[:folds]
    models = {
        "KNN-man": (KNeighborsClassifier(5), manual),
        "SVM-man": (SVC(), manual),
        "SVM-xyz": (SVC(), raw),
    }
    rows = []
    for name, (model, features) in models.items():
        scores = []
        for train, test in splits:
            fitted = make_pipeline(StandardScaler(), model).fit(features[train], affect[train])
            scores.append(
                f1_score(affect[test], fitted.predict(features[test]), average=None, labels=list(LABELS))
            )
        by_label = 100 * np.mean(scores, axis=0)
        target, score = TABLE_I[name], by_label.mean()
        apart = make_pipeline(StandardScaler(), model).fit(features[take == 1], affect[take == 1])
        other = f1_score(affect[take == 2], apart.predict(features[take == 2]), average="macro")
        rows.append(
            {
                "quantity": f"{name} mean F1",
                "target": f"{target} +- 6",
                "simulated": score,
                "take 2 from take 1": 100 * other,
                "by label": " ".join(f"{v:.0f}" for v in by_label),
                "paper by label": " ".join(map(str, TABLE_I_LABELS[name])),
                "verdict": "yes" if abs(score - target) <= 6 else f"no ({score - target:+.0f})",
            }
        )
    identified = []
    for train, test in splits:
        fitted = make_pipeline(StandardScaler(), SVC()).fit(raw[train], person[train])
        identified.append(100 * accuracy_score(person[test], fitted.predict(raw[test])))
    score = float(np.mean(identified))
    rows.append(
        {
            "quantity": "SVM-xyz people identified %",
            "target": "> 90",
            "simulated": score,
            "take 2 from take 1": np.nan,
            "by label": "",
            "paper by label": "",
            "verdict": "yes" if score > 90 else "no",
        }
    )
    print(
        f"\n{len(cycles)} cycles, {len(set(person))} people, {manual.shape[1]} manual features, {folds} folds"
    )
    return pd.DataFrame(rows)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subjects", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folds", type=int, default=5, choices=range(1, 6))
    parser.add_argument("--part", choices=("motion", "labels", "all"), default="all")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="try another setting")
    options = parser.parse_args(arguments)
    changes = dict(pair.split("=") for pair in options.set)
    settings = replace(Settings(), **{name: float(value) for name, value in changes.items()})
    labels = ("neutral",) if options.part == "motion" else LABELS
    walks = measure_people(options.subjects, options.seed, labels, settings)
    default = Path(__file__).parents[2] / "shared" / "data"
    file = Path(os.environ.get("AFFECTLIB_TEST_DATA", default)) / GENUINE
    genuine = measure(read_ptd(file), 60.0, "genuine", "neutral") if file.is_file() else None
    tables = []
    if options.part != "labels":
        tables.append(motion_table(walks, genuine))
        print(tables[-1].round(2).to_string(index=False))
        print(f"\nlimb lengths: vary by at most {1e3 * max(w.bone_spread_m for w in walks):.1e} mm within a")
        print(f"take, left and right differ by at most {1e3 * max(w.bone_asymmetry_m for w in walks):.1e} mm")
    if options.part != "motion":
        tables.append(label_table(walks, options.folds))
        print(tables[-1].round(1).to_string(index=False))
    return 0 if all((table["verdict"] == "yes").all() for table in tables) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
