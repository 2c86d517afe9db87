"""`python -m affectlib`."""

from __future__ import annotations

import sys

from affectlib.cli import main

if __name__ == "__main__":
    sys.exit(main())
