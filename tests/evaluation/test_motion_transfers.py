"""Cells held out of training, motions without a network, and what their errors show: all on planted truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affectlib.errors import ParameterError
from affectlib.evaluation.cells import make_cell_folds
from affectlib.evaluation.motion_transfers import compare_transfers, transfer_conclusion
from affectlib.evaluation.reference_motions import (
    additive_means,
    affect_blind_means,
    cell_means,
    distance_mm,
    means_of_others,
    partner_of_each,
)
from affectlib.skeleton import JOINTS


def rows(subjects: int, labels: int, takes: int = 2, repeats: int = 2) -> pd.DataFrame:
    i, j, take, _ = (axis.ravel() for axis in np.indices((subjects, labels, takes, repeats)))
    return pd.DataFrame({"subject": i.astype(str), "label": j.astype(str), "take": take.astype(str)})


def cells_of(table: pd.DataFrame, cycles: np.ndarray) -> set[tuple[str, str]]:
    return set(table.iloc[cycles][["subject", "label"]].itertuples(index=False, name=None))


@given(st.integers(2, 9), st.integers(2, 7), st.integers(0, 99))
def test_every_cell_is_held_out_once_and_leaves_its_sources(subjects: int, labels: int, seed: int) -> None:
    table = rows(subjects, labels)
    folds = make_cell_folds(table, n_folds=99, seed=seed)
    held_out = [cell for fold in folds for cell in cells_of(table, fold.test)]
    assert len(held_out) == len(set(held_out)) <= subjects * labels
    if subjects >= 4 and labels >= 3:
        assert len(held_out) == subjects * labels
    for fold in folds:
        train, test = cells_of(table, fold.train), cells_of(table, fold.test)
        assert not train & test
        assert len(fold.train) + len(fold.test) == len(table)
        for subject, label in test:
            assert any(who == subject for who, _ in train), "nobody to take the subject code from"
            assert any(name == label for _, name in train), "nobody to take the affect code from"
        per_subject = pd.Series([subject for subject, _ in test]).value_counts()
        assert per_subject.max() == 1
        assert len(fold.inner_groups) == len(fold.train)


def test_a_subject_or_label_on_its_own_cannot_be_held_out() -> None:
    with pytest.raises(ParameterError, match="no cell can be held out"):
        make_cell_folds(rows(1, 4), n_folds=4)
    with pytest.raises(ParameterError, match="no cell can be held out"):
        make_cell_folds(rows(5, 1), n_folds=4)


def test_a_copy_of_a_held_out_cycle_does_not_train() -> None:
    table = rows(4, 4)
    copies = np.arange(len(table))
    copies[-1] = 0
    for fold in make_cell_folds(table, n_folds=4, copies=copies):
        assert (0 in fold.train) + (len(table) - 1 in fold.test) < 2
        assert (len(table) - 1 in fold.train) + (0 in fold.test) < 2


def world(rng: np.random.Generator, interaction_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean cycles of five subjects and three labels: all of them, and with one label of each held out."""
    person, affect = rng.normal(size=(5, 1, 6, 15, 3)), rng.normal(size=(1, 3, 6, 15, 3))
    means = person + affect + interaction_m * rng.normal(size=(5, 3, 6, 15, 3))
    left = means.copy()
    left[np.arange(5), np.arange(5) % 3] = np.nan
    return means, left


def test_an_additive_world_is_completed_from_what_is_left() -> None:
    means, left = world(np.random.default_rng(0), interaction_m=0)
    np.testing.assert_allclose(additive_means(left), means, atol=1e-9)
    assert distance_mm(affect_blind_means(left)[:, None], means).min() > 100


def test_with_all_cells_the_additive_mean_is_that_of_analysis_of_variance() -> None:
    means, _ = world(np.random.default_rng(1), interaction_m=1)
    expected = means.mean(1, keepdims=True) + means.mean(0, keepdims=True) - means.mean((0, 1), keepdims=True)
    np.testing.assert_allclose(additive_means(means), expected, atol=1e-9)
    np.testing.assert_allclose(affect_blind_means(means), means.mean(axis=1))


def test_means_of_cells_and_of_others() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(6, 4, 15, 3))
    means = cell_means(x, np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 1, 1]), (2, 2))
    np.testing.assert_allclose(means[0, 0], x[:2].mean(axis=0))
    np.testing.assert_allclose(means[1, 1], x[3:].mean(axis=0))
    assert np.isnan(means[1, 0]).all()
    np.testing.assert_allclose(means_of_others(x)[2], x[[0, 1, 3, 4, 5]].mean(axis=0))
    assert np.isnan(means_of_others(x[:1])).all()


def test_partners_are_of_other_takes_where_there_are_any() -> None:
    take = np.array(["1", "1", "2", "2", "2"])
    assert (take[partner_of_each(take)] != take).all()
    same = np.array(["1", "1", "1"])
    assert (partner_of_each(same) != np.arange(3)).all()
    assert partner_of_each(np.array(["1"])).tolist() == [0]


def test_distance_is_in_millimetres_by_joint() -> None:
    first = np.zeros((2, 4, 15, 3))
    second = first.copy()
    second[..., JOINTS.index("head"), :] = [0.03, 0.0, 0.04]
    found = distance_mm(first, second)
    assert found[JOINTS.index("head")] == pytest.approx(50)
    assert found.sum() == pytest.approx(50)


def errors(gain_mm: float, subjects: int = 12) -> pd.DataFrame:
    """Transfers that are nearer than the affect-blind mean by a gain that varies a little by subject."""
    rng = np.random.default_rng(0)
    frames = []
    for subject in range(subjects):
        base = 40 + 5 * rng.normal()
        for kind, error_mm in (("affect-blind mean", base), ("transfer", base - gain_mm + rng.normal())):
            for label in ("sad", "happy"):
                of_joint = [0.0 if joint == "pelvis" else error_mm for joint in JOINTS]
                columns = {"subject": str(subject), "label": label, "kind": kind, "target": "mean cycle"}
                frames.append(pd.DataFrame(columns | {"joint": JOINTS, "error_mm": of_joint}))
    return pd.concat(frames, ignore_index=True)


@pytest.mark.parametrize(
    ("gain_mm", "says"), [(5, "nearer than"), (-5, "further away than"), (0, "not shown to differ from")]
)
def test_a_conclusion_says_what_was_planted(gain_mm: float, says: str) -> None:
    table = compare_transfers(errors(gain_mm))
    row = table.set_index("kind").loc["transfer"]
    assert row["difference_mm"] == pytest.approx(-gain_mm, abs=0.7)
    assert row["difference_low_mm"] < row["difference_mm"] < row["difference_high_mm"]
    assert row["subjects"] == 12
    text = transfer_conclusion(table, target="mean cycle", kinds=("transfer",))
    assert f"{says} the affect-blind mean" in text
    assert f"{row['error_mm']:.1f} mm" in text


def test_one_subject_has_errors_and_no_test() -> None:
    table = compare_transfers(errors(5, subjects=1))
    assert table["p_holm"].isna().all()
    text = transfer_conclusion(table, target="mean cycle", kinds=("transfer",))
    assert "not shown to differ" in text
