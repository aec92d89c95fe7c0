"""The microscopic description: what fits the case (invasive, in situ only, nothing left) and the settled facts."""

from __future__ import annotations

from pathmtl_synthetic.page import Page
from pathmtl_synthetic.text import sentences
from pathmtl_synthetic.wording import micro as W

#: Sentences beyond the first by length of the report.
_MORE = ((1, 2), (2, 4), (5, 9), (9, 15))


def describe(page: Page, short: bool = False) -> str:
    t, facts, organ = page.case.tumour, page.facts, page.case.organ
    if not t.residual:
        first = W.NOTHING_LEFT
    elif not t.invasive:
        first = W.IN_SITU if page.breast else W.CELLS
    else:
        first = W.INVASIVE[organ]
    pool = list(first[1:])
    if t.residual:
        pool += W.CELLS
    if t.invasive:
        pool += [page.rng.choice(W.VESSELS[facts.lymphovascular]), W.NERVES[facts.perineural]]
    pool += [*W.BACKGROUND[organ], *W.MORE]
    if page.breast and page.kind != "biopsy":
        pool += W.NIPPLE
    low, high = (1, 2) if short else _MORE[facts.length]
    chosen = page.rng.sample(range(len(pool)), min(len(pool), page.rng.randint(low, high)))
    if facts.length < 2:
        chosen.sort()
    lines = [page.write(line, n=5 * page.rng.randint(1, 9)) for line in [first[0], *(pool[k] for k in chosen)]]
    if facts.length > 1 and not short:
        for specimen in facts.specimens:
            if specimen.role == "extra":
                lines.append(page.write(W.EXTRA, k=specimen.mark, what=page.write(W.EXTRA_TISSUE[specimen.form])))
            elif specimen.role == "nodes" and facts.length == 3:
                lines.append(page.write(W.NODE_METHOD, k=specimen.mark))
    return sentences(lines)
