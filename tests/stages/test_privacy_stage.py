"""Releases under attack on a small library, kept and resumed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from walking_library import write_library

from affectlib import stages
from affectlib.errors import ParameterError
from affectlib.privacy.releases.catalogue import all_releases
from affectlib.privacy.releases.release import custom_release
from affectlib.privacy.tradeoff import attackers_table, trade_off_table
from affectlib.stages import LOG_VARIABLE, Experiment, privacy, releases
from affectlib.stages.sweeps import SWEEPS
from affectlib.study import Study

CHEAP = {"raw": (None,), "frequency equalised": (0,), "label": (None,)}


@pytest.fixture(scope="module")
def experiment(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    folder = tmp_path_factory.mktemp("walks")
    library = write_library(
        folder / "library", people=("ada", "bob", "eve", "joe"), seconds=10, takes=2, posture_m=0.02
    )
    return stages.open_experiment(
        Study(library=str(library), folds=2), store=stages.open_store(folder / "cache")
    )


def test_releases_are_attacked_once_and_then_read(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = stages.attack_releases(experiment, CHEAP, splits=("takes", "subjects"))
    assert set(frames["closed_set"]["release"]) == set(frames["verification"]["release"]) == set(CHEAP)
    table = trade_off_table(frames, attackers_table(frames)).set_index(["split", "release"])
    # The second take of each person is nearly the first one again, so that raw series find them.
    assert table.loc[("takes", "raw"), "identification"] > 2 * table.loc[("takes", "raw"), "chance"]
    assert 0 <= table.loc[("subjects", "raw"), "eer"] <= 1
    naive = table["naive"].dropna()
    assert set(naive.index) == {("takes", "frequency equalised")}
    assert set(frames["roc"]["release"]) == set(CHEAP)
    assert table["utility"].between(0, 1).all()
    scores = stages.release_scores(experiment, frames).set_index(["task", "split", "features", "metric"])
    assert set(scores.index.droplevel([2, 3])) >= {
        ("label", "takes"),
        ("label", "subjects"),
        ("subject", "takes"),
    }
    assert set(scores.index.get_level_values("features")) == {"raw", "frequency equalised 0", "label"}
    own = scores.loc[("label", "takes", "raw", "macro_f1")]
    assert own["value"].max() == pytest.approx(table.loc[("takes", "raw"), "utility"], abs=1e-6)
    assert (own["n_train"] + own["n_test"] == len(releases.released_walks(experiment))).all()
    log = tmp_path / "log"
    monkeypatch.setenv(LOG_VARIABLE, str(log))
    monkeypatch.setattr(privacy, "attack", None)
    again = stages.attack_releases(experiment, CHEAP, splits=("takes", "subjects"))
    assert '"reused": false' not in log.read_text(encoding="utf-8")
    for name, frame in frames.items():
        assert frame.equals(again[name]), name


def test_a_custom_release_gets_its_row(experiment: Experiment) -> None:
    def height(position: np.ndarray) -> np.ndarray:
        return position[:, 0, 0, 2]

    own = custom_release("height of the head", height)
    frames = stages.attack_releases(experiment, {"raw": (None,)}, splits=("takes",), custom=[own])
    row = trade_off_table(frames, attackers_table(frames)).set_index("release").loc["height of the head"]
    assert 0 <= row["identification"] <= 1
    assert row["attacker"]


def test_an_unknown_extent_of_a_sweep_is_refused() -> None:
    with pytest.raises(ParameterError, match="whole"):
        stages.sweep("some")


def test_the_whole_sweep_tries_every_release() -> None:
    assert sorted(stages.sweep("whole")) == sorted(release.name for release in all_releases())


def test_sweeps_try_values_of_the_catalogue_in_its_order() -> None:
    every = {release.name: release.values for release in all_releases()}
    for extent, chosen in SWEEPS.items():
        for name, values in chosen.items():
            assert set(values) <= set(every[name]), (extent, name)
            assert list(values) == [value for value in every[name] if value in values], (extent, name)
