# %% [markdown]
# # Figure S2a: does LoRA really converge in one epoch?
#
# The paper shows the loss of its multi-task model and says that LoRA converges within one epoch while the other methods need three. This
# page draws the curves of all of them, and asks what "converged" can mean when training stops after one epoch.
#
# :::{dropdown} What is reproduced, how long it takes, and where the numbers come from
# **Reproduces** Figure S2a and the sentences on convergence in sections V-B, S2 and S3. **You will learn** to read a loss curve, what early stopping looks at, why "converged in one epoch" needs a run of more than
# one epoch, and how the learning-rate schedule affects it.
#
# **Runtime**: seconds in a build of the book, which reads recorded runs; the five trainings of Table II in the `quick` profile. If `epochs`
# is set, they are trained again.
#
# **Numbers**: with `reports = "bundled"`, everything measured here is on *synthetic* reports, with a small model. The paper's numbers
# come from Llama-3-8B and private reports.
# :::

# %% tags=["parameters", "hide-input"]
profile = "quick"  # quick | standard | paper: size of model and data
reports = "bundled"  # the loss is also taken on these: "bundled", a folder, or a file
train_reports = "bundled"  # for training and validation; if the same: three splits
epochs = 0.0  # passes over the training data; 0: as in the profile
rank = 16  # rank r of the LoRA row (Eq. 2); alpha stays 16 unless changed
changes = ""  # any other settings, as for pathmtl train --set
seed = 42  # draws training reports, weights and batches

# %% tags=["hide-input"]
from IPython.display import Markdown, display

from pathmtl import paper
from pathmtl.analysis.convergence import convergence, curves, prior_loss
from pathmtl.experiments.data import read_data
from pathmtl.experiments.recipes import LONGER, resolve
from pathmtl.experiments.results import recorded, table_result
from pathmtl.experiments.runner import announced, get_or_train, predict
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page
from pathmtl.training.data import training_labels
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.loss_curves import curve_panels, curve_table, loss_on_reports
from pathmtl.viz.page import Captions, captioned, finding, folded
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table
from pathmtl.viz.verdict_cards import judged_on, said, verdict_block

check_parameters()
use_style()
number = Captions("S2a")

# %% tags=["hide-input"]
# The runs of Table II. Each writes `history.csv` while it trains: the loss every few steps.
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
if epochs:
    overrides["epochs"] = epochs
ROWS = ("frozen", "ia3", "prefix", "prompt", "lora")
settings = {row: resolve(profile, row, **overrides) for row in ROWS}
data = read_data(reports, train_reports, settings["lora"])
# One run per row: read from the store, or trained ("announced" says how long).
runs = {}
for row, one in announced(settings, data.train, weights=data.needs_weights):
    runs[row] = get_or_train(one, data.train, weights=data.needs_weights)
predictions = {row: predict(run, data.test) for row, run in runs.items()}
this_run = table_result("table2", profile, data, predictions, runs, overrides)
recorded_run = recorded("table2", rows=ROWS)
longer = recorded("table2", LONGER, rows=ROWS)  # more reports and passes, where recorded
lora, counts = settings["lora"], runs["lora"].record["data"]
passes = "epoch" if lora.epochs == 1 else "epochs"
prior = prior_loss(training_labels(lora, data.train), runs["lora"].tasks)
verdicts = judged_on(this_run, recorded_run)

# %% tags=["hide-input"]
display(
    finding(
        said("curve-plateau", *verdicts),
        said("curve-lora", *verdicts),
        f"The curves below rest on only **{counts['validation']:,} validation reports** and "
        f"{lora.epochs:g} {passes} of training; the paper allowed {paper.EPOCH_BUDGET} epochs.",
    )
)

# %% tags=["hide-input"]
METHODS = "one panel per adaptation method"
display(
    captioned(
        curve_panels({title: runs[row] for row, title in this_run.titles.items()}, prior),
        number.figure(
            f"Joint loss by epoch, {this_run.made_with}, {this_run.source}, one run each (seed "
            f"{seed}), all on one scale. "
            "Thin: training loss as logged, over a few batches; thick: its running mean. "
            "Squares: loss on "
            f"{counts['validation']:,} validation reports; ring: its lowest value. Dotted: a "
            "model that only knows "
            "the class frequencies. Dashed (if drawn): the end of the first epoch."
        ),
        f"Training and validation loss by epoch, {METHODS}, with a ring around the lowest "
        "validation loss "
        "and a dotted line for the loss of class frequencies alone",
    )
)

# %% tags=["hide-input"]
further = []
if recorded_run.outcomes and not this_run.is_recorded:
    further.append(
        captioned(
            curve_panels(
                {
                    f"{title}, recorded": recorded_run[row].runs[0]
                    for row, title in recorded_run.titles.items()
                }
            ),
            number.figure("The same for the recorded runs."),
            f"Training and validation loss of the recorded runs by epoch, {METHODS}",
        )
    )
