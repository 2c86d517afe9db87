"""Maps of the latent codes of test cycles, before and after training."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
from sklearn.manifold import TSNE

from affectlib.evaluation.splits import Fold
from affectlib.models.untrained import untrained_autoencoder
from affectlib.stages import trainings
from affectlib.stages.code import code_digest
from affectlib.stages.experiment import Experiment
from affectlib.stages.frames import read_frame
from affectlib.stages.progress import follow
from affectlib.stages.trainings import train_autoencoder

VERSION = 1
ROOMS = (*trainings.ROOMS, "stages.latents")

LATENT_CYCLES = MappingProxyType({"quick": 300, "full": 1200})
"""Maximum of test cycles in a map, by profile; the time of t-SNE grows faster than the number of points."""


def latent_maps(experiment: Experiment, fold: Fold) -> pd.DataFrame:
    """Return two-dimensional t-SNE maps of a fold's test codes, before and after training.

    Returns
    -------
    pandas.DataFrame
        One row per cycle, ``code`` (affect, subject) and ``when`` (before, after): ``x y cycle subject
        label``.
    """
    most = LATENT_CYCLES[experiment.study.profile]

    def write(folder: Path) -> None:
        seed = fold.seed
        shown = np.sort(np.random.default_rng([seed, 4]).permutation(fold.test)[:most])
        x, labels = experiment.series[shown], experiment.labels.iloc[shown]
        before = untrained_autoencoder(experiment.series[fold.train], seed=seed)
        after = train_autoencoder(experiment, fold)
        frames = []
        with follow("t-SNE") as progress:
            for when, fitted in (("before", before), ("after", after)):
                for code, values in (("affect", fitted.affect_code(x)), ("subject", fitted.subject_code(x))):
                    points = _plane(values, seed=seed)
                    columns = {"code": code, "when": when, "x": points[:, 0], "y": points[:, 1]}
                    names = {name: labels[name].to_numpy() for name in ("subject", "label")}
                    frames.append(pd.DataFrame(columns | {"cycle": shown} | names))
                    progress(len(frames), 4, f"{code} code {when} training")
        pd.concat(frames, ignore_index=True).to_csv(folder / "maps.csv", index=False)

    entry = experiment.store.keep(
        "latents",
        inputs=experiment.inputs(fold) | {"cycles_shown": most, "version": VERSION},
        code=code_digest(*ROOMS),
        write=write,
    )
    return read_frame(entry.folder / "maps.csv")


def _plane(codes: np.ndarray, *, seed: int) -> np.ndarray:
    # Few points have few neighbours. With one thread equal runs give equal maps.
    perplexity = min(30.0, max(2.0, (len(codes) - 1) / 4))
    return TSNE(perplexity=perplexity, init="pca", random_state=seed, n_jobs=1).fit_transform(codes)
