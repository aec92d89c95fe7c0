"""The child process that reads documents: ``python -m pathmtl.documents.worker``; started by ``pathmtl.documents.isolation``.

One JSON object per line. In: ``{"path": …, "settings": {…}}``. Out, for each document: ``phase`` lines (what is being done to
which page), a ``count`` of pages, ``page`` lines as pages are finished, and one ``end`` line (``fault`` if the worker itself
cannot work). It exits when its input ends. JSON on pipes rather than multiprocessing: nothing is unpickled, and a caller's
``__main__`` (a notebook, a script) is never run again in the child.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from pathmtl.documents.document import ExtractionSettings, OcrUnavailable, Unreadable
from pathmtl.documents.reader import read_document


def main(memory_mb: int) -> None:
    """Serve requests from standard input until it ends; on Linux, ``memory_mb`` limits this process's data."""
    _bound_memory(memory_mb)
    sys.setrecursionlimit(3000)  # nested objects of a hostile PDF raise RecursionError instead of killing the process
    answers = _own_stdout()
    requests: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    _send(answers, {"event": "ready"})
    while True:
        request = json.loads(requests.get())
        _serve(Path(request["path"]), ExtractionSettings(**request["settings"]), answers)


def _listen(requests: queue.Queue[bytes]) -> None:
    """Pass requests on; exit at once when the parent is gone, even in the middle of a page."""
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)


def _own_stdout() -> BinaryIO:
    """Keep the pipe for answers and redirect standard output, because libraries print."""
    answers = os.fdopen(os.dup(1), "wb")
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.close(sink)
    return answers


def _bound_memory(memory_mb: int) -> None:
    if not sys.platform.startswith("linux"):
        return  # elsewhere the parent limits the resident memory
    import resource

    limit = memory_mb * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would contain report text


def _send(answers: BinaryIO, message: dict[str, object]) -> None:
    answers.write(json.dumps(message).encode("ascii") + b"\n")
    answers.flush()


def _serve(path: Path, settings: ExtractionSettings, answers: BinaryIO) -> None:
    def announce(phase: str, page: int) -> None:
        _send(answers, {"event": "phase", "phase": phase, "page": page})

    status, reason = "ok", ""
    try:
        pages, count, reason = read_document(path, settings, announce)
        _send(answers, {"event": "count", "pages": count})
        for page in pages:
            _send(answers, {"event": "page", **asdict(page)})
    except Unreadable as error:
        status, reason = error.status, error.reason
    except OcrUnavailable as error:
        _send(answers, {"event": "fault", "reason": str(error)})
        return
    except MemoryError:
        status, reason = "memory", "ran out of its memory limit"
    except RecursionError:
        status, reason = "damaged", "endlessly nested objects"
    except Exception as error:  # a library's bug on one file must not end the batch; its message may quote the file
        status, reason = "damaged", f"{type(error).__name__} while reading"
    _send(answers, {"event": "end", "status": status, "reason": reason})


if __name__ == "__main__":
    main(int(sys.argv[1]))
