# %% [markdown]
# # Real reports against a registry
#
# Do the paper's methods work outside of reports that a program wrote? This page scores rules and models on pathology reports of The
# Cancer Genome Atlas (TCGA), against the labels of its registry, and asks what a hospital would: should a model answer where the
# rules are silent?
#
# :::{dropdown} What is reproduced, how long it takes, and where the numbers come from
# **Reproduces** the comparison of Table I on real text; the paper's own reports are private and cannot be used.
#
# **You will learn** why a registry's label is not the same as what a report states, why methods must be scored *separately* on reports
# that name the field, and how much of a score on synthetic reports survives on real ones.
#
# **Runtime and hardware**: seconds for the recorded aggregates. Given a path, the page scores your reports: the model of Table I is
# trained once (a few minutes) or read from the store.
#
# **Numbers**: from *real* reports, as aggregates. No report and no report id is in the repository or on this page; of 130 reports the
# ids, values and basis of what they state are public, without text. The language model is small and learned from *synthetic* reports
# only; the model of silent reports learned from public TCGA reports. Neither is a medical device.
# :::

# %% tags=["parameters", "hide-input"]
profile = "quick"  # quick | standard | paper: size of model and data
reports = "recorded"  # "recorded": the stored aggregates; or a path to your reports
train_reports = "bundled"  # what the model is trained on
rank = 16  # rank r of the LoRA adapters (Eq. 2); alpha stays 16 unless changed
changes = ""  # any other settings, as for pathmtl train --set
seed = 42  # draws training reports, weights and batches
resamples = 500  # bootstrap resamples behind each interval

# %% tags=["hide-input"]
import pandas as pd
from IPython.display import Markdown, display

from pathmtl import cohort, paper
from pathmtl.analysis import registry
from pathmtl.analysis.metrics import METRIC_TITLES
from pathmtl.experiments import store
from pathmtl.experiments.evidence import measured_by
from pathmtl.experiments.runner import run_table
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import Evidence, on_page, verdict_table
from pathmtl.review.coverage import named_tasks
from pathmtl.review.final_verdicts import final_verdicts
from pathmtl.schema import OVERALL, OVERALL_WEIGHTED, TASKS, task_title
from pathmtl.training.settings import parse_overrides
from pathmtl.viz import real_tables
from pathmtl.viz.comparison_tables import coverage
from pathmtl.viz.page import finding, folded
from pathmtl.viz.registry_tables import answer_rates, synthetic_scores
from pathmtl.viz.score_figures import forest
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table, score_table, share
from pathmtl.viz.verdict_cards import verdict_block

check_parameters()
use_style()

# %% tags=["hide-input"]
# The aggregates, recorded or computed now.
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
recorded_run = registry.recorded(store.results() / registry.RECORD)
# The bundled reports are not real, so there is nothing to do for them.
fresh = reports not in ("recorded", cohort.BUNDLED)
sources = {"Recorded": recorded_run} if recorded_run else {}
if fresh:
    rows = ("naive", "lora", "oracle")
    this_run = run_table("table1", profile, reports, train_reports, rows=rows, **overrides)
    runs = {
        row: results[0].runs[0].record["key"]
        for row, results in this_run.outcomes.items()
        if results[0].runs
    }
    sources["This run"] = registry.aggregates(
        this_run.reports,
        this_run.predictions() if this_run.labeled else {},
        named_tasks(this_run.reports),
        titles=this_run.titles,
        about={"source": "your reports", "profile": profile, "runs": runs},
        resamples=resamples,
    )
# %% tags=["hide-input"]
real = real_tables.recorded()
if real:
    at = {(line["view"], line["row"], line["task"]): line for line in real["scores"]}
    gain = {
        (line["view"], line["task"]): line
        for line in real["differences"]
        if (line["a"], line["b"], line["metric"]) == ("both", "oracle", "accuracy")
    }
    sentences = []
    for task in ("T", "N", "M"):
        both, gap = at["all", "both", task], gain["all", task]
        sentences.append(
            f"**{task}**: {both['accuracy']:.3f} right with rules and model, "
            f"{gap['difference']:+.3f} ({gap['low']:+.3f} to {gap['high']:+.3f}) against rules "
            "alone, "
            f"which leave silent reports open; {at['stated', 'both', task]['accuracy']:.2f} where "
            "the "
            f"report states a value and {at['silent', 'both', task]['accuracy']:.2f} where the "
            "model "
            "had to infer it."
        )
    if stage := real["stages"]:
        sentences.append(
            f"**Stage I to IV of {stage['n']} breast reports** (AJCC 7): "
            f"{stage['right_rules'] / stage['n']:.3f} right with T2, N0 and M0 where the report "
            "is silent, "
            f"{stage['right_model'] / stage['n']:.3f} with the model there."
        )
    display(finding(*sentences))
else:
    display(Markdown("**Nothing is recorded**: `python benchmarks/real_models.py` records it."))

