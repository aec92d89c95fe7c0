"""What sections IV-A, V-A, V-C and appendix S4 say of the cohort and its classes."""

from pathmtl.paper import numbers
from pathmtl.paper.evidence import Claim
from pathmtl.paper.measures_of_labels import (
    distant_metastases,
    dominates,
    her2_ratio,
    rarer_than_even,
    stated,
)
from pathmtl.schema import TASK

_PAGE = ("fig_s3_class_distribution",)
_TRAIN = numbers.COHORT * numbers.SPLIT[0]
_SAMPLES = {
    "T": "with 6,240 and 3,947 training samples, respectively",
    "N": "with 6,240 and 3,947 training samples, respectively",
    "HER2": "the data-scarce HER2 task (with 1,597 training samples)",
}
_SMALL = "represent a small fraction of the total population"

# A table of claims: several fields per line.
# fmt: off
COHORT: tuple[Claim, ...] = (
    *(
        Claim(
            f"cohort-{name}", f"{name} dominates", "where earlier stages (“T1”, “N0”) dominate the cohort", "S4", "better",
            _PAGE, dominates(task, name), bound=0.5, printed=name,
        )
        for task, name in (("T", "T1"), ("N", "N0"))
    ),
    *(
        Claim(f"cohort-{task}-{name}", f"{title} is a small fraction", _SMALL, "S4", "better", _PAGE, rarer_than_even(task, name))
        for task, name, title in (("T", "T4", "T4"), ("N", "N3", "N3"), ("HER2", "Positive", "HER2-positive"))
    ),
    Claim(
        "cohort-her2-ratio", "HER2 negative : positive", "exhibiting a severe 6.4:1 imbalance ratio", "V-C", "printed share",
        _PAGE, her2_ratio, bound=1 / (1 + numbers.HER2_RATIO), printed=f"{numbers.HER2_RATIO} : 1",
    ),
    Claim(
        "cohort-M0", "Every case is M0", "consists exclusively of non-metastatic (M0) cases", "V-A", "at most", _PAGE,
        distant_metastases, printed="M0 only",
    ),
    *(
        Claim(
            f"cohort-stated-{task}", f"Share of reports that state {TASK[task].title}", _SAMPLES[task], "V-C", "printed share",
            _PAGE, stated(task), bound=count / _TRAIN, printed=f"{count / _TRAIN:.3f}",
        )
        for task, count in numbers.TRAINING_LABELS.items()
    ),
    Claim(
        "cohort-hardness", "Naive rules find these reports as hard as the paper's: accuracy by task",
        "serving as a measure of raw task complexity", "IV-B", "at most", ("corpus",), bound=0.04, printed="within 0.04",
        reason="the generator was tuned until it was so",
    ),
    Claim(
        "cohort-cancers", "Other cancers in training help with breast cancer",
        "to facilitate inductive knowledge transfer across solid tumors sharing AJCC staging logic", "IV-A", "untested",
        reason="no row is trained on breast reports only",
    ),
)
