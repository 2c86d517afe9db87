"""Diagram of the exchange of codes between two motions and of its losses (the paper's Fig. 1)."""

from __future__ import annotations

from typing import Any, NamedTuple

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnchoredOffsetbox, HPacker, TextArea
from matplotlib.patches import FancyBboxPatch

from affectlib.figures.style import CODE_COLOURS, INK, PAGE_IN, new_figure, styled


class Code(NamedTuple):
    """A code of one of the two motions."""

    kind: str
    subscript: str


class Combination(NamedTuple):
    """A pair of codes to decode, as indices into `CODES`."""

    affect: int
    subject: int


class Generated(NamedTuple):
    """A generated motion, named like its ground truth, and the loss and equation that compare the two."""

    name: str
    loss: str
    equation: int


HEIGHT_IN = 3.55
ROWS_IN = (2.85, 2.1, 1.35, 0.6)
"""Heights of the four rows: one per code, and one per generated motion."""

CODES = (Code("affect", "j"), Code("subject", "i"), Code("subject", "k"), Code("affect", "l"))
"""Codes from top to bottom: two of the first motion, two of the second."""

PAIRS = (Combination(0, 1), Combination(0, 2), Combination(3, 1), Combination(3, 2))
"""Combinations of codes from top to bottom."""

EXCHANGE = (
    Generated("ij", "rec", 2),
    Generated("kj", "cross", 3),
    Generated("il", "cross", 3),
    Generated("kl", "rec", 2),
)
"""Generated motions from top to bottom."""

_COLUMNS_IN = {
    "two motions": 0.42,
    "encoders": 1.2,
    "codes": 1.98,
    "all combinations": 3.3,
    "decoder": 4.18,
    "generated": 5.06,
    "ground truth": 6.05,
}
_INPUT, _ENCODER, _CODE, _PAIR, _DECODER, _GENERATED, _TRUTH = _COLUMNS_IN.values()


@styled
def exchange_scheme() -> Figure:
    """Draw the exchange of codes between two motions (Fig. 1), with corrected ground truths.

    The paper's equation (3) pairs ``D(E_A(x_ij), E_S(x_kl))`` with ``x_il``; it has affect j and
    subject k, so its ground truth is ``x_kj``, in agreement with equation (1).
    """
    figure = new_figure(width_in=PAGE_IN, height_in=HEIGHT_IN)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, PAGE_IN)
    axes.set_ylim(0, HEIGHT_IN)
    axes.axis("off")
    _inputs(axes)
    _codes(axes)
    _combinations(axes)
    _outputs(axes)
    _heads(axes)
    return figure


def _inputs(axes: Axes) -> None:
    for number, name in enumerate(("ij", "kl")):
        y = (ROWS_IN[2 * number] + ROWS_IN[2 * number + 1]) / 2
        _box(axes, _INPUT, y, rf"$x_{{{name}}}$", size=(0.5, 0.42), face="white")
        for row in (2 * number, 2 * number + 1):
            _arrow(axes, (_INPUT + 0.27, y), (_ENCODER - 0.25, ROWS_IN[row]), "0.4")


def _codes(axes: Axes) -> None:
    for (kind, index), y in zip(CODES, ROWS_IN, strict=True):
        colour = CODE_COLOURS[kind]
        letter = "A" if kind == "affect" else "S"
        _box(axes, _ENCODER, y, rf"$E_{letter}$", size=(0.44, 0.42), face=colour, ink="white")
        _arrow(axes, (_ENCODER + 0.24, y), (_CODE - 0.2, y), colour)
        _code(axes, _CODE, y, kind, index)


def _code(axes: Axes, x: float, y: float, kind: str, index: str) -> None:
    name = "a" if kind == "affect" else "s"
    _box(axes, x, y, rf"${name}_{index}$", size=(0.32, 0.32), face="white", edge=CODE_COLOURS[kind], lw=1.6)


