"""Parameters of the preprocessing from recordings to gait cycles."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields

from affectlib.errors import ParameterError
from affectlib.parameters import check_fields


@dataclass(frozen=True, kw_only=True)
class Preprocessing:
    """Parameters of alignment, singular spectrum analysis and resampling.

    Parameters
    ----------
    normalise_bones : bool
        Scale every walker to the reference skeleton. False keeps body size, which helps to recognise
        and so to identify subjects.
    level_floor : bool
        Rotate each take so that the floor is level, where a camera looks down. This also levels ramps, and
        removes a real lean of subjects who walk on the spot. ``"level_floor": true`` in a library's
        ``library.json`` does the same for all that is done with it.
    heading_strides : float
        Window of the heading in strides, over which the trunk's direction is averaged. 1 leaves all of the
        trunk's rotation within a stride in the cycles, at any cadence; longer lags more in turns; 0 follows
        the trunk and leaves none.
    window_strides : float
        Window of the singular spectrum analysis in strides. Longer separates better, shorter follows
        changes of pace and the ends of walking more closely.
    min_stride_hz, max_stride_hz : float
        Slowest and fastest stride that is searched for.
    min_amplitude : float
        Least amplitude of the oscillation in a cycle, as a fraction of its usual amplitude in the take;
        lower admits starts, stops and standing.
    min_step_m : float
        Least amplitude of the gait signal in metres, against sway in takes without any walking.
    max_period_change : float
        Largest relative difference between a cycle's length and the take's stride.
    min_periodicity : float
        Least share of the gait signal's variance within a cycle that the oscillation explains; lower
        admits stumbles and tracking errors.
    max_turn_deg : float
        Largest change of heading from start to end of a cycle in degrees; 360 rejects nothing. Lower
        keeps cycles of straight walking only, which are few in takes on short paths.
    n_phases : int
        Samples per cycle after resampling.

    Raises
    ------
    ParameterError
        If a value is of the wrong type or outside its limits.
    """

    normalise_bones: bool = True
    level_floor: bool = False
    heading_strides: float = 1.0
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
            "heading_strides": (0.0, 10.0),
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
                    "value out of range",
                    where=f"parameter '{name}'",
                    found=str(value),
                    remedy=f"Choose a value from {low:g} to {high:g}.",
                )

    @property
    def band_hz(self) -> tuple[float, float]:
        """Lowest and highest frequency of a stride."""
        return self.min_stride_hz, self.max_stride_hz

    def to_json(self) -> str:
        """Return all parameters as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Preprocessing:
        """Return the parameters that `to_json` wrote; unknown keys are ignored."""
        known = {field.name for field in fields(cls)}
        return cls(**{key: value for key, value in json.loads(text).items() if key in known})
