"""Layers on periodic series."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from affectlib.errors import ParameterError
from affectlib.models.autoencoder import Architecture, TwoEncoderAutoencoder
from affectlib.models.cnn_networks import CnnSettings, SeriesCnn
from affectlib.models.layers import Interleave, Unflatten, down_block, independent_component, up_block


def random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def test_convolutions_know_no_beginning_of_the_cycle() -> None:
    """Starting the cycle elsewhere starts the result elsewhere: no border anywhere."""
    x = random(4, 3, 16)
    down = down_block(3, 5, kernel=5, dropout=0.0).eval()
    torch.testing.assert_close(down(x.roll(6, dims=2)), down(x).roll(3, dims=2))
    up = up_block(3, 5, kernel=3, dropout=0.0).eval()
    torch.testing.assert_close(up(x.roll(6, dims=2)), up(x).roll(12, dims=2))


def test_shapes() -> None:
    x = random(4, 3, 16)
    assert down_block(3, 5, kernel=5, dropout=0.1)(x).shape == (4, 5, 8)
    assert up_block(3, 5, kernel=3, dropout=0.1)(x).shape == (4, 5, 32)
    assert Unflatten(6)(random(4, 24)).shape == (4, 6, 4)


def test_interleaving() -> None:
    series = torch.tensor([[[1, 3], [2, 4], [10, 30], [20, 40]]])
    assert Interleave()(series).tolist() == [[[1, 2, 3, 4], [10, 20, 30, 40]]]


def test_independent_component_normalises_then_drops() -> None:
    torch.manual_seed(0)
    layer = independent_component(3, 0.5).train()
    out = layer(5 + 7 * random(2000, 3))
    dropped = out == 0
    assert float(dropped.float().mean()) == pytest.approx(0.5, abs=0.03)
    # What is left is the normalised input, scaled by 1 / (1 - dropout).
    assert float((out[~dropped] / 2).std().detach()) == pytest.approx(1.0, abs=0.05)
    assert float((out[~dropped] / 2).mean().detach()) == pytest.approx(0.0, abs=0.05)


def weight_layers_without_normalisation(network: nn.Module) -> list[nn.Module]:
    """Weight layers whose input no batch normalisation has whitened."""
    order = [m for m in network.modules() if isinstance(m, nn.BatchNorm1d | nn.Conv1d | nn.Linear)]
    return [
        module
        for before, module in zip([None, *order], order, strict=False)
        if not isinstance(module, nn.BatchNorm1d) and not isinstance(before, nn.BatchNorm1d)
    ]


@pytest.mark.parametrize(
    "network",
    [TwoEncoderAutoencoder(Architecture()), SeriesCnn(CnnSettings(), 4)],
    ids=["autoencoder", "CNN"],
)
def test_an_independent_component_layer_before_each_weight_layer(network: nn.Module) -> None:
    assert weight_layers_without_normalisation(network) == []


def test_autoencoder_sizes() -> None:
    network = TwoEncoderAutoencoder(Architecture(affect_size=5, subject_size=7, width=4, n_phases=24)).eval()
    x = random(3, 45, 24)
    assert network.E_A(x).shape == (3, 5)
    assert network.E_S(x).shape == (3, 7)
    assert network(x).shape == x.shape


@pytest.mark.parametrize(
    "wrong", [{"affect_size": 0}, {"n_phases": 30}, {"kernel": 4}, {"dropout": 1.0}, {"code_dropout": -0.1}]
)
def test_sizes_that_cannot_be(wrong: dict) -> None:
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        Architecture(**wrong)
