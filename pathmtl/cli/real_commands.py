"""Commands for real reports: fetch the public corpus, teach the model of silent reports, answer as a hospital would."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pathmtl.cli.guard import command
from pathmtl.cli.options import Ocr, Out, Quiet, Reports

data_app = typer.Typer(help="Public reports: fetch and build.", no_args_is_help=True)
real_app = typer.Typer(help="Real reports: rules where a value is stated, a small model where not.", no_args_is_help=True)


def _say(line: str) -> None:
    typer.echo(line, err=True)


@command(data_app, example="pathmtl data get tcga --from downloads/ --out tcga/")
def get(
    corpus: Annotated[str, typer.Argument(help="Only tcga.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the reports, their labels and SOURCES.json.")],
    source: Annotated[
        Path | None, typer.Option("--from", help="Folder of files that you downloaded; without it, the network.")
    ] = None,
) -> None:
    """Fetch public pathology reports and registry tables from their publishers, and build the book's training and test files."""
    from pathmtl.real import tcga

    if corpus != "tcga":
        raise ValueError(f"corpus {corpus!r}: only tcga is known")
    tcga.build(out, source, say=_say)


@command(real_app, example="pathmtl real fit tcga_train.csv.gz tcga_train_pathrep.csv.gz --out silent/")
def fit(
    reports: Annotated[list[str], typer.Argument(help="Tables of reports with a registry's labels.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the model.")],
    seed: Annotated[int, typer.Option(help="Seed of the folds and of the order of the reports.")] = 42,
    quiet: Quiet = False,
) -> None:
    """Teach the small model of what reports do not state; it learns the registry's values, not what reports state."""
    from pathmtl.real.silent import save
    from pathmtl.real.teach import teach

    model, about = teach(reports, seed=seed, progress=not quiet)
    save(model, out, about)
    _say(f"{', '.join(model.classes)} from {about['reports']:,} reports ({model.parameters:,} numbers) -> {out}")


@command(real_app, example="pathmtl real answer reports.csv --out answers.csv")
def answer(
    reports: Reports,
    out: Out,
    model: Annotated[Path | None, typer.Option(help="Folder of a model (pathmtl real fit); by default the book's.")] = None,
    ocr: Ocr = "auto",
    quiet: Quiet = False,
) -> None:
    """Answer every task, each answer marked stated or inferred, those with the highest expected error first."""
    from pathmtl.cohort import read_reports
    from pathmtl.csv_file import write_csv
    from pathmtl.files import check_output
    from pathmtl.real.answers import answers, oracle_answers, review_order
    from pathmtl.real.silent import load
    from pathmtl.real.teach import recorded_model

    check_output(out, (".csv",), [reports])
    folder = model or recorded_model()
    try:
        fitted, _ = load(folder)
    except FileNotFoundError:
        raise ValueError(f"{folder} holds no model; make one with pathmtl real fit") from None
    table = read_reports(reports, ocr=ocr, progress=not quiet)
    listed = review_order(answers(table, oracle_answers(table, progress=not quiet), fitted))
    write_csv(listed.drop(columns="probabilities"), out, float_format="%.4f")
    counts = ", ".join(f"{count:,} {basis}" for basis, count in listed["basis"].value_counts().items())
    _say(f"answers to {len(table):,} reports ({counts}) -> {out}")
