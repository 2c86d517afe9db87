"""Graded affect: what is between the posterior and the discriminants, on codes with planted contents."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from small_releases import small_trained, small_walks

from affectlib.privacy.releases.graded import GradedAffect, code_size, fit_graded_affect

LABELS, PEOPLE = 3, 6


@dataclass
class Noisy:
    """Stands for an autoencoder: its code is the first numbers of a cycle, with errors of its own."""

    seed: int
    errors: float = 0.0
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)

    def affect_code(self, x: np.ndarray) -> np.ndarray:
        code = x.reshape(len(x), -1)[:, :LABELS]
        return code + self.errors * self.rng.normal(size=code.shape)


def planted(*, seed: int = 0, n: int = 900) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cycles, labels and people: a corner of a triangle for the label, the person across that plane."""
    rng = np.random.default_rng(seed)
    label, person = rng.integers(LABELS, size=n), rng.integers(PEOPLE, size=n)
    across = np.full(LABELS, 1 / np.sqrt(LABELS))
    code = 4 * np.eye(LABELS)[label] + 5.0 * person[:, None] * across + 0.5 * rng.normal(size=(n, LABELS))
    return code[:, None, :, None], label.astype(str), person


def fitted(*autoencoders: Noisy) -> GradedAffect:
    x, label, _ = planted()
    return fit_graded_affect(autoencoders, x, label)


def test_without_residual_variation_it_is_what_the_posterior_expects() -> None:
    release, (x, _, _) = fitted(Noisy(0)), planted(seed=1)
    code = Noisy(0).affect_code(x)
    posterior = release.discriminants.predict_proba(code)
    np.testing.assert_allclose(release.release(x, residual=0.0), posterior @ release.means, atol=1e-4)
    np.testing.assert_allclose(
        release.release(x, residual=1.0), release.discriminants.transform(code), atol=1e-4
    )


@pytest.mark.parametrize("residual", [0.25, 0.5])
def test_between_them_it_goes_along_a_line(residual: float) -> None:
    release, (x, _, _) = fitted(Noisy(0)), planted(seed=1)
    ends = [release.release(x, residual=end) for end in (0.0, 1.0)]
    np.testing.assert_allclose(
        release.release(x, residual=residual), (1 - residual) * ends[0] + residual * ends[1], atol=1e-4
    )


@pytest.mark.parametrize("residual", [0.0, 1.0])
def test_a_person_across_the_discriminants_is_gone(residual: float) -> None:
    x, label, person = planted(seed=2)
    released = fitted(Noisy(0)).release(x, residual=residual)
    assert released.shape == (len(x), LABELS - 1)
    one = released[label == "0"]
    means = np.stack([one[person[label == "0"] == each].mean(axis=0) for each in range(PEOPLE)])
    raw = x.reshape(len(x), -1)[label == "0"]
    raw_means = np.stack([raw[person[label == "0"] == each].mean(axis=0) for each in range(PEOPLE)])
    assert np.ptp(raw_means, axis=0).max() > 10
    # Labels lie 4 apart in the code, and some standard deviations of it here.
    labels = np.stack([released[label == each].mean(axis=0) for each in np.unique(label)])
    assert np.ptp(means, axis=0).max() < 0.1 * np.ptp(labels, axis=0).max()


def test_several_that_err_each_in_their_own_way_know_the_label_better() -> None:
    x, label, _ = planted(seed=3)

    def right(*autoencoders: Noisy) -> float:
        release = fitted(*autoencoders)
        released = release.release(x, residual=0.0)
        nearest = ((released[:, None] - release.means) ** 2).sum(axis=2).argmin(axis=1)
        return float((release.discriminants.classes_[nearest] == label).mean())

    alone = [right(Noisy(seed, errors=2.5)) for seed in (10, 20, 30)]
    joined = right(*(Noisy(seed, errors=2.5) for seed in (10, 20, 30)))
    assert joined > max(alone) + 0.05


def test_the_first_of_those_joined_is_the_autoencoder_of_that_seed() -> None:
    walks, trained = small_walks(), small_trained()
    joined = trained.fit_autoencoders(walks, affect_size=code_size(walks.label), seed=4)
    assert len(joined) == trained.members
    assert joined[0] is trained.fit_autoencoder(walks, affect_size=code_size(walks.label), seed=4)
    codes = [each.affect_code(walks.x) for each in joined]
    assert not np.allclose(codes[0], codes[1])
