"""Training: what is set aside, the schedule, resuming, and what an autoencoder learns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from small_world import LABELS, SUBJECTS, cycles, settings, take_groups

from affectlib.errors import CyclesError, ParameterError
from affectlib.models.autoencoder import Architecture, TwoEncoderAutoencoder
from affectlib.models.checkpoint import identity, load_tensors, save_tensors
from affectlib.models.fitted import FittedAutoencoder
from affectlib.models.holdout import cells_that_remain, hold_out
from affectlib.models.loop import late_gain
from affectlib.models.machine import steady
from affectlib.models.scaling import with_timing
from affectlib.models.schedule import Schedule
from affectlib.models.training import LossWeights, fit_autoencoder, loss_terms

CELLS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=40)


@given(CELLS, st.floats(0, 0.5), st.integers(0, 1000))
def test_groups_are_held_out_whole_and_no_cell_is_emptied(
    cells: list[tuple[int, int]], share: float, seed: int
) -> None:
    cell, group = np.array(cells).T
    train, validation = hold_out(cell, group, share=share, rng=np.random.default_rng(seed))
    assert sorted([*train, *validation]) == list(range(len(cell)))
    assert set(cell[train]) == set(cell)
    # Unless some group can be spared, single cycles are held out.
    others = [set(cell[group != one]) for one in group]
    if all(set(cell) <= other for other in others):
        assert set(group[train]) & set(group[validation]) == set()


@given(st.integers(0, 1000))
def test_about_the_wanted_share_is_held_out(seed: int) -> None:
    cell = np.repeat(np.arange(20), 10)
    _, validation = hold_out(cell, np.repeat(np.arange(40), 5), share=0.2, rng=np.random.default_rng(seed))
    assert len(validation) == 40


def test_without_second_takes_single_cycles_are_held_out() -> None:
    cell = np.repeat(np.arange(10), 3)
    train, validation = hold_out(cell, cell, share=0.2, rng=np.random.default_rng(0))
    assert len(validation) == 6
    assert len(set(cell[train])) == 10


def test_where_subjects_are_tested_whole_subjects_are_held_out() -> None:
    subject, label = np.repeat(np.arange(10), 6), np.tile(np.repeat(["happy", "sad"], 3), 10)
    train, validation = hold_out(
        cells_that_remain(subject, label, subject), subject, share=0.2, rng=np.random.default_rng(0)
    )
    assert len(set(subject[validation])) == 2
    assert set(subject[train]) & set(subject[validation]) == set()
    # Takes leave every pair of subject and label in training.
    assert len(set(cells_that_remain(subject, label, np.arange(60) // 3))) == 20


def test_nothing_to_spare_sets_nothing_aside() -> None:
    assert len(hold_out(np.arange(5), None, share=0.5, rng=np.random.default_rng(0))[1]) == 0


@given(st.integers(1, 10_000), st.integers(20, 2000), st.integers(2, 128))
def test_the_number_of_steps_is_kept_whatever_the_library(n_cycles: int, n_steps: int, batch: int) -> None:
    schedule = Schedule(n_steps=n_steps, batch_size=batch)
    per_epoch = schedule.steps_per_epoch(n_cycles)
    assert abs(per_epoch * schedule.epochs(n_cycles) - n_steps) <= max(per_epoch / 2, per_epoch - n_steps)
    # No batch much larger than wanted, and none of a single motion.
    assert schedule.passes(n_cycles) * n_cycles / per_epoch <= 1.5 * batch


@given(st.integers(1, 10_000), st.integers(1, 20), st.integers(2, 128))
def test_every_cycle_is_passed_over_as_often_as_asked(n_cycles: int, n_passes: int, batch: int) -> None:
    schedule = Schedule(n_steps=1, n_passes=n_passes, batch_size=batch)
    made = schedule.epochs(n_cycles) * schedule.passes(n_cycles)
    assert n_passes <= made < n_passes + schedule.passes(n_cycles)


@pytest.mark.parametrize(
    "wrong",
    [{"n_steps": 0}, {"batch_size": 1}, {"learning_rate": 0.0}, {"held_out": 0.9}, {"device": "auto"}],
)
def test_schedules_that_cannot_be(wrong: dict) -> None:
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        Schedule(**wrong)


def test_loss_terms_go_to_the_right_corners() -> None:
    """Codes and motions so simple that each term can be counted by hand."""

    class Part(torch.nn.Module):
        """A network that does something simple."""

        def __init__(self, does: Callable[[torch.Tensor], torch.Tensor]) -> None:
            super().__init__()
            self.forward = does

    # Affect is a motion's first channel, subject its second; the decoder puts them back.
    simple = TwoEncoderAutoencoder(Architecture(width=1))
    simple.E_A, simple.E_S = Part(lambda x: x[:, 0, :1]), Part(lambda x: x[:, 1, :1])
    simple.D = Part(lambda code: code[:, :, None])

    def corner(subject: float, affect: float) -> torch.Tensor:
        return torch.tensor([[[affect], [subject]]], dtype=torch.float32)

    square = torch.stack([corner(1, 10), corner(2, 30), corner(2, 10), corner(1, 30)])
    label = torch.tensor([[0], [1], [0], [1]])
    weights = LossWeights(margin=3.0)
    terms = loss_terms(simple, square, torch.ones(2, 1, dtype=torch.bool), label, weights=weights)
    # Affect codes are positive numbers, their unit vectors are equal: 1 of 3 others is a positive.
    assert float(terms.pop("contrastive_affect")) == pytest.approx(np.log(3))
    # Exchanges are perfect; affects are 20 apart (more than the margin), subjects 1 apart (2 short).
    assert {name: float(value) for name, value in terms.items()} == {
        "reconstruction": 0.0,
        "cross": 0.0,
        "triplet_affect": 0.0,
        "triplet_subject": 2.0,
    }


def state(fitted: FittedAutoencoder) -> dict[str, bytes]:
    tensors = fitted.network.state_dict()
    return {name: tensor.numpy().tobytes() for name, tensor in tensors.items()} | {
        "history": fitted.history.to_csv().encode()
    }


@pytest.fixture(scope="module")
def fitted() -> FittedAutoencoder:
    x, subject, label, take = cycles()
    return fit_autoencoder(
        x, subject, label, groups=take_groups(subject, label, take), settings=settings(), seed=1
    )


def test_the_same_seed_gives_the_same_bytes(fitted: FittedAutoencoder) -> None:
    x, subject, label, take = cycles()
    torch.manual_seed(99)
    np.random.seed(99)
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        again = fit_autoencoder(
            x, subject, label, groups=take_groups(subject, label, take), settings=settings(), seed=1
        )
        other = fit_autoencoder(
            x, subject, label, groups=take_groups(subject, label, take), settings=settings(), seed=2
        )
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)
    assert state(again) == state(fitted)
    assert state(other) != state(fitted)


class Killed(Exception):
    """A training that somebody stopped."""


def test_a_killed_training_goes_on_to_the_same_bytes(fitted: FittedAutoencoder, tmp_path: Path) -> None:
    x, subject, label, take = cycles()
    seen: list[int] = []

    def stop_at(epoch: int):
        def progress(done: int, epochs: int, terms: Mapping[str, float]) -> None:
            seen.append(done)
            if done == epoch:
                raise Killed

        return progress

    for epoch in (1, 99):
        try:
            resumed = fit_autoencoder(
                x,
                subject,
                label,
                groups=take_groups(subject, label, take),
                settings=settings(),
                seed=1,
                checkpoint=tmp_path / "now.safetensors",
                progress=stop_at(epoch),
            )
        except Killed:
            continue
    assert seen == [1, 2]
    assert state(resumed) == state(fitted)
    assert [path.name for path in tmp_path.iterdir()] == ["now.safetensors"]


@pytest.fixture(scope="module")
def kept_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A checkpoint of the training that `fitted` is the result of."""
    x, subject, label, take = cycles()
    path = tmp_path_factory.mktemp("checkpoint") / "now.safetensors"
    fit_autoencoder(
        x,
        subject,
        label,
        groups=take_groups(subject, label, take),
        settings=settings(),
        seed=1,
        checkpoint=path,
    )
    return path.read_bytes()


