"""The sections of a document, each a marked string, shared by all styles."""

from __future__ import annotations

import textwrap

from pathmtl.synthetic import grading, receptors, staging
from pathmtl.synthetic import identities as ids
from pathmtl.synthetic.markup import mark
from pathmtl.synthetic.page import Page
from pathmtl.synthetic.wording import prose as W
from pathmtl.synthetic.wording import receptors as WR

Field = tuple[str, str]


def header(page: Page, kind: str) -> str:
    table = W.HEADERS_UK if page.uk else W.HEADERS
    return page.rng.choice(table[kind])


def section(page: Page, kind: str, body: str) -> str:
    """A header and its body, on one line or two."""
    if not body.strip():
        return ""
    head = header(page, kind)
    colon = "" if page.chance(0.1) else ":"
    return f"{head}{colon}{' ' if page.chance(0.25) else chr(10)}{body}"


def wrap(page: Page, text: str, width: int | None = None) -> str:
    """Fill each paragraph to a line width; page headers may fall in mid-sentence later, because lines end there."""
    width = width or page.rng.choice((72, 80, 88, 100))
    return "\n".join(
        "\n".join(textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)) for line in text.split("\n")
    )


def sentences(parts: list[str]) -> str:
    """Join sentences, each with a capital and a full stop."""
    out = [part.strip() for part in parts if part and part.strip()]
    out = [part[0].upper() + part[1:] for part in out]
    return " ".join(part if part.endswith((".", ":", "!")) else part + "." for part in out)


def centimetres(page: Page, mm: float) -> str:
    return page.write((f"{mm / 10:.1f} cm", f"{mm / 10:.1f} cm", f"{mm:g} mm")) if mm >= 1.5 else f"{mm:g} mm"


def where(page: Page, i: int = 0) -> str:
    """``left breast, upper outer quadrant``."""
    t = page.case.tumours[i]
    if t.organ == "prostate":
        return "prostate and seminal vesicles"
    if t.organ == "colon":
        return t.site
    return f"{t.organ}, {t.side}, {t.site}" if page.chance(0.4) else f"{t.side} {t.organ}, {t.site}"


def procedure(page: Page) -> str:
    """The operation: the same words wherever the document names it."""
    if not page.procedure:
        if page.breast:
            table = W.PROCEDURE.get(page.kind, W.PROCEDURE["excision"])
        else:
            table = W.PROCEDURE_OTHER[page.case.organ] if page.kind == "resection" else "[Biopsy|Endoscopic biopsy|Needle biopsy]"
        page.procedure = page.write(table)
    return page.procedure


def history(page: Page) -> str:
    t = page.case.tumour
    parts = [
        page.write(
            W.HISTORY[page.case.organ],
            age=ids.age_text(page.identity, page.when),
            side=t.side or "",
            site=t.site,
            mm=page.rng.randint(4, 50),
            bi=page.rng.choice(("4", "4C", "5")),
            psa=f"{page.rng.uniform(4, 19):.1f}",
        )
    ]
    if page.case.treated:
        parts.append(page.write(W.TREATED))
    if "T" in page.stated and page.fires("prior_stage_history"):
        parts.insert(page.rng.randint(0, 1), staging.prior_stage(page))
    elif page.breast and page.chance(0.4):
        parts.append(page.write(W.FAMILY, n=page.rng.randint(35, 70)))
    return sentences(parts)


def gross(page: Page) -> str:
    rng, t = page.rng, page.case.tumour
    if page.kind == "biopsy":
        return page.write(W.CORE_GROSS, n=rng.randint(2, 8), d=f"{rng.uniform(0.6, 2.2):.1f}")
    slots = {
        "label": (f"{t.side} {t.organ}" if t.side else t.site),
        "w": rng.randint(18, 900),
        "a": f"{rng.uniform(4, 22):.1f}",
        "b": f"{rng.uniform(3, 15):.1f}",
        "c": f"{rng.uniform(1, 7):.1f}",
        "k": rng.choice("ABC"),
        "n": rng.randint(4, 22),
        "m": rng.randint(8, 55),
        "f": rng.randint(7, 48),
        "d": f"{rng.uniform(0.2, 2.5):.1f}",
    }
    parts = [page.write(W.GROSS, **slots)]
    seen = t.size or t.in_situ_size
    if t.residual and seen >= 4 and page.kind != "benign":
        # the gross size is a ruler's, a little off the microscope's
        x = max(0.3, seen / 10 + rng.choice((0, 0, 0.1, -0.1, 0.2)))
        parts.append(
            page.write(
                W.GROSS_TUMOUR,
                x=f"{x:.1f}",
                y=f"{x * rng.uniform(0.5, 0.95):.1f}",
                z=f"{x * rng.uniform(0.4, 0.9):.1f}",
                d=slots["d"],
                site=t.site,
            )
        )
    else:
        parts.append(page.write(W.GROSS_BENIGN))
    endings = W.GROSS_END if page.kind == "resection" else W.GROSS_END[:-1]  # the last line is about nodes
    parts += [page.write(template, **slots) for template in rng.sample(endings, rng.randint(2, len(endings)))]
    if "N" in page.stated:
        slots.update(
            k="D",
            basin="axilla" if page.breast else "regional nodes",
            n=rng.randint(1, 6),
            count=page.case.node.examined,
            x=f"{rng.uniform(0.8, 9):.1f}",
            y=f"{rng.uniform(0.5, 5):.1f}",
        )
        parts += [page.write(template, **slots) for template in W.GROSS_NODES[: rng.randint(1, len(W.GROSS_NODES))]]
    return sentences(parts)


