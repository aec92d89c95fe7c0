"""Progress in the form that suits the output: a bar in a terminal, an updated line in a notebook, an occasional line in a log.

Not tqdm's notebook widget, because a widget is not visible in the static HTML of a page. ``TQDM_DISABLE=1``, tqdm's own switch,
silences everything, for a build that nobody watches.
"""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType

from tqdm import tqdm

#: A line in a notebook is redrawn at most this often, in seconds; a page keeps only its last state.
_REDRAW = 2.0
#: If standard error is a file or a pipe, a line is added this often, in seconds: enough to see that a long run is alive.
_LOG = 30.0


def in_notebook() -> bool:
    """Return whether this is a Jupyter kernel."""
    if "IPython" not in sys.modules:
        return False
    shell = sys.modules["IPython"].get_ipython()
    return shell is not None and shell.__class__.__name__ == "ZMQInteractiveShell"


def _silenced() -> bool:
    return os.environ.get("TQDM_DISABLE", "") not in ("", "0")


def duration_text(seconds: float) -> str:
    """Write a duration for a person to read.

    >>> duration_text(95), duration_text(300), duration_text(9000)
    ('95 s', '5 min', '2.5 h')
    """
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:,.1f} h"


def announce(line: str) -> None:
    """Show one line to a waiting person, such as an estimate: on the page in a notebook, otherwise on standard error."""
    if _silenced():
        return
    if in_notebook():
        from IPython.display import Markdown, display

        display(Markdown(f"*{line}*"))
    else:
        tqdm.write(line, file=sys.stderr)


class Progress:
    """Count ``total`` steps of ``label`` and estimate the time left; a context manager.

    Parameters
    ----------
    label : str
        What is being done ("labeling").
    total : int
        Number of steps.
    unit : str
        What one step is, in the singular ("report").
    visible : bool
        Show it.

    Examples
    --------
    >>> with Progress("label", 2, visible=False) as progress:
    ...     progress.step(2)
    """

    def __init__(self, label: str, total: int, unit: str = "step", visible: bool = True) -> None:
        self.label, self.total, self.unit = label, total, unit
        self.done, self.started, self._drawn, self._note = 0, time.monotonic(), 0.0, ""
        self._bar, self._handle, self._logged = None, None, False
        visible = visible and not _silenced()
        if visible and in_notebook():
            from IPython.display import display

            self._handle = display(self._markdown(), display_id=True)
        elif visible and sys.stderr.isatty():
            self._bar = tqdm(total=total, desc=label, unit=unit, file=sys.stderr)
        elif visible:
            self._logged, self._drawn = True, self.started

    def step(self, count: int = 1) -> None:
        """Count ``count`` finished steps."""
        self.done += count
        if self._bar is not None:
            self._bar.update(count)
        self._redraw()

    def note(self, what: str) -> None:
        """Show beside the count what is being done right now, for steps that take long."""
        self._note = what
        if self._bar is not None:
            self._bar.set_postfix_str(what)
        self._redraw()

    def _redraw(self) -> None:
        if not (self._handle or self._logged) or time.monotonic() - self._drawn <= (_LOG if self._logged else _REDRAW):
            return
        self._drawn = time.monotonic()
        if self._handle is not None:
            self._handle.update(self._markdown())
        else:
            print(self._line(), file=sys.stderr, flush=True)

    def _line(self) -> str:
        seconds = time.monotonic() - self.started
        if self.done >= self.total:
            return f"{self.label}: {self.done:,} {self.unit}s in {seconds:,.0f} s"
        left = f", about {seconds / self.done * (self.total - self.done):,.0f} s left" if self.done else ""
        note = f" ({self._note})" if self._note else ""
        return f"{self.label}: {self.done:,} of {self.total:,} {self.unit}s{left}{note}"

    def _markdown(self):
        from IPython.display import Markdown

        return Markdown(f"*{self._line()}*")

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.close()
        if self._handle is not None:
            self._handle.update(self._markdown())
