"""Outputs of a notebook: figures and tables, saved and displayed."""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Protocol

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
from IPython import get_ipython
from IPython.display import publish_display_data
from matplotlib.figure import Figure

from affectlib.evaluation.scores import scores_csv
from affectlib.figures.letters import find_fonts
from affectlib.figures.style import defaults
from affectlib.workbook.files import write_whole

METADATA_KEY = "affectlib"
"""Under this key the metadata of an output say which artefact it shows."""

STAMP = "simulated walkers"
"""What every figure and table made from simulated walkers says."""

DPI = 160
ROWS_SHOWN = 20
_EXPLAINED: set[str] = set()
"""Letters of which this notebook has said already that no font has them."""

RESERVED_TABLES = ("timings", "scores")
"""Tables that the run itself writes."""


class Walks(Protocol):
    """A library with a name, such as `affectlib.recordings.Library`."""

    @property
    def name(self) -> str:
        """Name of the library."""

    @property
    def simulated(self) -> bool:
        """Whether its walkers are simulated."""


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """Saves and displays the figures and tables of one notebook.

    Parameters
    ----------
    folder : str or Path
        Folder of the run. Empty, as when a notebook is opened by hand: figures and tables are
        displayed and nothing is written.
    notebook : str
        Name of the notebook ("01_recordings").
    library : Walks, optional
        The library that all outputs are made from; None where they depend on none.
    """

    folder: str | Path = ""
    notebook: str
    library: Walks | None = None

    def figure(self, fig: Figure, name: str, *, reading: str, alt: str) -> None:
        """Save a figure as PNG and SVG, display it with its reading below, and close it.

        Parameters
        ----------
        name : str
            File name without suffix: lower case letters, digits, underscores.
        reading : str
            What to see in it, in one or two sentences.
        alt : str
            A description for readers who cannot see it.
        """
        _check_name(name)
        images, boxes = _rendered(fig, stamped=self._simulated)
        plt.close(fig)
        reading += _about_boxes(boxes)
        files = [f"figures/{name}.{suffix}" for suffix in images]
        self._save(dict(zip(files, images.values(), strict=True)))
        _show(
            {"image/png": base64.b64encode(images["png"]).decode(), "text/plain": alt},
            {"image/png": {"alt": alt}},
            self._facts(kind="figure", name=name, files=files, reading=reading, alt=alt),
        )
        _show({"text/markdown": f"*{reading}*", "text/plain": reading})

    def table(self, table: pd.DataFrame, name: str, *, caption: str) -> None:
        """Save a table as CSV with the library in its first column, and display its first rows.

        Parameters
        ----------
        table : pandas.DataFrame
            A named index becomes columns, one without a name is dropped.
        name : str
            File name without suffix: lower case letters, digits, underscores.
        caption : str
            Its contents, with units.

        Raises
        ------
        ValueError
            Where the name is reserved or has other characters.
        """
        _check_name(name)
        if name in RESERVED_TABLES:
            raise ValueError(f"the run itself writes the table {name!r}")
        whole = self._labelled(table)
        self._save({f"results/{name}.csv": whole.to_csv(index=False, lineterminator="\n").encode()})
        files = [f"results/{name}.csv"]
        shown = whole.drop(columns="library").head(ROWS_SHOWN)
        rest = f" First {ROWS_SHOWN} of {len(whole)} rows." if len(whole) > ROWS_SHOWN else ""
        caption = f"{caption} ({STAMP})" if self._simulated else caption
        _show(
            {
                "text/html": f"<p>{escape(caption)}{rest}</p>{shown.to_html(index=False, border=0)}",
                "text/plain": f"{caption}{rest}\n{shown.to_string(index=False)}",
            },
            {},
            self._facts(kind="table", name=name, files=files, caption=caption, rows=len(whole)),
        )

    def scores(self, scores: pd.DataFrame) -> None:
        """Add scores (`affectlib.evaluation.scores.SCORES`) to ``results/scores.csv`` of the run."""
        file = f"results/scores/{self.notebook}.csv"
        self._save({file: scores_csv(scores).encode()})
        text = f"{len(scores)} scores" + (f" ({STAMP})" if self._simulated else "")
        _show(
            {"text/markdown": f"*{text}*", "text/plain": text},
            self._facts(kind="scores", name="scores", files=[file], caption=text, rows=len(scores)),
        )

    def left_out(self, reasons: Sequence[str], *, parameter: str = "") -> None:
        """Display which questions of the notebook this library cannot answer; the report repeats it.

        Parameters
        ----------
        reasons : sequence of str
            What is left out and why; empty where nothing is.
        parameter : str
            The parameter that requested it. A run whose user set it by name then counts as not done.
        """
        for reason in reasons:
            _show(
                {"text/plain": f"Left out: {reason}"},
                {METADATA_KEY: {"kind": "left out", "reason": reason, "parameter": parameter}},
            )

    @property
    def _simulated(self) -> bool:
        return self.library is not None and self.library.simulated

    @property
    def _library_name(self) -> str:
        if self.library is None:
            return ""
        named = "simulated" in self.library.name
        return f"{self.library.name} ({STAMP})" if self._simulated and not named else self.library.name

    def _facts(self, **facts: Any) -> dict[str, Any]:
        whose = {"notebook": self.notebook, "library": self._library_name, "simulated": self._simulated}
        return {METADATA_KEY: facts | whose}

    def _labelled(self, table: pd.DataFrame) -> pd.DataFrame:
        named = any(level is not None for level in table.index.names)
        table = table.reset_index(drop=not named)
        names = table.pop("library") if "library" in table else self._library_name
        table.insert(0, "library", names)
        return table

    def _save(self, contents: dict[str, bytes]) -> None:
        if self.folder:
            for file, content in contents.items():
                write_whole(Path(self.folder).expanduser().resolve() / file, content)


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_]*", name):
        raise ValueError(f"an artefact's name is lower case letters, digits and underscores, not {name!r}")