def micro(page: Page, short: bool = False) -> str:
    table = [line for line in W.MICRO if page.breast or not any(word in line for word in W.MICRO_OTHER_SKIP)]
    chosen = sorted(page.rng.sample(range(len(table)), page.rng.randint(2, 3) if short else page.rng.randint(3, 6)))
    more = [] if short else page.rng.sample(W.MICRO_MORE, page.rng.randint(0, 3))
    return sentences([page.write(line) for line in [*(table[k] for k in chosen), *more]])


def intraoperative(page: Page) -> str:
    """A frozen section that agrees with the final node status."""
    if "N" not in page.stated or (page.case.node.positive and page.case.node.largest < 3):
        return ""
    table = W.INTRAOP[page.case.node.positive > 0]
    return sentences(
        [
            page.write(table, d=page.rng.randint(2, 15)),
            page.write(W.INTRAOP_CALL, h=page.rng.randint(8, 17), m=page.rng.randint(10, 59)),
        ]
    )


def diagnosis_name(page: Page, i: int = 0) -> str:
    """Histology, or its absence after treatment."""
    name = page.case.tumours[i].histology
    if not page.case.tumours[i].residual:
        return page.write(
            "[no residual invasive carcinoma|no residual carcinoma identified|complete pathologic response, no residual tumor]"
        )
    if name == "invasive ductal carcinoma" and page.chance(0.35):
        name = page.write(
            "[infiltrating ductal carcinoma|invasive mammary carcinoma, ductal type|infiltrating duct "
            "carcinoma|invasive carcinoma, NST]"
        )
    return name


def size_phrase(page: Page, i: int = 0) -> str:
    t = page.case.tumours[i]
    if not t.invasive or t.size == 0:
        return page.write("spanning {s}", s=centimetres(page, t.in_situ_size)) if t.in_situ_size and page.chance(0.6) else ""
    text = page.write(
        "[{s}|measuring {s}|{s} in greatest dimension|largest dimension {s}|max. diameter {s}]", s=centimetres(page, t.size)
    )
    if t.foci > 1 and page.has("multifocal"):
        others = ", ".join(centimetres(page, max(1.5, round(t.size * page.rng.uniform(0.2, 0.9)))) for _ in range(t.foci - 1))
        text += page.write(
            "[; additional foci {o}|, with further foci of {o}|; multifocal ({n} foci, others {o})]", o=others, n=t.foci
        )
    return text


def margins(page: Page) -> str:
    return page.write(
        W.MARGIN, d=page.rng.randint(1, 14), dc=f"{page.rng.uniform(0.1, 1.5):.1f}", m=page.rng.choice(W.MARGIN_NAME)
    )


def negated(page: Page) -> str:
    if page.breast and page.kind in ("resection", "excision") and page.fires("negated_malignancy"):
        return page.write(W.NEGATED, side=page.case.tumour.side or "", m=page.rng.choice(W.MARGIN_NAME))
    return ""


def extra_fields(page: Page, count: int) -> list[Field]:
    chosen = page.rng.sample(W.EXTRA_FIELDS if page.breast else W.EXTRA_FIELDS[:5], min(count, 5))
    focality = "Multiple foci" if page.case.tumour.foci > 1 else "Single focus"
    return [(a, page.write(b, d=page.rng.randint(1, 20), focality=focality)) for a, b in chosen]