def test_a_finished_checkpoint_is_only_read(
    fitted: FittedAutoencoder, kept_checkpoint: bytes, tmp_path: Path
) -> None:
    x, subject, label, take = cycles()
    (tmp_path / "now.safetensors").write_bytes(kept_checkpoint)
    again = fit_autoencoder(
        x,
        subject,
        label,
        groups=take_groups(subject, label, take),
        settings=settings(),
        seed=1,
        checkpoint=tmp_path / "now.safetensors",
        progress=lambda *_: pytest.fail("trained again"),
    )
    assert state(again) == state(fitted)


@pytest.mark.parametrize("fault", ["other seed", "other data", "cut short", "no tensors"])
def test_a_foreign_or_damaged_checkpoint_is_not_continued(
    fitted: FittedAutoencoder, kept_checkpoint: bytes, tmp_path: Path, fault: str
) -> None:
    x, subject, label, take = cycles()
    damaged = {"cut short": kept_checkpoint[:-100], "no tensors": b"nothing"}
    checkpoint = tmp_path / "now.safetensors"
    checkpoint.write_bytes(damaged.get(fault, kept_checkpoint))
    epochs: list[int] = []
    fit_autoencoder(
        x + (0.1 if fault == "other data" else 0),
        subject,
        label,
        groups=take_groups(subject, label, take),
        settings=settings(),
        seed=2 if fault == "other seed" else 1,
        checkpoint=checkpoint,
        progress=lambda done, *_: epochs.append(done),
    )
    assert epochs == [1, 2]


