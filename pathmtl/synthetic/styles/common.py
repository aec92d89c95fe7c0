"""Sections under their headers, as the styles arrange them."""

from __future__ import annotations

from pathmtl.synthetic import blocks, filler, sections
from pathmtl.synthetic.page import Page
from pathmtl.synthetic.sections import section, sentences, wrap


def join(parts: list[str], page: Page, gap: str = "") -> str:
    """Parts that hold anything, one gap between them throughout."""
    gap = gap or page.rng.choice(("\n\n", "\n\n", "\n"))
    return gap.join(part for part in parts if part)


def history(page: Page) -> str:
    """Clinical history under its header."""
    return section(page, "history", wrap(page, sections.history(page)))


def gross(page: Page) -> str:
    """Gross description under its header."""
    parts = [sections.gross(page)]
    if page.kind in ("resection", "excision"):
        parts += [filler.more_specimens(page)] if page.chance(0.5) else []
        parts += [filler.block_key(page)] if page.chance(0.45) else []
    return section(page, "gross", wrap(page, page.write("[ |\n]").join(parts)))


def intraop(page: Page) -> str:
    """A frozen section, now and then."""
    return section(page, "intraop", wrap(page, sections.intraoperative(page))) if page.chance(0.3) else ""


def micro(page: Page) -> str:
    """Microscopy under its header."""
    return section(page, "micro", wrap(page, sections.micro(page)))


def comment(page: Page) -> str:
    """A comment; always where something was deferred to it."""
    return section(page, "comment", wrap(page, sections.comment(page))) if page.deferred or page.chance(0.65) else ""


def tail(page: Page) -> list[str]:
    """Comment, stains, notes, codes and disclaimer, in the order of the house."""
    closing = [
        wrap(page, filler.procedural(page)) if page.chance(0.5) else "",
        wrap(page, sections.disclaimer(page)) if page.chance(0.6) else "",
        filler.codes(page) if page.chance(0.15) else "",
    ]
    page.rng.shuffle(closing)
    return [comment(page), filler.stains(page) if page.chance(0.15) else "", *closing]


def specimens(page: Page) -> str:
    """The list of specimens."""
    names = [f"{sections.where(page, i)}, {sections.procedure(page).lower()}" for i in range(len(page.case.tumours))]
    if "N" in page.stated:
        names.append(page.write("[sentinel lymph node|axillary contents|lymph nodes]") if page.breast else "regional lymph nodes")
    mark = page.rng.choice(("A. ", "1. ", "A) ", "#1 "))
    return section(
        page,
        "specimen",
        "\n".join(f"{mark.replace('A', 'ABCD'[k]).replace('1', str(k + 1))}{name}" for k, name in enumerate(names)),
    )


def short_diagnosis(page: Page) -> str:
    """A diagnosis that leaves the findings to the checklist."""
    lines = []
    for k, i in enumerate(blocks.sides(page)):
        name = f"{sections.where(page, i)}, {sections.procedure(page)}:"
        body = f"{sections.diagnosis_name(page, i)}. {page.write('[See synoptic report.|See summary below.|]')}"
        lines.append(f"{'ABC'[k]}. {name if page.chance(0.5) else name.upper()}\n   {body}")
    return section(page, "diagnosis", "\n".join(line for line in [*lines, sections.negated(page)] if line))


def narrative_body(page: Page) -> str:
    """Diagnosis, grade, nodes and stage in sentences, one paragraph a side."""
    parts = []
    for i in blocks.sides(page):
        lines = blocks.diagnosis_line(page, i)
        parts.append(
            sentences(
                [
                    f"{sections.where(page, i)}, {sections.procedure(page).lower()}: {lines[0]}",
                    *lines[1:],
                    blocks.node_part(page, i),
                    blocks.stage_sentence(page, i),
                ]
            )
        )
    parts.append(sections.negated(page))
    return "\n".join(wrap(page, part) for part in parts if part)