def _rendered(fig: Figure, *, stamped: bool) -> tuple[dict[str, bytes], str]:
    """Render a figure in all formats, and return the letters that no font has."""
    # No dates and a fixed salt, so that equal runs leave equal files.
    metadata: dict[str, dict[str, Any]] = {"png": {"Software": None}, "svg": {"Date": None}}
    images = {}
    with defaults(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        # Above everything that is drawn, legends outside the canvas too; the tight bounding box takes it in.
        fig.draw_without_rendering()
        without = find_fonts(fig)
        top = max(1.0, fig.get_tightbbox().y1 / fig.get_figheight())
        stamp = fig.text(1, top + 0.005, STAMP, ha="right", va="bottom", size=8, style="italic", color="0.35")
        stamp.set_visible(stamped)
        with mpl.rc_context({"svg.hashsalt": "affectlib", "svg.fonttype": "none"}):
            for suffix, facts in metadata.items():
                stream = io.BytesIO()
                fig.savefig(stream, format=suffix, dpi=DPI, bbox_inches="tight", metadata=facts)
                images[suffix] = stream.getvalue()
        stamp.remove()
    return images, without


def _about_boxes(letters: str) -> str:
    """Explain boxes in place of letters, once in a notebook for each letter."""
    new = "".join(letter for letter in letters if letter not in _EXPLAINED)
    _EXPLAINED.update(new)
    if not new:
        return ""
    return (
        f" (Boxes stand for {new}: no font on this machine has these letters. Install one that has them, "
        "such as Noto Sans CJK, delete matplotlib's font cache, and run again; the SVG file shows them "
        "wherever such a font is.)"
    )


def _show(data: dict[str, str], *metadata: dict[str, Any]) -> None:
    if get_ipython() is not None:
        publish_display_data(data, {key: value for part in metadata for key, value in part.items()})
