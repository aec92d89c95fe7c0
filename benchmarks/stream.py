"""Prove that ``pathmtl label`` runs over a long table in constant memory and resumes.

    python benchmarks/stream.py                 # 50,000 synthetic reports
    python benchmarks/stream.py --reports 5000

Writes synthetic reports, labels the first tenth and then all of them in processes of their own (peak memory of each), labels all
again with an interruption (Ctrl-C) once two fifths are done, resumes, and compares the bytes of both outputs. Figures only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
# A shell may hand its background jobs an ignored SIGINT: the child takes Python's own handler back.
CHILD = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from pathmtl.cli.commands import main; main()"


def label(source: Path, out: Path) -> subprocess.Popen:
    command = [sys.executable, "-c", CHILD, "label", str(source), "--out", str(out), "--quiet"]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen, what: str, reports: int, started: float) -> float:
    """Wait for a run, print what it took, and return its peak memory in MiB."""
    _, status, usage = os.wait4(process.pid, 0)
    peak = usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    seconds = time.monotonic() - started
    code = os.waitstatus_to_exitcode(status)
    print(f"{what}: exit code {code}, {seconds:,.0f} s ({reports / seconds:,.0f} reports/s), peak memory {peak:,.0f} MiB")
    for line in process.stderr:
        print(f"    {line.rstrip()}")
    return peak


def done_rows(out: Path) -> int:
    notes = list(out.parent.glob(f"{out.name}.*.partial.json"))
    return json.loads(notes[0].read_text())["rows"] if notes else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=50_000)
    arguments = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    from pathmtl_synthetic.generate import synthesize

    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        started = time.monotonic()
        synthesize(arguments.reports, 42, here)
        source, tenth = here / "reports.csv.gz", here / "tenth.csv"
        pd.read_csv(source, dtype=str, keep_default_na=False, nrows=arguments.reports // 10).to_csv(tenth, index=False)
        print(f"{arguments.reports:,} synthetic reports written in {time.monotonic() - started:,.0f} s")
        finished(label(tenth, here / "tenth.labels.csv"), "a tenth", arguments.reports // 10, time.monotonic())
        finished(label(source, here / "whole.csv"), "all, unbroken", arguments.reports, time.monotonic())
        out, started = here / "broken.csv", time.monotonic()
        process = label(source, out)
        while done_rows(out) < 0.4 * arguments.reports and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        kept = done_rows(out)
        finished(process, "all, interrupted", kept, started)
        left = arguments.reports - done_rows(out)
        finished(label(source, out), f"resumed, {left:,} left", left, time.monotonic())
        digests = [hashlib.sha256((here / name).read_bytes()).hexdigest()[:16] for name in ("whole.csv", "broken.csv")]
        print(f"outputs {'equal' if digests[0] == digests[1] else 'DIFFER'}: {' '.join(digests)}")
        if digests[0] != digests[1]:
            sys.exit(1)


if __name__ == "__main__":
    main()
