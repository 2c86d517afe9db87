"""Guided Grad-CAM points where a label was planted, and its checks see what they are for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from planted_labels import N_PHASES, PLANTED, SETTINGS, planted_cycles
from torch import nn

from affectlib.errors import ParameterError
from affectlib.explanation.checks import agreement, randomisation_check
from affectlib.explanation.deletion import deletion_test
from affectlib.explanation.gradcam import (
    Explanation,
    closed_interpolation,
    explain_labels,
    guided_grad_cam,
)
from affectlib.models.cnn import FittedCnn, fit_cnn
from affectlib.models.cnn_networks import make_network
from affectlib.models.scaling import fit_scaling
from affectlib.models.schedule import Schedule
from affectlib.skeleton import INDEX, JOINTS


@pytest.fixture(scope="module")
def trained() -> FittedCnn:
    x, label = planted_cycles(150, seed=0)
    return fit_cnn(x, label, settings=SETTINGS, seed=0)


@pytest.fixture(scope="module")
def tested() -> tuple[np.ndarray, np.ndarray]:
    return planted_cycles(20, seed=1)


@pytest.fixture(scope="module")
def explained(trained: FittedCnn, tested: tuple[np.ndarray, np.ndarray]) -> Explanation:
    return explain_labels(trained, *tested)


def round_the_cycle(first: float, second: float) -> float:
    """Distance of two phases on a closed cycle."""
    return abs((first - second + 0.5) % 1 - 0.5)


# --- planted truth --------------------------------------------------------------------------------


@pytest.mark.parametrize("label", PLANTED)
def test_the_planted_joint_is_the_most_relevant_near_its_phase(explained: Explanation, label: str) -> None:
    joint, phase = PLANTED[label]
    table = explained.per_joint().set_index("label").loc[[label]]
    first = table.iloc[0]
    assert first["joint"] == joint
    # The joints planted for the other labels tell something too: that it is not those.
    others = table[~table["joint"].isin([planted for planted, _ in PLANTED.values()])]
    assert first["share_percent"] > 1.25 * others["share_percent"].max()
    # A cell of the last convolution is an eighth of the network's phases: a quarter of the cycle.
    assert round_the_cycle(first["peak_percent"] / 100, phase) <= 0.15


def test_counts_tell_what_was_averaged(
    explained: Explanation, trained: FittedCnn, tested: tuple[np.ndarray, np.ndarray]
) -> None:
    x, truth = tested
    swapped = truth.copy()
    swapped[:5] = "sad"  # five cycles that no right network calls sad
    counts = explain_labels(trained, x, swapped).counts.set_index("label")
    assert counts["tested"].to_dict() == {"angry": 15, "happy": 20, "sad": 25}
    right = trained.predict(x) == swapped
    for label in PLANTED:
        assert counts.loc[label, "recognised"] == (right & (swapped == label)).sum()
    assert (counts["averaged"] <= counts["recognised"]).all()
    assert counts.loc["sad", "averaged"] <= 20
    np.testing.assert_allclose(explained.relevance.mean(("phase", "joint")), 1)
    np.testing.assert_allclose(explained.per_joint().groupby("label")["share_percent"].sum(), 100)


def test_a_label_that_is_never_recognised_has_no_map(
    trained: FittedCnn, tested: tuple[np.ndarray, np.ndarray]
) -> None:
    x, truth = tested
    part = truth != "happy"
    explained = explain_labels(trained, x[part], truth[part])
    assert np.isnan(explained.relevance.sel(label="happy")).all()
    assert np.isfinite(explained.relevance.sel(label="sad")).all()
    assert set(explained.per_joint()["label"]) == {"angry", "sad"}
    assert explained.counts.set_index("label").loc["happy", ["tested", "averaged"]].tolist() == [0, 0]
    deleted = deletion_test(trained, x, truth, explained, n_orders=2)
    assert (deleted["n_cycles"] == (trained.predict(x) != "happy").sum()).all()


def test_what_never_moves_has_no_relevance(explained: Explanation) -> None:
    assert (explained.relevance.sel(joint="pelvis") == 0).all()
    assert (explained.relevance.sel(joint=[j for j in JOINTS if j != "pelvis"]).mean("phase") > 0).all()


# --- against other computations -------------------------------------------------------------------


def untrained(*, seed: int = 3, width: int = 4) -> FittedCnn:
    """A small network with random weights and batch statistics, as after some training."""
    x, label = planted_cycles(8, seed=2)
    settings = replace(SETTINGS, width=width)
    scaling = fit_scaling(x, n_phases=settings.n_phases)
    torch.manual_seed(seed)
    network = make_network(settings, scaling, 3)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm1d):
            layer.running_mean.normal_()
            layer.running_var.uniform_(0.5, 2)
    network.eval()
    return FittedCnn(
        network=network, settings=settings, scaling=scaling, classes=np.unique(label), history=None
    )


class GuidedReLU(torch.autograd.Function):
    """Springenberg et al. (2015): back through a ReLU goes what is positive, where it was open."""

    @staticmethod
    def forward(ctx, values):
        ctx.save_for_backward(values)
        return values.clamp(min=0)

    @staticmethod
    def backward(ctx, gradient):
        (values,) = ctx.saved_tensors
        return gradient.clamp(min=0) * (values > 0)


def by_hand(fitted: FittedCnn, cycle: np.ndarray, target: int) -> np.ndarray:
    """Guided Grad-CAM of one cycle without captum: shape (phases inside, 15)."""
    network = fitted.network
    z = torch.from_numpy(fitted.prepare(cycle[None]))
    maps = network.convolutions(z).detach().requires_grad_()
    network.head(maps)[0, target].backward()
    cam = np.zeros(maps.shape[2])
    for channel in range(maps.shape[1]):
        weight = np.mean([float(maps.grad[0, channel, k]) for k in range(maps.shape[2])])
        cam += weight * maps.detach().numpy()[0, channel]
    cam = np.maximum(cam, 0)
    z = z.requires_grad_()
    values = z.transpose(1, 2)
    for block in network.convolutions[1:-1]:
        layer = block.convolution
        pairs = values.reshape(1, values.shape[1] // 2, -1)  # each step is two phases
        normalised = layer.norm(pairs[0])
        around = [normalised.roll(1, dims=0), normalised, normalised.roll(-1, dims=0)]
        values = GuidedReLU.apply(layer.linear(torch.cat(around, dim=1)))[None]
    network.head(values.transpose(1, 2))[0, target].backward()
    guided = z.grad.numpy()[0].reshape(15, 3, -1)
    n, cells = guided.shape[2], len(cam)
    found = np.zeros((n, 15))
    for p in range(n):
        # The first cell is the mean of the phases 0 to 7 with as many on either side.
        left, part = divmod((p - 3.5) * cells / n, 1)
        when = (1 - part) * cam[int(left) % cells] + part * cam[(int(left) + 1) % cells]
        for joint in range(15):
            if JOINTS[joint] != "pelvis":
                found[p, joint] = when * np.sqrt((guided[joint, :, p] ** 2).sum())
    return found


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_relevance_is_guided_grad_cam_by_hand(seed: int) -> None:
    fitted = untrained(seed=seed)
    x, _ = planted_cycles(2, seed=seed)
    # As many phases as inside, so that nothing is interpolated on the way out.
    x = x[:, np.linspace(0, N_PHASES - 1, fitted.settings.n_phases).astype(int)]
    most = 0.0
    for target, label in enumerate(fitted.classes):
        found = guided_grad_cam(fitted, x, np.full(len(x), label))
        expected = np.stack([by_hand(fitted, cycle, target) for cycle in x])
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5 * expected.max())
        most = max(most, expected.max())
    assert most > 0


def test_strides_leave_no_pattern_in_the_maps() -> None:
    """Random networks prefer no phase: neither the even ones nor every fourth."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(16, 32, 15, 3)).astype(np.float32)
    total = np.zeros(32)
    for seed in range(8):
        fitted = untrained(seed=seed, width=16)
        for label in fitted.classes:
            total += guided_grad_cam(fitted, x, np.full(len(x), label)).sum(axis=(0, 2))
    for stride in (2, 4):
        part = total.reshape(-1, stride).sum(axis=0) / total.sum()
        np.testing.assert_allclose(part, 1 / stride, rtol=0.05)


