# %% [markdown]
# # Figure S2a: how fast each method learns
#
# **Reproduces** Figure S2a and the sentences on convergence in sections V-B, S2 and S3: training and
# validation loss of the multi-task model and, which the paper does not show, of the other methods of Table
# II, which are said to converge more slowly.
#
# **You will learn** to read a loss curve, what early stopping looks at, why "converged in one epoch" needs a
# run of more than one epoch, and how the learning-rate schedule affects it.
#
# **Runtime and hardware**: the five trainings of Table II in the `quick` profile, read from the store if they
# are there. If `epochs` is set, they are trained again.
#
# **Numbers**: with `reports = "bundled"` everything measured here is on *synthetic* reports and, in the quick
# profile, with a 135-million-parameter model cut to its first layers. The paper's loss comes from Llama-3-8B
# and private reports and is not on the same scale as ours.

# %% tags=["parameters"]
profile = "quick"          # quick | standard | paper: size of model and data
reports = "bundled"        # the loss is also taken on these: "bundled", a folder, or a file
train_reports = "bundled"  # for training and validation; if the same: three splits
epochs = 0.0               # passes over the training data; 0: as in the profile
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
# The runs are the same as in [](table2_peft.ipynb). Each run writes `history.csv` while it trains: the
# training loss every few steps, and the validation loss a few times over the schedule. The curves belong to
# `train_reports`. Those reports need no labels: the models learn from the oracle's answers.

# %%
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
if epochs:
    overrides["epochs"] = epochs
ROWS = ("frozen", "ia3", "prefix", "prompt", "lora")
settings = {row: resolve(profile, row, **overrides) for row in ROWS}

# %% [markdown]
# The reports, and one run per row: read from the store if it is there, trained otherwise.

# %%
data = read_data(reports, train_reports, settings["lora"])
runs = {}
for row, one in announced(settings, data.train, weights=data.needs_weights):
    runs[row] = get_or_train(one, data.train, weights=data.needs_weights)

# %% [markdown]
# The rows as one table, and the recorded runs.

# %%
predictions = {row: predict(run, data.test) for row, run in runs.items()}
this_run = table_result("table2", profile, data, predictions, runs, overrides)
recorded_run = recorded("table2", rows=ROWS)

# %% [markdown]
# How long each run was allowed to train, and on what data:

# %%
lora, counts = settings["lora"], runs["lora"].record["data"]
passes = "epoch" if lora.epochs == 1 else "epochs"
display(Markdown(
    f"Each method trained for up to **{lora.epochs:g} {passes}** "
    f"on {counts['train']:,} reports ({counts['examples']:,} prompts), was evaluated on "
    f"{counts['validation']:,} validation reports, and stopped after {lora.patience} evaluations "
    f"without a lower loss. The paper allowed {paper.EPOCH_BUDGET} epochs."))
display(Markdown(this_run.how_to_remake))

# %% [markdown]
# ## A loss to compare with
#
# A loss means little by itself. A model that never reads a report, and only knows how common each class is,
# cannot go below the *entropy* of the labels. That is the dotted line below; a model whose validation loss is
# near it has learned class frequencies and nothing about the text.

# %%
prior = prior_loss(training_labels(lora, data.train), runs["lora"].tasks)
print(f"class frequencies alone: {prior:.4f} nats per label")

# %% [markdown]
# ## Figure S2a

# %% tags=["hide-input"] mystnb={"image": {"alt": "Training and validation loss by epoch, one panel per adaptation method, with a ring around the lowest validation loss and a dotted line for the loss of class frequencies alone"}}
curve_panels({title: runs[row] for row, title in this_run.titles.items()}, prior)

# %% tags=["hide-input"]
display(Markdown(
    f"*Joint loss by epoch, {this_run.made_with}, one run each (seed {seed}), all on one scale. "
    "Thin: training loss as logged, over a few batches; thick: its running mean. "
    "Squares: validation loss; ring: its lowest value. Dotted: a model that only knows the class "
    "frequencies. Dashed (if drawn): the end of the first epoch.*"))
