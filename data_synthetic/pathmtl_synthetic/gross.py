"""The gross description: the specimen with the tumour, its nodes, further specimens, and which block holds what."""

from __future__ import annotations

from pathmtl_synthetic.facts import Specimen
from pathmtl_synthetic.page import Page
from pathmtl_synthetic.text import sentences
from pathmtl_synthetic.wording import gross as W

#: Length, width and height in centimetres, and grams for each cubic centimetre of the box around the organ.
_BOX = {
    "breast": ((5, 21), (4, 15), (2, 6.5), 0.5),
    "lung": ((11, 19), (8, 14), (3, 7), 0.25),
    "colon": ((14, 38), (4, 8), (2, 5), 0.5),
    "prostate": ((3.5, 5.5), (4, 6), (3, 5), 0.55),
}
#: Sentences about surroundings and ink by length of the report.
_MORE = ((0, 1), (1, 3), (2, 5), (4, 6))


def describe(page: Page) -> str:
    """All specimens in the order of their marks, and the key to the blocks where one is written."""
    if page.kind == "biopsy":
        return _cores(page)
    length, facts = page.facts.length, page.facts
    paragraphs = []
    for specimen in facts.specimens:
        write = {"tumour": _tumour, "nodes": _nodes, "extra": _extra}[specimen.role]
        paragraphs.append(sentences(write(page, specimen)))
    if page.chance((0.1, 0.4, 0.75, 0.95)[length]):
        paragraphs.append(block_key(page))
    return page.write("[ |\n]").join(paragraphs)


def _cores(page: Page) -> str:
    rng, t = page.rng, page.case.tumour
    return page.write(
        W.CORES[page.case.organ],
        n=rng.randint(3, 9),
        d=f"{rng.uniform(0.6, 2.2):.1f}",
        label=f"{t.side} {t.organ}" if t.side else t.site,
        f=rng.randint(7, 48),
        k="A",
        b_="A",
    )


def _slots(page: Page, specimen: Specimen) -> dict[str, object]:
    rng, t = page.rng, page.case.tumours[specimen.tumour]
    long, wide, high, grams = _BOX[page.case.organ]
    a, b, c = (rng.uniform(*span) for span in (long, wide, high))
    if page.breast:
        a, b = max(a, b, t.size / 10 + 1.5), max(min(a, b), t.size / 10 + 1)
    return {
        "label": f"{t.side} {t.organ}" if t.side else t.site,
        "a": f"{a:.1f}",
        "b": f"{b:.1f}",
        "c": f"{c:.1f}",
        "w": max(4, round(a * b * c * grams * rng.uniform(0.8, 1.15))),
        "k": specimen.mark,
        "b_": specimen.block,
        "n": rng.randint(4, 22),
        "f": rng.randint(7, 48),
        "d": f"{rng.uniform(0.2, 2.5):.1f}",
        "m": page.facts.margin,
        "site": t.site,
    }


def _tumour(page: Page, specimen: Specimen) -> list[str]:
    rng, t, organ = page.rng, page.case.tumours[specimen.tumour], page.case.organ
    slots = _slots(page, specimen)
    parts = [page.write(W.RECEIVED, what=page.write(W.SPECIMEN[organ], **slots), **slots)]
    seen = t.size or t.in_situ_size
    if t.residual and seen >= 4 and page.kind != "benign":
        # the gross size is a ruler's, a little off the microscope's
        x = max(0.3, seen / 10 + rng.choice((0, 0, 0.1, -0.1, 0.2)))
        size = {"x": f"{x:.1f}", "y": f"{x * rng.uniform(0.5, 0.95):.1f}", "z": f"{x * rng.uniform(0.4, 0.9):.1f}"}
        parts.append(page.write(W.TUMOUR[organ], **{**slots, **size, "n": rng.randint(2, 9)}))
    else:
        parts.append(page.write(W.NO_TUMOUR, x=slots["d"]))
    table = W.MORE[organ]
    low, high = _MORE[page.facts.length]
    more = rng.sample(table, min(len(table), rng.randint(low, high)))
    parts += [page.write(line, y=f"{rng.uniform(2, 5):.1f}", **slots) for line in more]
    if page.facts.length:
        parts.append(page.write(W.SUBMITTED, **slots))
    return parts


def _nodes(page: Page, specimen: Specimen) -> list[str]:
    rng = page.rng
    slots = {
        "k": specimen.mark,
        "b_": specimen.block,
        "basin": "axilla" if page.breast else "regional nodes",
        "n": rng.randint(2, 9),
        "count": page.case.nodes[specimen.tumour].examined,
        "x": f"{rng.uniform(2.5, 9):.1f}",
        "y": f"{rng.uniform(1.5, 5):.1f}",
        "d": f"{rng.uniform(0.4, 2.2):.1f}",
    }
    return [page.write(line, **slots) for line in W.NODES[: rng.randint(1, 1 + min(2, page.facts.length))]]


def _extra(page: Page, specimen: Specimen) -> list[str]:
    rng = page.rng
    what = page.write(
        W.EXTRA_GROSS[specimen.form],
        x=f"{rng.uniform(1.5, 7):.1f}",
        y=f"{rng.uniform(0.8, 4):.1f}",
        z=f"{rng.uniform(0.3, 2):.1f}",
        n=rng.randint(2, 9),
        w=rng.randint(60, 500),
    )
    return [page.write(W.RECEIVED[1:], what=what, k=specimen.mark, label=specimen.name)]


def block_key(page: Page) -> str:
    """Which block holds what, as a list or as one run of text; blocks are counted on from 1 within each specimen."""
    rng, entries = page.rng, []
    for specimen in page.facts.specimens:
        at = 1
        table = {"tumour": W.BLOCK_TUMOUR[page.case.organ], "nodes": W.BLOCK_NODES, "extra": W.BLOCK_EXTRA}[specimen.role]
        count = rng.randint(1, 2) if specimen.role != "tumour" else rng.randint(3, (4, 6, 9, 14)[page.facts.length])
        for _ in range(count):
            last = at + rng.randint(0, 3)
            where = f"{specimen.block}{at}" if last == at else f"{specimen.block}{at}-{specimen.block}{last}"
            entries.append(f"{where}: {page.write(table, n=rng.randint(1, 12))}")
            at = last + 1
    listed = "\n" + "\n".join(entries) if page.chance(0.6) else " " + "; ".join(entries) + "."
    return f"{page.write(W.BLOCK_KEY_TITLE)}:{listed}"
