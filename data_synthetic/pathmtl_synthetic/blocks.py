"""Larger blocks that several styles share: receptor sections, addenda, pasted earlier reports, diagnosis lines."""

from __future__ import annotations

import re
from datetime import timedelta

from pathmtl_synthetic import grading, receptors, sections, staging
from pathmtl_synthetic import identities as ids
from pathmtl_synthetic.case import grade
from pathmtl_synthetic.page import Page
from pathmtl_synthetic.sections import Field, section
from pathmtl_synthetic.text import sentences, wrap

#: A stage code in running text.
_CODE = re.compile(r"((?:\bc|\by?p|\b)(?:[TNM]\s?(?:is|[0-4X])(?:mi|[a-d])?)(?:\([a-z0-9+]+\))?)")


def receptor_section(page: Page, layout: str = "") -> str:
    """Receptors under their own header, as lines or as a sentence; with a revising addendum where that fires."""
    stated = sorted({"ER", "PR", "HER2"} & page.stated)
    if not stated:
        return ""
    revised = conflict(page, stated) if page.kind in ("resection", "excision") and page.fires("assay_conflict_addendum") else ""
    if revised:
        return revised
    layout = layout or page.write("[lines|lines|sentence|bullets]")
    if layout == "sentence":
        body = wrap(page, receptors.sentence(page) + ".")
    else:
        bullet = page.write("[- |* |]") if layout == "bullets" else ""
        body = "\n".join(f"{bullet}{label}: {value}" for label, value in receptors.fields(page))
    return section(page, "biomarkers", body)


def conflict(page: Page, stated: list[str]) -> str:
    """One marker is reported wrongly first and revised by an addendum; the rest as usual."""
    task = page.rng.choice(stated)
    case = page.case
    status = {"ER": case.er, "PR": case.pr, "HER2": case.her2}[task].status
    wrong = "Positive" if status == "Negative" else "Negative"
    results = receptors.results(page)
    label = next(result.label for result in results if result.task == task)
    first = [f"{r.label}: {r.value}" for r in results if r.task != task] + [f"{label}: {wrong}"]
    page.rng.shuffle(first)
    final = page.write("[ |: |: ]").join([label, page.state(task, status)])
    if task == "HER2":  # its assays were dropped with the result
        page.fired = {name: fired for name, fired in page.fired.items() if not name.startswith("her2_")}
    revision = page.write(
        "[Repeat|Additional|Repeated] [immunohistochemistry|staining|testing] [on block {b}|on the resection specimen|after "
        "[antigen retrieval|control failure]]: {final}. "
        "[This supersedes the earlier result|The previously issued result is revised accordingly|Please disregard the earlier "
        "result][.|; the clinician was informed.]",
        b=f"A{page.rng.randint(1, 9)}",
        final=final,
    )
    return section(page, "biomarkers", "\n".join(first)) + "\n\n" + section(page, "addendum", wrap(page, revision))


def copy_forward(page: Page) -> str:
    """An earlier biopsy pasted into the report, with values that are not this specimen's."""
    if page.kind != "resection" or not page.breast or "grade" not in page.stated or not page.fires("copy_forward"):
        return ""
    g = page.rng.choice([value for value in (1, 2, 3) if value != grade(page.case.tumour)])
    parts = [
        page.write(
            "[{side} breast, |]core biopsy: invasive [ductal |]carcinoma, [grade {g}|Nottingham grade {g}|grade {g} of 3]",
            side=page.case.tumour.side,
            g=g,
        )
    ]
    if {"ER", "PR"} <= page.stated and page.chance(0.5):
        parts.append(page.write("ER [positive|{p}%], PR [positive|negative]", p=page.rng.choice((60, 80, 90))))
    when = page.when - timedelta(days=page.rng.randint(12, 300))
    head = page.write("[PREVIOUS BIOPSY|PRIOR REPORT|Previous pathology|PRIOR MATERIAL|Copied from previous report]")
    return f"{head} ({ids.date_text(page.rng, when)}): {sentences(parts)}"


def diagnosis_line(page: Page, i: int = 0) -> list[str]:
    """The diagnosis of one tumour as a list of findings, the staging code among them."""
    out = [sections.diagnosis_name(page, i), sections.size_phrase(page, i)]
    grades = [grading.sentence(page, i), grading.in_situ_sentence(page, i)]
    out += grades if page.chance(0.65) else reversed(grades)
    if page.chance(0.6):
        out.append(sections.margins(page))
    return [part for part in out if part]


def stage_sentence(page: Page, i: int = 0) -> str:
    code = staging.combined_code(page, i)
    return page.write(staging.W.STAGE_SENTENCE, code=code) if code else ""


def node_part(page: Page, i: int = 0) -> str:
    return staging.node_sentence(page, i) if "N" in page.stated else ""


def sides(page: Page) -> list[int]:
    """Tumours in the order in which this document writes them; with two sides, either may come first."""
    if len(page.facts.order) > 1:
        page.note("bilateral")
    return list(page.facts.order)


def side_title(page: Page, i: int) -> str:
    side = (page.case.tumours[i].side or "").upper()
    return page.write(
        "[SYNOPTIC SUMMARY ({s} BREAST)|{s} BREAST|{s} BREAST SYNOPTIC REPORT|SYNOPTIC REPORT - {s} BREAST]", s=side
    )


def pad(fields: list[Field], page: Page) -> list[str]:
    """Fields as lines, in one of the layouts of checklists."""
    layout = page.rng.choice(("colon", "colon", "colon", "dots", "next", "dash", "caps", "equals"))
    if layout == "dots":
        return [f"{label} {'.' * max(3, 34 - len(label))} {value}" for label, value in fields]
    if layout == "next":
        return [line for label, value in fields for line in (f"{label}:", f"    {value}")]
    if layout == "dash":
        return [f"- {label}: {value}" for label, value in fields]
    if layout == "caps":
        return [f"{label.upper()}: {value}" for label, value in fields]
    if layout == "equals":
        return [f"{label} = {value}" if len(value) < 30 else f"{label}: {value}" for label, value in fields]
    return [f"{label}: {value}" for label, value in fields]


def shout(marked: str) -> str:
    """Capitals, except in stage codes: pT1c keeps its p and its c, as typists keep them."""
    return "".join(piece if k % 2 else piece.upper() for k, piece in enumerate(_CODE.split(marked)))
