from .absence import describe_absences, subjects_without_cycles, takes_without_cycles
from .accuracy import StrideAccuracy, stride_accuracy
from .average import Average, average_cycle
from .cutting import Aligned, Segmented, align_recording, segment, segment_all, segmentation_table
from .cycles import collect, load_cycles, make_cycles, save_cycles
from .pace import cycle_deviations_mm, walking_speed_m_s
from .preprocessing import Preprocessing

__all__ = [
    "Aligned",
    "Average",
    "Preprocessing",
    "Segmented",
    "StrideAccuracy",
    "align_recording",
    "average_cycle",
    "collect",
    "cycle_deviations_mm",
    "describe_absences",
    "load_cycles",
    "make_cycles",
    "save_cycles",
    "segment",
    "segment_all",
    "segmentation_table",
    "stride_accuracy",
    "subjects_without_cycles",
    "takes_without_cycles",
    "walking_speed_m_s",
]
