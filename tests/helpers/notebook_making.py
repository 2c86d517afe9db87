"""Tiny notebooks, written where a test wants them."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


def write_notebook(folder: Path, name: str, parameters: str | None, *cells: str) -> Path:
    """A notebook with a title, a parameters cell and further code cells."""
    parts = [new_markdown_cell(f"# About {name[3:]}")]
    if parameters is not None:
        parts.append(new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    parts += [new_code_cell(cell) for cell in cells]
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    node = new_notebook(cells=parts, metadata={"kernelspec": kernel})
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(node, folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


COMMON = 'library: str = ""  # folder\nprofile: str = "quick"  # or full\nout: str = ""  # folder of the run'

DRAWING = """from types import SimpleNamespace

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from affectlib.workbook import Outputs

library = SimpleNamespace(name="walks", simulated=simulated)
outputs = Outputs(folder=out, notebook="01_drawing", library=library)
fig = Figure(layout="constrained")
fig.add_subplot(xlabel="time (s)").plot(np.arange(points))
outputs.figure(fig, "line", reading="It rises & <ends>.", alt="A rising line")"""

TABLE = 'outputs.table(pd.DataFrame({"n": range(points)}), "numbers", caption="Numbers, one each")'

# What Outputs leaves, without the seconds that it takes to import a plotting library.
MARK = """import pathlib
from IPython.display import publish_display_data

file = pathlib.Path(out) / "figures" / f"{name}.png"
file.parent.mkdir(exist_ok=True)
file.write_bytes(b"a picture")
whose = {"library": "walks", "simulated": False}
facts = {"kind": "figure", "name": name, "files": [f"figures/{name}.png"]}
publish_display_data({"text/plain": name}, {"affectlib": facts | whose})"""
