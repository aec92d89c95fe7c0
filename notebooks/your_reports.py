# %% [markdown]
# # Your own reports: from PDFs to a table that people have checked
#
# From a folder of documents to seven values for each report, what that is worth, and who has to look at it.

# %% tags=["parameters", "hide-input"]
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

# %% tags=["hide-cell"]
from IPython.display import Markdown, display

from pathmtl import cohort
from pathmtl.analysis import registry
from pathmtl.experiments import store
from pathmtl.experiments.evidence import measured_by
from pathmtl.experiments.predict_with_run import predictions_on
from pathmtl.experiments.runner import run_table
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import Evidence, on_page
from pathmtl.review import review_list as review
from pathmtl.review.final_verdicts import final_verdicts
from pathmtl.review.sheet import sheet as audit_sheet
from pathmtl.schema import OVERALL, task_title
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.page import finding
from pathmtl.viz.score_figures import review_curve
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table, share
from pathmtl.viz.verdict_cards import verdict_block

check_parameters()
use_style()
own = reports != cohort.BUNDLED
visible = show_text or not own

# %% tags=["hide-input"]
real = registry.recorded(store.results() / registry.RECORD)
scored = registry.score_tables(real, "stated") if real else {}
if scored:
    rules, model, naive = (scored[row]["accuracy"] for row in ("oracle", "lora", "naive"))
    best = "rules" if rules[OVERALL] > model[OVERALL] else "model"
    second = "model" if best == "rules" else "rules"
    display(
        finding(
            f"Label with the **{best}**, take the {second} as a second opinion, and have people "
            "check a sample: nothing here is good enough without that.",
            f"On {real['about']['reports']:,} [real reports](real_reports.html), where the field "
            f"is stated, the rules answer {rules[OVERALL]:.3f} of the questions correctly, the "
            f"small model {model[OVERALL]:.3f} and naive rules {naive[OVERALL]:.3f} "
            "(means over the tasks); one hospital's reports may be easier or harder.",
        )
    )

