"""Bounds on time and memory, and no process left behind, whatever a document does or whoever ends the batch."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import extract_samples as samples
import psutil
import pytest

from pathmtl.documents.document import STATUSES, ExtractionSettings
from pathmtl.documents.extract import extract_document, extract_folder
from pathmtl.documents.isolation import Bounds, Worker

NO_OCR = ExtractionSettings(ocr="never")
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")


def test_when_pypdf2_hangs_pdfium_is_asked(tmp_path: Path) -> None:
    path = samples.write(tmp_path, {"a.pdf": samples.slow_pdf(30)}) / "a.pdf"
    document = extract_document(path, NO_OCR, bounds=Bounds(timeout=10))
    assert document.status == "empty"
    assert "PyPDF2 gave up (timeout: reading on page 1 took more than 10 s)" in document.reason


def test_a_timeout_is_a_status(tmp_path: Path) -> None:
    path = samples.write(tmp_path, {"a.pdf": samples.slow_pdf(60), "b.txt": b"after the storm"})
    _, manifest = extract_folder(
        path, ExtractionSettings(engine="pdfium", ocr="never"), bounds=Bounds(timeout=0.2), progress=False
    )
    assert list(manifest["status"]) == ["timeout", "ok"]
    assert "took more than 0.2 s" in manifest["reason"][0]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the memory bound of a single allocation is Linux's")
def test_a_memory_bomb_is_stopped_and_the_batch_goes_on(tmp_path: Path) -> None:
    path = samples.write(tmp_path, {"a.pdf": samples.bomb_pdf(640), "b.txt": b"after the storm"})
    reports, manifest = extract_folder(path, NO_OCR, bounds=Bounds(memory_mb=400), progress=False)
    assert manifest["status"][0] in ("memory", "crash", "timeout") and manifest["status"][1] == "ok"
    assert list(reports["text"]) == ["after the storm"]


def test_mutated_pdfs_end_with_a_status_and_leave_no_process(tmp_path: Path) -> None:
    rng = random.Random(7)
    scan = samples.picture(samples.REPORT, size=(300, 420), points=9)
    encryption = samples.StandardEncryption("", ownerPassword="owner", strength=128)
    seeds = [samples.pdf(2), samples.pdf(1, encrypt=encryption), samples.pdf(1, scan=scan)]
    samples.write(tmp_path, {f"{i:03}.pdf": samples.mutated(rng.choice(seeds), rng) for i in range(60)})
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    _, manifest = extract_folder(tmp_path, NO_OCR, bounds=Bounds(timeout=10), progress=False)
    assert len(manifest) == 60 and set(manifest["status"]) <= set(STATUSES)
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before


def test_the_worker_is_gone_after_use_and_after_an_error(tmp_path: Path) -> None:
    path = samples.write(tmp_path, {"a.txt": b"one"}) / "a.txt"
    with Worker(Bounds()) as worker:
        assert worker.read(path, ExtractionSettings()).status == "ok"
        pid = worker.pid
        assert pid is not None and psutil.pid_exists(pid)
        psutil.Process(pid).kill()
        assert worker.read(path, ExtractionSettings()).status == "crash"
        assert worker.read(path, ExtractionSettings()).status == "ok"
        second = worker.pid
    assert not psutil.pid_exists(pid) and not psutil.pid_exists(second)


@posix
@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_batch_leaves_no_worker(blow: int, tmp_path: Path) -> None:
    samples.write(tmp_path, {"a.pdf": samples.slow_pdf(60)})
    script = tmp_path / "batch.py"
    # No `if __name__ == "__main__"` guard, as in a notebook: the worker must not run the caller again.
    script.write_text(
        textwrap.dedent(f"""
        import signal
        # Started from a background job, a process ignores SIGINT; a person at a terminal does not start it so.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        from pathmtl.documents.extract import Bounds, ExtractionSettings, extract_folder
        settings = ExtractionSettings(ocr="never")
        extract_folder({str(tmp_path)!r}, settings, bounds=Bounds(timeout=100), progress=False)
    """)
    )
    root = str(Path(__file__).resolve().parents[1])
    batch = subprocess.Popen([sys.executable, str(script)], env={**os.environ, "PYTHONPATH": root}, stderr=subprocess.DEVNULL)
    try:
        worker = _wait_for_child(batch.pid)
        time.sleep(0.7)
        batch.send_signal(blow)
        batch.wait(timeout=20)
        deadline = time.monotonic() + 20
        while worker.is_running() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE
    finally:
        batch.kill()
        batch.wait()


def _wait_for_child(pid: int) -> psutil.Process:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        children = psutil.Process(pid).children()
        if children:
            return children[0]
        time.sleep(0.05)
    raise AssertionError("no worker was started")
