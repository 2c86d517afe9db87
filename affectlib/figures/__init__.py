"""Figures: each function draws results that exist and computes none."""

import lazy_loader

# What there is stands in __init__.pyi. It is imported when first asked for: not every figure needs seaborn.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
