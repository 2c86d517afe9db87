"""From walks to gait cycles: alignment, singular spectrum analysis, segmentation."""

import lazy_loader

# What there is stands in __init__.pyi, imported when first asked for: a study's description needs no scipy.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
