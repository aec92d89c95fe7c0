"""The sections of a document, each a marked string, shared by all styles."""

from __future__ import annotations

from pathmtl_synthetic import grading, receptors, staging
from pathmtl_synthetic import identities as ids
from pathmtl_synthetic.markup import mark
from pathmtl_synthetic.page import Page
from pathmtl_synthetic.text import sentences
from pathmtl_synthetic.wording import clinical as WC
from pathmtl_synthetic.wording import gross as WG
from pathmtl_synthetic.wording import prose as W
from pathmtl_synthetic.wording import receptors as WR

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
        table = W.PROCEDURE.get(page.kind, W.PROCEDURE["excision"])
        if not page.breast:
            table = (W.PROCEDURE_OTHER if page.kind == "resection" else W.BIOPSY_OTHER)[page.case.organ]
        elif page.kind == "resection":
            table = table[page.case.node is not None and page.case.node.sentinel]
        page.procedure = page.write(table, operation=W.COLECTOMY.get(page.case.tumour.site, ""))
    return page.procedure


def history(page: Page) -> str:
    """Presentation, treatment, an earlier cancer where that fires, and more of it the longer the report."""
    t, rng = page.case.tumour, page.rng
    seen = t.size or t.in_situ_size or 15
    female, years = page.identity.female, ids.age(page.identity, page.when)
    slots = {
        "age": ids.age_text(page.identity, page.when),
        "side": t.side or "",
        "site": t.site,
        "mm": max(3, round(seen * rng.uniform(0.7, 1.3))),
        "bi": rng.choice(("4", "4C", "5")),
        "psa": f"{rng.uniform(4, 19):.1f}",
        "n": rng.randint(2, 20),
        "age2": rng.randint(35, 70),
        "woman": page.write("[woman|female|lady]" if years < 55 else "[woman|female|postmenopausal woman|lady]")
        if female
        else "man",
        "sex": "F" if female else "M",
        "person": "woman" if female else "man",
    }
    parts = [page.write(WC.BENIGN_HISTORY if page.kind == "benign" else WC.HISTORY[page.case.organ], **slots)]
    if page.case.treated:
        parts.append(page.write(WC.TREATED, **slots))
    if "T" in page.stated and page.fires("prior_stage_history"):
        parts.insert(rng.randint(0, 1), staging.prior_stage(page))
    elif page.breast and female and page.chance(0.4):
        parts.append(page.write(WC.FAMILY, **slots))
    more = [*WC.MORE[""], *(WC.MORE["breast"] if page.breast else ())]
    if page.kind in ("resection", "excision"):
        more += WC.MORE["operation"]
    parts += [
        page.write(line, **slots) for line in rng.sample(more, rng.randint(*((0, 0), (0, 1), (0, 3), (1, 5))[page.facts.length]))
    ]
    return sentences(parts)


def intraoperative(page: Page) -> str:
    """A frozen section of nodes, further specimens and margins that agrees with what was found in the end."""
    rng, node = page.rng, page.case.node
    parts = []
    for specimen in page.facts.specimens:
        if specimen.role == "nodes" and specimen.tumour == 0 and (not node.positive or node.largest >= 3):
            parts.append(page.write(W.INTRAOP_NODE[node.positive > 0], k=specimen.mark))
        elif specimen.role == "extra" and page.facts.length > 1:
            parts.append(page.write(W.INTRAOP_EXTRA, k=specimen.mark, name=specimen.name))
    if not page.facts.involved and (parts or page.breast):
        parts.append(page.write(W.INTRAOP_MARGIN, d=page.facts.distance))
    if not parts:
        return ""
    return sentences([*parts, page.write(W.INTRAOP_CALL, h=rng.randint(8, 17), m=rng.randint(10, 59))])


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
    if page.kind == "biopsy":
        return page.write(W.CORE_EXTENT, mm=page.rng.randint(2, 14), k=page.rng.randint(2, 4))
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
    """The margin status settled for this document; none on a biopsy."""
    if page.kind == "biopsy":
        return ""
    facts = page.facts
    what = "Invasive carcinoma" if page.case.tumour.invasive else "In situ carcinoma"
    return page.write(
        W.MARGIN_INVOLVED if facts.involved else W.MARGIN_CLEAR,
        d=facts.distance,
        dc=f"{facts.distance / 10:.1f}",
        m=facts.margin,
        what=what,
    )


