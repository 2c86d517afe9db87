"""Description of the machine of a run: processor, instructions, threads, linear algebra, precision."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from affectlib import instructions


def describe() -> dict[str, Any]:
    """Describe this machine as the numerical libraries of this process see it.

    Returns
    -------
    dict of str to object
        ``processor`` (model name), ``cores``, ``system``, ``instructions`` (those that torch and numpy
        use, and their limit), ``blas`` (libraries of linear algebra with their threads), ``threads`` of
        torch, ``gpu`` (its name, or empty), and ``precision`` of trainings. No paths and no names of users
        or hosts.
    """
    import torch
    from threadpoolctl import threadpool_info

    import affectlib.threads  # noqa: F401  (loads scipy's linear algebra too)

    fields = ("internal_api", "version", "architecture", "num_threads")
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "instructions": {
            "held_to": "AVX2" if instructions.settled() else "",
            "torch": torch.backends.cpu.get_cpu_capability(),
            "numpy": _numpy_features(),
        },
        "blas": [
            {name: library.get(name) for name in fields}
            for library in threadpool_info()
            if library["user_api"] == "blas"
        ],
        "threads": torch.get_num_threads(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else "",
        "precision": "float32",
    }


def processor() -> str:
    """Return the model name of the processor ("AMD EPYC 7763"), or its architecture where that is unknown."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(iter(names), "") or platform.processor() or platform.machine()


def in_words(machine: Mapping[str, Any]) -> str:
    """Return a description of a machine as one sentence for the report; empty where nothing is known."""
    if not machine.get("processor"):
        return ""
    instruction_sets = machine.get("instructions", {})
    limit = instruction_sets.get("held_to")
    blas = [
        f"{library.get('internal_api')} {library.get('version')} ({library.get('architecture')})"
        for library in machine.get("blas", [])
    ]
    parts = [
        f"{machine['processor']}, {machine.get('cores')} cores, {machine.get('system')}",
        f"networks in {machine.get('precision')}"
        + (f" (with device=cuda on {machine['gpu']})" if machine.get("gpu") else ""),
        f"limited to the instructions of {limit}"
        if limit
        else f"with the instructions of {instruction_sets.get('torch')}",
        f"{machine.get('threads')} thread{'' if machine.get('threads') == 1 else 's'} a process",
        f"linear algebra by {' and '.join(dict.fromkeys(blas)) or 'nothing known'}",
    ]
    return "; ".join(parts)


def _numpy_features() -> list[str]:
    try:
        from numpy._core._multiarray_umath import __cpu_features__ as features
    except ImportError:
        return []
    return sorted(name for name, found in features.items() if found)


class Description:
    """The description of the machine, computed by a separate process while notebooks run.

    Loading all numerical libraries takes seconds, and the process that runs notebooks needs none of them.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        try:
            self._process: subprocess.Popen | None = subprocess.Popen(
                [sys.executable, "-m", __name__],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            self._process = None

    def read(self, *, patience_s: float = 60.0) -> dict[str, Any]:
        """Wait for the description and return it, see `describe`; empty where it failed or took too long."""
        if self._process is None:
            return {}
        try:
            return json.loads(self._process.communicate(timeout=patience_s)[0])
        except (subprocess.TimeoutExpired, ValueError, OSError):
            self._process.kill()
            self._process.communicate()
            return {}


if __name__ == "__main__":
    print(json.dumps(describe()))
