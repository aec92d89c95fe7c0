"""A headless Chromium for tests, spoken to in the WebDriver protocol (W3C) with the standard library alone."""

import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from make_pdf import chromium

CHROMIUM = chromium()
DRIVER = shutil.which("chromedriver")
MISSING = None if CHROMIUM and DRIVER else "no headless browser: chromium and chromedriver are not both installed"


_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open  # a proxy must not see these


class Page:
    """One browser window."""

    def __init__(self, session: str) -> None:
        self._session = session

    def _ask(self, command: str, body: dict) -> object:
        request = urllib.request.Request(
            f"{self._session}/{command}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with _open(request, timeout=180) as reply:
            return json.load(reply)["value"]

    def open(self, page: Path | str, query: str = "") -> None:
        """Open a file, or an address of this machine."""
        address = page if isinstance(page, str) else page.resolve().as_uri()
        self._ask("url", {"url": address + (f"?{query}" if query else "")})

    def run(self, script: str, *arguments: object) -> object:
        """The value that a script returns."""
        return self._ask("execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, script: str) -> object:
        """What a script hands to ``done``, within two minutes (axe takes one for a page of a megabyte)."""
        return self._ask("execute/async", {"script": f"const done = arguments[arguments.length - 1]; {script}", "args": []})

    def until(self, script: str, seconds: float = 10) -> object:
        """The first true value of a script that is run again and again; its last value when time is up."""
        ends = time.monotonic() + seconds
        while not (value := self.run(script)) and time.monotonic() < ends:
            time.sleep(0.1)
        return value

    def devtools(self, command: str, parameters: dict) -> object:
        """A command of the DevTools protocol: the size of a telephone, a picture."""
        return self._ask("goog/cdp/execute", {"cmd": command, "params": parameters})

    def text(self, selector: str) -> str:
        return self.run("return document.querySelector(arguments[0]).textContent", selector)

    def keys(self, keys: str) -> None:
        """Press keys one by one, as a person does."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._ask("actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def click(self, selector: str) -> None:
        element = self._ask("element", {"using": "css selector", "value": selector})
        self._ask(f"element/{next(iter(element.values()))}/click", {})

    def log(self) -> list[dict]:
        """What the console said: errors, and requests that were refused."""
        return self._ask("se/log", {"type": "browser"})


@contextmanager
def browser(downloads: Path) -> Iterator[Page]:
    """A browser that reaches this machine and no other, and saves files to ``downloads``."""
    driver = subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        port = next(match[1] for line in driver.stdout if (match := re.search(r"successfully on port (\d+)", line)))
        options = {
            "binary": CHROMIUM,
            "prefs": {"download.default_directory": str(downloads)},
            "args": [
                "--headless=new",
                "--disable-gpu",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--window-size=1200,800",
                *(["--no-sandbox"] if os.geteuid() == 0 else []),
            ],
        }
        wanted = {
            "capabilities": {
                "alwaysMatch": {
                    "timeouts": {"script": 120_000},
                    "goog:chromeOptions": options,
                    "goog:loggingPrefs": {"browser": "ALL"},
                }
            }
        }
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/session", json.dumps(wanted).encode(), {"Content-Type": "application/json"}
        )
        with _open(request, timeout=60) as reply:
            session = f"http://127.0.0.1:{port}/session/{json.load(reply)['value']['sessionId']}"
        try:
            yield Page(session)
        finally:
            # The driver's end alone would leave the browser of a failed test running.
            _open(urllib.request.Request(session, method="DELETE"), timeout=180)
    finally:
        driver.terminate()
        driver.wait(timeout=10)


def wait_for(path: Path, seconds: float = 10) -> Path:
    """A file that a download will make."""
    ends = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < ends, f"{path.name} was not saved"
        time.sleep(0.05)
    return path
