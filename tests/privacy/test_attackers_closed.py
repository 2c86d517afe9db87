"""Attackers find who walks where it is to be found, and guess where it is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from planted_people import enrolled_and_attacked, planted_walks

from affectlib.errors import ParameterError
from affectlib.models.schedule import Schedule
from affectlib.privacy.attackers import (
    ATTACKERS,
    attack_closed_set,
    closed_set_table,
    networks,
    strongest,
    with_fitness,
)
from affectlib.privacy.attackers.closed_set import selection_rounds
from affectlib.privacy.attackers.preparation import fit_preparation
from affectlib.privacy.attackers.ranks import averaged, ranks_of
from affectlib.privacy.attackers.tables import SELECTED, subjects_interval
from affectlib.privacy.walks import Walks

VECTOR = [name for name, one in ATTACKERS.items() if one.sees == "vector"]


def attacked(
    walks: Walks, release: np.ndarray | None = None, groups: np.ndarray | None = None, **options: object
) -> pd.DataFrame:
    release = walks.x if release is None else release
    known, asked = enrolled_and_attacked(walks)
    groups = walks.recording_groups() if groups is None else groups
    released = replace(walks.released(release), take=groups)
    return attack_closed_set(released.at(known), released.at(asked), **options)


@pytest.mark.parametrize("kind", ["size", "offset", "phase"])
def test_every_attacker_finds_planted_identity(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = Schedule(n_steps=100, batch_size=16, learning_rate=5e-3)
    monkeypatch.setattr(networks, "CNN", replace(networks.CNN, width=16, schedule=quick))
    # One wrist, a little aside, is little to go by for a CNN: it needs more takes to be clear of chance.
    takes = 10 if kind == "offset" else 6
    table = closed_set_table(attacked(planted_walks(kind, people=6, takes=takes, cycles=5))).set_index(
        "attacker"
    )
    assert set(table.index) == {*ATTACKERS, SELECTED}
    assert (table["rank1_low"] > table["chance"]).all(), table["rank1"]
    # The CNN asks for more cycles than these to do as well as the others.
    assert (table["rank1"].drop("CNN") > 0.7).all(), table["rank1"]


def test_nobody_finds_what_is_not_there() -> None:
    """Shuffled identities: takes stay alike inside, and mean nothing."""
    walks = planted_walks("size", people=8, cycles=2)
    release = fit_preparation(walks.x).apply(walks.x)[:, :4]
    known, asked = enrolled_and_attacked(walks)
    groups, frames = walks.recording_groups(), []
    for seed in range(3):
        rng, subject = np.random.default_rng(seed), walks.subject.copy()
        # Among enrolled takes and among attacked ones, so that everybody keeps as many of both.
        for side in (known, asked):
            takes = np.unique(groups[side])
            own = {take: walks.subject[groups == take][0] for take in takes}
            dealt = dict(zip(takes, rng.permutation(list(own.values())), strict=True))
            subject[side] = [dealt[take] for take in groups[side]]
        frames.append(attacked(replace(walks, subject=subject), release, groups=groups).assign(seed=seed))
    assert_guessed(closed_set_table(pd.concat(frames), level=0.99))


def test_noise_gives_chance() -> None:
    walks = planted_walks("nothing", people=12)
    release = np.random.default_rng(3).normal(size=(len(walks), 6))
    table = closed_set_table(attacked(walks, release), level=0.99)
    assert_guessed(table)
    assert np.allclose(table["normalised"], (table["rank1"] - 1 / 12) / (11 / 12))


def assert_guessed(table: pd.DataFrame) -> None:
    within = (table["rank1_low"] <= table["chance"]) & (table["chance"] <= table["rank1_high"])
    assert within.all(), table[["attacker", "rank1_low", "rank1", "rank1_high", "chance"]].to_string()


@pytest.mark.parametrize(
    "release",
    ["constant", "word", "number", "posterior", "still within people"],
)
def test_any_form_of_release_can_be_attacked(release: str) -> None:
    walks = planted_walks("nothing")
    number = np.unique(walks.subject, return_inverse=True)[1].astype(float)
    released = {
        "constant": np.ones((len(walks), 3)),
        "word": walks.label,
        "number": number,
        "posterior": np.eye(2)[(walks.label == "sad").astype(int)],
        "still within people": np.stack([number, -number], axis=1),
    }[release]
    table = closed_set_table(attacked(walks, released, attackers=VECTOR)).set_index("attacker")
    if release in ("number", "still within people"):
        assert table.loc["nearest neighbours", "rank1"] == 1
        assert table.loc["linear discriminant", "rank1"] == 1
    else:
        assert (table["rank1"] < 0.3).all(), table["rank1"]


def test_one_take_on_both_sides_is_refused() -> None:
    walks = planted_walks("size")
    released = walks.released(walks.x)
    with pytest.raises(ParameterError, match="both enrolled and attacked"):
        attack_closed_set(released.at(slice(0, None, 2)), released.at(slice(1, None, 2)))


def test_strangers_are_refused() -> None:
    walks = planted_walks("size")
    released, known = walks.released(walks.x), walks.subject != "p3"
    with pytest.raises(ParameterError, match=r"not enrolled.*p3"):
        attack_closed_set(released.at(known), released.at(~known))


def test_how_often_a_person_was_enrolled_does_not_bias_an_attacker() -> None:
    """Where one person has most of the cycles, noise must not all be given to that person."""
    walks = planted_walks("nothing", people=3, takes=8)
    release = np.random.default_rng(0).normal(size=(len(walks), 4))
    often = (walks.subject == "p0") | np.isin(walks.take, ["0", "6", "7"])
    part = walks.at(often)
    frame = attacked(part, release[often], attackers=["logistic regression", "linear discriminant"])
    share = (frame["predicted"] == "p0").groupby(frame["attacker"]).mean()
    assert (share < 0.6).all(), share


def test_tuning_keeps_takes_whole_and_people_present() -> None:
    walks = planted_walks("nothing")
    groups = walks.recording_groups()
    person = np.unique(walks.subject, return_inverse=True)[1]
    for kept, held in selection_rounds(person, groups, seed=0):
        assert not np.intersect1d(groups[kept], groups[held]).size
        assert set(person[kept]) == set(person)


def test_ranks_and_walks() -> None:
    scores = np.array([[0.1, 0.7, 0.2], [0.5, 0.1, 0.4], [0.3, 0.4, 0.3]])
    assert ranks_of(scores, np.array([1, 1, 1])).tolist() == [1, 3, 1]
    assert ranks_of(averaged(scores, np.array([0, 0, 1])), np.array([1, 1, 1])).tolist() == [1, 1, 1]
    ties = ranks_of(np.zeros((3000, 3)), np.zeros(3000, dtype=int))
    assert np.allclose(np.bincount(ties)[1:] / 3000, 1 / 3, atol=0.04)


def test_attacks_repeat() -> None:
    walks = planted_walks("offset", people=4)
    first, again = (attacked(walks, attackers=["MLP", "RBF SVM"], seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


def test_the_strongest_is_told_beside_the_one_chosen_inside() -> None:
    table = pd.DataFrame(
        {
            "release": ["a"] * 3,
            "attacker": ["x", "y", SELECTED],
            "rank1": [0.2, 0.6, 0.2],
            "chance": [0.1] * 3,
        }
    )
    best = strongest(table, by=["release"]).iloc[0]
    assert (best["attacker"], best["rank1"], best["selected_on_training"]) == ("y", 0.6, 0.2)


def test_an_attacker_that_fails_on_raw_data_is_unfit() -> None:
    raw = pd.DataFrame({"attacker": ["able", "blind"], "rank1_low": [0.4, 0.02], "chance": [0.1, 0.1]})
    marked = with_fitness(pd.DataFrame({"attacker": ["blind", "able"], "rank1": [0.1, 0.1]}), raw)
    assert marked["fit"].tolist() == [False, True]
    with pytest.raises(ParameterError, match="untried"):
        with_fitness(pd.DataFrame({"attacker": ["untried"]}), raw)


def test_intervals_widen_with_differences_between_people_and_seeds() -> None:
    people = np.tile(np.linspace(0, 1, 20), (5, 1))
    low, high = subjects_interval(people)
    assert low < 0.5 < high
    assert high - low == pytest.approx(2 * 1.96 * people[0].std() / np.sqrt(20), rel=0.15)
    low, high = subjects_interval(np.full((5, 20), 0.3))
    assert (low, high) == pytest.approx((0.3, 0.3))
    assert np.diff(subjects_interval(people.T[:, :5]))[0] > 0.1


def test_the_slowest_attacker_is_not_asked_where_quick_ones_name_everybody() -> None:
    walks = planted_walks("size", people=6, takes=6, cycles=5)
    every = attacked(walks)
    assert "CNN" in set(every["attacker"])
    named = every.loc[every["attacker"] != "CNN", "inner_accuracy"].max()
    spared = attacked(walks, enough=named)
    assert set(spared["attacker"]) == set(every["attacker"]) - {"CNN"}
    kept = every[every["attacker"] != "CNN"].reset_index(drop=True)
    pd.testing.assert_frame_equal(spared.reset_index(drop=True), kept)
    assert "CNN" in set(attacked(walks, enough=named + 0.01)["attacker"])
