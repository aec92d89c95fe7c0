# %% [markdown]
# # The corpus: what the reports look like
#
# **Reproduces** the cohort description: Table S1 (clinical definitions), Figure S3 (class distribution) and the missingness of section V-C.
#
# **You will learn** what a pathology report states, what it leaves out, and which turns of phrase make it hard to read for a program.
#
# **Runtime and hardware**: seconds, any machine.
#
# **Numbers**: the bundled reports are *synthetic*: each was written by a program from an invented patient whose true stage is known. No real patient is
# behind any of them. Point `reports` at your own and the same aggregates are shown for them, without any text.

# %% tags=["parameters"]
reports = "bundled"   # "bundled", a folder of documents, or a table file
show_text = False     # show a report's text even if it is not bundled

# %%
import pandas as pd
from IPython.display import Markdown, display

from pathmtl import cohort, paper
from pathmtl.figures import class_bars, plain_table, use_style
from pathmtl.notebook import refuse_undeclared
from pathmtl.schema import TASK, TASKS
from pathmtl.train import oracle_labels

refuse_undeclared()
use_style()
table = cohort.read_reports(reports)
labelled = cohort.has_labels(table)
display(Markdown(f"**{len(table):,} reports** of {table['patient_id'].nunique():,} patients from `{reports}`, "
                 f"{'with' if labelled else '**without**'} labels; {table['text'].str.split().str.len().median():.0f} words in the median report."))

# %% [markdown]
# ## One report
#
# This is what the whole book is about: free text in, seven answers out. Read it once as a clinician would. Where is the stage? Is it stated twice? Does the
# clinical history mention an older one?

# %% tags=["hide-input"]
if reports == cohort.BUNDLED or show_text:
    stated = table[list(TASKS)].notna().sum(axis=1)
    example = table.loc[stated.idxmax()]
    answers = ", ".join(f"{TASK[t].title}: **{example[t]}**" for t in TASKS if example[t] is not None)
    display(Markdown(f"```text\n{example['text']}\n```\n\nTrue answers: {answers or 'none are known'}."))
else:
    display(Markdown("*Text is not shown: these are not the bundled reports. Set `show_text = true` to see one.*"))

# %% [markdown]
# ## What the seven answers mean (Table S1)
#
# The definitions follow AJCC-8 for T, N, M and grade, and NCCN for the receptors. Subclasses fold into their class: a report that says `pT1c` is a T1, `pN1mi` an N1.

# %%
definitions = pd.DataFrame([(task.title, name, text) for task in TASK.values() for name, text in task.definitions.items()],
                           columns=["Variable", "Class", "Clinical definition"])
plain_table(definitions, "Table S1: clinical definitions of the seven variables.", index=False)

# %% [markdown]
# ## How common each class is (Figure S3)
#
# Early stages dominate, T4, N3 and HER2-positive are rare: a *long tail*. A method can be right 90 % of the time and never find a single rare case, which is why the
# book reports macro-F1 beside accuracy. Where the reports carry no labels, the oracle's stated answers are counted instead.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Seven bar charts: number of reports stating each class of T, N, M, grade, ER, PR and HER2"}}
labels = table if labelled else oracle_labels(table)
class_bars({task: labels[task].value_counts() for task in TASKS})

# %% [markdown]
# ## What is not stated
#
# No report states everything: a biopsy has no nodal stage, a colon resection no HER2. The paper prints how many of its training reports carried a label for three tasks.

# %%
size = paper.COHORT * 0.8
shares = pd.DataFrame({
    "These reports": [f"{labels[task].notna().mean():.2f}" for task in TASKS],
    "Paper (training split)": [f"{paper.TRAINING_LABELS[task] / size:.2f}" if task in paper.TRAINING_LABELS else "–" for task in TASKS],
}, index=[TASK[task].title for task in TASKS])
plain_table(shares, "Share of reports that state each variable.")

# %% [markdown]
# ## Who writes how
#
# Institutions differ more than diseases do. The bundled corpus records which style each report was written in, and which difficulties (*phenomena*) were put into it.

# %%
if "style" in table:
    styles = table.assign(words=table["text"].str.split().str.len()).groupby("style")["words"].agg(["size", "median"])
    display(plain_table(styles.astype(int).rename(columns={"size": "Reports", "median": "Median words"}).sort_values("Reports", ascending=False),
                        "Reporting styles of the corpus."))
if "phenomena" in table:
    found = table["phenomena"].str.split(";").explode()
    counted = found[found != ""].value_counts()
    display(plain_table(pd.DataFrame({"Reports": counted, "Share": (counted / len(table)).map("{:.3f}".format)}).rename_axis("Phenomenon"),
                        "Difficulties written into the reports, and how many reports carry each."))

# %% [markdown]
# ## Verdict
#
# What these reports share with the paper's cohort, and what they do not: computed from the labels above.

# %%
t, her2 = labels["T"].value_counts(), labels["HER2"].value_counts()
verdict = pd.DataFrame([
    ("Early stages dominate (S4): T1 is the commonest T", "T1", t.idxmax() if len(t) else "–", "held" if len(t) and t.idxmax() == "T1" else "not"),
    ("HER2 negative : positive (V-C)", "6.4 : 1",
     f"{her2.get('Negative', 0) / her2['Positive']:.1f} : 1" if her2.get("Positive", 0) else "–",
     "held" if her2.get("Positive", 0) and 4 < her2.get("Negative", 0) / her2["Positive"] < 10 else "not"),
    ("Every case is M0 (V-A)", "M0 only", ", ".join(sorted(labels["M"].dropna().unique())) or "–", "not" if (labels["M"] == "M1").any() else "held"),
], columns=["Claim", "Paper", "These reports", "Verdict"])
plain_table(verdict, "The cohort beside the paper's.", index=False)

# %% [markdown]
# ## Exercises
#
# **1.** Which two tasks are most often stated together, and which almost never?

# %% tags=["hide-cell", "solution"]
together = labels[list(TASKS)].notna().astype(int)
(together.T @ together / len(together)).round(2)

# %% [markdown]
# **2.** Is grade associated with T? Cross-tabulate them. What would a model learn from that even without reading the grade?

# %% tags=["hide-cell", "solution"]
pd.crosstab(labels["T"].fillna("not stated"), labels["grade"].fillna("not stated"))
