"""Notebook kernels that start at once: forked from one process that has imported torch and the rest a single time.

A fresh kernel spends most of its first ten seconds importing torch, transformers, pandas and matplotlib, and a book or a test
run starts dozens. Within ``warm_kernels()``, Jupyter finds a kernel specification (on ``$JUPYTER_PATH``) whose command asks a
waiting server process to fork; the fork becomes an ordinary ipykernel. Only Linux: elsewhere forking after such imports is not
safe, and ``warm_kernels()`` does nothing.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

#: What nearly every notebook imports; importing must start no thread and read no setting that a notebook may change.
PRELOADED = (
    "ipykernel.kernelapp",
    "matplotlib.pyplot",
    "pandas",
    "peft",
    "pyarrow.parquet",
    "scipy.stats",
    "sklearn.linear_model",
    "torch",
    "transformers",
)
_READY = "ready"


@contextlib.contextmanager
def warm_kernels() -> Iterator[None]:
    """While the context lasts, kernels named ``python3`` that this process starts are forked from a warm one."""
    if not sys.platform.startswith("linux"):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="pathmtl-kernels-") as scratch:
        address = Path(scratch) / "server"
        spec = Path(scratch) / "kernels" / "python3" / "kernel.json"
        spec.parent.mkdir(parents=True)
        command = [sys.executable, "-S", __file__, "start", str(address), "-f", "{connection_file}"]
        about = {"argv": command, "display_name": "Python 3", "language": "python", "interrupt_mode": "message"}
        spec.write_text(json.dumps(about))
        server = subprocess.Popen(
            [sys.executable, __file__, "serve", str(address)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        before = os.environ.get("JUPYTER_PATH")
        try:
            if server.stdout.readline().strip() != _READY:
                raise RuntimeError(f"the kernel server does not start: run python {__file__} serve ADDRESS to see why")
            os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, (scratch, before)))
            yield
        finally:
            server.kill()
            server.wait()
            if before is None:
                os.environ.pop("JUPYTER_PATH", None)
            else:
                os.environ["JUPYTER_PATH"] = before


def serve(address: str) -> None:
    """Import what notebooks import, then fork one kernel for each request; ends with the process that started it."""
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # as ipykernel does before matplotlib
    for name in PRELOADED:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # finished kernels leave no zombies

    def end_with_starter() -> None:
        sys.stdin.read()  # nothing is ever written: this returns when the process that started the server is gone
        os._exit(0)

    threading.Thread(target=end_with_starter, daemon=True).start()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print(_READY, flush=True)
        while True:
            request, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _become_kernel(request)
            request.close()


def _become_kernel(request: socket.socket) -> None:
    """Turn this fork into the kernel that ``request`` describes; it ends when the requesting process does."""
    with request.makefile() as lines:
        wanted = json.loads(lines.readline())
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(wanted["cwd"])
    os.environ.clear()
    os.environ.update(wanted["env"])

    def end_with_client() -> None:
        request.recv(1)  # nothing is ever sent: this returns when the client is gone
        os._exit(1)

    threading.Thread(target=end_with_client, daemon=True).start()
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = ["ipykernel_launcher", *wanted["argv"]]
    IPKernelApp.launch_instance(argv=wanted["argv"])
    os._exit(0)


def start(address: str, arguments: list[str]) -> None:
    """The process that Jupyter takes for the kernel: asks the server for one and lives as long as it does."""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(address)
        wanted = {"argv": arguments, "cwd": os.getcwd(), "env": dict(os.environ)}
        server.sendall(json.dumps(wanted).encode() + b"\n")
        server.recv(1)  # returns when the kernel has ended


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    else:
        start(sys.argv[2], sys.argv[3:])
