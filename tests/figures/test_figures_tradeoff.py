"""Trade-offs as pictures: what is drawn is what was measured."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from affectlib import figures


def table(split: str) -> pd.DataFrame:
    rows = [
        ("raw", "None", 0.9, 0.95, 0.1),
        ("affect code", "8", 0.85, 0.3, 0.3),
        ("affect code", "4", 0.8, 0.2, 0.4),
        ("rolling mean", "0.5", 0.7, 0.9, 0.2),
    ]
    frame = pd.DataFrame(rows, columns=["release", "value", "utility", "identification", "eer"])
    frame["identification_new"] = frame["identification"]
    for name in ("utility", "identification", "identification_new", "eer"):
        frame[f"{name}_low"], frame[f"{name}_high"] = frame[name] - 0.05, frame[name] + 0.05
        frame[f"pareto_{name}"] = frame["release"] != "rolling mean"
    return frame.assign(split=split, chance=0.1, identification_new_chance=0.2, chance_f1=0.25, n_subjects=10)


def texts(figure: Figure) -> str:
    return " ".join(text.get_text() for axes in figure.axes for text in axes.texts)


@pytest.mark.parametrize(
    ("split", "measure"),
    [("takes", "identification"), ("subjects", "identification_new"), ("subjects", "eer")],
)
def test_every_release_stands_where_it_was_measured(split: str, measure: str) -> None:
    own = table(split)
    figure = figures.trade_off(own, split=split, measure=measure)
    drawn = np.concatenate([line.get_xydata() for line in figure.axes[0].lines if line.get_marker() == "o"])
    wanted = 100 * own[[measure, "utility"]].to_numpy()
    np.testing.assert_allclose(np.sort(drawn, axis=0), np.sort(wanted, axis=0))
    assert "rolling mean" in texts(figure)


def test_every_attacker_has_its_number() -> None:
    rows = [("raw", "None", "SVM", 0.97), ("raw", "None", "MLP", 0.94), ("label", "None", "SVM", 0.12)]
    attacks = pd.DataFrame(rows, columns=["release", "value", "attacker", "rank1"])
    figure = figures.attackers_by_release(attacks.assign(chance=0.1, n_subjects=10))
    assert texts(figure).split() == ["97", "94", "12"]


def test_curves_are_told_with_their_equal_error_rates() -> None:
    curve = pd.DataFrame({"false_match": [0.0, 0.5, 1.0], "false_non_match": [1.0, 0.2, 0.0]})
    raw = curve.assign(release="raw", value="None", eer=0.3)
    every = pd.concat([raw, raw.assign(release="affect code", value="4"), raw.assign(release="rolling mean")])
    figure = figures.verification_curves(every, n_subjects=9)
    told = [text.get_text() for text in figure.legends[0].get_texts()]
    assert told[2:] == ["raw: 30 %", "affect code 4: 30 %"]
    np.testing.assert_allclose(figure.axes[0].lines[-1].get_xydata(), [[0, 100], [50, 20], [100, 0]])
    assert "n = 9" in figure.axes[0].get_ylabel()
