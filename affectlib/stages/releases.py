"""Walks that releases are tried on, and the trained models that releases share."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from affectlib.models.machine import find_device
from affectlib.privacy.releases.adversary_network import AdversarialSettings
from affectlib.privacy.releases.trained import Trained
from affectlib.privacy.walks import Walks, evenly_spaced, walks_of
from affectlib.stages import trainings
from affectlib.stages.code import code_digest
from affectlib.stages.experiment import Experiment, autoencoder_settings
from affectlib.study import Study

ROOMS = (*trainings.ROOMS, "privacy", "stages.releases")

CYCLES_PER_TAKE = MappingProxyType({"quick": 4, "full": 6})
"""Number of cycles of a take that are released, by profile. Evenly spaced: neighbours are almost copies."""

MEMBERS = MappingProxyType({"quick": 1, "full": 3})
"""Number of autoencoders behind graded affect, by profile."""


def released_cycles(experiment: Experiment) -> np.ndarray:
    """Return the positions of at most `CYCLES_PER_TAKE` cycles of each take, ascending, shape (chosen,)."""
    walks = walks_of(experiment.cycles)
    return evenly_spaced(walks.recording_groups(), most=CYCLES_PER_TAKE[experiment.study.profile])


def released_walks(experiment: Experiment) -> Walks:
    """Return the walks at `released_cycles`."""
    return walks_of(experiment.cycles).at(released_cycles(experiment))


def release_inputs(study: Study) -> dict[str, Any]:
    """Return what results of releases depend on besides the cycles, for the inputs of a stage."""
    return {
        "cycles_per_take": CYCLES_PER_TAKE[study.profile],
        "members": MEMBERS[study.profile],
        "autoencoder": asdict(autoencoder_settings(study)),
    }


@lru_cache(maxsize=4)
def trained_models(root: Path, split: str, study: Study) -> Trained:
    """Return the models that releases share, kept below the store's root and in memory."""
    # The digests within the folder do not know the code that trains; its name does.
    folder = root / "trained" / code_digest(*ROOMS)[:16]
    adversarial = AdversarialSettings()
    return Trained(
        folder=folder,
        autoencoder=autoencoder_settings(study),
        members=MEMBERS[study.profile],
        adversarial=replace(
            adversarial, schedule=replace(adversarial.schedule, device=find_device(study.device))
        ),
        inner=split,
    )
