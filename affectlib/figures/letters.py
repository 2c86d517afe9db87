"""Names in any script: fonts that have their letters, as far as some are installed."""

from __future__ import annotations

import re
from functools import lru_cache

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.text import Text

USUAL = "DejaVu Sans"
"""The font of all figures; it comes with matplotlib, so that they are the same everywhere."""

OTHERS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Noto Sans SC", "Noto Sans JP",
    "Noto Sans KR", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback",
    "IPAGothic", "Microsoft YaHei", "SimHei", "Yu Gothic", "Meiryo", "MS Gothic", "Malgun Gothic",
    "PingFang SC", "Hiragino Sans", "Hiragino Sans GB", "Apple SD Gothic Neo", "NanumGothic", "Noto Sans",
    "Noto Sans Devanagari", "Noto Sans Bengali", "Noto Sans Tamil", "Noto Sans Thai", "Nirmala UI",
    "Segoe UI", "Leelawadee UI", "Arial Unicode MS", "Unifont",
)  # fmt: skip
"""Fonts of other scripts that systems bring along, in the order in which they are tried."""


def find_fonts(figure: Figure) -> str:
    """Set texts that the usual font lacks letters for in fonts that have them.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A figure that was laid out, so that its ticks have their labels; changed where it needs other fonts.

    Returns
    -------
    str
        Letters that no known font has, each once, which are drawn as boxes; empty where there are none.
    """
    without = set()
    for text in figure.findobj(Text):
        lacking = _letters(text.get_text()) - _letters_of(USUAL)
        fonts = [name for name in _installed() if lacking & _letters_of(name)] if lacking else []
        if fonts:
            text.set_fontfamily([USUAL, *fonts])
        without |= lacking.difference(*(_letters_of(name) for name in fonts))
    return "".join(sorted(without))


def _letters(text: str) -> set[str]:
    # What stands between dollars is mathematics, with fonts of its own.
    return {letter for letter in re.sub(r"\$[^$]*\$", "", text) if letter.isprintable()}


@lru_cache
def _installed() -> tuple[str, ...]:
    known = {font.name for font in fontManager.ttflist}
    return tuple(name for name in OTHERS if name in known)


@lru_cache
def _letters_of(name: str) -> frozenset[str]:
    font = get_font(findfont(FontProperties(family=name), fallback_to_default=False))
    return frozenset(map(chr, font.get_charmap()))
