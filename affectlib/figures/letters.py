"""Fonts for names in any script."""

from __future__ import annotations

import re
from functools import lru_cache

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.text import Text

USUAL = "DejaVu Sans"
"""The font of all figures; it comes with matplotlib, so figures are equal on every machine."""

OTHERS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Noto Sans SC", "Noto Sans JP",
    "Noto Sans KR", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback",
    "IPAGothic", "Microsoft YaHei", "SimHei", "Yu Gothic", "Meiryo", "MS Gothic", "Malgun Gothic",
    "PingFang SC", "Hiragino Sans", "Hiragino Sans GB", "Apple SD Gothic Neo", "NanumGothic", "Noto Sans",
    "Noto Sans Devanagari", "Noto Sans Bengali", "Noto Sans Tamil", "Noto Sans Thai", "Nirmala UI",
    "Segoe UI", "Leelawadee UI", "Arial Unicode MS", "Unifont",
)  # fmt: skip
"""Common system fonts of other scripts, in order of preference."""


def find_fonts(figure: Figure) -> str:
    """Set texts with characters missing from the usual font in installed fonts that have them.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A figure after layout, when its ticks have their labels; its texts are changed in place.

    Returns
    -------
    str
        Characters that no installed font has, which are drawn as boxes.
    """
    missing = set()
    for text in figure.findobj(Text):
        absent = _letters(text.get_text()) - _letters_of(USUAL)
        fonts = [name for name in _installed() if absent & _letters_of(name)] if absent else []
        if fonts:
            text.set_fontfamily([USUAL, *fonts])
        missing |= absent.difference(*(_letters_of(name) for name in fonts))
    return "".join(sorted(missing))


def _letters(text: str) -> set[str]:
    # Mathematics between dollars has its own fonts.
    return {letter for letter in re.sub(r"\$[^$]*\$", "", text) if letter.isprintable()}


@lru_cache
def _installed() -> tuple[str, ...]:
    known = {font.name for font in fontManager.ttflist}
    return tuple(name for name in OTHERS if name in known)


@lru_cache
def _letters_of(name: str) -> frozenset[str]:
    font = get_font(findfont(FontProperties(family=name), fallback_to_default=False))
    return frozenset(map(chr, font.get_charmap()))
