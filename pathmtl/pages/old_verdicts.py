"""The verdict builders of the former ``pages`` modules, unchanged; the claims of ``paper/`` replace them one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from pathmtl import paper
from pathmtl.analysis import confidence
from pathmtl.analysis.class_distribution import agrees, commonest_is, counts_of, rarer_than_even
from pathmtl.analysis.compare import (
    HELD,
    NOT_HELD,
    TIE,
    UNTESTED,
    gap_text,
    on_par,
    paired_difference,
    verdict,
)
from pathmtl.analysis.confidence import wilson
from pathmtl.analysis.confusion import commonest, confusion, constant_predictions, of_task
from pathmtl.analysis.convergence import Convergence, more_epochs_needed, one_epoch_suffices
from pathmtl.analysis.hint_ablation import contrast, without_hints
from pathmtl.analysis.layouts import passes
from pathmtl.analysis.oracle_agreement import both_known
from pathmtl.analysis.registry import difference
from pathmtl.analysis.uncertainty import calibration, overall_by_seed
from pathmtl.analysis.wording import FEW, Phenomenon, by_wording, paired_within
from pathmtl.experiments.recipes import LONGER
from pathmtl.experiments.results import TableResult
from pathmtl.experiments.results import recorded as recorded_table
from pathmtl.pages.claims import (
    COST_MARGIN,
    RECORDED_TITLE,
    Claim,
    Judgement,
    cells,
    learnt,
    or_longer,
    sources_of,
    verdict_column,
)
from pathmtl.paper import TABLE_1
from pathmtl.review.review_list import CONFLICT, DISAGREE, UNSURE, checkable, order_auroc
from pathmtl.schema import CLASSES, OVERALL, PAPER_TASKS, task_title
from pathmtl.viz.hint_ablation import overall_gap
from pathmtl.viz.loss_curves import gain_text, mean_text, measured

HER2 = "HER2"


def circularity_verdicts(live: TableResult, recorded: TableResult | None = None, *, resamples: int = 200) -> pd.DataFrame:
    """What the paper says of windows and hints, against the truth; the last row, on the reference, is ours.

    All on the pairs whose two references are both known, so that the rows can be compared with each other.
    """
    printed = paper.TABLE_4["macro_f1"]
    both = ("window", without_hints("window"))
    # Claim, place, printed, the words of its verdict, and the rows that must have learnt something for it to say anything.
    claims = [
        ("The window beats a random one, hints kept", "V-D", f"{printed['window'] - printed['random']:+.3f}", verdict, both[:1]),
        ("The window beats a random one, without hints", "not tested", "–", verdict, both[1:]),
        ("Hints help the model with the proper window", "S1-B", "–", verdict, both[:1]),
        ("The engine is not needed at inference: no hints are as good", "S1-A", "–", on_par, both),
        ("The oracle credits hints with more than the truth does", "ours", "–", verdict, both),
    ]
    sources = sources_of(live, recorded)
    measured = {title: _gaps(table, resamples) for title, table in sources.items()}
    longer = recorded_table("table4", LONGER)
    later = _gaps(longer, resamples) if RECORDED_TITLE in sources else []
    rows = []
    for i, (says, place, told, words, needed) in enumerate(claims):
        row = {"Claim": says, "Section": place, "Paper": told}
        for title, table in sources.items():
            found = _judged_gap(measured[title][i], words, table, needed, resamples)
            if title == RECORDED_TITLE:
                found = or_longer(found, partial(_judged_gap, later[i], words, longer, needed, resamples))
            row |= {title: found.measured, verdict_column(title): found.verdict}
        rows.append(row)
    return pd.DataFrame(rows).set_index("Claim")


def _judged_gap(gap: pd.DataFrame, words, table: TableResult, needed: tuple[str, ...], resamples: int) -> Judgement:
    if OVERALL not in gap.index or not all(learnt(table[row], "truth", resamples) for row in needed):
        return Judgement(overall_gap(gap), UNTESTED)
    return Judgement(overall_gap(gap), words(gap.loc[OVERALL, "low"], gap.loc[OVERALL, "high"]))


def _gaps(table: TableResult, resamples: int) -> list[pd.DataFrame]:
    """The difference behind each claim, in their order; empty where a row or the truth is missing."""
    frames = both_known({row: table[row].predictions for row in table.titles}) if table.titles else {}

    def gap(*terms: tuple[int, str, str]) -> pd.DataFrame:
        if any(row not in frames or frames[row].empty for _, row, _ in terms):
            return pd.DataFrame()
        return contrast([(weight, frames[row], reference) for weight, row, reference in terms], resamples=resamples)

    on, without = "window", without_hints("window")
    hints = [(1, on, "truth"), (-1, without, "truth")]
    return [
        gap((1, on, "truth"), (-1, "random", "truth")),
        gap((1, without, "truth"), (-1, without_hints("random"), "truth")),
        gap(*hints),
        gap(*((-weight, row, reference) for weight, row, reference in hints)),
        gap((1, on, "oracle"), (-1, without, "oracle"), (-1, on, "truth"), (1, without, "truth")),
    ]


def distribution_verdicts(labels: pd.DataFrame) -> pd.DataFrame:
    """The paper's sentences on its classes (S4, V-A, V-C) on these labels."""
    rows = []
    for task, expected in (("T", "T1"), ("N", "N0")):
        counts = counts_of(labels, task)
        word = commonest_is(counts, expected) if counts.sum() else UNTESTED
        told = f"{counts.idxmax()}, {_share_text(counts.max(), counts.sum())}" if counts.sum() else "–"
        rows.append((f"{expected} dominates", "S4", expected, told, word))
    for task, name in (("T", "T4"), ("N", "N3"), ("HER2", "Positive")):
        counts = counts_of(labels, task)
        title = name if task != "HER2" else "HER2-positive"
        word = rarer_than_even(counts, name) if counts.sum() else UNTESTED
        rows.append((f"{title} is a small fraction", "S4", "–", _share_text(counts[name], counts.sum()), word))
    her2 = counts_of(labels, "HER2")
    positive, both = int(her2["Positive"]), int(her2["Positive"] + her2["Negative"])
    ratio = f"{her2['Negative'] / positive:.1f} : 1" if positive else "–"
    word = agrees(positive, both, 1 / (1 + paper.HER2_RATIO))
    rows.append(("HER2 negative : positive", "V-C", f"{paper.HER2_RATIO} : 1", ratio, word))
    m = counts_of(labels, "M")
    told = ", ".join(f"{count:,} {name}" for name, count in m.items() if count) or "–"
    rows.append(("Every case is M0", "V-A", "M0 only", told, UNTESTED if not m.sum() else NOT_HELD if m["M1"] else HELD))
    for task, count in paper.TRAINING_LABELS.items():
        printed, stated = count / (paper.COHORT * paper.SPLIT[0]), int(labels[task].notna().sum())
        title = f"Share of reports that state {task_title(task)}"
        # Where nobody states it, the column is missing rather than the finding.
        word = agrees(stated, len(labels), printed) if stated else UNTESTED
        rows.append((title, "V-C", f"{printed:.3f}", _share_text(stated, len(labels)) if stated else "–", word))
    return pd.DataFrame(rows, columns=["Claim", "Section", "Paper", "These reports", "Verdict"])