def test_the_history_tells_every_term(fitted: FittedAutoencoder) -> None:
    terms = ["reconstruction", "cross", "triplet_affect", "triplet_subject", "contrastive_affect"]
    assert {"epoch", "learning_rate", "loss", "validation", "best", *terms} <= set(fitted.history)
    assert {f"validation_{term}" for term in terms} <= set(fitted.history)
    assert fitted.history["best"].sum() == 1
    assert fitted.history["epoch"].tolist() == list(range(1, len(fitted.history) + 1))
    last = fitted.history.iloc[-1]
    assert last["loss"] == pytest.approx(sum(last[term] for term in terms), rel=1e-4)


def test_the_kept_epoch_is_the_best_of_the_validation(fitted: FittedAutoencoder) -> None:
    assert (
        fitted.history.loc[fitted.history["best"], "validation"].item() == fitted.history["validation"].min()
    )


def test_training_stops_when_validation_no_longer_improves() -> None:
    x, _, label, take = cycles()
    rng = np.random.default_rng(0)
    # Nothing but noise: there is nothing to learn that holds on cycles set aside.
    noise = rng.normal(size=x.shape).astype(np.float32)
    subject = np.arange(len(x)) % SUBJECTS
    fitted = fit_autoencoder(
        noise,
        subject,
        label,
        groups=take_groups(subject, label, take),
        settings=settings(n_steps=600, patience=2, learning_rate=0.01),
    )
    assert len(fitted.history) < 30
    assert len(fitted.history) - int(fitted.history["epoch"][fitted.history["best"]].item()) == 2


def test_without_cycles_set_aside_the_last_epoch_is_kept() -> None:
    x, subject, label, _ = cycles()
    history = fit_autoencoder(x, subject, label, settings=settings(held_out=0.0)).history
    assert "validation" not in history
    assert history["best"].tolist() == [False] * (len(history) - 1) + [True]


