"""Skeleton players of an executed notebook, in the state in which its widgets were saved."""

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
    """Return the scenes (`affectlib.widgets.scene.make_scene`) of the players in a cell's widgets."""
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