def _share_text(count: int, total: int) -> str:
    if not total:
        return "–"
    low, high = wilson(int(count), int(total))
    return f"{count / total:.3f} ({low:.3f} to {high:.3f})"


def her2_verdicts(
    live: TableResult, recorded: TableResult | None = None, *, truth: str = "truth", resamples: int = 200
) -> pd.DataFrame:
    """What S3, V-A and III-B2 say of HER2: paper, recorded where there is one, this run, and the verdicts."""
    naive, lora = (paper.TABLE_1[row].loc[HER2, "macro_f1"] for row in ("naive", "lora"))
    constant = float(paper.TABLE_3.loc["stl", HER2])
    claims: list[tuple[str, str, str, Callable[[TableResult], tuple[str, str]]]] = [
        (
            "The model finds as large a share of the positives as printed",
            "S3",
            f"{paper.HER2_POSITIVES_FOUND:.3f}",
            lambda table: _positives(table, truth),
        ),
        (
            "The model does not fall to the majority's answer",
            "III-B2",
            f"{lora - constant:+.3f}",
            lambda table: _against_constant(table, "lora", verdict, truth, resamples),
        ),
        (
            "The model beats naive rules",
            "V-A",
            f"{lora - naive:+.3f}",
            lambda table: _her2_gap(table, table.outcomes["naive"][0].predictions, verdict, truth, resamples),
        ),
        (
            "Naive rules are hardly better than the majority's answer",
            "V-A",
            f"{naive - constant:+.3f}",
            lambda table: _against_constant(table, "naive", on_par, truth, resamples),
        ),
    ]
    rows = []
    for says, place, printed, test in claims:
        row = {"Claim": says, "Section": place, "Paper": printed}
        for title, table in sources_of(live, recorded).items():
            measured, word = test(table) if _testable(table, truth) else ("–", UNTESTED)
            row |= {title: measured, verdict_column(title): word}
        rows.append(row)
    return pd.DataFrame(rows).set_index("Claim")


