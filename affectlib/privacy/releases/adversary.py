"""A code trained against its own attacker: gradient reversal."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

import numpy as np
import torch
from torch import nn

from affectlib.errors import ParameterError
from affectlib.models.autoencoder import Architecture, encoder
from affectlib.models.checkpoint import below, identity, load_tensors, save_tensors
from affectlib.models.fitted import inside, run
from affectlib.models.loop import Progress, Task, Terms, train
from affectlib.models.machine import steady
from affectlib.models.scaling import Scaling, as_series, fit_scaling
from affectlib.models.schedule import Schedule
from affectlib.privacy.releases.adversary_network import AdversarialNetwork, AdversarialSettings

_FILE = "adversarial.safetensors"


@dataclass(frozen=True, kw_only=True)
class FittedAdversarial:
    """A trained encoder with the z-score it was trained under.

    Parameters
    ----------
    encoder : torch.nn.Module
        From z-scored motions to codes, in evaluation mode.
    scaling : Scaling
        z-score of the training cycles.
    settings : AdversarialSettings
        What it was trained with.
    """

    encoder: nn.Module
    scaling: Scaling
    settings: AdversarialSettings

    def code(self, x: np.ndarray) -> np.ndarray:
        """Encode cycles.

        Parameters
        ----------
        x : numpy.ndarray
            Positions in metres, shape (cycles, phases, 15, 3).

        Returns
        -------
        numpy.ndarray
            Codes, float32, shape (cycles, affect_size).
        """
        return run(self.encoder, inside(x, self.scaling), threads=self.settings.schedule.threads)

    def save(self, folder: Path) -> Path:
        """Write encoder and z-score.

        Parameters
        ----------
        folder : Path
            Folder to write into; made if absent.

        Returns
        -------
        Path
            The folder.
        """
        tensors = {f"encoder.{name}": tensor for name, tensor in self.encoder.state_dict().items()}
        tensors |= {f"scaling.{name}": torch.from_numpy(value) for name, value in vars(self.scaling).items()}
        save_tensors(folder / _FILE, tensors, asdict(self.settings))
        return folder

    @classmethod
    def load(cls, folder: Path) -> FittedAdversarial:
        """Read what `save` wrote.

        Parameters
        ----------
        folder : Path
            The folder.

        Returns
        -------
        FittedAdversarial
            The same encoder.

        Raises
        ------
        ParameterError
            If the folder holds none.
        """
        try:
            tensors, header = load_tensors(folder / _FILE)
            architecture, schedule = Architecture(**header.pop("architecture")), header.pop("schedule")
            settings = AdversarialSettings(**header, architecture=architecture, schedule=Schedule(**schedule))
            network = encoder(architecture, architecture.affect_size)
            network.load_state_dict(below("encoder.", tensors))
            scaling = Scaling(**{name: t.numpy() for name, t in below("scaling.", tensors).items()})
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise ParameterError(
                "no saved adversarial code", file=folder, found=str(error), remedy="Fit and save it again."
            ) from error
        return cls(encoder=network.eval(), scaling=scaling, settings=settings)


def ramp(done: float) -> float:
    """Tell how much of the adversary's weight counts at a point of the training.

    Parameters
    ----------
    done : float
        Part of the training that is over.

    Returns
    -------
    float
        From 0 towards 1, as in Ganin et al. (2016), Section 5.2.2, with their slope of 10.
    """
    return 2 / (1 + math.exp(-10 * done)) - 1


def fit_adversarial(
    x: np.ndarray,
    subject: np.ndarray,
    label: np.ndarray,
    *,
    settings: AdversarialSettings | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> FittedAdversarial:
    """Train an encoder for the label and against a classifier of the person.

    Ganin et al. (2016), "Domain-Adversarial Training of Neural Networks", JMLR 17, with people in place
    of domains: both heads descend their cross-entropy, and the encoder descends the label's and climbs
    the person's, by a gradient that is reversed between encoder and head and whose weight grows along
    the training (`ramp`). The adversary it is trained against is this one only; another, trained
    afterwards on the finished code, may well find what this one did not: an encoder can fool a known
    head by giving each person the code of another, which hides nobody.

    Parameters
    ----------
    x : numpy.ndarray
        Positions of the training cycles in metres, shape (cycles, phases, 15, 3).
    subject : numpy.ndarray
        Person of each cycle, shape (cycles,).
    label : numpy.ndarray
        Label of each cycle, shape (cycles,).
    settings : AdversarialSettings, optional
        The defaults otherwise.
    seed : int
        Seed of weights, order and dropout.
    progress : callable, optional
        See `affectlib.models.loop.Progress`.

    Returns
    -------
    FittedAdversarial
        The trained encoder.
    """
    settings = settings or AdversarialSettings()
    x = as_series(x)
    people, person = np.unique(np.asarray(subject), return_inverse=True)
    labels, wanted = np.unique(np.asarray(label), return_inverse=True)
    scaling = fit_scaling(x, n_phases=settings.architecture.n_phases)
    motions = torch.from_numpy(inside(x, scaling))
    wanted_label, wanted_person = torch.from_numpy(wanted), torch.from_numpy(person)
    rng = np.random.default_rng([seed, 5])
    with steady(settings.schedule.threads):
        torch.manual_seed(int(rng.integers(2**62)))
        network = AdversarialNetwork(settings, len(labels), len(people))

        schedule, steps = settings.schedule, count()
        n_steps = schedule.steps_per_epoch(len(x)) * schedule.epochs(len(x))

        def terms(anchors: np.ndarray, rng: np.random.Generator) -> Terms:
            network.weight = settings.weight * ramp(next(steps) / n_steps)
            of_label, of_person = network(motions[anchors])
            return {
                "label": nn.functional.cross_entropy(of_label.float(), wanted_label[anchors]),
                "person": nn.functional.cross_entropy(of_person.float(), wanted_person[anchors]),
            }

        task = Task(
            n_cycles=len(x),
            terms=terms,
            validation=None,
            weights={"label": 1.0, "person": 1.0},
            validation_weights={},
            identity=identity(x, subject, label, asdict(settings), seed),
        )
        train(network, task, schedule=schedule, seed=seed, progress=progress)
    return FittedAdversarial(encoder=network.E.eval(), scaling=scaling, settings=settings)
