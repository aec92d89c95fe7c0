"""Short documents: terse, biopsy, addendum, benign."""

from __future__ import annotations

from pathmtl_synthetic import blocks, grading, receptors, sections, staging
from pathmtl_synthetic.page import Page
from pathmtl_synthetic.sections import section
from pathmtl_synthetic.styles.common import gross, history, join, micro, tail
from pathmtl_synthetic.text import sentences, wrap


def terse(page: Page) -> str:
    """A few lines and no more."""
    parts = [
        sections.where(page),
        sections.diagnosis_name(page),
        sections.size_phrase(page),
        grading.sentence(page),
        grading.in_situ_sentence(page),
        blocks.node_part(page) if page.chance(0.6) or page.has("node_counts_without_code") else "",
        staging.combined_code(page),
        receptors.sentence(page),
    ]
    text = page.write("[, |; |. ]").join(part for part in parts if part) + "."
    history = sections.history(page) if page.has("prior_stage_history") or page.chance(0.6) else ""
    return join([history, text, sections.comment(page) if page.deferred else ""], page, "\n")


def biopsy(page: Page) -> str:
    """A core biopsy: histology, grade, receptors; no stage."""
    lines = [*blocks.diagnosis_line(page)]
    where = f"{sections.where(page)}, {sections.procedure(page).lower()}:"
    body = (
        f"{where}\n" + "\n".join(f"- {line}" for line in lines)
        if page.chance(0.6)
        else wrap(page, sentences([f"{where} {lines[0]}", *lines[1:]]))
    )
    parts = [
        history(page),
        gross(page),
        section(page, "diagnosis", body),
        micro(page),
        blocks.receptor_section(page),
    ]
    if page.chance(0.4):
        parts[0], parts[2] = parts[2], parts[0]
    return join([*parts, *tail(page)], page)


def addendum_only(page: Page) -> str:
    """An addendum: receptors, now and then an amended stage."""
    if not page.stated:
        return join(
            [section(page, "addendum", wrap(page, page.write(sections.W.ADDENDUM_OTHER, n=page.rng.randint(2, 9)))), *tail(page)],
            page,
        )
    reason = page.write(sections.W.ADDENDUM_REASON, b=f"A{page.rng.randint(1, 9)}")
    body = [wrap(page, reason), blocks.receptor_section(page)]
    code = staging.combined_code(page)
    if code:
        body.append(page.write("[Amended|Revised|Updated] [stage|pathologic stage|TNM]: ") + code)
    g = grading.sentence(page)
    if g:
        body.append(wrap(page, sentences([g])))
    if page.chance(0.5):
        body.append(
            page.write("[The diagnosis remains unchanged|The original diagnosis is otherwise unchanged|See original report].")
        )
    parts = [section(page, "addendum", join(body, page, "\n")), *tail(page)]
    return join(parts, page)


def benign(page: Page) -> str:
    """No cancer: negated malignancy and nothing to extract."""
    body = page.write(sections.W.BENIGN)
    where = f"{page.case.tumour.side} breast, {page.write('[re-excision|excisional biopsy|margin excision]')}:"
    return join([history(page), section(page, "diagnosis", f"{where}\n{body}"), gross(page), *tail(page)], page)