def _testable(table: TableResult, truth: str) -> bool:
    return all(row in table and len(of_task(table[row].predictions, HER2, truth)) for row in ("naive", "lora"))


def _positives(table: TableResult, truth: str) -> tuple[str, str]:
    # Seeds answer the same reports: pooled, they would look like more of them. The first one's stand.
    counts = confusion(table["lora"].predictions, HER2, truth).loc["Positive"]
    found, total = int(counts["Positive"]), int(counts.sum())
    if not total:
        return "–", UNTESTED
    low, high = wilson(found, total)
    word = verdict(low - paper.HER2_POSITIVES_FOUND, high - paper.HER2_POSITIVES_FOUND)
    return f"{found / total:.3f} ({low:.3f} to {high:.3f})", word


def _against_constant(table: TableResult, row: str, words: Callable, truth: str, resamples: int) -> tuple[str, str]:
    frame = table.outcomes[row][0].predictions
    collapsed = constant_predictions(frame, HER2, commonest(frame, HER2, truth))
    frames = [outcome.predictions for outcome in table.outcomes[row]]
    return _said(paired_difference(frames, collapsed, truth=truth, resamples=resamples), words)


def _her2_gap(table: TableResult, other: pd.DataFrame, words: Callable, truth: str, resamples: int) -> tuple[str, str]:
    frames = [outcome.predictions for outcome in table.outcomes["lora"]]
    return _said(paired_difference(frames, other, truth=truth, resamples=resamples), words)


def _said(found: pd.DataFrame, words: Callable) -> tuple[str, str]:
    row = found.loc[HER2]
    return gap_text(row["difference"], row["low"], row["high"]), words(row["low"], row["high"])


#: Ours, not the paper's: it uses one layout and compares none.
LAYOUT_CLAIMS = (
    Claim("layouts", "Both layouts score alike (macro-F1)", "ours", "alike", "joint", "per_field"),
    Claim("layouts", "The joint prompt trains faster", "ours", "cheaper", "joint", "per_field", "train_seconds"),
    Claim("layouts", "The joint prompt answers faster", "ours", "cheaper", "joint", "per_field", "predict_seconds"),
    Claim("layouts", "The joint prompt takes as much memory", "ours", "as cheap", "joint", "per_field", "peak_memory_mb"),
)


def least_joint_ratio() -> float:
    """The least that six single-task models could cost over one multi-task model with joint prompts, from the paper's own counts.

    The multi-task model reads at most every training report once an epoch; the single-task ones read at least the labels
    that section V-C gives for three of the six tasks.
    """
    return sum(paper.TRAINING_LABELS.values()) / (paper.COHORT * paper.SPLIT[0])


def printed_ratio() -> float:
    """Table III's training time of six single-task models over that of one multi-task model."""
    return float(paper.TABLE_3.loc["stl", "seconds"] / paper.TABLE_3.loc["mtl", "seconds"])


def layout_verdicts(
    live: TableResult, recorded: TableResult | None = None, *, labels: pd.DataFrame | None = None, resamples: int = 200
) -> pd.DataFrame:
    """Ours on the two layouts, and which of them the paper's times point to: recorded where there is one, this run.

    labels: those trained on (``passes``), from which this run's ratio is computed.
    """
    sources = sources_of(live, recorded)
    rows = [_times(sources, labels)]
    for claim in LAYOUT_CLAIMS:
        row = {"Claim": claim.says, "From": claim.place, "Paper": "–"}
        for title, table in sources.items():
            row |= cells(title, claim, table, resamples=resamples)
        rows.append(row)
    return pd.DataFrame(rows).set_index("Claim").fillna("–")