# %% [markdown]
# :::{warning}
# Not a medical device. Use it to study, to count, and to prepare work for a person who checks it; do not stage a patient with it.
# :::
#
# ## Before you begin
#
# Pathology reports are among the most sensitive texts there are: they name a person and a disease.
#
# 1. **Are you allowed to?** Ask whoever approves research on patient records at your institution. De-identified does not mean anonymous.
# 2. **Where may the files be kept?** Work on a disk where reports are allowed. Commands write where you tell them to. Notebooks and `make book` also keep the runs that they train, and what each run answered
#    about your reports (ids and probabilities, no text), in `_build/runs` of the checkout or in the folder that the environment variable `PATHMTL_RUNS` names; `make book` also works in `_build`.
# 3. **No network is needed.** Only `pathmtl backbone get`, and a {term}`backbone` that you name by its hub name, download anything; neither sends reports. (`make book` also fetches Pyodide for
#    {doc}`../book/try_it`, once.) Download first, then unplug.
#
# ## Install
#
# You need Python 3.11 to 3.13 and make. In a copy of the repository, `make venv` installs everything into `.venv`, once. After `source .venv/bin/activate` the commands can be typed as they are shown here.
# Each explains itself with `--help`; long ones show their progress, and can be stopped and run again.
#
# ## Step by step
#
# ```{code-block} shell
# # 1. Documents to text: PDF, PNG, JPEG, TIFF, DOCX, RTF, HL7 or TXT, with subfolders. Run it again to resume.
# pathmtl extract scans/ --out private/extracted
#
# # 2. Replace names, numbers, dates and places by tags such as [NAME]. Read a sample of the result.
# pathmtl deidentify private/extracted/reports.jsonl.gz --out private/clean.csv
#
# # 3. Label with the rules: no training needed, seconds for thousands of reports.
# pathmtl label private/clean.csv --out labels.csv
#
# # 4. What do the rules overlook? Which wordings mention a task but got no answer?
# pathmtl audit coverage private/clean.csv
#
# # 5. Have people check: one offline page with report, evidence and answer; each is marked as right, corrected or unsure.
# pathmtl audit sheet private/clean.csv --out private/sheet.html --size 200
# pathmtl audit score private/audit.csv            # agreement by task, with intervals
#
# # 6. A second opinion: this page on your reports, with a list of doubtful answers.
# pathmtl notebook your_reports -p reports private/clean.csv -p out answers.csv -p sheet doubts.html
# ```
#
# Steps 4 and 5 are the two loops of {numref}`Figure %s <fig-labels>`; the paper's authors audited 7,481 reports (section III-A). Two hundred take an afternoon. The sample favors rare answers; the score reports both
# how often the rules were right on the sheet and how often they would be right on the whole table.
#
# A table of reports needs only one column, `text`. It may be CSV, TSV, JSON, JSONL, Excel, Parquet or HL7 messages. What cannot be read without a guess is refused with the file, the line and the fix.
#
# In the CSV files that pathmtl writes, a text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`, `@`, a tab or a
# carriage return, and is no number) has an apostrophe before it. pathmtl removes it when it reads the file; elsewhere,
# this does:
#
# ```python
# table[column].str.replace(r"^'(?='*[=+\-@\t\r])", "", regex=True)
# ```
#
# Parquet outputs (`--out labels.parquet`) need no apostrophes. Large archives are worked on with `--dask` ([](archive.ipynb)), and a link to a file outside of the given folder is not followed.
#
# :::{dropdown} Several reports per patient, a model of your own, a registry
# ```{code-block} shell
# # Columns patient_id and date: share receptors from biopsy and addendum with the resection.
# pathmtl consolidate private/clean.csv --out patients.csv
#
# # Train a small model on your reports and label with it. Reports of one patient stay on one side; it needs thirty patients.
# pathmtl train private/clean.csv --profile quick --out private/run
# pathmtl predict private/clean.csv --adapter private/run --out predictions.csv
#
# # Steps 1 to 3 as the paper makes its cohort: also cut by side, consolidated, pruned and split.
# pathmtl prepare private/reports.csv --out private/cohort
# pathmtl train private/cohort --profile quick --set label_source=given --out private/run2
#
# # With a registry's labels (columns report_id, T, N, M, grade, ER, PR, HER2):
# pathmtl evaluate predictions.csv --truth registry.csv
#
# # The whole book on your reports; it fails if forty characters of one appear on a page.
# make book REPORTS=private/clean.csv
# ```
# :::
#
# ## What contains report text
#
# :::{list-table} What each command writes.
# :header-rows: 1
# :name: tab-leaves
#
# * - Command
#   - Writes
#   - Report text in it?
# * - `extract`
#   - `reports.jsonl.gz`, `manifest.csv`
#   - **yes**, unchanged; the manifest also contains file names
# * - `deidentify`
#   - the table again, with identifiers in `text` replaced
#   - **yes**, de-identified; *other columns are unchanged*, so drop or recode those that identify a person
# * - `label`, `predict`
#   - `report_id` and seven answers (and probabilities)
#   - no
# * - `consolidate`
#   - `report_id`, `patient_id`, seven answers, and for each receptor the report it comes from
#   - no
# * - `train`
#   - adapters and heads (safetensors), settings, loss curve, predictions by `report_id` and `patient_id`
#   - no; but a model may have memorized what it was trained on, so protect it like its data
# * - `prepare`
#   - `cohort.csv.gz`, `flow.json`; until it is finished also a folder `unfinished`, removed at the end
#   - **yes**, de-identified (in `unfinished`, unchanged); columns that it does not need, and dates, are left out
# * - `evaluate`
#   - scores
#   - no
# * - `audit sheet`
#   - one HTML page
#   - **yes**, de-identified unless you give `--identified`
# * - `audit coverage`
#   - a table on the screen
#   - no; with `--show-text`, short wordings, de-identified
# * - `notebook`
#   - the executed notebook
#   - no, unless the notebook has `show_text` and you set it
# :::
#
# Logs and error messages never quote a report. If your `report_id` is a case number, recode it first, because identifiers are written with the answers. For a
# folder of documents, the file's name *is* the `report_id`, so rename `Mueller_Anna_1957.pdf` before you begin.
#
# De-identification is automated pattern matching, as in the paper (S1). It keeps what medicine needs and replaces what looks like an identifier. It does not find everything: a name that is also a word, a
# number damaged by a scan, a rare disease in a small town.

