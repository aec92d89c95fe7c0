# %% [markdown]
# # The corpus: what the reports look like
#
# **Reproduces** the description of the cohort (sections IV-A and S4) as far as wording and difficulty
# go. Its classes, Table S1 and Figure S3, are on [](fig_s3_class_distribution.ipynb).
#
# **You will learn** what a pathology report states, what it leaves out, which turns of phrase make it
# hard for a program to read, and what a corpus written by a program can and cannot show.
#
# **Runtime and hardware**: about three minutes, any machine.
#
# **Numbers**: the bundled reports are *synthetic*: each was written by a program from an invented
# patient whose true stage is known. No real patient is behind any of them. Point `reports` at your
# own and the same aggregates are shown for them, without any text.

# %% tags=["parameters"]
reports = "bundled"  # "bundled", a folder of documents, or a table file
show_text = False  # show a report's text even if it is not bundled
real = ""  # a table of real reports (text, cancer_type) to compare with: aggregates only

# %%
import json
from functools import cache
from pathlib import Path

import pandas as pd
from IPython.display import HTML, Markdown, display
from pathmtl_synthetic import compare, gallery, measure, phenomena

from pathmtl import cohort, oracle
from pathmtl.baselines.naive import naive_labels
from pathmtl.experiments.recipes import RECIPES
from pathmtl.notebook import check_parameters
from pathmtl.schema import PAPER_TASKS, TASK, TASKS
from pathmtl.viz.html import excerpt
from pathmtl.viz.score_figures import paired_dots
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()
table = cohort.read_reports(reports)
labeled = cohort.has_labels(table)
words = table["text"].str.split().str.len()
display(
    Markdown(
        f"**{len(table):,} reports** of {table['patient_id'].nunique():,} patients from "
        f"`{reports}`, {'with' if labeled else '**without**'} labels; {words.median():.0f} words "
        f"in the median report, and more than {words.quantile(0.9):,.0f} in one of ten."
    )
)

# %% [markdown]
# ## One report
#
# This is what the whole book is about: free text in, seven answers out. Read it once as a clinician
# would. Where is the stage? Is it stated twice? Does the clinical history mention an older one? Write
# down your seven answers, "not stated" among them, before you open the true ones.

# %% tags=["hide-input"]
if reports == cohort.BUNDLED or show_text:
    # Some reports lost their line breaks, which is hard on a first reader.
    with_lines = table[table["text"].str.count("\n") > 15]
    pool = with_lines if len(with_lines) else table
    stated = pool[list(TASKS)].notna().sum(axis=1)
    fullest = pool[stated == stated.max()]
    example = fullest.loc[fullest["text"].str.len().idxmin()]  # shortest of those that state most
    display(Markdown(f"```text\n{example['text']}\n```"))
    answers = [f"{TASK[t].title}: <b>{example[t] or 'not stated'}</b>" for t in TASKS]
    display(
        HTML(f"<details><summary>The seven true answers</summary>{'<br>'.join(answers)}</details>")
    )
else:
    display(
        Markdown(
            "*Text is not shown: these are not the bundled reports. Set `show_text = true` to see "
            "one.*"
        )
    )

# %% [markdown]
# What the seven answers mean, and how common each class is, has a page of its own:
# [](fig_s3_class_distribution.ipynb). In short: early stages dominate, some classes are rare, and
# most reports leave most questions open. Where the reports carry no labels, the oracle's answers are
# counted here instead.
#
# Two codes in these reports are habits and not categories: `pM0` and `MX`. In AJCC-8 M0 is a clinical
# finding (`cM0`), and MX was dropped in 2010. Real reports write both, so a few of these do as well:
# `pM0` counts as M0, and `MX` as not stated. HER2 is stated only where something is invasive.

# %%
labels = table if labeled else oracle.label_reports(table)
stated = pd.Series({TASK[task].title: labels[task].notna().mean() for task in TASKS})
full = labels[list(TASKS)].notna().all(axis=1)
plain_table(
    stated.map("{:.2f}".format).to_frame("Share of reports"),
    f"Share of reports that state each variable; {full.sum():,} of {len(full):,} state all.",
)

# %% [markdown]
# ## From reports to a cohort
#
# The paper began with 285,033 reports and trained on 10,677 (section IV-A). Between the two lie the
# steps of its Figure 1 (a): each report loses its identifiers, is cut by breast if it stages both, is labeled,
# and takes the receptors that the patient's other reports state; what states no T, N, M or grade is pruned.
# `pathmtl prepare` is these steps in one command, and here is what they do to these reports.

