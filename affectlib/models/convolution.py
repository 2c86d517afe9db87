"""The weight layer of all convolutions, in one step with the normalisation before it and the ReLU after.

A training step of these small networks spends more time between its matrix products than in them. With
batch normalisation folded into the weights, the windows laid out for a single product and the gradients
written down, a step has a third of the operations that automatic differentiation needs.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

WINDOW = 3
"""Steps that a filter sees: the one before, its own, the one after."""


class CircularConvolution(nn.Module):
    """Batch normalisation, dropout, convolution over three steps of a closed series, and ReLU.

    Maps (batch, steps, channels) to (batch, steps, channels_out), z-scores to feature maps.

    Parameters
    ----------
    channels_in, channels_out : int
        Number of channels.
    dropout : float
        Dropout between normalisation and convolution. Without it a training step is faster, since only
        then can the normalisation be folded into the weights.
    rectify : bool
        Whether a ReLU follows.
    """

    def __init__(
        self, channels_in: int, channels_out: int, *, dropout: float = 0.0, rectify: bool = True
    ) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(channels_in)
        self.dropout = nn.Dropout(dropout) if dropout else nn.Identity()
        self.linear = nn.Linear(WINDOW * channels_in, channels_out)
        self.activation = nn.ReLU() if rectify else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return feature maps, shape (batch, steps, channels_out)."""
        if self.training and isinstance(self.dropout, nn.Identity):
            rectify = isinstance(self.activation, nn.ReLU)
            parameters = self.norm.weight, self.norm.bias, self.linear.weight, self.linear.bias
            y, mean, variance = _NormConvolution.apply(x, *parameters, self.norm.eps, rectify)
            self._follow(mean, variance, x.shape[0] * x.shape[1])
            return y
        normalised = self.dropout(self.norm(x.flatten(0, 1))).view_as(x)
        return self.activation(self.linear(circular_windows(normalised)))

    def _follow(self, mean: torch.Tensor, variance: torch.Tensor, n: int) -> None:
        """Update the running moments as `torch.nn.BatchNorm1d` does, with the unbiased variance."""
        moments = dict(self.norm.named_buffers())
        with torch.no_grad():
            moments["num_batches_tracked"].add_(1)
            # Without a momentum torch takes the plain average over batches.
            weight = self.norm.momentum or 1 / float(moments["num_batches_tracked"])
            moments["running_mean"].lerp_(mean, weight)
            moments["running_var"].lerp_(variance * (n / max(n - 1, 1)), weight)


def circular_windows(x: torch.Tensor) -> torch.Tensor:
    """Return each step with its neighbours in a closed series, shape (batch, steps, 3 * channels).

    Parameters
    ----------
    x : torch.Tensor
        Shape (batch, steps, channels).
    """
    batch, steps, channels = x.shape
    closed = torch.cat([x[:, -1:], x, x[:, :1]], dim=1)
    # Windows of steps that follow each other in memory are overlapping rows of it.
    rows = closed.as_strided((batch, steps, WINDOW * channels), ((steps + 2) * channels, channels, 1))
    return rows.contiguous()


def sum_windows(windows: torch.Tensor) -> torch.Tensor:
    """Add up what overlapping windows hold of each step: the adjoint of `circular_windows`.

    Parameters
    ----------
    windows : torch.Tensor
        Shape (batch, steps, 3 * channels).
    """
    after, own, before = windows.unflatten(2, (WINDOW, -1)).unbind(2)
    total = own.clone()
    total[:, :-1] += after[:, 1:]
    total[:, -1] += after[:, 0]
    total[:, 1:] += before[:, :-1]
    total[:, 0] += before[:, -1]
    return total


class _NormConvolution(torch.autograd.Function):
    """Batch normalisation by the batch's own moments, circular convolution, optionally ReLU.

    The normalised input is ``scale * x + shift`` per channel; in a closed series no padding of zeros
    escapes it, so that scale and shift can be moved into weight and bias exactly.
    """

    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        gain: torch.Tensor,
        offset: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor,
        eps: float,
        rectify: bool,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        x = x.contiguous()
        flat = x.flatten(0, 1)
        mean, variance = _moments(flat)
        inverse_sd = torch.rsqrt(variance + eps)
        scale = gain * inverse_sd
        shift = offset - mean * scale
        scale_3 = scale.repeat(WINDOW)
        shift_3 = shift.repeat(WINDOW)
        folded = weight * scale_3
        windows = circular_windows(x).flatten(0, 1)
        y = torch.addmm(torch.addmv(bias, weight, shift_3), windows, folded.t())
        if rectify:
            y.relu_()
        ctx.save_for_backward(flat, windows, y, weight, folded, scale_3, shift_3, mean, inverse_sd, gain)
        ctx.rectify, ctx.steps = rectify, x.shape[1]
        ctx.mark_non_differentiable(mean, variance)
        return y.view(*x.shape[:2], -1), mean, variance

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        flat, windows, y, weight, folded, scale_3, shift_3, mean, inverse_sd, gain = ctx.saved_tensors
        n, channels = flat.shape
        dy = gradients[0].reshape(n, -1)
        if ctx.rectify:
            dy = torch.ops.aten.threshold_backward(dy, y, 0)
        d_folded = dy.t() @ windows
        d_bias = dy.sum(0)
        d_weight = torch.addcmul(torch.outer(d_bias, shift_3), d_folded, scale_3)
        d_offset = (d_bias @ weight).view(WINDOW, channels).sum(0)
        # scale appears in the weights and, times -mean, in the shift.
        d_scale = (d_folded * weight).sum(0).view(WINDOW, channels).sum(0) - mean * d_offset
        d_gain = d_scale * inverse_sd
        if not ctx.needs_input_grad[0]:
            return None, d_gain, d_offset, d_weight, d_bias, None, None
        d_variance = -0.5 * d_scale * gain * inverse_sd**3
        d_mean = -gain * inverse_sd * d_offset - 2 * mean * d_variance
        dx = sum_windows((dy @ folded).view(-1, ctx.steps, WINDOW * channels)).view(n, channels)
        dx.addcmul_(flat, d_variance * (2 / n)).add_(d_mean / n)
        return dx.view(-1, ctx.steps, channels), d_gain, d_offset, d_weight, d_bias, None, None


def _moments(flat: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return mean and variance of each column; as products, which are faster than reductions over rows."""
    ones = flat.new_full((1, len(flat)), 1 / len(flat))
    mean = (ones @ flat)[0]
    return mean, ((ones @ flat.square())[0] - mean.square()).clamp_(min=0)
