"""The audit commands: what the oracle missed, a sheet for checking its answers, and the agreement."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pathmtl.cli.guard import command
from pathmtl.cli.options import Ocr, Quiet, Reports

audit_app = typer.Typer(
    help="Audit the oracle: what it missed, a sheet to check its answers, the agreement.", no_args_is_help=True
)


@command(audit_app, example="pathmtl audit coverage reports.csv --show-text")
def coverage(
    reports: Reports,
    show_text: Annotated[bool, typer.Option("--show-text", help="Also show each wording, de-identified.")] = False,
    most: Annotated[int, typer.Option(help="The most wordings to show.")] = 20,
    ocr: Ocr = "auto",
    quiet: Quiet = False,
) -> None:
    """List wordings that mention a task but got no answer from the oracle, the most frequent first."""
    from pathmtl.cohort import read_reports
    from pathmtl.review.coverage import coverage as unparsed

    table = unparsed(read_reports(reports, ocr=ocr, progress=not quiet), show_text=show_text)
    typer.echo(table.head(most).to_string(index=False) if len(table) else "every mention of a task got an answer")


@command(audit_app, example="pathmtl audit sheet reports.csv --out sheet.html --size 200")
def sheet(
    reports: Reports,
    out: Annotated[Path, typer.Option("--out", "-o", help="HTML page to write. It contains report text: keep it safe.")],
    size: Annotated[int, typer.Option(help="Reports in the sample.")] = 200,
    seed: Annotated[int, typer.Option(help="Seed of the sample.")] = 42,
    identified: Annotated[bool, typer.Option("--identified", help="Show the text without de-identifying it.")] = False,
    ocr: Ocr = "auto",
    quiet: Quiet = False,
) -> None:
    """Write a sample as one offline page: report, evidence and answer, to mark as agree, correct or unsure. It saves a CSV."""
    from pathmtl.cohort import read_reports
    from pathmtl.files import check_output
    from pathmtl.review.sheet import sheet as write

    check_output(out, (".html",), [reports])
    path = write(read_reports(reports, ocr=ocr, progress=not quiet), out, size=size, seed=seed, identified=identified)
    typer.echo(f"open {path} in a browser; it saves your verdicts as a CSV; then run `pathmtl audit score` on that", err=True)


@command(audit_app, example="pathmtl audit score audit.csv --cohort 10677")
def score(
    audit: Annotated[Path, typer.Argument(help="CSV that the sheet saved.")],
    cohort: Annotated[int | None, typer.Option(help="Reports in the cohort, if not the number that the sheet recorded.")] = None,
) -> None:
    """Show the agreement by task with 95% intervals, and the share of the cohort that was audited (paper: 70.1%)."""
    from pathmtl.review.score import score as agreement

    result = agreement(audit, cohort=cohort)
    typer.echo(result.by_task.round(3).to_string())
    typer.echo(f"{result.reports:,} of {result.cohort:,} reports audited ({result.share:.1%})")
