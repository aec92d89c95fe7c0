"""The named difficulties of the corpus: what each does, to which tasks, and how often.

A rate is the probability *given that the phenomenon applies* (an ``itc`` needs isolated tumour cells). Each report records
which fired; calibration against the paper's naive row
(data card, `calibrate.py`) chose the default rates.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from pathmtl.synthetic.case import BREAST, Case, n_category


@dataclass(frozen=True, slots=True)
class Phenomenon:
    """One switch: ``tasks`` it makes harder, its default ``rate`` where it applies, and where that is."""

    tasks: tuple[str, ...]
    rate: float
    applies: str
    description: str


_T, _N, _G, _R, _H = ("T",), ("N",), ("grade",), ("ER", "PR"), ("HER2",)
_ALL = ("T", "N", "grade", "ER", "PR", "HER2")

PHENOMENA: dict[str, Phenomenon] = {
    "prior_stage_history": Phenomenon(("T", "N"), 0.50, "T stated", "an earlier cancer's stage in the clinical history"),
    "nuclear_grade_beside": Phenomenon(_G, 0.92, "breast, grade stated", "nuclear grade beside the histologic grade"),
    "in_situ_grade_beside": Phenomenon(_G, 0.9, "invasive with an in-situ component", "grade of the in-situ component"),
    "dcis_only": Phenomenon(("T", "grade"), 1.0, "in situ only", "in-situ disease: Tis, nuclear grade only"),
    "negated_malignancy": Phenomenon(_T, 0.35, "several specimens", "another specimen is negative for carcinoma"),
    "her2_fish_amplified": Phenomenon(_H, 1.0, "HER2 2+, amplified", "2+ settled as positive by FISH"),
    "her2_fish_not_amplified": Phenomenon(_H, 1.0, "HER2 2+, not amplified", "2+ settled as negative by FISH"),
    "her2_fish_pending": Phenomenon(_H, 0.6, "HER2 2+, no FISH", "2+, FISH pending: equivocal"),
    "her2_equivocal_wording": Phenomenon(_H, 0.5, "HER2 2+", "'Equivocal (2+)' and the like"),
    "her2_score_only": Phenomenon(_H, 0.15, "HER2 0, 1+, 3+", "a score without positive or negative"),
    "her2_ratio_only": Phenomenon(_H, 0.35, "FISH done", "ratio and copy number without a verdict"),
    "assay_conflict_addendum": Phenomenon(
        ("ER", "PR", "HER2"), 0.05, "receptors stated, not a biopsy", "an addendum revises the assay"
    ),
    "percentage_only_receptors": Phenomenon(_R, 0.02, "ER, PR stated", "percentages without a verdict"),
    "allred_score": Phenomenon(_R, 0.03, "ER, PR stated", "Allred scores, half of them without a verdict"),
    "h_score": Phenomenon(_R, 0.02, "ER, PR stated", "H-scores, half of them without a verdict"),
    "compact_receptors": Phenomenon(_R, 0.10, "ER, PR stated, plain scale", "markers so close that a window holds two results"),
    "receptors_pending": Phenomenon(("ER", "PR", "HER2"), 0.40, "receptors not stated", "named, result to follow"),
    "bilateral": Phenomenon(_ALL, 1.0, "tumours on both sides", "two cancers of different stage in one report"),
    "multifocal": Phenomenon(_T, 0.8, "several foci", "(m) suffix, several sizes"),
    "y_prefix": Phenomenon(("T", "N"), 1.0, "after neoadjuvant therapy", "ypT, ypN"),
    "itc": Phenomenon(_N, 1.0, "isolated tumour cells", "pN0(i+)"),
    "n1mi": Phenomenon(_N, 1.0, "micrometastasis", "pN1mi"),
    "node_counts_without_code": Phenomenon(_N, 0.015, "N stated, not lung or prostate", "counts, no N code"),
    "size_without_code": Phenomenon(_T, 0.03, "T stated, invasive breast", "a size, no T code: T is then not stated"),
    "pnx_stated": Phenomenon(_N, 0.35, "no nodes submitted", "pNX: not stated"),
    "roman_grade": Phenomenon(_G, 0.16, "grade stated", "Grade III"),
    "fractional_grade": Phenomenon(_G, 0.14, "grade stated", "3/3, 8/9"),
    "grade_in_words": Phenomenon(_G, 0.42, "grade stated", "poorly differentiated"),
    "grade_components": Phenomenon(_G, 0.45, "breast, grade stated", "the three Nottingham components"),
    "see_comment": Phenomenon(("T", "grade"), 0.05, "a comment exists", "the value stands in the comment only"),
    "copy_forward": Phenomenon(("T", "grade", "ER", "PR"), 0.04, "resection", "a pasted earlier report with other values"),
    "abbreviations": Phenomenon(_ALL, 0.10, "always", "IDC, SLN, LN, mets, bx"),
    "typos": Phenomenon(_ALL, 0.12, "always", "misspelt words outside the codes"),
    "ocr_noise": Phenomenon(_ALL, 0.05, "always", "EasyOCR's confusions: pN1a -> pNla, N0 -> NO, 95% -> 958"),
    "ocr_broken_order": Phenomenon(_ALL, 0.30, "OCR noise", "lines read out of order"),
    "line_breaks_lost": Phenomenon(_ALL, 0.06, "always", "the whole report on one line"),
    "flattened_table": Phenomenon(_ALL, 0.30, "tabular style", "a table read column by column"),
    "page_header": Phenomenon(_ALL, 0.22, "always", "a page header in mid-sentence"),
    "boilerplate_scores": Phenomenon(("ER", "PR", "HER2"), 0.35, "receptors named", "a disclaimer that explains the scores"),
    "planted_identifiers": Phenomenon((), 0.85, "always", "names, numbers, dates, addresses with gold spans"),
    "her2_before_result": Phenomenon(_H, 0.12, "HER2 stated", "method and antibody between the marker and its result"),
    "t_without_prefix": Phenomenon(("T", "N"), 0.03, "T stated", "T2 N0 without the p"),
    "code_spaced": Phenomenon(("T", "N"), 0.02, "T stated", "p T2, pT 2"),
}


#: Phenomena of the case rather than of its wording, and how to see them in a case: a rate below 1 rejects such cases.
OF_THE_CASE: dict[str, Callable[[Case], bool]] = {
    "dcis_only": lambda case: case.organ == BREAST and case.tumour.in_situ and not case.tumour.invasive,
    "bilateral": lambda case: len(case.tumours) > 1,
    "y_prefix": lambda case: case.treated,
    "itc": lambda case: case.node is not None and case.node.isolated_cells,
    "n1mi": lambda case: n_category(case.organ, case.node) == "1mi",
    "her2_fish_amplified": lambda case: case.her2.ihc == 2 and case.her2.amplified is True,
    "her2_fish_not_amplified": lambda case: case.her2.ihc == 2 and case.her2.amplified is False,
}


def admits(rng: random.Random, case: Case, rates: dict[str, float]) -> bool:
    """Whether the rates let this case into the corpus."""
    return all(rng.random() < rates[name] for name, present in OF_THE_CASE.items() if present(case))


def resolve(rates: dict[str, float] | None) -> dict[str, float]:
    """Default rates with ``rates`` laid over them.

    Raises:
        ValueError: a name that is no phenomenon, or a rate outside 0-1.
    """
    resolved = {name: phenomenon.rate for name, phenomenon in PHENOMENA.items()}
    for name, rate in (rates or {}).items():
        if name not in PHENOMENA:
            raise ValueError(f"unknown phenomenon {name!r}; known: {', '.join(sorted(PHENOMENA))}")
        if not 0 <= rate <= 1:
            raise ValueError(f"rate of {name} is {rate}; give a number from 0 to 1")
        resolved[name] = float(rate)
    return resolved
