# %% [markdown]
# # The oracle: from a report to seven labels
#
# **Reproduces** the labelling engine of Appendix S1-A: the rules whose answers the paper takes for ground truth, trains on and tests against.
#
# **You will learn** how rules read a report: where they look, how they choose among contradicting statements, and how to tell a report that says nothing from
# a rule that saw nothing.
#
# **Runtime and hardware**: seconds, any machine.
#
# **Numbers**: on the bundled reports they are *synthetic*: the true labels are known because a program wrote the reports. Point `reports` at your own and the same
# aggregates are shown for them, without any text.

# %% tags=["parameters"]
reports = "bundled"   # "bundled", a folder of documents, or a table file
limit = 800           # how many reports are read for the measurements
task = "T"            # the task whose decision path is shown
show_text = False     # take the worked example from your own reports
seed = 42             # of the sample

# %%
import pandas as pd
from IPython.display import HTML, Markdown, display

from pathmtl import cohort
from pathmtl.baselines.naive import naive_labels
from pathmtl.notebook import check_parameters
from pathmtl.oracle.engine import label, read_report
from pathmtl.pages.consolidated import RULES, by_rule, gain, read_and_consolidated, several, timeline
from pathmtl.pages.explain import accuracy_by, annotated, answer_table, coverage_by_task, decision_path, read_all, worked_example
from pathmtl.pages.figures import plain_table, share, task_title, use_style

check_parameters()
use_style()
everything = cohort.read_reports(reports)
table = cohort.subsample(everything, limit, seed)
labelled = cohort.has_labels(table)
display(Markdown(f"**{len(table):,} reports** from `{reports}`, {'with' if labelled else '**without**'} labels."))

# %% [markdown]
# ## One report, read
#
# Each underlined stretch is *evidence*: the words that decided one answer, with the task and its class behind them. What is not underlined was read too, and
# decided nothing. Look for a stage that is **not** marked: it belongs to the past, to the other breast, or to a section that counts for less.

# %% tags=["hide-input"]
example = worked_example(table if show_text else cohort.read_reports(cohort.BUNDLED), task)
answers = read_report(example)
display(HTML(annotated(example, answers)))

# %% [markdown]
# The same as a table. An answer is more than a class: it knows its evidence, its section and the **rule** that made it, so that a wrong one can be traced and
# mended. "Not stated" and "conflict" are answers too.

# %% tags=["hide-input"]
plain_table(answer_table(answers), "What the oracle answers on this report.")

# %% [markdown]
# ## How one answer was chosen
#
# First every wording that could speak of the task is collected: the *candidates*. Then sections decide. A synoptic summary (rank 0) stands above the final diagnosis
# (1), which stands above microscopy and comments (2), above the gross description (4), above what was said during the operation (5). The clinical history is never
# asked. An addendum that amends outranks all. Within the best section the highest category wins.

# %% tags=["hide-input"]
path = decision_path(example, task)
display(plain_table(path, f"Every reading of {task_title(task)} on this report, best section first, and the one that became the answer.", index=False))
display(Markdown(f"Rule of the answer: **{answers[task].rule}**; {len(path)} readings, the best rank among them {path['Rank'].min() if len(path) else '–'}."))

# %% [markdown]
# ## One meaning, many spellings
#
# The paper's *canonicalization module* folds spellings into classes: Roman numerals, fractions, words. Each line below is read now, by the engine itself.

# %%
spellings = [
    ("grade", "Histologic grade III", "G3", True), ("grade", "Nottingham grade 3/3", "G3", True), ("grade", "Poorly differentiated carcinoma", "G3", True),
    ("grade", "Nottingham score 8/9", "G3", False), ("T", "Stage: pT1c(m)", "T1", False), ("T", "pTlc (OCR), pN0", "T1", False), ("T", "ypT0 ypN0", "T0", False),
    ("N", "pN1mi", "N1", False), ("N", "pT2 NO MX (OCR)", "N0", False), ("N", "Breast: 5/17 axillary nodes contain carcinoma", "N2", False),
    ("N", "All fourteen lymph nodes negative", "N0", False), ("ER", "Estrogen receptor: less than 1 % of nuclei", "Negative", False),
    ("ER", "ER: Allred score 7/8", "Positive", False), ("HER2", "HER2 IHC 2+, FISH not amplified", "Negative", False),
    ("HER2", "HER2: equivocal (2+), FISH pending", "Equivocal", False), ("HER2", "HER2/CEP17 ratio 4.2", "Positive", False)]