def _combinations(axes: Axes) -> None:
    for pair, y in zip(PAIRS, ROWS_IN, strict=True):
        for offset, row in zip((-0.17, 0.17), pair, strict=True):
            kind, index = CODES[row]
            # The line from the upper code ends above the other, so that the two do not cross.
            end = _PAIR - 0.36, y + (0.07 if row == min(pair) else -0.07)
            _arrow(axes, (_CODE + 0.18, ROWS_IN[row]), end, CODE_COLOURS[kind])
            _code(axes, _PAIR + offset, y, kind, index)
        _arrow(axes, (_PAIR + 0.36, y), (_DECODER - 0.24, y), "0.4")


def _outputs(axes: Axes) -> None:
    low, high = ROWS_IN[-1], ROWS_IN[0]
    _box(axes, _DECODER, (low + high) / 2, "$D$", size=(0.42, high - low + 0.5), face="0.35", ink="white")
    for (name, loss, equation), y in zip(EXCHANGE, ROWS_IN, strict=True):
        crossed = loss == "cross"
        size = (0.46, 0.4)
        _arrow(axes, (_DECODER + 0.23, y), (_GENERATED - 0.25, y), "0.4")
        face = "#FFF3D6" if crossed else "white"
        _box(axes, _GENERATED, y, rf"$\hat{{x}}_{{{name}}}$", size=size, face=face)
        _box(axes, _TRUTH, y, f"$x_{{{name}}}$", size=size, face="white", dashed=crossed)
        _arrow(axes, (_GENERATED + 0.25, y), (_TRUTH - 0.25, y), INK, style="<|-|>")
        between = (_GENERATED + _TRUTH) / 2
        _text(axes, between, y + 0.06, rf"$L_{{\mathrm{{{loss}}}}}$", va="bottom", fontsize=8.5)
        _text(axes, between, y - 0.06, f"eq. {equation}", va="top", fontsize=6.5)
        source = (
            f"subject {name[0]} with\naffect {name[1]}, from\nthe data" if crossed else "the input\nitself"
        )
        axes.text(_TRUTH + 0.29, y, source, ha="left", va="center", fontsize=6.5, linespacing=1.1)


def _heads(axes: Axes) -> None:
    for head, x in _COLUMNS_IN.items():
        axes.text(x, HEIGHT_IN - 0.16, head, ha="center", va="center", fontsize=7.5, weight="bold")
    parts = {
        "Subjects i and k, affects j and l. For either motion the same two encoders return": INK,
        "affect codes a": CODE_COLOURS["affect"],
        "and": INK,
        "subject codes s.": CODE_COLOURS["subject"],
    }
    words: list[Artist] = [
        TextArea(
            text, textprops={"color": colour, "fontsize": 7, "weight": "normal" if colour == INK else "bold"}
        )
        for text, colour in parts.items()
    ]
    line = HPacker(children=words, pad=0, sep=2.5)
    axes.add_artist(AnchoredOffsetbox("lower center", child=line, frameon=False, pad=0.3, borderpad=0.1))


def _box(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    *,
    size: tuple[float, float],
    face: str,
    edge: str = INK,
    ink: str = INK,
    lw: float = 0.9,
    dashed: bool = False,
) -> None:
    width, height = size
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor=face,
            edgecolor=edge,
            linewidth=lw,
            linestyle=(0, (3, 2)) if dashed else "-",
            zorder=3,
        )
    )
    _text(axes, x, y, text, color=ink, fontsize=11, va="center", zorder=4)


def _text(axes: Axes, x: float, y: float, text: str, **look: Any) -> None:
    # In the default font the index l looks like a 1.
    axes.text(x, y, text, ha="center", math_fontfamily="stix", **look)


def _arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, *, style: str = "-|>"
) -> None:
    look = {"arrowstyle": style, "color": colour, "lw": 1.0, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 7}
    axes.annotate("", end, start, arrowprops=look, zorder=2)
