"""Build the book's files of public TCGA reports from what their publishers offer (``pathmtl data get tcga``).

Reports: TCGA-Reports (Kefeli and Tatonetti 2024, Patterns 5:100933), 9,523 reports read by optical character recognition.
Labels: T, N and M of the registry as published with BB-TEN (Kefeli, Berkowitz, Acitores Cortina, Tsang and Tatonetti 2024), from
the Genomic Data Commons. Folded to T1-T4, N0-N3 and M0-M1, they equal all 10,587 T, N and M labels that the project's own files
share with them (38 N and M labels of these are from elsewhere). Not built: ER, PR and HER2, and the line breaks of the project's
training text, which comes from another reading of the same scans.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pathmtl.experiments import store
from pathmtl.files import atomic_write

_MODELS = "https://raw.githubusercontent.com/tatonetti-lab/tnm-stage-classifier/6db2e475a3ce64e88a2889172ea08d82082b2228"
_TYPES = "https://raw.githubusercontent.com/tatonetti-lab/tcga-path-reports/4e22e8a68dbcefca211a5c15905082da94bb66a5"


@dataclass(frozen=True)
class Source:
    """A published file.

    Attributes
    ----------
    name : str
        Its name, also in a folder given with ``--from``.
    url : str
        Where it is published.
    blob : str
        Git's SHA-1 of the file in its publisher's repository at that commit.
    license : str
        What its publisher allows.
    """

    name: str
    url: str
    blob: str
    license: str


REPORTS = Source(
    "TCGA_Reports.csv.zip",
    f"{_TYPES}/TCGA_Reports.csv.zip",
    "afaffbc5bc0333aa6f56c0b4dfdfd618983edce8",
    "CC BY 4.0 (https://data.mendeley.com/datasets/hyg5xkznpx/1)",
)
LABELS = {
    "T": Source(
        "TCGA_T14_patients.csv",
        f"{_MODELS}/TCGA_Metadata/TCGA_T14_patients.csv",
        "6f6a8d85be8bc3a41e5f692875918fb5b79add87",
        "MIT (repository); registry data of the Genomic Data Commons, open access",
    ),
    "N": Source(
        "TCGA_N03_patients.csv",
        f"{_MODELS}/TCGA_Metadata/TCGA_N03_patients.csv",
        "cbf108820e0a08301c398df0c93785ea917fad4e",
        "MIT (repository); registry data of the Genomic Data Commons, open access",
    ),
    "M": Source(
        "TCGA_M01_patients.csv",
        f"{_MODELS}/TCGA_Metadata/TCGA_M01_patients.csv",
        "b0cbc639c74df0e851a3b8b4e3fa89358af849ad",
        "MIT (repository); registry data of the Genomic Data Commons, open access",
    ),
}
TYPES = Source(
    "tcga_patient_to_cancer_type.csv",
    f"{_TYPES}/data/tcga_metadata/tcga_patient_to_cancer_type.csv",
    "aa32c72728a962a307539f5290ed1eb233ff05a0",
    "MIT (repository)",
)
SOURCES = (REPORTS, *LABELS.values(), TYPES)
_CLASSES = {"T": r"(T[1-4])", "N": r"(N[0-3])", "M": r"(M[01])"}
#: Shortened SHA-256 of every patient of the project's files -> the file; a patient in none of them is left out.
SPLIT = "tcga_split.csv.gz"
COLUMNS = ("report_id", "patient_id", "cancer_type", "T", "N", "M", "text")


def digest(patient: str) -> str:
    """The name of a patient in the list of the split."""
    return hashlib.sha256(patient.encode()).hexdigest()[:12]


def git_blob(data: bytes) -> str:
    """Git's name of a file's content.

    Examples
    --------
    >>> git_blob(b"")
    'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
    """
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def build(out: Path, folder: Path | None = None, *, say: Callable[[str], None] = print) -> dict[str, int]:
    """Fetch, check and build.

    Parameters
    ----------
    out
        Folder of the files to write: one table per part of the split, and ``SOURCES.json``.
    folder
        Folder of files that were downloaded before; None fetches them.
    say
        Receives one line per file.

    Returns
    -------
    dict
        Name of a table -> its reports.

    Raises
    ------
    ValueError
        If a file is missing, cannot be fetched, or has another sum than recorded.
    """
    data = {source.name: _checked(source, folder, say) for source in SOURCES}
    table = assemble(data)
    split = pd.read_csv(store.results() / "real" / SPLIT, dtype=str).set_index("patient")["file"]
    parts = table["patient_id"].map(digest).map(split)
    out.mkdir(parents=True, exist_ok=True)
    counts = {}
    for name, part in table.groupby(parts):
        counts[name] = len(part)
        atomic_write(out / f"{name}.csv.gz", gzip.compress(part.to_csv(index=False).encode(), mtime=0))
        say(f"{len(part):,} reports -> {out / f'{name}.csv.gz'}")
    about = [
        {"file": one.name, "url": one.url, "license": one.license, "sha256": hashlib.sha256(data[one.name]).hexdigest()}
        for one in SOURCES
    ]
    atomic_write(out / "SOURCES.json", json.dumps({"sources": about, "reports": counts}, indent=1) + "\n")
    return counts


def _checked(source: Source, folder: Path | None, say: Callable[[str], None]) -> bytes:
    if folder is None:
        try:
            with urllib.request.urlopen(source.url, timeout=120) as answer:
                data = answer.read()
        except (urllib.error.URLError, TimeoutError) as error:
            reason = getattr(error, "reason", error)
            fix = "download it elsewhere and give its folder with --from"
            raise ValueError(f"{source.name} could not be fetched from {source.url} ({reason}); {fix}") from None
    else:
        path = folder / source.name
        if not path.is_file():
            raise ValueError(f"{path} is missing; its publisher: {source.url}")
        data = path.read_bytes()
    found = git_blob(data)
    if found != source.blob:
        raise ValueError(f"{source.name} is not the published file: its git SHA-1 is {found}, recorded {source.blob}")
    say(f"{source.name}: {len(data):,} bytes, sum as recorded; {source.license}")
    return data


def assemble(data: dict[str, bytes]) -> pd.DataFrame:
    """Join reports, labels and cancer types.

    Parameters
    ----------
    data
        Name of each of ``SOURCES`` -> its bytes.

    Returns
    -------
    pandas.DataFrame
        ``COLUMNS``, one row per report; labels folded to their class, missing where the registry has none.
    """
    with zipfile.ZipFile(io.BytesIO(data[REPORTS.name])) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".csv") and not name.startswith("__MACOSX"))
        table = pd.read_csv(archive.open(name), dtype=str).rename(columns={"patient_filename": "report_id"})
    table["patient_id"] = table["report_id"].str.split(".").str[0]
    types = pd.read_csv(io.BytesIO(data[TYPES.name]), dtype=str).drop_duplicates("patient_id").set_index("patient_id")
    table["cancer_type"] = table["patient_id"].map(types["cancer_type"])
    for task, source in LABELS.items():
        labels = pd.read_csv(io.BytesIO(data[source.name]), dtype=str).drop_duplicates("case_submitter_id")
        labels = labels.set_index("case_submitter_id")[f"ajcc_pathologic_{task.lower()}"]
        table[task] = table["patient_id"].map(labels.str.extract(_CLASSES[task], expand=False))
    return table[list(COLUMNS)]
