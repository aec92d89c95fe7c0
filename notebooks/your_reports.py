# %% [markdown]
# # Your reports: from PDFs to a table that can be checked
#
# **Reproduces** the use that the paper's conclusion draws: a tool that turns an archive of pathology reports into registry variables. It prints no such table; sections
# III-A and S1-A describe the human check that must follow, and that is where this page ends.
#
# **You will learn** why an answer needs a confidence, an evidence and a rule before anybody can trust it, how two readers that fail in different ways make a *review list*,
# and how to test whether the list is in a good order.
#
# **Runtime and hardware**: the model of Table I, trained once in the `quick` profile (a few minutes on two CPU cores) or read from the store; then seconds. Scans take
# 10 to 60 s a page, once.
#
# **Numbers**: with `reports = "bundled"` they are *synthetic*, and so is every report shown. Of your own reports no text is shown, and nothing is written anywhere unless you
# name a file. Not a medical device.

# %% tags=["parameters"]
profile = "quick"  # quick | standard | paper: size of model and data
reports = "bundled"  # your reports: a folder, or a table file
train_reports = "bundled"  # what the model is trained on
rank = 16  # rank r of the LoRA adapters (Eq. 2); alpha stays 16 unless changed
changes = ""  # any other settings, as for pathmtl train --set
seed = 42  # draws training reports, weights and batches
sample = 40  # how many bundled reports are read (your own: all)
listed = 15  # how many rows of the review list are shown
show_text = False  # show evidence of reports that are not bundled
out = ""  # CSV to write the table to; "" writes none
sheet = ""  # HTML page for the review (holds text); "" writes none
resamples = 200  # bootstrap resamples behind each interval

# %% [markdown]
# We need the trained model, the table of answers and the tests of its order.

# %%
from IPython.display import Markdown, display

from pathmtl import cohort
from pathmtl.experiments.evidence import measured_by, sources_of
from pathmtl.experiments.predict_with_run import predictions_on
from pathmtl.experiments.results import recorded
from pathmtl.experiments.runner import run_table
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.review import review_list as review
from pathmtl.review.sheet import sheet as audit_sheet
from pathmtl.schema import task_title
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.score_figures import review_curve
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table, share

check_parameters()
use_style()
own = reports != cohort.BUNDLED
visible = show_text or not own

# %% [markdown]
# ## Documents in
#
# A folder of PDF, PNG, JPEG, TIFF or TXT files, or a table with a `text` column. Of the bundled reports those come first that exist as PDF documents, and their text is
# what was read off the page, with the faults of that reading.

# %%
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
this_run = run_table("table1", profile, train_reports, train_reports, rows=["lora"], **overrides)
run = this_run["lora"].runs[0]
if not own:
    documents = review.bundled_documents(this_run.reports, sample, seed)
elif reports == train_reports:
    documents = this_run.reports  # its test split: nobody is asked about what it learnt
else:
    documents = cohort.read_reports(reports)
names = review.page_names(documents, reports, show_text=show_text)
labelled = cohort.has_labels(documents)
how = documents["read"].value_counts() if "read" in documents else {}
display(
    Markdown(
        f"**{len(documents):,} reports** of {documents['patient_id'].nunique():,} patients from "
        f"`{reports}`, {'with' if labelled else '**without**'} labels"
        + (
            f" (read from: {', '.join(f'{source} {n}' for source, n in how.items())})"
            if len(how)
            else ""
        )
        + f". The model learnt from {run.record['data']['train']:,} reports of `{train_reports}`; run `{run.record['key']}`."
    )
)

# %% [markdown]
# ## Two readers, one table
#
# The **oracle** is a set of rules. It answers where it finds a statement, and can show it: evidence, section, rule. The **model** answers always, and says how sure it is.
# The table takes the oracle's answer, because it can be looked up, and asks the model for a second opinion: the **confidence** is the probability that the model gives *to the
# oracle's answer*. Rules know nothing of doubt, and the model shows no evidence; each has what the other lacks. Here is the report that states most:

