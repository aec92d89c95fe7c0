# %% [markdown]
# # The corpus: what the reports look like
#
# **Reproduces** the description of the cohort (sections IV-A and S4) as far as wording and difficulty go; its classes, Table S1 and Figure S3, are on [](fig_s3_class_distribution.ipynb).
#
# **You will learn** what a pathology report states, what it leaves out, which turns of phrase make it hard to read for a program, and what a corpus
# that a program wrote can and cannot tell you.
#
# **Runtime and hardware**: under a minute, any machine.
#
# **Numbers**: the bundled reports are *synthetic*: each was written by a program from an invented patient whose true stage is known. No real patient is
# behind any of them. Point `reports` at your own and the same aggregates are shown for them, without any text.

# %% tags=["parameters"]
reports = "bundled"   # "bundled", a folder of documents, or a table file
show_text = False     # show a report's text even if it is not bundled
real = ""             # a table of real reports (text, cancer_type) to compare the bundled ones with: aggregates only

# %%
import json
from functools import cache

import pandas as pd
from IPython.display import HTML, Markdown, display
from pathmtl_synthetic import compare, gallery, measure, phenomena

from pathmtl import cohort, oracle
from pathmtl.baselines.naive import naive_labels
from pathmtl.experiments.tables import RECIPES
from pathmtl.notebook import check_parameters
from pathmtl.pages.figures import excerpt, paired_dots, plain_table, use_style
from pathmtl.schema import PAPER_TASKS, TASK, TASKS
from pathmtl.training.train import oracle_labels

check_parameters()
use_style()
table = cohort.read_reports(reports)
labelled = cohort.has_labels(table)
words = table["text"].str.split().str.len()
display(Markdown(f"**{len(table):,} reports** of {table['patient_id'].nunique():,} patients from `{reports}`, "
                 f"{'with' if labelled else '**without**'} labels; {words.median():.0f} words in the median report, "
                 f"{words.quantile(0.9):,.0f} in one of ten."))

# %% [markdown]
# ## One report
#
# This is what the whole book is about: free text in, seven answers out. Read it once as a clinician would. Where is the stage? Is it stated twice? Does the
# clinical history mention an older one?

# %% tags=["hide-input"]
if reports == cohort.BUNDLED or show_text:
    with_lines = table[table["text"].str.count("\n") > 15]   # some reports lost their line breaks: hard on a first reader
    pool = with_lines if len(with_lines) else table
    stated = pool[list(TASKS)].notna().sum(axis=1)
    fullest = pool[stated == stated.max()]
    example = fullest.loc[fullest["text"].str.len().idxmin()]   # the shortest of those that state most
    answers = ", ".join(f"{TASK[t].title}: **{example[t]}**" for t in TASKS if example[t] is not None)
    display(Markdown(f"```text\n{example['text']}\n```\n\nTrue answers: {answers or 'none are known'}."))
else:
    display(Markdown("*Text is not shown: these are not the bundled reports. Set `show_text = true` to see one.*"))

# %% [markdown]
# What the seven answers mean, how common each class is and how often a report states none (Table S1 and Figure S3) has a page of its own: [](fig_s3_class_distribution.ipynb). In short, early stages
# dominate, some classes are rare, and no report states everything. Where the reports carry no labels, the oracle's stated answers are counted here instead.

# %%
labels = table if labelled else oracle_labels(table)
stated = pd.Series({TASK[task].title: labels[task].notna().mean() for task in TASKS})
plain_table(stated.map("{:.2f}".format).to_frame("Share of reports"), "Share of reports that state each variable.")

# %% [markdown]
# ## Who writes how
#
# Institutions differ more than diseases do. The bundled corpus records which style each report was written in.

# %%
if "style" in table:
    styles = table.assign(words=words).groupby("style")["words"].describe(percentiles=[0.1, 0.5, 0.9])[["count", "10%", "50%", "90%"]]
    display(plain_table(styles.astype(int).set_axis(["Reports", "Words, 1st decile", "Words, median", "Words, 9th decile"], axis=1)
                        .sort_values("Reports", ascending=False), "Reporting styles of the corpus."))

