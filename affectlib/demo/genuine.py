"""Measures of one genuine walk, to compare the simulated walkers with.

They come from one neutral take of the library of Ma, Paterson and Pollick (2006) after this
package's default preprocessing; a test measures them again where the take is available. Agreement
is no evidence for the simulation, which is calibrated to them; disagreement is evidence against it.
"""

from __future__ import annotations

from types import MappingProxyType

SPEED_M_S = 0.862
"""Speed of the pelvis over the ground during the gait cycles."""

STRIDE_HZ = 0.816
"""Stride rate."""

CYCLE_DEVIATIONS_MM = MappingProxyType(
    {
        "head": 16.0,
        "neck": 8.8,
        "l_shoulder": 9.2,
        "l_elbow": 14.1,
        "l_wrist": 24.6,
        "r_shoulder": 14.6,
        "r_elbow": 19.1,
        "r_wrist": 28.2,
        "l_hip": 5.7,
        "l_knee": 18.5,
        "l_ankle": 25.3,
        "r_hip": 5.7,
        "r_knee": 15.0,
        "r_ankle": 23.0,
    }
)
"""Standard deviation over the take's gait cycles, averaged over phase and axis, joint by joint."""
