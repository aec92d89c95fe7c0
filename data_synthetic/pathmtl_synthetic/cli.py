"""The generator's command line: ``pathmtl-synthetic synthesize`` and ``pathmtl-synthetic calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pathmtl.cli.guard import command as _command
from pathmtl.cli.options import Quiet

app = typer.Typer(
    help="Write synthetic pathology reports whose true labels are known.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@_command(app, example="pathmtl-synthetic synthesize --reports 3000 --seed 42 --out corpus --phenomenon typos=0.3")
def synthesize(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for reports.csv.gz and settings.json.")],
    reports: Annotated[int, typer.Option(help="How many reports.")] = 3000,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 42,
    phenomenon: Annotated[list[str] | None, typer.Option(help="name=rate, rate 0 to 1; may be given again.")] = None,
    pdf: Annotated[int, typer.Option(help="Also draw this many test reports as PDF documents.")] = 0,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a corpus that is there.")] = False,
    quiet: Quiet = False,
) -> None:
    """Write a synthetic corpus whose true labels are known (the bundled one: 3,000 reports, seed 42)."""
    import time

    from pathmtl.progress import Progress
    from pathmtl.training.settings import parse_overrides
    from pathmtl_synthetic.generate import generate
    from pathmtl_synthetic.generate import synthesize as write

    rates = parse_overrides(phenomenon or []) or None
    if reports >= 10_000 and not quiet:
        started = time.perf_counter()
        sample = sum(1 for _ in generate(200, seed, rates))
        minutes = (time.perf_counter() - started) / sample * reports / 60
        typer.echo(f"{reports:,} reports: about {minutes:,.1f} min on one core", err=True)
    with Progress("writing", reports, unit="report", visible=not quiet) as progress:
        path = write(reports, seed, out, rates=rates, pdf=pdf, overwrite=overwrite, step=progress.step)
    typer.echo(f"{reports:,} reports -> {path}" + (f", {pdf} PDFs -> {out / 'pdfs'}" if pdf else ""), err=True)


@_command(app, example="pathmtl-synthetic calibrate --reports 3000 --seed 42 --out calibration.json")
def calibrate(
    out: Annotated[Path, typer.Option("--out", "-o", help="File for the record (JSON): rates, rounds, rows.")],
    reports: Annotated[int, typer.Option(help="Size of the corpus whose test split is met.")] = 3000,
    seed: Annotated[int, typer.Option(help="Its seed.")] = 42,
    fresh: Annotated[int, typer.Option(help="Other seeds on which the rates found are measured.")] = 10,
    quiet: Quiet = False,
) -> None:
    """Move phenomenon rates until the naive baseline scores on the synthetic test split as in the paper's Table I (minutes)."""
    import json

    from pathmtl.baselines.naive import naive_labels
    from pathmtl.progress import Progress
    from pathmtl_synthetic import calibrate as search

    with Progress("calibrating", search.EVALUATIONS + fresh, unit="corpus", visible=not quiet) as progress:
        record = search.calibrate(naive_labels, reports, seed, fresh=fresh, step=progress.step)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    for line in record["row"]:
        other = record["fresh"].get(line["task"])
        spread = f"; other seeds {other['mean']:.3f} ({other['lowest']:.3f} to {other['highest']:.3f})" if other else ""
        typer.echo(f"{line['task']:6} {line['accuracy']:.3f}, paper {line['paper_accuracy']:.3f}{spread}")
    typer.echo(f"record -> {out}", err=True)


def main() -> None:
    """Entry point of ``pathmtl-synthetic``."""
    app()
