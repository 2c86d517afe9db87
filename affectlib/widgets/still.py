"""Postures of a scene as a picture: for paper, and for pages without scripts."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from affectlib.skeleton import AXES, JOINTS
from affectlib.widgets.scene import UNKNOWN

POSTURES = 7
"""Postures a walker, evenly spaced over the cycle or piece."""

_STEP_M = 0.85
_HEAD_M = 0.09
_GREY = "#C9C9C9"


def unpacked(xyz: str) -> np.ndarray:
    """Read positions back from a scene.

    Parameters
    ----------
    xyz : str
        ``xyz`` or ``ghost`` of a walker.

    Returns
    -------
    numpy.ndarray
        Positions in metres, NaN where unknown, shape (frames, 15, 3).
    """
    mm = np.frombuffer(base64.b64decode(xyz), dtype="<i2").reshape(-1, len(JOINTS), len(AXES))
    return np.where(mm == UNKNOWN, np.nan, mm / 1000)


def still_svg(scene: Mapping[str, Any]) -> str:
    """Draw each walker's postures in a row, seen from the walker's right.

    Parameters
    ----------
    scene : mapping of str to object
        From `affectlib.widgets.scene.make_scene`.

    Returns
    -------
    str
        An SVG element, right limbs strong and left ones pale as in the workbook's figures.
    """
    rows = [_row(walker, scene["body"]) for walker in scene["walkers"]]
    heights = [height for _, height in rows]
    width = _STEP_M * POSTURES
    tops = np.concatenate([[0.0], np.cumsum(heights)])
    drawn = "".join(
        f'<g transform="translate(0 {top:.2f})">{row}</g>'
        for top, (row, _) in zip(tops[:-1], rows, strict=True)
    )
    what = " ".join(
        ["Still postures of", ", ".join(walker["name"] for walker in scene["walkers"]), _when(scene)]
    )
    stamp = (
        f'<text x="{width}" y="0.12" font-size="0.11" text-anchor="end" font-style="italic">'
        "simulated walkers</text>"
        if scene["simulated"]
        else ""
    )
    return (
        f'<svg role="img" aria-label="{escape(what)}" viewBox="0 0 {width:.2f} {tops[-1]:.2f}" '
        f'font-family="sans-serif" stroke-linecap="round" fill="none">{drawn}'
        f'<g fill="#555" stroke="none">{stamp}</g></svg>'
    )


def _when(scene: Mapping[str, Any]) -> str:
    return "over one gait cycle" if scene["rate_hz"] is None else "over the whole piece"


def _row(walker: Mapping[str, Any], body: Mapping[str, Any]) -> tuple[str, float]:
    position = unpacked(walker["xyz"])
    ghost = unpacked(walker["ghost"]) if "ghost" in walker else None
    height_m = float(np.nanmax(position[..., 2])) - walker["floor_m"]
    ground = 0.2 + _HEAD_M + height_m
    picked = [number * len(position) // POSTURES for number in range(POSTURES)]
    parts = [
        f'<path d="M0 {ground:.2f}H{_STEP_M * POSTURES:.2f}" stroke="#ccc" stroke-width="0.01"/>',
        f'<text x="0" y="0.14" font-size="0.14" font-weight="bold" fill="{escape(walker["colour"])}">'
        f"{escape(walker['name'])}</text>",
    ]
    for number, frame in enumerate(picked):
        here = position[frame]
        root = here[body["root"]]
        at = np.array([(number + 0.5) * _STEP_M - np.nan_to_num(root[0]), ground + walker["floor_m"]])
        if ghost is not None:
            parts.append(_posture(ghost[frame], body, at, _GREY, _GREY, 0.05))
        parts.append(_posture(here, body, at, walker["colour"], "", 0.03))
    return "".join(parts), ground + 0.08


def _posture(
    joints: np.ndarray, body: Mapping[str, Any], at: np.ndarray, colour: str, pale: str, width_m: float
) -> str:
    flat = np.stack([at[0] + joints[:, 0], at[1] - joints[:, 2]], axis=1)
    lines = {"left": "", "middle": "", "right": ""}
    for parent, child, where in body["bones"]:
        ends = flat[[parent, child]]
        if np.isfinite(ends).all():
            lines[where] += f"M{ends[0, 0]:.2f} {ends[0, 1]:.2f}L{ends[1, 0]:.2f} {ends[1, 1]:.2f}"
    head = flat[body["head"]]
    dot = (
        f'<circle cx="{head[0]:.2f}" cy="{head[1]:.2f}" r="{_HEAD_M}" fill="{escape(colour)}"/>'
        if np.isfinite(head).all()
        else ""
    )
    stroke = f'stroke="{escape(colour)}" stroke-width="{width_m}"'
    return (
        f'<path d="{lines["left"]}" {stroke} opacity="{1 if pale else 0.4}"/>'
        f'<path d="{lines["middle"]}{lines["right"]}" {stroke}/>{dot}'
    )
