"""The block of verdicts at the end of a results page: one row per claim, one final verdict each, and a sentence.

On a telephone each row becomes a card (``book/_static/pathmtl.css``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd
from IPython.display import HTML

from pathmtl.analysis.compare import HELD, NOT_HELD, PARTLY, TIE, UNTESTED
from pathmtl.paper.claims import judge, printed
from pathmtl.paper.evidence import Claim, Evidence, Verdict
from pathmtl.viz.page import listed

_ORDER = (HELD, PARTLY, TIE, NOT_HELD, UNTESTED)
#: Word -> its class in the style sheet, and a sign that does not rely on color.
_BADGES = {
    HELD: ("held", "✓"),
    PARTLY: ("partly", "◐"),
    TIE: ("tie", "≈"),
    NOT_HELD: ("not-held", "✗"),
    UNTESTED: ("untested", "–"),
}
_COUNTED = {
    HELD: ("held", "held"),
    PARTLY: ("held in part", "held in part"),
    TIE: ("is a tie", "are ties"),
    NOT_HELD: ("did not hold", "did not hold"),
    UNTESTED: ("cannot be tested here", "cannot be tested here"),
}
_NOTHING = Verdict(UNTESTED, reason="nothing is recorded")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def badge(word: str) -> str:
    """A verdict's word with its sign, as HTML."""
    name, sign = _BADGES[word]
    return f'<span class="verdict verdict-{name}"><span aria-hidden="true">{sign}</span> {word}</span>'


def verdict_block(
    claims: Sequence[Claim], final: Mapping[str, Verdict], live: Evidence | None = None, *, caption: str = "", links: bool = False
) -> HTML:
    """One row per claim with the paper's number, ours, the final verdict and its reason; then ``verdict_sentence``.

    Parameters
    ----------
    claims
        Such as ``paper.claims.on_page("table1_baseline")``.
    final
        Claim id -> its final verdict (``review.final_verdicts.final_verdicts``).
    live
        What was trained or evaluated in this run and is not recorded. It has a column of its own and changes no final verdict;
        it decides only where ``final`` has none.
    caption
        One sentence above the table.
    links
        Whether to link each claim to the page that holds its evidence.
    """
    here = {claim.id: judge(claim, live) for claim in claims} if live is not None else {}
    best = {claim.id: final.get(claim.id) or here.get(claim.id) or _NOTHING for claim in claims}
    rows = []
    for claim in claims:
        verdict, own = best[claim.id], here.get(claim.id)
        cells = {
            "Paper": escape(printed(claim)),
            "Recorded" if final else "Measured": escape(verdict.measured),
            **({"This run": f"{escape(own.measured)}<br><small>by itself: {own.word}</small>"} if own and final else {}),
            "Verdict": badge(verdict.word),
            "Why": escape(verdict.reason),
            **({"Evidence": f'<a href="{claim.evidence}.html">{claim.evidence}</a>'} if links and claim.evidence else {}),
        }
        rows.append((claim, cells))
    columns = list(dict.fromkeys(name for _, cells in rows for name in cells))
    if not any(cells["Why"] for _, cells in rows):
        columns.remove("Why")
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Claim", *columns))
    body = "\n".join(_row(claim, cells, columns) for claim, cells in rows)
    above = f"<caption>{escape(caption)}</caption>" if caption else ""
    table = f'<table class="pathmtl-table pathmtl-cards">{above}<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>'
    return HTML(f'{table}\n<p class="verdict-sentence">{escape(verdict_sentence(claims, best))}</p>')


def _row(claim: Claim, cells: Mapping[str, str], columns: Sequence[str]) -> str:
    place = f"<br><small>{escape(claim.place)}</small>" if claim.place else ""
    each = "".join(
        f'<td data-column="{name}"{"" if cells.get(name) else " data-empty"}>{cells.get(name) or "–"}</td>' for name in columns
    )
    return f'<tr><th scope="row">{escape(claim.says)}{place}</th>{each}</tr>'


def verdict_sentence(claims: Sequence[Claim], verdicts: Mapping[str, Verdict]) -> str:
    """How many of the claims got each verdict, as one sentence.

    Examples
    --------
    >>> claims = [Claim(name, name, "words", "V", "better") for name in "ab"]
    >>> verdict_sentence(claims, {"a": Verdict(HELD), "b": Verdict(TIE)})
    'Of two claims, one held and one is a tie.'
    """
    words = pd.Series([verdicts[claim.id].word for claim in claims], dtype=object)
    counts = words.value_counts()
    parts = [f"{_number(counts[word])} {_COUNTED[word][int(counts[word] > 1)]}" for word in _ORDER if word in counts]
    if len(claims) == 1:
        return f"The claim {_COUNTED[words[0]][0]}."
    if len(parts) == 1 and words[0] == UNTESTED:
        return "None of the claims can be tested here."
    if len(parts) == 1:
        return f"All {_number(len(claims))} claims {_COUNTED[words[0]][1]}."
    return f"Of {_number(len(claims))} claims, {listed(parts)}."


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else f"{count}"
