from .accuracy import accuracy_boxes
from .alignment import alignment_steps, heading_over_time
from .confusion import confusion_matrices
from .cycles import average_cycles, stick_figures, stride_jitter
from .gradcam import relevance_checks, relevance_maps, relevance_on_body
from .identification import identification_bars
from .joint_errors import error_per_joint
from .latent import latent_maps
from .motions import exchange_motions
from .reproduction import reproduction_checks
from .scheme import exchange_scheme
from .scores import f1_by_split
from .ssa import components, signal_with_boundaries, spectrum_and_w_correlation
from .style import few_labels
from .takes import against_reference, counts_per_cell, paths_from_above, spread_by_label
from .tradeoff import attackers_by_release, trade_off, verification_curves
from .training import learning_curves

__all__ = [
    "accuracy_boxes",
    "against_reference",
    "alignment_steps",
    "attackers_by_release",
    "average_cycles",
    "components",
    "confusion_matrices",
    "counts_per_cell",
    "error_per_joint",
    "exchange_motions",
    "exchange_scheme",
    "f1_by_split",
    "few_labels",
    "heading_over_time",
    "identification_bars",
    "latent_maps",
    "learning_curves",
    "paths_from_above",
    "relevance_checks",
    "relevance_maps",
    "relevance_on_body",
    "reproduction_checks",
    "signal_with_boundaries",
    "spectrum_and_w_correlation",
    "spread_by_label",
    "stick_figures",
    "stride_jitter",
    "trade_off",
    "verification_curves",
]
