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
reports = "bundled"        # the trained models' loss is also taken on these: "bundled", a folder, or a table file
train_reports = "bundled"  # trained on and watched; if the same: train, validation and test split
epochs = 0.0               # passes over the training data; 0: as the profile has it
seed = 42                  # draws training reports, weights and batches

# %% [markdown]
# We need the runs with their histories, and the functions that measure a curve.

# %%
from IPython.display import Markdown, display

from pathmtl import cohort, paper
from pathmtl.analysis.convergence import convergence, curves, prior_loss
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.tables import recorded, table
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.training.data import training_labels
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
changed = {"epochs": epochs} if epochs else {}
live = table("table2", profile, reports, train_reports, seeds=[seed], **changed)
kept = recorded("table2")
runs = {title: live[row].runs[0] for row, title in live.titles.items()}
settings = live["lora"].runs[0].settings
data = live["lora"].runs[0].record["data"]
display(Markdown(
    f"Each strategy trained for up to **{settings.epochs:g} {'epoch' if settings.epochs == 1 else 'epochs'}** on {data['train']:,} reports ({data['examples']:,} prompts), watched on "
    f"{data['validation']:,} validation reports, and stopped after {settings.patience} evaluations without a lower loss. "
    f"The paper allowed {paper.EPOCH_BUDGET} epochs."))

# %% [markdown]
# ## A loss to compare with
#
# A loss means little by itself. A model that never reads a report, and only knows how common each class is, cannot go below the *entropy* of the labels. That is the dotted line below; a
# validation loss near it has learnt frequencies, and nothing of the text.

# %%
source = cohort.read_reports(train_reports, progress=False)
run = live["lora"].runs[0]
prior = prior_loss(training_labels(run.settings, source), run.tasks)
print(f"class frequencies alone: {prior:.4f} nats for each label")

# %% [markdown]
# ## Figure S2a

# %% tags=["hide-input"] mystnb={"image": {"alt": "Training and validation loss by epoch, one panel for each adaptation strategy, with the lowest validation loss ringed and the loss of class frequencies alone dotted"}}
curve_panels(runs, prior)

# %% tags=["hide-input"]
display(Markdown(
    f"*Joint loss by epoch, {live.made_with}, one run each (seed {seed}), all on one scale. Thin: training loss as logged, over a few batches; thick: its running mean. "
    "Squares: validation loss, the ring its lowest. Dotted: a model that only knows the class frequencies. A dashed line, where there is one, ends the first epoch.*"))
if kept.outcomes:
    display(curve_panels({f"{title}, recorded": kept[row].runs[0] for row, title in kept.titles.items()}))

# %% [markdown]
# In numbers. *Gain after epoch 1* is the share by which later epochs lowered the validation loss; a run of a single epoch cannot have one. *Last over lowest* is what the
# steps after the lowest point cost: above zero, the model had begun to overfit, or the validation reports are few enough to make it look so.

# %%
display(plain_table(curve_table(live), f"Curves of this run, {live.made_with}."))
if kept.outcomes:
    display(plain_table(curve_table(kept), "Recorded curves; of several seeds the mean."))

# %% [markdown]
# ## The loss where nobody watched
#
# Early stopping picks the step with the lowest *validation* loss, so that number flatters a little. Reports that took no part in the choice tell what is left of it. Each label counts one here
# (Equation 7's weights for HER2 belong to training), so compare the rows with one another rather than with the curve. The oracle's answers are what the models were taught; labels
# that come with the reports, where there are some, are what they should say.

# %%
Markdown(f"Taken on **{len(live.reports):,} reports** from `{reports}` ({'the held-out test split' if live.held_out else 'none of them trained on'}).")

# %%
plain_table(loss_on_reports(live), f"Cross-entropy by label in nats, {live.made_with}, one run each.")

# %% [markdown]
# ## What a curve cannot say
#
# - A single run has **no interval**. The losses of two strategies that lie close on one seed may change places on the next; the verdicts below use a margin of a tenth instead, and
#   several seeds where they are recorded.
# - The learning rate falls along a cosine to zero at the *planned* end. One epoch out of three is therefore not the same training as one epoch out of one: at its end, the
#   rate is still high. "LoRA needs one epoch" is measured fairly only against runs whose schedule is as long.
# - Loss is not the metric. It punishes a confident error more than macro-F1 does, and counts common classes more.

# %%
trained = live["lora"].runs[0].history.dropna(subset="learning_rate")
peak = trained["learning_rate"].max()
first = trained[trained["epoch"] <= 1]["learning_rate"].iloc[-1]
print(f"LoRA's learning rate at the end of epoch 1: {first / peak:.0%} of its peak ({settings.epochs:g} planned)")

# %% [markdown]
# ## Verdict
#
# *Held* and *not held* by a margin of a tenth of the loss; *tie* where recorded seeds disagree. Claims about one epoch against several cannot be tested on a run of a single one:
# set `epochs = 3`, as below.

# %%
judged = verdict_table(on_page("fig_s2a_convergence"), sources_of(live, kept))
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

for title, each in runs.items():
    _, watched = curves(each.history)
    log = [{"eval_loss": loss} for loss in watched]
    stop = next((i for i in range(1, len(log) + 1) if out_of_patience(log[:i], 1)), None)
    print(f"{title:34s} {'never' if stop is None else f'at epoch {watched.index[stop - 1]:.2f}'}")

# %% [markdown]
# **2.** Is the strategy with the lowest validation loss also the one with the best macro-F1 in Table II? Rank both.

# %% tags=["hide-cell", "solution"]
for row, title in live.titles.items():
    curve = convergence(live[row].runs[0].history, settings.epochs)
    scores = live[row].runs[0].record["scores"].get("truth") or live[row].runs[0].record["scores"].get("oracle")
    loss = "–" if curve is None else f"{curve.lowest:.4f}"
    print(f"{title:34s} lowest loss {loss}   macro-F1 {scores['macro_f1']:.3f}")

# %% [markdown]
# **3.** Take the paper's plateau as the mean of minus the log of the probability given to the true class. Which probability is that, typically? And which is ours?

# %% tags=["hide-cell", "solution"]
from math import exp

lowest = convergence(live["lora"].runs[0].history, settings.epochs)
print(f"paper: exp(-{paper.PLATEAU_LOSS}) = {exp(-paper.PLATEAU_LOSS):.3f} (geometric mean, if the loss is divided by the number of labels)")
if lowest is not None:
    print(f"this run: exp(-{lowest.lowest:.4f}) = {exp(-lowest.lowest):.3f}")
