"""The skeleton player: walkers side by side, in notebooks, and without a kernel in the report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from affectlib.widgets.scene import make_scene
from affectlib.widgets.still import still_svg

_STATIC = Path(__file__).parent / "static"

# anywidget loads one file, and a page without a server none: so readable files are joined here.
_SCRIPTS = ("helpers", "scene", "camera", "drawing", "controls", "stage", "mount")
_CODE = "\n".join((_STATIC / "player" / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS)


class Player(anywidget.AnyWidget):
    """The widget that `player` returns.

    Rotating, zooming and playing happen in the browser, without the kernel. Set ``phase``, ``playing`` or
    ``speed`` to control the player, and call `show` for other walkers. The browser reports ``phase`` when
    the player stops, not while it plays.

    Attributes
    ----------
    scene : dict of str to object
        From `affectlib.widgets.scene.make_scene`.
    phase : float
        Position in the loop, in [0, 1).
    speed : float
        Relative to the recorded speed.
    height_px : int
        Height of the drawing.
    """

    _esm = _CODE
    _css = _STATIC / "player.css"

    scene = traitlets.Dict().tag(sync=True)
    phase = traitlets.Float(0.0, min=0.0, max=1.0).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    speed = traitlets.Float(1.0, min=0.01).tag(sync=True)
    height_px = traitlets.Int(340, min=120).tag(sync=True)

    def show(self, walkers: Mapping[str, np.ndarray], **options: Any) -> None:
        """Replace the walkers; view, speed and whether it plays stay the same.

        Parameters
        ----------
        walkers : mapping of str to numpy.ndarray
            Positions in metres, each of shape (phases, 15, 3).
        **options : object
            See `affectlib.widgets.scene.make_scene`; only ``simulated`` is kept from the previous scene.
        """
        self.scene = make_scene(walkers, **{"simulated": self.scene.get("simulated", False)} | options)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            # Pages that cannot display widgets, such as those of code hosts, have still postures at least.
            bundle[0]["text/html"] = scene_html(self.scene, height_px=self.height_px, module=False)
        return bundle


def player(walkers: Mapping[str, np.ndarray], *, height_px: int = 340, **options: Any) -> Player:
    """Return a player of one to four walkers side by side.

    Parameters
    ----------
    walkers : mapping of str to numpy.ndarray
        Positions in metres by displayed name: gait cycles, each of shape (phases, 15, 3), or with
        ``rate_hz`` recordings, each of shape (frames, 15, 3).
    **options : object
        See `affectlib.widgets.scene.make_scene`.
    """
    return Player(scene=make_scene(walkers, **options), height_px=height_px)


def player_html(
    walkers: Mapping[str, np.ndarray], *, height_px: int = 340, module: bool = True, **options: Any
) -> str:
    """Return HTML of a player that works without a kernel and without a network.

    Where scripts are off, and in print, it has still postures.

    Parameters
    ----------
    walkers : mapping of str to numpy.ndarray
        See `player`: positions in metres, each of shape (phases, 15, 3).
    module : bool
        Whether to include the player's code, which a page with several players needs only once: see
        `module_html`.
    **options : object
        See `affectlib.widgets.scene.make_scene`.
    """
    return scene_html(make_scene(walkers, **options), height_px=height_px, module=module)


def scene_html(scene: Mapping[str, Any], *, height_px: int = 340, module: bool = True) -> str:
    """Return the HTML of `player_html` for an existing scene."""
    # "<" inside a name must not end the script element.
    data = json.dumps(dict(scene), separators=(",", ":")).replace("<", "\\u003c")
    caption = f"<p>{escape(scene['caption'])}</p>" if scene["caption"] else ""
    still = f'<div class="afp-still">{still_svg(scene)}{caption}</div>'
    return (
        f'<div class="affectlib-player-page" data-height="{height_px}">{still}'
        f'<script type="application/json">{data}</script></div>{module_html() if module else ""}'
    )


def module_html() -> str:
    """Return the style and script elements for all players of a page; repeated ones do no harm."""
    style = (_STATIC / "player.css").read_text(encoding="utf-8")
    return f'<style>{style}</style><script type="module">{_CODE}\nmountAll(document);\n</script>'
