"""Figures of existing results; each function plots one."""

import lazy_loader

# Figures are imported when first used, since seaborn takes a second and not every figure needs it.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
