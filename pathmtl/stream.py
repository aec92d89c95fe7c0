"""Process a table of reports of any length in constant memory: chunk by chunk, resumable, and complete at the end.

Finished rows are kept beside the output in ``OUT.<key>.partial``, and their number in ``OUT.<key>.partial.json``; the key is a
digest of the source, the options and the library's own rules. Calling ``stream`` again resumes after the last finished row. Only
when every report is done is the partial file renamed to the output, so a file with the output's name is always complete. On a
Dask cluster the chunks are worked on elsewhere, and written here in the same order: the output is the same, byte for byte.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pathmtl.cohort import BUNDLED, check_reports, fingerprint, is_document, iter_reports, read_reports
from pathmtl.csv_file import csv_text, unescape
from pathmtl.files import atomic_write, atomic_writer, check_output
from pathmtl.progress import Progress
from pathmtl.scale import mapped
from pathmtl.tables.table_file import partitions

#: Reports that are read, processed and written at a time: the most that an interruption can cost.
CHUNK = 250
#: What a written table may be called.
CSV = (".csv", ".csv.gz")
PARQUET = ".parquet"
#: Rows of one partition of a Parquet output.
PARTITION = 50_000
_LIBRARY = Path(__file__).parent
#: From a chunk of reports to its rows of output, and how many things were found in it (for the closing line).
Work = Callable[[pd.DataFrame], tuple[pd.DataFrame, int]]


@dataclass(frozen=True)
class Done:
    """What a run has finished: ``rows`` of the source, ``resumed`` of them by earlier calls, ``found`` as the work counts."""

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
    dask: str | None = None,
) -> Done:
    """Apply ``work`` to every report of ``source`` and write the rows to ``out``, in the source's order.

    Parameters
    ----------
    source : str or Path
        As for ``cohort.read_reports``. Tables are read chunk by chunk; documents and the bundled corpus are read at once.
    out : str or Path
        CSV file to write (gzip-compressed if its name ends in ``.gz``), or, if it ends in ``.parquet``, the folder of Parquet
        partitions (texts, null where empty). Its folder is created.
    work : callable
        From a chunk of reports (columns ``report_id``, ``text`` and the source's other columns) to ``(rows, found)``: a data
        frame with the same columns for every chunk, and a count that is summed.
    name : str
        What is being done, for the progress bar ("labeling").
    options : mapping, optional
        Everything that changes the rows that ``work`` writes. A partial file with other options is not resumed.
    ocr : {"auto", "always", "never"}
        When to read a page as a picture, if ``source`` is a folder of documents.
    progress : bool
        Show a progress bar.
    say : callable, optional
        Receives one line of text when work is resumed or interrupted.
    chunk : int
        Reports per chunk.
    dask : str, optional
        Work on this cluster (``scale.cluster``); ``work`` must then be picklable.

    Returns
    -------
    Done
        Number of rows, of rows resumed, and the sum of ``found``.

    Raises
    ------
    ReportsError
        Before any work: the source is missing, empty, unreadable, has no text column, or has the same report_id twice.
    ValueError
        Before any work: ``out`` is not named .csv, .csv.gz or .parquet, is a folder, or is the source itself.
    KeyboardInterrupt
        After the chunks finished so far are safe.
    """
    out = Path(out)
    check_output(out, (*CSV, PARQUET), [source])
    total, identity, chunks = _open(source, chunk, ocr, progress)
    out.parent.mkdir(parents=True, exist_ok=True)
    key = hashlib.sha256(
        json.dumps([identity, name, dict(options or {}), rules_digest()], sort_keys=True, default=str).encode()
    ).hexdigest()[:10]
    partial = out.with_name(f"{out.name}.{key}.partial")
    note = partial.with_name(f"{partial.name}.json")
    state = _state(partial, note)
    resumed = state["rows"]
    if resumed:
        say(f"resuming after {resumed:,} of {total:,} reports ({partial.name})")
    try:
        with Progress(name, total - resumed, unit="report", visible=progress) as bar, partial.open("ab") as sink:
            for done, rows, found in mapped(functools.partial(_counted, work), _after(chunks, resumed), dask):
                sink.write(csv_text(rows, header=not state["bytes"]).encode())
                sink.flush()
                state = {"rows": state["rows"] + done, "bytes": sink.tell(), "found": state["found"] + found}
                atomic_write(note, json.dumps(state))
                bar.step(done)
    except KeyboardInterrupt:
        say(f"{state['rows']:,} of {total:,} reports are safe in {partial}; run the same command again to resume")
        raise
    except Exception:
        if not state["rows"]:
            partial.unlink(missing_ok=True)
        raise
    _publish(partial, out)
    note.unlink(missing_ok=True)
    return Done(state["rows"], resumed, state["found"])


def _counted(work: Work, table: pd.DataFrame) -> tuple[int, pd.DataFrame, int]:
    return len(table), *work(table)


def _after(chunks: Iterable[pd.DataFrame], rows: int) -> Iterator[pd.DataFrame]:
    """The chunks without the first ``rows`` rows."""
    for table in chunks:
        if len(table) > rows:
            yield table.iloc[rows:].reset_index(drop=True)
        rows = max(rows - len(table), 0)


def _open(source: str | Path, chunk: int, ocr: str, progress: bool) -> tuple[int, str, Iterator[pd.DataFrame]]:
    """Number of reports, an identity of the source, and its chunks."""
    path = Path(source).expanduser()
    parts = partitions(path)
    if str(source) == BUNDLED or not (path.is_file() or parts) or is_document(path):
        table = read_reports(source, ocr=ocr, progress=progress)
        return len(table), fingerprint(table), (table.iloc[at : at + chunk] for at in range(0, len(table), chunk))
    stated = [(each.name, each.stat().st_size, each.stat().st_mtime_ns) for each in parts or [path]]
    return check_reports(path), f"{path.resolve()}|{stated}", iter_reports(path, chunk)


def _state(partial: Path, note: Path) -> dict[str, int]:
    """What a partial file certainly holds; a torn end, left by a call that was killed, is cut off."""
    state = {"rows": 0, "bytes": 0, "found": 0}
    if note.exists() and partial.exists():
        state |= json.loads(note.read_text(encoding="utf-8"))
    if partial.exists():
        if partial.stat().st_size < state["bytes"]:
            state = {"rows": 0, "bytes": 0, "found": 0}
        os.truncate(partial, state["bytes"])
    return state


def _publish(partial: Path, out: Path) -> None:
    """Rename the partial file to ``out``, compressed or as Parquet if its name says so (neither could be cut at a torn end)."""
    if out.suffix == PARQUET:
        _to_parquet(partial, out)
        return
    if out.suffix != ".gz":
        os.replace(partial, out)
        return
    with partial.open("rb") as plain, atomic_writer(out) as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as sink:
        shutil.copyfileobj(plain, sink)
    partial.unlink()


def _to_parquet(partial: Path, out: Path) -> None:
    """Write the rows of ``partial`` as partitions into a scratch folder, and rename it to ``out``."""
    scratch = out.with_name(f"{out.name}.tmp")
    shutil.rmtree(scratch, ignore_errors=True)  # of a call that was killed
    scratch.mkdir()
    names = pd.read_csv(partial, nrows=0).columns
    chunks = pd.read_csv(partial, dtype=str, keep_default_na=False, chunksize=PARTITION)
    for number, rows in enumerate(chunks):
        rows.columns = [unescape(name) for name in names]
        texts = rows.map(unescape).replace("", None).astype("string[pyarrow]")
        texts.to_parquet(scratch / f"part-{number:05}.parquet", index=False)
    os.replace(scratch, out)
    partial.unlink()


def rules_digest(*more: str) -> str:
    """Digest of what decides rows: the oracle, de-identification and its words, the schema, this module and ``more`` modules."""
    digest = hashlib.sha256()
    folders = [path for name in ("oracle", "deid") for path in (_LIBRARY / name).rglob("*.*") if path.suffix in (".py", ".toml")]
    for path in sorted([*folders, *(_LIBRARY / name for name in ("schema.py", "stream.py", *more))]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
