"""Claims that the printed numbers decide by themselves (``arithmetic``); no run is needed."""

from collections.abc import Callable

import numpy as np

from pathmtl.paper import arithmetic, numbers
from pathmtl.paper.evidence import Claim, Evidence, Measured

_PAGE = ("paper_audit",)
#: Figure in ``arithmetic.quoted`` -> the words in which the paper states it.
_QUOTES = {
    "share of reports audited": "a manual audit of 7,481 cases (70.1%)",
    "share of T stages right": "a substantial gap compared to the Multi-Task LLM (0.994)",
    "memory of prefix tuning, GB": "Prefix Tuning proved more memory-efficient (10.7 GB vs. 14.2 GB peak VRAM)",
    "memory of LoRA, GB": "Prefix Tuning proved more memory-efficient (10.7 GB vs. 14.2 GB peak VRAM)",
    "single-task over multi-task parameters": "reducing the deployment footprint by a factor of six",
    "macro-F1 of LoRA": "the model achieves a Macro F1 score of 0.976",
    "macro-F1 of MTL": "Macro F1 from 0.914 to 0.976",
    "macro-F1 of window slicing": "| 0.981 | 0.976 | 0.996",
    "training time of MTL, s": "it achieves optimal convergence in a single epoch (3,434 seconds)",
}


def _when_asked(compute: Callable[[], Measured]) -> Callable[[Claim, Evidence], Measured]:
    return lambda claim, evidence: compute()


def _overall_rows() -> Measured:
    overall = arithmetic.overall_rows()
    fits = int(overall["mean_fits"].sum())
    return Measured(f"{fits} of {len(overall)} rows are", fits / len(overall))


def _needed() -> Measured:
    needed = {task: arithmetic.minority_share_that_prints(task) for task in ("ER", "PR")}
    text = "; ".join(f"{task}: needs {share:.1%} negatives" for task, share in needed.items())
    return Measured(text, why="another reading prints the same digits: silence counted as a class")


def _found() -> Measured:
    fits = [fit for fit in arithmetic.her2_fits() if fit.naive]
    if len(fits) != 1:
        return Measured(f"{len(fits)} fits", float(bool(fits)))
    return Measured(f"{fits[0].positives - fits[0].missed} of {fits[0].positives}", 1.0)


def _fastest() -> Measured:
    epochs = arithmetic.per_epoch()
    each, total = epochs["seconds_per_epoch"], epochs["seconds"]
    first = [series.idxmin() == "lora" for series in (total, each)]
    text = f"per epoch: {each['lora']:,.0f} s against {each.drop('lora').max():,.0f} s at most"
    return Measured(text, float(np.mean(first)))


def _parameters() -> Measured:
    counts = arithmetic.parameter_rows()
    exact = int((counts["total"] == counts["printed"]).sum())
    return Measured(f"{exact} of {len(counts)} readings to the unit", exact / len(counts))


def _standard_error(labels: float) -> float:
    accuracy = numbers.TABLE_4.loc["window", "accuracy"]
    return float(np.sqrt(accuracy * (1 - accuracy) / labels))


def _full_text() -> Measured:
    # T, N and HER2 alone: a lower bound of the test labels, so an upper bound of the error.
    gap = numbers.TABLE_4.loc["full", "accuracy"] - numbers.TABLE_4.loc["window", "accuracy"]
    errors = gap / _standard_error(sum(numbers.TRAINING_LABELS.values()) / 8)
    return Measured(f"{errors:.1f} standard errors apart", errors)


def _prefix() -> Measured:
    # Every test report states grade, ER and PR: an upper bound of the test labels, so a lower bound of the error.
    most = sum(numbers.TRAINING_LABELS.values()) / 8 + 3 * numbers.COHORT * numbers.SPLIT[2]
    gap = float(numbers.TABLE_2.loc["lora", "accuracy"] - numbers.TABLE_2.loc["prefix", "accuracy"])
    half = 1.96 * _standard_error(most)
    return Measured(f"{gap:+.3f}, at least ± {half:.3f}", gap, gap - half, gap + half)


def _verified() -> Measured:
    share = numbers.AUDITED / numbers.COHORT
    return Measured(f"{numbers.AUDITED:,} of {numbers.COHORT:,} were audited ({share:.1%})", share)


def _quoted(name: str) -> Callable[[], Measured]:
    def compute() -> Measured:
        row = arithmetic.quoted().set_index("claim").loc[name]
        return Measured(f"{row['computed']:.4g}", float(row["agrees"]))

    return compute


def _text(name: str, place: str, value: float) -> Claim:
    says = name[0].upper() + name[1:]
    compute = _when_asked(_quoted(name))
    return Claim(f"quoted-{name.replace(' ', '-')}", says, _QUOTES[name], place, "all of", _PAGE, compute, printed=f"{value:g}")


def _audit(name: str, says: str, quote: str, place: str, kind: str, compute: Callable[[], Measured], **more) -> Claim:
    return Claim(f"audit-{name}", says, quote, place, kind, _PAGE, _when_asked(compute), **more)


# A table of claims: several fields per line.
# fmt: off
PRINTED: tuple[Claim, ...] = (
    *(_text(row.claim, row.place, row.quoted) for row in arithmetic.quoted().itertuples()),
    _audit(
        "overall", "“Overall Average” is the mean of the tasks", "raising the mean Accuracy from 0.928 to 0.981",
        "Tables I and III", "all of", _overall_rows, printed="7 rows", reason="means weighted by support fit the other F1 rows",
    ),
    _audit(
        "bias", "The naive macro-F1 shows a bias toward the majority class",
        "indicating a severe bias toward the majority class", "V-A", "less than", _needed, printed="PR: 0.635",
    ),
    _audit(
        "her2-found", "Some HER2 test set prints every HER2 number of the paper, 92.6 % of positives found among them",
        "correctly identified 92.6% of positive cases", "S3", "all of", _found, printed="0.926",
        reason="a fit: it is not evidence that the test set was this one",
    ),
    _audit(
        "fastest", "LoRA trains fastest, in total and per epoch", "it achieves optimal convergence in a single epoch", "V-B",
        "all of", _fastest, printed="3,434 s", reason="in total yes, per epoch no",
    ),
    _audit(
        "parameters", "Trainable parameters follow from the shape of Llama-3-8B",
        "with orders-of-magnitude fewer trainable parameters", "Table II", "all of", _parameters, printed="4 counts",
    ),
    _audit(
        "full-text", "Windows are on par with full text", "which is statistically on par with our Window Slicing approach",
        "V-D", "less than", _full_text, bound=2.0, printed="+0.001 in accuracy", reason="an upper bound of the standard error",
    ),
    _audit(
        "other-peft", "LoRA is significantly more accurate than prefix tuning",
        "significantly outperforms rule-based NLP and alternative Parameter-Efficient Fine-Tuning (PEFT) strategies", "I",
        "better", _prefix, printed="+0.003 in accuracy", reason="unpaired; the exact test needs the answers",
    ),
    _audit(
        "verified", "All 10,677 reports are verified by experts", "a curated, expert-verified dataset of 10,677 reports",
        "abstract", "at least", _verified, bound=1.0, printed="10,677 reports",
    ),
)
