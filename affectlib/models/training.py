"""Training the two-encoder autoencoder: pairs in, weighted losses down, a frozen result out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch

from affectlib.models.autoencoder import Architecture, TwoEncoderAutoencoder
from affectlib.models.checkpoint import identity
from affectlib.models.fitted import FittedAutoencoder, inside
from affectlib.models.holdout import hold_out
from affectlib.models.loop import Progress, Task, Terms, train
from affectlib.models.losses import cross_reconstruction, reconstruction, triplet
from affectlib.models.machine import steady
from affectlib.models.pairs import Square, draw_squares, make_grid
from affectlib.models.scaling import as_series, fit_scaling
from affectlib.models.schedule import Schedule


@dataclass(frozen=True, kw_only=True)
class LossWeights:
    """Weights of the paper's losses and the margin of its triplets. The paper gives no numbers.

    Parameters
    ----------
    reconstruction : float
        Weight of equation (2).
    cross : float
        Weight of equation (3), the sum of its two terms.
    triplet_affect : float
        Weight of equation (4) on affect codes. More gathers people of one affect more tightly.
    triplet_subject : float
        Weight of equation (4) on subject codes.
    margin : float
        The paper's alpha.
    """

    reconstruction: float = 1.0
    cross: float = 1.0
    triplet_affect: float = 1.0
    triplet_subject: float = 1.0
    margin: float = 1.0


@dataclass(frozen=True, kw_only=True)
class AutoencoderSettings:
    """Everything about the autoencoder that can be turned.

    Parameters
    ----------
    architecture : Architecture
        Sizes of the network.
    weights : LossWeights
        What the losses weigh.
    schedule : Schedule
        Length and pace of training.
    """

    architecture: Architecture = field(default_factory=Architecture)
    weights: LossWeights = field(default_factory=LossWeights)
    schedule: Schedule = field(
        default_factory=lambda: Schedule(n_steps=300, n_passes=6, batch_size=32, learning_rate=4e-3)
    )


def fit_autoencoder(
    x: np.ndarray,
    subject: np.ndarray,
    label: np.ndarray,
    *,
    take: np.ndarray | None = None,
    settings: AutoencoderSettings | None = None,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    progress: Progress | None = None,
) -> FittedAutoencoder:
    """Train subject encoder, affect encoder and decoder on training cycles.

    Parameters
    ----------
    x : numpy.ndarray
        Positions of the training cycles in metres, shape (cycles, phases, 15, 3) or
        (cycles, phases, 45).
    subject : numpy.ndarray
        Subject of each cycle, text or numbers, shape (cycles,).
    label : numpy.ndarray
        Affect of each cycle, shape (cycles,).
    take : numpy.ndarray, optional
        Take of each cycle, shape (cycles,), so that whole takes can be set aside for early stopping.
    settings : AutoencoderSettings, optional
        The defaults otherwise.
    seed : int
        Seed of weights, pairs and dropout. Equal seeds, data and settings give equal bytes.
    checkpoint : str or Path, optional
        File from which a stopped training goes on, to the result it would have had.
    progress : callable, optional
        Called after each epoch with (epochs done, epochs at most, terms of the loss by name).

    Returns
    -------
    FittedAutoencoder
        The trained autoencoder.

    Raises
    ------
    CyclesError
        If the training cycles hold no pair whose exchange has a ground truth.
    ParameterError
        If `x` has another shape.
    """
    settings = settings or AutoencoderSettings()
    x, subject, label = as_series(x), np.asarray(subject), np.asarray(label)
    grid = make_grid(subject, label)
    rng = np.random.default_rng([seed, 1])
    kept, held = hold_out(grid.cells(subject, label), take, part=settings.schedule.held_out, rng=rng)
    scaling = fit_scaling(x[kept], n_phases=settings.architecture.n_phases)
    motions = torch.from_numpy(inside(x, scaling))
    with steady(settings.schedule.threads):
        torch.manual_seed(int(rng.integers(2**62)))
        network = TwoEncoderAutoencoder(settings.architecture)
        task = _task(
            network,
            motions,
            subject,
            label,
            split=(kept, held),
            weights=settings.weights,
            rng=rng,
            identity=identity(x, subject, label, kept, asdict(settings), seed),
        )
        history = train(
            network,
            task,
            schedule=settings.schedule,
            seed=seed,
            checkpoint=None if checkpoint is None else Path(checkpoint),
            progress=progress,
        )
    return FittedAutoencoder(
        network=network, scaling=scaling, history=history, threads=settings.schedule.threads
    )


def loss_terms(
    network: TwoEncoderAutoencoder, square: torch.Tensor, exists: torch.Tensor, *, margin: float
) -> Terms:
    """Compute all terms of the loss for squares of motions.

    Both ``x_ij`` and ``x_kl`` serve as anchors of triplets: the ground truth that is the positive of
    one code is the negative of the other.

    Parameters
    ----------
    network : TwoEncoderAutoencoder
        The network.
    square : torch.Tensor
        ``x_ij``, ``x_kl``, ``x_kj`` and ``x_il``, z-scored, shape (4, batch, 45, phases).
    exists : torch.Tensor
        Whether ``x_kj`` and ``x_il`` exist, shape (2, batch).
    margin : float
        Margin of the triplets.

    Returns
    -------
    dict of str to torch.Tensor
        Scalars ``reconstruction cross triplet_affect triplet_subject``.
    """
    corners = 4, square.shape[1]
    affect = network.E_A(square.flatten(0, 1)).unflatten(0, corners)
    person = network.E_S(square.flatten(0, 1)).unflatten(0, corners)
    # In one go, so that batch normalisation sees own and exchanged codes alike: ij, kl, kj, il.
    made = network.decode(affect[[0, 1, 0, 1]].flatten(0, 1), person[[0, 1, 1, 0]].flatten(0, 1))
    made = made.unflatten(0, corners).float()
    affect, person = affect.float(), person.float()
    both = torch.cat([exists[0] & exists[1]] * 2)
    anchor, along, across = (slice(0, 2), [2, 3], [3, 2])
    return {
        "reconstruction": reconstruction(made[:2].flatten(0, 1), square[:2].flatten(0, 1)),
        "cross": cross_reconstruction(
            made[2], square[2], made[3], square[3], mask_kj=exists[0], mask_il=exists[1]
        ),
        "triplet_affect": triplet(
            affect[anchor].flatten(0, 1),
            affect[along].flatten(0, 1),
            affect[across].flatten(0, 1),
            margin=margin,
            mask=both,
        ),
        "triplet_subject": triplet(
            person[anchor].flatten(0, 1),
            person[across].flatten(0, 1),
            person[along].flatten(0, 1),
            margin=margin,
            mask=both,
        ),
    }


def _task(
    network: TwoEncoderAutoencoder,
    motions: torch.Tensor,
    subject: np.ndarray,
    label: np.ndarray,
    *,
    split: tuple[np.ndarray, np.ndarray],
    weights: LossWeights,
    rng: np.random.Generator,
    identity: str,
) -> Task:
    kept, held = split
    grid = make_grid(subject[kept], label[kept])
    cell = grid.cells(subject, label)

    def terms(anchors: np.ndarray, rng: np.random.Generator) -> Terms:
        drawn = draw_squares(grid, cell[kept[anchors]], rng)
        return loss_terms(network, *_gather(motions, kept[anchors], drawn, kept), margin=weights.margin)

    square = _gather(motions, held, draw_squares(grid, cell[held], rng), kept) if len(held) else None

    def validation() -> Terms:
        assert square is not None
        return loss_terms(network, *square, margin=weights.margin)

    shares = {name: value for name, value in asdict(weights).items() if name != "margin"}
    # Triplets on unseen cycles grow with the scale of the codes, which no loss bounds; as judges they
    # would stop training long before the motions are learnt.
    judges = {name: value for name, value in shares.items() if not name.startswith("triplet")}
    return Task(
        n_cycles=len(kept),
        terms=terms,
        validation=None if square is None else validation,
        weights=shares,
        validation_weights=judges,
        identity=identity,
    )


def _gather(
    motions: torch.Tensor, anchors: np.ndarray, drawn: Square, kept: np.ndarray
) -> tuple[torch.Tensor, torch.Tensor]:
    """Motions of the four corners, shape (4, anchors, 45, phases), and which ground truths exist."""
    corners = np.stack([anchors, kept[drawn.kl], kept[drawn.kj], kept[drawn.il]])
    return motions[torch.from_numpy(corners)], torch.from_numpy(np.stack([drawn.has_kj, drawn.has_il]))
