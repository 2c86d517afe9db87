"""Papermill engine of the workbook: this interpreter, a time limit for each notebook, progress by cell."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import zmq
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from traitlets import default

from affectlib.workbook.kernels import Kernel

ENGINE = "affectlib"
"""Name under which papermill knows the engine."""

INJECTED_TAG = "injected-parameters"
"""Tag of the cell that papermill puts after the parameters cell."""


class _ThisInterpreter(KernelSpecManager):
    # A kernelspec "python3" of the user's may start another interpreter, without the package.
    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(**get_kernel_dict())


class _KernelManager(AsyncKernelManager):
    @default("kernel_spec_manager")
    def _own_interpreter(self) -> KernelSpecManager:
        return _ThisInterpreter(parent=self)

    def __init__(self, **traits: Any) -> None:
        # Other users of the machine could listen to an open connection; older clients know no other.
        if self.has_trait("transport_encryption") and zmq.has("curve"):
            traits.setdefault("transport_encryption", "auto")
        super().__init__(**traits)


class WorkbookEngine(NBClientEngine):
    """Executes notebooks with the running interpreter, each within one time limit."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        environment: Mapping[str, str],
        folder: Path,
        limit_s: float,
        log: Path,
        watch: Callable[[int, str, Kernel], None],
        start_timeout: int = 60,
        **unused: Any,
    ) -> None:
        """Execute the cells in order.

        Parameters
        ----------
        folder : Path
            The kernel's working directory. Papermill's own option would change the directory of this process,
            and so of every other notebook that it runs at the time.
        limit_s : float
            Seconds for the whole notebook.
        log : Path
            File for the output of the kernel's process.
        watch : callable
            Called before each cell with its number in the committed notebook, counting from
            1, its source, and the kernel that will execute it.
        start_timeout : int
            Seconds for the kernel to start.
        **unused : object
            Further options of papermill.
        """
        deadline = time.monotonic() + limit_s

        def before_cell(cell: Any, cell_index: int) -> None:
            watch(source_number(nb_man.nb, cell_index), cell.source, Kernel(client.km))

        client = PapermillNotebookClient(
            nb_man,
            kernel_name=kernel_name,
            kernel_manager_class=_KernelManager,
            startup_timeout=start_timeout,
            timeout_func=lambda cell: max(1, round(deadline - time.monotonic())),
            on_cell_start=before_cell,
        )
        with log.open("ab") as stream:
            client.execute(env=dict(environment), cwd=str(folder), stdout=stream, stderr=stream)


def source_number(node: Any, index: int) -> int:
    """Return the number in the committed notebook, counting from 1, of a cell of an executed copy."""
    added = sum(INJECTED_TAG in cell.metadata.get("tags", []) for cell in node.cells[: index + 1])
    return index + 1 - added


papermill_engines.register(ENGINE, WorkbookEngine)
