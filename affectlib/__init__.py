"""Affect recognition from gait that does not give the walker away."""

from affectlib import instructions

__version__ = "0.1.0"

# Before numpy and torch are loaded, which happens in the modules below this one.
instructions.settle()
