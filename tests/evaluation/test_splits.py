"""Splits: what is on which side, and how evenly."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from affectlib.errors import ParameterError
from affectlib.evaluation.copies import find_copies
from affectlib.evaluation.splits import Fold, make_folds
from affectlib.privacy.walks import Walks, walks_of

AFFECTS = ("angry", "happy", "neutral", "sad")


def library(
    subjects: int = 6,
    *,
    labels: int = 4,
    takes: int = 2,
    cycles: tuple[int, int] = (3, 6),
    holes: float = 0.0,
    seed: int = 0,
) -> pd.DataFrame:
    """A table of cycles: some takes in two pieces, numbers of cycles drawn, some takes missing."""
    random = np.random.default_rng(seed)
    rows = [
        (f"p{subject}", AFFECTS[label], str(take), f"p{subject}_{label}_{take}_{piece}")
        for subject in range(subjects)
        for label in range(labels)
        for take in range(takes)
        if random.random() >= holes
        for piece in range(random.integers(1, 3))
        for _ in range(random.integers(*cycles))
    ]
    table = pd.DataFrame(rows, columns=["subject", "label", "take", "recording"])
    return table.sample(frac=1, random_state=seed).reset_index(drop=True)


@st.composite
def libraries(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(built)
    several = rows.groupby(["subject", "label"])["take"].transform("nunique") > 1
    assume(len(names(rows[several], ["subject", "label", "take"])) >= 5)
    return rows


built = st.builds(
    library,
    st.integers(5, 9),
    labels=st.integers(2, 4),
    takes=st.integers(2, 4),
    holes=st.sampled_from([0.0, 0.15]),
    seed=st.integers(0, 2**16),
)
ways = st.sampled_from(["cycles", "takes", "subjects"])


def names(rows: pd.DataFrame, columns: list[str]) -> set[tuple[str, ...]]:
    return set(rows[columns].itertuples(index=False, name=None))


def spread(counts: list[int]) -> int:
    return max(counts) - min(counts)


@settings(max_examples=30)
@given(libraries(), ways, st.integers(2, 5), st.integers(0, 99))
def test_training_and_test_are_apart_and_every_cycle_is_tested_once(
    rows: pd.DataFrame, split: str, n_folds: int, seed: int
) -> None:
    folds = make_folds(rows, split=split, n_folds=n_folds, seed=seed)
    assert [fold.number for fold in folds] == list(range(n_folds))
    for fold in folds:
        assert len(fold.test)
        assert sorted([*fold.train, *fold.test]) == list(range(len(rows)))
    tested = np.concatenate([fold.test for fold in folds])
    assert len(tested) == len(set(tested))
    if split == "takes":
        several = rows.groupby(["subject", "label"])["take"].transform("nunique") > 1
        assert set(tested) == set(np.flatnonzero(several))
    else:
        assert len(tested) == len(rows)


@settings(max_examples=30)
@given(libraries(), st.integers(2, 5), st.integers(0, 99))
def test_cycles_are_even_in_every_pair_every_label_and_altogether(
    rows: pd.DataFrame, n_folds: int, seed: int
) -> None:
    folds = make_folds(rows, split="cycles", n_folds=n_folds, seed=seed)
    for keys in (["subject", "label"], ["label"]):
        value = rows.groupby(keys).ngroup().to_numpy()
        for one in np.unique(value):
            assert spread([int((value[fold.test] == one).sum()) for fold in folds]) <= 1
    assert spread([len(fold.test) for fold in folds]) <= 1


@settings(max_examples=30)
@given(libraries(), st.integers(2, 5), st.integers(0, 99))
def test_no_take_is_on_both_sides_and_another_of_its_pair_is_in_training(
    rows: pd.DataFrame, n_folds: int, seed: int
) -> None:
    folds = make_folds(rows, split="takes", n_folds=n_folds, seed=seed)
    take = ["subject", "label", "take"]
    for fold in folds:
        train, test = rows.iloc[fold.train], rows.iloc[fold.test]
        assert not names(train, take) & names(test, take)
        assert not set(train["recording"]) & set(test["recording"])
        assert names(test, ["subject", "label"]) <= names(train, ["subject", "label"])
        assert set(rows["subject"]) == set(train["subject"])
    assert spread([len(names(rows.iloc[fold.test], take)) for fold in folds]) <= 1


@settings(max_examples=30)
@given(libraries(), st.integers(2, 5), st.integers(0, 99))
def test_no_subject_is_on_both_sides_and_people_are_even(rows: pd.DataFrame, n_folds: int, seed: int) -> None:
    folds = make_folds(rows, split="subjects", n_folds=n_folds, seed=seed)
    for fold in folds:
        assert not set(rows["subject"].iloc[fold.train]) & set(rows["subject"].iloc[fold.test])
    assert spread([rows["subject"].iloc[fold.test].nunique() for fold in folds]) <= 1


@settings(max_examples=30)
@given(libraries(), ways, st.integers(0, 99))
def test_inner_groups_are_the_units_of_the_outer_split(rows: pd.DataFrame, split: str, seed: int) -> None:
    for fold in make_folds(rows, split=split, seed=seed):
        if split == "cycles":
            assert fold.inner_groups is None
            continue
        units = {"takes": ["subject", "label", "take"], "subjects": ["subject"]}[split]
        train = rows.iloc[fold.train]
        pairs = set(zip(train[units].agg("|".join, axis=1), fold.inner_groups, strict=True))
        assert len(pairs) == len(names(train, units)) == len(set(fold.inner_groups))


@pytest.mark.parametrize("split", ["cycles", "takes", "subjects"])
def test_equal_seeds_give_equal_folds_and_others_do_not(split: str) -> None:
    def tests(seed: int) -> list[list[int]]:
        return [fold.test.tolist() for fold in make_folds(library(), split=split, seed=seed)]

    assert tests(4) == tests(4)
    assert tests(4) != tests(5)


def test_the_order_of_rows_does_not_decide_what_is_together() -> None:
    rows = library()
    again = make_folds(rows.sort_values(["subject", "take"]).reset_index(drop=True), split="takes")
    take = ["subject", "label", "take"]
    for fold in again:
        assert isinstance(fold, Fold)
    # Whatever index a table comes with is not taken for positions.
    shifted = make_folds(rows.set_axis(range(1000, 1000 + len(rows))), split="takes")
    plain = make_folds(rows, split="takes")
    assert [names(rows.iloc[one.test], take) for one in shifted] == [
        names(rows.iloc[one.test], take) for one in plain
    ]


def test_a_pair_with_one_take_is_always_trained_on() -> None:
    rows = library()
    single = (rows["subject"] == "p0") & (rows["label"] == "sad") & (rows["take"] == "1")
    rows = rows[~single].reset_index(drop=True)
    pair = np.flatnonzero((rows["subject"] == "p0") & (rows["label"] == "sad"))
    for fold in make_folds(rows, split="takes"):
        assert set(pair) <= set(fold.train)


def test_two_takes_train_on_as_much_as_the_papers_split() -> None:
    rows = library(30, cycles=(9, 10))
    shares = {
        split: [len(fold.train) / len(rows) for fold in make_folds(rows, split=split)]
        for split in ("cycles", "takes", "subjects")
    }
    for of_split in shares.values():
        assert of_split == pytest.approx([0.8] * 5, abs=0.04)


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        (library(takes=1), {"split": "takes"}, "recorded more than once.*at least twice for each label"),
        (library(4), {"split": "subjects"}, "at least as many subjects.*found: 4 subjects"),
        (
            library(1, labels=1, takes=1, cycles=(1, 2)).head(1),
            {"split": "cycles"},
            "at least as many cycles",
        ),
        (library(), {"split": "people"}, "unknown split.*cycles, takes, subjects"),
        (library(), {"split": "cycles", "n_folds": 1}, "at least two folds"),
    ],
)
def test_what_cannot_be_split_says_what_is_needed(rows: pd.DataFrame, options: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        make_folds(rows, **options)


def copied(rows: pd.DataFrame, *pairs: tuple[tuple[str, ...], tuple[str, ...]]) -> np.ndarray:
    """Let the cycles of each second take be those of the first one, as far as both have them."""
    copies = np.arange(len(rows))
    for first, second in pairs:
        at = [
            np.flatnonzero((rows[["subject", "label", "take"]] == list(take)).all(axis=1))
            for take in (first, second)
        ]
        for one, other in zip(*at, strict=False):
            copies[max(one, other)] = min(one, other)
    return copies


WITHIN = (("p0", "sad", "0"), ("p0", "sad", "1"))
ACROSS = tuple((("p1", "angry", take), ("p2", "angry", take)) for take in "01")


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 4), ways, st.integers(0, 99), st.integers(2, 5))
def test_copies_stay_on_one_side(takes: int, split: str, seed: int, n_folds: int) -> None:
    rows = library(9, takes=takes, seed=seed)
    copies = copied(rows, WITHIN, *ACROSS)
    assert len(set(copies)) < len(rows)
    for fold in make_folds(rows, split=split, seed=seed, n_folds=n_folds, copies=copies):
        assert not set(copies[fold.train]) & set(copies[fold.test])
        inner = pd.Series(fold.inner_groups).groupby(copies[fold.train]).nunique()
        assert (inner == 1).all()


@settings(max_examples=40, deadline=None)
@given(ways, st.integers(0, 99))
def test_pairs_that_are_tested_keep_a_take_to_train_on_beside_copies(split: str, seed: int) -> None:
    rows = library(9, takes=2 + seed % 2, seed=seed)
    copies = copied(rows, WITHIN, *ACROSS, (("p3", "sad", "0"), ("p4", "happy", "1")))
    for fold in make_folds(rows, split="takes", seed=seed, copies=copies):
        train, test = (rows.iloc[side] for side in (fold.train, fold.test))
        assert names(test, ["subject", "label"]) <= names(train, ["subject", "label"])


@pytest.mark.parametrize("split", ["cycles", "takes", "subjects"])
def test_without_copies_nothing_changes(split: str) -> None:
    rows = library()
    plain = make_folds(rows, split=split)
    for one, other in zip(plain, make_folds(rows, split=split, copies=np.arange(len(rows))), strict=True):
        np.testing.assert_array_equal(one.test, other.test)
        np.testing.assert_array_equal(one.train, other.train)
        assert (one.inner_groups is None) == (other.inner_groups is None) == (split == "cycles")


def test_two_copies_are_no_two_takes() -> None:
    rows = library(takes=2)
    pair = np.flatnonzero((rows["subject"] == "p0") & (rows["label"] == "sad"))
    for fold in make_folds(rows, split="takes", copies=copied(rows, WITHIN)):
        assert set(pair) <= set(fold.train)


def test_copies_are_found_in_the_positions_and_share_a_take_name() -> None:
    random = np.random.default_rng(0)
    position = random.normal(size=(6, 4, 15, 3)).astype(np.float32)
    position[3], position[5] = position[1], position[0]
    position[4] = position[1] + 1e-6
    assert find_copies(position).tolist() == [0, 1, 2, 1, 4, 0]
    columns = {
        "subject": ["a", "a", "a", "a", "a", "b"],
        "label": ["sad"] * 6,
        "take": ["1", "1", "2", "3", "4", "1"],
        "gender": [""] * 6,
    }
    dataset = xr.Dataset(
        {"position": (("cycle", "phase", "joint", "axis"), position)},
        coords={name: ("cycle", values) for name, values in columns.items()},
    )
    walks = walks_of(dataset)
    assert isinstance(walks, Walks)
    assert walks.take.tolist() == ["1", "1", "2", "1", "4", "1"]
    assert len(set(walks.recording_groups())) == 4
