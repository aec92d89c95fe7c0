# %% [markdown]
# # Figure S2a: how fast each strategy learns
#
# **Reproduces** Figure S2a and the sentences on convergence in sections V-B, S2 and S3: training and validation loss of the multi-task model, and, which the paper does not show,
# of the other strategies of Table II that it is said to converge faster than.
#
# **You will learn** to read a loss curve, what early stopping looks at, why "converged in one epoch" needs a run of more than one, and why the learning-rate schedule has a say in it.
#
# **Runtime and hardware**: the five trainings of Table II in the `quick` profile, read from the store where they are there. With `epochs` set, they are trained anew.
#
# **Numbers**: with `reports = "bundled"` everything measured here is on *synthetic* reports and, in the quick profile, with a 135-million-parameter model cut to its
# first layers. The paper's loss comes from Llama-3-8B and private reports, and is on no common scale with ours.

# %% tags=["parameters"]
profile = "quick"          # quick | standard | paper: size of model and data
reports = "bundled"        # the loss is also taken on these: "bundled", a folder, or a file
train_reports = "bundled"  # trained on and watched; if the same: train, validation and test split
epochs = 0.0               # passes over the training data; 0: as the profile has it
rank = 16                  # rank r of the LoRA row (Eq. 2); alpha stays 16 unless changed
changes = ""               # any other settings, as for pathmtl train --set
seed = 42                  # draws training reports, weights and batches

# %% [markdown]
# The imports: settings and runs as in [](table2_peft.ipynb), and the functions that measure a curve.

# %%
from IPython.display import Markdown, display

from pathmtl import paper
from pathmtl.analysis.convergence import convergence, curves, prior_loss
from pathmtl.experiments.data import read_data
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.recipes import resolve
from pathmtl.experiments.results import recorded, table_result
from pathmtl.experiments.runner import announced, get_or_train, predict
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.training.data import training_labels
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.loss_curves import curve_panels, curve_table, loss_on_reports
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()

# %% [markdown]
# ## The runs
#
# The same as in [](table2_peft.ipynb). Each run writes `history.csv` while it trains: the training loss every few steps, and the validation loss a few times over the schedule.
# The curves belong to `train_reports`. Labels of their own are not needed: the oracle's answers are what is learnt.

# %%
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
if epochs:
    overrides["epochs"] = epochs
ROWS = ("frozen", "ia3", "prefix", "prompt", "lora")
settings = {row: resolve(profile, row, **overrides) for row in ROWS}

# %% [markdown]
# The reports, and one run per row: from the store where it is there, trained where it is not.

# %%
data = read_data(reports, train_reports, settings["lora"])
runs = {}
for row, one in announced(settings, data.train, weights=data.needs_weights):
    runs[row] = get_or_train(one, data.train, weights=data.needs_weights)

# %% [markdown]
# The rows as one table, and the recorded runs beside it.

# %%
predictions = {row: predict(run, data.test) for row, run in runs.items()}
this_run = table_result("table2", profile, data, predictions, runs, overrides)
recorded_run = recorded("table2")

# %% [markdown]
# How long each was allowed to train, and on what:

# %%
lora, counts = settings["lora"], runs["lora"].record["data"]
passes = "epoch" if lora.epochs == 1 else "epochs"
display(Markdown(
    f"Each strategy trained for up to **{lora.epochs:g} {passes}** "
    f"on {counts['train']:,} reports ({counts['examples']:,} prompts), watched on "
    f"{counts['validation']:,} validation reports, and stopped after {lora.patience} evaluations "
    f"without a lower loss. The paper allowed {paper.EPOCH_BUDGET} epochs."))
display(Markdown(this_run.how_to_remake))

# %% [markdown]
# ## A loss to compare with
#
# A loss means little by itself. A model that never reads a report, and only knows how common each class is, cannot go below the *entropy* of the labels. That is the dotted line below; a
# validation loss near it has learnt frequencies, and nothing of the text.

# %%
prior = prior_loss(training_labels(lora, data.train), runs["lora"].tasks)
print(f"class frequencies alone: {prior:.4f} nats for each label")

# %% [markdown]
# ## Figure S2a

# %% tags=["hide-input"] mystnb={"image": {"alt": "Training and validation loss by epoch, one panel for each adaptation strategy, with the lowest validation loss ringed and the loss of class frequencies alone dotted"}}
curve_panels({title: runs[row] for row, title in this_run.titles.items()}, prior)

# %% tags=["hide-input"]
display(Markdown(
    f"*Joint loss by epoch, {this_run.made_with}, one run each (seed {seed}), all on one scale. "
    "Thin: training loss as logged, over a few batches; thick: its running mean. "
    "Squares: validation loss, the ring its lowest. Dotted: a model that only knows the class "
    "frequencies. A dashed line, where there is one, ends the first epoch.*"))
