# %% [markdown]
# # The ledger: every claim, every verdict
#
# **Reproduces** the paper's claims rather than one of its tables: each claim in the paper's own words, with
# its place, what was measured here, and whether it held.
#
# **You will learn** which claims a companion can test, which follow from the printed numbers alone, and which
# have not been tested yet, with the reason.
#
# **Runtime and hardware**: a minute or two if the other pages have run before it, as in a build of the book;
# on its own, it trains what the store lacks, which takes minutes on two CPU cores.
#
# **Numbers**: with `reports = "bundled"` everything measured here is on *synthetic* reports with a small
# model. "Held" then means that the *pattern* appears there too; "not held" that it does not. Neither says
# what Llama-3-8B did on the private reports.

# %% tags=["parameters"]
profile = "quick"          # quick | standard | paper: size of model and data
reports = "bundled"        # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # trained on; if the same: train split, test split
rank = 16                  # rank r of the LoRA adapters (Eq. 2); alpha stays 16 unless changed
changes = ""               # any other settings, as for pathmtl train --set
seed = 42                  # draws training reports, weights and batches
resamples = 2000           # bootstrap resamples behind each interval

# %% [markdown]
# We need the experiments, the claims, and what the other pages measured.

# %%
import pandas as pd
from IPython.display import Markdown, display
from pathmtl_synthetic.phenomena import PHENOMENA

from pathmtl import cohort
from pathmtl.analysis import registry, wording
from pathmtl.analysis.compare import HELD, NOT_HELD, PARTLY, TIE, UNTESTED
from pathmtl.experiments import store
from pathmtl.experiments.evidence import measured_by, measured_on_pages, recorded_evidence
from pathmtl.experiments.results import recorded
from pathmtl.experiments.runner import run_table
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import CLAIMS, PARTS, Evidence, tally, verdict_column, verdict_table
from pathmtl.paper.gate import gate_table
from pathmtl.review import review_list
from pathmtl.schema import TASKS
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()
SHOWN = ("table1", "table2", "table3", "table4", "zero_shot", "layouts")

# %% [markdown]
# ## The evidence
#
# First, the runs of this build, read from the store or trained. Only runs on labeled reports count.

# %%
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
these_runs = {
    name: run_table(name, profile, reports, train_reports, **overrides) for name in SHOWN}
scored = {name: result for name, result in these_runs.items() if result.labeled}

# %% [markdown]
# Second, what the answers of the multi-task model show about single wordings and about the order of a review
# list.

# %%
def from_answers(result):
    """Measured on the multi-task model's answers, by claim id."""
    if "lora" not in result or not result.labeled:
        return {}
    answers = review_list.answer_table(result.reports, result["lora"].predictions)
    measurements = review_list.tested(answers, resamples=resamples)
    if wording.records_phenomena(result.reports, PHENOMENA):
        frames = {row: result.predictions()[row] for row in ("naive", "lora")}
        measurements |= wording.tested(result.reports, frames, PHENOMENA, resamples=resamples)
    return measured_by(measurements)


# %% [markdown]
# Third, the labels of all reports, for what the paper says about its cohort, and what other pages measured
# themselves.

# %%
def labels_of(source):
    """The labels of all reports, or None where they carry none."""
    all_reports = cohort.read_reports(source)
    return all_reports[list(TASKS)] if cohort.has_labels(all_reports) else None


pages = measured_on_pages(store.live()) if reports == cohort.BUNDLED else {}
build = Evidence(
    scored,
    labels=labels_of(reports),
    measured={**pages, **from_answers(these_runs["table1"])},
    resamples=resamples)

# %% [markdown]
# The recorded evidence consists of the same parts for larger models: recorded runs, runs that were trained
# longer (they decide what the others leave open), real reports, and the pages as recorded.

# %%
recorded_table1 = recorded("table1")
real_reports = registry.recorded(store.results() / registry.RECORD)
measured = {
    **measured_on_pages(store.results()),
    **from_answers(recorded_table1),
    **(measured_by(registry.tested(real_reports)) if real_reports else {}),
}
sources = {"This build": build}
if recorded_table1.outcomes:
    everything_recorded = recorded_evidence(
        labels=labels_of(cohort.BUNDLED), measured=measured, resamples=resamples)
    trained_here = not all(result.is_recorded for result in these_runs.values())
    sources = {"Recorded": everything_recorded, **(sources if trained_here else {})}

