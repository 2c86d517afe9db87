"""The spatio-temporal graph convolution network: its graph, its periodicity, and what it learns."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from small_world import cycles

from affectlib.errors import ParameterError
from affectlib.models.schedule import Schedule
from affectlib.models.stgcn import FittedStgcn, fit_stgcn
from affectlib.models.stgcn_network import Block, Stgcn, StgcnSettings, adjacency
from affectlib.skeleton import INDEX

SETTINGS = StgcnSettings(
    widths=(8, 8), schedule=Schedule(n_steps=80, batch_size=16, learning_rate=1e-2, held_out=0.0)
)


@pytest.fixture(scope="module")
def fitted() -> FittedStgcn:
    x, subject, label, take = cycles()
    train = take == 0
    return fit_stgcn(x[train], label[train], groups=subject[train], settings=SETTINGS, seed=1)


def test_it_learns_an_affect_that_is_there(fitted: FittedStgcn) -> None:
    x, _, label, take = cycles()
    test = take == 1
    assert np.mean(fitted.predict(x[test]) == label[test]) > 0.9


def test_it_finds_chance_where_there_is_nothing() -> None:
    x, _, label, take = cycles()
    shuffled = np.random.default_rng(0).permutation(label)
    test = take == 1
    fitted = fit_stgcn(x[~test], shuffled[~test], settings=SETTINGS)
    assert np.mean(fitted.predict(x[test]) == shuffled[test]) < 0.65


def test_the_same_seed_gives_the_same_bytes(fitted: FittedStgcn) -> None:
    x, subject, label, take = cycles()
    train = take == 0
    again = fit_stgcn(x[train], label[train], groups=subject[train], settings=SETTINGS, seed=1)
    for name, weights in fitted.network.state_dict().items():
        assert torch.equal(again.network.state_dict()[name], weights)


def test_one_label_is_an_error() -> None:
    x, _, label, _ = cycles()
    with pytest.raises(ParameterError, match="two targets"):
        fit_stgcn(x, np.full(len(x), label[0]), settings=SETTINGS)


def test_a_joint_receives_from_itself_and_its_neighbours() -> None:
    itself, towards, away = adjacency()
    np.testing.assert_array_equal(itself, np.eye(15))
    assert towards[INDEX["l_wrist"]].nonzero()[0].tolist() == [INDEX["l_elbow"]]
    assert not towards[INDEX["pelvis"]].any()
    neighbours = sorted(INDEX[joint] for joint in ("neck", "l_hip", "r_hip"))
    assert away[INDEX["pelvis"]].nonzero()[0].tolist() == neighbours
    np.testing.assert_allclose(away.sum(axis=1)[[INDEX["pelvis"], INDEX["head"]]], [1, 0])


def test_a_block_gathers_along_bones_only() -> None:
    torch.manual_seed(0)
    block = Block(2, 4, kernel=3, dropout=0.0).eval()
    x = torch.randn(1, 2, 8, 15, requires_grad=True)
    block(x)[..., INDEX["l_wrist"]].sum().backward()
    assert x.grad is not None
    seen = x.grad.abs().sum(dim=(0, 1, 2)).nonzero().flatten().tolist()
    assert seen == sorted(INDEX[joint] for joint in ("l_wrist", "l_elbow"))


def test_timing_enters_beside_the_joints() -> None:
    torch.manual_seed(0)
    network = Stgcn(StgcnSettings(), 4, n_channels=47).eval()
    x = torch.randn(2, 47, 16)
    assert network(x).shape == (2, 4)
    later = x.clone()
    later[:, 46] += 1
    assert not torch.allclose(network(later), network(x))


def test_a_shift_of_the_cycle_changes_nothing() -> None:
    torch.manual_seed(0)
    network = Stgcn(StgcnSettings(), 4).eval()
    x = torch.randn(2, 45, 16)
    # All strides together are 8 phases.
    torch.testing.assert_close(network(x.roll(8, dims=2)), network(x))
