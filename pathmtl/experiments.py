"""The paper's comparisons, as what a notebook asks for by name. So far Table I: naive rules against the multi-task LLM."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pathmtl import cohort, paper, train
from pathmtl.baselines.naive import naive_labels
from pathmtl.evaluate import NO_ANSWER, hard_predictions, macro_f1_difference, verdict, with_truth
from pathmtl.runs import Run, obtain
from pathmtl.schema import TASK, TASKS
from pathmtl.settings import settings

#: Display names, in the order of the tables.
METHODS = {"naive": "Naive rules", "lora": "Multi-task LLM", "oracle": "Regex oracle"}


@dataclass(frozen=True)
class Comparison:
    """Methods side by side on one set of reports.

    reports: those evaluated. labelled: whether they carry labels to score against. run: the training run behind the LLM.
    predictions: method -> long form (see ``evaluate``); oracle: (reports, tasks) its stated answers.
    """

    reports: pd.DataFrame
    labelled: bool
    held_out: bool
    run: Run
    predictions: dict[str, pd.DataFrame]
    oracle: pd.DataFrame


def naive_answers(table: pd.DataFrame) -> pd.DataFrame:
    """The naive rules' answers, (reports, tasks) of classes or None."""
    return pd.DataFrame([naive_labels(text) for text in table["text"]], index=table.index)


def table1(profile: str = "quick", reports: str = cohort.BUNDLED, train_reports: str = cohort.BUNDLED, **overrides) -> Comparison:
    """Naive rules, multi-task LLM and oracle on the test split of ``reports``; on all of them where the LLM is trained on others.

    The LLM is trained on the training split of ``train_reports``, with ``profile`` and any setting overridden.

    Raises:
        ReportsError, ValueError, BackboneError: see ``cohort.read_reports``, ``settings.settings`` and ``model.backbone.locate``.
    """
    chosen = settings(profile, **overrides)
    table = cohort.read_reports(reports)
    held_out = str(reports) == str(train_reports)
    source = table if held_out else cohort.read_reports(train_reports)
    run = obtain(chosen, source)
    evaluated = (table[cohort.split(table, chosen.seed) == "test"] if held_out else table).reset_index(drop=True)
    labelled = cohort.has_labels(evaluated)
    oracle = train.oracle_labels(evaluated)
    if held_out:
        llm = run.predictions.drop(columns=["truth", "oracle"])
    else:
        # Unlabelled pairs cannot be scored, so with labels at hand only labelled ones are computed.
        llm = run.predictions_on(evaluated, evaluated[list(TASKS)].notna() if labelled else None)
    predictions = {
        "naive": hard_predictions(evaluated, naive_answers(evaluated)),
        "lora": llm,
        "oracle": hard_predictions(evaluated, oracle),
    }
    return Comparison(evaluated, labelled, held_out, run, predictions, oracle)


def answered(comparison: Comparison) -> pd.DataFrame:
    """Share of evaluated reports in which each method answers, (tasks, methods), as text.

    The heads answer wherever they are asked ("always"); without labels the LLM's share is that of reports which mention the task.
    """
    rows = {}
    for method, long in comparison.predictions.items():
        if "mentioned" in long:
            given = long[long["mentioned"]]
            rows[METHODS[method]] = {t: "always" if comparison.labelled else _share(given, t, comparison) for t in TASKS}
        else:
            rows[METHODS[method]] = {t: _share(long[long["predicted"] != NO_ANSWER], t, comparison) for t in TASKS}
    return pd.DataFrame(rows).rename(index=lambda t: TASK[t].title)


def _share(long: pd.DataFrame, task: str, comparison: Comparison) -> str:
    return f"{(long['task'] == task).sum() / len(comparison.reports):.2f}"


def llm_against_naive(comparison: Comparison, resamples: int = 200) -> pd.DataFrame:
    """The claim of section V-A by task: macro-F1 of the LLM minus the naive rules', printed and measured, and whether it held."""
    llm, naive = (with_truth(comparison.predictions[name], comparison.reports) for name in ("lora", "naive"))
    measured = macro_f1_difference(llm, naive, resamples=resamples)
    printed = paper.TABLE_1["lora"]["macro_f1"] - paper.TABLE_1["naive"]["macro_f1"]
    return pd.DataFrame(
        {
            "Paper": [f"{printed[t]:+.3f}" if t in printed else "–" for t in measured.index],
            "This run": [f"{row.difference:+.3f} ({row.low:+.3f} to {row.high:+.3f})" for row in measured.itertuples()],
            "Reports": measured["n"].astype(int),
            "Verdict": [verdict(row.low, row.high) for row in measured.itertuples()],
        },
        index=[TASK[t].title for t in measured.index],
    )
