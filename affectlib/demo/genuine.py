"""Measures of one genuine walk, to compare the simulated walkers with.

They come from one neutral take of the library of Ma, Paterson and Pollick (2006) after this
package's default preprocessing; a test measures them again where the take is available. Agreement
is no evidence for the simulation, which is calibrated to them; disagreement is evidence against it.
"""

from __future__ import annotations

from types import MappingProxyType

SPEED_M_S = 0.862
"""Speed of the pelvis over the ground during the gait cycles."""

STRIDE_HZ = 0.815
"""Stride rate."""

CYCLE_DEVIATIONS_MM = MappingProxyType(
    {
        "head": 16.0,
        "neck": 8.8,
        "l_shoulder": 9.4,
        "l_elbow": 14.5,
        "l_wrist": 25.1,
        "r_shoulder": 15.0,
        "r_elbow": 19.6,
        "r_wrist": 28.6,
        "l_hip": 6.0,
        "l_knee": 18.8,
        "l_ankle": 25.6,
        "r_hip": 6.0,
        "r_knee": 15.2,
        "r_ankle": 23.2,
    }
)
"""Standard deviation over the take's gait cycles, averaged over phase and axis, joint by joint."""
