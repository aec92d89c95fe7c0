"""A short excerpt of the corpus for each phenomenon: where it shows, where the evidence stands, what labellers make of it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scipy.stats import binomtest

from pathmtl.schema import PAPER_TASKS
from pathmtl_synthetic.measure import Labeller
from pathmtl_synthetic.phenomena import PHENOMENA

_CODE = r"p?T[0-4]"
_EARLIER = r"(?i:history\s+of|prior|previous|known|status\s+post|hx\s+of|pmh|significant\s+for)[\s\S]{0,110}?"
#: Where a phenomenon shows in undamaged text. None: it is the damage itself, all over the report.
TRACES: dict[str, str | None] = {
    "prior_stage_history": rf"{_EARLIER}{_CODE}",
    "prior_names_node": rf"{_EARLIER}T\d\w?,?\s*p?N\d",
    "nuclear_grade_beside": r"(?i:nuclear\s+grade)",
    "in_situ_grade_beside": r"(?i:(?:in\s+situ|DCIS)[\s\S]{0,120}?grade|grade\s+of\s+DCIS|in\s+situ\s+component,\s+grade)",
    "dcis_only": r"(?i:ductal\s+carcinoma\s+in\s+situ|DCIS|intraductal\s+carcinoma)",
    "negated_malignancy": r"(?i:excision|resection):\s+[^.\n]*(?:\n[^.\n]+)?",
    "her2_fish_amplified": r"(?i:amplif|ratio|CEP17|CEN17)",
    "her2_fish_not_amplified": r"(?i:amplif|ratio|CEP17|CEN17)",
    "her2_fish_pending": r"(?i:(?:FISH|ISH)[^.]{0,40}(?:pending|follow|requested|ordered)|sent\s+for\s+FISH|reflex\s+to\s+FISH)",
    "her2_equivocal_wording": r"(?i:equivocal)",
    "her2_score_only": r"(?i:\b[013]\+|score:?\s+[013]|\(?0\)|\b0\b|0/3\+)",
    "her2_ratio_only": r"(?i:ratio|CEP17|CEN17)",
    "assay_conflict_addendum": r"(?i:supersedes|revised\s+accordingly|disregard\s+the\s+earlier)",
    "percentage_only_receptors": r"(?i:\d\s*%|less\s+than\s+1%)",
    "allred_score": r"(?i:allred|quick\s+score)",
    "h_score": r"(?i:H.score)",
    "compact_receptors": r"(?i:positive|negative|%|staining|expressed|immunoreactive|favorable)",
    "receptors_pending": r"(?i:(?:receptor|HER2|biomarkers|ER)[\s\S]{0,80}?(?:pending|ordered|performed|reported|see\s+prior))",
    "bilateral": r"(?i:\bright\b[\s\S]*\bleft\b|\bleft\b[\s\S]*\bright\b)",
    "multifocal": r"\(m\d?\)",
    "y_prefix": r"\byp\s?[TN]",
    "itc": r"(?i:i\+\)|isolated\s+tumor\s+cells)",
    "n1mi": r"N\s?1mi",
    "node_counts_without_code": r"(?i:\d+/\d+|\d+\s+of\s+\d+|nodes?\s+(?:with|involved|positive)|examined)",
    "size_without_code": r"(?i:\d\s?(?:cm|mm))",
    "pnx_stated": r"N\s?X",
    "roman_grade": r"(?i:\bI{1,3}\b)",
    "fractional_grade": r"[1-9]/[39]|of 3 \(score",
    "grade_in_words": r"(?i:differentiated|(?:low|intermediate|high)\s+grade)",
    "grade_components": r"(?i:tubul|architectural|\d\+\d\+\d)",
    "see_comment": r"(?i:see\s+(?:comment|note))",
    "copy_forward": r"(?i:previous|prior|copied\s+from)[^(\n]*\([^)]*\):",
    "abbreviations": None,
    "typos": None,
    "ocr_noise": None,
    "ocr_broken_order": None,
    "line_breaks_lost": None,
    "flattened_table": r"\S {2}\S[^\n]*\n[^\n]*\S {2}\S",
    "page_header": r"(?i:page\s+\d|--\s*\d\s*--)",
    "boilerplate_scores": r"(?i:ASCO/CAP\s+guideline|interpretation\s+of\s+estrogen|reference\s+range|chemical\s+scoring)",
    "planted_identifiers": r"(?i:MRN|DOB|D\.O\.B|patient|accession|hospital|signed|case\s+#|physician|surgeon|collected)",
    "her2_before_result": r"(?i:ventana|herceptest|in-house\s+validated|polymer\s+detection)",
    "t_without_prefix": r"\b[TN]\s?(?:is|[0-4X])",
    "code_spaced": r"\b[yp]+ [TN](?:\d|X|is)|\by?p?[TN] (?:\d|X|is)",
}
_AROUND, _LONGEST = 90, 620


@dataclass(frozen=True)
class Example:
    """One excerpt, what each labeller answers, and what the first labeller's failures are due to.

    pieces: the excerpt as (text, role), role "evidence", "trace", "cut" (something left out) or "".
    others: other phenomena of this report that touch the same task.
    alone, none: (wrong answers of the first labeller, reports) where this phenomenon is the only one that touches the task,
    and where no phenomenon does.
    cause: why the first labeller's failure is due to the phenomenon; "" where it is not, or where it does not fail.
    "words": without the words of the trace its answer is right. "alone": nothing else touches the task, and in such reports it
    fails more often than where no phenomenon does, beyond chance (one-sided binomial, p < 0.05).
    """

    phenomenon: str
    report_id: str
    style: str
    task: str
    truth: str
    pieces: tuple[tuple[str, str], ...]
    answers: dict[str, str]
    others: tuple[str, ...] = ()
    alone: tuple[int, int] = (0, 0)
    none: tuple[int, int] = (0, 0)
    cause: str = ""


def trace(phenomenon: str, text: str) -> re.Match | None:
    """Where the phenomenon shows in a text, None where it does not or has no place of its own."""
    pattern = TRACES[phenomenon]
    return re.search(pattern, text) if pattern else None


def examples(rows: Iterable[Mapping[str, str]], labellers: Mapping[str, Labeller]) -> list[Example]:
    """One example for each phenomenon that occurs in ``rows`` (of `generate.COLUMNS`), in the order of ``PHENOMENA``.

    A report whose wrong answer the phenomenon causes, if there is one; otherwise one that the first labeller gets right, so that
    no failure is listed under a title that did not cause it. Reports with few other phenomena, and short ones, come first.
    """
    rows = list(rows)
    first = next(iter(labellers.values()))
    wrong, counts = _failures(rows, first)
    found = []
    for name, phenomenon in PHENOMENA.items():
        fitting = [row for row in rows if name in _names(row) and (TRACES[name] is None or trace(name, row["text"]))]
        fitting.sort(key=lambda row: (row["phenomena"].count(";") + len(row["text"]) / 400, row["report_id"]))
        chances = {task: _chance(counts[task, name], counts[task, ""]) for task in phenomenon.tasks}
        likeliest = min(chances, key=chances.__getitem__, default="")
        misleads = likeliest if likeliest and chances[likeliest] < 0.05 else ""
        ranked = []
        for row in fitting:
            for task in [t for t in phenomenon.tasks if row[t]]:
                others, cause = _others(row, task, name), ""
                failed = wrong[row["report_id"], task]
                lone = not others or not counts[task, name][1]  # or never alone: then the words must do
                if failed and lone and _right_without(name, row, task, first):
                    cause = "words"
                elif failed and task == misleads and not others:
                    cause = "alone"
                ranked.append((not cause, failed and not cause, bool(others), len(ranked), row, task, others, cause))
            if ranked and ranked[-1][:3] == (False, False, False):
                break  # nothing better can come
        if ranked or fitting:
            *_, row, task, others, cause = min(ranked) if ranked else (fitting[0], "", (), "")
            answers = {who: (label(row["text"]).get(task) or "") if task else "" for who, label in labellers.items()}
            truth = row[task] if task else ""
            about = (others, counts[task, name], counts[task, ""], cause)
            found.append(Example(name, row["report_id"], row["style"], task, truth, _excerpt(row, name, task), answers, *about))
    return found


def _right_without(name: str, row: Mapping[str, str], task: str, label: Labeller) -> bool:
    """Would the answer be right if the words of the trace were blank?"""
    shown = trace(name, row["text"])
    if not shown:
        return False
    start, end = shown.span()
    return label(row["text"][:start] + " " * (end - start) + row["text"][end:]).get(task) == row[task]


def _names(row: Mapping[str, str]) -> list[str]:
    return [name for name in row["phenomena"].split(";") if name]


def _others(row: Mapping[str, str], task: str, name: str = "") -> tuple[str, ...]:
    """Phenomena of a report that touch the task, ``name`` left out."""
    return tuple(other for other in _names(row) if other != name and task in PHENOMENA[other].tasks)


def _failures(rows: Iterable[Mapping[str, str]], label: Labeller) -> tuple[dict, dict]:
    """Is the answer wrong, by (report, task); (wrong, all) by task and the one phenomenon that touches it ("" for none)."""
    wrong: dict[tuple[str, str], bool] = {}
    counts: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in rows:
        answers = label(row["text"])
        for task in PAPER_TASKS:
            if row[task]:
                failed = wrong[row["report_id"], task] = answers.get(task) != row[task]
                touching = _others(row, task)
                if len(touching) < 2:
                    key = task, "".join(touching)
                    counts[key] = counts[key][0] + failed, counts[key][1] + 1
    return wrong, counts


def _chance(alone: tuple[int, int], none: tuple[int, int]) -> float:
    """p of so many failures, if the phenomenon changed nothing; 1 without a report."""
    if not alone[1]:
        return 1.0
    return float(binomtest(*alone, none[0] / none[1] if none[1] else 0.5, alternative="greater").pvalue)


def _excerpt(row: Mapping[str, str], name: str, task: str) -> tuple[tuple[str, str], ...]:
    """Some words around the trace and around the evidence of the task, cut between them."""
    text = row["text"]
    marks = [(start, end, "evidence") for start, end, of in json.loads(row["evidence"]) if of == task]
    shown = trace(name, text)
    if shown and shown.end() - shown.start() < _LONGEST / 2:
        marks.append((*shown.span(), "trace"))
    elif shown:
        marks += [(shown.start(), shown.start() + 60, ""), (shown.end() - 60, shown.end(), "")]
    if not marks:
        marks = [(len(text) // 3, len(text) // 3 + 200, "")]
    windows: list[list[int]] = []
    for start, end, _ in sorted(marks):
        low, high = _line(text, max(0, start - _AROUND), -1), _line(text, min(len(text), end + _AROUND), 1)
        if windows and low <= windows[-1][1] + 40:
            windows[-1][1] = max(windows[-1][1], high)
        else:
            windows.append([low, high])
    pieces: list[tuple[str, str]] = []
    for low, high in windows:
        if low > 0:
            pieces.append(("", "cut"))
        pieces += _marked(text, low, high, marks)
    if windows[-1][1] < len(text):
        pieces.append(("", "cut"))
    return tuple(pieces)


def _line(text: str, at: int, step: int) -> int:
    """The word boundary nearest to ``at`` in the direction of ``step``."""
    while 0 < at < len(text) and not text[at - (step < 0)].isspace():
        at += step
    return at


def _marked(text: str, low: int, high: int, marks: list[tuple[int, int, str]]) -> list[tuple[str, str]]:
    """``text[low:high]`` in pieces of one role each; evidence goes before trace."""
    role_at = [""] * (high - low)
    for wanted in ("trace", "evidence"):
        for start, end, role in marks:
            if role == wanted:
                role_at[max(0, start - low) : max(0, min(high, end) - low)] = [role] * max(0, min(high, end) - max(low, start))
    pieces: list[tuple[str, str]] = []
    for offset, role in enumerate(role_at):
        character = text[low + offset]
        if pieces and pieces[-1][1] == role:
            pieces[-1] = (pieces[-1][0] + character, role)
        else:
            pieces.append((character, role))
    return pieces


#: Tasks in the order in which a gallery groups phenomena; one that touches several stands under the first.
def group(phenomenon: str) -> str:
    """The task under which a gallery lists a phenomenon: its only one, "receptors" for ER with PR, "all" for most of them."""
    tasks = PHENOMENA[phenomenon].tasks
    if len(tasks) == len(PAPER_TASKS) or not tasks:
        return "all"
    return "receptors" if "ER" in tasks and "T" not in tasks else tasks[0]
