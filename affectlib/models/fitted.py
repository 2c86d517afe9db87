"""A trained autoencoder: codes, reconstructions and transferred motions in metres."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from affectlib.errors import ParameterError
from affectlib.models.autoencoder import Architecture, TwoEncoderAutoencoder
from affectlib.models.checkpoint import load_network, save_network
from affectlib.models.machine import steady
from affectlib.models.scaling import Scaling, as_positions, as_series

_FILE = "autoencoder.safetensors"
_CHUNK = 256


@dataclass(frozen=True, kw_only=True)
class FittedAutoencoder:
    """Encoders and decoder with the z-scores they were trained on.

    All methods take positions in metres, shape (cycles, phases, 15, 3) or (cycles, phases, 45), with any
    number of phases.

    Parameters
    ----------
    network : TwoEncoderAutoencoder
        The network, in evaluation mode.
    scaling : Scaling
        z-scores of the training cycles.
    history : pandas.DataFrame
        One row per epoch, see `affectlib.models.loop.train`.
    threads : int
        Threads of torch in training, used again since last digits depend on them.
    """

    network: TwoEncoderAutoencoder
    scaling: Scaling
    history: pd.DataFrame
    threads: int = 1

    def affect_code(self, x: np.ndarray) -> np.ndarray:
        """Return affect codes, ``E_A(x)``, float32, shape (cycles, affect_size).

        Parameters
        ----------
        x : numpy.ndarray
            Positions, shape (cycles, phases, 15, 3).
        """
        return run(self.network.E_A, inside(x, self.scaling), threads=self.threads)

    def subject_code(self, x: np.ndarray) -> np.ndarray:
        """Return subject codes, ``E_S(x)``, float32, shape (cycles, subject_size).

        Parameters
        ----------
        x : numpy.ndarray
            Positions, shape (cycles, phases, 15, 3).
        """
        return run(self.network.E_S, inside(x, self.scaling), threads=self.threads)

    def reconstruct(self, x: np.ndarray) -> np.ndarray:
        """Return reconstructed positions, ``D(E_A(x), E_S(x))``, float32, shape (cycles, phases, 15, 3).

        Parameters
        ----------
        x : numpy.ndarray
            Positions, shape (cycles, phases, 15, 3).
        """
        return self.transfer(x, x)

    def transfer(self, x_affect: np.ndarray, x_subject: np.ndarray) -> np.ndarray:
        """Return motions of subjects in the affect of others, ``D(E_A(x_affect), E_S(x_subject))``.

        Parameters
        ----------
        x_affect : numpy.ndarray
            Positions that determine the affect, shape (cycles, phases, 15, 3).
        x_subject : numpy.ndarray
            Positions that determine the subject, row by row, same shape.

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
                "a transfer needs pairs of cycles",
                found=f"{len(x_affect)} cycles for the affect, {len(x_subject)} for the subject",
            )
        return self.decode(
            self.affect_code(x_affect), self.subject_code(x_subject), as_series(x_affect).shape[1]
        )

    def decode(self, affect: np.ndarray, subject: np.ndarray, n_phases: int) -> np.ndarray:
        """Return the motions of codes, ``D(a, s)``, in metres, float32, shape (cycles, n_phases, 15, 3).

        Parameters
        ----------
        affect : numpy.ndarray
            Affect codes, shape (cycles, affect_size).
        subject : numpy.ndarray
            Subject codes, shape (cycles, subject_size).
        n_phases : int
            Phases of the result.
        """
        codes = np.concatenate([affect, subject], axis=1).astype(np.float32)
        z = run(self.network.D, codes, threads=self.threads).transpose(0, 2, 1)
        return as_positions(self.scaling.undo(z, n_phases=n_phases))

    def save(self, folder: str | Path) -> Path:
        """Write network, z-scores and history to a folder, which is made if absent."""
        folder = Path(folder)
        header = {"architecture": asdict(self.network.architecture), "threads": self.threads}
        save_network(folder / _FILE, self.network, self.scaling, header, self.history)
        return folder

    @classmethod
    def load(cls, folder: str | Path) -> FittedAutoencoder:
        """Load what `save` wrote.

        Raises
        ------
        ParameterError
            If the folder holds no autoencoder, or a damaged one.
        """
        folder = Path(folder)
        try:
            saved = load_network(folder / _FILE)
            network = TwoEncoderAutoencoder(Architecture(**saved.header["architecture"]))
            network.load_state_dict(saved.weights)
            return cls(
                network=network.eval(),
                scaling=Scaling(**saved.scaling),
                history=saved.history,
                threads=saved.header["threads"],
            )
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise ParameterError(
                "no saved autoencoder", file=folder, found=str(error), remedy="Fit and save it again."
            ) from error


def inside(x: np.ndarray, scaling: Scaling) -> np.ndarray:
    """Return positions as the input of networks: z-scores, float32, shape (cycles, 45, phases inside).

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3) or (cycles, phases, 45).
    """
    return np.ascontiguousarray(scaling.apply(x).transpose(0, 2, 1))


def run(network: Callable[[torch.Tensor], torch.Tensor], x: np.ndarray, *, threads: int) -> np.ndarray:
    """Return the output of a trained network, computed in chunks of rows.

    Parameters
    ----------
    network : callable
        The network or a part of it, in evaluation mode.
    x : numpy.ndarray
        Input, shape (rows, ...).
    threads : int
        Threads of torch.

    Returns
    -------
    numpy.ndarray
        Output, shape (rows, ...).
    """
    with steady(threads), torch.inference_mode():
        # At least one chunk, so that the output of no rows has the right shape.
        starts = range(0, max(len(x), 1), _CHUNK)
        chunks = [network(torch.from_numpy(x[start : start + _CHUNK])).numpy() for start in starts]
    return np.concatenate(chunks)
