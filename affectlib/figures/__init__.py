"""Figures: each function draws results that exist and computes none."""

from affectlib.figures.accuracy import accuracy_boxes
from affectlib.figures.alignment import alignment_steps, heading_over_time
from affectlib.figures.confusion import confusion_matrices
from affectlib.figures.cycles import average_cycles, stick_figures, stride_jitter
from affectlib.figures.gradcam import relevance_checks, relevance_maps, relevance_on_body
from affectlib.figures.identification import identification_bars
from affectlib.figures.joint_errors import error_per_joint
from affectlib.figures.latent import latent_maps
from affectlib.figures.motions import exchange_motions
from affectlib.figures.scheme import exchange_scheme
from affectlib.figures.scores import f1_by_split
from affectlib.figures.ssa import components, signal_with_boundaries, spectrum_and_w_correlation
from affectlib.figures.style import few_labels
from affectlib.figures.takes import against_reference, counts_per_cell, paths_from_above, spread_by_label
from affectlib.figures.tradeoff import attackers_by_release, trade_off, verification_curves
from affectlib.figures.training import learning_curves

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
    "signal_with_boundaries",
    "spectrum_and_w_correlation",
    "spread_by_label",
    "stick_figures",
    "stride_jitter",
    "trade_off",
    "verification_curves",
]
