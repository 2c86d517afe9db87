"""Affect recognition from gait that does not give the walker away."""

__version__ = "0.1.0"
