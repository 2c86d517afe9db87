"""Link to the report of a run, through the Jupyter server where possible."""

from __future__ import annotations

import json
import os
import time
from html import escape
from pathlib import Path
from urllib.parse import quote

from ipykernel.connect import get_connection_file
from IPython import get_ipython

# JupyterLab does not distinguish links in widgets from the text around them.
_LINK = "target='_blank' style='color:var(--jp-content-link-color,#1565c0);text-decoration:underline'"


def report_link(out: Path) -> str:
    """Return an HTML link to the report of a run, empty where there is none.

    It leads through the Jupyter server of this kernel if that serves the file.
    """
    report = out / "report.html"
    if not report.is_file():
        return ""
    written = time.strftime("%Y-%m-%d %H:%M", time.localtime(report.stat().st_mtime))
    path, served = escape(str(report)), _served(report)
    if served is None:
        link = f"<a {_LINK} href='{escape(report.as_uri())}'>{path}</a>: open it in a browser"
    else:
        link = f"<a {_LINK} href='{escape(served)}'>Open the report</a> ({path})"
    return f"{link}, written {written}"


def _served(file: Path) -> str | None:
    """Return the address of a file at the Jupyter server that started this kernel."""
    try:
        server = _server()
        relative = file.relative_to(Path(server["root_dir"]).resolve())
    except (OSError, RuntimeError, ValueError, KeyError):
        return None
    return f"{server['base_url']}files/{quote(relative.as_posix())}"


def _server() -> dict[str, str]:
    """Read the server's description of itself, beside the connection file of this kernel."""
    if getattr(get_ipython(), "kernel", None) is None:
        raise RuntimeError("not in a kernel")
    description = Path(get_connection_file()).parent / f"jpserver-{os.getppid()}.json"
    return json.loads(description.read_text(encoding="utf-8"))
