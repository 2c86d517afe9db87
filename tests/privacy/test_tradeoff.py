"""What a release keeps beside what it gives away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, f1_score

from affectlib.privacy.pareto import EVERY, area_under_trade_off, areas_under_trade_offs, pareto
from affectlib.privacy.tradeoff import (
    attackers_table,
    macro_f1,
    strongest_curves,
    trade_off_table,
    utility_table,
)

KEYS = {"split": "takes", "value": "None"}


@given(st.integers(0, 10_000), st.integers(2, 5))
def test_macro_f1_is_scikit_learns(seed: int, labels: int) -> None:
    rng = np.random.default_rng(seed)
    truth, predicted = rng.integers(labels, size=(2, 60))
    truth[:labels] = np.arange(labels)
    counts = confusion_matrix(truth, predicted, labels=np.arange(labels))
    assert macro_f1(counts) == pytest.approx(f1_score(truth, predicted, average="macro"))


@given(st.integers(0, 10_000))
def test_pareto_optimal_is_what_nothing_dominates(seed: int) -> None:
    gain, cost = np.random.default_rng(seed).integers(6, size=(2, 12)) / 5
    optimal = pareto(gain, cost)
    for one in range(12):
        better = [
            gain[other] >= gain[one]
            and cost[other] <= cost[one]
            and (gain[other], cost[other]) != (gain[one], cost[one])
            for other in range(12)
        ]
        assert optimal[one] == (not any(better))


def test_area_of_steps_counted_by_hand() -> None:
    gain, cost = np.array([0.9, 0.6]), np.array([0.5, 0.1])
    # 0.2 up to a cost of 0.1, 0.6 up to 0.5, 0.9 up to 1.
    assert area_under_trade_off(gain, cost, worst=0.2, most=1.0) == pytest.approx(0.02 + 0.24 + 0.45)
    assert area_under_trade_off(gain, cost, worst=0.2, most=0.5) == pytest.approx((0.02 + 0.24) / 0.5)
    worse = np.append(gain, 0.5), np.append(cost, 0.7)
    assert area_under_trade_off(*worse, worst=0.2, most=1.0) == pytest.approx(0.71)


def answers(release: str, *, right: float, n_people: int = 10) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    truth = np.tile(["happy", "sad"], 10 * n_people)
    wrong = np.where(truth == "sad", "happy", "sad")
    predicted = np.where(rng.random(len(truth)) < right, truth, wrong)
    subject = np.repeat([f"s{number}" for number in range(n_people)], 20)
    return pd.DataFrame(
        {"release": release, "subject": subject, "true": truth, "predicted": predicted, **KEYS}
    )


def attacks(release: str, *, found: float, attacker: str = "kNN", n_people: int = 10) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    subject = np.repeat([f"s{number}" for number in range(n_people)], 20)
    rank = np.where(rng.random(len(subject)) < found, 1, rng.integers(2, n_people + 1, len(subject)))
    columns = {"release": release, "attacker": attacker, "subject": subject, "rank": rank, "take_rank": rank}
    return pd.DataFrame(columns | {"n_subjects": n_people, "inner_accuracy": found, "settings": "", **KEYS})


def test_the_better_classifier_counts_and_its_interval_holds_it() -> None:
    labels = pd.concat(
        [answers("raw", right=0.9).assign(classifier="a"), answers("raw", right=0.6).assign(classifier="b")]
    )
    (row,) = utility_table(labels).to_dict("records")
    assert row["classifier"] == "a"
    assert row["utility_low"] < row["utility"] < row["utility_high"]
    assert row["utility"] == pytest.approx(0.9, abs=0.07)
    assert row["chance_f1"] == 0.5


def test_the_strongest_fit_attacker_counts() -> None:
    labels = pd.concat([answers(name, right=0.9).assign(classifier="a") for name in ("raw", "code")])
    closed = pd.concat(
        [
            attacks("raw", found=0.9),
            attacks("raw", found=0.05, attacker="broken"),
            attacks("code", found=0.3),
            # Finds people in the code and nobody in raw data: not to be believed.
            attacks("code", found=0.6, attacker="broken"),
        ]
    )
    nothing = {
        name: pd.DataFrame() for name in ("naive", "new_subjects", "verification", "linkage", "gender")
    }
    frames = {"labels": labels, "closed_set": closed, **nothing}
    whole = trade_off_table(frames, attackers_table(frames))
    table = whole.set_index("release")
    assert table.loc["code", "attacker"] == "kNN"
    assert table.loc["code", "identification"] == pytest.approx(0.3, abs=0.08)
    assert table.loc["raw", "identification"] == pytest.approx(0.9, abs=0.07)
    assert table["chance"].eq(0.1).all()
    assert table["eer"].isna().all()
    assert table.loc["code", "pareto_identification"]
    areas = areas_under_trade_offs(whole).set_index("release")
    utility, found = (table.loc["code", name] for name in ("utility", "identification"))
    assert areas.loc["code", "known_subjects"] == pytest.approx(0.5 * found + utility * (1 - found))
    assert areas.loc[EVERY, "known_subjects"] >= areas["known_subjects"].max()
    assert areas["new_subjects"].isna().all()


def test_curve_is_the_strongest_scorers_at_the_most_private_value() -> None:
    rows = [("raw", "None", 0.1, "PLDA"), ("code", "8", 0.2, "PLDA"), ("code", "2", 0.4, "cosine")]
    table = pd.DataFrame(rows, columns=["release", "value", "eer", "scorer"]).assign(split="subjects")
    curve = pd.DataFrame({"false_match": [0.0, 0.5, 1.0], "false_non_match": [1.0, 0.5, 0.0]})
    curves = pd.concat(
        curve.assign(split="subjects", release=release, value=value, attacker=scorer)
        for release, value, *_ in rows
        for scorer in ("PLDA", "cosine")
    )
    chosen = strongest_curves(curves, table)
    assert len(chosen) == 6
    assert set(zip(chosen["release"], chosen["value"], strict=True)) == {("raw", "None"), ("code", "2")}
