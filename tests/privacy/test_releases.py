"""What a release is, custom releases, and what all releases have in common."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_releases import small_trained, small_walks

from affectlib.errors import ParameterError
from affectlib.privacy.releases.catalogue import all_releases
from affectlib.privacy.releases.release import KINDS, Release, custom_release

WALKS = small_walks()
RELEASES = {release.name: release for release in all_releases(cache=small_trained())}
"""One cache for all tests of this module: every network is trained once."""


def test_every_release_of_the_comparison_is_there() -> None:
    assert list(RELEASES) == [release.name for release in all_releases()]
    wanted = {
        *("raw", "size-normalised", "heading and pace removed", "average pose", "coarser time"),
        *("coarser space", "rolling mean", "body parts removed", "frame differences"),
        *("amplitude equalised", "frequency equalised", "Gaussian noise", "PCA", "LEACE"),
        *("adversarial code", "affect code", "posterior", "label", "average person", "another person"),
    }
    assert wanted <= set(RELEASES)
    assert {release.kind for release in RELEASES.values()} == set(KINDS)
    for release in RELEASES.values():
        assert 3 <= len(release.values) <= 6 or release.values == (None,)
        assert release.description.endswith(".")


@pytest.mark.parametrize("name", RELEASES)
@pytest.mark.parametrize("end", [0, -1], ids=["weakest", "strongest"])
def test_releases_see_positions_of_single_cycles_alone(name: str, end: int) -> None:
    release = RELEASES[name]
    released = release.fit(WALKS, release.values[end], 0)
    test = small_walks(seed=1).x
    whole = released(test)
    shape = test.shape if release.kind == "series" else (len(test), whole.shape[-1])
    assert whole.shape == shape
    assert whole.dtype == np.float32
    assert np.isfinite(whole).all()
    np.testing.assert_array_equal(released(test), whole)
    order = np.random.default_rng(0).permutation(len(test))
    scale = max(1.0, float(np.abs(whole).max()))
    np.testing.assert_allclose(released(test[order]), whole[order], rtol=1e-4, atol=1e-5 * scale)
    np.testing.assert_allclose(released(test[:1]), whole[:1], rtol=1e-4, atol=1e-5 * scale)
    np.testing.assert_array_equal(test, small_walks(seed=1).x)


@pytest.mark.parametrize("name", RELEASES)
def test_equal_fits_give_equal_releases_in_another_process_too(name: str) -> None:
    release = RELEASES[name]
    first = release.fit(WALKS, release.values[-1], 3)
    fresh = {one.name: one for one in all_releases(cache=small_trained())}[name]
    second = pickle.loads(pickle.dumps(fresh.fit(WALKS, release.values[-1], 3)))
    np.testing.assert_array_equal(first(WALKS.x), second(WALKS.x))


def test_networks_are_trained_once_and_read_from_disk_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = small_trained(tmp_path)
    codes = once.fit_autoencoder(WALKS, affect_size=2, seed=0).affect_code(WALKS.x)
    hidden = once.fit_adversarial(WALKS, weight=1, seed=0).code(WALKS.x)

    def no_training(*_: object, **__: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr("affectlib.privacy.releases.trained.fit_autoencoder", no_training)
    monkeypatch.setattr("affectlib.privacy.releases.trained.fit_adversarial", no_training)
    again = small_trained(tmp_path)
    np.testing.assert_array_equal(
        again.fit_autoencoder(WALKS, affect_size=2, seed=0).affect_code(WALKS.x), codes
    )
    np.testing.assert_array_equal(again.fit_adversarial(WALKS, weight=1, seed=0).code(WALKS.x), hidden)
    for other in ({"affect_size": 3, "seed": 0}, {"affect_size": 2, "seed": 1}):
        with pytest.raises(AssertionError, match="trained again"):
            again.fit_autoencoder(WALKS, **other)
    with pytest.raises(AssertionError, match="trained again"):
        again.fit_autoencoder(WALKS.at(np.arange(len(WALKS)) > 0), affect_size=2, seed=0)


def test_a_damaged_network_is_trained_again(tmp_path: Path) -> None:
    codes = small_trained(tmp_path).fit_autoencoder(WALKS, affect_size=2, seed=0).affect_code(WALKS.x)
    [file] = tmp_path.rglob("*.safetensors")
    file.write_bytes(file.read_bytes()[:100])
    again = small_trained(tmp_path).fit_autoencoder(WALKS, affect_size=2, seed=0)
    np.testing.assert_array_equal(again.affect_code(WALKS.x), codes)
    assert not list(tmp_path.rglob(".partial-*"))
    [file] = tmp_path.rglob("*.safetensors")
    assert file.stat().st_size > 1000


# --- custom -------------------------------------------------------------------------------------


def test_a_custom_release_may_be_any_function() -> None:
    release = custom_release("mean posture", lambda x: x.mean(axis=1))
    released = release.fit(WALKS, None, 0)
    np.testing.assert_allclose(released(WALKS.x), WALKS.x.mean(axis=1).reshape(-1, 45), atol=1e-6)
    height = custom_release("height", lambda x: x[..., 2].max(axis=(1, 2))).fit(WALKS, None, 0)
    assert height(WALKS.x).shape == (len(WALKS), 1)
    series = custom_release("mirror", lambda x: x * [1, -1, 1], kind="series").fit(WALKS, None, 0)
    assert series(WALKS.x).shape == WALKS.x.shape


def test_a_custom_release_may_have_a_parameter() -> None:
    release = custom_release(
        "scaled", lambda x, by: x * by, kind="series", parameter="factor", values=(1.0, 0.5)
    )
    np.testing.assert_array_equal(release.fit(WALKS, 0.5, 0)(WALKS.x), WALKS.x * np.float32(0.5))


def chance(x: np.ndarray) -> np.ndarray:
    return np.random.default_rng().normal(size=(len(x), 2))


REFUSED: dict[str, tuple[Callable[[np.ndarray], np.ndarray], str, str]] = {
    "not finite": (lambda x: np.full(len(x), np.nan), "code", "no finite number"),
    "too few rows": (lambda x: x[1:].mean(axis=(1, 2)), "code", "need as many rows"),
    "one number": (lambda x: np.float64(1.0), "code", "need as many rows"),
    "text": (lambda x: np.full(len(x), "sad"), "code", "no array of numbers"),
    "ragged": (lambda x: np.array([None] * len(x)), "code", "no array of numbers"),
    "chance": (chance, "code", "two calls"),
    "others' average": (lambda x: (x - x.mean(axis=0)).mean(axis=1), "code", "depends on the other cycles"),
    "its place": (lambda x: np.arange(len(x)), "code", "depends on the other cycles"),
    "no series": (lambda x: x.mean(axis=1), "series", "needs the shape of the positions"),
    "failing": (lambda x: x @ np.ones(7), "code", "the function failed.*ValueError"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_release_is_refused(case: str) -> None:
    function, kind, problem = REFUSED[case]
    with pytest.raises(ParameterError, match=problem) as refused:
        custom_release("mine", function, kind=kind).fit(WALKS, None, 0)
    assert "release 'mine'" in str(refused.value)


def test_a_release_is_held_to_its_word_later_too() -> None:
    released = custom_release("mine", lambda x: 1 / (x.max(axis=(1, 2, 3)) < 9)).fit(WALKS, None, 0)
    far = WALKS.x + np.float32(10)
    with np.errstate(divide="ignore"), pytest.raises(ParameterError, match="no finite number"):
        released(far)


def test_a_function_cannot_change_the_walks() -> None:
    before = WALKS.x.copy()

    def writes(x: np.ndarray) -> np.ndarray:
        x[:] = 0
        return x.sum(axis=(1, 2, 3))

    custom_release("mine", writes).fit(WALKS, None, 0)(WALKS.x)
    np.testing.assert_array_equal(WALKS.x, before)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "film"},
        {"values": ()},
        {"parameter": "size"},
        {"values": (1, 2)},
        {"parameter": "size", "values": ()},
    ],
)
def test_releases_that_cannot_be(wrong: dict) -> None:
    with pytest.raises(ParameterError, match="release 'x'"):
        Release(**({"name": "x", "kind": "code", "fit": lambda *_: lambda x: x} | wrong))
