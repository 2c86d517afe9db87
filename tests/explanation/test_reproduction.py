"""What was learnt is found again by another training, and by no network that cannot know the labels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from planted_labels import SETTINGS, planted_cycles

from affectlib.explanation.checks import maps_by_label
from affectlib.explanation.deletion import deletion_gap
from affectlib.explanation.reproduction import (
    AGAIN,
    PERMUTED,
    RANDOM,
    STATISTICS,
    exceeds,
    random_network,
    reproduction_check,
)
from affectlib.models.cnn import FittedCnn, fit_cnn

N_RANDOM = 8


@pytest.fixture(scope="module")
def networks() -> dict[str, list[FittedCnn]]:
    """Three trainings on the planted labels, and one on permuted ones."""
    x, label = planted_cycles(150, seed=0)
    shuffled = np.random.default_rng(0).permutation(label)
    return {
        "trained": [fit_cnn(x, label, settings=SETTINGS, seed=seed) for seed in range(3)],
        "permuted": [fit_cnn(x, shuffled, settings=SETTINGS, seed=0)],
    }


@pytest.fixture(scope="module")
def tested() -> tuple[np.ndarray, np.ndarray]:
    return planted_cycles(20, seed=1)


def check(trained: list[FittedCnn], permuted: list[FittedCnn], tested: tuple) -> pd.DataFrame:
    return reproduction_check(
        trained[0], *tested, again=trained[1:], permuted=permuted, n_random=N_RANDOM, seed=0
    )


def test_training_again_exceeds_networks_that_cannot_know_the_labels(networks: dict, tested: tuple) -> None:
    table = check(networks["trained"], networks["permuted"], tested)
    assert table["statistic"].unique().tolist() == list(STATISTICS)
    counts = table[table["statistic"] == "map"].set_index("network")["n_networks"]
    assert counts[[AGAIN, PERMUTED]].tolist() == [2, 1]
    assert 0 < counts[RANDOM] <= N_RANDOM
    assert all(exceeds(table, statistic) for statistic in STATISTICS)
    gap = table[table["statistic"] == "deletion gap"].set_index("network")["value"]
    assert gap[AGAIN] > 20
    assert abs(gap[RANDOM]) < gap[AGAIN] / 2


@pytest.mark.parametrize("statistic", STATISTICS)
def test_random_networks_fail(networks: dict, tested: tuple, statistic: str) -> None:
    """Networks with random weights in the place of the trained ones."""
    random = [random_network(networks["trained"][0], tested[0], seed=100 + number) for number in range(5)]
    assert not exceeds(check(random, networks["permuted"], tested), statistic)


@pytest.mark.parametrize("statistic", STATISTICS)
def test_networks_that_learnt_permuted_labels_fail(networks: dict, tested: tuple, statistic: str) -> None:
    x, label = planted_cycles(150, seed=0)
    shuffled = [np.random.default_rng(seed).permutation(label) for seed in (1, 2)]
    again = [fit_cnn(x, labels, settings=SETTINGS, seed=seed) for seed, labels in enumerate(shuffled)]
    assert not exceeds(check([*networks["permuted"], *again], networks["permuted"], tested), statistic)


def test_random_weights_have_the_batch_statistics_of_the_cycles(networks: dict, tested: tuple) -> None:
    trained = networks["trained"][0]
    before = {name: value.clone() for name, value in trained.network.state_dict().items()}
    random = random_network(trained, tested[0], seed=1)
    assert all(torch.equal(before[name], value) for name, value in trained.network.state_dict().items())
    with torch.no_grad():
        features = random.network.convolutions(torch.from_numpy(random.prepare(tested[0])))
    assert not random.network.training
    assert features.isfinite().all()
    assert abs(np.mean(random.predict(tested[0]) == tested[1]) - 1 / 3) < 0.3


def test_the_gap_is_that_of_the_joints_removed(networks: dict, tested: tuple) -> None:
    trained = networks["trained"][0]
    maps = maps_by_label(trained, *tested)
    gap = deletion_gap(trained, *tested, maps)
    assert gap > 20
    upside_down = np.where(maps.sum(axis=(0, 1)) > 0, maps.max() + 1 - maps, 0)
    assert deletion_gap(trained, *tested, upside_down) == pytest.approx(-gap, abs=15)
    assert np.isnan(deletion_gap(trained, *tested, np.full_like(maps, np.nan)))


def test_what_was_not_computed_shows_nothing() -> None:
    columns = {"statistic": "map", "low": 0.5, "high": 0.6, "value": 0.55, "n_networks": 1}
    alone = pd.DataFrame([columns | {"network": AGAIN}])
    assert not exceeds(alone, "map")
    assert exceeds(pd.concat([alone, alone.assign(network=RANDOM, low=0.1, high=0.4)]), "map")
    assert not exceeds(pd.concat([alone, alone.assign(network=RANDOM, low=0.1, high=0.51)]), "map")
    assert not exceeds(pd.concat([alone.assign(value=np.nan), alone.assign(network=RANDOM)]), "map")
