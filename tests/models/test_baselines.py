"""Shallow baselines: they learn what is there, from training cycles alone, and the same every time."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from affectlib.errors import ParameterError
from affectlib.models import baselines
from affectlib.models.baselines import BASELINES, FittedBaseline, fit_baseline

NAMES = tuple(BASELINES)


def clusters(
    n: int = 90, *, distance: float = 3.0, seed: int = 0, width: int = 6
) -> tuple[np.ndarray, np.ndarray]:
    """Three labels as clouds around three corners, in inputs of very different sizes."""
    random = np.random.default_rng(seed)
    label = np.arange(n) % 3
    x = random.normal(size=(n, width))
    x[np.arange(n), label] += distance
    return (x * 10.0 ** np.arange(width)), np.array(["angry", "happy", "sad"])[label]


def series(n: int = 90, *, distance: float = 1.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Three labels as amplitudes of three joints, in joint series of shape (cycles, phases, 15, 3)."""
    random = np.random.default_rng(seed)
    label = np.arange(n) % 3
    x = random.normal(scale=0.3, size=(n, 100, 15, 3)).astype(np.float32)
    x[np.arange(n), :, 4 + label, 0] += distance * np.cos(2 * np.pi * np.arange(100) / 100)
    return x, np.array(["angry", "happy", "sad"])[label]


def data_for(name: str, **options: float) -> tuple[np.ndarray, np.ndarray]:
    return (series if BASELINES[name].features == "xyz" else clusters)(**options)


@pytest.mark.parametrize("name", NAMES)
def test_learns_what_is_there_and_finds_chance_where_nothing_is(name: str) -> None:
    known, truth = data_for(name, seed=1)
    new, expected = data_for(name, seed=2)
    assert (fit_baseline(name, known, truth).predict(new) == expected).mean() > 0.9
    shuffled = np.random.default_rng(0).permutation(truth)
    assert (fit_baseline(name, known, shuffled).predict(new) == expected).mean() == pytest.approx(
        1 / 3, abs=0.2
    )


@pytest.mark.parametrize("name", NAMES)
def test_same_data_and_seed_give_the_same_model(name: str) -> None:
    known, truth = data_for(name, distance=0.8)
    new, _ = data_for(name, distance=0.8, seed=5)
    one, other = (fit_baseline(name, known, truth, seed=3) for _ in range(2))
    assert dict(one.chosen) == dict(other.chosen)
    assert (one.predict(new) == other.predict(new)).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_unit_of_an_input_does_not_matter(name: str) -> None:
    known, truth = data_for(name, distance=0.8)
    new, _ = data_for(name, distance=0.8, seed=5)
    metres = fit_baseline(name, known, truth).predict(new)
    inches = fit_baseline(name, known / 0.0254, truth).predict(new / 0.0254)
    assert (metres == inches).mean() > 0.98


def test_what_is_chosen_is_what_an_exhaustive_search_over_pipelines_finds() -> None:
    """The search works on distances; scikit-learn's own estimators on the inputs must agree with it."""
    x, truth = clusters(distance=1.2, n=120)
    for name in ("KNN-man", "SVM-man"):
        splits = baselines.inner_splits(truth, None, 0)
        right = np.zeros(0)
        for candidate in baselines.product(*BASELINES[name].grid.values()):
            settings = dict(zip(BASELINES[name].grid, candidate, strict=True))
            hits = 0
            for train, test in splits:
                scaler = StandardScaler().fit(x[train])
                model = (
                    KNeighborsClassifier(**settings)
                    if name == "KNN-man"
                    else SVC(C=settings["C"], gamma=settings["gamma"] / x.shape[1])
                )
                model.fit(scaler.transform(x[train]), truth[train])
                hits += (model.predict(scaler.transform(x[test])) == truth[test]).sum()
            right = np.append(right, hits / len(truth))
        fitted = fit_baseline(name, x, truth, seed=0)
        assert fitted.inner_accuracy == pytest.approx(right.max())
        assert list(fitted.chosen.values()) == list(
            list(baselines.product(*BASELINES[name].grid.values()))[int(right.argmax())]
        )


def test_grouped_choice_never_sees_one_group_on_both_sides() -> None:
    truth = np.repeat(["a", "b"], 30)
    groups = np.repeat(np.arange(12), 5)
    splits = baselines.inner_splits(truth, groups, 0)
    assert len(splits) == baselines.INNER_FOLDS
    for train, test in splits:
        assert not set(groups[train]) & set(groups[test])
        assert set(truth[train]) == {"a", "b"}


def test_groups_change_what_the_choice_believes() -> None:
    """Clouds that have nothing in common but their group: only whoever has seen a group can tell."""
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(20), 8)
    x = random.normal(scale=10, size=(20, 5))[groups] + random.normal(size=(160, 5))
    truth = np.array(["a", "b"])[np.arange(20) % 2][groups]
    free = fit_baseline("SVM-man", x, truth)
    grouped = fit_baseline("SVM-man", x, truth, groups=groups)
    assert free.inner_accuracy > 0.95
    assert grouped.inner_accuracy < 0.75


@pytest.mark.parametrize("name", NAMES)
def test_very_few_cycles_still_give_a_model(name: str) -> None:
    known, truth = data_for(name, n=3)
    fitted = fit_baseline(name, known, truth, groups=np.zeros(3))
    assert np.isnan(fitted.inner_accuracy)
    # Neighbours: a default of five is more than there are.
    assert set(fitted.predict(known)) <= set(truth)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("grouped", [True, False])
def test_targets_with_fewer_cycles_than_inner_folds_are_no_trouble(grouped: bool) -> None:
    x, _ = clusters(n=24)
    subject = np.array([f"p{index // 2}" for index in range(24)])
    groups = np.arange(24) if grouped else None
    assert np.isfinite(fit_baseline("KNN-man", x, subject, groups=groups).inner_accuracy)


@pytest.mark.parametrize("name", NAMES)
def test_one_target_is_nothing_to_tell_apart(name: str) -> None:
    known, truth = data_for(name, n=9)
    with pytest.raises(ParameterError, match="needs two targets"):
        fit_baseline(name, known, np.full_like(truth, "sad"))


def test_an_unknown_baseline_is_named_with_those_there_are() -> None:
    with pytest.raises(ParameterError, match="KNN-man, SVM-man, SVM-xyz"):
        fit_baseline("SVM", *clusters(n=9))


def test_the_same_baseline_serves_any_target() -> None:
    x, truth = clusters()
    subject = np.where(x[:, 0] > np.median(x[:, 0]), "ada", "bob")
    fitted: FittedBaseline = fit_baseline("SVM-man", x, subject)
    assert (fitted.predict(x) == subject).mean() > 0.9
    assert set(fit_baseline("SVM-man", x, np.unique(truth, return_inverse=True)[1]).predict(x)) <= {0, 1, 2}
