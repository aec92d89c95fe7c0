"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

REPORTS_HELP = (
    "'bundled', a folder of PDF/PNG/JPEG/TIFF/DOCX/RTF/HL7/TXT or one such file, the folder that `pathmtl extract` or "
    "`pathmtl prepare` wrote, a folder of Parquet partitions, or a .csv/.tsv/.jsonl(.gz)/.json/.xlsx/.parquet file "
    "with a text column."
)
Reports = Annotated[str, typer.Argument(help=REPORTS_HELP, metavar="REPORTS")]
Stream = Annotated[
    Path, typer.Option("--out", "-o", help="File to write: .csv, .csv.gz, or .parquet (a new folder of Parquet partitions).")
]
Out = Annotated[Path, typer.Option("--out", "-o", help="File to write: CSV.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
Dask = Annotated[
    str | None,
    typer.Option("--dask", help="Work on a Dask cluster: local, local:4, or a scheduler's address (tcp://host:8786)."),
]
Ocr = Annotated[str, typer.Option("--ocr", help="When to read pages as pictures: auto, always or never.")]
