"""The paper's printed numbers against each other: what follows from what, and which unprinted counts would fit.

Every printed number is known to half a unit of its last digit only. A check therefore asks whether *any* value that rounds to
the print would do; and a fit names one set of counts that would, not the one that was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from pathmtl.analysis.metrics import majority_macro_f1
from pathmtl.paper import numbers as paper
from pathmtl.schema import CLASSES, PAPER_TASKS

#: Half of a unit in the third decimal: how far a printed score may lie from the true one.
HALF = 0.0005
_FLOAT = 1e-9  # so that a value exactly between two prints counts as either
#: Rows that print scores for each task and an overall: name -> (task scores, overall), by metric.
ROWS = {
    **{(row, metric): paper.TABLE_1[row][metric] for row in ("naive", "lora") for metric in paper.TABLE_1[row]},
    ("stl", "macro_f1"): pd.concat(
        [paper.TABLE_3.loc["stl", list(PAPER_TASKS)], pd.Series({paper.OVERALL: paper.TABLE_3.loc["stl", "macro_f1"]})]
    ).astype(float),
}
#: Llama-3-8B: layers, hidden width, width of keys and values (8 heads of 128), width of the feed-forward part.
LAYERS, HIDDEN, KEY_VALUE, FEED_FORWARD = 32, 4_096, 1_024, 14_336


def rounds_to(value: float, printed: float, half: float = HALF) -> bool:
    """Could ``value`` have been printed as ``printed``?"""
    return abs(value - printed) <= half + _FLOAT


def overall_rows() -> pd.DataFrame:
    """Each printed overall beside the plain mean of its six tasks.

    ``mean_fits``: six values rounded to three decimals have a mean within ``HALF`` of the true one, and the overall is itself
    rounded, so up to two of them apart is rounding; more is another kind of average. Indexed by (row, metric).
    """
    rows = {}
    for key, printed in ROWS.items():
        mean = float(printed[list(PAPER_TASKS)].mean())
        overall = float(printed[paper.OVERALL])
        rows[key] = {
            "printed": overall,
            "mean_of_tasks": mean,
            "difference": overall - mean,
            "mean_fits": rounds_to(mean, overall, 2 * HALF),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def support_fit(
    keys: Sequence[tuple[str, str]],
    *,
    er_pr_within: float = 0.2,
    most: int = round(paper.COHORT * paper.SPLIT[0]),
) -> pd.Series | None:
    """Training labels of grade, ER and PR with which support-weighted means print every overall of ``keys``; None if none would.

    Solved as a linear program: T, N and HER2 are the paper's (section V-C), the other three at most ``most`` (the training
    split), and ER and PR within ``er_pr_within`` of each other, since a laboratory reports them together. The test split is
    stratified, so its supports are taken to be proportional. Returns labels by task.
    """
    known = np.array([paper.TRAINING_LABELS.get(task, 0) for task in PAPER_TASKS], dtype=float)
    free = [i for i, task in enumerate(PAPER_TASKS) if task not in paper.TRAINING_LABELS]
    left, right = [], []
    for key in keys:
        scores = ROWS[key][list(PAPER_TASKS)].to_numpy(dtype=float)
        overall = float(ROWS[key][paper.OVERALL])
        # sum of w (score - overall) must be able to reach zero from both sides within the rounding.
        above = np.minimum(scores + HALF, 1) - (overall - HALF)
        below = (scores - HALF) - (overall + HALF)
        left += [-above[free], below[free]]
        right += [float((above * known).sum()), -float((below * known).sum())]
    names = [PAPER_TASKS[i] for i in free]
    er, pr = names.index("ER"), names.index("PR")
    for one, other in ((er, pr), (pr, er)):
        row = np.zeros(len(free))
        row[one], row[other] = 1, -(1 + er_pr_within)
        left.append(row)
        right.append(0.0)
    least = {name: paper.TRAINING_LABELS["HER2"] if name in ("ER", "PR") else 1 for name in names}
    bounds = [(least[name], most) for name in names]
    found = linprog(np.zeros(len(free)), A_ub=np.array(left), b_ub=np.array(right), bounds=bounds)
    if not found.success:
        return None
    return pd.Series({**paper.TRAINING_LABELS, **dict(zip(names, found.x.round().astype(int), strict=True))})[list(PAPER_TASKS)]


def sizes_that_print(printed: Sequence[float], low: int, high: int) -> list[int]:
    """Every n in [low, high] for which each printed share is some whole count of n."""
    return [
        n
        for n in range(low, high + 1)
        if all(any(rounds_to(k / n, p) for k in (int(p * n), int(p * n) + 1) if k <= n) for p in printed)
    ]


def two_class_macro_f1(accuracy: float, balanced: float, minority: float) -> float:
    """Macro-F1 of hard answers to two classes, from accuracy, balanced accuracy and the rarer class's share; NaN if impossible.

    Hard answers (no probabilities) have one operating point, where AUROC equals balanced accuracy.
    """
    common = (accuracy - 2 * balanced * minority) / (1 - 2 * minority)  # recall of the commoner class
    rare = 2 * balanced - common
    if not (0 <= rare <= 1 and 0 <= common <= 1):
        return float("nan")
    found, missed, false = rare * minority, (1 - rare) * minority, (1 - common) * (1 - minority)
    kept = common * (1 - minority)
    return (_f1(found, false, missed) + _f1(kept, missed, false)) / 2


def minority_share_that_prints(task: str) -> float:
    """Share of the rarer class at which the naive row of a two-class task would need no third class; NaN if no share would do."""
    row = paper.TABLE_1["naive"].loc[task]
    shares = np.arange(0.001, 0.5, 0.001)
    gaps = [abs(two_class_macro_f1(row["accuracy"], row["auroc"], s) - row["macro_f1"]) for s in shares]
    if np.isnan(gaps).all():
        return float("nan")
    best = int(np.nanargmin(gaps))
    return float(shares[best]) if gaps[best] <= 0.02 else float("nan")


def undiluted_naive() -> pd.DataFrame:
    """Naive macro-F1 by task: as printed, and with an always-zero "no answer" class taken out of the average."""
    naive = paper.TABLE_1["naive"].loc[list(PAPER_TASKS)]
    classes = pd.Series({task: len(CLASSES[task]) for task in PAPER_TASKS})
    return pd.DataFrame(
        {"accuracy": naive["accuracy"], "printed": naive["macro_f1"], "undiluted": naive["macro_f1"] * (classes + 1) / classes}
    )


@dataclass(frozen=True)
class Her2Fit:
    """A HER2 test set and the errors on it: ``reports`` = positives + negatives + equivocals.

    missed: positives answered Negative; false: negatives answered Positive; macro_f1 runs over the classes that occur.
    ``naive``: does the naive row's accuracy come out of the same number of reports?
    """

    positives: int
    negatives: int
    equivocals: int
    missed: int
    false: int
    macro_f1: float
    constant_macro_f1: float
    naive: bool

    @property
    def reports(self) -> int:
        return self.positives + self.negatives + self.equivocals


def her2_fits(low: int = 150, high: int = 260, most_equivocal: int = 7) -> Iterator[Her2Fit]:
    """HER2 test sets that print the class ratio, STL's F1 (a constant answer, three classes) and MTL's accuracy, F1 and recall.

    Walks every test set of ``low`` to ``high`` reports (a tenth of the cohort should state HER2 about 200 times) and every way to
    spread the errors over the confusion matrix.
    """
    lora, naive = paper.TABLE_1["lora"].loc["HER2"], paper.TABLE_1["naive"].loc["HER2"]
    constant = paper.TABLE_3.loc["stl", "HER2"]
    for n in range(low, high + 1):
        errors = [e for e in range(n + 1) if rounds_to((n - e) / n, lora["accuracy"])]
        fits_naive = bool(sizes_that_print([naive["accuracy"]], n, n))
        for equivocals in range(most_equivocal + 1):
            for positives in range(1, n - equivocals):
                negatives = n - positives - equivocals
                collapsed = majority_macro_f1(negatives / n, 3)
                if not (rounds_to(negatives / positives, paper.HER2_RATIO, 0.05) and rounds_to(collapsed, constant)):
                    continue
                for cells in _spread(errors, positives, negatives, equivocals):
                    score = _three_class_f1(cells, positives, negatives, equivocals)
                    if rounds_to(score, lora["macro_f1"]) and rounds_to(
                        1 - (cells["P>N"] + cells["P>E"]) / positives, paper.HER2_POSITIVES_FOUND
                    ):
                        yield Her2Fit(positives, negatives, equivocals, cells["P>N"], cells["N>P"], score, collapsed, fits_naive)


_CELLS = ("P>N", "P>E", "N>P", "N>E", "E>P", "E>N")


def _spread(errors: Sequence[int], positives: int, negatives: int, equivocals: int) -> Iterator[dict[str, int]]:
    room = {"P": positives, "N": negatives, "E": equivocals}
    for count in errors:
        for chosen in combinations_with_replacement(_CELLS, count):
            cells = {cell: chosen.count(cell) for cell in _CELLS}
            if all(sum(v for cell, v in cells.items() if cell[0] == true) <= room[true] for true in room):
                yield cells


def _three_class_f1(cells: dict[str, int], positives: int, negatives: int, equivocals: int) -> float:
    scores = []
    for name, total in (("P", positives), ("N", negatives), ("E", equivocals)):
        missed = sum(v for cell, v in cells.items() if cell[0] == name)
        false = sum(v for cell, v in cells.items() if cell[2] == name)
        if total or false:
            scores.append(_f1(total - missed, false, missed))
    return float(np.mean(scores))


def _f1(found: float, false: float, missed: float) -> float:
    return 2 * found / (2 * found + false + missed) if found + false + missed else 0.0


def per_epoch() -> pd.DataFrame:
    """Table II's times divided by the epochs that section V-B gives: indexed by strategy; seconds, epochs, seconds_per_epoch."""
    table = paper.TABLE_2[["seconds"]].assign(epochs=pd.Series(paper.EPOCHS))
    return table.assign(seconds_per_epoch=table["seconds"] / table["epochs"]).sort_values("seconds_per_epoch")


