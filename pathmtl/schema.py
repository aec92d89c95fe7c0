"""The one vocabulary: tasks, classes and their clinical definitions (paper, Table S1).

Every other module imports these names; this one imports none of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """One clinical variable of the target vector (paper, section III).

    ``definitions`` maps each class to its wording in Table S1 (AJCC-8 for T, N, M and grade; NCCN for receptors).
    """

    name: str
    title: str
    definitions: dict[str, str]

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.definitions)


_POSITIVE = "Cells have receptors that fuel cancer growth (responds to targeted therapy)."
_NEGATIVE = "Cells lack these receptors (requires different treatment approaches)."
_EQUIVOCAL = "Borderline result requiring further testing (e.g. genetic amplification test)."

# Bounds and micrometastasis limits, lost from the paper's text, are AJCC-8's.
_ALL = (
    Task(
        "T",
        "T Stage",
        {
            "Tis": "Ductal carcinoma in situ (early stage, non-invasive).",
            "T0": "No evidence of primary tumor.",
            "T1": "Small tumor (≤ 20 mm). Includes microinvasive cases (≤ 1 mm).",
            "T2": "Medium tumor (> 20 mm but ≤ 50 mm).",
            "T3": "Large tumor (> 50 mm).",
            "T4": "Tumor of any size that has spread directly to the chest wall or skin.",
        },
    ),
    Task(
        "N",
        "N Stage",
        {
            "N0": "No cancer found in regional lymph nodes.",
            "N1": "Metastases in 1-3 axillary lymph nodes, or micrometastases (N1mi; > 0.2 mm but ≤ 2.0 mm).",
            "N2": "Metastases in 4-9 axillary lymph nodes; or nodes are fixed/matted together.",
            "N3": "Extensive spread (≥ 10 nodes) or spread to collarbone/internal chest nodes.",
        },
    ),
    Task(
        "M",
        "M Stage",
        {
            "M0": "No clinical or radiographic evidence of distant metastases.",
            "M1": "Distant metastases detected by clinical, radiographic or histologic means.",
        },
    ),
    Task(
        "grade",
        "Histologic Grade",
        {
            "G1": "Low grade (well differentiated); cells look normal and grow slowly.",
            "G2": "Intermediate grade (moderately differentiated); growing faster than normal.",
            "G3": "High grade (poorly differentiated); cells look abnormal and grow aggressively.",
        },
    ),
    Task("ER", "ER Status", {"Positive": _POSITIVE, "Negative": _NEGATIVE}),
    Task("PR", "PR Status", {"Positive": _POSITIVE, "Negative": _NEGATIVE}),
    Task("HER2", "HER2 Status", {"Positive": _POSITIVE, "Negative": _NEGATIVE, "Equivocal": _EQUIVOCAL}),
)

TASK: dict[str, Task] = {task.name: task for task in _ALL}
TASKS: tuple[str, ...] = tuple(TASK)
#: The six tasks of the paper's result tables; its cohort is M0 throughout (section V-A).
PAPER_TASKS: tuple[str, ...] = tuple(name for name in TASKS if name != "M")
BIOMARKERS: tuple[str, ...] = ("ER", "PR", "HER2")
CLASSES: dict[str, tuple[str, ...]] = {name: task.classes for name, task in TASK.items()}
#: Names of the two overall rows: the plain mean over ``PAPER_TASKS``, and their mean weighted by labeled reports. The paper's
#: neural "Overall Average" rows fit the second, its naive row fits neither (notebook ``paper_audit``).
OVERALL = "Overall"
OVERALL_WEIGHTED = "Overall (by support)"
#: Short forms of class names for the ticks of a figure; a name that is not listed is short already.
CLASS_ABBREVIATIONS: dict[str, str] = {"Positive": "Pos", "Negative": "Neg", "Equivocal": "Equiv", "no answer": "none"}

#: Canonical columns of a table of reports; an empty label means "not stated".
REPORT_COLUMNS: tuple[str, ...] = ("report_id", "patient_id", "cancer_type", *TASKS, "text")

# What a label cell may hold besides a canonical class. Prefixes: c clinical, p pathological, y after
# treatment, r recurrence, a autopsy (AJCC-8, chapter 1); "(m)", several tumors, is a suffix.
_STAGE = re.compile(r"^[cpyra]{0,3}([TNM])\s*(is|[0-4X])\S*$", re.IGNORECASE)
_GRADE = re.compile(r"^(?:G|grade)?\s*([1-3])$", re.IGNORECASE)
_NOTHING = {"", "nan", "na", "n/a", "none", "null", "unknown", "not stated", "gx", "indeterminate"}
_STATUS = {
    "positive": "Positive",
    "pos": "Positive",
    "+": "Positive",
    "negative": "Negative",
    "neg": "Negative",
    "-": "Negative",
    "equivocal": "Equivocal",
}


def task_title(task: str) -> str:
    """Full name of a task for a page, ``task_title("T") == "T Stage"``; any other row name, such as "Overall", is unchanged."""
    return TASK[task].title if task in TASK else task


def canonical(task: str, value: object) -> str | None:
    """Fold a label cell into its canonical class: ``canonical("T", "pT1c") == "T1"``; None is "not stated".

    Subclasses fold as Table S1 says (T1mi -> T1, N1mi -> N1); TX, NX, MX and GX are "not stated".

    Raises:
        ValueError: the cell holds something that is neither empty nor a class of the task.
    """
    text = "" if value is None else str(value).strip()
    if text.lower() in _NOTHING:
        return None
    if text in CLASSES[task]:
        return text
    found = None
    if task in ("T", "N", "M"):
        match = _STAGE.match(text)
        if match and match[1].upper() == task:
            if match[2].upper() == "X":
                return None
            found = task + match[2].lower()
    elif task == "grade":
        match = _GRADE.match(text)
        found = f"G{match[1]}" if match else None
    else:
        found = _STATUS.get(text.lower())
    if found not in CLASSES[task]:
        raise ValueError(f"{task}: {text!r} is not one of {', '.join(CLASSES[task])} (or empty for 'not stated')")
    return found
