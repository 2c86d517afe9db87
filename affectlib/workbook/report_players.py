"""Skeleton players of an executed notebook: the walkers that its widgets showed when it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import nbformat

from affectlib.widgets.player import Player

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"

_PLAYER = f"{Player.__module__}.{Player.__name__}"
_REFERENCE = "IPY_MODEL_"


def scenes(executed: nbformat.NotebookNode, cell: nbformat.NotebookNode) -> list[dict[str, Any]]:
    """Find the players that a cell shows, also inside other widgets.

    Parameters
    ----------
    executed : nbformat.NotebookNode
        The executed copy: its metadata keep the state of all widgets.
    cell : nbformat.NotebookNode
        One of its cells.

    Returns
    -------
    list of dict
        What each player shows, as `affectlib.widgets.scene.make_scene` writes it down; those with
        walkers only.
    """
    models = executed.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    found = []
    for output in cell.get("outputs", ()):
        view = output.get("data", {}).get(VIEW)
        for state in _below(view["model_id"], models, set()) if view else ():
            scene = state.get("scene") or {}
            if state.get("_anywidget_id") == _PLAYER and scene.get("walkers"):
                found.append(dict(scene))
    return found


def _below(model: str, models: Mapping[str, Any], seen: set[str]) -> Iterator[Mapping[str, Any]]:
    if model in seen or model not in models:
        return
    seen.add(model)
    state = models[model]["state"]
    yield state
    for reference in _references(state.get("children", ())):
        yield from _below(reference, models, seen)


def _references(value: Any) -> Iterator[str]:
    for each in value if isinstance(value, list | tuple) else ():
        if isinstance(each, str) and each.startswith(_REFERENCE):
            yield each.removeprefix(_REFERENCE)
