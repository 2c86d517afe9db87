"""Questions for simulated walkers only: whether they are like people, and whether their strides are found."""

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
"""How far the simulated median may be from the genuine value, as a part of it."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Simulated people against numbers of a genuine walk.

    Parameters
    ----------
    people : pandas.DataFrame
        One row a person, means over neutral takes: speed, stride rate and each joint's deviation from
        cycle to cycle, one column a quantity with its unit in the name.
    reference : mapping of str to float
        The genuine values of the columns.
    """

    people: pd.DataFrame
    reference: Mapping[str, float]

    def table(self) -> pd.DataFrame:
        """Say of each quantity whether the simulation passes.

        Returns
        -------
        pandas.DataFrame
            ``quantity genuine median lowest highest passes``: passed where the genuine value lies
            between the simulated people and their median within a quarter of it.
        """
        rows = []
        for name, value in self.reference.items():
            own = self.people[name]
            inside = own.min() <= value <= own.max()
            rows.append(
                {
                    "quantity": name,
                    "genuine": value,
                    "median": own.median(),
                    "lowest": own.min(),
                    "highest": own.max(),
                    "passes": bool(inside and abs(own.median() / value - 1) <= NEAR),
                }
            )
        return pd.DataFrame(rows)


def calibration(study: Study, *, store: Store | None = None) -> Calibration:
    """Hold the demo library's neutral walks against a genuine one.

    Parameters
    ----------
    study : Study
        A study of a simulated library; always measured with the default preprocessing, as the
        genuine walk was.
    store : Store, optional
        Where results are kept.

    Returns
    -------
    Calibration
        The simulated people and the genuine numbers.
    """
    study = replace(study, preprocessing=Preprocessing())
    walks = segmentation(study, store=store).query("label == 'neutral'")
    spread_mm = cycle_deviations_mm(cycles(study, store=store)).query("label == 'neutral'")
    people = walks.groupby("subject")[["speed_m_s", "stride_hz"]].mean()
    quantity = {joint: f"{joint.replace('_', ' ')} deviation (mm)" for joint in genuine.CYCLE_DEVIATIONS_MM}
    by_person = spread_mm.groupby("subject")[list(quantity)].mean().rename(columns=quantity)
    pace = {"speed_m_s": "speed (m/s)", "stride_hz": "stride rate (Hz)"}
    return Calibration(
        people=people.rename(columns=pace).join(by_person).reset_index(),
        reference={"speed (m/s)": genuine.SPEED_M_S, "stride rate (Hz)": genuine.STRIDE_HZ}
        | {quantity[joint]: value for joint, value in genuine.CYCLE_DEVIATIONS_MM.items()},
    )


def stride_accuracy(study: Study, *, store: Store | None = None) -> StrideAccuracy:
    """Hold the cycles found in a simulated library against its true strides.

    Parameters
    ----------
    study : Study
        A study of a simulated library.
    store : Store, optional
        Where results are kept.

    Returns
    -------
    StrideAccuracy
        Recall, precision, differences.
    """
    truth = read_frame(library_folder(study, store=store) / "truth.csv")
    truth["recording"] = truth["file"].str.removesuffix(".ptd")
    found = cycles(study, store=store)[["recording", "start_s", "end_s"]].to_dataframe()
    return match_strides(found, truth)