# %% tags=["full-width"]
answers = review.answer_table(documents, predictions_on(run, documents, progress=own))
fullest = answers.groupby("report_id", sort=False)["answer"].count().idxmax()
one = (
    answers[answers["report_id"] == fullest]
    .set_index("task")
    .rename(index=task_title)
    .rename_axis(None)
)
columns = {
    "oracle": "Oracle",
    "rule": "Rule",
    "section": "Section",
    "evidence": "Evidence",
    "model": "Model",
    "probability": "Probability",
    "confidence": "Confidence",
    "why": "Agreement",
}
shown = one[[name for name in columns if visible or name != "evidence"]].rename(columns=columns)
plain_table(
    shown.assign(
        Probability=one["probability"].map(share), Confidence=one["confidence"].map(share)
    ),
    f"The seven rows of {names[fullest]}. A field that is not stated has no confidence: there is no class for it.",
)

# %% [markdown]
# ## Confidence by task
#
# How many answers there are, how sure the model is of them, and what is left for a person: disagreements, contradictions within a report, answers that both give but of which the
# model is not sure, and reports that mention a field while no rule answers.

# %%
counts = review.by_task(answers)
plain_table(
    counts.assign(
        confidence=counts["confidence"].map(share),
        **{"10th percentile": counts["10th percentile"].map(share)},
    ).rename(index=task_title, columns=str.capitalize),
    f"Answers, their mean confidence, the confidence that a tenth lies below, and what needs a look, by task. "
    f"Unsure: less than {review.SURE} for the answer.",
)

# %% [markdown]
# ## The review list
#
# The least confident first. Where no rule answers, the model's class is a *suggestion* and comes last: most of that silence is on purpose, since a report can name a field only to say
# that its result is pending.

# %%
todo = review.review_list(answers)
top = todo.head(listed)
rows = top.assign(
    report=top["report_id"].map(names),
    task=top["task"].map(task_title),
    confidence=top["confidence"].map(share),
    probability=top["probability"].map(share),
)
wanted = [
    "report",
    "task",
    "why",
    "confidence",
    "oracle",
    "model",
    "probability",
    "rule",
    "section",
    *(["evidence"] if visible else []),
]
display(
    Markdown(
        f"**{len(todo):,}** of {len(answers):,} rows are listed, in {todo['report_id'].nunique():,} reports."
    )
)
display(
    plain_table(
        rows[wanted].rename(columns=str.capitalize),
        f"The first {len(rows)} rows of the review list.",
        index=False,
    )
)

# %% [markdown]
# ## Is the list in a good order?
#
# If confidence means something, wrong answers stand at the top. Where labels are known this can be tested: how many of the wrong answers has a reviewer found who has looked at this share of
# the list? For the bundled reports it is tested on the whole test split, since a few documents hold only a few errors.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Share of wrong answers found against share of answers looked at, least confident first, beside a diagonal for random order"}}
tested = answers if own else review.answer_table(this_run.reports, this_run["lora"].predictions)
known = review.checkable(tested)
wrong = int(known["wrong"].sum())
if wrong:
    display(review_curve(review.errors_found(known), wrong))
    display(
        Markdown(
            f"*Wrong answers found by reading the least confident answers first ({len(known):,} labelled "
            f"answers, {profile} profile); the dashed line is a random order.*"
        )
    )
display(
    Markdown(
        f"**{wrong:,}** of {len(known):,} answers with a known label are wrong."
        + (" With so few errors one more or less moves the whole curve." if 0 < wrong < 20 else "")
        if len(known)
        else f"`{reports}` carries **no labels** that an answer could be compared with: the order cannot be tested, only reviewed."
    )
)

# %% [markdown]
# ## Keep the table
#
# One row for each report and task. Without `show_text` the evidence is left out and its place (`start`, `end`) says where in the report it stands.