if longer.outcomes:
    further.append(
        captioned(
            curve_panels(
                {
                    f"{title}, trained longer": longer[row].runs[0]
                    for row, title in longer.titles.items()
                }
            ),
            number.figure(f"The same for runs that were trained longer ({longer.made_with})."),
            "Training and validation loss of the runs that were trained longer, one panel per "
            "method, with a "
            "dashed line at the end of the first epoch",
        )
    )
if further:
    display(folded("Evidence: curves of other runs", *further))

# %% [markdown]
# ## The curves in numbers
#
# *Gain after epoch 1* is the share by which later epochs lowered the validation loss; a run of a single epoch cannot have one. *Last over
# lowest* is how much the loss rose after its lowest point: above zero, the model had begun to overfit, or the validation reports are so
# few that it looks that way.

# %% tags=["full-width", "hide-input"]
shown = recorded_run if recorded_run.outcomes else this_run
display(
    plain_table(
        curve_table(shown),
        number.table(f"Curves in numbers ({shown.made_with}, {shown.source}; means over seeds)."),
    )
)
others = {
    f"This run ({this_run.made_with}).": this_run
    if shown is not this_run and not this_run.is_recorded
    else None,
    f"Trained longer ({longer.made_with}).": longer if longer.outcomes else None,
}
tables = [
    plain_table(curve_table(table), number.table(title)) for title, table in others.items() if table
]
if tables:
    display(folded("Evidence: the same for other runs", *tables))

# %% [markdown]
# ## Verdict
#
# *Held* and *not held* require a margin of one tenth of the loss; *tie* means that seeds disagree. Claims about one epoch against several cannot
# be tested on a run of a single epoch.

# %% tags=["full-width", "hide-input"]
verdict_block(
    on_page("fig_s2a_convergence"),
    *verdicts,
    caption=number.table("Claims on convergence: the paper's numbers, ours, and one verdict each."),
)

# %% [markdown]
# ## The loss on reports that did not guide early stopping
#
# Early stopping picks the step with the lowest *validation* loss, so that number is slightly optimistic. Reports that played no part in
# the choice show how much of it remains. Each label counts once here (the HER2 weights of Equation 7 belong to training), so compare the
# rows with one another rather than with the curve. A model that never reads a report and only knows how common each class is cannot go
# below the *entropy* of the labels: that is the last row, and the dotted line in the figure.

# %% tags=["hide-input"]
display(
    folded(
        "Evidence: loss on the evaluated reports",
        data.summary,
        plain_table(
            loss_on_reports(this_run),
            number.table(f"Cross-entropy per label in nats, {this_run.made_with}, one run each."),
        ),
    )
)

# %% [markdown]
# ## What a curve cannot say
#
# - A single run has **no interval**. If the losses of two methods are close for one seed, their order may change with the next.
# - The learning rate falls along a cosine to zero at the *planned* end. One epoch out of three is therefore not the same training as one
#   epoch out of one: at its end, the rate is still high. "LoRA needs one epoch" is measured fairly only against runs whose schedule is as
#   long.
# - The loss is not the metric. It punishes a confident error more than macro-F1 does, and it gives common classes more weight.

# %% tags=["hide-input"]
trained = runs["lora"].history.dropna(subset="learning_rate")
peak = trained["learning_rate"].max()
first = trained[trained["epoch"] <= 1]["learning_rate"].iloc[-1]
print(
    f"LoRA's learning rate at the end of epoch 1: {first / peak:.0%} of its peak "
    f"({lora.epochs:g} {passes} planned)"
)

# %% [markdown]
# ## How it was made
#
# The runs are those of [](table2_peft.ipynb). The curves belong to `train_reports`, which need no labels: the models learn from the
# oracle's answers. To train for three epochs:
#
# ```{code-block} shell
# pathmtl notebook fig_s2a_convergence -p epochs 3 --out three_epochs.ipynb
# ```

# %% tags=["hide-input"]
display(
    Markdown(
        f"Each method trained for up to **{lora.epochs:g} {passes}** on {counts['train']:,} "
        "reports "
        f"({counts['examples']:,} prompts) and stopped after {lora.patience} evaluations "
        "without a lower loss."
    )
)
display(Markdown(this_run.how_to_remake))

# %% [markdown]
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
print(
    f"paper: exp(-{paper.PLATEAU_LOSS}) = {exp(-paper.PLATEAU_LOSS):.3f} "
    "(geometric mean, if the loss is divided by the number of labels)"
)
if lowest is not None:
    print(f"this run: exp(-{lowest.lowest:.4f}) = {exp(-lowest.lowest):.3f}")
