"""Styles of running text and bullets: narrative, bulleted, UK, dictated, multi-specimen, outside consultation."""

from __future__ import annotations

from pathmtl_synthetic import blocks, microscopy, receptors, sections
from pathmtl_synthetic import gross as macroscopy
from pathmtl_synthetic import identities as ids
from pathmtl_synthetic.blocks import shout
from pathmtl_synthetic.page import Page
from pathmtl_synthetic.sections import section
from pathmtl_synthetic.styles.common import gross, history, intraop, join, micro, narrative_body, specimens, tail
from pathmtl_synthetic.text import sentences, wrap


def narrative(page: Page) -> str:
    """Prose throughout: the stage is a sentence in the diagnosis."""
    parts = [
        history(page),
        intraop(page),
        gross(page),
        blocks.copy_forward(page),
        micro(page),
        section(page, "diagnosis", narrative_body(page)),
        blocks.receptor_section(page, "sentence"),
    ]
    if page.chance(0.4):
        parts[0], parts[5] = parts[5], parts[0]
    return join([*parts, *tail(page)], page)


def bulleted(page: Page) -> str:
    """A diagnosis of bullets, as many US cancer centres write it."""
    bullet = page.rng.choice(("- ", "* ", "-- ", "• ", "  - "))
    lines = []
    for k, i in enumerate(blocks.sides(page)):
        lines.append(f"{k + 1}). {sections.where(page, i).upper()}; {sections.procedure(page).upper()}:")
        items = [*blocks.diagnosis_line(page, i), blocks.node_part(page, i), blocks.stage_sentence(page, i)]
        if not items[-1] and page.chance(0.5):
            items.append(page.write("[Specimen radiograph reviewed|Biopsy clip identified]"))
        lines += [bullet + item for item in items if item]
    lines += [bullet + extra for extra in sections.without_tumour(page)]
    body = "\n".join(lines)
    if page.chance(0.5):
        body = shout(body)
    return join(
        [
            history(page),
            specimens(page),
            section(page, "diagnosis", body),
            blocks.copy_forward(page),
            blocks.receptor_section(page),
            intraop(page),
            gross(page),
            micro(page),
            *tail(page),
        ],
        page,
    )


def uk(page: Page) -> str:
    """UK report after the RCPath dataset: macroscopy, microscopy, conclusion."""
    parts = [history(page), gross(page)]
    body = [microscopy.describe(page, short=page.facts.length < 2)]
    for i in blocks.sides(page):
        body.append(sentences([*blocks.diagnosis_line(page, i), blocks.node_part(page, i)]))
    body += sections.without_tumour(page)
    parts.append(section(page, "micro", "\n".join(wrap(page, part) for part in body if part)))
    parts.append(blocks.receptor_section(page))
    conclusion = []
    for i in blocks.sides(page):
        code = blocks.stage_sentence(page, i)
        conclusion.append(sentences([f"{sections.where(page, i)}: {sections.diagnosis_name(page, i)}", code]))
    parts.append(section(page, "diagnosis", "\n".join(conclusion)))
    text = join([*parts, *tail(page)], page)
    for us, british in (
        ("tumor", "tumour"),
        ("Tumor", "Tumour"),
        ("gray", "grey"),
        ("color", "colour"),
        ("center", "centre"),
        ("hemorrhag", "haemorrhag"),
    ):
        text = text.replace(us, british)
    return text


def dictated(page: Page) -> str:
    """One dictated paragraph after another, with dictation's fillers."""
    i = 0
    lines = [
        *blocks.diagnosis_line(page, i),
        blocks.node_part(page, i),
        *sections.without_tumour(page),
        blocks.stage_sentence(page, i),
    ]
    lead = page.write(
        "[Thank you for referring this {age} year old patient. |This is a dictated report. |]",
        age=ids.age_text(page.identity, page.when),
    )
    body = lead + sentences(
        [
            sections.history(page),
            macroscopy.describe(page) if page.facts.length else "",
            microscopy.describe(page, short=page.facts.length < 2),
            *lines,
            receptors.sentence(page),
            sections.comment(page) if page.deferred or page.chance(0.5) else "",
        ]
    )
    return join([wrap(page, body), wrap(page, sections.disclaimer(page)) if page.chance(0.5) else ""], page)


def multi_specimen(page: Page) -> str:
    """Lettered specimens, the stage under the one with the tumour."""
    entries, extras = [], iter(sections.without_tumour(page))
    for specimen in page.facts.specimens:
        i = specimen.tumour
        if specimen.role == "nodes":
            basin = "[sentinel lymph node|axillary lymph nodes|lymph nodes, level I]" if page.breast else "regional lymph nodes"
            name = f"{page.case.tumours[i].side or ''} {page.write(basin)}, excision:".strip()
            entry = f"{name}\n   {blocks.node_part(page, i)}."
        elif specimen.role == "extra":
            entry = next(extras) + "."
        else:
            lines = [*blocks.diagnosis_line(page, i), blocks.stage_sentence(page, i)]
            findings = "\n".join(f"   {line}." for line in lines if line)
            entry = f"{sections.where(page, i)}, {sections.procedure(page).lower()}:\n{findings}"
        entries.append(f"{specimen.mark}. {entry}")
    blocks.sides(page)
    if page.chance(0.4):
        entries = [shout(entry) for entry in entries]
    body = "\n".join(entries)
    return join(
        [
            history(page),
            section(page, "diagnosis", body),
            blocks.copy_forward(page),
            blocks.receptor_section(page),
            intraop(page),
            gross(page),
            micro(page),
            *tail(page),
        ],
        page,
    )


def outside_consult(page: Page) -> str:
    """A review of another laboratory's slides."""
    who = page.identity
    intro = page.write(
        "[Slides received for review|Outside slides submitted for second opinion|Consultation material received] "
        "from {h}, [their number |case |]{a}. "
        "[{n} H&E slides and {m} immunostains were examined.|We reviewed {n} slides.]",
        h=ids.mark("HOSPITAL", f"{who.town} Community Hospital"),
        a=ids.accession(page.rng, page.when),
        n=page.rng.randint(2, 30),
        m=page.rng.randint(1, 9),
    )
    agree = page.write(
        "[We agree with the original diagnosis|Diagnosis confirmed on review|In our opinion the diagnosis is as follows]"
    )
    return join(
        [
            section(page, "specimen", wrap(page, intro)),
            history(page),
            section(page, "diagnosis", agree + ".\n" + narrative_body(page)),
            blocks.receptor_section(page),
            *tail(page),
        ],
        page,
    )