# %% [markdown]
# ## Two readers on your documents: the page on forty examples
#
# From here on, this page does what step 6 does, on bundled (synthetic) reports unless you name others.
#
# The input is a folder of documents (PDF, scan, Word, RTF, HL7, text), or a table with a `text` column. Of the bundled
# reports, those that exist as PDF documents come first, and their text is what was read from the page,
# including the reading errors.

# %% tags=["hide-input"]
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

# %% tags=["full-width", "hide-input"]
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

# %% tags=["hide-input"]
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

# %% tags=["hide-input"]
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

# %% tags=["hide-input"]
if len(with_label):
    few = " With so few errors, one more or less moves the whole curve." if 0 < wrong < 20 else ""
    summary = f"**{wrong:,}** of {len(with_label):,} answers with a known label are wrong.{few}"
    if not own:
        summary += " These reports are synthetic: on real ones, expect what the finding above says."
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

# %% tags=["hide-input"]
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
# A person settles what two programs cannot. The parameter `sheet` makes the page of step 5 for the reports at
# the top of this list; to say how often the *whole* table is right, you need the sample of step 5: a list of
# doubtful answers is not representative.

# %% tags=["hide-input"]
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
# the list is our own question. *Held* for the order means that the interval of the AUROC (how often a wrong
# answer has less confidence than a right one) lies above one half.

# %% tags=["hide-input"]
live = None
if own or not this_run.is_recorded:
    own_figures = measured_by(review.tested(tested, resamples=resamples))
    live = Evidence({"table1": this_run}, measured=own_figures, resamples=resamples)
caption = "Claims about such a table."
verdict_block(on_page("your_reports"), final_verdicts(), live, caption=caption)

# %% [markdown]
# ## Exercises
#
# **1.** *(easy)* A reviewer can only read so much of the list. If you can check one answer in ten, what share of the
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
# **2.** *(medium)* Where the rules and the model disagree, who is right? Would you rather take the model's answer there?

# %% tags=["hide-cell", "solution"]
disagreements = tested[(tested["why"] == review.DISAGREE) & tested["truth"].notna()]
print(
    f"{len(disagreements)} disagreements with a known label: "
    f"oracle right in {(disagreements['answer'] == disagreements['truth']).sum()}, "
    f"model right in {(disagreements['model'] == disagreements['truth']).sum()}"
)

# %% [markdown]
# **3.** *(hard)* Where no rule answers, the model's class is only a suggestion. On the reports with labels, how often
# does the field have a label after all, and how often is the suggestion right?

# %% tags=["hide-cell", "solution"]
unanswered = answers[answers["why"] == review.UNANSWERED]
stated = unanswered[unanswered["truth"].notna()]
right = (stated["model"] == stated["truth"]).sum()
print(
    f"{len(unanswered)} fields are mentioned but not answered by a rule; "
    f"{len(stated)} have a label, and the model's class is right in {right}"
)

# %% [markdown]
# ## Quiz
#
# :::{container} quiz
# 1. You ran `pathmtl deidentify` on a table with the columns `text` and `surgeon`. Where can a surgeon's name still be?
#    - nowhere
#    - [in the column `surgeon`, and in `text` where the patterns missed one]{.right}
#    - only in `text`
#    ```{dropdown} Answer
#    **Both.** Only `text` is rewritten; other columns are unchanged. And no pattern finds every name.
#    ```
# 2. Which file can leave the protected disk with the least risk?
#    - the audit sheet
#    - the trained run
#    - [the table of scores]{.right}
#    ```{dropdown} Answer
#    The **scores**. The sheet shows report text, and a trained model may remember some of it.
#    ```
# 3. The oracle labels your reports, your model learns these labels, and it scores 0.97 against the oracle on your test split. What do you know about the true stages?
#    - that 97% are right
#    - [nothing yet: audit a sample, or compare with a registry]{.right}
#    - that the model is better than the oracle
#    ```{dropdown} Answer
#    **Nothing yet.** You know that the model agrees with its teacher.
#    ```
# :::
