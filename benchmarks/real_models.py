"""Score rules and small models on real reports with registry labels, and record aggregates for the page *Real reports*.

    python benchmarks/real_models.py --cross-validate      # on folds of the training files: for choosing
    python benchmarks/real_models.py                       # on the test file, once chosen -> book/results/real/scores.json

The TCGA files are found through PATHMTL_REAL (default: ../shared/real beside the repository). What is written holds counts,
scores and intervals: no text, and no id of a report. Every look at the test file adds a line to ``looks``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pathmtl import cohort  # noqa: E402
from pathmtl.analysis import confidence  # noqa: E402
from pathmtl.analysis.evaluate import hard_predictions, scores, with_truth  # noqa: E402
from pathmtl.analysis.metrics import NO_ANSWER  # noqa: E402
from pathmtl.analysis.paired import paired_difference  # noqa: E402
from pathmtl.baselines import controls  # noqa: E402
from pathmtl.baselines.naive import naive_labels  # noqa: E402
from pathmtl.experiments import store  # noqa: E402
from pathmtl.oracle import label_reports  # noqa: E402
from pathmtl.real import gold, silent, teach  # noqa: E402
from pathmtl.real.answers import INFERRED, STATED, answers, oracle_answers  # noqa: E402
from pathmtl.real.stage_group import most_probable_stage  # noqa: E402
from pathmtl.schema import CLASSES, OVERALL, OVERALL_WEIGHTED, TASKS  # noqa: E402

REAL = Path(os.environ.get("PATHMTL_REAL", ROOT.parent / "shared" / "real"))
TRAIN, TEST, STAGES = ("tcga_train.csv.gz", "tcga_train_pathrep.csv.gz"), "tcga_test_dev.csv.gz", "tcga_breast_stage_dev.csv.gz"
REGISTRY = ("T", "N", "M", "ER", "PR", "HER2")
TITLES = {
    "naive": "Naive rules",
    "oracle": "Oracle",
    "tfidf": "TF-IDF",
    "tfidf-literal": "TF-IDF + literal hints",
    "tfidf-oracle": "TF-IDF + oracle's hints",
    "silent": "Silent-report model alone",
    "both": "Oracle + model",
}
PAIRS = (("both", "oracle"), ("both", "tfidf-oracle"), ("both", "tfidf"), ("silent", "tfidf"), ("oracle", "naive"))


def predictions(
    train: pd.DataFrame, read: list, test: pd.DataFrame, test_read: list, words: bool = True
) -> dict[str, pd.DataFrame]:
    """Row -> its predictions on the test reports, in long form with truth; every model is taught on ``train`` only."""
    rules = pd.DataFrame([{task: one.value for task, one in each.items()} for each in test_read])
    staged = train[list(TASKS)].where([[task in "TNM" for task in TASKS]] * len(train))  # few reports have a receptor label
    found = {
        "naive": hard_predictions(test, label_reports(test, naive_labels)),
        "oracle": hard_predictions(test, rules),
    }
    for name, method, kind in (
        ("tfidf", "tfidf", "none"),
        ("tfidf-literal", "tfidf-hints", "literal"),
        ("tfidf-oracle", "tfidf-hints", "oracle"),
    ):
        if words:
            found[name] = controls.predict(controls.fit(method, train, staged, kind, large=True), test, kind)
            print(name, "done", file=sys.stderr)
    model = silent.fit(train, read)
    both = answers(test, test_read, model)
    found["both"] = both[both["task"].isin(model.classes)].replace({"predicted": {"": NO_ANSWER}})
    alone = model.probabilities(test["text"].tolist(), test_read)
    parts = [
        pd.DataFrame(
            {
                "report_id": test["report_id"],
                "patient_id": test["patient_id"],
                "task": task,
                "predicted": np.array(CLASSES[task])[each.argmax(axis=1)],
                "probability": each.max(axis=1),
                "probabilities": each.tolist(),
            }
        )
        for task, each in alone.items()
    ]
    found["silent"] = pd.concat(parts, ignore_index=True)
    return {name: with_truth(frame, test) for name, frame in found.items()}


def record(test: pd.DataFrame, found: dict[str, pd.DataFrame], resamples: int) -> dict:
    """Aggregates of all rows: scores by view, differences, by cancer type, calibration, abstention and errors."""
    both = found["both"]
    basis = both.set_index(["report_id", "task"])["basis"]
    cancers = test.set_index("report_id")["cancer_type"]
    lines, gaps = [], []
    for view in ("all", "stated", "silent", "breast"):
        cut = {}
        for row, frame in found.items():
            frame = frame[frame["task"].isin(REGISTRY)]
            own = pd.Series(basis.reindex(pd.MultiIndex.from_frame(frame[["report_id", "task"]])).to_numpy(), index=frame.index)
            keep = {"all": own.notna() | True, "stated": own == STATED, "silent": own == INFERRED}.get(view)
            cut[row] = frame[keep if keep is not None else frame["report_id"].map(cancers) == "BRCA"]
        for row, frame in cut.items():
            table = scores(frame, resamples=resamples).drop(index=[OVERALL, OVERALL_WEIGHTED], errors="ignore")
            lines += [{"view": view, "row": row, "task": task, **rounded(values)} for task, values in table.iterrows()]
        for a, b in PAIRS:
            if a in cut and b in cut and view != "breast":
                for metric in ("accuracy", "auroc"):
                    table = paired_difference(cut[a], cut[b], metric, resamples=resamples)
                    gaps += [
                        {"view": view, "a": a, "b": b, "metric": metric, "task": task, **rounded(values)}
                        for task, values in table.iterrows()
                        if task in REGISTRY
                    ]
    by_cancer = []
    three = both[both["task"].isin(("T", "N", "M"))]
    right = three["predicted"] == three["truth"]
    for (cancer, task), part in three.assign(right=right, silent=three["basis"] == INFERRED).groupby(
        [three["report_id"].map(cancers), "task"]
    ):
        by_cancer.append(
            {
                "cancer": cancer,
                "task": task,
                "n": len(part),
                "right": int(part["right"].sum()),
                "silent": int(part["silent"].sum()),
                "silent_right": int((part["right"] & part["silent"]).sum()),
            }
        )
    given = confidence.answers(three)
    curve = confidence.reliability(given)
    calibration = [{"basis": "all", **rounded(values)} for _, values in curve.iterrows()]
    errors = {"all": confidence.calibration_error(curve)}
    for name in (STATED, INFERRED):
        part = confidence.reliability(confidence.answers(three[three["basis"] == name]))
        calibration += [{"basis": name, **rounded(values)} for _, values in part.iterrows()]
        errors[name] = confidence.calibration_error(part)
    kinds = three[~right].groupby(["task", "basis", "truth", "predicted"]).size().rename("n").reset_index()
    return {
        "scores": lines,
        "differences": gaps,
        "by_cancer": by_cancer,
        "calibration": calibration,
        "calibration_error": {name: round(value, 4) for name, value in errors.items()},
        "abstention": [rounded(values) for _, values in confidence.abstention(given, steps=20).iterrows()],
        "errors": kinds.sort_values("n", ascending=False).to_dict("records"),
    }


def rounded(values: pd.Series) -> dict:
    return {name: None if pd.isna(value) else round(float(value), 4) for name, value in values.items()}


def stages(train: pd.DataFrame, read: list, folds: int = 5) -> dict:
    """Stage I to IV of the breast reports: the rules with T2, N0, M0 where they are silent, and the model there.

    Most of these patients are in the training file: in each fold, the model is taught without the patients that it answers.
    """
    test = cohort.read_reports(REAL / STAGES)
    test_read = oracle_answers(test)
    patients = np.unique(test["patient_id"])
    fold = dict(zip(patients, np.random.default_rng(0).permutation(len(patients)) % folds, strict=True))
    truth = pd.read_csv(REAL / STAGES, dtype=str)["stage"].str.removeprefix("Stage ")
    rows = {"rules": [None] * len(test), "model": [None] * len(test)}
    for number in range(folds):
        held_out = {patient for patient, one in fold.items() if one == number}
        keep = [i for i, patient in enumerate(train["patient_id"]) if patient not in held_out]
        model = silent.fit(train.iloc[keep].reset_index(drop=True), [read[i] for i in keep])
        chosen = [i for i, patient in enumerate(test["patient_id"]) if patient in held_out]
        part = test.iloc[chosen].reset_index(drop=True)
        alone = model.probabilities(part["text"].tolist(), [test_read[i] for i in chosen])
        for place, i in enumerate(chosen):
            stated = {task: test_read[i][task].value for task in "TNM"}
            assumed = {"T": "T2", "N": "N0", "M": "M0"}
            rows["rules"][i] = most_probable_stage({task: {stated[task] or assumed[task]: 1.0} for task in "TNM"}, edition=7)[0]
            likely = {task: dict(zip(CLASSES[task], alone[task][place].tolist(), strict=True)) for task in "TNM"}
            rows["model"][i] = most_probable_stage(
                {task: {stated[task]: 1.0} if stated[task] else likely[task] for task in "TNM"}, edition=7
            )[0]
    silent_t = sum(each["T"].value is None for each in test_read)
    return {
        "n": len(test),
        "silent_T": silent_t,
        "silent_N": sum(each["N"].value is None for each in test_read),
        **{f"right_{name}": int((pd.Series(found) == truth).sum()) for name, found in rows.items()},
    }


def gold_record(test: pd.DataFrame, test_read: list, found: dict[str, pd.DataFrame]) -> list[dict]:
    """The annotated reports: each row that may stay silent, and the model's inferences as if they were statements."""

    def wide(values: pd.DataFrame) -> pd.DataFrame:
        return values.assign(report_id=test["report_id"])

    rules = pd.DataFrame([{task: one.value for task, one in each.items()} for each in test_read])
    rows = {"naive": wide(label_reports(test, naive_labels)), "oracle": wide(rules)}
    model, _ = silent.load(teach.recorded_model())
    both = answers(test, test_read, model)
    rows["both"] = both.pivot(index="report_id", columns="task", values="predicted").reset_index()
    annotated = gold.gold()
    return [
        {"row": name, **{k: (None if isinstance(v, float) and np.isnan(v) else v) for k, v in line.items()}}
        for name, given in rows.items()
        for line in gold.gold_scores(given, annotated).round(4).to_dict("records")
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cross-validate", action="store_true", help="score on folds of the training files; write nothing")
    parser.add_argument("--resamples", type=int, default=500)
    parser.add_argument("--without-words", action="store_true", help="leave out the TF-IDF rows")
    parser.add_argument("--why", default="final figures", help="why the test file is looked at (recorded)")
    parser.add_argument("--out", type=Path, default=store.results() / teach.FOLDER / "scores.json")
    arguments = parser.parse_args()
    if not (REAL / TEST).exists():
        sys.exit(f"{TEST}: not found; set PATHMTL_REAL to the folder of the TCGA reports")
    train = teach.labeled([str(REAL / name) for name in TRAIN])
    read = oracle_answers(train)
    if arguments.cross_validate:
        fold = np.random.default_rng(0).integers(0, 5, len(train))
        parts: dict[str, list] = {}
        for number in range(2):
            taught, held_out = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
            for row, frame in predictions(
                train.iloc[taught].reset_index(drop=True),
                [read[i] for i in taught],
                train.iloc[held_out].reset_index(drop=True),
                [read[i] for i in held_out],
                not arguments.without_words,
            ).items():
                parts.setdefault(row, []).append(frame)
        for row, frames in parts.items():
            print(row, scores(pd.concat(frames), resamples=2)[["n", "accuracy", "macro_f1", "auroc"]].round(3), sep="\n")
        return
    test = cohort.read_reports(REAL / TEST)
    test_read = oracle_answers(test)
    found = predictions(train, read, test, test_read, not arguments.without_words)
    result = record(test, found, arguments.resamples)
    old = json.loads(arguments.out.read_text(encoding="utf-8")) if arguments.out.exists() else {}
    look = {"date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"), "why": arguments.why}
    about = {
        "train": list(TRAIN),
        "test": TEST,
        "taught_on": len(train),
        "reports": len(test),
        "patients": int(test["patient_id"].nunique()),
        "resamples": arguments.resamples,
    }
    result = {
        "about": about,
        "titles": TITLES,
        "looks": [*old.get("looks", []), look],
        "stages": stages(train, read),
        "gold": gold_record(test, test_read, found),
        **result,
    }
    lines = ",\n".join(
        f' "{name}": '
        + ("[\n" + ",\n".join("  " + json.dumps(one) for one in part) + "\n ]" if isinstance(part, list) else json.dumps(part))
        for name, part in result.items()
    )
    arguments.out.write_text("{\n" + lines + "\n}\n", encoding="utf-8")
    print(
        pd.DataFrame(result["scores"])
        .query("view != 'breast'")[["view", "row", "task", "n", "accuracy", "macro_f1", "auroc"]]
        .to_string()
    )
    print(result["stages"])


if __name__ == "__main__":
    main()
