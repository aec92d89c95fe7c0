"""What makes real reports long: block keys, further specimens, stains, codes, procedural notes. None of it states a label."""

from __future__ import annotations

from pathmtl.synthetic.page import Page
from pathmtl.synthetic.wording import filler as W


def block_key(page: Page) -> str:
    """Which block holds what, as a list or as one run of text."""
    rng = page.rng
    table = W.BLOCK if page.breast else W.BLOCK_OTHER
    letter, at, entries = rng.choice("ABC"), 1, []
    for _ in range(rng.randint(3, 8)):
        last = at + rng.randint(1, 3)
        entries.append(page.write(table, k=letter, a=at, b=last))
        at = last + 1
    listed = "\n" + "\n".join(entries) if page.chance(0.6) else " " + "; ".join(entries) + "."
    return f"{page.write(W.BLOCK_KEY_TITLE)}:{listed}"


def more_specimens(page: Page) -> str:
    rng = page.rng
    table = W.MORE_SPECIMENS if page.breast else W.MORE_SPECIMENS_OTHER
    chosen = rng.sample(table, rng.randint(1, len(table)))
    return " ".join(
        page.write(
            line,
            x=f"{rng.uniform(1, 7):.1f}",
            y=f"{rng.uniform(0.8, 4):.1f}",
            z=f"{rng.uniform(0.3, 2):.1f}",
            n=rng.randint(2, 9),
        )
        for line in chosen
    )


def stains(page: Page) -> str:
    """A list of stains that are neither ER, PR nor HER2."""
    table = W.STAIN if page.breast else W.STAIN_OTHER
    chosen = page.rng.sample(table, page.rng.randint(2, 5))
    return page.write(W.STAIN_TITLE) + ":\n" + "\n".join(page.write(line, ki=page.rng.randint(2, 70)) for line in chosen)


def codes(page: Page) -> str:
    rng = page.rng
    topography, morphology = ("04000", "85003") if page.breast else ("28000", "81403")
    return page.write(
        W.CODES, c=rng.choice(("50", "18", "34", "61")), d=rng.randint(1, 9), n=rng.randint(2, 9), t=topography, m=morphology
    )


def procedural(page: Page, least: int = 1, most: int = 5) -> str:
    chosen = page.rng.sample(W.PROCEDURAL, page.rng.randint(least, most))
    return " ".join(
        page.write(line, ki=page.rng.choice((10, 20, 40, 60, 80)), k="A", n=page.rng.randint(1, 9)) for line in chosen
    )
