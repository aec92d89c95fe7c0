# %% [markdown]
# # The ledger: every claim, one verdict each
#
# Every statement of the paper that can be put as a claim, in its own words, with what was measured and one final verdict.

# %% tags=["parameters", "hide-input"]
profile = "quick"  # quick | standard | paper: size of model and data
reports = "bundled"  # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # trained on; if the same: train split, test split
rank = 16  # rank r of the LoRA adapters (Eq. 2); alpha stays 16 unless changed
changes = ""  # any other settings, as for pathmtl train --set
seed = 42  # draws training reports, weights and batches
resamples = 2000  # bootstrap resamples behind each interval

# %% tags=["hide-cell"]
import pandas as pd
from IPython.display import HTML, Markdown, display
from myst_nb import glue

from pathmtl import cohort
from pathmtl.analysis import registry
from pathmtl.analysis.compare import HELD, NOT_HELD, PARTLY, TIE, UNTESTED
from pathmtl.analysis.her2 import SECOND_ASSAY, by_assay
from pathmtl.experiments import store
from pathmtl.experiments.evidence import measured_on_pages
from pathmtl.experiments.results import recorded
from pathmtl.experiments.runner import run_table
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import CLAIMS, PARTS, Evidence, tally, verdict_column, verdict_table
from pathmtl.paper.final import HIGH, count_words, finals_of
from pathmtl.paper.gate import gate_table
from pathmtl.review.final_verdicts import everything_recorded, final_verdicts, measured_on_answers
from pathmtl.schema import TASKS
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.findings import findings, findings_html, scoreboard_html
from pathmtl.viz.ledger import claims_table, verdict_bars
from pathmtl.viz.overview import overview_figure, overview_scores
from pathmtl.viz.page import captioned, finding
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()
SHOWN = ("table1", "table2", "table3", "table4", "zero_shot", "layouts")

# The runs of this build, read from the store or trained. Only runs on labeled reports count.
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
these_runs = {name: run_table(name, profile, reports, train_reports, **overrides) for name in SHOWN}
scored = {name: result for name, result in these_runs.items() if result.labeled}

# The recorded evidence: recorded runs, runs trained longer (they decide what the others leave
# open), real reports, and the pages as recorded. It is the best there is, where there is any.
recorded_table1 = recorded("table1")
real_reports = registry.recorded(store.results() / registry.RECORD)
sources = {"Recorded": everything_recorded(resamples=resamples)} if recorded_table1.outcomes else {}
if not sources or not all(result.is_recorded for result in these_runs.values()):
    all_reports = cohort.read_reports(reports)
    pages = measured_on_pages(store.live()) if reports == cohort.BUNDLED else {}
    sources["This build"] = Evidence(
        scored,
        labels=all_reports[list(TASKS)] if cohort.has_labels(all_reports) else None,
        measured={**pages, **measured_on_answers(these_runs["table1"], resamples=resamples)},
        resamples=resamples,
    )
title, best_evidence = next(iter(sources.items()))
finals = finals_of(PARTS, final_verdicts(resamples=resamples))
words = count_words(finals)

# %% tags=["hide-input"]
exact = [final for final in finals if final.word == HELD and final.confidence == HIGH]
hints = [final for final in finals if final.word == UNTESTED and "its hints" in final.reason]
display(
    finding(
        f"Of {len(finals)} claims, **{words[HELD]} held, {words[NOT_HELD]} did not**, "
        f"{words[PARTLY]} held in part, {words[TIE]} ended in a tie, and "
        f"**{words[UNTESTED]} cannot be tested here**.",
        f"{len(exact)} of those that held are arithmetic or equations; {len(hints)} of those that "
        "cannot be tested compare models that do not score above a linear model of their hints.",
    )
)
display(HTML(scoreboard_html(finals)))

# %% tags=["hide-input"] mystnb={"image": {"alt": "One bar per part of the paper, divided into claims that held, held in part, tied, did not hold, and cannot be tested here"}}
display(verdict_bars(finals))

# %% [markdown]
# ## How to read it
#
# Each claim is listed once, with one **final verdict** from the best evidence there is: recorded runs, and
# runs that were trained longer where the others decide nothing. The words are explained in
# [](../book/verdicts.md). With so many tests, some would come out by chance, so verdicts are corrected for
# their number (Holm 1979).
#
# The **confidence** says what a verdict rests on. *High*: nothing was sampled, as in arithmetic and
# equations. *Medium*: reports were sampled (synthetic ones, or real ones with a small model that learned from
# synthetic ones) and the test is decided. *Low*: a tie, a run with a single seed, or a verdict with a
# reservation of its own, which *Reason* names. "Held" on synthetic reports means that the *pattern* appears
# there too; it says nothing about what Llama-3-8B did on the private reports.

# %% [markdown]
# ## Verdict
#
# Part by part; *Paper* and *Measured* are differences of scores, ratios (×) of costs, or counts.

