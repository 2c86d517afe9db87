"""The same instructions on every processor, so that numbers do not depend on the one that is there.

Numerical libraries choose their code by the instructions they find. Other code adds in another order, the
last digit differs, and trainings multiply the difference: a network has other weights in the end, and some of
its answers are others. So the libraries are held to AVX2, which processors for x86 have had since 2013, also
where AVX-512 or AMX would be quicker. Processors without AVX2, or of another make (ARM), compute with what
they have; `benchmarks/agreement_of_instruction_sets.py` measures how far their answers differ.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

VARIABLE = "AFFECTLIB_INSTRUCTIONS"
"""Environment variable: ``any`` leaves libraries all instructions of the processor, or those that other
variables leave them. That is quicker on some processors, and comparable with nothing made on another."""

AVX2: Mapping[str, str] = MappingProxyType(
    {
        "ATEN_CPU_CAPABILITY": "avx2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "MKL_CBWR": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
    }
)
"""What torch, oneDNN, MKL and OpenBLAS are told, each by its own environment variable."""

_PROCESSOR_FEATURE_AVX2 = 40  # PF_AVX2_INSTRUCTIONS_AVAILABLE of the Windows API


def settle() -> None:
    """Tell numerical libraries which instructions to use.

    They look when they are loaded or first used, so this is called before anything else of the package is
    imported. Other processes that are started from this one inherit it.
    """
    if os.environ.get(VARIABLE, "").lower() == "any":
        return
    # Multiplying float32 numbers by way of bfloat16 is a user's setting, and exists on new processors only.
    os.environ["ONEDNN_DEFAULT_FPMATH_MODE"] = "STRICT"
    if has_avx2():
        os.environ.update(AVX2)


def settled() -> bool:
    """Tell whether numerical libraries are held to AVX2.

    Returns
    -------
    bool
        False where the processor does not have it, or where a user asked for other instructions.
    """
    return all(os.environ.get(name) == value for name, value in AVX2.items())


def has_avx2() -> bool:
    """Tell whether the processor has AVX2 and fused multiplication and addition.

    Returns
    -------
    bool
        False also where there is no way to know.
    """
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
