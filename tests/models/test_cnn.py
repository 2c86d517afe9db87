"""The CNNs on joint series and on codes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_world import cnn_settings, cycles

from affectlib.errors import ParameterError
from affectlib.models.cnn import FittedCnn, fit_cnn
from affectlib.models.cnn_networks import CnnSettings
from affectlib.models.scaling import with_timing
from affectlib.models.schedule import Schedule


@pytest.fixture(scope="module")
def on_series() -> FittedCnn:
    x, subject, label, take = cycles()
    train = take == 0
    return fit_cnn(x[train], label[train], groups=subject[train], settings=cnn_settings(), seed=1)


def test_it_learns_an_affect_that_is_there(on_series: FittedCnn) -> None:
    x, _, label, take = cycles()
    test = take == 1
    assert np.mean(on_series.predict(x[test]) == label[test]) > 0.9


def test_it_finds_chance_where_there_is_nothing() -> None:
    x, _, label, take = cycles()
    shuffled = np.random.default_rng(0).permutation(label)
    test = take == 1
    fitted = fit_cnn(x[~test], shuffled[~test], settings=cnn_settings())
    assert np.mean(fitted.predict(x[test]) == shuffled[test]) < 0.65


def test_probabilities(on_series: FittedCnn) -> None:
    x = cycles()[0]
    probability = on_series.predict_proba(x)
    assert probability.shape == (48, 3)
    np.testing.assert_allclose(probability.sum(axis=1), 1, rtol=1e-5)
    assert (on_series.classes[probability.argmax(axis=1)] == on_series.predict(x)).all()
    assert on_series.classes.tolist() == ["angry", "happy", "sad"]


def test_the_same_seed_gives_the_same_bytes(on_series: FittedCnn) -> None:
    x, subject, label, take = cycles()
    train = take == 0
    again = fit_cnn(x[train], label[train], groups=subject[train], settings=cnn_settings(), seed=1)
    assert again.predict_proba(x).tobytes() == on_series.predict_proba(x).tobytes()


def test_a_killed_training_goes_on_to_the_same_bytes(on_series: FittedCnn, tmp_path: Path) -> None:
    x, subject, label, take = cycles()
    train = take == 0
    options = {
        "groups": subject[train],
        "settings": cnn_settings(),
        "seed": 1,
        "checkpoint": tmp_path / "now",
    }

    def stop(done: int, *_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_cnn(x[train], label[train], **options, progress=stop)
    resumed = fit_cnn(x[train], label[train], **options)
    assert resumed.predict_proba(x).tobytes() == on_series.predict_proba(x).tobytes()


def test_codes_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    target = np.arange(200) % 4
    codes = rng.normal(size=(200, 6)) + 3 * np.eye(6)[target]
    schedule = Schedule(n_steps=100, batch_size=32)
    fitted = fit_cnn(codes[:120], target[:120], settings=CnnSettings(schedule=schedule))
    # The best that can be done here is .95 (linear discriminant between Gaussians of one shape).
    assert np.mean(fitted.predict(codes[120:]) == target[120:]) > 0.88
    assert fitted.classes.dtype == target.dtype


@pytest.mark.parametrize("kind", ["series", "codes"])
def test_saved_and_loaded_is_the_same(kind: str, tmp_path: Path) -> None:
    x, _, label, take = cycles()
    values = x if kind == "series" else x.reshape(len(x), -1)[:, :5]
    target = label if kind == "series" else take
    fitted = fit_cnn(values, target, settings=cnn_settings(n_steps=20))
    loaded = FittedCnn.load(fitted.save(tmp_path))
    np.testing.assert_array_equal(loaded.predict_proba(values), fitted.predict_proba(values))
    assert (loaded.predict(values) == fitted.predict(values)).all()
    assert loaded.settings == fitted.settings


def test_a_folder_without_cnn_is_told(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no saved CNN"):
        FittedCnn.load(tmp_path)


def test_one_class_is_refused() -> None:
    with pytest.raises(ParameterError, match="two classes"):
        fit_cnn(np.zeros((4, 3)), np.zeros(4))


def test_timing_is_learnt_where_the_label_is_in_nothing_else() -> None:
    x, subject, _, take = cycles(repeats=3)
    rng = np.random.default_rng(0)
    fast = rng.integers(2, size=len(x))
    timing = np.stack([1.2 - 0.2 * fast, 1 + 0.3 * fast], axis=1) + 0.02 * rng.normal(size=(len(x), 2))
    label, train = np.where(fast, "angry", "sad"), take == 0
    rates = []
    for series in (x, with_timing(x, timing)):
        fitted = fit_cnn(series[train], label[train], groups=subject[train], settings=cnn_settings(), seed=1)
        rates.append(np.mean(fitted.predict(series[~train]) == label[~train]))
    assert rates[0] < 0.7
    assert rates[1] > 0.9
