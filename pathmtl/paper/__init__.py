"""Shao et al. 2026 (arXiv 2604.13328): its printed numbers, the arithmetic on them, and its claims.

``numbers`` holds what the paper prints and is re-exported here; ``arithmetic`` checks those numbers against each other;
``claims`` judges every statement of ``claim_list`` on evidence and renders the verdicts of every page.
"""

from pathmtl.paper.numbers import (
    ARCHIVE,
    AUDITED,
    AUDITED_QUOTED,
    CITATION,
    COHORT,
    EARLIER_COUNTS,
    EPOCH_BUDGET,
    EPOCHS,
    HER2_POSITIVES_FOUND,
    HER2_RATIO,
    MEMORY_GB_QUOTED,
    PLATEAU_LOSS,
    SPLIT,
    T_RIGHT_QUOTED,
    TABLE_1,
    TABLE_2,
    TABLE_3,
    TABLE_4,
    TRAINING_LABELS,
    scores_of,
)
from pathmtl.schema import OVERALL, OVERALL_WEIGHTED

__all__ = [
    "ARCHIVE",
    "AUDITED",
    "AUDITED_QUOTED",
    "CITATION",
    "COHORT",
    "EARLIER_COUNTS",
    "EPOCHS",
    "EPOCH_BUDGET",
    "HER2_POSITIVES_FOUND",
    "HER2_RATIO",
    "MEMORY_GB_QUOTED",
    "OVERALL",
    "OVERALL_WEIGHTED",
    "PLATEAU_LOSS",
    "SPLIT",
    "TABLE_1",
    "TABLE_2",
    "TABLE_3",
    "TABLE_4",
    "TRAINING_LABELS",
    "T_RIGHT_QUOTED",
    "scores_of",
]
