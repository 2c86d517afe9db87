"""A trained autoencoder: codes, reconstructions and exchanges of motions in metres."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from affectlib.errors import ParameterError
from affectlib.models.autoencoder import Architecture, TwoEncoderAutoencoder
from affectlib.models.checkpoint import below, load_tensors, save_tensors
from affectlib.models.machine import steady
from affectlib.models.scaling import Scaling, as_positions, as_series

_NETWORK, _HISTORY = "autoencoder.safetensors", "history.csv"
_CHUNK = 256


@dataclass(frozen=True, kw_only=True)
class FittedAutoencoder:
    """Encoders and decoder with the z-score they were trained under.

    In every method positions are in metres, shape (cycles, phases, 15, 3) or (cycles, phases, 45),
    with any number of phases.

    Parameters
    ----------
    network : TwoEncoderAutoencoder
        The network, in evaluation mode.
    scaling : Scaling
        z-score of the training cycles.
    history : pandas.DataFrame
        One row an epoch, see `affectlib.models.loop.train`.
    threads : int
        Threads of torch that training had; kept, as last digits depend on it.
    """

    network: TwoEncoderAutoencoder
    scaling: Scaling
    history: pd.DataFrame
    threads: int = 1

    def affect_code(self, x: np.ndarray) -> np.ndarray:
        """Encode the affect, ``E_A(x)``.

        Parameters
        ----------
        x : numpy.ndarray
            Positions, shape (cycles, phases, 15, 3).

        Returns
        -------
        numpy.ndarray
            Codes, float32, shape (cycles, affect_size).
        """
        return self._run(self.network.E_A, self._inside(x))

    def subject_code(self, x: np.ndarray) -> np.ndarray:
        """Encode the person, ``E_S(x)``.

        Parameters
        ----------
        x : numpy.ndarray
            Positions, shape (cycles, phases, 15, 3).

        Returns
        -------
        numpy.ndarray
            Codes, float32, shape (cycles, subject_size).
        """
        return self._run(self.network.E_S, self._inside(x))

    def reconstruct(self, x: np.ndarray) -> np.ndarray:
        """Encode and decode, ``D(E_A(x), E_S(x))``.

        Parameters
        ----------
        x : numpy.ndarray
            Positions, shape (cycles, phases, 15, 3).

        Returns
        -------
        numpy.ndarray
            Positions in metres, float32, shape (cycles, phases, 15, 3).
        """
        return self.transfer(x, x)

    def transfer(self, x_affect: np.ndarray, x_subject: np.ndarray) -> np.ndarray:
        """Let one person walk in the affect of another, ``D(E_A(x_affect), E_S(x_subject))``.

        Parameters
        ----------
        x_affect : numpy.ndarray
            Positions that give the affect, shape (cycles, phases, 15, 3).
        x_subject : numpy.ndarray
            Positions that give the person, row by row, same shape.

        Returns
        -------
        numpy.ndarray
            Positions in metres, float32, shape (cycles, phases, 15, 3).

        Raises
        ------
        ParameterError
            If the two differ in length.
        """
        if len(x_affect) != len(x_subject):
            raise ParameterError(
                "an exchange needs pairs of cycles",
                found=f"{len(x_affect)} that give the affect, {len(x_subject)} that give the person",
            )
        return self.decode(
            self.affect_code(x_affect), self.subject_code(x_subject), as_series(x_affect).shape[1]
        )

    def decode(self, affect: np.ndarray, subject: np.ndarray, n_phases: int) -> np.ndarray:
        """Make motions of codes, ``D(a, s)``.

        Parameters
        ----------
        affect : numpy.ndarray
            Affect codes, shape (cycles, affect_size).
        subject : numpy.ndarray
            Subject codes, shape (cycles, subject_size).
        n_phases : int
            Phases wanted.

        Returns
        -------
        numpy.ndarray
            Positions in metres, float32, shape (cycles, n_phases, 15, 3).
        """
        codes = np.concatenate([affect, subject], axis=1).astype(np.float32)
        z = self._run(self.network.D, codes).transpose(0, 2, 1)
        return as_positions(self.scaling.undo(z, n_phases=n_phases))

    def save(self, folder: str | Path) -> Path:
        """Write network, z-score and history.

        Parameters
        ----------
        folder : str or Path
            Folder to write into; made if absent.

        Returns
        -------
        Path
            The folder.
        """
        folder = Path(folder)
        tensors = {f"network.{name}": tensor for name, tensor in self.network.state_dict().items()}
        tensors |= {f"scaling.{name}": torch.from_numpy(value) for name, value in vars(self.scaling).items()}
        header = {"architecture": asdict(self.network.architecture), "threads": self.threads}
        save_tensors(folder / _NETWORK, tensors, header)
        self.history.to_csv(folder / _HISTORY, index=False)
        return folder

    @classmethod
    def load(cls, folder: str | Path) -> FittedAutoencoder:
        """Read what `save` wrote.

        Parameters
        ----------
        folder : str or Path
            The folder.

        Returns
        -------
        FittedAutoencoder
            The same autoencoder.

        Raises
        ------
        ParameterError
            If the folder holds none.
        """
        folder = Path(folder)
        try:
            tensors, header = load_tensors(folder / _NETWORK)
            network = TwoEncoderAutoencoder(Architecture(**header["architecture"]))
            network.load_state_dict(below("network.", tensors))
            values = {name: tensor.numpy() for name, tensor in below("scaling.", tensors).items()}
            scaling = Scaling(**values)
            history = pd.read_csv(folder / _HISTORY)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise ParameterError(
                "no saved autoencoder", file=folder, found=str(error), remedy="Fit and save it again."
            ) from error
        network.eval()
        return cls(network=network, scaling=scaling, history=history, threads=header["threads"])

    def _inside(self, x: np.ndarray) -> np.ndarray:
        return inside(x, self.scaling)

    def _run(self, part: Callable[[torch.Tensor], torch.Tensor], values: np.ndarray) -> np.ndarray:
        return run(part, values, threads=self.threads)


def inside(x: np.ndarray, scaling: Scaling) -> np.ndarray:
    """Bring positions into the form that networks see.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3) or (cycles, phases, 45).
    scaling : Scaling
        A fitted z-score.

    Returns
    -------
    numpy.ndarray
        z-scores, float32, shape (cycles, 45, phases of the z-score).
    """
    return np.ascontiguousarray(scaling.apply(x).transpose(0, 2, 1))


def run(part: Callable[[torch.Tensor], torch.Tensor], values: np.ndarray, *, threads: int) -> np.ndarray:
    """Send arrays through a trained network, a few hundred rows at a time.

    Parameters
    ----------
    part : callable
        The network or a part of it, in evaluation mode.
    values : numpy.ndarray
        What goes in, rows first, shape (rows, ...).
    threads : int
        Threads of torch.

    Returns
    -------
    numpy.ndarray
        What comes out, shape (rows, ...).
    """
    with steady(threads), torch.inference_mode():
        # Once even for no rows, so that the result has its shape.
        starts = range(0, max(len(values), 1), _CHUNK)
        chunks = [part(torch.from_numpy(values[start : start + _CHUNK])).numpy() for start in starts]
    return np.concatenate(chunks)
