"""What a study computes, stage by stage, each kept on disk and made once.

A stage is one function of a `Study`: it names what its result depends on (`inputs`), the rooms
whose code makes it (`code`), and how to write it into an empty folder (`write`), and hands these
to `Store.keep`. Everything else (finding, resuming, damage, timing) is the store's.
"""

from __future__ import annotations

from affectlib.stages.code import code_digest
from affectlib.stages.codes import exchange, histories, latent_maps, mean_error_mm, motion_errors
from affectlib.stages.experiment import Experiment, open_experiment
from affectlib.stages.gait import cycles, first_takes, recordings, segmentation
from affectlib.stages.offers import what_codes_offer
from affectlib.stages.privacy import attack_releases, sweep
from affectlib.stages.progress import Progress, follow
from affectlib.stages.simulated import NEAR, Calibration, calibration, stride_accuracy
from affectlib.stages.store import CACHE_VARIABLE, LOG_VARIABLE, Kept, Store, open_store
from affectlib.stages.walks import Loaded, demo, library_folder, load

__all__ = [
    "CACHE_VARIABLE",
    "LOG_VARIABLE",
    "NEAR",
    "Calibration",
    "Experiment",
    "Kept",
    "Loaded",
    "Progress",
    "Store",
    "attack_releases",
    "calibration",
    "code_digest",
    "cycles",
    "demo",
    "exchange",
    "first_takes",
    "follow",
    "histories",
    "latent_maps",
    "library_folder",
    "load",
    "mean_error_mm",
    "motion_errors",
    "open_experiment",
    "open_store",
    "recordings",
    "segmentation",
    "stride_accuracy",
    "sweep",
    "what_codes_offer",
]
