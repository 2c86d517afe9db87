"""Networks on disk: tensors as safetensors with a JSON header, whole or not at all, never pickled."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from affectlib.disk import writing

_HEADER = "affectlib"


def save_tensors(path: Path, tensors: Mapping[str, torch.Tensor], header: Mapping[str, Any]) -> None:
    """Write tensors and what belongs to them into one file.

    Parameters
    ----------
    path : Path
        File to write; an existing one is replaced in one step.
    tensors : mapping of str to torch.Tensor
        The tensors.
    header : mapping of str to object
        JSON values kept beside them.
    """
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
    """Read what `save_tensors` wrote.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    tensors : dict of str to torch.Tensor
        The tensors.
    header : dict of str to object
        What was kept beside them.

    Raises
    ------
    ValueError
        If the file is damaged or another program's.
    OSError
        If it cannot be read.
    """
    try:
        with safe_open(path, framework="pt") as stored:
            header = json.loads((stored.metadata() or {})[_HEADER])
            return {name: stored.get_tensor(name) for name in stored.keys()}, header  # noqa: SIM118
    except (SafetensorError, KeyError) as error:
        raise ValueError(f"{path} holds no network of this package: {error}") from error


def below(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Take the tensors of one part out of a file's.

    Parameters
    ----------
    prefix : str
        Beginning of the names.
    tensors : mapping of str to torch.Tensor
        All tensors.

    Returns
    -------
    dict of str to torch.Tensor
        Those whose names begin so, without the beginning.
    """
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def identity(*parts: Any) -> str:
    """Digest everything that a training depends on.

    Parameters
    ----------
    *parts : object
        Arrays, and JSON values.

    Returns
    -------
    str
        SHA-256, as hex digits.
    """
    digest = hashlib.sha256(torch.__version__.encode())
    for part in parts:
        if isinstance(part, np.ndarray):
            # By text for labels: their bytes depend on the longest of them.
            numbers = part.dtype.kind in "fiub"
            content = np.ascontiguousarray(part).tobytes() if numbers else json.dumps(part.tolist()).encode()
            digest.update(f"{part.shape}{part.dtype if numbers else 'text'}".encode() + content)
        else:
            digest.update(json.dumps(part, sort_keys=True).encode())
    return digest.hexdigest()
