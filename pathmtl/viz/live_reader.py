"""One report read for the book's live page: the oracle, the naive rules and de-identification, as HTML.

The page *Try it* runs this module in the reader's browser (Pyodide), so what it imports is pure Python: no pandas, no plotting.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from html import escape

from pathmtl.baselines.naive import naive_answers
from pathmtl.deid.deidentify import deidentify
from pathmtl.deid.patterns import TAG
from pathmtl.oracle.engine import Answer, read_report
from pathmtl.schema import task_title
from pathmtl.viz.colors import IDENTIFIER_COLORS, TASK_COLORS
from pathmtl.viz.html import annotated, highlight

_NAMES = {"oracle": "The oracle", "naive": "The naive rules"}


def read_live(text: str) -> dict[str, object]:
    """Read one report for the live page.

    Parameters
    ----------
    text : str
        The report.

    Returns
    -------
    dict
        ``labels``: for "oracle" and "naive" a class (or None) per task. ``html``: the parts "oracle", "naive" (the marked report
        and a table of the seven answers) and "deid" (the report without its identifiers). ``summary``: for the same three one
        sentence without report text, for a screen reader to announce.
    """
    readers = {"oracle": read_report(text), "naive": naive_answers(text)}
    parts, summary = {}, {}
    for name, other in (("oracle", "naive"), ("naive", "oracle")):
        answers = readers[name]
        parts[name] = annotated(text, answers) + _table(answers, readers[other], _NAMES[other])
        summary[name] = _summary(answers, readers[other], _NAMES[name], _NAMES[other])
    parts["deid"], summary["deid"] = _without_identifiers(text)
    labels = {name: {task: answer.value for task, answer in answers.items()} for name, answers in readers.items()}
    return {"labels": labels, "html": parts, "summary": summary}


def read_json(text: str) -> str:
    """`read_live` as JSON, which crosses from Python to JavaScript at once."""
    return json.dumps(read_live(text))


def _words(answer: Answer) -> str:
    return answer.value or answer.status.replace("_", " ")


def _table(answers: Mapping[str, Answer], others: Mapping[str, Answer], other_name: str) -> str:
    """The answers of one reader with the other's where it differs; each cell names its column for the layout on a phone."""
    with_sections = any(answer.section for answer in answers.values())
    columns = ["Answer", "Evidence", *(["Section"] if with_sections else []), "Rule", other_name]
    rows = []
    for task, answer in answers.items():
        evidence = escape(" ".join(answer.evidence.split()))
        rule = escape(answer.rule) + (f" ({escape(answer.note)})" if answer.note else "")
        same = answer.value == others[task].value
        cells = {
            "Answer": f"<strong>{escape(answer.value)}</strong>" if answer.value else f"<em>{_words(answer)}</em>",
            "Evidence": f"<q>{evidence}</q>" if evidence else "–",
            "Section": escape((answer.section or "–").replace("_", " ")),
            "Rule": rule if answer.status != "not_stated" else "–",
            columns[-1]: "the same" if same else f"<strong>differs: {escape(_words(others[task]))}</strong>",
        }
        swatch = f'<span class="live-swatch" style="background:{TASK_COLORS[task]}"></span>'
        body = "".join(f'<td data-column="{name}"{" data-empty" * (cells[name] == "–")}>{cells[name]}</td>' for name in columns)
        rows.append(f'<tr data-task="{task}"><th scope="row">{swatch}{escape(task_title(task))}</th>{body}</tr>')
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Question", *columns))
    caption = "<caption>Seven questions, and what answers each.</caption>"
    return f'<table class="live-answers">{caption}<thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _summary(answers: Mapping[str, Answer], others: Mapping[str, Answer], name: str, other_name: str) -> str:
    silent = [task for task, answer in answers.items() if not answer.value]
    differing = [task for task, answer in answers.items() if answer.value != others[task].value]
    said = f"{name}: {len(answers) - len(silent)} of {len(answers)} answered"
    said += f"; not stated or in conflict: {', '.join(silent)}." if silent else "."
    other_name = other_name.lower()
    return said + (f" Differs from {other_name} on {', '.join(differing)}." if differing else f" Same answers as {other_name}.")


def _without_identifiers(text: str) -> tuple[str, str]:
    result = deidentify(text)
    tags = [(match.start(), match.end(), match[0][1:-1]) for match in TAG.finditer(result.text)]
    counts = Counter(span.kind for span in result.redactions)
    found = ", ".join(f"{count} {kind}" for kind, count in counts.most_common()) or "none"
    said = f"Identifiers replaced: {found}. Read the text before you share it: patterns miss some."
    return highlight(result.text, tags, IDENTIFIER_COLORS), said