@pytest.fixture(scope="module")
def learnt() -> tuple[FittedAutoencoder, tuple[np.ndarray, ...], np.ndarray]:
    """Trained without one cell of the grid, and the motions of the truth without noise."""
    x, subject, label, take = cycles(noise_m=0.0)
    train = ~((subject == "s2") & (label == "happy"))
    fitted = fit_autoencoder(
        x[train],
        subject[train],
        label[train],
        groups=take_groups(subject, label, take)[train],
        settings=settings(n_steps=240, learning_rate=0.01),
    )
    return fitted, (x, subject, label, take), train


def test_an_exchange_gives_a_motion_that_was_never_seen(learnt: tuple) -> None:
    """Person and affect add up here, so the held-out cell follows from the others."""
    fitted, (x, subject, label, _), _ = learnt
    x_affect = x[(subject == "s4") & (label == "happy")]
    x_person = x[(subject == "s2") & (label == "sad")]
    truth = x[(subject == "s2") & (label == "happy")]
    error = np.abs(fitted.transfer(x_affect, x_person) - truth).mean()
    assert error < 0.5 * np.abs(x_affect - truth).mean()
    assert error < 0.5 * np.abs(x_person - truth).mean()


def test_reconstruction_is_near_the_motion(learnt: tuple) -> None:
    fitted, (x, *_), train = learnt
    made = fitted.reconstruct(x[train])
    assert made.shape == x[train].shape
    spread = np.abs(x[train] - x[train].mean(axis=0)).mean()
    assert np.abs(made - x[train]).mean() < 0.3 * spread
    np.testing.assert_array_equal(made, fitted.transfer(x[train], x[train]))


def test_each_code_gathers_its_own_kind(learnt: tuple) -> None:
    fitted, (x, subject, label, _), train = learnt
    for code, own, other in (
        (fitted.affect_code(x), label, subject),
        (fitted.subject_code(x), subject, label),
    ):
        code, kinds, rest = code[train], own[train], other[train]
        apart = np.linalg.norm(code[:, None] - code[None], axis=-1)
        same_own, same_other = kinds[:, None] == kinds, rest[:, None] == rest
        assert apart[same_own & ~same_other].mean() < 0.5 * apart[~same_own & same_other].mean()


def test_saved_and_loaded_is_the_same(fitted: FittedAutoencoder, tmp_path: Path) -> None:
    x = cycles()[0]
    loaded = FittedAutoencoder.load(fitted.save(tmp_path / "kept"))
    np.testing.assert_array_equal(loaded.affect_code(x), fitted.affect_code(x))
    np.testing.assert_array_equal(loaded.subject_code(x), fitted.subject_code(x))
    np.testing.assert_array_equal(loaded.reconstruct(x), fitted.reconstruct(x))
    assert list(loaded.history) == list(fitted.history)
    assert not any(path.suffix in (".pkl", ".pt") for path in tmp_path.rglob("*"))


def test_a_folder_without_autoencoder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no saved autoencoder"):
        FittedAutoencoder.load(tmp_path)


def test_codes_do_not_depend_on_company(fitted: FittedAutoencoder) -> None:
    """Evaluation looks at each cycle alone; the number of phases is free."""
    x = cycles()[0]
    np.testing.assert_allclose(fitted.affect_code(x)[5:6], fitted.affect_code(x[5:6]), rtol=1e-4, atol=1e-5)
    assert fitted.affect_code(x[:0]).shape == (0, 4)
    assert fitted.reconstruct(np.repeat(x, 2, axis=1)).shape == (SUBJECTS * LABELS * 2, 32, 15, 3)


def test_exchanges_need_pairs(fitted: FittedAutoencoder) -> None:
    x = cycles()[0]
    with pytest.raises(ParameterError, match="pairs of cycles"):
        fitted.transfer(x[:3], x[:4])


