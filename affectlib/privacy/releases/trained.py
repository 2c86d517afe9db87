"""Models that several releases share, each trained once for the same training walks."""

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
    def save(self, folder: Path) -> Path: ...


Model = TypeVar("Model", bound=_Saved)


@dataclass(frozen=True, kw_only=True)
class Trained:
    """Trains models, and keeps them in memory and on disk.

    Networks are kept in subfolders of `folder` that are named after a digest of training walks, settings and
    seed. The digest does not know the code that trains: pass a folder that does. The classifier behind
    posterior and label is kept in memory only; it trains in seconds and could be written with pickle alone.

    Parameters
    ----------
    folder : Path or None
        Folder of networks; None for in memory only.
    autoencoder : AutoencoderSettings
        Settings of autoencoders except the size of the affect code.
    members : int
        Number of autoencoders behind graded affect.
    adversarial : AdversarialSettings
        Settings of adversarial codes except the weight of the adversary.
    inner : str
        What the classifier's inner splits keep whole: ``"takes"``, or ``"subjects"`` where it is meant for
        new subjects.
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
        """Return the paper's autoencoder with an affect code of some size."""
        architecture = replace(self.autoencoder.architecture, affect_size=affect_size)
        settings = replace(self.autoencoder, architecture=architecture)
        return self._find(
            "autoencoder",
            identity(train.x, train.subject, train.label, train.take, asdict(settings), seed),
            lambda: fit_autoencoder(
                train.x,
                train.subject,
                train.label,
                groups=train.recording_groups(),
                settings=settings,
                seed=seed,
                progress=self.progress,
            ),
            FittedAutoencoder.load,
        )

    def fit_autoencoders(self, train: Walks, *, affect_size: int, seed: int) -> tuple[FittedAutoencoder, ...]:
        """Return `members` autoencoders of different seeds; the first is that of `fit_autoencoder`."""
        return tuple(
            self.fit_autoencoder(train, affect_size=affect_size, seed=member) for member in self.seeds(seed)
        )

    def seeds(self, seed: int) -> tuple[int, ...]:
        """Return the random seeds of `fit_autoencoders`."""
        return tuple(another_seed(seed, member) for member in range(self.members))

    def fit_adversarial(self, train: Walks, *, weight: float, seed: int) -> FittedAdversarial:
        """Return a code trained against a classifier of the subject."""
        settings = replace(self.adversarial, weight=float(weight))
        return self._find(
            "adversarial",
            identity(train.x, train.subject, train.label, asdict(settings), seed),
            lambda: fit_adversarial(
                train.x, train.subject, train.label, settings=settings, seed=seed, progress=self.progress
            ),
            FittedAdversarial.load,
        )

    def fit_posterior(self, train: Walks, *, seed: int) -> Posterior:
        """Return the classifier behind posterior and label."""
        # Groups as in the outer split, so that selection is for the same kind of new cycles.
        groups = train.recording_groups() if self.inner == "takes" else train.subject
        key = f"posterior {identity(train.x, train.label, groups, seed)}"
        if key not in self._memory:
            self._memory[key] = fit_posterior(train.x, train.label, groups=groups, seed=seed)
        return self._memory[key]

    def _find(self, kind: str, digest: str, fit: Callable[[], Model], load: Callable[[Path], Model]) -> Model:
        """Return a model from memory or disk, or fit and keep it."""
        key = f"{kind} {digest}"
        if key not in self._memory:
            folder = None if self.folder is None else self.folder / kind / digest[:32]
            self._memory[key] = fit() if folder is None else _load_or_fit(folder, fit, load)
        return self._memory[key]


def _load_or_fit(folder: Path, fit: Callable[[], Model], load: Callable[[Path], Model]) -> Model:
    try:
        return load(folder)
    except ParameterError:
        model = fit()
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder.parent))
    try:
        model.save(partial)
        partial.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(partial, folder)
    except OSError:
        # Another process that trained the same was first; equal digests mean equal networks.
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return model
