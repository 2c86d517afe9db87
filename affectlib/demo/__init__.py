"""The demo library: simulated walkers, for use without recordings of people."""

from affectlib.demo.settings import DEMO_VERSION
from affectlib.demo.write import write_demo

__all__ = ["DEMO_VERSION", "write_demo"]