def test_labels_may_be_numbers(fitted: FittedAutoencoder) -> None:
    x, subject, label, take = cycles()
    codes = [np.unique(values, return_inverse=True)[1] for values in (subject, label)]
    again = fit_autoencoder(x, *codes, groups=take_groups(*codes, take), settings=settings(), seed=1)
    assert state(again) == state(fitted)


def test_a_hole_in_the_grid_does_no_harm() -> None:
    x, subject, label, take = cycles()
    there = ~((subject == "s1") & (label != "sad")) & ~((subject == "s3") & (label == "sad"))
    fitted = fit_autoencoder(
        x[there],
        subject[there],
        label[there],
        groups=take_groups(subject, label, take)[there],
        settings=settings(),
    )
    assert np.isfinite(fitted.history.drop(columns="best").to_numpy()).all()


def test_late_gain_is_the_fall_that_is_left() -> None:
    curve = [5.0, 3.0, 2.0, 2.5, 1.5, 1.25, 1.5, 1.0, 1.0, 1.0, 1.0]
    assert late_gain(pd.DataFrame({"validation": curve})) == 0
    assert late_gain(pd.DataFrame({"validation": np.linspace(1, 0, 11)})) == pytest.approx(0.2)
    assert np.isnan(late_gain(pd.DataFrame({"loss": curve})))


def test_timing_is_encoded_with_the_series_and_never_part_of_a_motion() -> None:
    x, subject, label, _ = cycles()
    series = with_timing(x, np.linspace(0.9, 1.4, 2 * len(x)).reshape(-1, 2))
    fitted = fit_autoencoder(series, subject, label, settings=settings())
    assert fitted.network.architecture.n_channels == 47
    assert fitted.transfer(series, series[::-1]).shape == x.shape
    slower = with_timing(x, np.full((len(x), 2), 2.0))
    assert not np.array_equal(fitted.affect_code(slower), fitted.affect_code(series))


def test_a_library_without_exchange_is_told_before_training() -> None:
    x, subject, label, _ = cycles()
    alone = subject == "s1"
    with pytest.raises(CyclesError, match="two subjects and two labels"):
        fit_autoencoder(x[alone], subject[alone], label[alone], settings=settings())


def test_arithmetic_is_the_same_on_every_processor(
    fitted: FittedAutoencoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A processor that computes with bfloat16 is asked for float32 all the same."""
    everything = dict.fromkeys(("avx512_bf16", "amx_bf16", "bf16", "arm_bf16"), True)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: everything, raising=False)
    x, subject, label, take = cycles()
    torch.set_float32_matmul_precision("medium")
    try:
        again = fit_autoencoder(
            x, subject, label, groups=take_groups(subject, label, take), settings=settings(), seed=1
        )
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision("highest")
    assert state(again) == state(fitted)


def test_steady_leaves_the_machine_as_it_was() -> None:
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    with steady(1):
        assert torch.are_deterministic_algorithms_enabled()
        torch.rand(10)
    assert not torch.are_deterministic_algorithms_enabled()
    assert (torch.rand(2) == expected).all()


def test_tensors_are_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kept.safetensors"
    save_tensors(path, {"a": torch.arange(3)}, {"n": 1})

    def full_disk(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full_disk)
        with pytest.raises(OSError, match="no space"):
            save_tensors(path, {"a": torch.arange(5)}, {"n": 2})
    tensors, header = load_tensors(path)
    assert tensors["a"].tolist() == [0, 1, 2]
    assert header == {"n": 1}


def test_identity_tells_everything_apart() -> None:
    digests = {
        identity(np.array(["a", "b"])),
        identity(np.array(["b", "a"])),
        identity(np.arange(4.0)),
        identity(np.arange(4.0).reshape(2, 2)),
        identity(np.arange(4.0, dtype=np.float32)),
        identity({"seed": 1}),
        identity({"seed": 2}),
    }
    assert len(digests) == 7
    assert identity(np.array(["a"], dtype="U1")) == identity(np.array(["a"], dtype="U9"))