folded = pd.DataFrame([(task_title(t), wording, label(wording)[t] or "–", "S1-A" if given else "ours") for t, wording, _, given in spellings],
                      columns=["Task", "Wording", "Read as", "Example from"])
plain_table(folded, "Spellings and the class each is read as.", index=False)

# %% [markdown]
# ## How often it answers, and how often it is right
#
# Two figures that must not be mixed. **Coverage**: of the reports that carry a label, the share that got an answer. **Accuracy**: of those answers, the share that
# is right. A third matters as much: **needless** answers, given to reports that state nothing.

# %%
read = read_all(table, progress=False)
scores = coverage_by_task(read)
plain_table(pd.DataFrame({
    "Labelled": scores["labelled"].map("{:,}".format), "Coverage": scores["coverage"].map(share), "Answered": scores["answered"].map("{:,}".format),
    "Accuracy (95 %)": [f"{share(r.accuracy)} ({share(r.accuracy_low)}–{share(r.accuracy_high)})" for r in scores.itertuples()],
    "Conflicts": scores["conflicts"], "Needless": scores["needless"].map(share)}).rename(index=task_title),
    f"The oracle on {len(table):,} reports of {reports}: coverage, accuracy with Wilson intervals, answers to reports without a label.")

# %% [markdown]
# ### By section
#
# If the order of sections is right, answers from the better sections are right at least as often. Small numbers make wide intervals: read those first.

# %% tags=["hide-input"]
if labelled:
    sections = accuracy_by(read, "section").head(8)
    display(plain_table(pd.DataFrame({
        "Answers": sections["answers"].map("{:,}".format), "Accuracy": sections["accuracy"].map(share),
        "95 % interval": [f"{share(r.accuracy_low)}–{share(r.accuracy_high)}" for r in sections.itertuples()]}).rename(index=lambda s: s.replace("_", " ")),
        "Where the answers come from (all tasks), and how often they are right."))
else:
    display(Markdown("Without labels no answer can be called right; here is where the answers come from."))
    display(plain_table(read[read["value"].notna()]["section"].value_counts().rename("Answers").to_frame(), "Answers by section."))

# %% [markdown]
# ### By rule
#
# The same by rule, rarest accuracy first: this is the list from which the engine is mended. The paper calls it the accuracy loop; `pathmtl audit sheet` puts it before
# an expert, `pathmtl audit coverage` lists what no rule answered.

# %% tags=["hide-input"]
if labelled:
    rules = accuracy_by(read, "rule")
    rules = rules[rules["answers"] >= 5].sort_values(["accuracy", "answers"], ascending=[True, False]).head(10)
    display(plain_table(pd.DataFrame({"Answers": rules["answers"], "Accuracy": rules["accuracy"].map(share)}), "The ten rules that are most often wrong (five answers or more)."))
else:
    display(plain_table(read[read["value"].notna()]["rule"].value_counts().head(10).rename("Answers").to_frame(), "The ten rules that answer most often."))

# %% [markdown]
# ## One patient, several reports
#
# A resection often says nothing of receptors, because the biopsy did, or because an addendum will. The paper lets biomarkers *propagate* across a patient's reports (section IV-A) and gives no rules; ours
# are named, stay on one side and within a year, and never touch a stage. `pathmtl consolidate` writes the result for your reports, each value with the report it comes from.

# %%
related = several(everything, limit, seed)
if related.empty:
    display(Markdown(f"No patient in `{reports}` has more than one report, or none is told apart by a column `patient_id`: there is nothing to consolidate."))
else:
    stated, filled, provenance = read_and_consolidated(related)
    display(Markdown(f"**{len(related):,} reports of {related['patient_id'].nunique():,} patients** who have more than one."))
    if reports == cohort.BUNDLED or show_text:
        display(plain_table(timeline(stated, filled, provenance), "The reports of one patient in time order; in brackets, the rule by which a silent report got its value.", index=False))

