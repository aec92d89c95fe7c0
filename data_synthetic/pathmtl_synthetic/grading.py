"""How a document states the histologic grade, and the other grades that stand beside it."""

from __future__ import annotations

from pathmtl_synthetic.case import grade, nottingham
from pathmtl_synthetic.page import Page
from pathmtl_synthetic.wording import grading as W

Field = tuple[str, str]


def _slots(page: Page, i: int) -> dict[str, object]:
    tumour = page.case.tumours[i]
    g = grade(tumour)
    return {
        "g": g,
        "r": W.ROMAN[g],
        "words": W.WORDS[g],
        "Words": W.WORDS[g].capitalize(),
        "level": W.LEVEL[g],
        "total": nottingham(tumour),
        "lo": W.SCORE_RANGE[g],
        "t": tumour.tubules,
        "n": tumour.nuclear,
        "m": tumour.mitoses,
    }


def form(page: Page) -> str:
    """One notation per document: roman, fraction, words or plain."""
    for name in ("roman_grade", "fractional_grade", "grade_in_words"):
        if name == "fractional_grade" and not page.breast:
            continue
        if page.fires(name):
            return name
    return "plain"


def value(page: Page, i: int = 0, labelled: bool = False) -> str:
    """The histologic grade in the document's notation, marked. ``labelled``: a field label stands before it."""
    table = {
        "roman_grade": W.ROMAN_FORM,
        "fractional_grade": W.FRACTION_FORM,
        "grade_in_words": W.WORDS_FORM if page.breast else W.WORDS_FORM_OTHER[:2],
        "plain": W.PLAIN if page.breast else W.PLAIN_OTHER,
    }[form(page)]
    text = page.write(table, **_slots(page, i))
    if not labelled and text[:1].isdigit():
        text = (
            page.write("[grade|Grade|Nottingham grade|histologic grade] " if page.breast else "[grade|Grade|histologic grade] ")
            + text
        )
    return page.state("grade", text, i)


def components(page: Page, i: int = 0) -> str:
    return page.write(W.COMPONENT_SENTENCE, **_slots(page, i))


def nuclear_slots(number: int) -> dict[str, object]:
    return {"n": number, "N": W.ROMAN[number], "level": W.LEVEL[number]}


def fields(page: Page, i: int = 0) -> list[Field]:
    """Grade, components and nuclear grade as labelled fields, nuclear grade first as often as not."""
    out: list[Field] = []
    tumour = page.case.tumours[i]
    if not tumour.invasive:
        return out
    stated = "grade" in page.stated
    if stated:
        label = page.write(W.LABEL if page.breast else W.LABEL_OTHER)
        if i == 0 and page.kind in ("resection", "excision") and page.fires("see_comment"):
            page.deferred.append(page.write(W.SENTENCE if page.breast else W.SENTENCE_OTHER, value=value(page, i)) + ".")
            out.append((label, "see comment"))
        else:
            out.append((label, value(page, i, labelled=True)))
    if page.breast and stated and page.fires("grade_components"):
        slots = _slots(page, i)
        block = [(a, page.write(b, **slots)) for a, b in page.rng.choice(W.COMPONENTS)]
        out = block + out if page.chance(0.5) else out + block
    if page.breast and stated and page.fires("nuclear_grade_beside"):
        field = (page.write(W.NUCLEAR_FIELD), page.write(W.NUCLEAR_VALUE, **nuclear_slots(tumour.nuclear)))
        out = [field, *out] if page.chance(0.75) else [*out, field]
    return out


def sentence(page: Page, i: int = 0) -> str:
    """The grade as a sentence, with components or nuclear grade when those fired ("" where the grade is not stated)."""
    tumour = page.case.tumours[i]
    if not tumour.invasive or "grade" not in page.stated:
        return ""
    text = page.write(W.SENTENCE if page.breast else W.SENTENCE_OTHER, value=value(page, i))
    if page.breast and page.fires("grade_components"):
        text += " " + components(page, i)
    if page.breast and page.fires("nuclear_grade_beside"):
        nuclear = page.write("[nuclear|Nuclear] grade [is |]{v}", v=page.write(W.NUCLEAR_WORDS, **nuclear_slots(tumour.nuclear)))
        text = f"{nuclear[0].upper()}{nuclear[1:]}. {text}" if page.chance(0.75) else f"{text}; {nuclear}"
    return text


def in_situ_sentence(page: Page, i: int = 0) -> str:
    """The in-situ component; its grade only where the phenomenon fires."""
    tumour = page.case.tumours[i]
    if not tumour.in_situ or not page.breast:
        return ""
    if tumour.invasive and not page.fires("in_situ_grade_beside"):
        return page.write(
            "[Ductal carcinoma in situ|DCIS|In situ carcinoma] [is also present|also present|identified], {p} [pattern|type]",
            p=page.rng.choice(W.PATTERN),
        )
    return page.write(
        W.IN_SITU_SENTENCE,
        **nuclear_slots(tumour.in_situ_grade),
        pattern=page.rng.choice(W.PATTERN),
        share=page.rng.choice((5, 10, 15, 20, 25, 40, 60)) if tumour.invasive else 100,
    )


def in_situ_fields(page: Page, i: int = 0) -> list[Field]:
    tumour = page.case.tumours[i]
    if not tumour.in_situ or not page.breast:
        return []
    out = [
        (
            page.write("[Ductal Carcinoma In Situ (DCIS)|DCIS|Ductal carcinoma in situ]"),
            page.write("[Present|present|Identified]"),
        ),
        ("Architectural pattern" if page.chance(0.5) else "Pattern", page.rng.choice(W.PATTERN)),
    ]
    if not tumour.invasive or page.fires("in_situ_grade_beside"):
        out.append((page.write(W.IN_SITU_FIELD), page.write(W.IN_SITU_VALUE, **nuclear_slots(tumour.in_situ_grade))))
    if page.chance(0.5):
        out.append(("Necrosis", page.write("[Present, central|Not identified|Focal|Present]")))
    return out
