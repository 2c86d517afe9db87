"""Codes against an adversary, posterior and label, transferred motion and its realism."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from small_releases import small_adversarial, small_trained, small_walks
from walkers import on_the_spot

from affectlib.errors import ParameterError
from affectlib.privacy.releases.adversary import FittedAdversarial, fit_adversarial, ramp
from affectlib.privacy.releases.adversary_network import reverse_gradient
from affectlib.privacy.releases.networks import mean_subject_codes, transferred
from affectlib.privacy.releases.posterior import fit_posterior, one_hot, rounded
from affectlib.privacy.releases.realism import (
    bone_error_mm,
    foot_sliding_mm,
    joint_error_mm,
    realism,
    spectrum_distance,
    speed_spectrum,
)
from affectlib.privacy.releases.trained import Trained
from affectlib.skeleton import INDEX

WALKS = small_walks()
TURNS = np.arange(100) / 100


def test_the_reversed_gradient_is_the_gradient_with_another_sign() -> None:
    code = torch.tensor([[1.0, 2.0]], requires_grad=True)
    passed = reverse_gradient(code, 0.5)
    assert torch.equal(passed, code)
    (passed * torch.tensor([[3.0, 4.0]])).sum().backward()
    assert code.grad is not None
    assert code.grad.tolist() == [[-1.5, -2.0]]


def test_the_weight_grows_from_nothing_to_everything() -> None:
    assert ramp(0.0) == 0
    assert ramp(0.1) == pytest.approx(np.tanh(0.5))
    assert ramp(1.0) == pytest.approx(1, abs=1e-3)


def adversarial(weight: float) -> FittedAdversarial:
    settings = small_adversarial(n_steps=150, weight=weight)
    return fit_adversarial(WALKS.x, WALKS.subject, WALKS.label, settings=settings)


def between(codes: np.ndarray, classes: np.ndarray) -> float:
    """Share of the variance of codes that lies between classes."""
    middle = codes.mean(axis=0)
    means = np.stack([codes[classes == one].mean(axis=0) for one in classes])
    return float(((means - middle) ** 2).sum() / ((codes - middle) ** 2).sum())


def test_a_code_learns_the_label() -> None:
    codes = adversarial(0.0).code(small_walks(seed=0, takes=3).x)
    assert between(codes, small_walks(seed=0, takes=3).label) > 0.6


def test_an_adversary_takes_the_person_out_of_a_code_that_needs_no_label() -> None:
    """Where the label is noise, only the adversary shapes the code: more weight, less person."""
    rng = np.random.default_rng(0)
    label = rng.permutation(WALKS.label)
    parts = {}
    for weight in (-1.0, 1.0):
        # A negative weight turns the reversal back: an encoder that helps to tell people.
        settings = small_adversarial(n_steps=150, weight=weight)
        fitted = fit_adversarial(WALKS.x, WALKS.subject, label, settings=settings)
        parts[weight] = between(fitted.code(WALKS.x), WALKS.subject)
    assert parts[-1.0] > parts[1.0] + 0.2


def test_an_adversarial_code_is_read_as_it_was_written(tmp_path: Path) -> None:
    fitted = adversarial(1.0)
    again = FittedAdversarial.load(fitted.save(tmp_path))
    assert again.settings == fitted.settings
    np.testing.assert_array_equal(again.code(WALKS.x), fitted.code(WALKS.x))
    with pytest.raises(ParameterError, match="no saved adversarial code"):
        FittedAdversarial.load(tmp_path / "elsewhere")


# --- posterior and label --------------------------------------------------------------------------


@pytest.mark.parametrize("inner", ["takes", "subjects"])
def test_posterior_and_label_know_the_label_of_new_takes(inner: str) -> None:
    both = small_walks(takes=4)
    seen = both.take < "2"
    posterior = Trained(inner=inner).fit_posterior(both.at(seen), seed=0)
    new = both.at(~seen)
    released = rounded(new.x, posterior=posterior, decimals=2)
    np.testing.assert_allclose(released.sum(axis=1), 1, atol=0.02)
    np.testing.assert_allclose(released * 100, np.round(released * 100), atol=1e-4)
    assert (posterior.classes[released.argmax(axis=1)] == new.label).mean() > 0.9
    label = one_hot(new.x, posterior=posterior)
    assert set(np.unique(label)) == {0.0, 1.0}
    assert (label.sum(axis=1) == 1).all()
    np.testing.assert_array_equal(label.argmax(axis=1), posterior.probabilities(new.x).argmax(axis=1))


def test_a_posterior_of_labels_that_are_noise_is_unsure() -> None:
    wrong = np.random.default_rng(0).permutation(WALKS.label)
    posterior = fit_posterior(WALKS.x, wrong, groups=WALKS.recording_groups())
    assert posterior.probabilities(WALKS.x).max(axis=1).mean() < 0.6


def test_one_take_a_label_is_enough_for_a_posterior() -> None:
    few = small_walks(takes=1).at(np.arange(3))
    assert fit_posterior(few.x, few.label, groups=few.recording_groups()).probabilities(few.x).shape == (3, 3)


def test_an_unknown_inner_split_is_refused() -> None:
    with pytest.raises(ParameterError, match="'inner'"):
        Trained(inner="cycles")


# --- transferred motion -----------------------------------------------------------------------------


def test_transferred_motion_is_a_function_of_affect_and_one_person() -> None:
    fitted = small_trained().fit_autoencoder(WALKS, affect_size=2, seed=0)
    codes = mean_subject_codes(fitted, WALKS)
    own = WALKS.subject == sorted(set(WALKS.subject))[2]
    np.testing.assert_allclose(codes[2], fitted.subject_code(WALKS.x)[own].mean(axis=0), atol=1e-6)
    made = transferred(WALKS.x, fitted=fitted, subject_code=codes[2])
    assert made.shape == WALKS.x.shape
    # Given the affect code, nothing of the walker's own motion is needed.
    tiled = np.repeat(codes[2][None], len(WALKS), axis=0)
    np.testing.assert_array_equal(made, fitted.decode(fitted.affect_code(WALKS.x), tiled, 16))
    assert not np.allclose(made, transferred(WALKS.x, fitted=fitted, subject_code=codes[3]), atol=1e-4)


# --- realism --------------------------------------------------------------------------------------


def stepping(stance_x: np.ndarray) -> np.ndarray:
    """A walker whose left foot stands in the first half of the cycle, the right foot in the second."""
    x = on_the_spot(TURNS, 0.0)
    first, second = slice(0, 50), slice(50, None)
    for ankle, stands, swings in (("l_ankle", first, second), ("r_ankle", second, first)):
        x[stands, INDEX[ankle], 0] = stance_x
        x[swings, INDEX[ankle], 0] = np.linspace(stance_x[-1], stance_x[0], 50)
    return x[None]


def test_feet_that_move_with_the_floor_do_not_slide() -> None:
    assert foot_sliding_mm(stepping(np.linspace(0.3, -0.3, 50)))[0] == pytest.approx(0, abs=1e-6)


def test_sliding_is_the_way_over_the_floor() -> None:
    # In the 20 steps about the middle 5 are 10 mm too long; the floor's speed is the mean.
    step_m = np.full(49, -0.0125)
    step_m[20:25] -= 0.010
    x = stepping(0.3125 + np.concatenate([[0], np.cumsum(step_m)]))
    assert foot_sliding_mm(x)[0] == pytest.approx(2 * (5 * 7.5 + 15 * 2.5), rel=1e-6)
    sideways = stepping(np.linspace(0.3, -0.3, 50))
    sideways[0, 15:25, [INDEX["l_ankle"]], 1] += 0.02
    assert foot_sliding_mm(sideways)[0] > 19


def test_bones_too_long_are_so_many_millimetres_off() -> None:
    x = on_the_spot(TURNS)[None]
    longer = x.copy()
    longer[:, :, INDEX["head"]] += (
        0.028
        * (x[:, :, INDEX["head"]] - x[:, :, INDEX["neck"]])
        / np.linalg.norm(x[0, 0, INDEX["head"]] - x[0, 0, INDEX["neck"]])
    )
    # Against itself only what the bones of this walker stretch in the cycle; the neck adds 28 mm / 14.
    assert bone_error_mm(longer, x)[0] - bone_error_mm(x, x)[0] == pytest.approx(2.0, abs=1e-6)


def test_joints_are_as_far_as_they_were_moved() -> None:
    x = on_the_spot(TURNS)[None]
    away = x + np.array([0.003, 0.004, 0.0])
    assert joint_error_mm(away, x)[0] == pytest.approx(5.0)


def test_a_doubled_frequency_is_one_harmonic_away() -> None:
    once, twice = on_the_spot(TURNS)[None], on_the_spot(2 * TURNS)[None]
    np.testing.assert_allclose(speed_spectrum(once)[0], np.eye(12)[0], atol=1e-12)
    assert spectrum_distance(twice, once)[0] == pytest.approx(1.0)
    assert spectrum_distance(once * 3, once)[0] == pytest.approx(0.0, abs=1e-12)
    assert speed_spectrum(on_the_spot(TURNS, 0.0)[None]).sum() == 0


def test_realism_is_a_table_of_cycles() -> None:
    x = np.stack([on_the_spot(TURNS, size) for size in (0.5, 1.0, 1.5)])
    table = realism(x, x)
    assert table.columns.tolist() == [
        "bone_error_mm",
        "foot_sliding_mm",
        "recorded_sliding_mm",
        "spectrum_distance",
        "joint_error_mm",
    ]
    assert len(table) == 3
    assert (table["foot_sliding_mm"] == table["recorded_sliding_mm"]).all()
    assert (table[["spectrum_distance", "joint_error_mm"]] == 0).all(axis=None)
    with pytest.raises(ParameterError, match="shapes"):
        realism(x, x[:2])
