"""From walks to gait cycles: alignment, singular spectrum analysis, segmentation."""

from affectlib.gait.accuracy import StrideAccuracy, stride_accuracy
from affectlib.gait.average import Average, average_cycle
from affectlib.gait.cutting import Segmented, segment, segment_all, segmentation_table
from affectlib.gait.cycles import collect, load_cycles, make_cycles, save_cycles
from affectlib.gait.pace import cycle_deviations_mm, walking_speed_m_s
from affectlib.gait.preprocessing import Preprocessing

__all__ = [
    "Average",
    "Preprocessing",
    "Segmented",
    "StrideAccuracy",
    "average_cycle",
    "collect",
    "cycle_deviations_mm",
    "load_cycles",
    "make_cycles",
    "save_cycles",
    "segment",
    "segment_all",
    "segmentation_table",
    "stride_accuracy",
    "walking_speed_m_s",
]
