"""Still postures of a scene as SVG, for print and for pages without scripts."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from affectlib.skeleton import AXES, JOINTS
from affectlib.widgets.scene import UNKNOWN

POSTURES = 7
"""Postures per walker, evenly spaced over the cycle or recording."""

_STEP_M = 0.85
_HEAD_M = 0.09
_GREY = "#C9C9C9"


def unpacked(xyz: str) -> np.ndarray:
    """Return the positions of a walker or ghost in metres, NaN where unknown, shape (frames, 15, 3)."""
    mm = np.frombuffer(base64.b64decode(xyz), dtype="<i2").reshape(-1, len(JOINTS), len(AXES))
    return np.where(mm == UNKNOWN, np.nan, mm / 1000)


def still_svg(scene: Mapping[str, Any]) -> str:
    """Return an SVG element with a row of postures per walker, seen from the right, left limbs pale."""
    rows = [_row(walker, scene["body"]) for walker in scene["walkers"]]
    heights = [height for _, height in rows]
    width = _STEP_M * POSTURES
    tops = np.concatenate([[0.0], np.cumsum(heights)])
    groups = "".join(
        f'<g transform="translate(0 {top:.2f})">{row}</g>'
        for top, (row, _) in zip(tops[:-1], rows, strict=True)
    )
    names = ", ".join(walker["name"] for walker in scene["walkers"])
    period = "over one gait cycle" if scene["rate_hz"] is None else "over the whole recording"
    alt = f"Still postures of {names} {period}"
    stamp = (
        f'<text x="{width}" y="0.12" font-size="0.11" text-anchor="end" font-style="italic">'
        "simulated walkers</text>"
        if scene["simulated"]
        else ""
    )
    return (
        f'<svg role="img" aria-label="{escape(alt)}" viewBox="0 0 {width:.2f} {tops[-1]:.2f}" '
        f'font-family="sans-serif" stroke-linecap="round" fill="none">{groups}'
        f'<g fill="#555" stroke="none">{stamp}</g></svg>'
    )


def _row(walker: Mapping[str, Any], body: Mapping[str, Any]) -> tuple[str, float]:
    position = unpacked(walker["xyz"])
    ghost = unpacked(walker["ghost"]) if "ghost" in walker else None
    height_m = float(np.nanmax(position[..., 2])) - walker["floor_m"]
    ground = 0.2 + _HEAD_M + height_m
    frames = [number * len(position) // POSTURES for number in range(POSTURES)]
    elements = [
        f'<path d="M0 {ground:.2f}H{_STEP_M * POSTURES:.2f}" stroke="#ccc" stroke-width="0.01"/>',
        f'<text x="0" y="0.14" font-size="0.14" font-weight="bold" fill="{escape(walker["colour"])}">'
        f"{escape(walker['name'])}</text>",
    ]
    for number, frame in enumerate(frames):
        root = position[frame][body["root"]]
        origin = np.array([(number + 0.5) * _STEP_M - np.nan_to_num(root[0]), ground + walker["floor_m"]])
        if ghost is not None:
            elements.append(_posture(ghost[frame], body, origin, colour=_GREY, width_m=0.05, pale_left=False))
        elements.append(_posture(position[frame], body, origin, colour=walker["colour"], width_m=0.03))
    return "".join(elements), ground + 0.08


def _posture(
    joints: np.ndarray,
    body: Mapping[str, Any],
    origin: np.ndarray,
    *,
    colour: str,
    width_m: float,
    pale_left: bool = True,
) -> str:
    xy = np.stack([origin[0] + joints[:, 0], origin[1] - joints[:, 2]], axis=1)
    # One path per side of the body, for a small file.
    lines = {"left": "", "middle": "", "right": ""}
    for parent, child, bone_side in body["bones"]:
        ends = xy[[parent, child]]
        if np.isfinite(ends).all():
            lines[bone_side] += f"M{ends[0, 0]:.2f} {ends[0, 1]:.2f}L{ends[1, 0]:.2f} {ends[1, 1]:.2f}"
    head = xy[body["head"]]
    dot = (
        f'<circle cx="{head[0]:.2f}" cy="{head[1]:.2f}" r="{_HEAD_M}" fill="{escape(colour)}"/>'
        if np.isfinite(head).all()
        else ""
    )
    stroke = f'stroke="{escape(colour)}" stroke-width="{width_m}"'
    return (
        f'<path d="{lines["left"]}" {stroke} opacity="{0.4 if pale_left else 1}"/>'
        f'<path d="{lines["middle"]}{lines["right"]}" {stroke}/>{dot}'
    )
