from .code import code_digest
from .cross_library import across_libraries, recorded_people
from .custom import MeanOverCycles, custom_model
from .experiment import Experiment, open_experiment
from .gait import cycles, first_takes, recordings, segmentation
from .held_out_cells import held_out_errors
from .latents import latent_maps
from .methods import AFFECT_MODELS, PEERS
from .predictions import predict_labels, predict_subjects
from .privacy import attack_releases
from .progress import Progress, follow
from .release_scores import release_scores
from .residual_utility import residual_utility
from .simulated import NEAR, Calibration, calibration, stride_accuracy
from .store import CACHE_VARIABLE, LOG_VARIABLE, Entry, Store, open_store
from .sweeps import sweep
from .trainings import cnn_key, encode, train_autoencoder, train_cnn
from .transfers import exchange, mean_error_mm, motion_errors
from .walks import Loaded, demo, library_folder, load

__all__ = [
    "AFFECT_MODELS",
    "CACHE_VARIABLE",
    "LOG_VARIABLE",
    "NEAR",
    "PEERS",
    "Calibration",
    "Entry",
    "Experiment",
    "Loaded",
    "MeanOverCycles",
    "Progress",
    "Store",
    "across_libraries",
    "attack_releases",
    "calibration",
    "cnn_key",
    "code_digest",
    "custom_model",
    "cycles",
    "demo",
    "encode",
    "exchange",
    "first_takes",
    "follow",
    "held_out_errors",
    "latent_maps",
    "library_folder",
    "load",
    "mean_error_mm",
    "motion_errors",
    "open_experiment",
    "open_store",
    "predict_labels",
    "predict_subjects",
    "recorded_people",
    "recordings",
    "release_scores",
    "residual_utility",
    "segmentation",
    "stride_accuracy",
    "sweep",
    "train_autoencoder",
    "train_cnn",
]
