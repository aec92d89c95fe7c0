"""Sections under their headers, as the styles arrange them; how many of them are written follows the document's length."""

from __future__ import annotations

from pathmtl_synthetic import blocks, filler, microscopy, sections
from pathmtl_synthetic import gross as macroscopy
from pathmtl_synthetic.page import Page
from pathmtl_synthetic.sections import section
from pathmtl_synthetic.text import sentences, wrap


def join(parts: list[str], page: Page, gap: str = "") -> str:
    """Parts that hold anything, one gap between them throughout."""
    gap = gap or page.rng.choice(("\n\n", "\n\n", "\n"))
    return gap.join(part for part in parts if part)


def _shown(page: Page, brief: float, usual: float) -> bool:
    """Whether a section that no label needs is written: by length (long reports hold all of them)."""
    return page.chance((brief, usual, 0.9, 1.0)[page.facts.length])


def history(page: Page) -> str:
    """Clinical history under its header; always where an earlier stage is to stand in it."""
    if page.facts.length == 0 and not ("T" in page.stated or page.chance(0.6)):
        return ""
    return section(page, "history", wrap(page, sections.history(page)))


def gross(page: Page) -> str:
    """Gross description under its header."""
    return section(page, "gross", wrap(page, macroscopy.describe(page))) if _shown(page, 0.25, 1.0) else ""


def intraop(page: Page) -> str:
    """A frozen section, now and then."""
    if page.kind not in ("resection", "excision") or not page.chance((0.05, 0.2, 0.45, 0.6)[page.facts.length]):
        return ""
    return section(page, "intraop", wrap(page, sections.intraoperative(page)))


def micro(page: Page) -> str:
    """Microscopy under its header."""
    return section(page, "micro", wrap(page, microscopy.describe(page))) if _shown(page, 0.15, 0.7) else ""


def comment(page: Page) -> str:
    """A comment; always where something was deferred to it."""
    shown = page.deferred or page.chance((0.25, 0.55, 0.8, 0.95)[page.facts.length])
    return section(page, "comment", wrap(page, sections.comment(page))) if shown else ""


def tail(page: Page) -> list[str]:
    """Comment, stains, gene tests, notes, codes and disclaimer, in the order of the house."""
    length = page.facts.length
    cancer = page.kind not in ("benign", "addendum")
    resected = page.kind in ("resection", "excision")
    closing = [
        wrap(page, filler.procedural(page)) if page.chance((0.15, 0.45, 0.7, 0.9)[length]) else "",
        wrap(page, sections.disclaimer(page)) if page.chance((0.35, 0.6, 0.75, 0.85)[length]) else "",
        filler.codes(page) if page.chance(0.15) else "",
        section(page, "molecular", wrap(page, filler.molecular(page)))
        if page.case.tumour.invasive and cancer and page.chance(0.12 * length)
        else "",
        filler.handling(page) if resected and page.chance((0, 0.05, 0.2, 0.5)[length]) else "",
        filler.earlier_cases(page) if page.has("planted_identifiers") and page.chance((0, 0.03, 0.1, 0.3)[length]) else "",
    ]
    page.rng.shuffle(closing)
    stains = ""
    if cancer and page.chance((0.02, 0.12, 0.3, 0.6)[length]):
        stains = filler.stain_table(page) if length > 1 and page.chance(0.5) else filler.stains(page)
    return [comment(page), stains, *closing]


def specimens(page: Page) -> str:
    """The list of specimens received."""
    received = page.facts.specimens
    if page.kind == "biopsy" and not received:
        return ""
    basin = page.write("[sentinel lymph node|axillary contents|lymph nodes]") if page.breast else "regional lymph nodes"
    after = page.write("[. |) |: ]")
    lines = []
    for specimen in received:
        tumour = f"{sections.where(page, specimen.tumour)}, {sections.procedure(page).lower()}"
        names = {"tumour": tumour, "nodes": basin, "extra": specimen.name}
        lines.append(f"{specimen.mark}{after}{names[specimen.role]}")
    return section(page, "specimen", "\n".join(lines))


def short_diagnosis(page: Page) -> str:
    """A diagnosis that leaves the findings to the checklist."""
    lines, extras, shouted = [], iter(sections.without_tumour(page)), page.chance(0.5)
    for specimen in page.facts.specimens:
        if specimen.role == "tumour":
            name = f"{sections.where(page, specimen.tumour)}, {sections.procedure(page)}:"
            body = f"{sections.diagnosis_name(page, specimen.tumour)}. {page.write('[See synoptic report.|See summary below.|]')}"
            lines.append(f"{specimen.mark}. {name.upper() if shouted else name}\n   {body}")
        elif specimen.role == "extra":
            lines.append(f"{specimen.mark}. {next(extras)}")
    return section(page, "diagnosis", "\n".join(lines))


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
    parts += sections.without_tumour(page)
    return "\n".join(wrap(page, part) for part in parts if part)
