"""How a document states ER, PR and HER2: status, percentage, Allred or H-score; IHC then FISH."""

from __future__ import annotations

from dataclasses import dataclass

from pathmtl_synthetic.case import Receptor
from pathmtl_synthetic.page import Page
from pathmtl_synthetic.wording import receptors as W

Field = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """A marker's label and its result, marked."""

    task: str
    label: str
    value: str


def scale(page: Page) -> str:
    """One scale per document: percentage_only_receptors, allred_score, h_score or plain."""
    scores = [page.case.er.h_score, page.case.pr.h_score]
    for name in ("percentage_only_receptors", "allred_score", "h_score"):
        # an H-score of a few points is positive by ASCO/CAP but no report states it bare
        if name == "h_score" and any(0 < score < 10 for score in scores):
            continue
        if page.fires(name):
            return name
    return "plain"


def hormone_value(page: Page, receptor: Receptor, bare: bool) -> str:
    """The result of ER or PR; ``bare`` drops the verdict from an Allred or H-score."""
    positive = receptor.status == "Positive"
    p = receptor.percent
    slots = {"p": p, "q": max(1, p - 5), "i": W.INTENSITY[receptor.intensity], "a": receptor.allred, "h": receptor.h_score}
    kind = scale(page)
    if kind == "percentage_only_receptors":
        return page.write(W.PERCENT if positive else W.PERCENT_NONE, **slots)
    if kind in ("allred_score", "h_score"):
        score = page.write(W.ALLRED if kind == "allred_score" else W.H_SCORE, **slots)
        word = "Positive" if positive else "Negative"
        return (
            score
            if bare
            else page.write("[{w}, {s}|{w} ({s})|{s} - {w}|{s} ({w})]", w=page.write(f"[{word}|{word.lower()}]"), s=score)
        )
    if not page.fires("compact_receptors"):
        verdict = page.write("[Positive|positive|POSITIVE]" if positive else "[Negative|negative|NEGATIVE]")
        detail = page.write(W.DETAIL_POSITIVE if positive else W.DETAIL_NEGATIVE, **slots)
        if not page.case.tumour.invasive:
            detail = detail.replace("invasive tumor", "tumor")
        return page.write(W.VERDICT_DETAIL, v=verdict, d=detail, D=detail[0].upper() + detail[1:])
    if page.chance(0.1):
        return page.write(W.OTHER_POSITIVE if positive else W.OTHER_NEGATIVE, **slots)
    return page.write(W.POSITIVE if positive else W.NEGATIVE, **slots)


def her2_ihc(page: Page) -> str:
    """The immunohistochemistry alone, marked as evidence of HER2."""
    score = page.case.her2.ihc
    if score == 2:
        text = page.write(W.HER2_EQUIVOCAL if page.fires("her2_equivocal_wording") else W.HER2_TWO)
    else:
        text = page.write(W.HER2_SCORE_ONLY[score] if page.fires("her2_score_only") else W.HER2_IHC[score])
    return text


def her2_fish(page: Page) -> str:
    """Verdict and ratio of the hybridisation (one of them may be missing)."""
    her2 = page.case.her2
    ratio = page.write(W.FISH_RATIO, r=f"{her2.ratio:.1f}", c=f"{her2.copies:.1f}")
    if page.fires("her2_ratio_only"):
        return ratio
    verdict = page.write(W.FISH_VERDICT[her2.amplified])
    return page.write("[{v}|{v}|{v} ({r})|{v}, {r}|{r}; {v}]", v=verdict, r=ratio)


def results(page: Page) -> list[Result]:
    """ER, PR and HER2 as far as the document states them, HER2 as one or two assays."""
    bare = page.chance(0.5)
    table = W.MARKER_UK if page.uk else W.MARKER
    out = [
        Result(task, page.write(table[task]), page.state(task, hormone_value(page, receptor, bare)))
        for task, receptor in (("ER", page.case.er), ("PR", page.case.pr))
        if task in page.stated
    ]
    if "HER2" in page.stated:
        out += _her2(page, table["HER2"])
    return out


def _her2(page: Page, labels: tuple[str, ...]) -> list[Result]:
    her2 = page.case.her2
    out = []
    if her2.ihc is not None:
        label = page.write(labels)
        if page.fires("her2_before_result"):
            label += " " + page.write(W.METHOD, b=f"A{page.rng.randint(1, 9)}")
        value = her2_ihc(page)
        if her2.ihc == 2 and her2.ratio is None and page.fires("her2_fish_pending"):
            value += page.write("[; |, |. ]") + page.write(W.FISH_PENDING)
        out.append(Result("HER2", label, page.state("HER2", value)))
    if her2.ratio is not None:
        if her2.ihc == 2:
            page.note("her2_fish_amplified" if her2.amplified else "her2_fish_not_amplified")
        out.append(Result("HER2", page.write(W.FISH_LABEL), page.state("HER2", her2_fish(page))))
    return out


def fields(page: Page) -> list[Field]:
    return [(result.label, result.value) for result in results(page)]


def sentence(page: Page) -> str:
    """All results in one or several sentences."""
    found = results(page)
    if not found:
        return ""
    join = page.write("[, |; |. |, ]")
    link = page.write("[ |: | is | - | ]")
    start = page.write(
        "[Immunohistochemistry: |Receptor studies: |Biomarkers: |IHC: |Prognostic markers: |The tumor cells show: |]"
    )
    names = [r.task if r.task != "HER2" and page.chance(0.75) else r.label for r in found]  # prose prefers ER and PR
    return start + join.join(f"{name}{link}{result.value}" for name, result in zip(names, found, strict=True))


def pending(page: Page) -> str:
    """A mention without a result, where none is stated."""
    if not page.breast or page.kind == "benign":
        return ""
    stated = page.stated & {"ER", "PR", "HER2"}
    invasive = page.case.tumour.invasive  # HER2 is not tested in pure in-situ disease
    if not stated and page.fires("receptors_pending"):
        return page.write(W.PENDING if invasive else W.PENDING_IN_SITU, b=f"A{page.rng.randint(1, 9)}") + "."
    if stated and "HER2" not in stated and invasive and page.chance(0.2):
        return page.write(W.HER2_PENDING) + "."
    return ""
