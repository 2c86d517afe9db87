"""Takes for the explorers: chosen by person, label and take, read when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import ipywidgets as ipw
import numpy as np
import pandas as pd

from affectlib.recordings import Recording
from affectlib.recordings.reading import read_all
from affectlib.stages import Loaded
from affectlib.widgets.explorer import Chain, dropdown

KEPT = 12
"""Takes that stay in memory, so that going back is immediate."""


class Takes:
    """The takes of a library behind four dropdowns.

    Parameters
    ----------
    loaded : affectlib.stages.Loaded
        The library.
    changed : callable
        Called after each choice.
    """

    def __init__(self, loaded: Loaded, changed: Callable[[], None]) -> None:
        table = loaded.takes.astype({"subject": str, "label": str, "take": str})
        self._known = {take.name: take for take in loaded.library.takes}
        self._library = loaded.library
        self._changed = changed
        self.chain = Chain(table, {"subject": "person", "label": "label", "take": "take"}, self._new_take)
        self.piece = dropdown("piece", [("whole", 0)])
        self._read = lru_cache(maxsize=KEPT)(self._read_anew)
        self._offer_pieces()
        self.piece.observe(lambda _: self._asked(), "value")

    @property
    def controls(self) -> dict[str, ipw.Widget]:
        """The dropdowns by name."""
        return {**self.chain.boxes, "piece": self.piece}

    @property
    def row(self) -> pd.Series:
        """What the library's table says of the chosen take."""
        return self.chain.rows.iloc[0]

    @property
    def pieces(self) -> tuple[Recording, ...]:
        """Unbroken stretches of the chosen take."""
        return self._read(str(self.row["name"]))

    @property
    def recording(self) -> Recording:
        """The chosen stretch."""
        return self.pieces[self.piece.value]

    def _read_anew(self, name: str) -> tuple[Recording, ...]:
        one = replace(self._library, takes=(self._known[name],), problems=(), left_out=())
        return read_all(one, workers=1).recordings

    def _new_take(self) -> None:
        self._offer_pieces()
        self._changed()

    def _offer_pieces(self) -> None:
        self._filling = True
        count = len(self.pieces)
        names = ["whole"] if count == 1 else [f"{number} of {count}" for number in range(1, count + 1)]
        self.piece.options = list(zip(names, range(count), strict=True))
        self.piece.value = int(np.argmax([one.n_frames for one in self.pieces]))
        self.piece.disabled = count == 1
        self._filling = False

    def _asked(self) -> None:
        if not self._filling:
            self._changed()
