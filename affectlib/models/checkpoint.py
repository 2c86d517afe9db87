"""Networks on disk: safetensors with a JSON header, written completely or not at all, without pickle."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from affectlib.disk import writing

_HEADER = "affectlib"


def save_tensors(path: Path, tensors: Mapping[str, torch.Tensor], header: Mapping[str, Any]) -> None:
    """Write tensors with a header of JSON values; an existing file is replaced atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    contiguous = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with writing(path):
            partial.write_bytes(save(contiguous, metadata={_HEADER: json.dumps(dict(header))}))
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def load_tensors(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Load the tensors and the header that `save_tensors` wrote.

    Raises
    ------
    ValueError
        If the file is damaged or was not written by this package.
    OSError
        If the file cannot be read.
    """
    try:
        with safe_open(path, framework="pt") as stored:
            header = json.loads((stored.metadata() or {})[_HEADER])
            return {name: stored.get_tensor(name) for name in stored.keys()}, header  # noqa: SIM118
    except (SafetensorError, KeyError) as error:
        raise ValueError(f"{path} holds no network of this package: {error}") from error


def below(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return the tensors whose names begin with a prefix, by names without it."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


class SavedNetwork(NamedTuple):
    """The files of a fitted network, from which it is built again."""

    weights: dict[str, torch.Tensor]
    scaling: dict[str, np.ndarray]
    header: dict[str, Any]
    history: pd.DataFrame


def save_network(
    path: Path, network: nn.Module, scaling: object, header: Mapping[str, Any], history: pd.DataFrame
) -> None:
    """Write weights, z-scores and header to a file, and the history to ``history.csv`` beside it."""
    tensors = {f"network.{name}": tensor for name, tensor in network.state_dict().items()}
    tensors |= {f"scaling.{name}": torch.from_numpy(value) for name, value in vars(scaling).items()}
    save_tensors(path, tensors, header)
    history.to_csv(path.with_name("history.csv"), index=False)


def load_network(path: Path) -> SavedNetwork:
    """Load what `save_network` wrote; raises as `load_tensors` does."""
    tensors, header = load_tensors(path)
    return SavedNetwork(
        weights=below("network.", tensors),
        scaling={name: tensor.numpy() for name, tensor in below("scaling.", tensors).items()},
        header=header,
        history=pd.read_csv(path.with_name("history.csv")),
    )


def identity(*parts: Any) -> str:
    """Return the SHA-256 digest of everything that a training depends on: arrays and JSON values."""
    digest = hashlib.sha256(torch.__version__.encode())
    for part in parts:
        if isinstance(part, np.ndarray):
            # Labels as text, since their bytes depend on the longest label.
            numbers = part.dtype.kind in "fiub"
            content = np.ascontiguousarray(part).tobytes() if numbers else json.dumps(part.tolist()).encode()
            digest.update(f"{part.shape}{part.dtype if numbers else 'text'}".encode() + content)
        else:
            digest.update(json.dumps(part, sort_keys=True).encode())
    return digest.hexdigest()
