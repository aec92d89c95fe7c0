"""The parent's side of a worker process: limits on time and memory, and no process left behind.

One worker serves a whole batch, so that the OCR models are loaded once. It is killed and restarted when a document exceeds a
limit or crashes it. This is our own code, not ``pebble`` or ``loky``, for two reasons: those do not cap a worker's memory, and
they unpickle what a worker sends. A process that has parsed a hostile file must not be able to send a pickle, which runs code
when it is loaded; ours sends JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

import pathmtl
from pathmtl.documents.document import ExtractionSettings, OcrUnavailable, Page

_POLL = 0.1  # seconds between checks of the worker's memory
_START = 120.0  # seconds for a worker to start on a busy machine

Watch = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Bounds:
    """What one document may take.

    Attributes
    ----------
    timeout : float
        Seconds for all of a document's native reading, including drawing its pages.
    ocr_timeout : float
        Seconds for the OCR of one page (the first page also loads the models).
    memory_mb : int
        MiB for the worker, including the OCR models (about 2,000).

    Raises
    ------
    ValueError
        A value is out of range; the message names it.
    """

    timeout: float = 60.0
    ocr_timeout: float = 600.0
    memory_mb: int = 6000

    def __post_init__(self) -> None:
        if self.timeout <= 0 or self.ocr_timeout <= 0:
            raise ValueError(f"timeout={self.timeout}, ocr_timeout={self.ocr_timeout}: both must be above 0 seconds")
        if self.memory_mb < 256:
            raise ValueError(f"memory_mb={self.memory_mb}: must be at least 256")


@dataclass(frozen=True)
class Reading:
    """The answer for one document: the pages read, how many it has (0: unknown), how the reading ended, and in which phase."""

    pages: tuple[Page, ...]
    count: int
    status: str
    reason: str
    phase: str


class Worker:
    """A worker process, started with the first document. Use it as a context manager: leaving the block kills the process."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.Queue[dict] = queue.Queue()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Process id of the worker; None while there is none."""
        return self._process.pid if self._process else None

    def read(self, path: Path, settings: ExtractionSettings, watch: Watch | None = None) -> Reading:
        """Read one document.

        Parameters
        ----------
        path : Path
            The file.
        settings : ExtractionSettings
            How to read it.
        watch : callable, optional
            Called as ``watch(phase, page, pages)`` before each step; ``phase`` is ``"native"`` or ``"ocr"``.

        Returns
        -------
        Reading
            Never raises because of the document itself: its ``status`` says how the reading ended.

        Raises
        ------
        OcrUnavailable
            OCR is needed but not installed. Like any interrupt, this kills the worker.
        """
        try:
            if self._process is None:
                self._start()
            self._ask({"path": str(path.absolute()), "settings": asdict(settings)})
            reading = self._collect(watch)
        except BaseException:
            self.close()
            raise
        if reading.status in ("timeout", "memory", "crash"):
            self.close()
        return reading

    def close(self) -> None:
        """Kill the worker and wait until it is gone."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # unsent bytes of a pipe that is already broken
                    pipe.close()

    def _start(self) -> None:
        package = str(Path(pathmtl.__file__).parent.parent)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))}
        # A session of its own: Ctrl-C at the terminal reaches only the parent, which then kills the worker.
        # Standard error is discarded: PDF libraries quote the document in their warnings.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pathmtl.documents.worker", str(self.bounds.memory_mb)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._answers = queue.Queue()
        threading.Thread(target=_listen, args=(self._process, self._answers), daemon=True).start()
        try:
            message = self._answers.get(timeout=_START)
        except queue.Empty:
            message = {"event": "gone"}
        if message["event"] != "ready":
            self.close()
            raise RuntimeError("the reading process did not start: run `python -m pathmtl.documents.worker 6000` to see why")

    def _ask(self, request: dict) -> None:
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode("ascii") + b"\n")
            self._process.stdin.flush()
        except OSError:
            pass  # it died between documents: the listener reports "gone"

    def _collect(self, watch: Watch | None) -> Reading:
        pages: list[Page] = []
        count, phase, page = 0, "native", 0
        spent, began = 0.0, time.monotonic()
        while True:
            allowed = self.bounds.ocr_timeout if phase == "ocr" else self.bounds.timeout - spent
            message = self._next(began + allowed)
            event = message["event"]
            if event == "phase":
                now = time.monotonic()
                if phase != "ocr":
                    spent += now - began
                phase, page, began = message["phase"], message["page"], now
                if watch is not None:
                    watch(phase, page, count)
            elif event == "count":
                count = message["pages"]
            elif event == "page":
                pages.append(Page(message["text"], message["engine"], message["seconds"], message["reason"]))
            elif event == "fault":
                raise OcrUnavailable(message["reason"])
            elif event == "end":
                return Reading(tuple(pages), count, message["status"], message["reason"], phase)
            else:
                place = f" on page {page}" if page else ""
                what = "OCR" if phase == "ocr" else "reading"
                reason = {
                    "timeout": f"{what}{place} took more than {allowed if phase == 'ocr' else self.bounds.timeout:g} s",
                    "memory": f"{what}{place} took more than {self.bounds.memory_mb} MiB",
                    "gone": f"the worker died{place}",
                }[event]
                return Reading(tuple(pages), count, "crash" if event == "gone" else event, reason, phase)

    def _next(self, deadline: float) -> dict:
        """The worker's next message, or one of our own: ``timeout``, ``memory``, ``gone``."""
        while True:
            try:
                return self._answers.get(timeout=max(0.001, min(_POLL, deadline - time.monotonic())))
            except queue.Empty:
                if time.monotonic() >= deadline:
                    return {"event": "timeout"}
                if self._resident() > self.bounds.memory_mb * 2**20:
                    return {"event": "memory"}

    def _resident(self) -> int:
        """Bytes of resident memory of the worker; 0 when it is gone."""
        try:
            return psutil.Process(self.pid).memory_info().rss
        except psutil.Error:
            return 0


def _listen(process: subprocess.Popen[bytes], answers: queue.Queue[dict]) -> None:
    assert process.stdout is not None
    try:
        for line in process.stdout:
            answers.put(json.loads(line))
    except (OSError, ValueError):
        pass  # a torn last line, or the pipe was closed under us
    answers.put({"event": "gone"})