# %% [markdown]
# ## What counts
#
# A model with hints in its prompt can score well by copying them. So a comparison of models counts only where
# the claimed winner is above a linear model of its hints alone (without hints: above always giving the
# commonest answer), and where its input still contains at least half of the evidence. This *gate* is decided
# task by task. One row per trained model, from the best evidence available; a row that several tables share is
# listed once:

# %% tags=["full-width"]
title, best_evidence = next(iter(sources.items()))
caption = f"Where each model counts. {title}, {resamples:,} resamples."
plain_table(gate_table(best_evidence), caption)

# %% [markdown]
# The runs that were trained longer decide what the others leave open. Their gate:

# %% tags=["full-width"]
if best_evidence.longer is not None:
    caption = "Where each model counts, trained longer."
    display(plain_table(gate_table(best_evidence.longer), caption))

# %% [markdown]
# ## How many claims held
#
# All claims are judged by the same rules, explained in [](../book/verdicts.md): a difference whose 95 %
# interval contains zero is a tie, whatever its size. Intervals are over patients and, where there are several,
# seeds. With so many tests, some would come out by chance: the ledger, unlike the other pages, corrects for their
# number (Holm 1979), and calls a tie what does not stand out. How much each of these steps changes:

# %%
column = verdict_column(title)
judged = {
    part: verdict_table(claims, sources, quotes=True, links=True, family=CLAIMS)
    for part, claims in PARTS.items()}
ledger = pd.concat(judged.values())
ungated = verdict_table(CLAIMS, {title: best_evidence.without_gate()})
gated = verdict_table(CLAIMS, {title: best_evidence})
counts = pd.DataFrame({
    f"{title}, without the gate": tally(ungated[column]),
    f"{title}, with it": tally(gated[column]),
    **{f"{each}, and corrected": tally(ledger[verdict_column(each)]) for each in sources},
})
order = tally(pd.Series([HELD, PARTLY, TIE, NOT_HELD, UNTESTED])).index
counts = counts.reindex(order).fillna(0).astype(int)
plain_table(counts, f"The {len(CLAIMS)} claims by verdict.")

# %% [markdown]
# The same by part of the paper, using the best evidence available:

# %%
best = verdict_column(next(iter(sources)))
by_part = pd.DataFrame({part: tally(frame[best]) for part, frame in judged.items()}).T
by_part = by_part[[word for word in order if word in by_part]]
plain_table(by_part.fillna(0).astype(int), f"Claims by part and verdict ({best[9:]}).")

# %% [markdown]
# ## The claims, part by part
#
# *Paper* is what the printed numbers say about the claim: a difference of scores, or a ratio (×) of costs.
# *Why* says what a verdict leaves open, or why there is none; claims without a verdict are listed so that
# their absence is not read as agreement.

# %% tags=["full-width"]
for part, frame in judged.items():
    display(Markdown(f"### {part}"))
    display(plain_table(
        frame.fillna(""),
        f"{part}. This build: {reports} reports, {profile} profile, seed {seed}."))

# %% [markdown]
# ## Verdict

# %%
untested = int((ledger[best] == "cannot be tested here").sum())
held = int((ledger[best] == "held").sum())
display(Markdown(
    f"Of **{len(ledger)} claims**, {held} held, {len(ledger) - held - untested} did not hold, "
    f"held only in part or tied, and {untested} cannot be tested here."))

# %% [markdown]
# ## Exercises
#
# **1.** Which claims change their verdict if the reference is the oracle, as in the paper, instead of the
# truth?

# %% tags=["hide-cell", "solution"]
tables = PARTS["Tables I to IV and the abstract"]
references = {
    name: Evidence(scored, truth=name, resamples=50) for name in ("truth", "oracle")}
by_reference = verdict_table(tables, references)
columns = [verdict_column(name) for name in references]
changed = by_reference[by_reference[columns[0]] != by_reference[columns[1]]]
for claim, row in changed.iterrows():
    print(f"{claim}: {row[columns[1]]} against the oracle, {row[columns[0]]} against the truth")
print(f"{len(changed)} of {len(by_reference)} change")

# %% [markdown]
# **2.** A reader counts the ties as "not held". Why is that wrong?

# %% tags=["hide-cell", "solution"]
ties = ledger[ledger[best] == "tie"]
print(f"{len(ties)} ties: these reports cannot distinguish the two methods. "
      "That is no evidence against the claim; more reports might decide it.")

# %% [markdown]
# **3.** Choose a claim that cannot be tested here. Which run or label would test it, and what would it cost?

# %% tags=["hide-cell", "solution"]
ledger.loc[ledger[best] == "cannot be tested here", "Why"].value_counts()