# %%
from tempfile import TemporaryDirectory

from pathmtl.paper.numbers import ARCHIVE, COHORT
from pathmtl.prepare import prepare, read_flow
from pathmtl.viz.flow import flow_figure, outside_table

MOST = 3_000  # reports that go through the steps here; `pathmtl prepare` takes them all
if (Path(reports) / cohort.FLOW).is_file():
    prepared = read_flow(reports)
else:
    patients = table["patient_id"].drop_duplicates()
    drawn = patients.head(max(30, MOST * len(patients) // len(table)))
    some = table[table["patient_id"].isin(drawn)]
    with TemporaryDirectory() as folder:
        source = Path(folder) / "reports.parquet"
        some.to_parquet(source)
        prepared = prepare(source, Path(folder) / "cohort")
flow_figure(prepared.steps, paper=(ARCHIVE, COHORT))

# %% [markdown]
# Consolidation has a price. A value that came from another report of the patient is not in the text of
# the report that now carries it as a label. No reader can find it there: a model that is trained on such
# a label learns to guess, and a model that is tested on it is marked wrong for answering "not stated".

# %%
plain_table(outside_table(prepared), "What consolidated labels cost.")

# %% [markdown]
# ## Who writes how
#
# Institutions differ more than diseases do. The bundled corpus records the style of each report.

# %%
if "style" in table:
    by_style = table.assign(words=words).groupby("style")["words"]
    styles = by_style.quantile([0.1, 0.5, 0.9]).unstack().astype(int)
    styles.columns = ["Words, 1st decile", "Words, median", "Words, 9th decile"]
    styles.insert(0, "Reports", by_style.size())
    styles = styles.rename_axis(None)
    display(
        plain_table(
            styles.sort_values("Reports", ascending=False), "Reporting styles of the corpus."
        )
    )

# %% [markdown]
# ## A gallery of difficulties
#
# Each report records which *phenomena* were written into it: named difficulties, each with a rate.
# Below is one excerpt for each. The label's evidence is <b><mark>marked</mark></b>, and the difficulty
# is <u>underlined</u>. Two readers answered. The **naive rules** take the first match anywhere. The
# **oracle** knows sections, negation and priorities; its answers are what the model is trained on.
#
# A report carries several phenomena, and a failure may be due to any of them. So an excerpt that the
# naive rules get wrong is shown only if its title is the cause: without the underlined words they
# would be right, or nothing else touches the task and such reports fail more often than plain ones.
# The other titles are difficulties that, on their own, do not mislead these rules. Open one, answer
# it yourself, and then open the answers.

# %% tags=["hide-input"]
synthetic = "phenomena" in table and "evidence" in table
rows = table.fillna("").to_dict("records") if synthetic else []
readers = {"naive": cache(naive_labels), "oracle": cache(oracle.label)}  # asked many times
GROUPS = {
    "T": "T stage",
    "N": "N stage",
    "grade": "Histologic grade",
    "receptors": "ER, PR and HER2",
    "HER2": "HER2 alone",
    "all": "Every task",
}


def reason(example):
    """Why the naive rules fail here, or that this difficulty alone does not make them fail."""
    (wrong, alone), (wrong_plain, plain) = example.alone, example.none
    if example.cause == "words":
        return "Without the underlined words, the naive rules are right."
    rate = f"wrong in {wrong} of {alone} reports in which nothing else touches this task"
    rate += f", and in {wrong_plain} of {plain} in which nothing at all does"
    if example.cause == "alone":
        return f"The naive rules are {rate}."
    return f"On its own this does not mislead them: {rate}." if alone else "It never comes alone."


def shown(example):
    """One phenomenon as a block that opens: title, what and why, excerpt, answers."""
    about = phenomena.PHENOMENA[example.phenomenon]
    answers = "Nothing to answer: the report does not state it."
    if example.task:
        given = ", ".join(
            f"{RECIPES[who].title.lower()}: <b>{answer or 'no answer'}</b>"
            for who, answer in example.answers.items()
        )
        also = ", ".join(phenomena.PHENOMENA[name].title for name in example.others)
        answers = f"{TASK[example.task].title}: truth <b>{example.truth}</b>; {given}. "
        answers += reason(example) + (f" Also in this report: {also}." if also else "")
    return (
        f"<details><summary><b>{about.title}</b>: {about.description}</summary>"
        f"<p><i>Hard because {about.why}.</i></p>{excerpt(example.pieces)}"
        f"<details><summary>Answers</summary><p>{answers} "
        f"<small>({example.report_id}, {example.style})</small></p></details></details>"
    )


if synthetic and (reports == cohort.BUNDLED or show_text):
    chosen = gallery.examples(rows, readers)
    for key, title in GROUPS.items():
        blocks = [shown(e) for e in chosen if gallery.group(e.phenomenon) == key]
        display(HTML(f"<h4>{title}</h4>" + "".join(blocks)))
else:
    display(
        Markdown(
            "*The gallery shows text, and only the bundled reports record their difficulties: set "
            '`reports = "bundled"` to see it.*'
        )
    )

# %% [markdown]
# ## Who fails where
#
# The same two readers, scored against the truth on every report in which a phenomenon fired, on the
# tasks it touches. This is where synthetic text is most useful: no real archive knows the truth, so
# the **oracle's own error** cannot be measured there. A report carries several phenomena, so a low row
# is not caused by its title alone.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Dot chart: accuracy of naive rules and of the oracle for each phenomenon, hardest for the naive rules on top"}}
if synthetic:
    scored = pd.DataFrame(measure.by_phenomenon(rows, readers))
    scored["title"] = [phenomena.PHENOMENA[name].title for name in scored["phenomenon"]]
    scored = scored.set_index("title")
    display(
        paired_dots(
            scored["naive"],
            scored["oracle"],
            scored["answers"],
            {who: RECIPES[who].title for who in ("naive", "oracle")},
            "Accuracy on the tasks the phenomenon touches (answers in brackets)",
        )
    )
else:
    display(Markdown("*Only a synthetic corpus records its phenomena.*"))

# %%
if synthetic:
    against = {who: measure.score(rows, label) for who, label in readers.items()}
    silent = {
        task: [readers["oracle"](row["text"])[task] is not None for row in rows if not row[task]]
        for task in PAPER_TASKS
    }
    errors = pd.DataFrame(
        {
            TASK[task].title: {
                "Reports": str(against["oracle"][task].support),
                "Naive rules, accuracy": f"{against['naive'][task].accuracy:.3f}",
                "Oracle, accuracy": f"{against['oracle'][task].accuracy:.3f}",
                "Oracle answers": f"{against['oracle'][task].answered:.3f}",
                "Oracle answers where nothing is stated": (
                    f"{sum(silent[task]) / max(1, len(silent[task])):.3f}"
                ),
            }
            for task in PAPER_TASKS
        }
    ).T
    display(
        plain_table(
            errors,
            "Both readers against the truth, all synthetic reports; silence counts as wrong.",
        )
    )

# %% [markdown]
# ## As hard as the paper's
#
# The rates of a few phenomena were moved until the *naive rules* scored on the bundled test split as
# they did in the paper. Nothing else was looked at, and never a model's score. So that the bundled
# split agrees with the paper is **no evidence**: agreement on that very split is what the rates were
# tuned for. The columns "other seeds" are the honest ones: the same rates on reports that the search
# never saw.

# %%
record = json.loads(phenomena.CALIBRATION.read_text(encoding="utf-8"))
columns = [
    "Variable",
    "Paper, accuracy",
    "Bundled test split",
    "Other seeds, mean",
    "Other seeds, range",
    "Paper, macro-F1",
    "Macro-F1",
    "Macro-F1, silence a class",
]
calibration = []
for line in record["row"]:
    fresh = record["fresh"][line["task"]]
    numbers = (line["paper_macro_f1"], line["macro_f1"], line["macro_f1_missing"])
    calibration.append(
        (
            TASK[line["task"]].title,
            f"{line['paper_accuracy']:.3f}",
            f"{line['accuracy']:.3f}",
            f"{fresh['mean']:.3f}",
            f"{fresh['lowest']:.3f} to {fresh['highest']:.3f}",
            *(f"{value:.3f}" for value in numbers),
        )
    )
plain_table(
    pd.DataFrame(calibration, columns=columns),
    "Naive rules, accuracy and macro-F1: the record of `pathmtl-synthetic calibrate`, "
    f"{record['fresh']['T']['seeds']} other seeds.",
    index=False,
)

# %% [markdown]
# ## Write your own corpus
#
# The generator is a function of the number of reports, a seed and the rates. A rate is the
# probability that a phenomenon is written where it applies; those you do not name keep their default.

# %%
from pathmtl_synthetic.generate import generate

rates = phenomena.default_rates()
touching_n = {name: rates[name] for name in rates if phenomena.PHENOMENA[name].tasks == ("N",)}
print("phenomena that touch N alone, and their rates:", touching_n)
few = list(generate(100, seed=1, rates={"itc": 0.0, "n1mi": 0.0}))
print(len(few), "reports; accuracy of the naive rules on N:", end=" ")
print(f"{measure.score(few, naive_labels)['N'].accuracy:.3f}")

# %% [markdown]
# ## Real beside synthetic
#
# How like real reports are these? Below are lengths, vocabulary and habits of wording, beside real
# TCGA reports, and how well a bag-of-words classifier separates the two. An area of 0.5 would mean
# that it cannot; near 1, that it always can. It looks at single words only, and real reports carry
# scanned forms, hospital habits and decades that this generator has never seen.

# %%
if real:
    bundled = cohort.read_reports(cohort.BUNDLED).fillna("").to_dict("records")
    others = cohort.read_reports(real).fillna("").to_dict("records")
    figures = pd.DataFrame(compare.beside(others, bundled))
else:
    figures = pd.read_csv(cohort.BUNDLED_FILE.with_name("real_against_synthetic.csv"))
plain_table(
    figures.set_index("figure")
    .rename_axis("")
    .map(lambda value: f"{value:,.0f}" if value >= 2 else f"{value:.3f}"),
    "The bundled corpus beside real reports "
    f"({'measured now' if real else 'recorded'}): aggregates only.",
)

# %% [markdown]
# **What synthetic reports can show**: whether a pipeline runs, whether method A beats B on a
# difficulty whose answer is known, how often the oracle that labels the training data is itself
# wrong, and what a reader must learn to cope with.
#
# **What they cannot**: how well anything works on your patients. A model trained on these reports
# learns a program's habits, and an accuracy measured here covers only the difficulties that *the
# authors of the program could think of*. Phenomena are drawn independently here; in archives they
# cluster by hospital and decade.

# %% [markdown]
# ## Verdict
#
# Is the corpus as hard for naive rules as the paper's cohort was? By construction: the rates were
# tuned on this very split, so *held* says only that the tuning worked. Classes have their verdict on
# [their own page](fig_s3_class_distribution.ipynb).

# %%
from pathmtl.experiments.evidence import keep_measured
from pathmtl.paper.claims import Evidence, Measured, on_page, verdict_table

off = max(abs(line["difference"]) for line in record["row"])
measured = {"cohort-hardness": Measured(f"off by {off:.3f} at most", off)}
keep_measured("corpus", measured)
judged = verdict_table(on_page("corpus"), {"The bundled reports": Evidence(measured=measured)})
plain_table(judged, "The bundled corpus beside the paper's.")

# %% [markdown]
# ## Exercises
#
# **1.** Which two tasks are most often stated together, and which almost never?

# %% tags=["hide-cell", "solution"]
given = labels[list(TASKS)].notna().astype(int)
together = (given.T @ given / len(given)).round(2)
pairs = [(together.loc[a, b], a, b) for i, a in enumerate(TASKS) for b in TASKS[i + 1 :]]
for words, (share, *tasks) in (("most often", max(pairs)), ("least often", min(pairs))):
    print(f"stated together {words}: {' and '.join(tasks)}, in {share:.0%} of the reports")
together

# %% [markdown]
# **2.** Is grade associated with T? Cross-tabulate them. What would a model gain from that alone,
# without reading the grade? Compare two constant answers: the most common grade, and the most common
# grade of the report's T.

# %% tags=["hide-cell", "solution"]
both = labels.dropna(subset=["T", "grade"])
table_of_both = pd.crosstab(both["T"], both["grade"])
if len(both):
    same = table_of_both.sum().max() / len(both)
    by_t = table_of_both.max(axis=1).sum() / len(both)
    print(f"one grade for all: {same:.3f} right; the most common grade of each T: {by_t:.3f} right")
    print(f"Knowing T adds {by_t - same:.3f}; a model that scores more must have read the rest.")
table_of_both

# %% [markdown]
# **3.** Make a harder corpus: write 300 reports in which every T is preceded by an earlier cancer's
# stage (phenomenon `prior_stage_history`), and 300 in which none is. How do the naive rules score on
# T?

# %% tags=["hide-cell", "solution"]
for rate in (0.0, 1.0):
    corpus = list(generate(300, seed=7, rates={"prior_stage_history": rate}))
    accuracy = measure.score(corpus, naive_labels)["T"].accuracy
    print(f"rate {rate:.0f}: accuracy on T {accuracy:.3f}")
