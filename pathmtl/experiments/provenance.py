"""Where, with what and at what cost something was run. Names neither user nor folder nor host."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

_PACKAGE = Path(__file__).resolve().parents[1]
_VERSIONS = ("torch", "transformers", "peft", "bitsandbytes", "pandas", "scikit-learn")


def provenance(packages: Sequence[str] = ()) -> dict:
    """Commit, versions (also of ``packages``) and hardware of this process.

    A copy without git history (carried to another machine) is of the commit that ``$PATHMTL_COMMIT`` names.
    """
    commit = _git("rev-parse", "--short=12", "HEAD") or os.environ.get("PATHMTL_COMMIT", "")
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else f"CPU ({torch.backends.cpu.get_cpu_capability()})"
    changed = "+changes" if commit and _git("status", "--porcelain", "--", ".") else ""
    return {
        "commit": f"{commit}{changed}" or "not a git checkout",
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in (*_VERSIONS, *packages)}},
        "hardware": {
            "machine": platform.machine(),
            "system": platform.system(),
            "device": device,
            "cores": os.cpu_count(),
            "threads": torch.get_num_threads(),
        },
    }


def _git(*arguments: str) -> str:
    try:
        result = subprocess.run(["git", *arguments], cwd=_PACKAGE, capture_output=True, text=True)
    except OSError:
        return ""
    return result.stdout.strip() if result.returncode == 0 else ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


class Meter:
    """Wall seconds and peak memory since it was made.

    The peak is the GPU's allocation where there is one; else the process's resident memory, counted from here where the system
    can forget its earlier peak (Linux), and over the whole life of the process where it cannot. ``of`` says which.
    """

    def __init__(self) -> None:
        self._started = time.monotonic()
        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()
            self.of = "GPU allocation"
        else:
            self.of = "process during the run" if _forget_peak() else "process since its start"

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    @property
    def peak_memory_mb(self) -> int:
        if torch.cuda.is_available():
            return int(torch.cuda.max_memory_allocated() / 2**20)
        if self.of == "process during the run":
            return _high_water_mark_kib() // 2**10
        if sys.platform == "win32":
            import psutil

            return int(psutil.Process().memory_info().peak_wset / 2**20)
        import resource

        # ru_maxrss: KiB on Linux, bytes on macOS.
        return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10))


def _forget_peak() -> bool:
    try:
        Path("/proc/self/clear_refs").write_text("5")  # proc(5): resets the peak resident set size
        return _high_water_mark_kib() > 0
    except (OSError, ValueError):
        return False


def _high_water_mark_kib() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