def _times(sources: Mapping[str, TableResult], labels: pd.DataFrame | None) -> dict[str, str]:
    row = {"Claim": "The paper's times point to one prompt a field", "From": "Table III", "Paper": f"× {printed_ratio():.2f}"}
    for title in sources:
        row |= {title: "–", verdict_column(title): UNTESTED}
    if labels is not None:
        ratios = passes(labels)["ratio"]
        row["This run"] = f"× {ratios['per_field']:.2f} a field, × {ratios['joint']:.2f} jointly"
        row[verdict_column("This run")] = points_to_a_field(printed_ratio(), ratios["joint"])
    return row


def points_to_a_field(printed: float, joint: float) -> str:
    """Is a printed ratio of times within ``COST_MARGIN`` of 1, as one prompt a field makes it, and that of joint prompts not?"""
    if pd.isna(joint):
        return UNTESTED
    fits = [1 - COST_MARGIN <= printed / expected <= 1 / (1 - COST_MARGIN) for expected in (1.0, joint)]
    return UNTESTED if fits == [True, True] else HELD if fits[0] else NOT_HELD


def convergence_verdicts(live: TableResult, recorded: TableResult | None = None) -> pd.DataFrame:
    """The paper's sentences on convergence (V-B, S2, S3): paper, recorded where there is one, this run, and the verdicts."""
    sources = {title: (table, measured(table)) for title, table in sources_of(live, recorded).items()}
    rows = []
    for says, place, printed, judge in _convergence_claims(live):
        row = {"Claim": says, "Section": place, "Paper": printed}
        for title, (_, found) in sources.items():
            told, word = judge(found)
            row |= {title: told, verdict_column(title): word}
        rows.append(row)
    return pd.DataFrame(rows).set_index("Claim")


def _convergence_claims(table: TableResult):
    yield "LoRA is within a tenth of its lowest loss by the end of epoch 1", "S3", f"{paper.PLATEAU_LOSS}", _plateau
    for row, epochs in sorted(paper.EPOCHS.items(), key=lambda each: each[1]):
        if row not in table.titles:
            continue
        title = table.titles[row]
        if epochs == 1:
            yield f"{title} gains nothing after its first epoch", "V-B", "1 epoch", _gains(row, one_epoch_suffices)
        else:
            yield f"{title} needs more than one epoch", "V-B", f"{epochs} epochs", _gains(row, more_epochs_needed)
    yield "LoRA does not overfit: its last loss is within a tenth of its lowest", "S3", "–", _no_rise


def _plateau(found: Mapping[str, Sequence[Convergence]]) -> tuple[str, str]:
    each = [one for one in found.get("lora", ()) if one.planned > 1]
    if not each:
        return "–", UNTESTED
    held = [one.plateau <= 1 + 1e-6 for one in each]
    word = HELD if all(held) else NOT_HELD
    return f"{mean_text([one.lowest for one in each], '.4f')}, from epoch {mean_text([one.plateau for one in each], '.2f')}", word


def _gains(row: str, words):
    def judge(found: Mapping[str, Sequence[Convergence]]) -> tuple[str, str]:
        gains = [one.gain for one in found.get(row, ())]
        return (f"gain {gain_text(gains)}" if gain_text(gains) != "–" else "–"), words(gains)

    return judge


def _no_rise(found: Mapping[str, Sequence[Convergence]]) -> tuple[str, str]:
    each = found.get("lora", ())
    if not each:
        return "–", UNTESTED
    return mean_text([one.rise for one in each], "+.0%"), HELD if all(one.rise <= 0.1 for one in each) else NOT_HELD


