# %% [markdown]
# # Your reports: from PDFs to a table that can be checked
#
# **Reproduces** the use that the paper's conclusion proposes: a tool that turns an archive of pathology
# reports into registry variables. The paper prints no such table. Its sections III-A and S1-A describe the
# human check that must follow, and that is where this page ends.
#
# **You will learn** why an answer needs a confidence, evidence and a rule before anyone can trust it, how two
# readers that fail in different ways produce a *review list*, and how to test whether the list is in a good
# order.
#
# **Runtime and hardware**: the model of Table I, trained once in the `quick` profile (a few minutes on two
# CPU cores) or read from the store; after that, seconds. Scans take 10 to 60 s per page, once.
#
# **Numbers**: with `reports = "bundled"` they are *synthetic*, and so is every report shown. No text of your
# own reports is shown, and nothing is written to disk unless you name a file. Not a medical device.

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
# ## The documents
#
# The input is a folder of documents (PDF, scan, Word, RTF, HL7, text), or a table with a `text` column. Of the bundled
# reports, those that exist as PDF documents come first, and their text is what was read from the page,
# including the reading errors.

# %%
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
this_run = run_table("table1", profile, train_reports, train_reports, rows=["lora"], **overrides)
run = this_run["lora"].runs[0]
if not own:
    documents = review.bundled_documents(this_run.reports, sample, seed)
elif reports == train_reports:
    documents = this_run.reports  # the test split: the model was not trained on it
else:
    documents = cohort.read_reports(reports)
names = review.page_names(documents, reports, show_text=show_text)
labels = "with labels" if cohort.has_labels(documents) else "**without** labels"
read_from = documents["read"].value_counts() if "read" in documents else {}
how_read = ", ".join(f"{source} {n}" for source, n in read_from.items())
display(
    Markdown(
        f"**{len(documents):,} reports** of {documents['patient_id'].nunique():,} patients from "
        f"`{reports}`, {labels}{f' (read from: {how_read})' if how_read else ''}. "
        f"The model learned from {run.record['data']['train']:,} reports of `{train_reports}`; "
        f"run `{run.record['key']}`."
    )
)

# %% [markdown]
# ## Two readers, one table
#
# The **oracle** is a set of rules. It answers only where it finds a statement, and it can show that
# statement: evidence, section, rule. The **model** always answers and says how sure it is. The table takes
# the oracle's answer, because it can be looked up, and asks the model for a second opinion: the
# **confidence** is the probability that the model gives *to the oracle's answer*. Rules cannot express doubt,
# and the model shows no evidence; each has what the other lacks. Here is the report that states the most
# fields:

# %% tags=["full-width"]
answers = review.answer_table(documents, predictions_on(run, documents, progress=own))
most_complete = answers.groupby("report_id", sort=False)["answer"].count().idxmax()
seven_rows = (
    answers[answers["report_id"] == most_complete]
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
visible_columns = [name for name in columns if visible or name != "evidence"]
shown = seven_rows[visible_columns].rename(columns=columns)
plain_table(
    shown.assign(
        Probability=seven_rows["probability"].map(share),
        Confidence=seven_rows["confidence"].map(share),
    ),
    f"The seven rows of {names[most_complete]}. "
    "A field that is not stated has no confidence: there is no class for it.",
)

# %% [markdown]
# ## Confidence by task
#
# How many answers there are, how sure the model is of them, and what is left for a person to check:
# disagreements, contradictions within a report, answers on which both agree but of which the model is not
# sure, and reports that mention a field although no rule answers.

# %%
counts = review.by_task(answers)
plain_table(
    counts.assign(
        confidence=counts["confidence"].map(share),
        **{"10th percentile": counts["10th percentile"].map(share)},
    ).rename(index=task_title, columns=str.capitalize),
    "Answers, their mean confidence, the 10th percentile of the confidence, and what needs "
    f"a check, by task. Unsure: confidence below {review.SURE}.",
)

# %% [markdown]
# ## The review list
#
# The least confident answers come first. Where no rule answers, the model's class is only a *suggestion* and
# comes last: most of these missing answers are intended, since a report can name a field just to say that its
# result is pending.

# %%
to_review = review.review_list(answers)
first_rows = to_review.head(listed)
rows = first_rows.assign(
    report=first_rows["report_id"].map(names),
    task=first_rows["task"].map(task_title),
    confidence=first_rows["confidence"].map(share),
    probability=first_rows["probability"].map(share),
)
shown_columns = [
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
        f"**{len(to_review):,}** of {len(answers):,} rows are on the list, "
        f"from {to_review['report_id'].nunique():,} reports."
    )
)
display(
    plain_table(
        rows[shown_columns].rename(columns=str.capitalize),
        f"The first {len(rows)} rows of the review list.",
        index=False,
    )
)

