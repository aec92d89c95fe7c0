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

from pathmtl_synthetic.case import BREAST, Case, n_category
from pathmtl_synthetic.wording.phenomena import TEXT

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

#: Name -> the tasks it makes harder, its rate before calibration where it applies, and where that is.
_SWITCHES: dict[str, tuple[tuple[str, ...], float, str]] = {
    "prior_stage_history": (_TN, 0.5, "T stated"),
    "prior_names_node": (_N, 0.3, "an earlier stage is written"),
    "nuclear_grade_beside": (_G, 0.92, "breast, grade stated"),
    "in_situ_grade_beside": (_G, 0.9, "invasive with an in-situ component"),
    "dcis_only": (_TG, 1.0, "in situ only"),
    "negated_malignancy": (_T, 0.45, "resection or excision, not terse"),
    "her2_fish_amplified": (_H, 1.0, "HER2 2+, amplified"),
    "her2_fish_not_amplified": (_H, 1.0, "HER2 2+, not amplified"),
    "her2_fish_pending": (_H, 0.6, "HER2 2+, no FISH"),
    "her2_equivocal_wording": (_H, 0.5, "HER2 2+"),
    "her2_score_only": (_H, 0.12, "HER2 0, 1+, 3+"),
    "her2_ratio_only": (_H, 0.35, "FISH done"),
    "assay_conflict_addendum": (_RH, 0.05, "receptors stated, not a biopsy"),
    "percentage_only_receptors": (_R, 0.02, "ER, PR stated"),
    "allred_score": (_R, 0.03, "ER, PR stated"),
    "h_score": (_R, 0.02, "ER, PR stated"),
    "compact_receptors": (_R, 0.06, "ER, PR stated, plain scale"),
    "receptors_pending": (_RH, 0.4, "receptors not stated"),
    "bilateral": (_ALL, 1.0, "tumours on both sides"),
    "multifocal": (_T, 0.8, "several foci"),
    "y_prefix": (_TN, 1.0, "after neoadjuvant therapy"),
    "itc": (_N, 1.0, "isolated tumour cells"),
    "n1mi": (_N, 1.0, "micrometastasis"),
    "node_counts_without_code": (_N, 0.015, "N stated, not lung or prostate"),
    "size_without_code": (_T, 0.03, "T stated, invasive breast"),
    "pnx_stated": (_N, 0.35, "no nodes submitted"),
    "roman_grade": (_G, 0.16, "grade stated"),
    "fractional_grade": (_G, 0.14, "grade stated"),
    "grade_in_words": (_G, 0.42, "grade stated"),
    "grade_components": (_G, 0.45, "breast, grade stated"),
    "see_comment": (_TG, 0.05, "a comment exists"),
    "copy_forward": (("T", "grade", "ER", "PR"), 0.04, "resection"),
    "abbreviations": (_ALL, 0.1, "always"),
    "typos": (_ALL, 0.12, "always"),
    "ocr_noise": (_ALL, 0.05, "always"),
    "ocr_broken_order": (_ALL, 0.3, "OCR noise"),
    "line_breaks_lost": (_ALL, 0.06, "always"),
    "flattened_table": (_ALL, 0.3, "tabular style"),
    "page_header": (_ALL, 0.22, "always"),
    "boilerplate_scores": (_RH, 0.35, "receptors named"),
    "planted_identifiers": ((), 0.85, "always"),
    "her2_before_result": (_H, 0.1, "HER2 stated"),
    "t_without_prefix": (_TN, 0.03, "T or N stated"),
    "code_spaced": (_TN, 0.02, "T or N stated"),
}
PHENOMENA = {name: Phenomenon(*switch, *TEXT[name]) for name, switch in _SWITCHES.items()}


#: Phenomena of the case rather than of its wording, and how to see them in a case; a rate below 1 rejects such cases.
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