def uncertainty_verdicts(sources: Mapping[str, TableResult], *, bins: int = 10, resamples: int = 200) -> pd.DataFrame:
    """What the paper prints without an interval, and three properties that it does not speak of, on each source's first seed."""
    gap = paper.TABLE_4.loc["full", "macro_f1"] - paper.TABLE_4.loc["window", "macro_f1"]
    resolved = {
        "Claim": "A gap as small as full text against window can be told from chance",
        "Section": "V-D",
        "Paper": f"{gap:+.3f}, called on par",
    }
    steady = {"Claim": "A seed changes less than the patients do", "Section": "–", "Paper": "one seed"}
    honest = {"Claim": "Its probabilities can be taken at their word (ours)", "Section": "–", "Paper": "–"}
    better = {"Claim": "The surer half of its answers is more often right (ours)", "Section": "–", "Paper": "–"}
    for source, table in sources.items():
        word = verdict_column(source)
        each = overall_by_seed([outcome.predictions for outcome in table.outcomes.get("lora", ())], resamples=resamples)
        half = (each[0]["macro_f1_high"] - each[0]["macro_f1_low"]) / 2 if each else np.nan
        resolved |= {
            source: "–" if np.isnan(half) else f"interval ± {half:.3f}",
            word: UNTESTED if np.isnan(half) else HELD if half < abs(gap) else TIE,
        }
        values = [one["macro_f1"] for one in each]
        spread = np.std(values, ddof=1) if len(values) > 1 else np.nan
        known = not np.isnan(spread) and not np.isnan(half)
        steady |= {
            source: f"± {spread:.3f} over {len(values)} seeds" if known else f"{len(values)} seed",
            # 1.96 standard deviations, as the interval has.
            word: UNTESTED if not known else HELD if 1.96 * spread < half else NOT_HELD,
        }
        given = confidence.answers(table["lora"].predictions)
        found = calibration(given, bins)
        honest |= {
            source: "–" if not len(given) else f"error {found['error']:.3f}, by chance up to {found['chance']:.3f}",
            word: UNTESTED if len(given) < confidence.FEW * bins else HELD if found["error"] <= found["chance"] else NOT_HELD,
        }
        gain, low, high = confidence.gain_of_abstaining(given, resamples=resamples)
        better |= {source: "–" if np.isnan(gain) else gap_text(gain, low, high), word: verdict(low, high)}
    return pd.DataFrame([resolved, steady, honest, better]).set_index("Claim")


def review_verdicts(tested: Mapping[str, pd.DataFrame], *, resamples: int = 200) -> pd.DataFrame:
    """What the paper says that such a table can be held against, a row a claim; tested: source -> ``answer_table``.

    The order's verdict is ``held`` where its interval lies above 0.5, ``tie`` around it.
    """
    schema = {"Claim": "Every answer is a class of its task", "Section": "I", "Paper": "by construction"}
    audit = {"Claim": "Experts checked the labels", "Section": "III-A", "Paper": f"{paper.AUDITED_QUOTED:.1%} of reports"}
    order = {"Claim": "Errors come first in the order (ours)", "Section": "–", "Paper": "–"}
    for source, table in tested.items():
        column, word = source, verdict_column(source)
        said = table.loc[table["model"].notna(), ["task", "model"]]
        valid = [value in CLASSES[task] for task, value in said.itertuples(index=False)]
        schema |= {column: f"{sum(valid):,} of {len(valid):,}", word: UNTESTED if not valid else HELD if all(valid) else NOT_HELD}
        listed = table[table["why"].isin((CONFLICT, DISAGREE, UNSURE))]["report_id"].nunique()
        audit |= {column: f"{listed:,} of {table['report_id'].nunique():,} reports listed", word: UNTESTED}
        area, low, high = order_auroc(checkable(table), resamples=resamples)
        shown = "–" if np.isnan(area) else f"AUROC {area:.3f} ({low:.3f} to {high:.3f})"
        order |= {column: shown, word: verdict(low - 0.5, high - 0.5)}
    return pd.DataFrame([schema, audit, order]).set_index("Claim")


def registry_verdicts(sources: Mapping[str, Mapping], view: str = "stated") -> pd.DataFrame:
    """Table I's claims ("the LLM beats naive rules") by task and overall, in a view of each source of ``aggregates``.

    A last row asks whether the model is better than its teacher, which the paper does not compare.
    """
    rows = []
    for task in (*PAPER_TASKS, OVERALL):
        name = task_title(task)
        gap = TABLE_1["lora"].loc[task, "macro_f1"] - TABLE_1["naive"].loc[task, "macro_f1"]
        head = {"Claim": f"{name}: the LLM beats naive rules", "Section": "V-A", "Paper": f"{gap:+.3f}"}
        rows.append(head | _judged_pair(sources, view, "lora", "naive", task))
    head = {"Claim": "Overall: the LLM beats the oracle that taught it", "Section": "–", "Paper": "not compared"}
    rows.append(head | _judged_pair(sources, view, "lora", "oracle", OVERALL))
    return pd.DataFrame(rows).set_index("Claim")


