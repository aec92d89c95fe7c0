"""Every published number that the book shows, with its place in Shao et al. 2026 (arXiv 2604.13328)."""

from __future__ import annotations

import pandas as pd

from pathmtl.schema import OVERALL, PAPER_TASKS

CITATION = "Shao et al. 2026"

# Task order of the rows below is PAPER_TASKS, then the printed "Overall Average".
_ROWS = (*PAPER_TASKS, OVERALL)
_NAIVE = {
    "accuracy": (0.627, 0.911, 0.543, 0.919, 0.937, 0.558, 0.749),
    "macro_f1": (0.447, 0.739, 0.498, 0.618, 0.635, 0.387, 0.554),
    "auroc": (0.747, 0.933, 0.752, 0.950, 0.964, 0.659, 0.834),
}
_LLM = {
    "accuracy": (0.994, 1.000, 0.969, 0.977, 0.962, 0.985, 0.981),
    "macro_f1": (0.993, 1.000, 0.969, 0.961, 0.957, 0.967, 0.976),
    "auroc": (1.000, 1.000, 0.995, 0.986, 0.990, 0.989, 0.996),
}

#: Table I (section V-A), test split of 10,677 private reports.
TABLE_1: dict[str, pd.DataFrame] = {
    "naive": pd.DataFrame(_NAIVE, index=_ROWS),
    "lora": pd.DataFrame(_LLM, index=_ROWS),
}

#: Table II (section V-B), one L40S GPU.
TABLE_2 = pd.DataFrame(
    [
        ("frozen", 81_940, 5_539, 5_433, 0.664, 0.490, 0.762),
        ("ia3", 606_228, 9_198, 12_553, 0.673, 0.512, 0.756),
        ("prefix", 213_012, 8_517, 10_716, 0.978, 0.972, 0.994),
        ("lora", 13_713_428, 3_434, 14_211, 0.981, 0.976, 0.996),
    ],
    columns=["strategy", "trainable_parameters", "seconds", "memory_mb", "accuracy", "macro_f1", "auroc"],
).set_index("strategy")

#: Table III (section V-C).
TABLE_3 = pd.DataFrame(
    [
        ("stl", 6, 82.2e6, 3_473, 0.928, 0.914, 0.946, 0.991, 1.000, 0.970, 0.919, 0.900, 0.309),
        ("mtl", 1, 13.7e6, 3_434, 0.981, 0.976, 0.996, 0.993, 1.000, 0.969, 0.961, 0.957, 0.967),
    ],
    columns=["paradigm", "models", "trainable_parameters", "seconds", "accuracy", "macro_f1", "auroc", *PAPER_TASKS],
).set_index("paradigm")

#: Table IV (section V-D).
TABLE_4 = pd.DataFrame(
    [("full", 0.982, 0.977, 0.995), ("random", 0.854, 0.790, 0.921), ("window", 0.981, 0.976, 0.996)],
    columns=["slicing", "accuracy", "macro_f1", "auroc"],
).set_index("slicing")

#: The cohort (section IV-A), by name; archive, final cohort, audited reports (S1-A).
ARCHIVE, COHORT, AUDITED = 285_033, 10_677, 7_481
#: Class counts of the first author's earlier public work. Figure S3 of this paper draws its own and prints no numbers.
EARLIER_COUNTS: dict[str, dict[str, int]] = {
    "T": {"Tis": 241, "T0": 41, "T1": 833, "T2": 321, "T3": 109, "T4": 18},
    "N": {"N0": 938, "N1": 240, "N2": 43, "N3": 28},
    "grade": {"G1": 432, "G2": 891, "G3": 563},
    "ER": {"Positive": 2_877, "Negative": 589},
    "PR": {"Positive": 2_342, "Negative": 1_070},
    "HER2": {"Positive": 210, "Negative": 1_529},
}
#: Training labels by task (section V-C).
TRAINING_LABELS = {"T": 6_240, "N": 3_947, "HER2": 1_597}

#: Passes over the training data behind each time of Table II (section V-B).
EPOCHS = {"frozen": 3, "ia3": 3, "prefix": 3, "lora": 1}
#: Epochs that every run was allowed (S2), and the validation loss of the multi-task model's plateau (S3).
EPOCH_BUDGET, PLATEAU_LOSS = 3, 0.0537
#: Shares of training, validation and test (section IV-A).
SPLIT = (0.8, 0.1, 0.1)
#: HER2 negatives for each positive (section V-C), and the share of positives that the model found (S3).
HER2_RATIO, HER2_POSITIVES_FOUND = 6.4, 0.926
#: Share of the cohort audited, as quoted (section III-A); T stages right, as quoted (section V-A).
AUDITED_QUOTED, T_RIGHT_QUOTED = 0.701, 0.994
#: Peak memory as quoted in the text, GB (section V-B).
MEMORY_GB_QUOTED = {"prefix": 10.7, "lora": 14.2}


def scores_of(name: str, row: str) -> pd.Series | None:
    """What the paper prints for one row of a table.

    Parameters
    ----------
    name : str
        ``table1`` to ``table4``; any other table is not the paper's.
    row : str
        A row of that table, such as ``lora``.

    Returns
    -------
    pandas.Series or None
        Overall scores by metric, in Table III also macro-F1 by task; None where the paper prints nothing. Table I's scores
        by task are in ``TABLE_1``.

    Examples
    --------
    >>> float(scores_of("table2", "lora")["macro_f1"])
    0.976
    """
    if name == "table1":
        return TABLE_1[row].loc[OVERALL] if row in TABLE_1 else None
    printed = {"table2": TABLE_2, "table3": TABLE_3, "table4": TABLE_4}.get(name)
    return printed.loc[row] if printed is not None and row in printed.index else None