if recorded_run.outcomes and not this_run.is_recorded:
    recorded_runs = {
        f"{title}, recorded": recorded_run[row].runs[0]
        for row, title in recorded_run.titles.items()
    }
    display(curve_panels(recorded_runs))

# %% [markdown]
# In numbers. *Gain after epoch 1* is the share by which later epochs lowered the validation loss; a run of a single epoch cannot have one. *Last over lowest* is what the
# steps after the lowest point cost: above zero, the model had begun to overfit, or the validation reports are few enough to make it look so.

# %%
if not this_run.is_recorded:
    display(plain_table(curve_table(this_run), f"Curves of this run, {this_run.made_with}."))
if recorded_run.outcomes:
    display(plain_table(curve_table(recorded_run), "Recorded curves; of several seeds the mean."))

# %% [markdown]
# ## The loss where nobody watched
#
# Early stopping picks the step with the lowest *validation* loss, so that number flatters a little. Reports that took no part in the choice tell what is left of it. Each label counts one here
# (Equation 7's weights for HER2 belong to training), so compare the rows with one another rather than with the curve. The oracle's answers are what the models were taught; labels
# that come with the reports, where there are some, are what they should say.

# %%
Markdown(data.summary)

# %%
caption = f"Cross-entropy by label in nats, {this_run.made_with}, one run each."
plain_table(loss_on_reports(this_run), caption)

# %% [markdown]
# ## What a curve cannot say
#
# - A single run has **no interval**. The losses of two strategies that lie close on one seed may change places on the next; the verdicts below use a margin of a tenth instead, and
#   several seeds where they are recorded.
# - The learning rate falls along a cosine to zero at the *planned* end. One epoch out of three is therefore not the same training as one epoch out of one: at its end, the
#   rate is still high. "LoRA needs one epoch" is measured fairly only against runs whose schedule is as long.
# - Loss is not the metric. It punishes a confident error more than macro-F1 does, and counts common classes more.

# %%
trained = runs["lora"].history.dropna(subset="learning_rate")
peak = trained["learning_rate"].max()
first = trained[trained["epoch"] <= 1]["learning_rate"].iloc[-1]
print(f"LoRA's learning rate at the end of epoch 1: {first / peak:.0%} of its peak "
      f"({lora.epochs:g} planned)")

# %% [markdown]
# ## Verdict
#
# *Held* and *not held* by a margin of a tenth of the loss; *tie* where recorded seeds disagree. Claims about one epoch against several cannot be tested on a run of a single one:
# set `epochs = 3`, as below.

# %%
judged = verdict_table(on_page("fig_s2a_convergence"), sources_of(this_run, recorded_run))
plain_table(
    judged, "The paper's sentences on convergence: paper, recorded where there is one, this run.")

# %% [markdown]
# ```{code-block} shell
# pathmtl notebook fig_s2a_convergence -p epochs 3 --out three_epochs.ipynb
# ```
#
# ## Exercises
#
# **1.** When would each run have stopped with a patience of one?

# %% tags=["hide-cell", "solution"]
from pathmtl.training.checkpoint import out_of_patience

for row, title in this_run.titles.items():
    _, watched = curves(runs[row].history)
    log = [{"eval_loss": loss} for loss in watched]
    stop = next((i for i in range(1, len(log) + 1) if out_of_patience(log[:i], 1)), None)
    print(f"{title:34s} {'never' if stop is None else f'at epoch {watched.index[stop - 1]:.2f}'}")

# %% [markdown]
# **2.** Is the strategy with the lowest validation loss also the one with the best macro-F1 in Table II? Rank both.

# %% tags=["hide-cell", "solution"]
for row, title in this_run.titles.items():
    curve = convergence(runs[row].history, lora.epochs)
    by_reference = runs[row].record["scores"]
    scores = by_reference.get("truth") or by_reference.get("oracle")
    loss = "–" if curve is None else f"{curve.lowest:.4f}"
    print(f"{title:34s} lowest loss {loss}   macro-F1 {scores['macro_f1']:.3f}")

# %% [markdown]
# **3.** Take the paper's plateau as the mean of minus the log of the probability given to the true class. Which probability is that, typically? And which is ours?

# %% tags=["hide-cell", "solution"]
from math import exp

lowest = convergence(runs["lora"].history, lora.epochs)
print(f"paper: exp(-{paper.PLATEAU_LOSS}) = {exp(-paper.PLATEAU_LOSS):.3f} "
      "(geometric mean, if the loss is divided by the number of labels)")
if lowest is not None:
    print(f"this run: exp(-{lowest.lowest:.4f}) = {exp(-lowest.lowest):.3f}")
