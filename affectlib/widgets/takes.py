"""Selection of takes in explorers, by subject, label and take; files are read when selected."""

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

MOST_IN_MEMORY = 12
"""Takes that stay in memory, so that going back is immediate."""


class Takes:
    """Dropdowns for a take of a library and one of its pieces; `changed` is called after each choice."""

    def __init__(self, loaded: Loaded, changed: Callable[[], None]) -> None:
        table = loaded.takes.astype({"subject": str, "label": str, "take": str})
        self._takes = {take.name: take for take in loaded.library.takes}
        self._library = loaded.library
        self._changed = changed
        self.chain = Chain(table, {"subject": "subject", "label": "label", "take": "take"}, self._new_take)
        self.piece = dropdown("piece", [("whole", 0)])
        self._read_cached = lru_cache(maxsize=MOST_IN_MEMORY)(self._read)
        self._offer_pieces()
        self.piece.observe(lambda _: self._piece_chosen(), "value")

    @property
    def controls(self) -> dict[str, ipw.Widget]:
        """The dropdowns by name."""
        return {**self.chain.boxes, "piece": self.piece}

    @property
    def row(self) -> pd.Series:
        """The chosen take's row of the library's table."""
        return self.chain.rows.iloc[0]

    @property
    def pieces(self) -> tuple[Recording, ...]:
        """Unbroken stretches of the chosen take."""
        return self._read_cached(str(self.row["name"]))

    @property
    def recording(self) -> Recording:
        """The chosen stretch."""
        return self.pieces[self.piece.value]

    def _read(self, name: str) -> tuple[Recording, ...]:
        library = replace(self._library, takes=(self._takes[name],), problems=(), left_out=())
        # Starting workers takes longer than reading one take.
        return read_all(library, workers=1).recordings

    def _new_take(self) -> None:
        self._offer_pieces()
        self._changed()

    def _offer_pieces(self) -> None:
        self._filling = True
        count = len(self.pieces)
        names = ["whole"] if count == 1 else [f"{number} of {count}" for number in range(1, count + 1)]
        self.piece.options = list(zip(names, range(count), strict=True))
        # The longest piece first.
        self.piece.value = int(np.argmax([piece.n_frames for piece in self.pieces]))
        self.piece.disabled = count == 1
        self._filling = False

    def _piece_chosen(self) -> None:
        if not self._filling:
            self._changed()
