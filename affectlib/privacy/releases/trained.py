"""Models that several releases need, each trained once for the same training walks."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from affectlib.errors import ParameterError
from affectlib.models.checkpoint import identity
from affectlib.models.fitted import FittedAutoencoder
from affectlib.models.loop import Progress
from affectlib.models.seeds import another_seed
from affectlib.models.training import AutoencoderSettings, fit_autoencoder
from affectlib.privacy.releases.adversary import FittedAdversarial, fit_adversarial
from affectlib.privacy.releases.adversary_network import AdversarialSettings
from affectlib.privacy.releases.posterior import Posterior, fit_posterior
from affectlib.privacy.walks import Walks


class _Saved(Protocol):
    """What can be kept on disk."""

    def save(self, folder: Path) -> Path: ...


Model = TypeVar("Model", bound=_Saved)


@dataclass(frozen=True, kw_only=True)
class Trained:
    """Trains what it is asked for, and has it at hand when it is asked again.

    Networks are also kept in `folder`, if there is one, in a subfolder named after a digest of training
    walks, settings and seed, and read from there in later runs. The digest does not know the code that
    trains: hand in a folder that does. The classifier behind posterior and label is kept in memory only;
    it trains in seconds and could be written with pickle alone.

    Parameters
    ----------
    folder : Path or None
        Where networks are kept; None for in memory only.
    autoencoder : AutoencoderSettings
        Of every autoencoder but for the size of its affect code.
    members : int
        Autoencoders where several are joined.
    adversarial : AdversarialSettings
        Of every adversarially trained code but for the weight of its adversary.
    inner : str
        What the classifier's inner splits keep together: ``"takes"``, or ``"subjects"`` where it is
        meant for new people.
    progress : callable or None
        See `affectlib.models.loop.Progress`.
    """

    folder: Path | None = None
    autoencoder: AutoencoderSettings = field(default_factory=AutoencoderSettings)
    members: int = 3
    adversarial: AdversarialSettings = field(default_factory=AdversarialSettings)
    inner: str = "takes"
    progress: Progress | None = None
    _memory: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.inner not in ("takes", "subjects"):
            raise ParameterError(
                "unknown inner split",
                where="parameter 'inner'",
                found=repr(self.inner),
                remedy="Choose from: takes, subjects.",
            )

    def fit_autoencoder(self, train: Walks, *, affect_size: int, seed: int) -> FittedAutoencoder:
        """Train the paper's autoencoder with an affect code of some size.

        Parameters
        ----------
        train : Walks
            Training walks.
        affect_size : int
            Numbers in the affect code.
        seed : int
            Seed.

        Returns
        -------
        FittedAutoencoder
            The autoencoder.
        """
        architecture = replace(self.autoencoder.architecture, affect_size=affect_size)
        settings = replace(self.autoencoder, architecture=architecture)
        return self._kept(
            "autoencoder",
            identity(train.x, train.subject, train.label, train.take, asdict(settings), seed),
            lambda: fit_autoencoder(
                train.x,
                train.subject,
                train.label,
                take=train.take,
                settings=settings,
                seed=seed,
                progress=self.progress,
            ),
            FittedAutoencoder.load,
        )

    def fit_autoencoders(self, train: Walks, *, affect_size: int, seed: int) -> tuple[FittedAutoencoder, ...]:
        """Train as many autoencoders as are joined, alike but for their seeds.

        Parameters
        ----------
        train : Walks
            Training walks.
        affect_size : int
            Numbers in each affect code.
        seed : int
            Seed of the first one, which is the one that `fit_autoencoder` gives.

        Returns
        -------
        tuple of FittedAutoencoder
            The autoencoders.
        """
        return tuple(
            self.fit_autoencoder(train, affect_size=affect_size, seed=each) for each in self.seeds(seed)
        )

    def seeds(self, seed: int) -> tuple[int, ...]:
        """Name the seeds of autoencoders that are joined.

        Parameters
        ----------
        seed : int
            The first one.

        Returns
        -------
        tuple of int
            As many as there are members.
        """
        return tuple(another_seed(seed, member) for member in range(self.members))

    def fit_adversarial(self, train: Walks, *, weight: float, seed: int) -> FittedAdversarial:
        """Train a code against a classifier of the person.

        Parameters
        ----------
        train : Walks
            Training walks.
        weight : float
            Weight of the adversary.
        seed : int
            Seed.

        Returns
        -------
        FittedAdversarial
            The encoder.
        """
        settings = replace(self.adversarial, weight=float(weight))
        return self._kept(
            "adversarial",
            identity(train.x, train.subject, train.label, asdict(settings), seed),
            lambda: fit_adversarial(
                train.x, train.subject, train.label, settings=settings, seed=seed, progress=self.progress
            ),
            FittedAdversarial.load,
        )

    def fit_posterior(self, train: Walks, *, seed: int) -> Posterior:
        """Train the classifier of which posterior or label are released.

        Parameters
        ----------
        train : Walks
            Training walks.
        seed : int
            Seed.

        Returns
        -------
        Posterior
            The classifier.
        """
        groups = train.recording_groups() if self.inner == "takes" else train.subject
        key = f"posterior {identity(train.x, train.label, groups, seed)}"
        if key not in self._memory:
            self._memory[key] = fit_posterior(train.x, train.label, groups=groups, seed=seed)
        return self._memory[key]

    def _kept(self, kind: str, digest: str, fit: Callable[[], Model], load: Callable[[Path], Model]) -> Model:
        key = f"{kind} {digest}"
        if key not in self._memory:
            self._memory[key] = fit() if self.folder is None else self._on_disk(kind, digest, fit, load)
        return self._memory[key]

    def _on_disk(
        self, kind: str, digest: str, fit: Callable[[], Model], load: Callable[[Path], Model]
    ) -> Model:
        assert self.folder is not None
        place = self.folder / kind / digest[:32]
        try:
            return load(place)
        except ParameterError:
            model = fit()
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=place.parent))
        try:
            model.save(partial)
            partial.chmod(0o755)
            shutil.rmtree(place, ignore_errors=True)
            os.replace(partial, place)
        except OSError:
            # Another process that trained the same was first; equal digests mean equal networks.
            if not place.is_dir():
                raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return model
