"""The paper's losses against plain loops and what must hold of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from affectlib.errors import ParameterError
from affectlib.models.losses import (
    cross_reconstruction,
    masked_mean,
    reconstruction,
    squared_error,
    supervised_contrastive,
    triplet,
)
from affectlib.models.training import LossWeights


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def loop_error(generated: torch.Tensor, target: torch.Tensor) -> float:
    """Mean squared error of one motion, number by number."""
    squares = [
        (float(generated[c, p]) - float(target[c, p])) ** 2
        for c in range(generated.shape[0])
        for p in range(generated.shape[1])
    ]
    return sum(squares) / len(squares)


def loop_triplet(
    anchor: torch.Tensor, positive: torch.Tensor, negative: torch.Tensor, margin: float
) -> float:
    near, far = math.dist(anchor.tolist(), positive.tolist()), math.dist(anchor.tolist(), negative.tolist())
    return max(0.0, near - far + margin)


def test_reconstruction_is_the_loop() -> None:
    made, x = random(5, 3, 4), random(5, 3, 4, seed=1)
    expected = sum(loop_error(made[row], x[row]) for row in range(5)) / 5
    assert float(reconstruction(made, x)) == pytest.approx(expected, rel=1e-12)


def test_reconstruction_is_zero_only_for_equal_motions() -> None:
    x = random(2, 3, 4)
    assert float(reconstruction(x, x)) == 0
    assert float(reconstruction(x + 0.5, x)) == pytest.approx(0.25)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=6))
def test_cross_reconstruction_is_the_loop_over_what_exists(exists: list[tuple[bool, bool]]) -> None:
    n = len(exists)
    made_kj, x_kj, made_il, x_il = (random(n, 2, 3, seed=seed) for seed in range(4))
    expected = 0.0
    for column, (made, x) in enumerate([(made_kj, x_kj), (made_il, x_il)]):
        errors = [loop_error(made[row], x[row]) for row in range(n) if exists[row][column]]
        expected += sum(errors) / len(errors) if errors else 0.0
    mask = torch.tensor(exists)
    loss = cross_reconstruction(made_kj, x_kj, made_il, x_il, mask_kj=mask[:, 0], mask_il=mask[:, 1])
    assert float(loss) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_cross_reconstruction_takes_the_affect_of_the_affect_motion() -> None:
    """A decoder that exchanges perfectly has no loss, but one with the targets as printed."""

    def motion(subject: float, affect: float) -> torch.Tensor:
        return torch.tensor([[[subject], [affect]]])

    def exchanged(affect_of: torch.Tensor, subject_of: torch.Tensor) -> torch.Tensor:
        return torch.stack([subject_of[:, 0], affect_of[:, 1]], dim=1)

    i, k, j, el = 1.0, 2.0, 10.0, 20.0
    x_ij, x_kl, x_kj, x_il = motion(i, j), motion(k, el), motion(k, j), motion(i, el)
    made_kj, made_il = exchanged(x_ij, x_kl), exchanged(x_kl, x_ij)
    assert float(cross_reconstruction(made_kj, x_kj, made_il, x_il)) == 0
    assert float(cross_reconstruction(made_kj, x_il, made_il, x_kj)) > 0


def test_triplet_is_the_loop() -> None:
    codes = [random(7, 5, seed=seed) for seed in range(3)]
    mask = torch.tensor([1, 0, 1, 1, 0, 1, 1])
    values = [loop_triplet(*(code[row] for code in codes), margin=0.7) for row in range(7) if mask[row]]
    assert any(value > 0 for value in values)
    assert float(triplet(*codes, margin=0.7, mask=mask)) == pytest.approx(sum(values) / 5, rel=1e-12)


def test_triplet_agrees_with_torch() -> None:
    codes = [random(20, 5, seed=seed) for seed in range(3)]
    oracle = torch.nn.functional.triplet_margin_loss(*codes, margin=1.3, eps=0.0)
    assert float(triplet(*codes, margin=1.3)) == pytest.approx(float(oracle), rel=1e-9)


@given(st.floats(0, 5))
def test_collapsed_codes_cost_the_margin(margin: float) -> None:
    """All codes equal is the cheat that the margin is there to prevent."""
    code = random(4, 3)
    assert float(triplet(code, code, code, margin=margin)) == pytest.approx(margin)


@given(st.floats(0, 5), st.floats(0, 1))
def test_no_loss_once_the_negative_is_further_by_the_margin(margin: float, excess: float) -> None:
    anchor = torch.zeros(1, 2, dtype=torch.float64)
    positive, negative = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0 + margin + excess + 1e-6]])
    assert float(triplet(anchor, positive, negative, margin=margin)) == 0


def test_losses_do_not_depend_on_order_in_the_batch() -> None:
    order = torch.tensor([3, 0, 4, 1, 2])
    motions, codes = [random(5, 2, 3, seed=s) for s in range(4)], [random(5, 4, seed=s) for s in range(3)]
    mask = torch.tensor([1, 1, 0, 1, 0])
    before = cross_reconstruction(*motions, mask_kj=mask, mask_il=mask), triplet(*codes, margin=1, mask=mask)
    after = (
        cross_reconstruction(*(m[order] for m in motions), mask_kj=mask[order], mask_il=mask[order]),
        triplet(*(c[order] for c in codes), margin=1, mask=mask[order]),
    )
    torch.testing.assert_close(before, after)


def test_triplet_does_not_depend_on_where_codes_lie_or_point() -> None:
    codes = [random(6, 3, seed=seed) for seed in range(3)]
    turn = torch.linalg.qr(random(3, 3, seed=9)).Q
    moved = [code @ turn + 5 for code in codes]
    torch.testing.assert_close(triplet(*moved, margin=1.0), triplet(*codes, margin=1.0))


def test_masked_rows_get_no_gradient() -> None:
    made = random(3, 2, 2).requires_grad_()
    mask = torch.tensor([1, 0, 1])
    masked_mean(squared_error(made, random(3, 2, 2, seed=1)), mask).backward()
    assert made.grad is not None
    assert (made.grad[1] == 0).all()
    assert (made.grad[[0, 2]] != 0).all()


def test_nothing_to_learn_from_is_zero_and_not_nan() -> None:
    made = random(3, 2, 2).requires_grad_()
    loss = masked_mean(squared_error(made, random(3, 2, 2, seed=1)), torch.zeros(3))
    loss.backward()
    assert float(loss.detach()) == 0
    assert made.grad is not None
    assert (made.grad == 0).all()


def test_triplet_gradient_is_finite_where_anchor_and_positive_are_one() -> None:
    anchor = random(2, 3).requires_grad_()
    triplet(anchor, anchor.detach().clone(), random(2, 3, seed=1), margin=10.0).backward()
    assert anchor.grad is not None
    assert torch.isfinite(anchor.grad).all()


@pytest.mark.parametrize("name", ["margin", "cross"])
def test_a_negative_margin_or_weight_is_refused(name):
    with pytest.raises(ParameterError, match=name):
        LossWeights(**{name: -1.0})


def test_the_contrastive_loss_is_that_of_its_definition() -> None:
    rng = np.random.default_rng(0)
    codes, classes = rng.normal(size=(7, 3)), np.array([0, 0, 1, 1, 1, 0, 2])
    unit = codes / np.linalg.norm(codes, axis=1, keepdims=True)
    losses = []
    for i in range(6):  # the last has no positive
        others = [a for a in range(7) if a != i]
        whole = np.log(sum(np.exp(unit[i] @ unit[a] / 0.5) for a in others))
        positives = [a for a in others if classes[a] == classes[i]]
        losses.append(np.mean([whole - unit[i] @ unit[p] / 0.5 for p in positives]))
    found = supervised_contrastive(torch.from_numpy(codes), torch.from_numpy(classes), temperature=0.5)
    assert float(found) == pytest.approx(np.mean(losses))


def test_the_contrastive_loss_has_gradients_where_a_class_stands_alone() -> None:
    codes = torch.randn(4, 3, generator=torch.Generator().manual_seed(0), requires_grad=True)
    supervised_contrastive(codes, torch.arange(4), temperature=0.1).backward()
    assert torch.equal(codes.grad, torch.zeros_like(codes))
