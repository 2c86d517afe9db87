"""The path on the floor: laps of a rounded triangle.

Over a lap of length ``L`` the curvature at the arc length ``s`` is that of a von Mises bump at each
corner, ``(tau / L) exp(-b cos(3 tau s / L)) / I0(b)``: sides as straight and corners as tight as the
sharpness ``b`` says, and a lap that is closed for any ``b`` by its threefold symmetry. The lap begins
in the middle of a side and goes round either way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import i0


@dataclass(frozen=True, kw_only=True)
class Path:
    """A closed rounded triangle with a little irregularity from lap to lap.

    Parameters
    ----------
    corner : float
        Sharpness of the corners: 0 a circle; at 1.5 the sides are nearly straight.
    start_rad : float
        Heading at the start.
    way : int
        1 anticlockwise, with turns to the left, and -1 clockwise.
    wander : tuple of float
        Size, wavelength in laps and phase in radians of the irregularity of the corners.
    """

    lap_m: float
    corner: float
    start_rad: float
    way: int = 1
    wander: tuple[float, float, float] = (0.0, 1.0, 0.0)

    def curvature(self, distance_m: float | np.ndarray) -> float | np.ndarray:
        """Return the curvature in rad/m, positive to the left.

        Parameters
        ----------
        distance_m : float or numpy.ndarray
            Distance walked since the start, of any shape.
        """
        lap = 2 * np.pi / self.lap_m
        size, wavelength, phase = self.wander
        corner = self.corner * (1 + size * np.sin(lap * distance_m / wavelength + phase))
        return self.way * lap * np.exp(-corner * np.cos(3 * lap * distance_m)) / i0(corner)


def draw_path(rng: np.random.Generator) -> Path:
    """Draw the path of one take: laps of about 9.4 m, some 3.3 m across."""
    return Path(
        lap_m=float(9.4 + 0.3 * rng.standard_normal()),
        corner=float(np.clip(1.0 + 0.1 * rng.standard_normal(), 0.6, 1.4)),
        start_rad=float(0.15 * rng.standard_normal()),
        way=int(rng.choice([-1, 1])),
        wander=(0.25, float(rng.uniform(0.7, 1.9)), float(rng.uniform(0, 2 * np.pi))),
    )


def walk_along(
    path: Path, pace_m_s: np.ndarray, *, rate_hz: float, slowing: float
) -> tuple[np.ndarray, np.ndarray]:
    """Compute turning rate and slowdown of a walk along a path.

    Parameters
    ----------
    pace_m_s : numpy.ndarray
        Speed on an average bend, shape (frames,).
    slowing : float
        Relative loss of speed for a bend as much sharper than average as the average itself.

    Returns
    -------
    turn_rad_s : numpy.ndarray
        Turning rate, positive to the left, shape (frames,).
    slowdown : numpy.ndarray
        Factor on the pace, shape (frames,).
    """
    mean_curvature = 2 * np.pi / path.lap_m
    turn, slowdown = np.empty_like(pace_m_s), np.empty_like(pace_m_s)
    distance_m = 0.0
    # Speed depends on position and position on speed, so this loop over frames cannot be vectorised.
    for frame, pace in enumerate(pace_m_s.tolist()):
        curvature = float(path.curvature(distance_m))
        slowdown[frame] = 1 - slowing * (abs(curvature) / mean_curvature - 1)
        speed = pace * slowdown[frame]
        turn[frame] = curvature * speed
        distance_m += speed / rate_hz
    return turn, slowdown
