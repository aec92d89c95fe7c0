"""One answer per report and task with its confidence and evidence, and the order in which a person should check them.

The oracle answers where it finds a statement, because its evidence can be looked up; elsewhere there is no answer. The
*confidence* of an answer is the probability that the trained model gives to it: high where rules and model agree, low where the
model is unsure or disagrees. Where a report contradicts itself, the confidence is 0. Where no rule answers although the report
mentions the field, the model's answer is listed as a suggestion and never used.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pathmtl.analysis.bootstrap import interval, report_weights
from pathmtl.analysis.metrics import EncodedPredictions
from pathmtl.cohort import BUNDLED
from pathmtl.csv_file import write_csv
from pathmtl.oracle.engine import Answer, read_report
from pathmtl.review.document_quality import bundled_pdfs, read_native, recorded_ocr
from pathmtl.schema import CLASSES, TASKS

#: Why an answer is on the review list, most urgent first.
DISAGREE, CONFLICT, UNANSWERED, UNSURE, AGREE = (
    "rules and model disagree",
    "the report contradicts itself",
    "mentioned, no rule answers",
    "agreed, model unsure",
    "agreed",
)
#: Below this probability, an answer on which rules and model agree is still called unsure.
SURE = 0.9
COLUMNS = (
    *("report_id", "patient_id", "task", "answer", "confidence", "why", "oracle", "rule"),
    *("section", "start", "end", "evidence", "model", "probability", "truth"),
)


def bundled_documents(reports: pd.DataFrame, size: int, seed: int = 0) -> pd.DataFrame:
    """Draw reports, those bundled as PDFs first, and replace their text by what is read from the PDF.

    Digital PDFs are read now, scans come from the recorded OCR; what neither can read keeps its text.

    Parameters
    ----------
    reports
        The bundled reports to draw from.
    size, seed
        Number of reports, and the seed of the draw.

    Returns
    -------
    pandas.DataFrame
        ``size`` rows of ``reports`` with the column ``read`` added: digital PDF, "OCR, recorded" or text.
    """
    pdfs = bundled_pdfs()
    recorded = recorded_ocr(pdfs).set_index("file")["text"].to_dict()
    native = read_native(pdfs.loc[pdfs["mode"] == "native", "path"], "pypdf2")
    text_and_source = {name: (text, "digital PDF") for name, text in native.items()} | {
        name: (text, "OCR, recorded") for name, text in recorded.items() if name not in native
    }
    by_report = {
        row.report_id: text_and_source[row.file]
        for row in pdfs.itertuples()
        if row.file in text_and_source and text_and_source[row.file][0].strip()
    }
    shuffled = reports.sample(frac=1, random_state=seed)
    first = shuffled["report_id"].isin(by_report)
    chosen = pd.concat([shuffled[first], shuffled[~first]]).head(size).sort_index().reset_index(drop=True)
    read = [by_report.get(report, (text, "text")) for report, text in zip(chosen["report_id"], chosen["text"], strict=True)]
    return chosen.assign(text=[text for text, _ in read], read=[source for _, source in read])


def answer_table(reports: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    """The oracle's answer to each report and task, with the model's confidence in it.

    Parameters
    ----------
    reports
        Columns report_id, patient_id, text, and perhaps one of labels per task.
    predictions
        A model's predictions on the same reports, in long form with probability, probabilities and mentioned.

    Returns
    -------
    pandas.DataFrame
        ``COLUMNS``, one row per report and task. truth is the label or None; evidence is report text; confidence is NaN for a
        task that the model was not trained on.
    """
    by_pair = predictions.set_index(["report_id", "task"])
    rows = []
    for report in reports.to_dict("records"):
        for task, answer in read_report(report["text"]).items():
            key = (report["report_id"], task)
            line = _judged(answer, by_pair.loc[key] if key in by_pair.index else None)
            truth = report.get(task)
            ids = {"report_id": report["report_id"], "patient_id": report["patient_id"], "task": task}
            rows.append({**ids, **line, "truth": truth if isinstance(truth, str) else None})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _judged(answer: Answer, model: pd.Series | None) -> dict[str, object]:
    line: dict[str, object] = {
        "answer": answer.value,
        "oracle": answer.value or answer.status.replace("_", " "),
        "rule": answer.rule,
        "section": answer.section or "",
        "start": answer.start,
        "end": answer.end,
        "evidence": " ".join(answer.evidence.split()),
        "model": None if model is None else model["predicted"],
        "probability": np.nan if model is None else float(model["probability"]),
    }
    if answer.status == "conflict":
        return {**line, "confidence": 0.0, "why": CONFLICT}
    if answer.value is None:
        if model is not None and model["mentioned"]:
            return {**line, "confidence": np.nan, "why": UNANSWERED}
        # A model picks a class even where a report never mentions the task: that is no suggestion.
        return {**line, "model": None, "probability": np.nan, "confidence": np.nan, "why": ""}
    if model is None:
        return {**line, "confidence": np.nan, "why": ""}
    confidence = float(model["probabilities"][CLASSES[answer.task].index(answer.value)])
    if model["predicted"] != answer.value:
        return {**line, "confidence": confidence, "why": DISAGREE}
    return {**line, "confidence": confidence, "why": AGREE if confidence >= SURE else UNSURE}


def review_list(table: pd.DataFrame) -> pd.DataFrame:
    """What a person should check, least confident first.

    Answers on which rules and model confidently agree are left out. Fields that no rule answers come last, with the model's most
    confident suggestion first, because most of them were left unstated on purpose.

    Parameters
    ----------
    table
        As ``answer_table`` returns it.

    Returns
    -------
    pandas.DataFrame
        Rows of ``table``.
    """
    listed = table[table["why"].isin((CONFLICT, DISAGREE, UNSURE, UNANSWERED))]
    last = listed["why"] == UNANSWERED
    order = listed.assign(last=last, key=listed["confidence"].where(~last, 1 - listed["probability"]))
    return listed.loc[order.sort_values(["last", "key", "report_id", "task"], kind="stable").index]


def by_task(table: pd.DataFrame) -> pd.DataFrame:
    """Summarize answers by task.

    Parameters
    ----------
    table
        As ``answer_table`` returns it.

    Returns
    -------
    pandas.DataFrame
        Indexed by task; columns answered (reports), confidence (mean), 10th percentile, and a count for each reason to check.
    """
    rows = {}
    for task in TASKS:
        part = table[table["task"] == task]
        given = part[part["answer"].notna()]
        rows[task] = {
            "answered": len(given),
            "confidence": given["confidence"].mean(),
            "10th percentile": given["confidence"].quantile(0.1),
            **{why: int((part["why"] == why).sum()) for why in (DISAGREE, CONFLICT, UNSURE, UNANSWERED)},
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def checkable(table: pd.DataFrame) -> pd.DataFrame:
    """The answers that have a confidence and a label, with the column ``wrong``; on these the order can be tested."""
    known = table[table["answer"].notna() & table["confidence"].notna() & table["truth"].notna()]
    return known.assign(wrong=known["answer"] != known["truth"])


def errors_found(table: pd.DataFrame) -> pd.DataFrame:
    """How many wrong answers are found by checking the least confident answers first.

    Parameters
    ----------
    table
        As ``checkable`` returns it.

    Returns
    -------
    pandas.DataFrame
        Columns checked (share of all answers), found (share of the wrong ones); empty if nothing is wrong.
    """
    ordered = table.sort_values("confidence", kind="stable")["wrong"].to_numpy()
    if not ordered.any():
        return pd.DataFrame(columns=["checked", "found"])
    found = np.r_[0, np.cumsum(ordered)] / ordered.sum()
    return pd.DataFrame({"checked": np.arange(len(found)) / len(ordered), "found": found})


def order_auroc(table: pd.DataFrame, *, resamples: int = 200, seed: int = 0) -> tuple[float, float, float]:
    """How often a wrong answer has less confidence than a right one: an AUROC (Hanley and McNeil 1982; 0.5 by chance).

    Parameters
    ----------
    table
        As ``checkable`` returns it.
    resamples, seed
        Number of bootstrap draws over patients, and the seed of the draws.

    Returns
    -------
    tuple
        Value, low, high (95 %); NaN if all answers are right, or all are wrong.
    """
    wrong, doubt = table["wrong"].to_numpy(dtype=bool), 1 - table["confidence"].to_numpy(dtype=float)
    if wrong.all() or not wrong.any():
        return (float("nan"),) * 3
    # As a task of two classes, right and wrong, whose AUROC is the same from either side.
    coded = EncodedPredictions(wrong.astype(int), wrong.astype(int), np.stack([1 - doubt, doubt], axis=1))
    draws = coded.auroc(report_weights(table["patient_id"], resamples, seed))
    return (float(coded.auroc(np.ones((1, len(wrong))))[0]), *interval(draws))


def tested(table: pd.DataFrame, *, resamples: int = 200) -> dict[str, tuple[str, float, float, float, str]]:
    """Measure the claims that an ``answer_table`` can test.

    Parameters
    ----------
    table
        As ``answer_table`` returns it.
    resamples
        Number of bootstrap draws over patients.

    Returns
    -------
    dict
        Claim id -> the fields of ``paper.evidence.Measured``: text, value, low, high, why it decides nothing.
    """
    nan = float("nan")
    model_answers = table.loc[table["model"].notna(), ["task", "model"]]
    valid = [value in CLASSES[task] for task, value in model_answers.itertuples(index=False)]
    share = sum(valid) / len(valid) if valid else nan
    listed = table[table["why"].isin((CONFLICT, DISAGREE, UNSURE))]["report_id"].nunique()
    area, low, high = order_auroc(checkable(table), resamples=resamples)
    order = "–" if np.isnan(area) else f"AUROC {area:.3f} ({low:.3f} to {high:.3f})"
    return {
        "valid-answers": (f"{sum(valid):,} of {len(valid):,}", share, nan, nan, ""),
        "oracle-audit": (f"{listed:,} of {table['report_id'].nunique():,} reports listed", nan, nan, nan, ""),
        "review-order": (order, area, low, high, ""),
    }


def page_names(reports: pd.DataFrame, source: str, *, show_text: bool = False) -> dict[str, str]:
    """What a page may call each report.

    Parameters
    ----------
    reports
        Column ``report_id``.
    source
        Where the reports come from. In a folder, the ids are file names, which may name a person.
    show_text
        Whether the page may show report text anyway.

    Returns
    -------
    dict
        report_id -> the id itself, or "document 1", ...
    """
    named_by_file = str(source) != BUNDLED and Path(source).expanduser().is_dir() and not show_text
    return {key: f"document {i + 1}" if named_by_file else key for i, key in enumerate(reports["report_id"])}


def written(table: pd.DataFrame, out: str | Path, *, evidence: bool) -> Path:
    """Write answers as CSV.

    Parameters
    ----------
    table
        As ``answer_table`` returns it.
    out
        The file.
    evidence
        Whether to write the evidence, which is report text; otherwise only its offsets are written.

    Returns
    -------
    pathlib.Path
        The file.
    """
    path = Path(out).expanduser()
    write_csv(table if evidence else table.drop(columns="evidence"), path, float_format="%.4f")
    return path