def lora_parameters(rank: int, layers: int = LAYERS, hidden: int = HIDDEN, key_value: int = KEY_VALUE) -> int:
    """A and B of rank r beside q, k, v and o in every layer (Eq. 2): r (in + out) for each matrix."""
    return layers * rank * (2 * (hidden + hidden) + 2 * (hidden + key_value))


def head_parameters(classes: int, hidden: int = HIDDEN) -> int:
    """Linear heads with bias (Eq. 5): (hidden + 1) for each class."""
    return classes * (hidden + 1)


def parameter_rows() -> pd.DataFrame:
    """Readings of Table II's parameter counts: strategy, reading, adapters, heads, total, printed."""
    heads = head_parameters(sum(len(CLASSES[task]) for task in PAPER_TASKS))
    readings = [
        ("frozen", "six linear heads, 20 classes, no M", 0),
        ("ia3", "(IA)³ scales on k, v and the feed-forward's input to down", LAYERS * (2 * KEY_VALUE + FEED_FORWARD)),
        ("prefix", "prefix tuning: 2 virtual tokens, a key and a value in every layer", 2 * LAYERS * 2 * KEY_VALUE),
        ("prefix", "prompt tuning: 32 virtual tokens, at the input only", 32 * HIDDEN),
        ("lora", "LoRA, r = 16, on q, k, v and o", lora_parameters(16)),
    ]
    rows = [
        (strategy, reading, adapters, heads, adapters + heads, int(paper.TABLE_2.loc[strategy, "trainable_parameters"]))
        for strategy, reading, adapters in readings
    ]
    return pd.DataFrame(rows, columns=["strategy", "reading", "adapters", "heads", "total", "printed"])


