"""The skeleton player: walkers side by side, in notebooks and, without a kernel, in the report."""

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


class Player(anywidget.AnyWidget):
    """A skeleton player in a notebook; `player` makes one.

    Turning, zooming and playing happen in the browser and need no kernel. What stands below is
    shared with it: set ``phase``, ``playing`` or ``speed`` to steer the player, `show` to give it
    other walkers. It reports ``phase`` when it comes to rest, not while it plays.

    Attributes
    ----------
    scene : dict of str to object
        The walkers, as `affectlib.widgets.scene.make_scene` writes them down.
    phase : float
        Where in the loop, in [0, 1).
    playing : bool
        Whether it plays.
    speed : float
        1 is the speed of the walk.
    height_px : int
        Height of the stage in pixels.
    """

    _esm = _STATIC / "player.js"
    _css = _STATIC / "player.css"

    scene = traitlets.Dict().tag(sync=True)
    phase = traitlets.Float(0.0, min=0.0, max=1.0).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    speed = traitlets.Float(1.0, min=0.01).tag(sync=True)
    height_px = traitlets.Int(340, min=120).tag(sync=True)

    def show(self, walkers: Mapping[str, np.ndarray], **options: Any) -> None:
        """Put other walkers on the stage; view, speed and whether it plays stay as they are.

        Parameters
        ----------
        walkers : mapping of str to numpy.ndarray
            As for `player`: metres, each of shape (phases, 15, 3).
        **options : object
            The options of `affectlib.widgets.scene.make_scene`. What is left out is forgotten, but for
            ``simulated``: that stays with the player.

        Raises
        ------
        ValueError
            For no walkers or too many, or arrays that are no walks.
        """
        self.scene = make_scene(walkers, **{"simulated": self.scene.get("simulated", False)} | options)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            # Where no widget can be drawn, as on a page of code hosting, postures are seen at least.
            bundle[0]["text/html"] = scene_html(self.scene, height_px=self.height_px, module=False)
        return bundle


def player(walkers: Mapping[str, np.ndarray], *, height_px: int = 340, **options: Any) -> Player:
    """Show walkers side by side, in step, to be turned, zoomed, played and scrubbed.

    Parameters
    ----------
    walkers : mapping of str to numpy.ndarray
        One to four walkers by the name that stands above them: positions in metres, each of shape
        (phases, 15, 3); or unbroken pieces of walks, each of shape (frames, 15, 3), with ``rate_hz``.
    height_px : int
        Height of the stage in pixels.
    **options : object
        ``rate_hz``, ``cycle_s``, ``colours``, ``ghosts``, ``ghost_name``, ``caption``, ``simulated``:
        see `affectlib.widgets.scene.make_scene`.

    Returns
    -------
    Player
        The widget.

    Raises
    ------
    ValueError
        For no walkers or too many, or arrays that are no walks.
    """
    return Player(scene=make_scene(walkers, **options), height_px=height_px)


def player_html(
    walkers: Mapping[str, np.ndarray], *, height_px: int = 340, module: bool = True, **options: Any
) -> str:
    """Write the player as a piece of HTML that plays without a kernel and without a network.

    Parameters
    ----------
    walkers : mapping of str to numpy.ndarray
        As for `player`: metres, each of shape (phases, 15, 3).
    height_px : int
        Height of the stage in pixels.
    module : bool
        Whether the player's own code comes along. A page needs it once, for all its players: leave
        it out here and put `module_html` at the end of the page.
    **options : object
        See `affectlib.widgets.scene.make_scene`.

    Returns
    -------
    str
        HTML: still postures, which are printed and shown where scripts are off, and the walkers.

    Raises
    ------
    ValueError
        For no walkers or too many, or arrays that are no walks.
    """
    return scene_html(make_scene(walkers, **options), height_px=height_px, module=module)


def scene_html(scene: Mapping[str, Any], *, height_px: int = 340, module: bool = True) -> str:
    """Write a scene that exists as `player_html` does.

    Parameters
    ----------
    scene : mapping of str to object
        From `affectlib.widgets.scene.make_scene`, or the ``scene`` of a `Player`.
    height_px : int
        Height of the stage in pixels.
    module : bool
        Whether the player's own code comes along.

    Returns
    -------
    str
        HTML.
    """
    # "<" inside a name must not end the script element.
    told = json.dumps(dict(scene), separators=(",", ":")).replace("<", "\\u003c")
    caption = f"<p>{escape(scene['caption'])}</p>" if scene["caption"] else ""
    still = f'<div class="afp-still">{still_svg(scene)}{caption}</div>'
    return (
        f'<div class="affectlib-player-page" data-height="{height_px}">{still}'
        f'<script type="application/json">{told}</script></div>{module_html() if module else ""}'
    )


def module_html() -> str:
    """Give the player's code for a page: what makes every player on it play.

    Returns
    -------
    str
        A style and a script element; more than one does no harm.
    """
    style, code = ((_STATIC / file).read_text(encoding="utf-8") for file in ("player.css", "player.js"))
    return f'<style>{style}</style><script type="module">{code}\nmountAll(document);\n</script>'