# %% [markdown]
# An inferred answer is a proposal for a person to check. The figure says which ones: how often answers of a given
# probability are right, and how the accuracy rises if the least certain answers are left to a person.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Reliability diagram of stated and inferred answers, and accuracy against the share answered without a person"}}
if real:
    display(real_tables.calibration_and_abstention(real))
    ece = real["calibration_error"]
    display(
        Markdown(
            "*T, N and M of rules and model on the test reports. Expected calibration error "
            f"{ece['all']:.3f} (stated {ece['stated']:.3f}, inferred {ece['inferred']:.3f}).*"
        )
    )

# %% tags=["full-width", "hide-input"]
if real:
    display(
        plain_table(
            real_tables.beside_anchors(real),
            "Published figures and ours on real reports. Published rows on all 1,034 reports "
            "include the half kept aside.",
        )
    )

# %% [markdown]
# ## Should a hospital use a model here?
#
# Rules first: where a report **states** a value, the oracle answers, and its evidence can be looked up. Where it is
# silent, a linear model answers: words weighted by TF-IDF, the organ, the tumor's size, and the oracle's answers to
# the *other* fields. Stage codes are hidden from its words, so it also learns from reports that state their stage. It
# learned the **registry's** labels, which are not the same target as what a report states, and each of its answers
# is marked *inferred*. `pathmtl real answer` gives exactly these answers, least certain first.

# %% tags=["hide-input"]
if real:
    real_looks = (
        f"Taught on {real['about']['taught_on']:,} reports, chosen by cross-validation on them; "
        "the "
        f"{real['about']['reports']} test reports were looked at {len(real['looks'])} times: "
        + "; ".join(f"{look['date']}, {look['why']}" for look in real["looks"])
        + "."
    )
    display(Markdown(real_looks))
for name, aggregates in sources.items():
    about = aggregates["about"]
    commit = f", commit `{about['commit']}`" if "commit" in about else ""
    model_run = about["runs"].get("lora", "none")
    display(
        Markdown(
            f"**{name}**: {about['reports']:,} reports of {about['patients']:,} patients "
            f"({about['source']}), {about['profile']} profile, {about['date']}{commit}; "
            f"run of the model: `{model_run}`."
        )
    )
if not sources:
    display(
        Markdown(
            "**Nothing is recorded** here, and no path to real reports was given. "
            "`python benchmarks/real_reports.py FILE` records aggregates; "
            "`-p reports FILE` scores a file on this page."
        )
    )

# %% [markdown]
# Stated, silent, and breast apart, with 95 % bootstrap intervals by patient. "Stated" here means that the oracle
# finds a value.

# %% tags=["hide-input"]
if real:
    display(plain_table(real_tables.by_view(real), "Accuracy by what the report states."))
    display(
        folded(
            "Evidence: by cancer type, and the most frequent errors",
            plain_table(
                real_tables.by_cancer(real), "Oracle + model by cancer type: right answers."
            ),
            plain_table(real_tables.errors(real), "The most frequent errors of oracle + model."),
        )
    )

# %% [markdown]
# ## What 130 of the reports really state
#
# Language-model readers annotated what each report *states*, under a written guide and without any program; where a
# value differed from the oracle's, a second reader who did not know which was which settled it by the text. Against
# this standard an inferred answer is *needless*, even if the registry agrees with it: it is not in the report.

# %% tags=["hide-input"]
if real:
    display(
        plain_table(
            real_tables.gold_table(real),
            "Recall, precision and needless answers, against what the reports state.",
        )
    )
    by_basis = pd.DataFrame(real["gold"]).query("basis != 'all' and row == 'oracle'")
    display(
        plain_table(
            by_basis.pivot(index="task", columns="basis", values="recall")
            .map(share)
            .reindex(list(TASKS)),
            "The oracle's recall by the basis of what is stated.",
        )
    )

# %% [markdown]
# ## What a registry knows
#
# A registry's label comes from the whole chart: another report, a scan, the operation note. The pathology
# report itself may not state it. So each task is scored twice: on **all** labeled reports, and on those that
# **name the field** or write its code. The pattern that decides this knows neither the labels nor the answers
# of any method. It is generous: a report that mentions the regional nodes does not necessarily count them.

# %%
shown = sources.get("This run") or recorded_run or {"scores": [], "differences": [], "titles": {}}
label = "this run" if fresh else "recorded"
views = {view: registry.score_tables(shown, view) for view in registry.VIEWS}
views = {view: tables for view, tables in views.items() if tables}
if views:
    counts = {
        registry.VIEWS[view].capitalize(): next(iter(tables.values()))["n"]
        for view, tables in views.items()
    }
    frame = pd.DataFrame(counts).drop(
        index=[
            name
            for name in (OVERALL, OVERALL_WEIGHTED)
            if name in next(iter(counts.values())).index
        ]
    )
    frame = frame.reindex([task for task in TASKS if task in frame.index]).fillna(0)
    display(
        plain_table(
            frame.astype(int).rename(index=task_title).rename_axis(None),
            f"Labeled reports by task and view ({label}).",
        )
    )