# %% tags=["full-width", "hide-input"]
for part in PARTS:
    mine = [final for final in finals if final.part == part]
    said = ", ".join(f"{n} {word}" for word, n in count_words(mine).items() if n)
    display(Markdown(f"### {part}"), HTML(claims_table(mine, f"{part}: {said}.")))

# %% [markdown]
# ## Where this build disagrees
#
# Runs that were made on this machine are judged too, but they do not change a final verdict: they are smaller.
# Listed are claims on which they come to another word.

# %% tags=["hide-input"]
if "This build" in sources and len(sources) > 1:
    both = verdict_table(CLAIMS, sources, family=CLAIMS)
    columns = [verdict_column(name) for name in sources]
    differing = both[(both[columns[0]] != both[columns[1]]) & (both[columns[1]] != UNTESTED)]
    caption = f"{len(differing)} claims on which this build ({profile} profile) disagrees."
    display(plain_table(differing[columns], caption))
else:
    display(Markdown("Every run of this build is a recorded one, so there is no disagreement."))

# %% [markdown]
# ## What counts
#
# A model with hints in its prompt can score well by copying them. So a comparison of models counts only where
# the claimed winner is above a linear model of its hints alone (without hints: above always giving the
# commonest answer), and where its input still contains at least half of the evidence. This *gate* is decided
# task by task. What the gate and the correction change:

# %% tags=["hide-input"]
column = verdict_column(title)
ungated = verdict_table(CLAIMS, {title: best_evidence.without_gate()})
gated = verdict_table(CLAIMS, {title: best_evidence})
counts = pd.DataFrame(
    {
        "Without the gate": tally(ungated[column]),
        "With it": tally(gated[column]),
        "And corrected (final)": pd.Series(words),
    }
)
counts = counts.reindex(list(words)).fillna(0).astype(int)
plain_table(counts, f"The {len(CLAIMS)} claims by verdict.")

# %% [markdown]
# One row per trained model, from the best evidence available; a row that several tables share is listed once.
# The second table, if there is one, shows the runs that were trained longer.

# %% tags=["full-width", "hide-cell"]
display(plain_table(gate_table(best_evidence), f"Where each model counts ({title.lower()})."))
if best_evidence.longer is not None and best_evidence.longer.tables:
    caption = "Where each model counts, trained longer."
    display(plain_table(gate_table(best_evidence.longer), caption))

# %% tags=["remove-cell"]
# What the landing page shows is computed here, where the evidence is, and pasted there.
lora = recorded_table1["lora"].predictions if "lora" in recorded_table1 else None
her2 = None
if lora is not None and "phenomena" in recorded_table1.reports:
    answers = {"lora": lora, "oracle": recorded_table1["oracle"].predictions}
    each = by_assay(recorded_table1.reports, answers).reset_index()
    her2 = each[each["decided"].isin(SECOND_ASSAY)].groupby("method")[["right", "n"]].sum()
overview = overview_scores(best_evidence)
found = findings(finals, overview, best_evidence, real_reports, her2)
alt = "; ".join(
    f"{table} {row}: paper {line.paper:.3f}, here {line.ours:.3f}"
    for (table, row), line in zip(overview.index, overview.itertuples(), strict=True)
)
caption = (
    f"Tables I to IV: macro-F1 as printed and as measured here ({title.lower()} runs of a small "
    "model on synthetic reports, 95 % intervals). To the left of the dashed line a model does "
    "worse than a linear model that sees only its hints."
)
glue("scoreboard", HTML(scoreboard_html(finals)), display=False)
glue("findings", HTML(findings_html(found)), display=False)
picture = captioned(overview_figure(overview), caption, f"Macro-F1. {alt}")
glue("overview", picture, display=False)

# %% [markdown]
# ## Exercises
#
# **1.** Which claims change their verdict if the reference is the oracle, as in the paper, instead of the
# truth?

# %% tags=["hide-cell", "solution"]
tables = PARTS["Tables I to IV and the abstract"]
references = {name: Evidence(scored, truth=name, resamples=50) for name in ("truth", "oracle")}
by_reference = verdict_table(tables, references)
columns = [verdict_column(name) for name in references]
changed = by_reference[by_reference[columns[0]] != by_reference[columns[1]]]
for claim, row in changed.iterrows():
    print(f"{claim}: {row[columns[1]]} against the oracle, {row[columns[0]]} against the truth")
print(f"{len(changed)} of {len(by_reference)} change")

# %% [markdown]
# **2.** A reader counts the ties as "not held". Why is that wrong?

# %% tags=["hide-cell", "solution"]
ties = [final for final in finals if final.word == TIE]
print(
    f"{len(ties)} ties: these reports cannot distinguish the two methods. "
    "That is no evidence against the claim; more reports might decide it."
)

# %% [markdown]
# **3.** Choose a claim that cannot be tested here. Which run or label would test it, and what would it cost?

# %% tags=["hide-cell", "solution"]
pd.Series([final.reason for final in finals if final.word == UNTESTED]).value_counts()
