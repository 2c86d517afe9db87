"""Training of the two-encoder autoencoder with the weighted sum of the paper's losses."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from affectlib.errors import ParameterError
from affectlib.models.autoencoder import Architecture, TwoEncoderAutoencoder
from affectlib.models.checkpoint import identity
from affectlib.models.fitted import FittedAutoencoder
from affectlib.models.holdout import cells_that_remain, hold_out
from affectlib.models.loop import Progress, Task, Terms, train
from affectlib.models.losses import cross_reconstruction, reconstruction, supervised_contrastive, triplet
from affectlib.models.pairs import Grid, Square, draw_squares, make_grid
from affectlib.models.scaling import as_series, fit_scaling
from affectlib.models.schedule import Schedule


@dataclass(frozen=True, kw_only=True)
class LossWeights:
    """Weights of the losses and what shapes them; the paper gives no numbers.

    Parameters
    ----------
    reconstruction : float
        Weight of equation (2).
    cross : float
        Weight of equation (3), the sum of its two terms.
    triplet_affect : float
        Weight of equation (4) on affect codes. Higher weights cluster the affects more tightly.
    triplet_subject : float
        Weight of equation (4) on subject codes.
    contrastive_affect : float
        Weight of the supervised contrastive loss on affect codes, which the paper does not have: 0 for the
        paper's losses alone. With it affect codes tell less of the subject, and labels are recognised about
        as well.
    margin : float
        The paper's alpha.
    temperature : float
        Temperature of the contrastive loss.

    Raises
    ------
    ParameterError
        For a negative weight or margin, or a temperature of 0.
    """

    reconstruction: float = 1.0
    cross: float = 1.0
    triplet_affect: float = 1.0
    triplet_subject: float = 1.0
    contrastive_affect: float = 1.0
    margin: float = 1.0
    temperature: float = 0.1

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value < 0:
                raise ParameterError(
                    f"{name} of the losses is negative", found=repr(value), remedy="Choose 0 or more."
                )
        if not self.temperature:
            raise ParameterError("the temperature of the losses is 0", remedy="Choose more, such as 0.1.")


@dataclass(frozen=True, kw_only=True)
class AutoencoderSettings:
    """Hyper-parameters of the autoencoder."""

    architecture: Architecture = field(default_factory=Architecture)
    weights: LossWeights = field(default_factory=LossWeights)
    schedule: Schedule = field(
        default_factory=lambda: Schedule(n_steps=1000, n_passes=15, batch_size=32, learning_rate=4e-3)
    )


def fit_autoencoder(
    x: np.ndarray,
    subject: np.ndarray,
    label: np.ndarray,
    *,
    groups: np.ndarray | None = None,
    settings: AutoencoderSettings | None = None,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    progress: Progress | None = None,
) -> FittedAutoencoder:
    """Train subject encoder, affect encoder and decoder on training cycles.

    Equal seeds, data and settings give equal bytes.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3) or (cycles, phases, 45).
    subject, label : numpy.ndarray
        Text or numbers, shape (cycles,).
    groups : numpy.ndarray, optional
        Takes, by names that are unique in the library, or subjects, which validation has whole; shape
        (cycles,).
    seed : int
        Seed of weights, pairs and dropout.
    checkpoint : str or Path, optional
        File from which an interrupted training is resumed, to the same result.
    progress : callable, optional
        Called after each epoch with (epochs done, maximum of epochs, row of the history).

    Raises
    ------
    CyclesError
        If no transfer between two training cycles has a ground truth.
    ParameterError
        If `x` has another shape.
    """
    settings = settings or AutoencoderSettings()
    x, subject, label = as_series(x), np.asarray(subject), np.asarray(label)
    settings = replace(settings, architecture=replace(settings.architecture, n_channels=x.shape[2]))
    grid = make_grid(subject, label)
    rng = np.random.default_rng([seed, 1])
    training, validation = hold_out(
        cells_that_remain(subject, label, groups), groups, share=settings.schedule.held_out, rng=rng
    )
    scaling = fit_scaling(x[training], n_phases=settings.architecture.n_phases)
    # Phase by phase in memory, as the convolutions need them.
    motions = torch.from_numpy(scaling.apply(x)).to(settings.schedule.device)
    network, history = train(
        partial(TwoEncoderAutoencoder, settings.architecture),
        partial(
            _make_task,
            motions=motions,
            grid=grid,
            subject=subject,
            label=label,
            training=training,
            validation=validation,
            weights=settings.weights,
            rng=rng,
            identity=identity(x, subject, label, training, asdict(settings), seed),
        ),
        schedule=settings.schedule,
        rng=rng,
        seed=seed,
        checkpoint=checkpoint,
        progress=progress,
    )
    return FittedAutoencoder(
        network=network, scaling=scaling, history=history, threads=settings.schedule.threads
    )


def loss_terms(
    network: TwoEncoderAutoencoder,
    square: torch.Tensor,
    exists: torch.Tensor,
    label: torch.Tensor,
    *,
    weights: LossWeights,
) -> Terms:
    """Return the terms of the loss of squares, by the names of their weights.

    Both ``x_ij`` and ``x_kl`` are anchors of triplets: the ground truth that is the positive of one code
    is the negative of the other.

    Parameters
    ----------
    square : torch.Tensor
        ``x_ij``, ``x_kl``, ``x_kj`` and ``x_il``, z-scored, shape (4, batch, 45, phases).
    exists : torch.Tensor
        Whether ``x_kj`` and ``x_il`` exist, shape (2, batch).
    label : torch.Tensor
        Numbers of the labels, shape (4, batch).
    """
    corners = 4, square.shape[1]
    affect = network.E_A(square.flatten(0, 1)).unflatten(0, corners)
    subject = network.E_S(square.flatten(0, 1)).unflatten(0, corners)
    # All at once, so that batch normalisation sees original and exchanged codes alike: ij, kl, kj, il.
    generated = network.decode(affect[[0, 1, 0, 1]].flatten(0, 1), subject[[0, 1, 1, 0]].flatten(0, 1))
    generated = generated.unflatten(0, corners)
    both = torch.cat([exists[0] & exists[1]] * 2)
    # To the anchors ij and kl, kj and il have the same affect, il and kj the same subject.
    anchor, same_affect, same_subject = slice(0, 2), [2, 3], [3, 2]
    return {
        "reconstruction": reconstruction(generated[:2].flatten(0, 1), square[:2].flatten(0, 1)),
        "cross": cross_reconstruction(
            generated[2], square[2], generated[3], square[3], mask_kj=exists[0], mask_il=exists[1]
        ),
        "triplet_affect": triplet(
            affect[anchor].flatten(0, 1),
            affect[same_affect].flatten(0, 1),
            affect[same_subject].flatten(0, 1),
            margin=weights.margin,
            mask=both,
        ),
        "triplet_subject": triplet(
            subject[anchor].flatten(0, 1),
            subject[same_subject].flatten(0, 1),
            subject[same_affect].flatten(0, 1),
            margin=weights.margin,
            mask=both,
        ),
        "contrastive_affect": supervised_contrastive(
            affect.flatten(0, 1), label.flatten(), temperature=weights.temperature
        ),
    }


def _make_task(
    network: TwoEncoderAutoencoder,
    *,
    motions: torch.Tensor,
    grid: Grid,
    subject: np.ndarray,
    label: np.ndarray,
    training: np.ndarray,
    validation: np.ndarray,
    weights: LossWeights,
    rng: np.random.Generator,
    identity: str,
) -> Task:
    trained = make_grid(subject[training], label[training])
    cell = trained.cells(subject, label)
    number = torch.from_numpy(np.unique(label, return_inverse=True)[1]).to(motions.device)

    def terms(anchors: np.ndarray, rng: np.random.Generator) -> Terms:
        drawn = draw_squares(trained, cell[training[anchors]], rng)
        corners = _gather(motions, number, training[anchors], drawn, training)
        return loss_terms(network, *corners, weights=weights)

    validation_terms = None
    if len(validation):
        # Drawn once, so that the validation losses of all epochs are of the same pairs. Partners are cycles
        # of all subjects: those of a subject that is held out whole are among the validation cycles.
        squares = draw_squares(grid, grid.cells(subject, label)[validation], rng)
        square = _gather(motions, number, validation, squares, np.arange(len(subject)))
        validation_terms = partial(loss_terms, network, *square, weights=weights)
    shapes = ("margin", "temperature")
    term_weights = {name: value for name, value in asdict(weights).items() if name not in shapes}
    # Triplet losses of validation cycles grow with the scale of the codes, which no loss bounds; they would
    # stop training long before the motions are learnt.
    motion_terms = ("reconstruction", "cross")
    return Task(
        n_cycles=len(training),
        terms=terms,
        validation=validation_terms,
        weights=term_weights,
        validation_weights={name: term_weights[name] for name in motion_terms},
        identity=identity,
    )


def _gather(
    motions: torch.Tensor, label: torch.Tensor, anchors: np.ndarray, drawn: Square, training: np.ndarray
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the motions of the four corners, which ground truths exist, and the corners' labels."""
    corners = torch.from_numpy(
        np.stack([anchors, training[drawn.kl], training[drawn.kj], training[drawn.il]])
    )
    exists = torch.from_numpy(np.stack([drawn.has_kj, drawn.has_il])).to(motions.device)
    return motions[corners].transpose(2, 3), exists, label[corners]