# %% [markdown]
# ## A gallery of difficulties
#
# Each report records which *phenomena* were written into it: named difficulties, each with a rate. Below, one excerpt for each: <b><mark>marked</mark></b> where the
# label's evidence stands, <u>underlined</u> where the difficulty shows. Two readers answered. The **naive rules** take the first match anywhere. The **oracle** knows
# sections, negation and priorities; its answers are what the model is trained on. Open one, answer it yourself first, then read on.

# %% tags=["hide-input"]
synthetic = "phenomena" in table and "evidence" in table
rows = table.fillna("").to_dict("records") if synthetic else []
readers = {"naive": cache(naive_labels), "oracle": cache(oracle.label)}   # each report is asked about many times
GROUPS = {"T": "T stage", "N": "N stage", "grade": "Histologic grade", "receptors": "ER, PR and HER2", "HER2": "HER2 alone", "all": "Every task"}


def shown(example):
    """One phenomenon as a block that opens: title, what and why, excerpt, answers."""
    about = phenomena.PHENOMENA[example.phenomenon]
    said = ", ".join(f"{RECIPES[who].title.lower()}: <b>{answer or 'no answer'}</b>" for who, answer in example.answers.items())
    verdict = f"{TASK[example.task].title}: truth <b>{example.truth}</b>; {said}." if example.task else "Nothing to answer: the report does not state it."
    return (f"<details><summary><b>{about.title}</b>: {about.description}</summary><p><i>Hard because {about.why}.</i></p>"
            f"{excerpt(example.pieces)}<p>{verdict} <small>({example.report_id}, {example.style})</small></p></details>")


if synthetic and (reports == cohort.BUNDLED or show_text):
    chosen = gallery.examples(rows, readers)
    for key, title in GROUPS.items():
        display(HTML(f"<h4>{title}</h4>" + "".join(shown(example) for example in chosen if gallery.group(example.phenomenon) == key)))
else:
    display(Markdown("*The gallery shows text, and only the bundled reports record their difficulties: set `reports = \"bundled\"` to see it.*"))

# %% [markdown]
# ## Who fails where
#
# The same two readers, scored against the truth on every report in which a phenomenon fired, on the tasks it touches. This is where synthetic text earns its keep: no
# real archive knows the truth, so the **oracle's own error** cannot be measured there, only agreed with. A report carries several phenomena, so a low row is not
# caused by its title alone.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Dot chart: accuracy of naive rules and of the oracle for each phenomenon, hardest for the naive rules on top"}}
if synthetic:
    scored = pd.DataFrame(measure.by_phenomenon(rows, readers))
    scored["title"] = [phenomena.PHENOMENA[name].title for name in scored["phenomenon"]]
    scored = scored.set_index("title")
    display(paired_dots(scored["naive"], scored["oracle"], scored["answers"], {who: RECIPES[who].title for who in ("naive", "oracle")}, "Accuracy on the tasks the phenomenon touches (answers in brackets)"))
else:
    display(Markdown("*Only a synthetic corpus records its phenomena.*"))

# %%
if synthetic:
    against = {who: measure.score(rows, label) for who, label in readers.items()}
    silent = {task: [readers["oracle"](row["text"])[task] is not None for row in rows if not row[task]] for task in PAPER_TASKS}
    errors = pd.DataFrame({
        "Reports": [against["oracle"][task].support for task in PAPER_TASKS],
        "Naive rules, accuracy": [f"{against['naive'][task].accuracy:.3f}" for task in PAPER_TASKS],
        "Oracle, accuracy": [f"{against['oracle'][task].accuracy:.3f}" for task in PAPER_TASKS],
        "Oracle answers": [f"{against['oracle'][task].answered:.3f}" for task in PAPER_TASKS],
        "Oracle answers where nothing is stated": [f"{sum(silent[task]) / max(1, len(silent[task])):.3f}" for task in PAPER_TASKS],
    }, index=[TASK[task].title for task in PAPER_TASKS])
    display(plain_table(errors, "Both readers against the truth, all synthetic reports; silence counts as wrong."))

