"""Copy the figures of a run into figures/ as small pictures, with the manifest of the run.

    .venv/bin/python tools/keep_figures.py [runs/demo]

The README shows them; they come from the full profile on the demo library.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PIL import Image

FIGURES = Path(__file__).parent.parent / "figures"
WIDEST, COLOURS = 1300, 128


def main(run: Path) -> None:
    """Copy pictures and manifest of a run with the full profile on the demo library."""
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    if manifest["study"]["profile"] != "full" or not manifest["library"]["simulated"]:
        sys.exit(f"{run}: only pictures of the full profile on the demo library are kept")
    for old in FIGURES.glob("*.png"):
        old.unlink()
    for figure in manifest["figures"]:
        name = next(file for file in figure["files"] if file.endswith(".png"))
        picture = Image.open(run / name).convert("RGB")
        picture.thumbnail((WIDEST, 10 * WIDEST), Image.Resampling.LANCZOS)
        small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(FIGURES / Path(name).name, optimize=True)
    # Without paths of the machine that made the run.
    text = json.dumps(_without(manifest, "out"), indent=1)
    (FIGURES / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _without(value: object, name: str) -> object:
    if isinstance(value, dict):
        return {key: _without(item, name) for key, item in value.items() if key != name}
    return [_without(item, name) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "runs/demo"))
