"""Where networks are trained."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from small_world import cycles, settings, take_groups

from affectlib.errors import ParameterError
from affectlib.models.machine import find_device
from affectlib.models.training import fit_autoencoder


def test_a_gpu_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert [find_device(device) for device in ("cpu", "auto", "cuda")] == ["cpu", "cuda", "cuda"]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert [find_device(device) for device in ("cpu", "auto")] == ["cpu", "cpu"]
    with pytest.raises(ParameterError, match="no GPU"):
        find_device("cuda")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU on this machine")
def test_a_gpu_trains_the_same_network_to_a_thousandth() -> None:
    find_device("cuda")
    x, subject, label, take = cycles()
    codes = [
        fit_autoencoder(
            x,
            subject,
            label,
            groups=take_groups(subject, label, take),
            settings=settings(n_steps=5, device=device),
            seed=1,
        ).affect_code(x)
        for device in ("cpu", "cuda")
    ]
    np.testing.assert_allclose(*codes, atol=1e-3 * np.ptp(codes[0]))