# %% [markdown]
# ## As hard as the paper's
#
# The rates of a few phenomena were moved until the *naive rules* scored on the bundled test split as they did in the paper, and nothing else was looked at: never a
# model's score. Because the target is that very split, the honest figure is the last pair of columns: the same rates on seeds that the search never saw.

# %%
record = json.loads(phenomena.CALIBRATION.read_text(encoding="utf-8"))
calibration = pd.DataFrame([(
    TASK[line["task"]].title, f"{line['paper_accuracy']:.3f}", f"{line['accuracy']:.3f}", f"{record['fresh'][line['task']]['mean']:.3f}",
    f"{record['fresh'][line['task']]['lowest']:.3f} to {record['fresh'][line['task']]['highest']:.3f}",
    f"{line['paper_macro_f1']:.3f}", f"{line['macro_f1']:.3f}", f"{line['macro_f1_missing']:.3f}") for line in record["row"]],
    columns=["Variable", "Paper, accuracy", "Bundled test split", "Other seeds, mean", "Other seeds, range", "Paper, macro-F1", "Macro-F1", "Macro-F1, silence a class"])
plain_table(calibration, f"Naive rules, accuracy and macro-F1: the record of `pathmtl-synthetic calibrate`, {record['fresh']['T']['seeds']} other seeds.", index=False)

# %% [markdown]
# ## Real beside synthetic
#
# How like real reports are these? Lengths, vocabulary and habits of wording, beside 508 TCGA reports; and how well a bag-of-words classifier tells the two apart. An area
# of 0.5 would mean that it cannot; near 1, that it always can. It looks at single words only, and real reports carry scanned forms, hospital habits and decades that this
# generator has never seen.

# %%
if real:
    known = cohort.read_reports(cohort.BUNDLED).fillna("").to_dict("records")
    figures = pd.DataFrame(compare.beside(cohort.read_reports(real).fillna("").to_dict("records"), known))
else:
    figures = pd.read_csv(cohort.BUNDLED_FILE.with_name("real_against_synthetic.csv"))
plain_table(figures.set_index("figure").rename_axis("").map(lambda value: f"{value:,.0f}" if value >= 2 else f"{value:.3f}"),
            f"The bundled corpus beside real reports ({'measured now' if real else 'recorded'}): aggregates only.")

# %% [markdown]
# **What synthetic reports can tell**: whether a pipeline runs, whether method A beats B on a difficulty whose answer is known, how often the oracle that labels the
# training data is itself wrong, and what a reader must learn to cope with.
#
# **What they cannot**: how well anything works on your patients. Whoever learns these reports learns a program's habits; an accuracy measured here is an upper bound of
# what difficulty *the authors of the program could think of*. Phenomena are drawn independently here, and cluster by hospital and decade in archives.

# %% [markdown]
# ## Verdict
#
# As hard for naive rules as the paper's cohort was? The class distribution has its verdict on [its own page](fig_s3_class_distribution.ipynb).

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
together = labels[list(TASKS)].notna().astype(int)
(together.T @ together / len(together)).round(2)

# %% [markdown]
# **2.** Is grade associated with T? Cross-tabulate them. What would a model learn from that even without reading the grade?

# %% tags=["hide-cell", "solution"]
pd.crosstab(labels["T"].fillna("not stated"), labels["grade"].fillna("not stated"))

# %% [markdown]
# **3.** Make a harder corpus: write 300 reports in which every T is preceded by an earlier cancer's, and score the naive rules on them.

# %% tags=["hide-cell", "solution"]
from pathmtl_synthetic.generate import generate

harder = list(generate(300, seed=7, rates={"prior_stage_history": 1.0}))
easier = list(generate(300, seed=7, rates={"prior_stage_history": 0.0}))
{name: round(measure.score(corpus, naive_labels)["T"].accuracy, 3) for name, corpus in (("with", harder), ("without", easier))}
