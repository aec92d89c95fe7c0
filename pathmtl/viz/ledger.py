"""The ledger as a page shows it: one bar per part of the paper, and one card per claim on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from pathmtl.analysis.compare import HELD, NOT_HELD, PARTLY, TIE, UNTESTED
from pathmtl.paper.final import Final, count_words
from pathmtl.viz.style import COLORS, closed
from pathmtl.viz.verdict_cards import badge

_COLORS = {
    HELD: COLORS["green"],
    PARTLY: COLORS["sky"],
    TIE: COLORS["orange"],
    NOT_HELD: COLORS["vermilion"],
    UNTESTED: "#d9d9d9",
}


def verdict_bars(finals: Sequence[Final]) -> Figure:
    """One bar per part of the paper: how many of its claims ended with each verdict.

    Parameters
    ----------
    finals : sequence of Final
        As ``paper.final.final_verdicts`` returns them.
    """
    parts = list(dict.fromkeys(final.part for final in finals))[::-1]
    counts = [count_words([final for final in finals if final.part == part]) for part in parts]
    figure, axes = plt.subplots(figsize=(7.4, 0.5 * len(parts) + 1.1))
    left = np.zeros(len(parts))
    for word, color in _COLORS.items():
        widths = np.array([each[word] for each in counts])
        axes.barh(parts, widths, left=left, color=color, edgecolor="white", label=word)
        for y, (start, width) in enumerate(zip(left, widths, strict=True)):
            if width:
                axes.text(start + width / 2, y, str(width), ha="center", va="center", fontsize=9)
        left += widths
    axes.set_xlabel("Claims")
    axes.grid(False)
    axes.tick_params(axis="y", length=0)
    figure.legend(loc="outside upper center", ncols=len(_COLORS), fontsize=8.5)
    return closed(figure)


def claims_table(finals: Sequence[Final], caption: str) -> str:
    """One row per claim, with its final verdict, confidence and reason; on a phone each row is a card.

    Parameters
    ----------
    finals : sequence of Final
        The claims of one part.
    caption : str
        One sentence above the table.
    """
    columns = ("Section", "Verdict", "Confidence", "Paper", "Measured", "Reason", "Evidence")
    rows = []
    for final in finals:
        claim = final.claim
        quote = f"<br><small><q>{escape(claim.quote.strip('| '))}</q></small>" if claim.quote else ""
        page = claim.evidence
        cells = {
            "Section": "our question" if final.is_ours else escape(claim.place),
            "Verdict": badge(final.word),
            "Confidence": final.confidence,
            "Paper": escape(final.printed),
            "Measured": escape(final.measured),
            "Reason": escape(final.reason),
            "Evidence": f'<a href="{page}.html">{page.replace("_", " ")}</a>' if page else "–",
        }
        body = "".join(
            f'<td data-column="{name}"{" data-empty" * (cells[name] in ("–", ""))}>{cells[name]}</td>' for name in columns
        )
        head = f"{escape(claim.says)}{quote}"
        rows.append(f'<tr id="claim-{claim.id}"><th scope="row">{head}</th>{body}</tr>')
    titles = "".join(f'<th scope="col">{name}</th>' for name in ("Claim", *columns))
    return (
        f'<table class="pathmtl-table pathmtl-cards"><caption>{escape(caption)}</caption><thead><tr>{titles}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