# %% tags=["hide-input"]
if not related.empty:
    more = gain(stated, filled)
    display(plain_table(pd.DataFrame({
        "Stated": more["before"].map("{:,}".format), "Consolidated": more["after"].map("{:,}".format), "More": more["more"].map("{:+.0%}".format)}).rename(index=task_title),
        "Reports with a value, before and after."))
    found = by_rule(related, provenance)
    display(plain_table(pd.DataFrame({
        "What it does": found.index.map(RULES), "Values": found["values"].map("{:,}".format),
        "Agree with the labels (95 %)": [f"{share(r.accuracy)} ({share(r.accuracy_low)}–{share(r.accuracy_high)})" if r.known else "–" for r in found.itertuples()]},
        index=found.index), "Values by rule, and how many agree with the labels, consolidated by the same rules."))

# %% [markdown]
# ## Verdict
#
# What Appendix S1-A claims of its engine, tested on these reports and on ours. The paper prints no figure for the engine's own accuracy; "near-perfect" is read here
# as an interval that lies above 0.95 on every task. The audit by experts cannot be repeated without experts.

# %%
from pathmtl.experiments.evidence import keep_measured
from pathmtl.paper.claims import Evidence, Measured, on_page, verdict_table

examples = [label(wording)[t] == expected for t, wording, expected, given in spellings if given]
her2 = label("HER2 IHC 3+ in the core biopsy. FISH: HER2 not amplified.")["HER2"]
measured = {
    "oracle-canonical": Measured(
        f"{sum(examples)} of {len(examples)} read", sum(examples) / len(examples)),
    "oracle-assays": Measured(her2 or "conflict", float(her2 == "Negative")),
    "oracle-audit": Measured("none: synthetic truth instead", why="takes experts"),
}

# %% [markdown]
# Where the generator wrote an older stage into the history: how often is T right, by the engine and by the first match?

# %%
if labelled and "phenomena" in table:
    past = table["phenomena"].str.contains("prior_stage_history") & table["T"].notna()
    texts, truth = table.loc[past, "text"], table.loc[past, "T"]
    ours = (texts.map(lambda text: label(text)["T"]) == truth).mean()
    naive = (texts.map(lambda text: naive_labels(text)["T"]) == truth).mean()
    if past.any():
        measured["oracle-history"] = Measured(
            f"T right in {share(ours)} of {past.sum()} such reports; first match: {share(naive)}",
            ours - naive)

# %% [markdown]
# And agreement with the truth, on the task where it is least certain.

# %%
if labelled:
    lowest = scores["accuracy_low"].idxmin()
    row = scores.loc[lowest]
    interval = f"{share(row['accuracy_low'])}–{share(row['accuracy_high'])}"
    measured["oracle-near-perfect"] = Measured(
        f"least certain: {task_title(lowest)}, {share(row['accuracy'])} ({interval})",
        row["accuracy_low"])

# %%
if reports == cohort.BUNDLED:
    keep_measured("oracle", measured)
judged = verdict_table(on_page("oracle"), {"These reports": Evidence(measured=measured)})
plain_table(judged, "The engine beside the paper's claims (S1-A).")

# %% [markdown]
# ## Exercises
#
# **1.** Write a report in which the same tumour is a T1 in one section and a T2 in another. Which wins, and what must change for the other to win?

# %% tags=["hide-cell", "solution"]
text = "FINAL DIAGNOSIS: Invasive carcinoma, pT1c.\nSYNOPTIC REPORT:\nPrimary tumor: pT2\n"
amended = text + "ADDENDUM: The stage is amended to pT1c.\n"
for version in (text, amended):
    display(plain_table(decision_path(version, "T"), "The synoptic report outranks the diagnosis; an addendum that amends outranks both.", index=False))

# %% [markdown]
# **2.** Which answer would be lost if HER2 were read from the stain alone? Try `HER2 IHC 2+, FISH amplified` and look at the readings.

# %% tags=["hide-cell", "solution"]
plain_table(decision_path("HER2 IHC 2+, FISH amplified", "HER2"), "The stain is equivocal; the hybridisation decides.", index=False)

# %% [markdown]
# **3.** The paper tests its model against this engine's own answers. On the reports above, how well would a model score against the *truth* that copied the engine
# without a fault, if silence counts as wrong?

# %% tags=["hide-cell", "solution"]
if labelled:
    known = read[read["truth"].notna()]
    display(plain_table((known["value"] == known["truth"]).groupby(known["task"], sort=False).mean().map(share).rename("Accuracy, silence wrong").to_frame().rename(
        index=task_title), "The ceiling of a model that copies the engine."))