# %% [markdown]
# ## Is the list in a good order?
#
# If confidence means something, wrong answers come first. Where labels are known, this can be tested: after
# reading a given share of the list, what share of the wrong answers has a reviewer found? For the bundled
# reports it is tested on the whole test split, since a few documents contain only a few errors.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Share of wrong answers found against share of answers read, least confident first, with a diagonal for random order"}}
tested = answers if own else review.answer_table(this_run.reports, this_run["lora"].predictions)
with_label = review.checkable(tested)
wrong = int(with_label["wrong"].sum())
if wrong:
    display(review_curve(review.errors_found(with_label), wrong))
    display(
        Markdown(
            "*Wrong answers found by reading the least confident answers first "
            f"({len(with_label):,} labeled answers, {profile} profile); "
            "the dashed line is a random order.*"
        )
    )

# %% [markdown]
# How many errors the curve rests on:

# %%
if len(with_label):
    few = " With so few errors, one more or less moves the whole curve." if 0 < wrong < 20 else ""
    summary = f"**{wrong:,}** of {len(with_label):,} answers with a known label are wrong.{few}"
else:
    summary = (
        f"`{reports}` has **no labels** that an answer could be compared with: "
        "the order cannot be tested, only reviewed."
    )
display(Markdown(summary))

# %% [markdown]
# ## Save the table
#
# One row per report and task. Without `show_text`, the evidence text is left out; the columns `start` and
# `end` say where in the report it is.

# %%
if out:
    review.written(answers, out, evidence=visible)
    display(
        Markdown(
            f"{len(answers):,} rows were written to the file that `out` names. "
            "It contains report ids, so keep it where the reports are."
        )
    )
else:
    display(Markdown("Nothing was written: name a file with `-p out answers.csv`."))

# %% [markdown]
# ## Have it reviewed
#
# A person settles what two programs cannot. `pathmtl audit sheet` makes one offline page with the report, the
# evidence and the answer; the reviewer agrees, corrects or marks the answer as unsure, and saves a CSV. The
# parameter `sheet` makes that page for the reports at the top of this list. The first command below makes it
# for a sample of all reports, which you need to say how often the *whole* table is right: a list of doubtful
# answers is not a representative sample.
#
# ```{code-block} shell
# pathmtl audit sheet path/to/reports --out sheet.html --size 200
# pathmtl audit score audit.csv                    # agreement by task, with intervals
# pathmtl notebook your_reports -p reports path/to/reports -p out answers.csv -p sheet doubts.html
# ```

# %%
doubtful = list(dict.fromkeys(first_rows["report_id"]))
if sheet and doubtful:
    page = documents[documents["report_id"].isin(doubtful)]
    audit_sheet(page, sheet, size=len(page))
    display(
        Markdown(
            f"The page with {len(page):,} reports was written to the file that `sheet` names. "
            "It contains report text (de-identified): keep it safe."
        )
    )
else:
    display(Markdown(f"No page was written; it would contain {len(doubtful):,} reports."))

# %% [markdown]
# ## Verdict
#
# The paper claims that answers always fit the schema and that experts have checked the labels; the order of
# the list is our own claim. *Held* for the order means that the interval of the AUROC (how often a wrong
# answer has less confidence than a right one) lies above one half; *tie* means that it contains one half.

# %%
recorded_run = recorded("table1", rows=["lora"])
by_source = {} if this_run.is_recorded and not own else {"This run": tested}
if "lora" in recorded_run:
    by_source["Recorded"] = review.answer_table(
        recorded_run.reports, recorded_run["lora"].predictions
    )
measured = {
    source: measured_by(review.tested(table, resamples=resamples))
    for source, table in by_source.items()
}

# %%
judged = verdict_table(
    on_page("your_reports"), sources_of(this_run, recorded_run, measured=measured)
)
plain_table(
    judged, "Claims about such a table: paper, recorded run (if there is one), this run."
)

# %% [markdown]
# ## Exercises
#
# **1.** A reviewer can only read so much of the list. If you can check one answer in ten, what share of the
# wrong ones do you find, and what share would a random tenth contain?

# %% tags=["hide-cell", "solution"]
curve = review.errors_found(with_label)
if len(curve):
    tenth = curve[curve["checked"] <= 0.1].iloc[-1]
    print(
        f"least confident tenth: {tenth['found']:.0%} of {wrong} wrong answers; "
        "a random tenth: about 10 %"
    )
else:
    print("there are no known wrong answers here")

# %% [markdown]
# **2.** Where the rules and the model disagree, who is right? Would you rather take the model's answer there?

# %% tags=["hide-cell", "solution"]
disagreements = tested[(tested["why"] == review.DISAGREE) & tested["truth"].notna()]
print(
    f"{len(disagreements)} disagreements with a known label: "
    f"oracle right in {(disagreements['answer'] == disagreements['truth']).sum()}, "
    f"model right in {(disagreements['model'] == disagreements['truth']).sum()}"
)

# %% [markdown]
# **3.** Where no rule answers, the model's class is only a suggestion. On the reports with labels, how often
# does the field have a label after all, and how often is the suggestion right?

# %% tags=["hide-cell", "solution"]
unanswered = answers[answers["why"] == review.UNANSWERED]
stated = unanswered[unanswered["truth"].notna()]
right = (stated["model"] == stated["truth"]).sum()
print(
    f"{len(unanswered)} fields are mentioned but not answered by a rule; "
    f"{len(stated)} have a label, and the model's class is right in {right}"
)