def without_tumour(page: Page) -> list[str]:
    """Diagnoses of the further specimens, none of which holds cancer: ``B. New medial margin, excision: no tumor seen``."""
    verb = page.write("[excision|excision|resection|re-excision]")
    out = []
    for specimen in page.facts.specimens:
        if specimen.role == "extra":
            side = (
                f"{page.case.tumour.side} breast, "
                if page.breast and "contralateral" not in specimen.name and page.chance(0.4)
                else ""
            )
            out.append(f"{side}{specimen.name}, {verb}: {page.write(WG.EXTRA_DIAGNOSIS[specimen.form])}")
    return out


def extra_fields(page: Page, count: int) -> list[Field]:
    """Checklist items that no label depends on, in agreement with the settled facts."""
    facts = page.facts
    table: tuple[Field, ...] = (
        ("Lymphovascular Invasion", "[Present|Identified]" if facts.lymphovascular else "[Not identified|Absent]"),
        ("Margins", "Positive: {m}" if facts.involved else "[Negative|Uninvolved by invasive carcinoma|Free]"),
        ("Distance from closest margin", "0 mm ({m})" if facts.involved else "{d} mm ({m})"),
        ("Tumor focality", "Multiple foci" if page.case.tumour.foci > 1 else "Single focus"),
        *W.EXTRA_FIELDS,
        *(() if page.case.treated else (("Treatment effect", "[No known presurgical therapy|Not applicable]"),)),
        *(
            W.EXTRA_FIELDS_BREAST
            if page.breast
            else (("Perineural Invasion", "Present" if facts.perineural else "Not identified"),)
        ),
    )
    chosen = page.rng.sample(table, min(count, len(table)))
    return [(a, page.write(b, d=facts.distance, m=facts.margin)) for a, b in chosen]


def comment(page: Page) -> str:
    parts = list(page.deferred)
    page.deferred.clear()
    breast = W.COMMENT_BREAST if page.case.er.status == "Positive" else W.COMMENT_BREAST[1:]
    cancer = page.breast and page.kind != "benign"
    table = (*W.COMMENT, *(breast if cancer else ()), *(W.COMMENT_LONG if page.facts.length > 1 else ()))
    for template in page.rng.sample(table, page.rng.randint(0 if parts else 1, (2, 3, 5, 8)[page.facts.length])):
        parts.append(page.write(template, n=page.rng.randint(1, 9), ki=page.facts.ki67))
    pending = receptors.pending(page)
    if pending:
        parts.append(pending)
    return sentences(parts)


def disclaimer(page: Page) -> str:
    parts = [page.write(line) for line in page.rng.sample(W.DISCLAIMER, page.rng.randint(1, 2 + page.facts.length))]
    if page.breast and page.kind != "benign" and page.fires("boilerplate_scores"):
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
    blocks = [
        grading.fields(page, i),
        grading.in_situ_fields(page, i),
        extra_fields(page, page.rng.randint(1, 4) + 2 * page.facts.length),
    ]
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
    foot = [signed + (" on " + ids.date_text(rng, page.facts.signed) if page.chance(0.6) else "")] if page.chance(0.85) else []
    if page.chance(0.15):
        foot.append(
            page.write("[Called to|Discussed with|Telephoned to] ")
            + ids.doctor(rng, who.physician, degree=False)
            + " on "
            + ids.date_text(rng, page.facts.signed)
        )
    if page.chance(0.1):
        foot.append("cc: " + ids.doctor(rng, who.resident))
    return "\n".join([*top, body]), "\n".join(foot)