def test_explaining_leaves_the_network_as_it_was(trained: FittedCnn, tested: tuple) -> None:
    before = {name: value.clone() for name, value in trained.network.state_dict().items()}
    predicted = trained.predict_proba(tested[0])
    explain_labels(trained, *tested)
    randomisation_check(trained, *tested, n_seeds=1)
    assert all(torch.equal(before[name], value) for name, value in trained.network.state_dict().items())
    np.testing.assert_array_equal(trained.predict_proba(tested[0]), predicted)


@pytest.mark.parametrize(("n_from", "n_to"), [(4, 32), (32, 100), (8, 8), (32, 20)])
def test_interpolation_keeps_constants_and_places_on_a_closed_cycle(n_from: int, n_to: int) -> None:
    weights = closed_interpolation(n_from, n_to)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    assert (weights >= 0).all()
    # Halfway between the last cell and the first, both count the same.
    if n_to == 8 * n_from:
        assert weights[-4, -1] == weights[-4, 0] == 0.5
    # Turning the cycle by one cell turns the result.
    if n_to % n_from == 0:
        turned = np.roll(np.roll(weights, 1, axis=1), n_to // n_from, axis=0)
        np.testing.assert_allclose(turned, weights, atol=1e-12)


def test_only_what_can_be_explained_is(trained: FittedCnn, tested: tuple) -> None:
    with pytest.raises(ParameterError, match="bored"):
        guided_grad_cam(trained, tested[0], np.full(len(tested[0]), "bored"))
    rng = np.random.default_rng(0)
    quick = replace(SETTINGS, schedule=Schedule(n_steps=1))
    on_codes = fit_cnn(rng.normal(size=(40, 6)), np.tile(["a", "b"], 20), settings=quick)
    with pytest.raises(ParameterError, match="codes"):
        guided_grad_cam(on_codes, rng.normal(size=(40, 6)), np.tile(["a", "b"], 20))
    assert guided_grad_cam(trained, tested[0][:0], tested[1][:0]).shape == (0, N_PHASES, 15)


# --- the checks -----------------------------------------------------------------------------------


def test_agreement_is_a_rank_correlation_of_what_both_have() -> None:
    rng = np.random.default_rng(0)
    first = rng.uniform(0.1, 1, size=(2, 20, 15))
    first[:, :, INDEX["pelvis"]] = 0
    assert agreement(first, first**3) == pytest.approx(1)
    assert agreement(first, -first) == pytest.approx(-1)
    # The pelvis is zero in every map: counted, it would make strangers alike.
    assert abs(agreement(first, rng.permuted(first, axis=1))) < 0.15
    half = first.copy()
    half[0] = np.nan
    assert agreement(first, half) == pytest.approx(1)
    assert np.isnan(agreement(first, np.full_like(first, np.nan)))


def test_random_weights_lose_the_map_and_training_again_finds_it(
    trained: FittedCnn, tested: tuple[np.ndarray, np.ndarray]
) -> None:
    again = fit_cnn(*planted_cycles(150, seed=0), settings=SETTINGS, seed=1)
    table = randomisation_check(trained, *tested, again=[again], n_seeds=6)
    assert table["random_layers"].tolist() == [0, 1, 2, 3, 4]
    assert (table["n_networks"] >= [1, 4, 4, 4, 4]).all()
    kept, lost = table.iloc[0], table.iloc[-1]
    assert kept["network"] == "trained again"
    assert lost["high"] < kept["rank_correlation"]
    assert ((table["low"] <= table["rank_correlation"]) & (table["rank_correlation"] <= table["high"])).all()
    assert randomisation_check(trained, *tested, n_seeds=2).equals(
        randomisation_check(trained, *tested, n_seeds=2)
    )


def test_a_map_that_shows_the_inputs_is_seen(
    trained: FittedCnn, tested: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A map that ignores the weights survives their randomisation, and so the check exposes it."""

    def show_inputs(fitted: FittedCnn, x: np.ndarray, target: np.ndarray) -> np.ndarray:
        return np.linalg.norm(x - x.mean(axis=0), axis=-1)

    monkeypatch.setattr("affectlib.explanation.checks.guided_grad_cam", show_inputs)
    table = randomisation_check(trained, *tested, n_seeds=2)
    np.testing.assert_allclose(table["rank_correlation"], 1)


def test_taking_planted_joints_away_costs_accuracy_at_once(
    trained: FittedCnn, tested: tuple[np.ndarray, np.ndarray], explained: Explanation
) -> None:
    curves = deletion_test(trained, *tested, explained, n_orders=8)
    accuracy = curves.pivot(index="joints_gone", columns="order", values="accuracy_percent")
    assert accuracy.index.tolist() == list(range(15))  # all but the pelvis can go
    whole = 100 * np.mean(trained.predict(tested[0]) == tested[1])
    assert whole > 85
    np.testing.assert_allclose(accuracy.loc[0], whole)
    np.testing.assert_allclose(accuracy.loc[14], 100 / 3)  # every cycle looks the same
    areas = accuracy.mean()
    assert areas["most relevant first"] < areas["random"] - 10
    assert areas["least relevant first"] > areas["random"] + 10
    random = curves[curves["order"] == "random"]
    assert (random["low"] <= random["high"]).all()


def test_where_nothing_is_recognised_the_checks_know_nothing(
    trained: FittedCnn, tested: tuple[np.ndarray, np.ndarray]
) -> None:
    x, truth = tested
    wrong = trained.predict(x) != truth
    explained = explain_labels(trained, x[wrong], truth[wrong])
    assert np.isnan(explained.relevance).all()
    assert explained.per_joint().empty
    curves = deletion_test(trained, x[wrong], truth[wrong], explained, n_orders=2)
    assert (curves["n_cycles"] == 0).all()
    assert curves["accuracy_percent"].isna().all()
    table = randomisation_check(trained, x[wrong], truth[wrong], again=[trained], n_seeds=2)
    assert (table["n_networks"] == 0).all()
    assert table["rank_correlation"].isna().all()


def test_a_wrong_map_fails_the_deletion_test(
    trained: FittedCnn, tested: tuple[np.ndarray, np.ndarray], explained: Explanation
) -> None:
    upside_down = explained.relevance.max() + 1 - explained.relevance
    upside_down.loc[{"joint": "pelvis"}] = 0
    curves = deletion_test(trained, *tested, replace(explained, relevance=upside_down), n_orders=8)
    areas = curves.groupby("order")["accuracy_percent"].mean()
    assert areas["most relevant first"] > areas["random"]
