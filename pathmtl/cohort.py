"""Phase (b): tables of reports from any source, and stratified splits that keep a patient's reports together (section IV-A)."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold

from pathmtl.documents.batch import WITH_TEXT, is_batch, read_batch
from pathmtl.documents.document import ExtractionSettings
from pathmtl.documents.extract import REPORT_COLUMNS as EXTRACTED
from pathmtl.documents.extract import SUFFIXES, extract_folder
from pathmtl.progress import announce, in_notebook
from pathmtl.schema import REPORT_COLUMNS, TASKS, canonical

BUNDLED = "bundled"
BUNDLED_FILE = Path(__file__).resolve().parents[1] / "data_synthetic" / "reports.csv.gz"
SPLITS = ("train", "validation", "test")
#: Ten folds: one for validation and one for test, 10 % each.
_FOLDS = 10
_CHUNK = 5000  # reports in memory at a time when a table is only checked
_LONGEST_NAME = 30  # characters of a column name in a message
_NAMED = 10  # documents listed when some could not be read
_TABLES = "a folder of PDF, PNG, JPEG, TIFF or TXT files, or a table ending in .csv, .tsv, .jsonl (each also .gz) or .parquet"


class ReportsError(ValueError):
    """A source of reports that cannot be used. The message names it, the bad value and how to fix it; no report text."""


def read_reports(source: str | Path, *, ocr: str = "auto", progress: bool = True) -> pd.DataFrame:
    """Read reports from any source into one table.

    Parameters
    ----------
    source : str or Path
        ``"bundled"``; a folder of PDF, PNG, JPEG, TIFF or TXT files; the folder that ``extract_folder`` wrote (its documents are
        not read again); or a CSV, TSV or JSONL file (each also .gz) or a Parquet file with at least a ``text`` column.
    ocr : {"auto", "always", "never"}
        When to read a page as a picture, if ``source`` is a folder of documents.
    progress : bool
        Show a progress bar while documents are read.

    Returns
    -------
    pandas.DataFrame
        One row per report. The columns are ``schema.REPORT_COLUMNS``, then the source's others. ``report_id`` is a unique string;
        ``patient_id`` equals ``report_id`` where the source names no patient; labels are canonical classes, or None for "not
        stated". Documents that could not be read are left out and listed on standard error.

    Raises
    ------
    ReportsError
        The source is missing, empty, unreadable or of an unknown kind, has no ``text`` column, the same report_id twice, or a
        label that is not a class.

    Examples
    --------
    >>> len(read_reports("bundled"))
    3000
    """
    if str(source) == BUNDLED:
        return _canonical_table(next(_frames(BUNDLED_FILE, None)), BUNDLED_FILE)
    path = Path(source).expanduser()
    if not path.exists():
        raise ReportsError(f"reports: {path} does not exist; give {_TABLES}, or '{BUNDLED}'")
    if path.is_dir():
        return _canonical_table(_read_folder(path, ocr=ocr, progress=progress), path)
    return _canonical_table(next(_frames(path, None)), path)


def _read_folder(path: Path, *, ocr: str, progress: bool) -> pd.DataFrame:
    if is_batch(path):
        reports, rows = read_batch(path)
        table, manifest = pd.DataFrame(reports, columns=list(EXTRACTED)), pd.DataFrame(rows, columns=["path", "status", "reason"])
    elif any(p.suffix.lower() in SUFFIXES for p in path.rglob("*")):
        table, manifest = extract_folder(path, ExtractionSettings(ocr=ocr), progress=progress)
    else:
        raise ReportsError(f"reports: {path} holds no document ({', '.join(sorted(SUFFIXES))}); give {_TABLES}")
    if table.empty:
        reasons = ", ".join(sorted(set(manifest["reason"].astype(str))))
        raise ReportsError(f"reports: none of the {len(manifest)} documents in {path} could be read: {reasons}")
    lost = manifest[manifest["status"] != "ok"]
    if len(lost):
        announce(_left_out(lost, len(manifest)))
    return table


def _left_out(lost: pd.DataFrame, documents: int) -> str:
    """Which documents were not (or only partly) read: names at a terminal, counts on a page (names may be persons')."""
    counts = ", ".join(f"{count} {status}" for status, count in lost["status"].value_counts().items())
    without = (~lost["status"].isin(WITH_TEXT)).sum()
    line = f"of {documents:,} documents {without:,} could not be read and are left out ({counts})"
    if in_notebook():
        return line
    named = [f"\n  {row.path}: {row.status}, {row.reason}" for row in lost.head(_NAMED).itertuples()]
    more = f"\n  and {len(lost) - _NAMED:,} more; `pathmtl extract` writes a manifest of all" if len(lost) > _NAMED else ""
    return line + "".join(named) + more


def read_labels(path: Path) -> pd.DataFrame:
    """Read a table of labels, such as ``label`` and ``predict`` write: a text column is not needed.

    Parameters
    ----------
    path : Path
        A table file as for ``read_reports``, with a ``report_id`` column.

    Returns
    -------
    pandas.DataFrame
        As ``read_reports``; ``text`` is ``"-"`` where the file has none.

    Raises
    ------
    ReportsError
        As ``read_reports``, or there is no ``report_id`` column.
    """
    if not path.exists():
        raise ReportsError(f"labels: {path} does not exist; give a table with the columns report_id and {', '.join(TASKS)}")
    table = next(_frames(path, None))
    if "report_id" not in table:
        raise ReportsError(
            f"labels: {path} has no 'report_id' column (found: {_names(table.columns)}); rename the one that names the report"
        )
    return _canonical_table(table if "text" in table else table.assign(text="-"), path)


def iter_reports(path: str | Path, chunk_size: int = _CHUNK) -> Iterator[pd.DataFrame]:
    """Yield the reports of a table file chunk by chunk, in constant memory.

    Use it where a table is too long for ``read_reports``; call ``check_reports`` first.

    Parameters
    ----------
    path : str or Path
        A CSV, TSV or JSONL file (each also .gz) or a Parquet file with a ``text`` column.
    chunk_size : int
        The most reports per chunk.

    Yields
    ------
    pandas.DataFrame
        Columns ``report_id`` (a string; ``row-1``, ``row-2``, ... if the file has none), ``text`` (a string) and the file's other
        columns as they are: labels are not canonicalized.

    Raises
    ------
    ReportsError
        The file is empty, of an unknown kind or cannot be parsed, or it has no text column.

    Examples
    --------
    >>> sum(len(chunk) for chunk in iter_reports(BUNDLED_FILE, 500))
    3000
    """
    path, start = Path(path), 0
    for table in _frames(path, chunk_size):
        table = _renamed(table.reset_index(drop=True), ("report_id", "text"))
        if "text" not in table:
            raise _no_text(path, table.columns)
        table["text"] = table["text"].fillna("").astype(str)
        numbered = [f"row-{start + i + 1}" for i in range(len(table))]
        table.insert(0, "report_id", table.pop("report_id").astype(str) if "report_id" in table else numbered)
        yield table
        start += len(table)


def check_reports(path: str | Path) -> int:
    """Check a table file of any length in one pass, in constant memory (eight bytes per report), and count its reports.

    Parameters
    ----------
    path : str or Path
        As for ``iter_reports``.

    Returns
    -------
    int
        Number of reports.

    Raises
    ------
    ReportsError
        As ``iter_reports``; or there are no rows, every text is empty, a report_id occurs twice, or a label is not a class.
    """
    path = Path(path)
    first = next(_frames(path, 1), None)
    if first is None:
        raise _no_rows(path)
    named = {column: name for name, column in zip(first.columns, _renamed(first, REPORT_COLUMNS).columns, strict=True)}
    if "text" not in named:
        raise _no_text(path, first.columns)
    columns = [named[column] for column in ("report_id", "text", *TASKS) if column in named]
    return _check((_renamed(table, REPORT_COLUMNS) for table in _frames(path, _CHUNK, columns)), path)


def _check(tables: Iterable[pd.DataFrame], path: Path) -> int:
    """Number of reports in ``tables``, the chunks of ``path`` with canonical column names; raises ReportsError as promised."""
    total, seen, any_text = 0, set(), False
    for table in tables:
        total += len(table)
        any_text = any_text or bool(table["text"].fillna("").astype(str).str.strip().any())
        for task in TASKS:
            if task in table:
                _classes(table, task, path)
        for identifier in table["report_id"].astype(str) if "report_id" in table else ():
            if hash(identifier) in seen:
                raise ReportsError(
                    f"reports: report_id {identifier!r} occurs more than once in {path}; make it unique or leave the column out"
                )
            seen.add(hash(identifier))
    if not total:
        raise _no_rows(path)
    if not any_text:
        raise ReportsError(f"reports: every text in {path} is empty; put the reports into the column 'text'")
    return total


def _frames(path: Path, chunk_size: int | None, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
    """A table file as it is, in chunks (None: one chunk), with all columns or some."""
    name = path.name.lower().removesuffix(".gz")
    kind = next((kind for kind in ("csv", "tsv", "jsonl", "ndjson", "parquet") if name.endswith(f".{kind}")), None)
    if kind is None:
        raise ReportsError(f"reports: {path} is of no known kind; give {_TABLES}")
    try:
        if kind in ("csv", "tsv"):
            # Everything as text: report_id 007 must not become 7, nor the label "NA" a missing number.
            frames = pd.read_csv(
                path, sep=_separator(path), dtype=str, keep_default_na=False, chunksize=chunk_size, usecols=columns
            )
        elif kind in ("jsonl", "ndjson"):
            frames = pd.read_json(path, lines=True, dtype=False, chunksize=chunk_size)
        elif chunk_size is None:
            frames = pd.read_parquet(path, columns=columns)
        else:
            import pyarrow.parquet

            batches = pyarrow.parquet.ParquetFile(path).iter_batches(batch_size=chunk_size, columns=columns)
            frames = (batch.to_pandas() for batch in batches)
        yield from [frames] if chunk_size is None else frames
    except pd.errors.EmptyDataError:
        raise ReportsError(f"reports: {path} is empty") from None
    except (OSError, ValueError) as error:
        raise _unparsed(path, kind, error) from None


def _separator(path: Path) -> str:
    """The separator of a CSV or TSV file: a tab in a .tsv, otherwise a comma, or the semicolon of many Excels."""
    name = path.name.lower()
    if name.removesuffix(".gz").endswith(".tsv"):
        return "\t"
    with gzip.open(path) if name.endswith(".gz") else path.open("rb") as file:
        header = file.readline(10_000)
    return ";" if b";" in header and b"," not in header else ","


def _unparsed(path: Path, kind: str, error: Exception) -> ReportsError:
    """The error for a file that cannot be parsed. The parser's own message is not passed on, because it may quote a line."""
    if isinstance(error, UnicodeDecodeError):
        return ReportsError(f"reports: {path} is not UTF-8; save it as UTF-8 (in Excel: Save as, CSV UTF-8)")
    return ReportsError(
        f"reports: {path} cannot be parsed as {kind} ({type(error).__name__}); check that its name fits its content"
    )


def _names(columns: Sequence[object]) -> str:
    """The first columns of a table, for a message. Long names are left out: in a file without a header they are report text."""
    return ", ".join(name if len(name) <= _LONGEST_NAME else "…" for name in map(str, columns[:12]))


def _no_text(path: Path, columns: Sequence[object]) -> ReportsError:
    """The error for a table without a column of report texts."""
    return ReportsError(
        f"reports: {path} has no 'text' column (found: {_names(columns)}); rename the column that holds the reports to text, "
        "and the one that identifies the patient, if there is one, to patient_id"
    )


def _no_rows(path: Path) -> ReportsError:
    return ReportsError(f"reports: {path} has a header but no rows")


def _renamed(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The table with its columns spelled as in ``names``, whatever their case (unless that spelling is there already)."""
    spelled = {name.lower(): name for name in names if name not in table.columns}
    return table.rename(columns={column: spelled.pop(str(column).lower(), column) for column in table.columns})


def _canonical_table(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    table = _renamed(table, REPORT_COLUMNS).reset_index(drop=True)
    if "text" not in table:
        raise _no_text(path, table.columns)
    _check([table], path)
    table["text"] = table["text"].fillna("").astype(str)
    if "report_id" not in table:
        table["report_id"] = [f"row-{i + 1}" for i in range(len(table))]
    table["report_id"] = table["report_id"].astype(str)
    for column, default in (("patient_id", table["report_id"]), ("cancer_type", "")):
        table[column] = table[column].fillna("").astype(str) if column in table else default
    table["patient_id"] = table["patient_id"].where(table["patient_id"] != "", table["report_id"])
    for task in TASKS:
        classes = _classes(table, task, path) if task in table else {}
        labels = [None if pd.isna(value) else classes[value] for value in table[task]] if classes else [None] * len(table)
        table[task] = pd.Series(labels, dtype=object)
    others = [column for column in table.columns if column not in REPORT_COLUMNS]
    return table[[*REPORT_COLUMNS, *others]]


def _classes(table: pd.DataFrame, task: str, path: Path) -> dict[object, str | None]:
    """The canonical class (None: not stated) of each value in the column of a task; missing values are left out."""
    try:
        return {value: canonical(task, value) for value in table[task].dropna().unique()}
    except ValueError as error:
        raise ReportsError(f"reports: {path}, column {error}") from None


def has_labels(table: pd.DataFrame) -> bool:
    """Return True if any report of ``table`` has a label for any task."""
    return bool(table[list(TASKS)].notna().any(axis=None))


def split(table: pd.DataFrame, seed: int = 42) -> pd.Series:
    """Divide reports into training, validation and test parts, about 80/10/10, with all reports of a patient in one part.

    Reports are stratified by their rarest stated class, so that T4 or HER2-positive reports reach every part (paper, section
    IV-A; the seed 42 is that of S2).

    Parameters
    ----------
    table : pandas.DataFrame
        Reports, as ``read_reports`` returns them. A ``split`` column that is already there is used as it is.
    seed : int
        Seed of the shuffle.

    Returns
    -------
    pandas.Series
        ``"train"``, ``"validation"`` or ``"test"`` for each row, with the table's index.

    Raises
    ------
    ReportsError
        There are fewer than 30 patients, or the ``split`` column holds another value.
    """
    if "split" in table:
        unknown = sorted(set(table["split"]) - set(SPLITS))
        if unknown:
            raise ReportsError(
                f"reports: split {unknown[0]!r} is not one of {', '.join(SPLITS)}; fix it or drop the column split"
            )
        return table["split"]
    patients = table["patient_id"].nunique()
    if patients < 30:
        raise ReportsError(f"reports: {patients} patients are too few to train and test on; give at least 30")
    folds = StratifiedGroupKFold(n_splits=_FOLDS, shuffle=True, random_state=seed)
    strata = pd.Series(_rarest_class(table))
    # A stratum with fewer reports than folds cannot reach every fold: such strata are pooled.
    strata = strata.where(strata.map(strata.value_counts()) >= _FOLDS, "rare")
    part = np.full(len(table), "train", dtype=object)
    for name, (_, rows) in zip(("test", "validation"), folds.split(table, strata, table["patient_id"]), strict=False):
        part[rows] = name
    return pd.Series(part, index=table.index)


def _rarest_class(table: pd.DataFrame) -> np.ndarray:
    stated = pd.DataFrame({task: table[task].map(lambda v, t=task: f"{t}={v}" if v is not None else None) for task in TASKS})
    counts = stated.stack().value_counts()
    return np.array([min((v for v in row if isinstance(v, str)), key=counts.get, default="none") for row in stated.to_numpy()])


def subsample(table: pd.DataFrame, limit: int | None, seed: int = 42) -> pd.DataFrame:
    """Sample at most ``limit`` reports: half of them class by class (the rarest class first), half uniformly at random.

    A uniform sample of 400 of 2,400 reports would hold two or three T4s, too few to learn from.

    Parameters
    ----------
    table : pandas.DataFrame
        Reports with a column per task.
    limit : int or None
        The most reports to keep; None keeps all.
    seed : int
        Seed of the sample.

    Returns
    -------
    pandas.DataFrame
        Rows of ``table`` in their original order; ``table`` itself if it is short enough.
    """
    if limit is None or limit >= len(table):
        return table
    shuffled = table.sample(frac=1, random_state=seed)
    by_class = [rows for task in TASKS for _, rows in shuffled.groupby(task).groups.items()]
    by_class.sort(key=len)
    chosen: dict[object, None] = {}
    for turn in range(limit):
        for rows in by_class:
            if turn < len(rows) and len(chosen) < limit // 2:
                chosen.setdefault(rows[turn])
    for index in shuffled.index:
        if len(chosen) >= limit:
            break
        chosen.setdefault(index)
    return table.loc[sorted(chosen)]


def fingerprint(table: pd.DataFrame) -> str:
    """Return a content key of a table of reports: 16 hexadecimal digits over ids, labels and text (and ``split``, if given)."""
    columns = [*REPORT_COLUMNS, *(["split"] if "split" in table else [])]
    digest = hashlib.sha256()
    for column in columns:
        digest.update(column.encode())
        for value in table[column]:
            digest.update(b"\x00" if value is None else b"\x01" + str(value).encode())
    return digest.hexdigest()[:16]
