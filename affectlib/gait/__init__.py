"""From walks to gait cycles: alignment, singular spectrum analysis, segmentation."""

from affectlib.gait.average import Average, average_cycle
from affectlib.gait.cutting import Segmented, segment, segment_all, segmentation_table
from affectlib.gait.cycles import collect, load_cycles, make_cycles, save_cycles
from affectlib.gait.preprocessing import Preprocessing

__all__ = [
    "Average",
    "Preprocessing",
    "Segmented",
    "average_cycle",
    "collect",
    "load_cycles",
    "make_cycles",
    "save_cycles",
    "segment",
    "segment_all",
    "segmentation_table",
]
