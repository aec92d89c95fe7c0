# %% [markdown]
# # Asking a language model without training it
#
# **Reproduces** the comparison that the paper's abstract draws: its fine-tuned model against *zero-shot LLMs*, language models that are asked in words. The paper prints no score for
# them and no prompt; the prompt here is ours.
#
# **You will learn** how a generative model answers a question of fixed choices, what a *schema violation* is, and why scoring the choices is not the same as letting the model write.
#
# **Runtime and hardware**: a few minutes on two CPU cores in the `quick` profile, which asks about a small random part of the test reports: writing takes one pass through the model per token.
#
# **Numbers**: with `reports = "bundled"` everything measured here is on *synthetic* reports. SmolLM2-135M is a very small instruct model: what it cannot do, Llama-3-8B may.

# %% tags=["parameters"]
profile = "quick"          # quick | standard | paper: size of model and data
reports = "bundled"        # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # what the fine-tuned model was trained on
seed = 42                  # draws the reports that are asked about
resamples = 500            # bootstrap resamples behind each interval

# %% [markdown]
# We need the experiment, the violations' table and the verdicts.

# %%
import pandas as pd
from IPython.display import Markdown, display

from pathmtl.baselines.zero_shot import violations
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.tables import on_same_reports, recorded, table
from pathmtl.notebook import check_parameters
from pathmtl.pages.beside import beside, by_task, score_tables
from pathmtl.pages.figures import plain_table, use_style
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.schema import TASK

check_parameters()
use_style()

# %% [markdown]
# ## Ask
#
# The model sees the same window of the report as the fine-tuned one, without hints, and the question "What is the T Stage? Answer with one of: …". Two ways to an answer:
#
# - it **writes**, and a strict parser accepts exactly one class and nothing else;
# - each class is scored by its **likelihood** after the question, and the likeliest is taken.

# %%
live = on_same_reports(table("zero_shot", profile, reports, train_reports, seeds=[seed]))
kept = on_same_reports(recorded("zero_shot"))
asked = live["generate"].predictions
display(Markdown(f"Asked about **{asked['report_id'].nunique():,} reports** from `{reports}`, {len(asked):,} questions each way; the other methods are scored on the same reports."))

# %% [markdown]
# ## What it writes
#
# `none` is a valid answer. *No class* is an answer such as "Stage 2"; *extra words* a sentence around one class; *several classes* a list.

# %%
counted = violations(asked)
plain_table(counted.rename(index=lambda task: TASK[task].title), "Answers by kind of schema violation, by task. Classification heads cannot produce any.")

# %% [markdown]
# A forgiving parser would take the class out of the extra words. How much that saves:

# %%
if live.labelled:
    stated = asked.dropna(subset="truth")
    strict, lenient = (stated["predicted"] == stated["truth"]).mean(), (stated["lenient"] == stated["truth"]).mean()
    display(Markdown(f"Right under the strict parser: **{strict:.1%}**; under a forgiving one: **{lenient:.1%}**."))

# %% [markdown]
# ## Scores

# %% tags=["full-width"]
tables, kept_tables = score_tables(live, resamples=resamples), score_tables(kept, resamples=resamples)
if live.labelled:
    display(plain_table(beside("zero_shot", tables, kept_tables), f"Zero-shot LLM beside the other methods, overall. This run: {reports} reports, {live.made_with}."))
    display(plain_table(by_task(tables, live.titles), "Macro-F1 by task, this run."))
else:
    display(Markdown(f"`{reports}` carries **no labels**, so nothing can be scored."))

# %% [markdown]
# ## Verdict

# %%
if live.labelled:
    sources = sources_of(live, kept, resamples=resamples)
    judged = verdict_table(on_page("zero_shot"), sources)
    display(plain_table(judged, "The abstract's claim: recorded where there is a run, and this run."))
else:
    display(Markdown("Without labels no claim can be tested."))

# %% [markdown]
# ## Exercises
#
# **1.** A likelihood favours classes that are common in the model's own reading. Which class does it prefer for each task, whatever the report says?

# %% tags=["hide-cell", "solution"]
preferred = live["likelihood"].predictions.groupby("task")["predicted"].agg(lambda answers: answers.mode()[0])
share = live["likelihood"].predictions.groupby("task")["predicted"].agg(lambda answers: answers.value_counts(normalize=True).iloc[0])
print(pd.DataFrame({"preferred": preferred, "share": share.round(2)}).to_string())

# %% [markdown]
# **2.** Ask a question yourself and look at the tokens' cost: how many passes does one written answer take, and how many does one scored class?

# %% tags=["hide-cell", "solution"]
for row in ("generate", "likelihood"):
    cost = live[row].runs[0].record["cost"]
    print(f"{live.titles[row]:34s} {cost['examples_per_second']:.2f} questions/s")
