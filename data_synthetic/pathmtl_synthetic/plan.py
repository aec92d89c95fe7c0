"""Which documents a patient has and which tasks each states: the paper's missingness, before a word is written."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pathmtl.schema import TASKS
from pathmtl_synthetic import facts, staging
from pathmtl_synthetic.case import BREAST, Case, labels
from pathmtl_synthetic.identities import Identity
from pathmtl_synthetic.page import Page
from pathmtl_synthetic.styles import STYLES

#: Sequences of documents of one patient, with their weights. 1.3 documents a patient, as 3,000 reports of 2,300 patients.
SEQUENCES: dict[tuple[str, ...], float] = {
    ("resection",): 36,
    ("excision",): 28,
    ("biopsy",): 2,
    ("biopsy", "resection"): 12,
    ("biopsy", "excision"): 7,
    ("resection", "addendum"): 7,
    ("excision", "addendum"): 4,
    ("benign",): 1.5,
    ("biopsy", "addendum", "resection"): 2,
    ("excision", "benign"): 3,
}
#: Probability that a document of a kind states a task, for breast; tuned to the shares of `SHARES`.
STATES: dict[str, dict[str, float]] = {
    "resection": {"T": 0.985, "N": 0.985, "M": 0.22, "grade": 0.81, "ER": 0.48, "HER2": 0.43},
    "excision": {"T": 0.96, "N": 0.0, "M": 0.10, "grade": 0.81, "ER": 0.48, "HER2": 0.43},
    "biopsy": {"T": 0.0, "N": 0.0, "M": 0.0, "grade": 0.76, "ER": 0.88, "HER2": 0.44},
    "addendum": {"T": 0.12, "N": 0.0, "M": 0.0, "grade": 0.10, "ER": 0.95, "HER2": 0.53},
    "benign": {},
}
#: Share of reports that state each task: the paper's label counts of 8,541 training reports (T, N, HER2); the rest assumed.
SHARES = {"T": 0.73, "N": 0.46, "grade": 0.60, "ER": 0.50, "PR": 0.50, "HER2": 0.19}


@dataclass(frozen=True, slots=True)
class Document:
    """One document to be written."""

    kind: str
    when: date


def documents(rng: random.Random, case: Case) -> list[Document]:
    sequence = rng.choices(tuple(SEQUENCES), tuple(SEQUENCES.values()))[0]
    if case.organ != BREAST:
        sequence = ("resection",) if rng.random() < 0.9 else ("biopsy",)
    elif len(case.tumours) > 1:
        sequence = tuple("resection" if kind == "excision" else kind for kind in sequence)
    when = date(2018, 1, 1) + timedelta(days=rng.randrange(7 * 365))  # AJCC-8 is in force since 2018
    out = []
    for kind in sequence:
        out.append(Document(kind, when))
        when += timedelta(days=rng.randint(3, 9) if kind == "addendum" else rng.randint(10, 45))
    return out


def case_of(document: Document, case: Case) -> Case:
    """The case as this document sees it: treatment, nodes and the second side belong to the resection."""
    if document.kind in ("resection", "excision"):
        return case
    single = replace(case, tumours=case.tumours[:1], nodes=case.nodes[:1])
    return replace(single, treated=False, metastasis="") if document.kind != "addendum" else single


def stated_tasks(rng: random.Random, kind: str, case: Case) -> frozenset[str]:
    """Draw the tasks this document states; only those the case has a label for.

    HER2 is not tested in pure in-situ disease (CAP breast biomarker template; ER is: ASCO/CAP 2020), so no such report states it.
    """
    chance = STATES[kind]
    known = labels(case)
    breast = case.organ == BREAST
    stated = {task for task in TASKS if task not in ("ER", "PR", "HER2") and rng.random() < chance.get(task, 0)}
    if breast and case.tumour.residual and rng.random() < chance.get("ER", 0):
        stated |= {"ER", "PR"}
        if rng.random() < 0.015:
            stated.discard(rng.choice(("ER", "PR")))
        if rng.random() < chance.get("HER2", 0) and case.tumour.invasive:
            stated.add("HER2")
    if case.organ == "prostate":
        stated.discard("grade")  # a Gleason grade group is not a three-tier histologic grade
    if "T" not in stated:
        stated -= {"M"}
    if case.metastasis and kind in ("resection", "excision") and "T" in stated:
        stated.add("M")
    return frozenset(task for task in stated if known[task] is not None)


def style_for(rng: random.Random, kind: str, case: Case) -> str:
    if kind == "resection" and case.treated and len(case.tumours) == 1 and rng.random() < 0.6:
        return "post_neoadjuvant"
    one_side = len(case.tumours) == 1
    names = [name for name, style in STYLES.items() if kind in style.kinds and style.weight and (one_side or style.bilateral)]
    return rng.choices(names, [STYLES[name].weight for name in names])[0]


def open_page(rng: random.Random, document: Document, case: Case, identity: Identity, rates: dict[str, float]) -> Page:
    """A page with its facts settled: case, stated tasks, style, and the phenomena that decide what is stated."""
    seen = case_of(document, case)
    kind = document.kind
    if kind in ("biopsy", "addendum") and not seen.tumour.residual:
        # before treatment there was a tumour: the biopsy shows what the resection no longer does
        seen = replace(seen, tumours=(replace(seen.tumour, residual=True, size=float(rng.randint(12, 45))),))
    stated = stated_tasks(rng, kind, seen)
    if kind in ("biopsy", "addendum") and case.tumour.size == 0 and not case.tumour.residual:
        stated -= {"T"}
    page = Page(rng, seen, kind, style_for(rng, kind, seen), stated, rates, identity, document.when)
    by_size = seen.organ == BREAST and seen.tumour.size > 0 and not seen.tumour.extent
    if "T" in stated and by_size and page.fires("size_without_code"):
        page.stated = stated - {"T"}
    if "N" in page.stated and staging.counts_can_stand_alone(page):
        page.fires("node_counts_without_code")
    page.facts = facts.settle(
        rng,
        seen,
        kind,
        document.when,
        nodes="N" in page.stated,
        extras=kind in ("resection", "excision") and page.style != "terse" and page.fires("negated_malignancy"),
    )
    if not seen.tumour.invasive and seen.tumour.in_situ and kind in ("resection", "excision", "biopsy") and seen.organ == BREAST:
        page.note("dcis_only")
    return page