elif fresh:
    display(
        Markdown(
            f"`{reports}` has **no labels**, so nothing can be scored. "
            "How often each method answers:"
        )
    )
    display(plain_table(coverage(this_run), "Share of reports with an answer, by task and method."))

# %% [markdown]
# ## Who answers, and how often correctly?
#
# Rules do not answer if they find nothing; the heads always answer. A missing answer counts as wrong in every
# score below, so look at both numbers here first.

# %%
for view in views:
    display(
        plain_table(
            answer_rates(shown, view).rename(index=task_title),
            "Share of labeled reports answered, and share of the answers that are correct: "
            f"{registry.VIEWS[view]} ({label}).",
        )
    )

# %% [markdown]
# ## Scores
#
# The paper's columns come from its own private test split, labeled by its own engine; they are shown here to
# compare the pattern. Brackets are 95 % bootstrap intervals by patient.

# %%
for view in [view for view in ("all", "stated") if view in views]:
    columns = {
        f"{shown['titles'][row]}, paper": scores
        for row, scores in paper.TABLE_1.items()
        if row in views[view]
    }
    columns |= {f"{shown['titles'][row]}, {label}": scores for row, scores in views[view].items()}
    for metric in ("accuracy", "macro_f1"):
        display(
            score_table(
                columns,
                metric,
                f"{METRIC_TITLES[metric]}, {registry.VIEWS[view]}: paper; real reports ({label}).",
            )
        )

# %% tags=["hide-input"] mystnb={"image": {"alt": "Macro-F1 by task for naive rules, multi-task LLM and oracle on real reports that name the field, with 95 % intervals"}}
if "stated" in views:
    display(forest(views["stated"], "macro_f1", names=shown["titles"], paper={}))
    display(
        Markdown(
            "*Macro-F1 by task on real reports that name the field, with 95 % intervals "
            f"({label}, {shown['about']['profile']} profile; "
            "the model has seen synthetic reports only).*"
        )
    )

# %% [markdown]
# ## Do scores on synthetic reports carry over to real ones?
#
# The same model and the same rules, on the synthetic test split and on real text. The difference is what the
# program that wrote the training reports did not anticipate: hospital habits, decades of forms, scans without
# line breaks, cancers whose stages follow other rules.

# %%
synthetic = synthetic_scores(profile, resamples=50)
rows = [row for row in synthetic if row in views.get("stated", {})]
if rows:
    both = pd.DataFrame(
        {
            (shown["titles"][row], where): scores["accuracy"].map(share)
            for row in rows
            for where, scores in (("synthetic", synthetic[row]), ("real", views["stated"][row]))
        }
    )
    order = [task for task in (*TASKS, OVERALL) if task in both.dropna(how="any").index]
    display(
        plain_table(
            both.loc[order].rename(index=task_title),
            f"Accuracy on the synthetic test split ({profile} profile) "
            f"and on real reports that name the field ({label}).",
        )
    )
else:
    display(Markdown("Nothing can be compared: no labeled real reports, or no run of the model."))

# %% [markdown]
# ## Verdict
#
# The claims of Table I on real reports that name the field: *held* means that the paired interval of the
# macro-F1 difference lies above zero, *tie* that it contains zero, *not held* that it lies below zero.

# %% tags=["full-width", "hide-input"]
if views:
    own = sources.get("This run")
    live = Evidence(measured=measured_by(registry.tested(own))) if own else None
    display(
        verdict_block(
            on_page("real_reports"),
            final_verdicts() if recorded_run else {},
            live,
            caption="LLM minus naive rules (macro-F1) on reports that name the field.",
        )
    )
else:
    display(Markdown("Without labels, no claim can be tested."))

# %% [markdown]
# ## Exercises
#
# **1.** For which task does it matter most whether a report names the field? Compare each method's accuracy in the two views.

# %% tags=["hide-cell", "solution"]
if {"all", "stated"} <= set(views):
    for row, title in registry.methods(shown).items():
        gain = (views["stated"][row]["accuracy"] - views["all"][row]["accuracy"]).dropna()
        print(
            f"{title:16s} "
            + ", ".join(f"{task} {value:+.2f}" for task, value in gain.items() if task in TASKS)
        )

# %% [markdown]
# **2.** Does the verdict depend on the view? Judge the same claims on all labeled reports, where every
# missing answer counts against the rules.

# %% tags=["hide-cell", "solution"]
if views:
    evidence = {
        source: Evidence(measured=measured_by(registry.tested(aggregates, "all")))
        for source, aggregates in sources.items()
    }
    judged = verdict_table(on_page("real_reports"), evidence)
    display(plain_table(judged, "The same claims on all labeled reports."))

# %% [markdown]
# **3.** Score your own registry: a table with `text` and any of the columns T, N, M, grade, ER, PR and HER2. Does the oracle, or the model, hold up better?
#
# ```{code-block} shell
# pathmtl notebook real_reports -p reports path/to/registry.csv --out real.ipynb
# ```
