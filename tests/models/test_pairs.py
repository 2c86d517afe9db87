"""Drawing of pairs and ground truths: right cells, every hole masked, nothing preferred."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from affectlib.errors import CyclesError
from affectlib.models.pairs import Square, draw_squares, make_grid

GRIDS = st.integers(2, 4).flatmap(
    lambda labels: st.lists(
        st.lists(st.integers(0, 3), min_size=labels, max_size=labels), min_size=2, max_size=5
    )
)
"""Cycles in each cell, holes included."""


def library(counts: list[list[int]], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Subject and label of each cycle, in no order."""
    cells = [(f"s{row}", f"l{column}") for row, line in enumerate(counts) for column in range(len(line))]
    numbers = [count for line in counts for count in line]
    subject, label = np.array([cell for cell, n in zip(cells, numbers, strict=True) for _ in range(n)]).T
    order = np.random.default_rng(seed).permutation(len(subject))
    return subject[order], label[order]


def worth_drawing(filled: np.ndarray, i: int, j: int) -> set[tuple[int, int]]:
    """Cells (k, l) that may be paired with (i, j), found one by one."""
    return {
        (k, el)
        for k, el in zip(*np.nonzero(filled), strict=True)
        if k != i and el != j and (filled[k, j] or filled[i, el])
    }


def drawn(counts: list[list[int]], seed: int = 0) -> tuple[np.ndarray, np.ndarray, Square]:
    subject, label = library(counts)
    grid = make_grid(subject, label)
    return subject, label, draw_squares(grid, grid.cells(subject, label), np.random.default_rng(seed))


def some_exchange_exists(counts: list[list[int]]) -> bool:
    filled = np.array(counts) > 0
    return any(worth_drawing(filled, i, j) for i, j in zip(*np.nonzero(filled), strict=True))


@given(GRIDS, st.integers(0, 2**31))
def test_every_motion_is_of_the_right_subject_and_label(counts: list[list[int]], seed: int) -> None:
    if not some_exchange_exists(counts):
        return
    subject, label, square = drawn(counts, seed)
    filled = np.array(counts) > 0
    for anchor in range(len(subject)):
        i, j = int(subject[anchor][1:]), int(label[anchor][1:])
        partners = worth_drawing(filled, i, j)
        assert square.has_kl[anchor] == bool(partners)
        if not partners:
            assert not square.has_kj[anchor]
            assert not square.has_il[anchor]
            continue
        k, el = int(subject[square.kl[anchor]][1:]), int(label[square.kl[anchor]][1:])
        assert (k, el) in partners
        assert square.has_kj[anchor] == filled[k, j]
        assert square.has_il[anchor] == filled[i, el]
        if filled[k, j]:
            assert (subject[square.kj[anchor]], label[square.kj[anchor]]) == (f"s{k}", f"l{j}")
        if filled[i, el]:
            assert (subject[square.il[anchor]], label[square.il[anchor]]) == (f"s{i}", f"l{el}")


@given(GRIDS)
def test_a_library_without_any_exchange_is_told_so(counts: list[list[int]]) -> None:
    if not np.sum(counts) or some_exchange_exists(counts):
        return
    with pytest.raises(CyclesError, match="two subjects and two labels"):
        make_grid(*library(counts))


@pytest.mark.parametrize(
    "counts",
    [[[3, 3, 3]], [[3], [3], [3]], [[3, 0], [0, 3]], [[2, 0, 0], [0, 2, 0], [0, 0, 2]]],
    ids=["one person", "one label", "diagonal", "each person one label of their own"],
)
def test_grids_without_exchange(counts: list[list[int]]) -> None:
    with pytest.raises(CyclesError, match="no transfer between two subjects") as caught:
        make_grid(*library(counts))
    assert "combinations" in str(caught.value)


def test_three_corners_are_enough() -> None:
    subject, _, square = drawn([[2, 2], [0, 2]])
    assert square.has_kl.any()
    assert not (square.has_kj & square.has_il).any()
    assert (square.has_kj | square.has_il)[square.has_kl].all()
    assert len(square.kl) == len(subject)


def test_partners_and_motions_are_drawn_evenly() -> None:
    counts = [[1, 5, 2], [4, 1, 3], [2, 2, 0], [3, 1, 1]]
    subject, label = library(counts)
    grid = make_grid(subject, label)
    n = 60_000
    anchor = np.full(n, grid.cells(np.array(["s0"]), np.array(["l0"]))[0])
    square = draw_squares(grid, anchor, np.random.default_rng(5))
    partners = worth_drawing(np.array(counts) > 0, 0, 0)
    seen = grid.cells(subject, label)[square.kl]
    cells, times = np.unique(seen, return_counts=True)
    assert {divmod(int(cell), 3) for cell in cells} == partners
    assert chisquare(times).pvalue > 1e-3
    for drawn_of, has in ((square.kl, square.has_kl), (square.kj, square.has_kj), (square.il, square.has_il)):
        own = grid.cells(subject, label)[drawn_of]
        for cell in np.unique(own[has]):
            members, times = np.unique(drawn_of[has & (own == cell)], return_counts=True)
            assert len(members) == grid.count.ravel()[cell]
            assert len(members) == 1 or chisquare(times).pvalue > 1e-4


def test_ground_truths_are_drawn_apart_from_the_pair() -> None:
    """In a full square each of four motions is drawn on its own, so all combinations come up."""
    subject, label = library([[2, 2], [2, 2]])
    grid = make_grid(subject, label)
    square = draw_squares(grid, np.zeros(4000, dtype=int), np.random.default_rng(0))
    combinations, times = np.unique(np.stack([square.kl, square.kj, square.il]), axis=1, return_counts=True)
    assert combinations.shape[1] == 8
    assert chisquare(times).pvalue > 1e-3


def test_the_same_chance_draws_the_same() -> None:
    first, second = drawn([[2, 3], [3, 1]], seed=3)[2], drawn([[2, 3], [3, 1]], seed=3)[2]
    other = drawn([[2, 3], [3, 1]], seed=4)[2]
    assert all((vars(first)[name] == vars(second)[name]).all() for name in vars(first))
    assert any((vars(first)[name] != vars(other)[name]).any() for name in vars(first))


def test_anchors_from_outside_the_training_cycles() -> None:
    subject, label = library([[2, 2], [2, 2]])
    grid = make_grid(subject, label)
    cell = grid.cells(np.array(["s1", "zoe", "s0"]), np.array(["l0", "l0", "l9"]))
    assert cell.tolist() == [2, -1, -1]
    square = draw_squares(grid, cell, np.random.default_rng(0))
    assert square.has_kl.tolist() == [True, False, False]
    assert (subject[square.kl[0]], label[square.kl[0]]) == ("s0", "l1")


def test_a_large_grid_is_drawn_at_once() -> None:
    subject, label = np.divmod(np.arange(1200), 4)
    square = draw_squares(make_grid(subject, label), np.arange(1200), np.random.default_rng(0))
    assert square.has_kj.all()
    assert (square.kj // 4 == square.kl // 4).all()
    assert (square.kj % 4 == np.arange(1200) % 4).all()
    assert (square.il // 4 == np.arange(1200) // 4).all()
    assert (square.il % 4 == square.kl % 4).all()
