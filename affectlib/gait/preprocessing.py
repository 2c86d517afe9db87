"""The parameters of everything between a recording and its gait cycles."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields

from affectlib.errors import ParameterError
from affectlib.parameters import check_fields


@dataclass(frozen=True, kw_only=True)
class Preprocessing:
    """Plain parameters of alignment, singular spectrum analysis and resampling.

    Parameters
    ----------
    normalise_bones : bool
        Give every walker the reference skeleton. False keeps body size, which helps to recognise
        people and so gives them away.
    level_floor : bool
        Turn each take so that the floor is level and people stand upright, where a camera looks down. It also
        levels ramps, and what a person really leans while walking on the spot. For all that is done with a
        library, ``"level_floor": true`` in its ``library.json`` does the same.
    heading_smoothing_s : float
        Low-pass of the heading, standard deviation in seconds. Longer leaves more of the pelvis'
        rotation in the cycles but lags in turns.
    window_strides : float
        Window of the singular spectrum analysis in strides. Longer separates better, shorter follows
        changes of pace and the ends of walking more closely.
    min_stride_hz : float
        Slowest stride that is searched for.
    max_stride_hz : float
        Fastest stride that is searched for.
    min_amplitude : float
        A cycle is walking where the oscillation keeps at least this part of its usual size in the
        take; lower lets starts, stops and standing in.
    min_step_m : float
        Least amplitude of the gait signal in metres, against sway in takes without any walking.
    max_period_change : float
        Largest departure of a cycle's length from the take's stride, as a part of it.
    min_periodicity : float
        Least part of the gait signal's variance within a cycle that the oscillation explains; lower
        lets stumbles and tracking errors in.
    max_turn_deg : float
        Largest change of heading from start to end of a cycle in degrees; 360 leaves nothing out. Lower
        keeps cycles of straight walking only, which in takes on short paths are few.
    n_phases : int
        Samples per cycle after resampling.

    Raises
    ------
    ParameterError
        If a value is not of its parameter's type, or outside what it may be.
    """

    normalise_bones: bool = True
    level_floor: bool = False
    heading_smoothing_s: float = 0.35
    window_strides: float = 1.0
    min_stride_hz: float = 0.4
    max_stride_hz: float = 1.8
    min_amplitude: float = 0.5
    min_step_m: float = 0.05
    max_period_change: float = 0.35
    min_periodicity: float = 0.7
    max_turn_deg: float = 360.0
    n_phases: int = 100

    def __post_init__(self) -> None:
        check_fields(self)
        limits = {
            "heading_smoothing_s": (0.0, 10.0),
            "window_strides": (0.25, 10.0),
            "min_stride_hz": (0.05, 10.0),
            "max_stride_hz": (self.min_stride_hz, 10.0),
            "min_amplitude": (0.0, 1.0),
            "min_step_m": (0.0, 1.0),
            "max_period_change": (0.0, 1.0),
            "min_periodicity": (0.0, 1.0),
            "max_turn_deg": (0.0, 360.0),
            "n_phases": (8, 10_000),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ParameterError(
                    "value outside what it may be",
                    where=f"parameter '{name}'",
                    found=str(value),
                    remedy=f"Choose a value from {low:g} to {high:g}.",
                )

    @property
    def band_hz(self) -> tuple[float, float]:
        """Frequencies that may be a stride's."""
        return self.min_stride_hz, self.max_stride_hz

    def to_json(self) -> str:
        """Write all parameters as one line of JSON.

        Returns
        -------
        str
            An object with the fields as keys, in their order.
        """
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Preprocessing:
        """Read what `to_json` wrote.

        Parameters
        ----------
        text : str
            A JSON object; keys that are no parameters are ignored.

        Returns
        -------
        Preprocessing
            The parameters.
        """
        known = {field.name for field in fields(cls)}
        return cls(**{key: value for key, value in json.loads(text).items() if key in known})
