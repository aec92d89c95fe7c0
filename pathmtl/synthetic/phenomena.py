"""The named difficulties of the corpus: what each is called, what it writes, why it is hard, to which tasks, and how often.

A rate is the probability *given that the phenomenon applies* (an ``itc`` needs isolated tumour cells). Each report records
which fired. The rates below are assumptions; `pathmtl calibrate` moves a few of them (`calibrate.KNOBS`) so that the naive
baseline meets the paper's row, and ``calibration.json`` holds where they went.
"""

from __future__ import annotations

import difflib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pathmtl.synthetic.case import BREAST, Case, n_category

CALIBRATION = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True, slots=True)
class Phenomenon:
    """One switch: the ``tasks`` it makes harder, its ``rate`` before calibration where it ``applies``, and for readers a
    ``title``, what it writes (``description``) and ``why`` that is hard."""

    tasks: tuple[str, ...]
    rate: float
    applies: str
    title: str
    description: str
    why: str


_T, _N, _G, _R, _H = ("T",), ("N",), ("grade",), ("ER", "PR"), ("HER2",)
_ALL = ("T", "N", "grade", "ER", "PR", "HER2")
_TN, _TG, _RH = ("T", "N"), ("T", "grade"), ("ER", "PR", "HER2")

PHENOMENA: dict[str, Phenomenon] = {
    "prior_stage_history": Phenomenon(
        _TN,
        0.50,
        "T stated",
        "Earlier cancer in the history",
        "an earlier cancer's stage stands in the clinical history",
        "the first T in the text belongs to another cancer",
    ),
    "prior_names_node": Phenomenon(
        _N,
        0.30,
        "an earlier stage is written",
        "Earlier stage with its nodes",
        "the earlier stage names an N as well",
        "the first N in the text belongs to another cancer",
    ),
    "nuclear_grade_beside": Phenomenon(
        _G,
        0.92,
        "breast, grade stated",
        "Nuclear grade beside it",
        "a nuclear grade stands beside the histologic grade",
        "two grades of one tumour, of which only one is asked for",
    ),
    "in_situ_grade_beside": Phenomenon(
        _G,
        0.90,
        "invasive with an in-situ component",
        "Grade of the in-situ part",
        "the in-situ component is graded too",
        "its grade looks like the grade of the invasive tumour",
    ),
    "dcis_only": Phenomenon(
        _TG,
        1.0,
        "in situ only",
        "In-situ disease only",
        "nothing invasive: Tis, and a nuclear grade only",
        "a grade is written, yet histologic grade is not stated",
    ),
    "negated_malignancy": Phenomenon(
        _T,
        0.45,
        "resection or excision, not terse",
        "Specimens without cancer",
        "further specimens are negative for carcinoma",
        '"no tumor" is true of one container and false of the report',
    ),
    "her2_fish_amplified": Phenomenon(
        _H,
        1.0,
        "HER2 2+, amplified",
        "2+, then amplified",
        "an equivocal 2+ is settled as positive by FISH",
        "the first result is not the answer",
    ),
    "her2_fish_not_amplified": Phenomenon(
        _H,
        1.0,
        "HER2 2+, not amplified",
        "2+, then not amplified",
        "an equivocal 2+ is settled as negative by FISH",
        'the first result is not the answer, and "amplified" occurs in the negative one',
    ),
    "her2_fish_pending": Phenomenon(
        _H,
        0.60,
        "HER2 2+, no FISH",
        "2+, FISH pending",
        "FISH is announced and not there",
        "the answer is Equivocal although a settling test is named",
    ),
    "her2_equivocal_wording": Phenomenon(
        _H,
        0.50,
        "HER2 2+",
        '"Equivocal" in words',
        '"Equivocal (2+)" and the like',
        'neither "positive" nor "negative" stands near the marker',
    ),
    "her2_score_only": Phenomenon(
        _H,
        0.12,
        "HER2 0, 1+, 3+",
        "Score without verdict",
        "a score of 0, 1+ or 3+ and no word",
        "the reader must know that 3+ is positive",
    ),
    "her2_ratio_only": Phenomenon(
        _H,
        0.35,
        "FISH done",
        "FISH ratio without verdict",
        "a ratio and a copy number and no word",
        "the reader must know the threshold of 2.0",
    ),
    "assay_conflict_addendum": Phenomenon(
        _RH,
        0.05,
        "receptors stated, not a biopsy",
        "Result revised by an addendum",
        "an addendum replaces a result",
        "both results stand in the text; the later one counts",
    ),
    "percentage_only_receptors": Phenomenon(
        _R,
        0.02,
        "ER, PR stated",
        "Percentage only",
        "percentages without a verdict",
        "the reader must know the threshold of 1 %",
    ),
    "allred_score": Phenomenon(
        _R,
        0.03,
        "ER, PR stated",
        "Allred score",
        "Allred scores, half of them without a verdict",
        "a score of 8, in eighths, says positive",
    ),
    "h_score": Phenomenon(
        _R,
        0.02,
        "ER, PR stated",
        "H-score",
        "H-scores, half of them without a verdict",
        "a number up to 300 says positive",
    ),
    "compact_receptors": Phenomenon(
        _R,
        0.06,
        "ER, PR stated, plain scale",
        "Markers side by side",
        "results so short that two stand within a few words",
        "a window around one marker holds the result of another",
    ),
    "receptors_pending": Phenomenon(
        _RH,
        0.40,
        "receptors not stated",
        "Receptors named, not reported",
        "receptors are named, the result is to follow",
        "a mention is not a result",
    ),
    "bilateral": Phenomenon(
        _ALL,
        1.0,
        "tumours on both sides",
        "Cancers on both sides",
        "two cancers of different stage in one report",
        "every value occurs twice; the more advanced side counts",
    ),
    "multifocal": Phenomenon(
        _T,
        0.80,
        "several foci",
        "Several foci",
        "the (m) suffix, and several sizes",
        "a suffix on the code, and sizes that decide nothing",
    ),
    "y_prefix": Phenomenon(
        _TN,
        1.0,
        "after neoadjuvant therapy",
        "After treatment",
        "codes with a y: ypT, ypN",
        "a pattern that looks for pT at a word's start sees none",
    ),
    "itc": Phenomenon(
        _N,
        1.0,
        "isolated tumour cells",
        "Isolated tumour cells",
        "pN0(i+)",
        "tumour cells in a node, and still N0",
    ),
    "n1mi": Phenomenon(
        _N,
        1.0,
        "micrometastasis",
        "Micrometastasis",
        "pN1mi",
        "a deposit too small for a macrometastasis, and still N1",
    ),
    "node_counts_without_code": Phenomenon(
        _N,
        0.015,
        "N stated, not lung or prostate",
        "Node counts, no code",
        "positive and examined nodes without an N code",
        "N must be derived from the count",
    ),
    "size_without_code": Phenomenon(
        _T,
        0.03,
        "T stated, invasive breast",
        "Size, no code",
        "a size without a T code: T is then not stated",
        "what could be inferred is not what the report states",
    ),
    "pnx_stated": Phenomenon(
        _N,
        0.35,
        "no nodes submitted",
        "pNX",
        "pNX: nodes were not assessed",
        "a code that states nothing",
    ),
    "roman_grade": Phenomenon(
        _G,
        0.16,
        "grade stated",
        "Roman grade",
        "Grade III",
        "numerals, which OCR confuses with letters",
    ),
    "fractional_grade": Phenomenon(
        _G,
        0.14,
        "grade stated",
        "Fraction",
        "3/3, 8/9",
        "8 of 9 is grade 3",
    ),
    "grade_in_words": Phenomenon(
        _G,
        0.42,
        "grade stated",
        "Grade in words",
        "poorly differentiated",
        "no digit at all",
    ),
    "grade_components": Phenomenon(
        _G,
        0.45,
        "breast, grade stated",
        "Nottingham components",
        "the three components of the score",
        "three more digits, one of them called nuclear grade",
    ),
    "see_comment": Phenomenon(
        _TG,
        0.05,
        "a comment exists",
        "See comment",
        'the field says "see comment" and the value stands there',
        "label and value are pages apart",
    ),
    "copy_forward": Phenomenon(
        ("T", "grade", "ER", "PR"),
        0.04,
        "resection",
        "Pasted earlier report",
        "an earlier biopsy pasted in, with other values",
        "values of another specimen under a heading of their own",
    ),
    "abbreviations": Phenomenon(
        _ALL,
        0.10,
        "always",
        "Shorthand",
        "IDC, SLN, LN, mets, bx",
        "words that a pattern looks for are not there",
    ),
    "typos": Phenomenon(
        _ALL,
        0.12,
        "always",
        "Misspelt words",
        "misspelt words outside the codes",
        "words that a pattern looks for are misspelt",
    ),
    "ocr_noise": Phenomenon(
        _ALL,
        0.05,
        "always",
        "OCR errors",
        "EasyOCR's confusions: pN1a becomes pNla, N0 becomes NO, 95% becomes 958",
        "the codes themselves are damaged",
    ),
    "ocr_broken_order": Phenomenon(
        _ALL,
        0.30,
        "OCR noise",
        "Lines out of order",
        "neighbouring lines change places",
        "a label is parted from its value",
    ),
    "line_breaks_lost": Phenomenon(
        _ALL,
        0.06,
        "always",
        "Line breaks lost",
        "the whole report on one line",
        "headers no longer stand at a line's start",
    ),
    "flattened_table": Phenomenon(
        _ALL,
        0.30,
        "tabular style",
        "Flattened table",
        "a table read row by row of labels, then of values",
        "a label's value is three words away",
    ),
    "page_header": Phenomenon(
        _ALL,
        0.22,
        "always",
        "Page header in the text",
        "a running header in mid-sentence",
        "a sentence is cut by a name and a number",
    ),
    "boilerplate_scores": Phenomenon(
        _RH,
        0.35,
        "receptors named",
        "Boilerplate about scores",
        "a disclaimer explains the scores",
        '"positive", "2+" and "3+" that belong to no result',
    ),
    "planted_identifiers": Phenomenon(
        (),
        0.85,
        "always",
        "Identifiers",
        "names, numbers, dates and addresses, with gold spans",
        "they must go before anyone else reads the report",
    ),
    "her2_before_result": Phenomenon(
        _H,
        0.10,
        "HER2 stated",
        "Method before the result",
        "method and antibody stand between the marker and its result",
        "the result is out of a window's reach",
    ),
    "t_without_prefix": Phenomenon(
        _TN,
        0.03,
        "T or N stated",
        "Code without p",
        "T2 N0 without the p",
        "a bare T2 also names an MRI sequence",
    ),
    "code_spaced": Phenomenon(
        _TN,
        0.02,
        "T or N stated",
        "Spaced code",
        "p T2, pT 2",
        "a pattern without blanks sees none",
    ),
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


@cache
def default_rates() -> dict[str, float]:
    """The rates of the bundled corpus: those above, and where `pathmtl calibrate` moved some of them."""
    rates = {name: phenomenon.rate for name, phenomenon in PHENOMENA.items()}
    return rates | json.loads(CALIBRATION.read_text(encoding="utf-8"))["rates"]


def resolve(rates: dict[str, float] | None) -> dict[str, float]:
    """Default rates with ``rates`` laid over them.

    Raises:
        ValueError: a name that is no phenomenon, or a rate outside 0-1.
    """
    resolved = dict(default_rates())
    for name, rate in (rates or {}).items():
        if name not in PHENOMENA:
            close = difflib.get_close_matches(name, PHENOMENA, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(sorted(PHENOMENA))}"
            raise ValueError(f"unknown phenomenon {name!r}; {hint}")
        if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 <= rate <= 1:
            raise ValueError(f"rate of {name} is {rate!r}; give a number from 0 to 1")
        resolved[name] = float(rate)
    return resolved
