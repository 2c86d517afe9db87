"""Checks of simulated walkers: plausibility of their gait, and accuracy of the strides found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from affectlib.demo import genuine
from affectlib.gait import Preprocessing, StrideAccuracy, cycle_deviations_mm
from affectlib.gait import stride_accuracy as match_strides
from affectlib.stages.frames import read_frame
from affectlib.stages.gait import cycles, segmentation
from affectlib.stages.store import Store
from affectlib.stages.walks import library_folder
from affectlib.study import Study

NEAR = 0.25
"""Maximum relative deviation of the simulated median from the recorded value."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Simulated subjects against a recorded walk.

    Parameters
    ----------
    people : pandas.DataFrame
        One row per subject, means over neutral takes: speed, stride rate and each joint's deviation
        between cycles, left and right averaged, one column per quantity with its unit in the name.
    reference : mapping of str to float
        Values of the recorded walk by column.
    """

    people: pd.DataFrame
    reference: Mapping[str, float]

    def table(self) -> pd.DataFrame:
        """Return ``quantity genuine median lowest highest passes``, one row per quantity.

        A quantity passes if the recorded value is within the range of the simulated subjects and their
        median within `NEAR` of it.
        """
        rows = []
        for name, value in self.reference.items():
            values = self.people[name]
            in_range = values.min() <= value <= values.max()
            rows.append(
                {
                    "quantity": name,
                    "genuine": value,
                    "median": values.median(),
                    "lowest": values.min(),
                    "highest": values.max(),
                    "passes": bool(in_range and abs(values.median() / value - 1) <= NEAR),
                }
            )
        return pd.DataFrame(rows)


def calibration(study: Study, *, store: Store | None = None) -> Calibration:
    """Compare the neutral takes of a simulated library with a recorded walk.

    Both are measured with the default preprocessing, whatever the study has.
    """
    study = replace(study, preprocessing=Preprocessing())
    walks = segmentation(study, store=store).query("label == 'neutral'")
    spread_mm = cycle_deviations_mm(cycles(study, store=store)).query("label == 'neutral'")
    people = walks.groupby("subject")[["speed_m_s", "stride_hz"]].mean()
    joints = list(genuine.CYCLE_DEVIATIONS_MM)
    by_person = _sides_averaged(spread_mm.groupby("subject")[joints].mean())
    recorded = _sides_averaged(pd.DataFrame([genuine.CYCLE_DEVIATIONS_MM]))
    pace = {"speed_m_s": "speed (m/s)", "stride_hz": "stride rate (Hz)"}
    return Calibration(
        people=people.rename(columns=pace).join(by_person).reset_index(),
        reference={"speed (m/s)": genuine.SPEED_M_S, "stride rate (Hz)": genuine.STRIDE_HZ}
        | {str(name): float(recorded[name].iloc[0]) for name in recorded.columns},
    )


def _sides_averaged(deviations_mm: pd.DataFrame) -> pd.DataFrame:
    """Return deviations of left and right joints averaged, with the unit in the names of the columns."""
    # The recorded walk turns left only, so that its right side varies more; simulated walks turn either way.
    names = deviations_mm.columns.str.removeprefix("l_").str.removeprefix("r_")
    return deviations_mm.T.groupby(names, sort=False).mean().T.add_suffix(" deviation (mm)")


def stride_accuracy(study: Study, *, store: Store | None = None) -> StrideAccuracy:
    """Compare the cycles found in a simulated library with its true strides."""
    strides = read_frame(library_folder(study, store=store) / "truth.csv")
    strides["recording"] = strides["file"].str.removesuffix(".ptd")
    found = cycles(study, store=store)[["recording", "start_s", "end_s"]].to_dataframe()
    return match_strides(found, strides)
