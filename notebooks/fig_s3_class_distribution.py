# %% [markdown]
# # Table S1 and Figure S3: the classes, and how rare some are
#
# The seven variables and their classes, how often each class occurs, and what a *long tail* does to a score.
#
# :::{dropdown} What is reproduced, how long it takes, and where the numbers come from
# **Reproduces** Table S1 (clinical definitions), Figure S3 (class distribution), the sentences of section S4 on it, and the label counts of
# section V-C. **You will learn** what each class means, which subclasses fold into it, what a long tail does to a score, and how to check that a
# split kept the classes in proportion.
#
# **Runtime**: under a minute on any machine; no model is needed.
#
# **Numbers**: with `reports = "bundled"`, the reports are *synthetic*, drawn from published class counts. Point `reports` at your own to
# see the same aggregates for them, without any text.
# :::

# %% tags=["parameters", "hide-input"]
reports = "bundled"  # "bundled", a folder of documents, or a table file

# %% tags=["hide-input"]
import pandas as pd
from IPython.display import Markdown, display

from pathmtl import cohort, oracle, paper
from pathmtl.analysis.class_distribution import counts_of
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import Evidence, on_page
from pathmtl.review.final_verdicts import final_verdicts
from pathmtl.schema import CLASSES, PAPER_TASKS, TASK, TASKS, canonical, task_title
from pathmtl.viz.class_distribution import (
    class_bars,
    dominated,
    imbalance_table,
    share_table,
    split_balance,
)
from pathmtl.viz.page import Captions, captioned, finding, folded
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table
from pathmtl.viz.verdict_cards import verdict_block

check_parameters()
use_style()
number = Captions("S3")
table = cohort.read_reports(reports)
labeled = cohort.has_labels(table)
labels = table[list(TASKS)] if labeled else oracle.label_reports(table)
missing = [task_title(task) for task in TASKS if not labels[task].notna().any()]
final = final_verdicts()
live = None if reports == cohort.BUNDLED else Evidence(labels=labels)

# %% tags=["hide-input"]
ratio = final["cohort-her2-ratio"]
whose = (
    "their own labels"
    if labeled
    else ("the oracle's stated answers, because they carry **no labels**")
)
display(
    finding(
        dominated(labels),
        f"HER2 negatives and positives stand {ratio.measured} in the bundled reports and "
        f"{paper.HER2_RATIO} : 1 in the paper."
        if reports == cohort.BUNDLED
        else "",
        f"None of these reports states {', '.join(missing)}." if missing else "",
    )
)

# %% tags=["hide-input"]
display(
    captioned(
        class_bars(labels, paper.EARLIER_COUNTS),
        number.figure(
            "Share of each class among the reports that state the variable. Blue: "
            f"{len(table):,} {reports} "
            f"reports, counted by {whose}, with 95 % Wilson intervals; hatched: class counts of "
            "the first author's "
            "earlier public work."
        ),
        "Seven bar charts, one for each of T, N, M, grade, ER, PR and HER2: share of each class "
        "among the "
        "reports that state it, beside the earlier public work's",
    )
)

# %% [markdown]
# The paper draws its Figure S3 and prints no numbers beside the bars. The nearest printed counts are those of the first author's earlier
# public work, from which the synthetic cases were also drawn. M is missing there, because that cohort holds no metastatic case. So for
# the bundled reports, plain bars beside hatched ones check the generator; for yours, they compare two hospitals.

# %% tags=["hide-input"]
folded(
    "Evidence: all shares in numbers",
    plain_table(
        share_table(labels, paper.EARLIER_COUNTS),
        number.table("Class shares with 95 % Wilson intervals."),
        index=False,
    ),
)

# %% [markdown]
# ## A rare class is worth as much as a common one in macro-F1
#
# Early stages are common; T4, N3 and HER2-positive are rare. Where one class dominates, always
# giving it is nearly as accurate as reading the report, which is why the book reports macro-F1
# beside accuracy: it counts the rarest class as much as the most common.
# [](fig_s2b_her2_confusion.ipynb) shows what happens to HER2.

# %% tags=["hide-input"]
plain_table(
    imbalance_table(labels), number.table("Imbalance by task, over the classes that occur.")
)

# %% [markdown]
# ## Few reports state everything
#
# A biopsy has no nodal stage, a colon resection no HER2. The paper prints
# how many of its training reports carried a label for three tasks; it says nothing about the others.
# What is not stated has no class: it is left out of the loss and of the scores
# ([](heads_and_loss.ipynb)).

# %% tags=["hide-input"]
size = paper.COHORT * paper.SPLIT[0]
plain_table(
    pd.DataFrame(
        {
            "Reports that state it": [f"{labels[task].notna().sum():,}" for task in TASKS],
            "Share": [f"{labels[task].notna().mean():.3f}" for task in TASKS],
            "Paper (training split)": [
                f"{paper.TRAINING_LABELS[t] / size:.3f}" if t in paper.TRAINING_LABELS else "–"
                for t in TASKS
            ],
        },
        index=[task_title(task) for task in TASKS],
    ),
    number.table(
        "Share of reports that state each variable; "
        f"{labels.notna().all(axis=1).sum():,} of {len(labels):,} state all seven."
    ),
)

