"""Layers on periodic series."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from affectlib.errors import ParameterError
from affectlib.models.autoencoder import Architecture, TwoEncoderAutoencoder
from affectlib.models.cnn_networks import CnnSettings, SeriesCnn
from affectlib.models.convolution import CircularConvolution, circular_windows, sum_windows
from affectlib.models.layers import DownBlock, Unflatten, UpBlock, independent_component


def random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def test_convolutions_know_no_beginning_of_the_cycle() -> None:
    """Starting the cycle elsewhere starts the result elsewhere: no border anywhere."""
    x = random(4, 16, 3)
    down = DownBlock(3, 5, dropout=0.0).eval()
    torch.testing.assert_close(down(x.roll(6, dims=1)), down(x).roll(3, dims=1))
    up = UpBlock(3, 5, dropout=0.0).eval()
    torch.testing.assert_close(up(x.roll(6, dims=1)), up(x).roll(12, dims=1))


def test_shapes() -> None:
    x = random(4, 16, 3)
    assert DownBlock(3, 5, dropout=0.1)(x).shape == (4, 8, 5)
    assert UpBlock(3, 5, dropout=0.1)(x).shape == (4, 32, 5)
    assert Unflatten(6)(random(4, 24)).shape == (4, 4, 6)


def test_windows_hold_each_step_between_its_neighbours() -> None:
    series = torch.tensor([[[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]])
    first = [3.0, 30.0, 1.0, 10.0, 2.0, 20.0]
    assert circular_windows(series)[0, 0].tolist() == first
    windows = random(2, 5, 9)
    x = random(2, 5, 3).add(1)
    # The adjoint of a linear map: the same product on both sides.
    torch.testing.assert_close((circular_windows(x) * windows).sum(), (x * sum_windows(windows)).sum())


def as_torch_has_it(layer: CircularConvolution, x: torch.Tensor) -> torch.Tensor:
    """The same layer by torch's own batch normalisation and convolution, shape (batch, steps, channels)."""
    normalised = nn.functional.batch_norm(
        x.transpose(1, 2), None, None, layer.norm.weight, layer.norm.bias, training=True, eps=layer.norm.eps
    )
    filters = layer.linear.weight.unflatten(1, (3, -1)).transpose(1, 2)
    padded = nn.functional.pad(normalised, (1, 1), mode="circular")
    return layer.activation(nn.functional.conv1d(padded, filters, layer.linear.bias)).transpose(1, 2)


@pytest.mark.parametrize("rectify", [True, False])
def test_convolution_and_its_gradients_are_those_of_torch(rectify: bool) -> None:
    torch.manual_seed(0)
    layer = CircularConvolution(6, 5, rectify=rectify).double().train()
    nn.init.normal_(layer.norm.weight)
    nn.init.normal_(layer.norm.bias)
    x = (3 + 2 * random(7, 4, 6).double()).requires_grad_()
    weights = random(7, 4, 5).double()
    results = []
    for y in (layer(x), as_torch_has_it(layer, x)):
        gradients = torch.autograd.grad((y * weights).sum(), [x, *layer.parameters()])
        results.append([y, *gradients])
    for ours, theirs in zip(*results, strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("momentum", [0.1, None])
def test_running_moments_are_those_of_batch_normalisation(momentum: float | None) -> None:
    layer, norm = CircularConvolution(6, 5).train(), nn.BatchNorm1d(6, momentum=momentum).train()
    layer.norm.momentum = momentum
    for seed in range(3):
        x = random(7, 4, 6) * (1 + seed) + seed
        layer(x)
        norm(x.flatten(0, 1))
    torch.testing.assert_close(layer.norm.running_mean, norm.running_mean)
    torch.testing.assert_close(layer.norm.running_var, norm.running_var)


def test_dropout_falls_between_normalisation_and_convolution() -> None:
    torch.manual_seed(0)
    layer = CircularConvolution(2, 6, dropout=0.5, rectify=False).train()
    with torch.no_grad():
        layer.linear.weight.copy_(torch.eye(6))
        layer.linear.bias.zero_()
        out = layer(5 + 7 * random(500, 4, 2))
    assert float((out == 0).float().mean()) == pytest.approx(0.5, abs=0.03)


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
    order = [m for m in network.modules() if isinstance(m, nn.BatchNorm1d | nn.Linear)]
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
    "wrong", [{"affect_size": 0}, {"n_phases": 30}, {"dropout": 1.0}, {"code_dropout": -0.1}]
)
def test_sizes_that_cannot_be(wrong: dict) -> None:
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        Architecture(**wrong)
