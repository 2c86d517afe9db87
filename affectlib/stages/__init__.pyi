from .code import code_digest
from .codes import exchange, histories, latent_maps, mean_error_mm, motion_errors
from .experiment import Experiment, open_experiment
from .gait import cycles, first_takes, recordings, segmentation
from .offers import what_codes_offer
from .privacy import attack_releases
from .progress import Progress, follow
from .release_scores import release_scores
from .simulated import NEAR, Calibration, calibration, stride_accuracy
from .store import CACHE_VARIABLE, LOG_VARIABLE, Kept, Store, open_store
from .sweeps import sweep
from .walks import Loaded, demo, library_folder, load

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
    "release_scores",
    "segmentation",
    "stride_accuracy",
    "sweep",
    "what_codes_offer",
]
