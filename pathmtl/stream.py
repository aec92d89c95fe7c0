"""Work through a table of reports of any length in constant memory: a chunk at a time, resumable, whole at the end.

Rows that are done stand in ``OUT.<key>.partial`` beside the output, where the key is a digest of the source, the options and the
library's own rules; how many there are, in ``OUT.<key>.partial.json``. The same call goes on behind them. Only when every report
is done does the partial file take the output's name, so that a file of that name is always whole.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pathmtl.cohort import BUNDLED, ReportsError, fingerprint, no_text, read_reports, separator, unparsed
from pathmtl.progress import Progress
from pathmtl.schema import TASKS, canonical

#: Reports read, worked on and written at a time: what an interruption can cost.
CHUNK = 250
_LIBRARY = Path(__file__).parent
#: A chunk of reports -> its rows of output, and how many things were found in it (for the closing line).
Work = Callable[[pd.DataFrame], tuple[pd.DataFrame, int]]


@dataclass(frozen=True)
class Done:
    """What a run has finished: ``rows`` written in all, ``resumed`` of them by earlier calls, ``found`` as the work counts."""

    rows: int
    resumed: int
    found: int


def stream(
    source: str | Path,
    out: str | Path,
    work: Work,
    *,
    name: str,
    options: Mapping[str, object] | None = None,
    ocr: str = "auto",
    progress: bool = True,
    say: Callable[[str], None] = lambda line: None,
    chunk: int = CHUNK,
) -> Done:
    """Write ``work`` of every report of ``source`` to the CSV ``out``, in the source's order.

    Args:
        source: as ``cohort.read_reports``; tables are read a chunk at a time, documents and the bundled corpus at once.
        out: CSV file to write; its folder is made.
        work: rows of output for a chunk of reports (``report_id``, ``text`` and the source's other columns).
        name: what is done, for the progress ("labelling").
        options: whatever changes the rows that ``work`` writes: a partial file of other options is not gone on with.
        say: told where work was resumed or left.

    Raises:
        ReportsError: the source is missing, empty, unreadable, has no text column, or a report_id twice; before any work.
        KeyboardInterrupt: after the chunks done so far are safe.
    """
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    total, key, chunks = _open(source, chunk, ocr, progress)
    key = hashlib.sha256(
        json.dumps([key, name, dict(options or {}), _rules()], sort_keys=True, default=str).encode()
    ).hexdigest()[:10]
    partial = out.with_name(f"{out.name}.{key}.partial")
    state = _state(partial)
    resumed = state["rows"]
    if resumed:
        say(f"going on behind {resumed:,} of {total:,} reports ({partial.name})")
    try:
        with Progress(name, total - resumed, unit="report", visible=progress) as bar, partial.open("ab") as sink:
            for number, table in chunks():
                skip = min(max(state["rows"] - number, 0), len(table))
                if skip == len(table):
                    continue
                rows, found = work(table.iloc[skip:].reset_index(drop=True))
                sink.write(rows.to_csv(index=False, header=not state["rows"], lineterminator="\n").encode())
                sink.flush()
                state = {"rows": state["rows"] + len(rows), "bytes": sink.tell(), "found": state["found"] + found}
                _replace(partial.with_name(f"{partial.name}.json"), json.dumps(state))
                bar.step(len(rows))
    except KeyboardInterrupt:
        say(f"{state['rows']:,} of {total:,} reports are safe in {partial}; the same command goes on behind them")
        raise
    _publish(partial, out)
    partial.with_name(f"{partial.name}.json").unlink(missing_ok=True)
    return Done(state["rows"], resumed, state["found"])


def _state(partial: Path) -> dict[str, int]:
    """What a partial file holds for certain; a torn end, from a call that was killed, is cut off."""
    note = partial.with_name(f"{partial.name}.json")
    state = {"rows": 0, "bytes": 0, "found": 0}
    if note.exists() and partial.exists():
        state |= json.loads(note.read_text(encoding="utf-8"))
    if partial.exists():
        if partial.stat().st_size < state["bytes"]:
            state = {"rows": 0, "bytes": 0, "found": 0}
        os.truncate(partial, state["bytes"])
    return state


def _publish(partial: Path, out: Path) -> None:
    """The partial file becomes ``out``, packed where it is named ``.gz``: a packed file could not be cut off at a torn end."""
    if out.suffix == ".gz":
        packed = partial.with_name(f"{partial.name}.gz")
        with partial.open("rb") as plain, packed.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as sink:
            shutil.copyfileobj(plain, sink)
        os.replace(packed, out)
        partial.unlink()
    else:
        os.replace(partial, out)


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.tmp")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)


def _rules() -> str:
    """Digest of what decides the rows: the oracle, de-identification, the vocabulary and this module."""
    digest = hashlib.sha256()
    for path in sorted(
        [*(_LIBRARY / "oracle").rglob("*.py"), *(_LIBRARY / "deid").rglob("*.py"), _LIBRARY / "schema.py", Path(__file__)]
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _open(
    source: str | Path, chunk: int, ocr: str, progress: bool
) -> tuple[int, str, Callable[[], Iterator[tuple[int, pd.DataFrame]]]]:
    """Number of reports, an identity of the source, and a reader of (position of the first row, chunk)."""
    path = Path(source).expanduser()
    if str(source) == BUNDLED or not path.is_file():
        table = read_reports(source, ocr=ocr, progress=progress)
        return len(table), fingerprint(table), lambda: ((at, table.iloc[at : at + chunk]) for at in range(0, len(table), chunk))
    total = _checked(path, chunk)
    status = path.stat()
    return total, f"{path.resolve()}|{status.st_size}|{status.st_mtime_ns}", lambda: _numbered(_frames(path, chunk), path)


def _checked(path: Path, chunk: int) -> int:
    """Number of rows, after a first pass over identifiers and labels alone (eight bytes a report are kept)."""
    columns = _columns(path)
    named = {str(column).lower(): column for column in columns}
    if "text" not in named:
        raise no_text(path, columns)
    identifier = named.get("report_id")
    total, seen = 0, set()
    labels = {named[task.lower()]: task for task in TASKS if task.lower() in named}
    for table in _frames(path, max(chunk, 5000), [identifier or named["text"], *labels]):
        total += len(table)
        for column, task in labels.items():
            for value in table[column].unique():
                try:
                    canonical(task, None if pd.isna(value) else value)
                except ValueError as error:
                    raise ReportsError(f"reports: {path}, column {error}") from None
        for value in table[identifier].astype(str) if identifier else ():
            mark = hash(value)
            if mark in seen:
                raise ReportsError(
                    f"reports: report_id {value!r} stands more than once in {path}; make it unique or leave the column out"
                )
            seen.add(mark)
    if not total:
        raise ReportsError(f"reports: {path} has a header but no rows")
    return total


def _numbered(frames: Iterator[pd.DataFrame], path: Path) -> Iterator[tuple[int, pd.DataFrame]]:
    at = 0
    for table in frames:
        table = table.reset_index(drop=True)
        table = table.rename(columns={c: str(c).lower() for c in table.columns if str(c).lower() in ("text", "report_id")})
        table["text"] = table["text"].fillna("").astype(str)
        identifiers = table["report_id"].astype(str) if "report_id" in table else [f"row-{at + i + 1}" for i in range(len(table))]
        others = [column for column in table.columns if column != "report_id"]
        yield at, pd.concat([pd.Series(identifiers, name="report_id"), table[others]], axis=1)
        at += len(table)


def _kind(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return next((kind for kind in ("csv", "tsv", "jsonl", "ndjson", "parquet") if name.endswith(f".{kind}")), "")


def _columns(path: Path) -> list[str]:
    first = next(iter(_frames(path, 1)), None)
    if first is None:
        raise ReportsError(f"reports: {path} has a header but no rows")
    return list(first.columns)


def _frames(path: Path, chunk: int, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
    kind = _kind(path)
    if not kind:
        read_reports(path)  # raises, and names the kinds that are read
    try:
        if kind in ("csv", "tsv"):
            # Everything as text: report_id 007 must not become 7, nor the label "NA" a number.
            yield from pd.read_csv(path, sep=separator(path), dtype=str, keep_default_na=False, chunksize=chunk, usecols=columns)
        elif kind in ("jsonl", "ndjson"):
            yield from pd.read_json(path, lines=True, dtype=False, chunksize=chunk)
        else:
            import pyarrow.parquet

            for batch in pyarrow.parquet.ParquetFile(path).iter_batches(batch_size=chunk, columns=columns):
                yield batch.to_pandas()
    except pd.errors.EmptyDataError:
        raise ReportsError(f"reports: {path} is empty") from None
    except (OSError, ValueError) as error:
        if isinstance(error, ReportsError):
            raise
        raise unparsed(path, kind, error) from None
