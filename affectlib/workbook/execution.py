"""Execution of one notebook through papermill, and messages that say where it stopped."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from affectlib.disk import writing
from affectlib.errors import NotApplicableError, RunError
from affectlib.stages import LOG_VARIABLE
from affectlib.workbook.artefacts import collect, parts_left_out
from affectlib.workbook.engine import ENGINE
from affectlib.workbook.files import papermill_path
from affectlib.workbook.kernels import Halted, Kernel, Kernels
from affectlib.workbook.ledger import Ledger
from affectlib.workbook.manifest import NotebookRecord
from affectlib.workbook.progress import RunProgress, span
from affectlib.workbook.source import Source


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What all notebooks of a run share: folders, environment, limits, and the records of the run.

    Parameters
    ----------
    folder : Path
        The run's folder.
    scratch : Path
        Folder for temporary files.
    environment : dict of str to str
        Environment variables of the kernels.
    limit_s : float
        Time limit of one notebook in seconds.
    """

    folder: Path
    scratch: Path
    environment: dict[str, str]
    limit_s: float
    progress: RunProgress
    ledger: Ledger
    kernels: Kernels


def run_notebook(source: Source, *, key: str, passed: Mapping[str, Any], setting: Setting) -> None:
    """Execute one notebook, and enter its record into the ledger whatever the outcome.

    Parameters
    ----------
    key : str
        Hex digest of what its results depend on.
    passed : mapping of str to object
        Parameters whose values differ from the declared ones.

    Raises
    ------
    RunError
        Where the notebook stops before its end, or makes an artefact that exists already.
    Halted
        Where the run was ended before.
    """
    if setting.kernels.reason:
        raise Halted(setting.kernels.reason)
    record = NotebookRecord(
        name=source.name,
        title=source.title,
        key=key,
        status="stopped",
        parameters=source.parameters(passed),
        cells=len(source.node.cells),
        seconds=0.0,
    )
    log = setting.scratch / f"{source.name}.jsonl"
    begun = time.monotonic()
    setting.progress.start(source.name)
    try:
        executed = _execute(source, setting.folder / record.executed, passed, log, setting)
        artefacts = collect(
            executed, notebook=source.name, folder=setting.folder, parameters=record.parameters
        )
        setting.ledger.claim(artefacts, notebook=source.name)
        left_out = parts_left_out(executed)
        record = replace(record, status="done", artefacts=artefacts, left_out=left_out)
    except _LeftOut as reason:
        record = replace(record, status="left out", error=str(reason))
    # Also an interrupt: the other kernels are processes that would go on.
    except BaseException as error:
        record = replace(record, error=setting.kernels.reason or str(error))
        setting.kernels.end_all("another notebook stopped")
        raise
    finally:
        setting.kernels.leave(source.name)
        seconds = round(time.monotonic() - begun, 3)
        setting.ledger.enter(replace(record, seconds=seconds, stages=stage_uses(log)))
        setting.progress.end(source.name, record.status)


class _LeftOut(Exception):
    """The library cannot answer the notebook's question."""


def _execute(
    source: Source, copy: Path, passed: Mapping[str, Any], log: Path, setting: Setting
) -> nbformat.NotebookNode:
    copy.parent.mkdir(parents=True, exist_ok=True)
    # Papermill warns of annotations that it cannot read; all parameters were checked before.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    kernel_log = log.with_suffix(".log")
    cell = 1, ""

    def watch(number: int, text: str, kernel: Kernel) -> None:
        nonlocal cell
        setting.kernels.enter(source.name, kernel)
        cell = number, text
        setting.progress.at_cell(source.name, number)

    try:
        with writing(copy):
            return papermill.execute_notebook(
                papermill_path(source.path),
                papermill_path(copy),
                parameters=dict(passed),
                engine_name=ENGINE,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                folder=copy.parent,
                environment=setting.environment | {LOG_VARIABLE: str(log)},
                limit_s=setting.limit_s,
                log=kernel_log,
                watch=watch,
            )
    except (PapermillExecutionError, CellTimeoutError, RuntimeError) as error:
        if setting.kernels.reason:
            raise Halted(setting.kernels.reason) from error
        if isinstance(error, PapermillExecutionError) and error.ename == NotApplicableError.__name__:
            raise _LeftOut(_plain(error.evalue)) from error
        raise _stopped(source, copy, cell, _reason(error, setting.limit_s, kernel_log)) from error


def _reason(error: Exception, limit_s: float, log: Path) -> str:
    """Return why a notebook stopped, with the last line of the kernel's log where that is all there is."""
    if isinstance(error, PapermillExecutionError):
        message = f"{error.ename}: {error.evalue}" if error.evalue else error.ename
        return _plain(message).rstrip(".") + _failing_line(error.traceback)
    if isinstance(error, CellTimeoutError):
        return f"it took longer than its time limit of {span(limit_s)}; allow more with --time-limit"
    last_line = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
    if isinstance(error, DeadKernelError):
        return "; ".join(["its Python process died, as it does when memory runs out", *last_line])
    return "; ".join([str(error), *last_line])


def _failing_line(traceback: list[str]) -> str:
    """Return the cell's failing line, marked by an arrow in IPython's traceback."""
    marked = re.search(r"^-+> (\d+) (.*)$", _plain("\n".join(traceback)), flags=re.MULTILINE)
    return f", in line {marked[1]}: `{marked[2].strip()}`" if marked else ""


def _plain(text: str) -> str:
    """Return text without the colours of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).strip()


def _stopped(source: Source, copy: Path, cell: tuple[int, str], reason: str) -> RunError:
    number, text = cell
    first_line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return RunError(
        "the notebook stopped",
        file=source.path,
        where=f"cell {number} of {len(source.node.cells)} (`{first_line}`)",
        found=reason,
        remedy=f"The half-run copy, with the whole traceback, is {copy}.",
    )


def stage_uses(log: Path) -> tuple[dict[str, Any], ...]:
    """Read the log of the stages: stage, key, seconds and whether reused, each result once."""
    if not log.is_file():
        return ()
    # Only the first use of a result shows whether this notebook computed it.
    first_uses: dict[str, dict[str, Any]] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        use = json.loads(line)
        first_uses.setdefault(use["key"], {name: use[name] for name in ("stage", "key", "seconds", "reused")})
    return tuple(first_uses.values())