def single_task_readings() -> pd.Series:
    """What Table III's "82.2 M" for six single-task models could be: reading -> parameters."""
    mtl = int(paper.TABLE_2.loc["lora", "trainable_parameters"])
    return pd.Series(
        {
            "six times the printed 13.7 M": 6 * paper.TABLE_3.loc["mtl", "trainable_parameters"],
            "six times the exact count, every model with all heads": 6 * mtl,
            "six LoRA adapters, every model with its own head": 6 * lora_parameters(16)
            + head_parameters(sum(len(CLASSES[task]) for task in PAPER_TASKS)),
        }
    ).astype(int)


def least_joint_ratio() -> float:
    """The least that six single-task models could cost over one multi-task model with joint prompts, from the paper's own counts.

    The multi-task model reads at most every training report once an epoch; the single-task ones read at least the labels
    that section V-C gives for three of the six tasks.
    """
    return sum(paper.TRAINING_LABELS.values()) / (paper.COHORT * paper.SPLIT[0])


def printed_ratio() -> float:
    """Table III's training time of six single-task models over that of one multi-task model."""
    return float(paper.TABLE_3.loc["stl", "seconds"] / paper.TABLE_3.loc["mtl", "seconds"])


def quoted() -> pd.DataFrame:
    """Figures quoted in running text beside the numbers they come from: claim, place, quoted, computed, agrees."""
    two, three = paper.TABLE_2, paper.TABLE_3
    lora = paper.TABLE_1["lora"]
    overall = lora.loc[paper.OVERALL, "macro_f1"]
    memory, gigabytes = paper.MEMORY_GB_QUOTED, two["memory_mb"] / 1e3
    parameters = three["trainable_parameters"]
    rows = [
        ("share of reports audited", "III-A", paper.AUDITED_QUOTED, paper.AUDITED / paper.COHORT, HALF),
        ("share of T stages right", "V-A, Table I", paper.T_RIGHT_QUOTED, lora.loc["T", "accuracy"], HALF),
        ("memory of prefix tuning, GB", "V-B, Table II", memory["prefix"], gigabytes["prefix"], 0.05),
        ("memory of LoRA, GB", "V-B, Table II", memory["lora"], gigabytes["lora"], 0.05),
        ("single-task over multi-task parameters", "V-C, Table III", 6.0, parameters["stl"] / parameters["mtl"], 0.05),
        ("macro-F1 of LoRA", "Tables II and I", two.loc["lora", "macro_f1"], overall, 0),
        ("macro-F1 of MTL", "Tables III and I", three.loc["mtl", "macro_f1"], overall, 0),
        ("macro-F1 of window slicing", "Tables IV and I", paper.TABLE_4.loc["window", "macro_f1"], overall, 0),
        ("training time of MTL, s", "Tables III and II", three.loc["mtl", "seconds"], two.loc["lora", "seconds"], 0),
    ]
    table = pd.DataFrame(rows, columns=["claim", "place", "quoted", "computed", "half"])
    agrees = [rounds_to(c, q, h) for c, q, h in zip(table["computed"], table["quoted"], table["half"], strict=True)]
    return table.drop(columns="half").assign(agrees=agrees)
