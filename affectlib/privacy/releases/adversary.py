"""Adversarially trained codes: gradient reversal against a classifier of the subject."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from affectlib.errors import ParameterError
from affectlib.models.autoencoder import Architecture, encoder
from affectlib.models.checkpoint import identity, load_network, save_network
from affectlib.models.fitted import inside, run
from affectlib.models.loop import Progress, Task, Terms, train
from affectlib.models.scaling import Scaling, as_series, fit_scaling
from affectlib.models.schedule import Schedule
from affectlib.privacy.releases.adversary_network import AdversarialNetwork, AdversarialSettings

_FILE = "adversarial.safetensors"


@dataclass(frozen=True, kw_only=True)
class FittedAdversarial:
    """A trained encoder with the z-score of its training cycles, and the course of its training."""

    encoder: nn.Module
    scaling: Scaling
    settings: AdversarialSettings
    history: pd.DataFrame

    def code(self, x: np.ndarray) -> np.ndarray:
        """Return codes, float32, shape (cycles, affect_size).

        Parameters
        ----------
        x : numpy.ndarray
            Positions in metres, shape (cycles, phases, 15, 3).
        """
        return run(self.encoder, inside(x, self.scaling), threads=self.settings.schedule.threads)

    def save(self, folder: Path) -> Path:
        """Write encoder, z-score and history to a folder."""
        save_network(folder / _FILE, self.encoder, self.scaling, asdict(self.settings), self.history)
        return folder

    @classmethod
    def load(cls, folder: Path) -> FittedAdversarial:
        """Load what `save` wrote.

        Raises
        ------
        ParameterError
            If the folder contains no saved code.
        """
        try:
            saved = load_network(folder / _FILE)
            architecture = Architecture(**saved.header.pop("architecture"))
            schedule = Schedule(**saved.header.pop("schedule"))
            settings = AdversarialSettings(**saved.header, architecture=architecture, schedule=schedule)
            network = encoder(architecture, architecture.affect_size)
            network.load_state_dict(saved.weights)
            scaling = Scaling(**saved.scaling)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise ParameterError(
                "no saved adversarial code", file=folder, found=str(error), remedy="Fit and save it again."
            ) from error
        return cls(encoder=network.eval(), scaling=scaling, settings=settings, history=saved.history)


def ramp(progress: float) -> float:
    """Return the share of the adversary's weight that counts at a share of the training, from 0 towards 1.

    As in Ganin et al. (2016), Section 5.2.2, with their slope of 10.
    """
    return 2 / (1 + math.exp(-10 * progress)) - 1


def fit_adversarial(
    x: np.ndarray,
    subject: np.ndarray,
    label: np.ndarray,
    *,
    settings: AdversarialSettings | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> FittedAdversarial:
    """Train an encoder for the label and against a classifier of the subject.

    Ganin et al. (2016), "Domain-Adversarial Training of Neural Networks", JMLR 17, with subjects in place of
    domains: both heads descend their cross-entropy, and the encoder descends the label's and climbs the
    subject's, by a gradient that is reversed between encoder and head and whose weight grows during training
    (`ramp`). The encoder is trained against this adversary only. Another one, trained afterwards on the
    finished code, may find what this one did not: an encoder can fool a known head by exchanging the codes of
    subjects, which protects nobody.

    Parameters
    ----------
    x : numpy.ndarray
        Positions of the training cycles in metres, shape (cycles, phases, 15, 3).
    subject, label : numpy.ndarray
        Shape (cycles,).
    seed : int
        Random seed of weights, order and dropout.
    """
    settings = settings or AdversarialSettings()
    x = as_series(x)
    subjects, subject_number = np.unique(np.asarray(subject), return_inverse=True)
    labels, label_number = np.unique(np.asarray(label), return_inverse=True)
    scaling = fit_scaling(x, n_phases=settings.architecture.n_phases)
    motions, true_label, true_subject = (
        torch.from_numpy(values).to(settings.schedule.device)
        for values in (inside(x, scaling), label_number, subject_number)
    )
    schedule, steps = settings.schedule, count()
    n_steps = schedule.steps_per_epoch(len(x)) * schedule.epochs(len(x))

    def make_task(network: AdversarialNetwork) -> Task:
        def terms(anchors: np.ndarray, rng: np.random.Generator) -> Terms:
            network.weight = settings.weight * ramp(next(steps) / n_steps)
            of_label, of_subject = network(motions[anchors])
            return {
                "label": nn.functional.cross_entropy(of_label, true_label[anchors]),
                "person": nn.functional.cross_entropy(of_subject, true_subject[anchors]),
            }

        return Task(
            n_cycles=len(x),
            terms=terms,
            validation=None,
            weights={"label": 1.0, "person": 1.0},
            validation_weights={},
            identity=identity(x, subject, label, asdict(settings), seed),
        )

    network, history = train(
        partial(AdversarialNetwork, settings, len(labels), len(subjects)),
        make_task,
        schedule=schedule,
        rng=np.random.default_rng([seed, 5]),
        seed=seed,
        progress=progress,
    )
    return FittedAdversarial(encoder=network.E.eval(), scaling=scaling, settings=settings, history=history)