def comment(page: Page) -> str:
    parts = list(page.deferred)
    page.deferred.clear()
    for template in page.rng.sample(W.COMMENT, page.rng.randint(0 if parts else 1, 4)):
        parts.append(page.write(template, n=page.rng.randint(1, 9), ki=page.rng.choice((5, 10, 12, 15, 20, 25, 30, 45, 60))))
    pending = receptors.pending(page)
    if pending:
        parts.append(pending)
    return sentences(parts)


def disclaimer(page: Page) -> str:
    parts = [page.write(line) for line in page.rng.sample(W.DISCLAIMER, page.rng.randint(1, 4))]
    if page.breast and page.fires("boilerplate_scores"):
        parts.insert(page.rng.randint(0, len(parts)), page.write(WR.DISCLAIMER))
    return sentences(parts)


def synoptic_fields(page: Page, i: int = 0, receptor_rows: bool = True) -> list[Field]:
    """Everything a CAP checklist would hold about tumour ``i``."""
    t = page.case.tumours[i]
    out: list[Field] = (
        [("Procedure", procedure(page)), ("Specimen Laterality", t.side.capitalize())]
        if t.side
        else [("Procedure", procedure(page))]
    )
    out.append((page.write("[Tumor Site|Tumor location|Site]"), t.site))
    out.append((page.write("[Histologic Type|Histologic type|Tumor type|Diagnosis]"), diagnosis_name(page, i).capitalize()))
    if t.size:
        out.append(
            (page.write("[Tumor Size|Tumor size|Size of invasive component|Greatest dimension]"), centimetres(page, t.size))
        )
    blocks = [grading.fields(page, i), grading.in_situ_fields(page, i), extra_fields(page, page.rng.randint(1, 4))]
    page.rng.shuffle(blocks)
    for block in blocks:
        out += block
    if "N" in page.stated:
        out += staging.node_fields(page, i)
    out += staging.stage_fields(page, i)
    if receptor_rows and i == 0:
        rows = receptors.fields(page)
        at = page.rng.choice((len(out), len(out), max(0, len(out) - 3)))
        out[at:at] = rows
    return out


def identifiers(page: Page) -> tuple[str, str]:
    """Head and foot of the document: title, demographics, signature; marked identifiers where the phenomenon fires."""
    rng, who = page.rng, page.identity
    if not page.fires("planted_identifiers"):
        return (page.write(W.TITLE) if page.chance(0.6) else ""), ""
    rows = [
        rng.choice(("Patient: ", "Patient Name: ", "Name: ", "PATIENT: ")) + ids.patient_name(rng, who),
        rng.choice(("MRN: ", "MRN ", "Med Rec #: ", "Medical Record Number: ", "Hospital No: ")) + mark("MRN", who.mrn),
        rng.choice(("DOB: ", "Date of Birth: ", "D.O.B. ")) + ids.date_text(rng, who.born),
        rng.choice(("Accession #: ", "Accession No: ", "Case #: ", "Specimen #: ", "Lab no. ")) + ids.accession(rng, page.when),
        rng.choice(("Collected: ", "Date of Procedure: ", "Received: ", "Date Collected: ")) + ids.date_text(rng, page.when),
        rng.choice(("Physician: ", "Ordering Physician: ", "Surgeon: ", "Submitting MD: ", "Requested by: "))
        + ids.doctor(rng, who.physician),
    ]
    rng.shuffle(rows)
    rows = rows[: rng.randint(3, 6)]
    if page.chance(0.35):
        extra = ids.extra_lines(rng, who, page.when)
        rows += rng.sample(extra, rng.randint(1, 2))
    top = [mark("HOSPITAL", who.hospital if page.chance(0.7) else who.hospital.upper())] if page.chance(0.7) else []
    if page.chance(0.8):
        top.append(page.write(W.TITLE))
    joiner = rng.choice(("\n", "\n", "    ", "  "))
    columns = 1 if joiner == "\n" else 2
    body = "\n".join(joiner.join(rows[k : k + columns]) for k in range(0, len(rows), columns))
    signed = page.write("[Electronically signed by|Reported by|Pathologist:|Signed out by|Authorised by] ") + ids.doctor(
        rng, who.pathologist
    )
    foot = [signed + (" on " + ids.date_text(rng, page.when) if page.chance(0.6) else "")] if page.chance(0.85) else []
    if page.chance(0.15):
        foot.append(
            page.write("[Called to|Discussed with|Telephoned to] ")
            + ids.doctor(rng, who.physician, degree=False)
            + " on "
            + ids.date_text(rng, page.when)
        )
    if page.chance(0.1):
        foot.append("cc: " + ids.doctor(rng, who.resident))
    return "\n".join([*top, body]), "\n".join(foot)
