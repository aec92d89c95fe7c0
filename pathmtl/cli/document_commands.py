"""The commands from documents to labels, none of which needs a model: each step alone, and all of them (prepare)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pathmtl.cli.guard import command
from pathmtl.cli.options import Dask, Ocr, Out, Quiet, Reports, Stream


def _say(line: str) -> None:
    typer.echo(line, err=True)


def documents(app: typer.Typer) -> None:
    """Add the commands to the program."""

    @command(app, example="pathmtl extract scans/ --out extracted/")
    def extract(
        folder: Annotated[
            Path, typer.Argument(help="Folder of PDF, PNG, JPEG, TIFF, DOCX, RTF, HL7 or TXT files; subfolders are included.")
        ],
        out: Annotated[
            Path,
            typer.Option(
                "--out", "-o", help="Folder for reports.jsonl.gz and manifest.csv. They contain report text: keep it safe."
            ),
        ],
        engine: Annotated[str, typer.Option(help="Engine for native text: pypdf2 (the paper's) or pdfium (faster).")] = "pypdf2",
        ocr: Ocr = "auto",
        ocr_engine: Annotated[
            str, typer.Option(help="What reads pictures: rapidocr, or easyocr (the paper's; several times slower).")
        ] = "rapidocr",
        dpi: Annotated[int, typer.Option(help="Resolution at which pages are drawn for OCR, in dots per inch.")] = 200,
        max_pages: Annotated[int, typer.Option(help="Refuse documents with more pages.")] = 200,
        dask: Dask = None,
        quiet: Quiet = False,
    ) -> None:
        """Turn documents into text: native text first, OCR for pages that need it. Run it again to resume."""
        from pathmtl.documents.extract import ExtractionSettings, extract_folder

        if out.exists() and not out.is_dir():
            raise ValueError(f"--out {out} is a file; name a folder")
        settings = ExtractionSettings(engine=engine, ocr=ocr, ocr_engine=ocr_engine, dpi=dpi, max_pages=max_pages)
        reports, manifest = extract_folder(folder, settings, out=out, progress=not quiet, dask=dask)
        counts = ", ".join(f"{count} {status}" for status, count in manifest["status"].value_counts().items())
        why = "" if (manifest["status"] == "ok").all() else f"; reasons for the others: {out / 'manifest.csv'}"
        typer.echo(f"{len(manifest):,} files ({counts}), {len(reports):,} reports -> {out}{why}", err=True)
        if len(reports) == 0:
            raise ValueError(f"no document in {folder} could be read; the reasons are in {out / 'manifest.csv'}")

    @command(app, example="pathmtl deidentify reports.csv --out clean.csv")
    def deidentify(reports: Reports, out: Stream, ocr: Ocr = "auto", dask: Dask = None, quiet: Quiet = False) -> None:
        """Replace names, dates, numbers and places in the text by typed tags. Other columns, report_id too, are unchanged.

        Run it again to resume after an interruption; for scans, run `pathmtl extract` first.
        """
        from pathmtl.deid.deidentify import deidentify as clean
        from pathmtl.stream import stream

        def work(table):
            results = [clean(text) for text in table["text"]]
            return table.assign(text=[result.text for result in results]), sum(len(result.redactions) for result in results)

        done = stream(reports, out, work, name="de-identifying", ocr=ocr, progress=not quiet, say=_say, dask=dask)
        _say(f"{done.found:,} identifiers replaced in the text of {done.rows:,} reports -> {out}")

    @command(app, example="pathmtl label reports.csv --out labels.csv")
    def label(
        reports: Reports,
        out: Stream,
        infer: Annotated[
            bool, typer.Option("--infer", help="Also infer T of a breast tumor from its size if no code is stated.")
        ] = False,
        ocr: Ocr = "auto",
        dask: Dask = None,
        quiet: Quiet = False,
    ) -> None:
        """Label reports with the regex oracle: report_id and T, N, M, grade, ER, PR, HER2 (empty: not stated).

        Run it again to resume after an interruption; for scans, run `pathmtl extract` first.
        """
        from functools import partial

        from pathmtl import oracle
        from pathmtl.stream import stream

        def work(table):
            labels = oracle.label_reports(table, partial(oracle.label, infer=infer))
            silent = int(labels.isna().all(axis=1).sum())
            labels.insert(0, "report_id", table["report_id"])
            return labels, silent

        options = {"infer": infer}
        done = stream(reports, out, work, name="labeling", options=options, ocr=ocr, progress=not quiet, say=_say, dask=dask)
        silent = f" ({done.found:,} of them state none of the seven)" if done.found else ""
        _say(f"labels of {done.rows:,} reports{silent} -> {out}")

    @command(app, example="pathmtl consolidate reports.csv --out patients.csv")
    def consolidate(
        reports: Reports,
        out: Out,
        labels: Annotated[str, typer.Option(help="Which labels: oracle, or given (with the reports).")] = "oracle",
        horizon: Annotated[
            int | None, typer.Option(help="Reports more than this many days apart share nothing (default: 365).")
        ] = None,
        prune: Annotated[
            bool, typer.Option("--prune", help="Drop reports that state none of T, N, M and grade, as the paper does.")
        ] = False,
        ocr: Ocr = "auto",
        quiet: Quiet = False,
    ) -> None:
        """Fill in missing ER, PR and HER2 from the patient's other reports of the same side, and say where each value is from.

        Needs the columns patient_id and, for the order of the reports, date; side and kind (addendum) are used if present.
        """
        from pathmtl import consolidate as rules
        from pathmtl import oracle
        from pathmtl.cohort import read_reports
        from pathmtl.csv_file import write_csv
        from pathmtl.files import check_output
        from pathmtl.schema import BIOMARKERS, TASKS
        from pathmtl.stream import CSV

        if labels not in ("oracle", "given"):
            raise ValueError(f"--labels {labels}: use oracle or given")
        check_output(out, CSV, [reports])
        table = read_reports(reports, ocr=ocr, progress=not quiet)
        if labels == "oracle":
            table[list(TASKS)] = oracle.label_reports(table, progress=not quiet)
        try:
            filled, provenance = rules.consolidate(table, horizon=rules.HORIZON if horizon is None else horizon)
        except ValueError as error:
            raise ValueError(f"{reports}: {error}") from None
        rows = rules.informative(filled) if prune else filled
        table_out = rows[["report_id", "patient_id", *TASKS]].join(rules.sources(rows, provenance))
        write_csv(table_out, out)
        added = ", ".join(f"{task} {filled[task].notna().sum() - table[task].notna().sum():+,}" for task in BIOMARKERS)
        patients = table["patient_id"].nunique()
        if patients == len(table):
            _say("every report has its own patient, so nothing can be shared; name the patients in a column patient_id")
        elif "date" not in table:
            _say("there is no column date, so only values that all reports of a patient agree on are shared")
        _say(f"{len(table):,} reports of {patients:,} patients: {added}; {len(rows):,} rows -> {out}")

    @command(app, example="pathmtl prepare reports.csv --out cohort")
    def prepare(
        reports: Reports,
        out: Annotated[
            Path,
            typer.Option("--out", "-o", help="Folder of the cohort. It contains de-identified report text: keep it safe."),
        ],
        horizon: Annotated[
            int | None, typer.Option(help="Reports more than this many days apart share nothing (default: 365).")
        ] = None,
        seed: Annotated[int, typer.Option(help="Seed of the split.")] = 42,
        ocr: Ocr = "auto",
        dask: Dask = None,
        quiet: Quiet = False,
    ) -> None:
        """Make a cohort as the paper does: extract, de-identify, segment by site, label, consolidate, prune and split.

        Give the folder to train, notebook and the others as REPORTS; `--set label_source=given` trains on the consolidated
        labels. Run it again to resume after an interruption.
        """
        from pathmtl import consolidate as rules
        from pathmtl.prepare import prepare as make

        done = make(
            reports,
            out,
            ocr=ocr,
            horizon=rules.HORIZON if horizon is None else horizon,
            seed=seed,
            progress=not quiet,
            say=_say,
            dask=dask,
        )
        for step in done.steps:
            counts = ", ".join(f"{name} {count:,}" for name, count in step.counts.items())
            _say(f"{step.name}: {step.before:,} -> {step.after:,} {step.unit} ({counts})")
        for task, count in done.consolidated.items():
            if count["values"]:
                share = count["not_in_text"] / count["values"]
                _say(f"{task}: {share:.1%} of {count['values']:,} values are from another report and not in the text itself")
        _say(f"cohort -> {done.folder}")