if recorded_run.outcomes and not this_run.is_recorded:
    recorded_runs = {
        f"{title}, recorded": recorded_run[row].runs[0]
        for row, title in recorded_run.titles.items()
    }
    display(curve_panels(recorded_runs))

# %% [markdown]
# The same in numbers. *Gain after epoch 1* is the share by which later epochs lowered the validation loss; a
# run of a single epoch cannot have one. *Last over lowest* is how much the loss rose after its lowest point:
# above zero, the model had begun to overfit, or the validation reports are so few that it looks that way.

# %%
if not this_run.is_recorded:
    display(plain_table(curve_table(this_run), f"Curves of this run, {this_run.made_with}."))
if recorded_run.outcomes:
    display(plain_table(curve_table(recorded_run), "Recorded curves (means over seeds)."))

# %% [markdown]
# ## The loss on reports that did not guide early stopping
#
# Early stopping picks the step with the lowest *validation* loss, so that number is slightly optimistic.
# Reports that played no part in the choice show how much of it remains. Each label counts once here (the HER2
# weights of Equation 7 belong to training), so compare the rows with one another rather than with the curve.
# The oracle's answers are what the models were trained on; labels that come with the reports, if there are
# any, are what the models should say.

# %%
Markdown(data.summary)

# %%
caption = f"Cross-entropy per label in nats, {this_run.made_with}, one run each."
plain_table(loss_on_reports(this_run), caption)

# %% [markdown]
# ## What a curve cannot say
#
# - A single run has **no interval**. If the losses of two methods are close for one seed, their order may
#   change with the next; the verdicts below use a margin of one tenth instead, and several seeds where they
#   are recorded.
# - The learning rate falls along a cosine to zero at the *planned* end. One epoch out of three is therefore
#   not the same training as one epoch out of one: at its end, the rate is still high. "LoRA needs one epoch"
#   is measured fairly only against runs whose schedule is as long.
# - The loss is not the metric. It punishes a confident error more than macro-F1 does, and it gives common
#   classes more weight.

# %%
trained = runs["lora"].history.dropna(subset="learning_rate")
peak = trained["learning_rate"].max()
first = trained[trained["epoch"] <= 1]["learning_rate"].iloc[-1]
print(f"LoRA's learning rate at the end of epoch 1: {first / peak:.0%} of its peak "
      f"({lora.epochs:g} {passes} planned)")

# %% [markdown]
# ## Verdict
#
# *Held* and *not held* require a margin of one tenth of the loss; *tie* means that recorded seeds
# disagree. Claims about one epoch against several cannot be tested on a run of a single epoch: set `epochs =
# 3`, as below.

# %%
judged = verdict_table(on_page("fig_s2a_convergence"), sources_of(this_run, recorded_run))
plain_table(
    judged, "Claims on convergence: paper, recorded run (if there is one), this run.")

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
# **2.** Does the method with the lowest validation loss also have the best macro-F1 in Table II? Rank both.

# %% tags=["hide-cell", "solution"]
for row, title in this_run.titles.items():
    curve = convergence(runs[row].history, lora.epochs)
    by_reference = runs[row].record["scores"]
    scores = by_reference.get("truth") or by_reference.get("oracle")
    loss = "–" if curve is None else f"{curve.lowest:.4f}"
    print(f"{title:34s} lowest loss {loss}   macro-F1 {scores['macro_f1']:.3f}")

# %% [markdown]
# **3.** Read the paper's plateau as the mean negative log-probability of the true class. Which probability
# does it correspond to, typically? And which one does ours?

# %% tags=["hide-cell", "solution"]
from math import exp

lowest = convergence(runs["lora"].history, lora.epochs)
print(f"paper: exp(-{paper.PLATEAU_LOSS}) = {exp(-paper.PLATEAU_LOSS):.3f} "
      "(geometric mean, if the loss is divided by the number of labels)")
if lowest is not None:
    print(f"this run: exp(-{lowest.lowest:.4f}) = {exp(-lowest.lowest):.3f}")
