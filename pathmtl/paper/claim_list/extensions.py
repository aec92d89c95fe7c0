"""Wordings that the paper blames for errors, its claims on real reports, and questions that it does not ask ("ours")."""

from pathmtl.paper import numbers
from pathmtl.paper.evidence import OURS, Claim
from pathmtl.paper.measures_of_certainty import calibration_error, gain_of_abstaining
from pathmtl.paper.measures_of_labels import times_point_to_a_field
from pathmtl.schema import OVERALL, PAPER_TASKS, TASK

_WORDING, _REAL, _LAYOUTS = ("by_phenomenon",), ("real_reports",), ("layouts",)
_BRITTLE = "exhibit brittle performance when distinguishing complex linguistic phenomena such as negation"
_OCR = "fractured syntax caused by Optical Character Recognition (OCR) errors"
#: Phenomenon -> title, the task whose row of Table I shows it, place, and the paper's words.
_PHENOMENA = {
    "prior_stage_history": ("An earlier stage in the history", "T", "V-A", "frequently captures historical T-stages"),
    "nuclear_grade_beside": (
        "A nuclear grade beside the histologic one",
        "grade",
        "V-A",
        "conflates the primary tumor grade with unrelated numeric descriptors (e.g., “Nuclear Grade”)",
    ),
    "her2_equivocal_wording": (
        "“Equivocal (2+)” as HER2 result",
        "HER2",
        "V-A",
        "it fails to parse non-standard formats such as “Equivocal (2+)”",
    ),
    "negated_malignancy": ("Negation (“no evidence of …”)", "T", "I", _BRITTLE),
    "ocr_noise": ("Syntax fractured by OCR", "", "I", _OCR),
}
_GAIN = numbers.TABLE_1["lora"]["accuracy"] - numbers.TABLE_1["naive"]["accuracy"]
_GAIN_F1 = numbers.TABLE_1["lora"]["macro_f1"] - numbers.TABLE_1["naive"]["macro_f1"]
_TIMES = float(numbers.TABLE_3.loc["stl", "seconds"] / numbers.TABLE_3.loc["mtl", "seconds"])


def _wording(name: str) -> tuple[Claim, Claim]:
    title, task, place, quote = _PHENOMENA[name]
    printed = f"{_GAIN[task]:+.3f} ({task}, all reports)" if task else "no figure"
    return (
        Claim(f"wording-{name}-breaks", f"{title} breaks the naive rules", quote, place, "better", _WORDING, printed="no figure"),
        Claim(f"wording-{name}-llm", f"{title}: the LLM does better", quote, place, "better", _WORDING, printed=printed),
    )


def _real(task: str) -> Claim:
    title = TASK[task].title if task in TASK else task
    quote = "provides consistent improvements" if task in TASK else "significantly outperforming legacy rule-based baselines"
    says = f"{title}: the LLM beats naive rules on real reports"
    return Claim(f"real-{task}", says, quote, "V-A", "better", _REAL, task=task, printed=f"{_GAIN_F1[task]:+.3f}")


def _layout(name: str, says: str, kind: str, what: str = "macro_f1", a: str = "joint") -> Claim:
    return Claim(f"layout-{name}", says, "", OURS, kind, _LAYOUTS, table="layouts", a=a, b="per_field", what=what)


# A table of claims: several fields per line.
# fmt: off
EXTENSIONS: tuple[Claim, ...] = (
    *(claim for name in _PHENOMENA for claim in _wording(name)),
    *(_real(task) for task in (*PAPER_TASKS, OVERALL)),
    Claim(
        "real-oracle", "Overall: the LLM beats the oracle that taught it, on real reports", "", OURS, "better", _REAL,
        printed="not compared",
    ),
    Claim(
        "layout-times", "The paper's times point to one prompt per field", "while maintaining comparable training latency",
        "Table III", "all of", _LAYOUTS, times_point_to_a_field, printed=f"× {_TIMES:.2f}",
    ),
    _layout("alike", "The joint prompt scores alike (macro-F1)", "alike"),
    _layout("train", "The joint prompt trains faster", "cheaper", "train_seconds"),
    _layout("answer", "The joint prompt answers faster", "cheaper", "predict_seconds"),
    _layout("shared-alike", "Read once for all fields, a report scores alike (macro-F1)", "alike", a="shared"),
    _layout("shared-train", "Reading a report once trains faster", "cheaper", "train_seconds", a="shared"),
    _layout("shared-answer", "Reading a report once answers faster", "cheaper", "predict_seconds", a="shared"),
    _layout("memory", "The joint prompt takes as much memory", "as cheap", "peak_memory_mb"),
    Claim(
        "certain-calibrated", "Its probabilities can be taken at their word", "", OURS, "at most", ("uncertainty",),
        calibration_error,
    ),
    Claim(
        "certain-abstain", "The surer half of its answers is more often right", "", OURS, "better", ("uncertainty",),
        gain_of_abstaining,
    ),
    Claim("review-order", "Errors come first in the order of the review list", "", OURS, "better", ("your_reports",), bound=0.5),
)
