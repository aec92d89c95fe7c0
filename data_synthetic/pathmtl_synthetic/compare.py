"""Synthetic beside real reports: length, vocabulary, headers, habits of wording, and how easily a classifier tells them apart.

Aggregates only: nothing here returns or keeps text.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence

#: How often a habit of pathologists occurs: the same patterns over real and synthetic text.
HABITS = {
    "any pT code": r"\b[yc]?pT\s?(?:is|[0-4lO])",
    "any pN code": r"\bp?N\s?[0-3O](?:mi|[abc])?\b",
    "node count n/m": r"\b\d{1,2}\s?/\s?\d{1,2}\b",
    "Roman grade": r"grade\s*:?\s*I{1,3}\b",
    "nuclear grade": r"nuclear grade",
    "differentiated": r"(?:well|moderately|poorly)[ -]differentiated",
    "a percentage": r"\d\s?%",
    "ER or estrogen receptor": r"\bER\b|o?estrogen",
    "HER2 named": r"her-?\s?2",
    "2+": r"\b2\+",
    "FISH": r"\bFISH\b",
    "in situ": r"in[ -]situ",
    "see comment or note": r"see (?:comment|note)",
    "addendum": r"addendum",
    "page header": r"page \d+ of \d+",
    "frozen section": r"frozen section",
    "history of": r"history of",
    "negative for": r"negative for",
}
_HABITS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in HABITS.items()}
_HEADERS = re.compile(
    r"\b(final diagnosis|diagnosis|gross description|microscopic description"
    r"|clinical history|specimens?|comment|"
    r"addendum|synoptic|intraoperative consultation)\b\s*[:(]",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]{2,}")
#: Distinct words are counted over equally many words of both: a larger corpus has more of them for no better reason.
VOCABULARY_WORDS = 25_000


def describe(texts: Iterable[str]) -> dict[str, float]:
    """Figures of a set of reports: words a report (deciles), distinct words, headers a report, share with each habit."""
    flat = [" ".join(text.split()) for text in texts]
    lengths = [len(text.split()) for text in flat]
    words = [word for text in flat for word in _WORD.findall(text.lower())]
    cut = statistics.quantiles(lengths, n=10)
    figures: dict[str, float] = {
        "reports": len(flat),
        "words, 1st decile": round(cut[0]),
        "words, median": round(statistics.median(lengths)),
        "words, 9th decile": round(cut[8]),
        "distinct words": len(set(words)),
        f"distinct in {VOCABULARY_WORDS:,} words": len(set(words[:VOCABULARY_WORDS])),
        "section headers a report": sum(len(_HEADERS.findall(text)) for text in flat) / len(flat),
    }
    return figures | {name: sum(bool(p.search(text)) for text in flat) / len(flat) for name, p in _HABITS.items()}


def told_apart(real: Sequence[str], synthetic: Sequence[str]) -> float:
    """AUROC, five-fold cross-validated, of a bag-of-words classifier that tells real reports from synthetic (0.5: it cannot)."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline

    texts = [" ".join(text.split()) for text in (*real, *synthetic)]
    model = make_pipeline(TfidfVectorizer(token_pattern=r"[A-Za-z]{2,}", sublinear_tf=True), LogisticRegression(max_iter=1000))
    return float(cross_val_score(model, texts, [1] * len(real) + [0] * len(synthetic), cv=5, scoring="roc_auc").mean())


def beside(real: Sequence[Mapping[str, str]], synthetic: Sequence[Mapping[str, str]]) -> list[dict[str, object]]:
    """One row a figure: real and synthetic, all reports and breast only, and last the classifier's AUROC.

    Rows are mappings with ``text`` and ``cancer_type`` (TCGA codes). Needs at least five reports of each, breast included.
    """
    groups = {"all": ([r["text"] for r in real], [r["text"] for r in synthetic])}
    groups["breast"] = tuple([r["text"] for r in rows if r["cancer_type"] == "BRCA"] for rows in (real, synthetic))
    columns = {
        f"{kind}, {name}": describe(t)
        for name, pair in groups.items()
        for kind, t in zip(("real", "synthetic"), pair, strict=True)
    }
    rows: list[dict[str, object]] = [
        {"figure": name, **{column: values[name] for column, values in columns.items()}} for name in columns["real, all"]
    ]
    same = {name: min(len(a), len(b)) for name, (a, b) in groups.items()}
    auroc = {name: told_apart(a[: same[name]], b[: same[name]]) for name, (a, b) in groups.items()}
    rows.append({"figure": "told apart by a bag of words, AUROC"} | {column: auroc[column.split(", ")[1]] for column in columns})
    return rows
