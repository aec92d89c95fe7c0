"""Styles built on a checklist: CAP synoptic, two-column table, post-neoadjuvant."""

from __future__ import annotations

from pathmtl_synthetic import blocks, sections
from pathmtl_synthetic.page import Page
from pathmtl_synthetic.sections import section
from pathmtl_synthetic.styles.common import gross, history, intraop, join, micro, short_diagnosis, specimens, tail


def synoptic(page: Page) -> str:
    """CAP checklist after a short diagnosis."""
    parts = [history(page), specimens(page), short_diagnosis(page), blocks.copy_forward(page)]
    own_section = page.chance(0.5)
    order = blocks.sides(page)
    for i in order:
        lines = blocks.pad(sections.synoptic_fields(page, i, receptor_rows=not own_section), page)
        parts.append(
            f"{blocks.side_title(page, i)}:\n" + "\n".join(lines)
            if len(order) > 1
            else section(page, "synoptic", "\n".join(lines))
        )
    rest = [intraop(page), gross(page), micro(page)]
    if own_section:
        rest.append(blocks.receptor_section(page))
    page.rng.shuffle(rest)
    if page.chance(0.3):
        parts[1:1] = rest
        rest = []
    return join([*parts, *rest, *tail(page)], page)


def tabular(page: Page) -> str:
    """A two-column table; flattened, its columns are read one after the other in short runs."""
    fields = sections.synoptic_fields(page, 0)
    width = max(len(label) for label, _ in fields) + 2
    if page.fires("flattened_table"):
        rows = []
        for k in range(0, len(fields), 3):
            run = fields[k : k + 3]
            rows.append("  ".join(label for label, _ in run))
            rows.append("  ".join(value for _, value in run))
    elif page.chance(0.5):
        rows = [f"| {label:<{width}} | {value} |" for label, value in fields]
    else:
        rows = [f"{label:<{width}}  {value}" for label, value in fields]
    parts = [
        history(page),
        short_diagnosis(page) if page.facts.length or page.chance(0.5) else "",
        section(page, "synoptic", "\n".join(rows)),
        gross(page),
        micro(page),
    ]
    return join([*parts, *tail(page)], page)


def post_neoadjuvant(page: Page) -> str:
    """A resection after treatment, with response fields."""
    rng = page.rng
    response = [
        (label, page.write(value, a=f"{rng.uniform(0.5, 5):.1f}", b=f"{rng.uniform(0.4, 4):.1f}"))
        for label, value in sections.W.RESPONSE[page.case.tumour.residual]
    ]
    own_section = page.chance(0.5)
    lines = blocks.pad(sections.synoptic_fields(page, 0, receptor_rows=not own_section) + response, page)
    parts = [history(page), short_diagnosis(page), section(page, "synoptic", "\n".join(lines))]
    if own_section:
        parts.append(blocks.receptor_section(page))
    return join([*parts, gross(page), micro(page), *tail(page)], page)
