"""The same instruction set on every x86 processor, so that results do not depend on the machine.

Numerical libraries choose their code by the processor's instruction set. Other code adds in another order,
the last digit differs, and training amplifies the difference. The libraries are therefore limited to AVX2,
which x86 processors have had since 2013, even where AVX-512 or AMX would be faster. Processors without AVX2,
or of another architecture (ARM), use what they have; `benchmarks/agreement_of_instruction_sets.py` measures
how far their results differ.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

VARIABLE = "AFFECTLIB_INSTRUCTIONS"
"""Environment variable: ``any`` lifts the limit. That is faster on some processors, but the results cannot be
compared with those of another."""

AVX2: Mapping[str, str] = MappingProxyType(
    {
        "ATEN_CPU_CAPABILITY": "avx2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "MKL_CBWR": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
    }
)
"""Environment variables of torch, oneDNN, MKL and OpenBLAS."""

_PROCESSOR_FEATURE_AVX2 = 40  # PF_AVX2_INSTRUCTIONS_AVAILABLE of the Windows API


def settle() -> None:
    """Set the environment variables that limit numerical libraries to AVX2.

    Libraries read them when they are loaded or first used, so this is called before anything else of the
    package is imported. Child processes inherit them.
    """
    if os.environ.get(VARIABLE, "").lower() == "any":
        return
    # A user may have enabled bfloat16 products of float32 numbers, which only new processors support.
    os.environ["ONEDNN_DEFAULT_FPMATH_MODE"] = "STRICT"
    if has_avx2():
        os.environ.update(AVX2)


def settled() -> bool:
    """Return whether numerical libraries are limited to AVX2."""
    return all(os.environ.get(name) == value for name, value in AVX2.items())


def has_avx2() -> bool:
    """Return whether the processor has AVX2 and fused multiply-add; False also if that is unknown."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return False
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.kernel32.IsProcessorFeaturePresent(_PROCESSOR_FEATURE_AVX2))
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    return {"avx2", "fma"} <= set(flags)
