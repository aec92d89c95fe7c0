# %% [markdown]
# # Which wording breaks which method
#
# **Reproduces** the error analysis of section V-A and the complaint of the introduction: rules stumble over an older stage in the history, a nuclear grade, an equivocal HER2, a
# negation, a scanned page. The paper says so in words and prints no figure; here each wording is a *phenomenon* that is known to be in a report or not, so it can be counted.
#
# **You will learn** to break one score into the situations it is made of, why a low score beside a phenomenon need not be that phenomenon's fault, and how many "findings" pure chance
# hands to whoever looks at a hundred cells.
#
# **Runtime and hardware**: the multi-task model of Table I, trained once in the `quick` profile (a few minutes on two CPU cores) or read from the store; then seconds.
#
# **Numbers**: *synthetic*. Only reports that a program wrote record which difficulty was written into them; the corpus page shows an example of each.

# %% tags=["parameters"]
profile = "quick"  # quick | standard | paper: size of model and data
reports = "bundled"  # evaluated: "bundled", or a synthetic corpus of your own
train_reports = "bundled"  # trained on; if the same: train split, test split
rank = 16  # rank r of the LoRA adapters (Eq. 2); alpha stays 16 unless changed
changes = ""  # any other settings, as for pathmtl train --set
seed = 42  # draws training reports, weights and batches
fewest = 10  # rows with fewer answers are printed, not colored
resamples = 500  # bootstrap resamples behind each interval

# %% [markdown]
# We need the three methods of Table I and the counts by wording.

# %%
import numpy as np
import pandas as pd
from IPython.display import Markdown, display
from pathmtl_synthetic.phenomena import PHENOMENA

from pathmtl import cohort
from pathmtl.analysis.compare import gap_text
from pathmtl.analysis.wording import (
    breaks,
    by_wording,
    expected_by_chance,
    records_phenomena,
    tested,
)
from pathmtl.experiments.evidence import measured_by, sources_of
from pathmtl.experiments.results import recorded
from pathmtl.experiments.runner import run_table
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.schema import TASK
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.score_figures import heat_map
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table, share

check_parameters()
use_style()
METHODS = {"naive": "Naive rules", "lora": "Multi-task LLM", "oracle": "Oracle"}

# %% [markdown]
# ## The reports and their phenomena
#
# Each bundled report carries the names of the difficulties written into it, each difficulty the tasks that it touches. A report in which an earlier stage stands in the history is counted for T and
# N, not for ER.

# %%
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
known = cohort.read_reports(reports)
able = records_phenomena(known, PHENOMENA) and cohort.has_labels(known)
if able:
    this_run = run_table("table1", profile, reports, train_reports, **overrides)
    able = records_phenomena(this_run.reports, PHENOMENA)
if able:
    scored = by_wording(this_run.reports, this_run.predictions(), PHENOMENA, resamples=resamples)
    found = scored.index.get_level_values("phenomenon").nunique()
    display(
        Markdown(
            f"**{len(this_run.reports):,} reports** from `{reports}` "
            f"({'the held-out test split' if this_run.held_out else 'none of them trained on'}), "
            f"{found} of {len(PHENOMENA)} phenomena in them."
        )
    )
else:
    display(
        Markdown(
            f"`{reports}` does not record phenomena with **labels** beside them: only a synthetic corpus "
            "knows which difficulty was written into a report. What follows stays empty; use "
            '`reports = "bundled"`, or write a corpus with `pathmtl-synthetic synthesize`.'
        )
    )

# %% [markdown]
# ## The map
#
# A row is a phenomenon, a column a method, a cell the share of answers that are right where the phenomenon stands. Hardest for the naive rules on top. White rows rest on too few answers to be read.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Heat map of accuracy: a row for each phenomenon, a column for each of naive rules, multi-task LLM and oracle; rows with few answers are white"}}
if able:
    title = {name: about.title for name, about in PHENOMENA.items()}
    wide = scored["accuracy"].unstack("method")[list(METHODS)].rename(columns=METHODS)
    counts = scored["answers"].groupby("phenomenon").first()
    enough = counts.reindex(wide.index) >= fewest
    wide = wide.assign(few=~enough).sort_values(["few", METHODS["naive"]]).drop(columns="few")
    display(heat_map(wide.rename(index=title), counts.rename(index=title), "Accuracy", fewest))
    display(
        Markdown(
            f"*Accuracy against the truth by phenomenon and method, on the tasks that the phenomenon touches; "
            f"answers in brackets, fewer than {fewest} left white ({profile} profile, synthetic reports).*"
        )
    )

# %% [markdown]
# ## The same with intervals, and beside the rest
#
# A low cell can mean two things: the phenomenon is hard, or its tasks are. So each is compared with the *same tasks in the reports without it*. The **drop** is accuracy with the phenomenon minus
# accuracy without; its interval resamples patients. The interval of an accuracy is Wilson's and counts patients, not answers: what one report says of ER and PR is hardly two observations.

