"""A real JupyterLab on a copy of the notebooks, and what of it a test asks."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Locator, Page

SETTINGS = {
    # All cells are drawn, also those far below: a test looks at every output.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
}

STATE = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const kernel = panel?.context?.sessionContext?.session?.kernel;
  const cells = (panel?.context?.model?.toJSON()?.cells ?? []).filter(cell => cell.cell_type === "code");
  const outputs = cells.flatMap(cell => cell.outputs);
  return {
    kernel: kernel?.status ?? "none",
    code: cells.length,
    done: cells.filter(cell => cell.execution_count !== null).length,
    errors: outputs.filter(output => output.output_type === "error")
                   .map(output => `${output.ename}: ${output.evalue}`),
  };
}"""


class Lab:
    """JupyterLab in a process of its own, on this interpreter's kernel.

    Parameters
    ----------
    notebooks : Path
        Folder of notebooks; JupyterLab gets a copy.
    scratch : Path
        Folder for the copy, settings and the log.
    cache : Path
        Kept results of stages, so that a second run only reads them.
    """

    def __init__(self, notebooks: Path, scratch: Path, cache: Path) -> None:
        self.root = scratch / "notebooks"
        shutil.copytree(notebooks, self.root, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        settings = scratch / "settings"
        for plugin, values in SETTINGS.items():
            file = settings / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        # Nobody else on this machine may use it meanwhile.
        self.token = secrets.token_hex(16)
        self.address = f"http://127.0.0.1:{port}"
        self.log = scratch / "jupyterlab.log"
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": port,
            "ServerApp.port_retries": 0,
            "ServerApp.root_dir": self.root,
            "ServerApp.open_browser": False,
            "ServerApp.allow_root": True,
            "IdentityProvider.token": self.token,
            "LabApp.expose_app_in_browser": True,
            "LabApp.user_settings_dir": settings,
            "LabApp.workspaces_dir": scratch / "workspaces",
            "LabApp.extensions_in_dev_mode": False,
        }
        own = {
            "JUPYTER_CONFIG_DIR": str(scratch / "config"),
            "JUPYTER_DATA_DIR": str(scratch / "data"),
            "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
            "IPYTHONDIR": str(scratch / "ipython"),
            "AFFECTLIB_CACHE": str(cache),
            "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "jupyterlab",
                    *(f"--{name}={value}" for name, value in options.items()),
                ],
                env=os.environ | own,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait(120)
        except BaseException:
            self.stop()
            raise

    def _wait(self, limit_s: float) -> None:
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.address}/api?token={self.token}", timeout=5):
                    return
            except OSError:
                time.sleep(0.3)
        raise RuntimeError(f"JupyterLab did not start: {self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        """End JupyterLab and its kernels."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def open(self, page: Page, name: str) -> Locator:
        """Open a notebook and give its panel, once its kernel is ready.

        Parameters
        ----------
        page : playwright.sync_api.Page
            The browser's page.
        name : str
            The notebook's file name.

        Returns
        -------
        playwright.sync_api.Locator
            The panel.
        """
        page.goto(f"{self.address}/lab/tree/{name}?reset&token={self.token}")
        page.wait_for_function(
            "() => window.jupyterapp?.shell?.currentWidget?.context?.isReady", timeout=90_000
        )
        page.wait_for_function(f"() => ({STATE})().kernel === 'idle'", timeout=90_000)
        return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    def run_all(self, page: Page, *, limit_s: float) -> float:
        """Choose "Run All Cells" from the menu and wait until all is done.

        Parameters
        ----------
        page : playwright.sync_api.Page
            The page with an open notebook.
        limit_s : float
            Longest to wait.

        Returns
        -------
        float
            Seconds that it took.
        """
        begun = time.monotonic()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        while True:
            state = page.evaluate(STATE)
            assert not state["errors"], state["errors"]
            if state["done"] == state["code"] and state["kernel"] == "idle":
                return time.monotonic() - begun
            if time.monotonic() - begun > limit_s:
                raise AssertionError(f"not done after {limit_s:.0f} s: {state}")
            page.wait_for_timeout(300)

    def close(self, page: Page) -> None:
        """Shut the notebook's kernel down.

        Parameters
        ----------
        page : playwright.sync_api.Page
            The page with the notebook.
        """
        page.evaluate("() => window.jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
