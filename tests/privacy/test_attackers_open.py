"""Verification, linkage and attributes of people whom nobody has seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_people import planted_walks
from scipy.stats import norm

from affectlib.errors import ParameterError
from affectlib.privacy.attackers import (
    attack_attribute,
    attack_linkage,
    attack_verification,
    attribute_table,
    closed_set_table,
    roc_table,
    split_gallery,
    strongest,
    verification_table,
    verify,
)
from affectlib.privacy.attackers.discriminants import fit_discriminants, log_ratio
from affectlib.privacy.attackers.pairs import pairs_of
from affectlib.privacy.attackers.roc import equal_error_rate
from affectlib.privacy.attackers.scorers import SCORERS
from affectlib.privacy.walks import Walks

SCORES = st.lists(st.integers(0, 5), min_size=1, max_size=9)
QUICK = ["logistic regression", "linear discriminant", "nearest neighbours", "RBF SVM"]


def equal_error_rate_of_scores(genuine: np.ndarray, impostor: np.ndarray) -> float:
    values = np.unique(np.concatenate([genuine, impostor]))
    masses = [np.bincount(np.searchsorted(values, own), minlength=len(values)) for own in (genuine, impostor)]
    return float(equal_error_rate(*masses))


@pytest.mark.parametrize("distance", [0.0, 1.0, 2.0, 3.5])
def test_equal_error_rate_of_gaussians_is_known(distance: float) -> None:
    rng = np.random.default_rng(0)
    genuine, impostor = rng.normal(distance, 1, 40000), rng.normal(0, 1, 60000)
    assert equal_error_rate_of_scores(genuine, impostor) == pytest.approx(norm.cdf(-distance / 2), abs=5e-3)


def test_equal_error_rate_of_few_scores() -> None:
    assert equal_error_rate_of_scores(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == 0
    assert equal_error_rate_of_scores(np.array([0.0, 1.0]), np.array([2.0, 3.0])) == 1
    assert equal_error_rate_of_scores(np.array([1.0]), np.array([1.0])) == 0.5
    # Below the threshold 2 of 4 genuine pairs would be lost, above it 1 of 4 impostors passes.
    found = equal_error_rate_of_scores(np.array([1.0, 2, 3, 4]), np.array([0.0, 0.5, 0.7, 2.5]))
    assert found == pytest.approx(0.25)


@settings(max_examples=30)
@given(SCORES, SCORES)
def test_equal_error_rate_depends_on_order_alone(genuine: list[int], impostor: list[int]) -> None:
    one, two = np.array(genuine, dtype=float), np.array(impostor, dtype=float)
    rate = equal_error_rate_of_scores(one, two)
    assert 0 <= rate <= 1
    assert equal_error_rate_of_scores(np.exp(one), np.exp(two)) == pytest.approx(rate)
    assert equal_error_rate_of_scores(-two, -one) == pytest.approx(rate)
    assert equal_error_rate_of_scores(two, one) == pytest.approx(1 - rate)


def test_likelihood_ratio_is_that_of_two_gaussians() -> None:
    between = np.array([2.0, 0.3])
    one, two = np.array([[0.4, -1.0]]), np.array([[1.2, 0.5]])
    same = different = 0.0
    for axis, b in enumerate(between):
        pair = np.array([one[0, axis], two[0, axis]])
        for sign, cov in ((1, [[1 + b, b], [b, 1 + b]]), (0, [[1 + b, 0], [0, 1 + b]])):
            logarithm = -0.5 * (pair @ np.linalg.solve(cov, pair) + np.log(np.linalg.det(cov)))
            same, different = (same + logarithm, different) if sign else (same, different + logarithm)
    assert log_ratio(one, two, between)[0, 0] == pytest.approx(same - different)


def test_discriminants_find_planted_variances() -> None:
    rng = np.random.default_rng(0)
    person = np.repeat(np.arange(60), 30)
    truth = rng.normal(size=(60, 4)) * np.sqrt([4.0, 1.0, 0.0, 0.0])
    x = (truth[person] + rng.normal(size=(1800, 4))) @ rng.normal(size=(4, 4))
    found = fit_discriminants(x, person, shrinkage=0.0)
    assert found.between[:2] == pytest.approx([4.0, 1.0], rel=0.35)
    assert found.between[2:].max(initial=0) < 0.1
    inside = found.apply(x)
    means = np.stack([inside[person == one].mean(axis=0) for one in range(60)])
    assert np.cov((inside - means[person]).T) == pytest.approx(np.eye(inside.shape[1]), abs=0.05)


def test_pairs_weigh_people_and_labels_alike() -> None:
    subject = np.array(list("aaaabbbbbbcc"))
    groups = np.array([f"{person}{number // 2}" for number, person in enumerate(subject)])
    label = np.array(list("xyxyxxyyxyxy"))
    pairs = pairs_of(subject, groups, label)
    assert pairs.subjects == ("a", "b")  # c has one take
    genuine, impostor = pairs.genuine, pairs.impostor
    assert (subject[genuine.first] == subject[genuine.second]).all()
    assert (groups[genuine.first] != groups[genuine.second]).all()
    assert (subject[impostor.first] != subject[impostor.second]).all()
    same = [label[pairs.first] == label[pairs.second] for pairs in (genuine, impostor)]
    shares = [
        pairs.weight[kind].sum() / pairs.weight.sum()
        for pairs, kind in zip((genuine, impostor), same, strict=True)
    ]
    assert shares[0] == pytest.approx(shares[1])
    assert np.bincount(genuine.unit, genuine.weight) == pytest.approx([1, 1])


def test_binned_scores_have_the_exact_error_rate() -> None:
    rng = np.random.default_rng(1)
    subject = np.repeat([f"p{number}" for number in range(6)], 20)
    groups = np.array([f"{row // 5}" for row in range(120)])
    trait = rng.normal(size=(6, 3))[np.arange(120) // 20] + rng.normal(size=(120, 3))
    scores = -np.linalg.norm(trait[:, None] - trait, axis=-1)
    pairs = pairs_of(subject, groups, None)
    exact = equal_error_rate_of_scores(
        *(scores[own.first, own.second] for own in (pairs.genuine, pairs.impostor))
    )
    assert pairs.verification("any", scores).eer == pytest.approx(exact, abs=3e-3)


def halves(walks: Walks) -> tuple[np.ndarray, np.ndarray]:
    known = np.isin(walks.subject, np.unique(walks.subject)[::2])
    return np.flatnonzero(known), np.flatnonzero(~known)


def attacked(walks: Walks, release: np.ndarray, **options: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    known, asked = halves(walks)
    released = walks.released(release)
    return attack_verification(released.at(known), released.at(asked), **options)


def verified(walks: Walks, release: np.ndarray, **options: object) -> pd.DataFrame:
    return attacked(walks, release, **options)[0]


@pytest.mark.parametrize("kind", ["size", "offset", "phase"])
def test_learnt_scorers_verify_unseen_people(kind: str) -> None:
    walks = planted_walks(kind, people=20)
    table = verification_table(verified(walks, walks.x)).set_index("attacker")
    assert table["eer"].loc[["PLDA", "discriminant cosine"]].min() < 0.25, table["eer"]
    best = strongest(table.reset_index(), value="eer", lowest=True).iloc[0]
    assert best["eer_high"] < 0.45
    assert table.loc["PLDA", "eer_high"] < 0.5


def test_nobody_verifies_noise_or_constants() -> None:
    walks = planted_walks("nothing", people=16)
    noise = np.random.default_rng(0).normal(size=(len(walks), 5))
    table = verification_table(verified(walks, noise), level=0.99)
    assert ((table["eer_low"] <= 0.5) & (table["eer_high"] >= 0.5)).all(), table
    assert (verification_table(verified(walks, np.ones((len(walks), 2))))["eer"] == 0.5).all()


def test_a_bare_label_neither_links_nor_seems_better_than_silence() -> None:
    walks = planted_walks("nothing", people=8)
    table = verification_table(verified(walks, walks.label))
    assert table["eer"].to_numpy() == pytest.approx(0.5, abs=1e-6)
    # What the weights are for: without labels the same release looks as if it hid people actively.
    known, asked = halves(walks)
    released = walks.released(walks.label)
    blind = verify(released.at(known), released.at(asked), weigh_labels=False)
    assert blind[0].eer > 0.52


def test_whole_takes_tell_more_than_cycles() -> None:
    walks = planted_walks("offset", people=20, cycles=6)
    trait = np.unique(walks.subject, return_inverse=True)[1][:, None] / 8.0
    release = trait + np.random.default_rng(0).normal(size=(len(walks), 1))
    one, whole = (
        verification_table(verified(walks, release, whole_takes=whole))["eer"].min()
        for whole in (False, True)
    )
    assert whole < one - 0.03


def test_curve_falls_to_nothing_and_crosses_the_diagonal_at_the_equal_error_rate() -> None:
    walks = planted_walks("size", people=10)
    rng = np.random.default_rng(0)
    size = np.unique(walks.subject, return_inverse=True)[1][:, None] + rng.normal(size=(len(walks), 1))
    errors, curves = attacked(walks, size)
    for scorer, own in roc_table(curves).groupby("attacker"):
        assert (own["false_non_match"].diff().dropna() <= 1e-12).all()
        assert own["false_non_match"].iloc[-1] == 0
        rate = errors.loc[(errors["attacker"] == scorer) & (errors["draw"] == 0), "eer"].item()
        assert 0.05 < rate < 0.5
        assert np.interp(rate, own["false_match"], own["false_non_match"]) == pytest.approx(rate, abs=0.02)


def test_curves_are_averaged_over_folds_and_kept_apart_by_release() -> None:
    curve = pd.DataFrame({"attacker": "PLDA", "false_match": [0.0, 1.0], "false_non_match": [1.0, 0.0]})
    other = curve.assign(false_non_match=[0.5, 0.0])
    every = [curve.assign(release="a", fold=0), other.assign(release="a", fold=1), other.assign(release="b")]
    found = roc_table(pd.concat(every), by=["release"]).set_index(["release", "false_match"])
    assert found["false_non_match"].tolist() == [0.75, 0, 0.5, 0]


def test_people_on_both_sides_are_refused() -> None:
    walks = planted_walks("size", people=4)
    released = walks.released(walks.x)
    for attack in (attack_verification, attack_attribute):
        with pytest.raises(ParameterError, match="occur in training data"):
            attack(released, released)


def linked(walks: Walks, release: np.ndarray, *, shared: bool = False) -> pd.DataFrame:
    known, asked = halves(walks)
    raw, released = walks.released(walks.x), walks.released(release)
    gallery, probes = (asked[own] for own in split_gallery(walks.subject[asked], raw.take[asked], seed=0))
    probes = gallery if shared else probes
    return attack_linkage(
        raw.at(known), released.at(known), raw.at(gallery), released.at(probes), gallery=released.at(gallery)
    )


def test_a_release_that_keeps_identity_is_linked_to_raw_walks() -> None:
    walks = planted_walks("size", people=20)
    rng = np.random.default_rng(0)
    release = walks.x.reshape(len(walks), -1)[:, ::97] @ rng.normal(size=(15, 4))
    table = closed_set_table(linked(walks, release)).set_index("attacker")
    assert (table["rank1_low"] > table["chance"]).all(), table["rank1"]
    assert table["n_subjects"].eq(10).all()
    table = closed_set_table(linked(walks, rng.normal(size=(len(walks), 4))), level=0.99)
    assert ((table["rank1_low"] <= table["chance"]) & (table["chance"] <= table["rank1_high"])).all()
    with pytest.raises(ParameterError, match="both enrolled and attacked"):
        linked(walks, release, shared=True)


def test_a_release_of_one_number_is_linked_as_any_other() -> None:
    """As a posterior of two labels is, once its first column says all."""
    walks = planted_walks("size", people=20)
    table = closed_set_table(linked(walks, np.ptp(walks.x.reshape(len(walks), -1), axis=1)[:, None]))
    assert (table["rank1"] > table["chance"]).all(), table["rank1"]


def test_attribute_is_told_where_it_shows() -> None:
    walks = planted_walks("nothing", people=16)
    shown = (walks.gender == "f")[:, None] + 0.1 * np.random.default_rng(0).normal(size=(len(walks), 1))
    noise = np.random.default_rng(1).normal(size=(len(walks), 3))
    known = np.isin(walks.subject, [f"p{number}" for number in range(10)])

    def table(release: np.ndarray, gender: np.ndarray) -> pd.DataFrame:
        released = replace(walks.released(release), gender=gender)
        attacks = attack_attribute(released.at(known), released.at(~known), attackers=QUICK)
        return attribute_table(attacks, level=0.99)

    assert (table(shown, walks.gender)["balanced_accuracy"] > 0.95).all()
    guessed = table(noise, walks.gender)
    assert (guessed["balanced_accuracy"] - 0.5).abs().max() < 0.2
    assert guessed["chance"].eq(0.5).all()
    unknown = np.where(walks.subject == "p11", "", walks.gender)
    assert table(shown, unknown)["n_subjects"].eq(5).all()
    assert table(shown, np.full(len(walks), "f")).empty
    assert table(shown, np.full(len(walks), "")).empty


def test_scorers_are_symmetric() -> None:
    rng = np.random.default_rng(0)
    x, person = rng.normal(size=(60, 5)), np.repeat(np.arange(6), 10)
    for name, learn in SCORERS.items():
        alike = learn(x, person)(x[:20], x[:20])
        assert alike == pytest.approx(alike.T), name


def test_a_person_counted_twice_is_as_two() -> None:
    rng = np.random.default_rng(0)
    subject, groups = np.repeat(list("abc"), 4), np.array([f"{row // 2}" for row in range(12)])
    scores = rng.random((12, 12))
    one = pairs_of(subject, groups, None).verification("any", scores + scores.T)
    genuine, impostor = one.masses(np.array([2.0, 1.0, 1.0]))
    assert genuine == pytest.approx(one.genuine.sum(axis=0) + one.genuine[0])
    twice = 2 * (2 * one.impostor[0, 1] + 2 * one.impostor[0, 2] + one.impostor[1, 2])
    assert impostor == pytest.approx(twice)
    assert one.eer == pytest.approx(equal_error_rate(*one.masses(np.ones(3))))