# %% tags=["hide-output"]
if able:
    many = scored[scored["answers"] >= fewest].reset_index()
    shown = pd.DataFrame(
        {
            "Phenomenon": many["phenomenon"].map(title),
            "Method": many["method"].map(METHODS),
            "Answers": many["answers"].map("{:,}".format),
            "Patients": many["patients"].map("{:,}".format),
            "Accuracy": [
                f"{share(r.accuracy)} ({share(r.low)}–{share(r.high)})" for r in many.itertuples()
            ],
            "Elsewhere": many["elsewhere"].map(share),
            "Drop": [
                "–" if np.isnan(r.drop) else gap_text(r.drop, r.drop_low, r.drop_high)
                for r in many.itertuples()
            ],
        }
    )
    display(
        plain_table(
            shown,
            f"Accuracy with and without each phenomenon, those with {fewest} answers or more.",
            index=False,
        )
    )
    rare = counts[counts < fewest].rename(index=title)
    display(
        Markdown(
            "Too few answers to be read here: "
            + (", ".join(f"{name} ({n})" for name, n in rare.items()) or "none")
            + "."
        )
    )

# %% [markdown]
# ## What breaks what
#
# A method *breaks* on a wording where the whole interval of the drop lies below zero. Look at enough cells and some will by chance: one in forty.

# %%
if able:
    broken = breaks(scored, fewest)
    rows = pd.DataFrame(
        {
            METHODS[method]: [
                ", ".join(f"{title[name]} ({row['drop']:+.2f})" for name, row in part.iterrows())
                or "nothing"
            ]
            for method in METHODS
            for part in [
                broken.xs(method, level="method")
                if method in broken.index.get_level_values("method")
                else broken.head(0)
            ]
        },
        index=["breaks on"],
    ).T
    display(
        plain_table(rows, "Wordings whose drop is below zero, interval and all, the deepest first.")
    )
    display(
        Markdown(
            f"**{len(broken)}** of {int((scored['answers'] >= fewest).sum())} cells; about "
            f"{expected_by_chance(scored, fewest):.0f} would be expected if no wording mattered. "
            "Reports carry several phenomena at once, so a drop is a place to look and not a cause."
        )
    )

# %% [markdown]
# ## Verdict
#
# Two rows a wording: does it break the naive rules (*held*: the drop's interval lies below zero), and does the language model do better where it stands (*held*: the paired interval of LLM minus
# naive lies above zero)? The paper's figure for the second is the task's accuracy in Table I over all reports: it printed none for the wording. With few answers nothing is tested.

# %%
if able:
    recorded_run = recorded("table1")
    evidence = {"Recorded": recorded_run} if "lora" in recorded_run else {}
    if not evidence or not this_run.is_recorded:
        evidence["This run"] = this_run
    measured = {
        title: measured_by(tested(each.reports, each.predictions(), PHENOMENA, resamples=resamples))
        for title, each in evidence.items()
    }
    judged = verdict_table(
        on_page("by_phenomenon"), sources_of(this_run, recorded_run, measured=measured)
    )
    display(
        plain_table(
            judged,
            "The paper's error analysis: paper, recorded where there is one, this run (accuracy).",
        )
    )
else:
    display(Markdown("Without recorded phenomena no claim about wording can be tested."))

# %% [markdown]
# ## Exercises
#
# **1.** One report, several phenomena: which two stand together most often, compared with what chance would give? What does that mean for the table of drops?

# %% tags=["hide-cell", "solution"]
if able:
    flags = this_run.reports["phenomena"].fillna("").str.get_dummies(";")
    flags = flags.loc[:, flags.sum() >= fewest]
    together, alone = flags.T @ flags, flags.mean()
    lift = together / len(flags) / np.outer(alone, alone)
    pairs = lift.where(np.triu(np.ones(lift.shape, dtype=bool), 1)).stack()
    for (one, other), value in pairs.sort_values(ascending=False).head(5).items():
        print(f"{value:4.1f} times chance: {one} + {other} ({together.loc[one, other]} reports)")

# %% [markdown]
# **2.** Take the phenomena apart: fit one logistic regression of "the naive answer is wrong" on all phenomena at once (with the task beside them). Which keep their weight?

# %% tags=["hide-cell", "solution"]
if able:
    from sklearn.linear_model import LogisticRegression

    naive = this_run.predictions()["naive"].merge(
        this_run.reports[["report_id"]].join(flags), on="report_id"
    )
    wrong = naive["predicted"] != naive["truth"]
    features = pd.concat([naive[flags.columns], pd.get_dummies(naive["task"])], axis=1).astype(
        float
    )
    if wrong.any() and not wrong.all():
        weights = pd.Series(
            LogisticRegression(max_iter=2000).fit(features, wrong).coef_[0], features.columns
        )
        print(weights[flags.columns].sort_values(ascending=False).head(8).round(2).to_string())

# %% [markdown]
# **3.** On which phenomena do model and oracle differ most? The model learnt from the oracle: where it is worse it has not learnt the rule, where it is better the rule was wrong.

# %% tags=["hide-cell", "solution"]
if able:
    both = scored["accuracy"].unstack("method")[enough]
    gap = (both["lora"] - both["oracle"]).rename(index=title).sort_values()
    for name in dict.fromkeys([*gap.head(4).index, *gap.tail(2).index]):
        print(
            f"{gap[name]:+.3f}  {name}: {', '.join(TASK[t].title for t in next(p.tasks for p in PHENOMENA.values() if p.title == name))}"
        )
