"""The coverage loop (S1-A): which wordings mention a task although the oracle finds no answer, most frequent first.

A report that names a task ("Nottingham score ...") and gets no answer either leaves it open on purpose or uses a format that the
rules do not know. The words around each mention are reduced to a skeleton (numbers to ``#``, identifiers to tags), similar
skeletons are clustered, and the clusters are counted by report: the first rows are the rules to write next.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from pathmtl.deid.deidentify import deidentify
from pathmtl.oracle.engine import Answer, read_report
from pathmtl.schema import TASKS

Reader = Callable[[str], dict[str, Answer]]

#: What counts as a mention of a task. A code may have a subclass and another code behind it (pT2a, T3N0): that is a mention too.
MENTION: dict[str, re.Pattern[str]] = {
    task: re.compile(pattern)
    for task, pattern in {
        "T": r"(?<![A-Za-z])[cpyrma]{0,3}T\s?(?:[0-4Xl](?:mi|[a-d])?|is)(?![a-z0-9])"
        r"|\b(?i:primary tumou?r|t stage|tumou?r stage)\b",
        "N": r"(?<![A-Za-z])[cpyrma]{0,3}N\s?[0-3XOl](?:mi|[a-c])?(?![a-z0-9])|\b(?i:regional lymph nodes?|n stage|nodal stage)\b"
        r"|\b(?i:(?:positive|involved|metastatic) (?:lymph )?nodes?)\b",
        "M": r"(?<![A-Za-z])[cpyrma]{0,3}M\s?[01XOl][a-c]?(?![a-z0-9])|\b(?i:distant metastas[ie]s|m stage)\b",
        "grade": r"(?i:\b(?:histologic(?:al)?|nottingham|tumou?r|combined|overall|figo|nuclear)?\s?grad(?:e|ing)\b)"
        r"|(?i:\b(?:well|moderately|poorly)[ -]differentiated\b)",
        "ER": r"\bER\b|(?i:\b(?:o?estrogen)\s?receptors?\b)",
        "PR": r"\bPg?R\b|(?i:\bprogest(?:erone|in)\s?receptors?\b)",
        "HER2": r"(?i:\bher-?\s?2\b|\bc-?erb\s?-?b-?2\b)",
    }.items()
}
_BEFORE, _AFTER = 2, 6  # words of context of a skeleton
_SPAN = 60  # characters in which they are looked for
_WORD = re.compile(r"\[[A-Z]+\]|(?i:\bher-?2\b)|[A-Za-z]+|\d+(?:[.,]\d+)?|[%+/<>=-]")
_ALIKE = 0.6  # share of common words from which two skeletons are one wording


@dataclass
class _Cluster:
    words: frozenset[str]
    skeletons: Counter[str] = field(default_factory=Counter)
    reports: set[str] = field(default_factory=set)


def mentions(text: str, task: str) -> list[tuple[int, int]]:
    """(start, end) offsets of the places in a report that mention the task (``MENTION``)."""
    return [match.span() for match in MENTION[task].finditer(text)]


def named_tasks(reports: pd.DataFrame) -> pd.DataFrame:
    """Whether each report names each task or writes its code.

    Parameters
    ----------
    reports
        Columns report_id and text.

    Returns
    -------
    pandas.DataFrame
        Columns report_id, task, stated (bool); one row per report and task.
    """
    rows = [
        (report, task, bool(mentions(text, task)))
        for report, text in zip(reports["report_id"], reports["text"], strict=True)
        for task in TASKS
    ]
    return pd.DataFrame(rows, columns=["report_id", "task", "stated"])


def coverage(
    reports: pd.DataFrame, *, tasks: Sequence[str] = TASKS, show_text: bool = False, read: Reader = read_report
) -> pd.DataFrame:
    """Clusters of unparsed wordings, most frequent first.

    Parameters
    ----------
    reports
        Columns report_id and text.
    tasks
        The tasks to look at.
    show_text
        Add the column ``wording``, the most common skeleton of the cluster, de-identified. Without it the table holds counts
        only.
    read
        The oracle.

    Returns
    -------
    pandas.DataFrame
        One row per task, status (``not_stated`` or ``conflict``) and cluster; columns reports (that contain it) and share (of all
        reports that mention the task).
    """
    mentioning: Counter[str] = Counter()
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for report_id, text in zip(reports["report_id"].astype(str), reports["text"].astype(str), strict=True):
        named = [task for task in tasks if MENTION[task].search(text)]
        mentioning.update(named)
        answers = read(text)
        unparsed = [task for task in named if answers[task].value is None]
        # The whole report at once: a name that only the head introduces is known everywhere.
        clean = deidentify(text).text if unparsed else ""
        for task in unparsed:
            found[task, answers[task].status] += [(report_id, skeleton) for skeleton in _skeletons(task, clean)]
    rows = []
    for (task, status), places in found.items():
        for cluster in _clusters(places):
            row = {
                "task": task,
                "status": status,
                "reports": len(cluster.reports),
                "share": len(cluster.reports) / mentioning[task],
            }
            rows.append({**row, "wording": cluster.skeletons.most_common(1)[0][0]} if show_text else row)
    columns = ["task", "status", "reports", "share", *(["wording"] if show_text else [])]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["reports", "task"], ascending=[False, True], kind="stable", ignore_index=True)


def _clusters(places: Iterable[tuple[str, str]]) -> list[_Cluster]:
    """Skeletons (with the reports that hold them), gathered around the most frequent ones."""
    by_skeleton: dict[str, set[str]] = defaultdict(set)
    for report_id, skeleton in places:
        by_skeleton[skeleton].add(report_id)
    clusters: list[_Cluster] = []
    holding: dict[str, list[_Cluster]] = defaultdict(list)
    for skeleton, reports in sorted(by_skeleton.items(), key=lambda item: (-len(item[1]), item[0])):
        words = frozenset(skeleton.split())
        near = {id(cluster): cluster for word in words for cluster in holding[word]}.values()
        best = max(near, key=lambda cluster: _likeness(words, cluster.words), default=None)
        if best is None or _likeness(words, best.words) < _ALIKE:
            best = _Cluster(words)
            clusters.append(best)
            for word in words:
                holding[word].append(best)
        best.skeletons[skeleton] += len(reports)
        best.reports |= reports
    return clusters


def _skeletons(task: str, clean: str) -> list[str]:
    """The words around each mention in a de-identified text: lower case, numbers as ``#``, tags as they are."""
    out = []
    for start, end in mentions(clean, task):
        before = _WORD.findall(clean[max(0, start - _SPAN) : start])[-_BEFORE:]
        after = _WORD.findall(clean[end : end + _SPAN])[:_AFTER]
        words = [*before, *_WORD.findall(clean[start:end]), *after]
        out.append(" ".join("#" if word[0].isdigit() else word if word[0] == "[" else word.lower() for word in words))
    return out


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard similarity of two sets of words."""
    return len(one & other) / len(one | other)