def _judged_pair(sources: Mapping[str, Mapping], view: str, a: str, b: str, task: str) -> dict[str, str]:
    cells = {}
    for source, found in sources.items():
        gaps = difference(found, view, a, b)
        word = verdict_column(source)
        if task not in gaps.index or np.isnan(gaps.loc[task, "difference"]):
            cells |= {source: "–", word: UNTESTED}
            continue
        row = gaps.loc[task]
        cells[source] = gap_text(row["difference"], row["low"], row["high"])
        cells[word] = verdict(row["low"], row["high"])
    return cells


@dataclass(frozen=True)
class WordingClaim:
    """A wording that the paper blames for the naive rules' errors, the task whose Table I row shows it, and where it says so."""

    says: str
    phenomenon: str
    task: str
    place: str


WORDING_CLAIMS: tuple[WordingClaim, ...] = (
    WordingClaim("An earlier stage in the history", "prior_stage_history", "T", "V-A"),
    WordingClaim("A nuclear grade beside the histologic one", "nuclear_grade_beside", "grade", "V-A"),
    WordingClaim("“Equivocal (2+)” as HER2 result", "her2_equivocal_wording", "HER2", "V-A"),
    WordingClaim("Negation (“no evidence of …”)", "negated_malignancy", "T", "I"),
    WordingClaim("Syntax fractured by OCR", "ocr_noise", "", "I"),
)


def wording_verdicts(
    tested: Mapping[str, tuple[pd.DataFrame, Mapping[str, pd.DataFrame]]],
    phenomena: Mapping[str, Phenomenon],
    *,
    resamples: int = 200,
) -> pd.DataFrame:
    """The paper's claims about wording, two rows each: it breaks the naive rules; the LLM does better where it stands.

    tested: source -> (reports, predictions by row). The first is judged by the drop, the second by the paired difference.
    """
    tables = {}
    for source, (reports, frames) in tested.items():
        tables[source] = by_wording(reports, frames, phenomena, resamples=resamples) if "naive" in frames else pd.DataFrame()
    rows = []
    for claim in WORDING_CLAIMS:
        printed = TABLE_1["lora"]["accuracy"] - TABLE_1["naive"]["accuracy"]
        head = {"Section": claim.place}
        broken = {"Claim": f"{claim.says} breaks the naive rules", **head, "Paper": "no figure"}
        better = {
            "Claim": f"{claim.says}: the LLM does better",
            **head,
            "Paper": f"{printed[claim.task]:+.3f} ({claim.task}, all reports)" if claim.task else "no figure",
        }
        for source, (reports, frames) in tested.items():
            word = verdict_column(source)
            key = (claim.phenomenon, "naive")
            if key in tables[source].index:
                row = tables[source].loc[key]
                broken |= {source: _shown_drop(row["drop"], row["drop_low"], row["drop_high"], int(row["answers"]))}
                broken |= {word: _judged_drop(-row["drop_high"], -row["drop_low"], int(row["answers"]))}
            else:
                broken |= {source: "–", word: UNTESTED}
            if "lora" in frames and "naive" in frames:
                gap, low, high, count = paired_within(
                    reports,
                    frames["lora"],
                    frames["naive"],
                    claim.phenomenon,
                    phenomena[claim.phenomenon],
                    resamples=resamples,
                )
                better |= {source: _shown_drop(gap, low, high, count), word: _judged_drop(low, high, count)}
            else:
                better |= {source: "–", word: UNTESTED}
        rows += [broken, better]
    return pd.DataFrame(rows).set_index("Claim")


def _shown_drop(value: float, low: float, high: float, answers: int) -> str:
    return "–" if np.isnan(value) else f"{gap_text(value, low, high)}, {answers:,} answers"


def _judged_drop(low: float, high: float, answers: int) -> str:
    return verdict(low, high) if answers >= FEW else UNTESTED