# %%
if out:
    review.written(answers, out, evidence=visible)
    display(
        Markdown(
            f"{len(answers):,} rows are in the file that `out` names; report ids are in it, so keep it where the reports are."
        )
    )
else:
    display(Markdown("Nothing was written: name a file with `-p out answers.csv`."))

# %% [markdown]
# ## Have it reviewed
#
# A person settles what two programs cannot. `pathmtl audit sheet` makes one offline page with the report, the evidence and the answer; the reviewer agrees, corrects or is unsure,
# and saves a CSV. The parameter `sheet` makes that page for the reports at the top of this list; the first command makes one for a sample of all reports, which is what you need to say
# how often the *whole* table is right: a list of doubts is no fair sample.
#
# ```{code-block} shell
# pathmtl audit sheet path/to/reports --out sheet.html --size 200
# pathmtl audit score audit.csv                    # agreement by task, with intervals
# pathmtl notebook your_reports -p reports path/to/reports -p out answers.csv -p sheet doubts.html
# ```

# %%
doubtful = list(dict.fromkeys(top["report_id"]))
if sheet and doubtful:
    page = documents[documents["report_id"].isin(doubtful)]
    audit_sheet(page, sheet, size=len(page))
    display(
        Markdown(
            f"The page with {len(page):,} reports is in the file that `sheet` names. It holds report text (de-identified): keep it safe."
        )
    )
else:
    display(Markdown(f"No page was written; it would hold {len(doubtful):,} reports."))

# %% [markdown]
# ## Verdict
#
# The paper claims answers that always fit the schema, and labels that experts have checked; the order of the list is ours to prove. *Held* for the order: the interval of the AUROC (how often
# a wrong answer has less confidence than a right one) lies above one half; *tie*: it contains it.

# %%
recorded_run = recorded("table1", rows=["lora"])
by_source = {} if this_run.is_recorded and not own else {"This run": tested}
if "lora" in recorded_run:
    by_source["Recorded"] = review.answer_table(
        recorded_run.reports, recorded_run["lora"].predictions
    )
measured = {
    title: measured_by(review.tested(each, resamples=resamples))
    for title, each in by_source.items()
}

# %%
judged = verdict_table(
    on_page("your_reports"), sources_of(this_run, recorded_run, measured=measured)
)
plain_table(
    judged, "What such a table can be held against: paper, recorded where there is one, this run."
)

# %% [markdown]
# ## Exercises
#
# **1.** The list of doubts is bounded by what a reviewer can read. If you can look at every tenth answer, what share of the wrong ones do you find, and what would a random tenth find?

# %% tags=["hide-cell", "solution"]
curve = review.errors_found(known)
if len(curve):
    tenth = curve[curve["checked"] <= 0.1].iloc[-1]
    print(
        f"least confident tenth: {tenth['found']:.0%} of {wrong} wrong answers; a random tenth: about 10 %"
    )
else:
    print("no wrong answer is known here")

# %% [markdown]
# **2.** Where rules and model disagree, who is right? Would you rather take the model's answer there?

# %% tags=["hide-cell", "solution"]
apart = tested[(tested["why"] == review.DISAGREE) & tested["truth"].notna()]
print(
    f"{len(apart)} disagreements with a known label: oracle right in {(apart['answer'] == apart['truth']).sum()}, "
    f"model in {(apart['model'] == apart['truth']).sum()}"
)

# %% [markdown]
# **3.** What no rule answers is only suggested. On the reports with labels, how often was something stated there after all, and how often was the suggestion right?

# %% tags=["hide-cell", "solution"]
silent = answers[answers["why"] == review.UNANSWERED]
stated = silent[silent["truth"].notna()]
print(
    f"{len(silent)} silences that mention the field; {len(stated)} carry a label, the model's class is right in "
    f"{(stated['model'] == stated['truth']).sum()}"
)