# %% [markdown]
# ## The splits keep the classes in proportion
#
# The paper divides its cohort 80/10/10 with *stratified partitioning to preserve class
# distributions* (section III). The split here is stratified by each report's rarest class, and
# keeps a patient's reports together. A class of a few reports cannot be spread evenly, and among a
# hundred labels a share moves by some points by chance alone: read the difference beside its p, and
# seven p values as seven chances of a small one.

# %% tags=["hide-input"]
if "split" in table or table["patient_id"].nunique() >= 30:
    display(
        plain_table(
            split_balance(labels, cohort.split(table)),
            number.table(
                "Classes across the splits: labels in each, largest difference of a class's share, "
                "chi-square p."
            ),
        )
    )
else:
    display(Markdown("Too few patients to split: 30 at least."))

# %% [markdown]
# ## Verdict
#
# *Held*: T1 and N0 are more common than their strongest rival, the small fractions are below an even share, and a printed ratio or share lies
# in the 95 % Wilson interval; *tie* where the interval cannot tell. In the last three rows, *not held* means another mix of specimens
# than the paper's, not an error on either side.

# %% tags=["full-width", "hide-input"]
verdict_block(
    on_page("fig_s3_class_distribution"),
    final,
    live,
    caption=number.table(
        "The classes beside the paper's sentences: the paper's numbers, ours, and one verdict each."
    ),
)

# %% [markdown]
# ## What the classes mean (Table S1)
#
# The definitions follow AJCC-8 for T, N, M and grade, and NCCN for the receptors. The size limits,
# lost from the paper's text, are AJCC-8's.

# %% tags=["hide-input"]
definitions = pd.DataFrame(
    [(task.title, name, text) for task in TASK.values() for name, text in task.definitions.items()],
    columns=["Variable", "Class", "Clinical definition"],
)
folded(
    "Table S1: clinical definitions of the seven variables",
    plain_table(
        definitions, number.table("Clinical definitions of the seven variables."), index=False
    ),
)

# %% [markdown]
# ## Subclasses fold
#
# Reports are more specific than that. Prefixes (`c` clinical, `p` pathological, `y` after
# treatment, `r` recurrent) and subclasses fold into their class, as the asterisks of Table S1 ask:
# microinvasive T1mi is a T1, micrometastasis N1mi an N1. "Cannot be assessed" (X) is not a class:
# it counts as not stated. Anything else is refused with a message, and never guessed.

# %% tags=["hide-input"]
written = [
    ("T", "pT1mi"),
    ("T", "pT1c"),
    ("T", "ypT2"),
    ("T", "pTis"),
    ("T", "pT4b"),
    ("T", "pTX"),
    ("N", "pN0(i+)"),
    ("N", "pN1mi"),
    ("N", "pN1a"),
    ("N", "pN3b"),
    ("M", "cM0"),
    ("grade", "Grade 3"),
    ("ER", "pos"),
    ("HER2", "equivocal"),
    ("T", "T5"),
]


def fold(task, text):
    try:
        return canonical(task, text) or "not stated"
    except ValueError:
        return "refused"


plain_table(
    pd.DataFrame(
        [(task_title(t), text, fold(t, text)) for t, text in written],
        columns=["Variable", "Written", "Class"],
    ),
    number.table("Folding, by the function that every label in this book goes through."),
    index=False,
)

# %% [markdown]
# Folding loses something. An N1mi and an N1a are treated alike here and differently in the clinic; a model trained on folded classes cannot
# distinguish them.

# %% [markdown]
# ## Exercises
#
# **1.** How many test reports would hold each of the three rarest classes, if a tenth of these
# reports were the test split? What interval would a recall have that is measured on so few?

# %% tags=["hide-cell", "solution"]
from pathmtl.analysis.confidence import wilson

counted = pd.concat({task: counts_of(labels, task) for task in PAPER_TASKS})
for (task, name), count in counted[counted > 0].nsmallest(3).items():
    n = max(1, round(count / 10))
    low, high = wilson(n, n)
    print(
        f"{task} {name}: {count} reports, about {n} in the test split; all of them found would "
        f"still mean {low:.2f} to {high:.2f}"
    )

# %% [markdown]
# **2.** How many bits does each variable hold? A variable whose answer is nearly certain beforehand
# has few. Use the entropy of its class shares.

# %% tags=["hide-cell", "solution"]
from scipy.stats import entropy

for task in TASKS:
    counts = counts_of(labels, task)
    if counts.sum():
        print(
            f"{task:6s} {entropy(counts, base=2):.2f} bits of at most "
            f"{entropy([1] * len(CLASSES[task]), base=2):.2f}"
        )

# %% [markdown]
# **3.** Split at random instead of by class. Do the largest differences grow?

# %% tags=["hide-cell", "solution"]
import numpy as np

rng = np.random.default_rng(0)
shuffled = pd.Series(rng.choice(cohort.SPLITS, len(table), p=paper.SPLIT), index=table.index)
split_balance(labels, shuffled)
