# %% [markdown]
# # Heads and loss, by hand
#
# **Reproduces** Equations 5 to 7 (section III-B2): parallel classification heads, the joint loss with missing labels, and the class weights of HER2. It
# also computes the 0.309 of Table III.
#
# **You will learn** how one vector becomes seven answers, what a report teaches that states only two of them, what a model scores that always says
# *Negative*, and what weighting does to the gradient.
#
# **Runtime and hardware**: seconds on any machine. The encoder here is a tiny random one, because none of this depends on how good it is.
#
# **Numbers**: class counts are those of the *synthetic* bundled training split, unless `reports` is set; the paper's counts are cited where they are used.

# %% tags=["parameters"]
reports = "bundled"  # "bundled", a folder, or a table file: whose labels are counted
labels_from = "given"  # given (the table's label columns) or oracle (the regex engine's answers)
hidden = 32  # width of the tiny encoder; Llama-3-8B has 4096
seed = 42  # draws the tiny encoder's weights

# %%
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Markdown, display

from pathmtl import cohort, paper
from pathmtl.notebook import check_parameters
from pathmtl.pages.figures import COLOURS, plain_table, task_title, use_style
from pathmtl.paper.arithmetic import head_parameters, majority_macro_f1, rounds_to
from pathmtl.schema import CLASSES, PAPER_TASKS, TASKS

check_parameters()
use_style()
table = cohort.read_reports(reports, progress=False)
training = table[table["split"] == "train"] if "split" in table else table
own = cohort.has_labels(training) and labels_from == "given"
whose = "their own columns" if own else "the oracle"
display(Markdown(f"**{len(training):,} training reports** from `{reports}`; labels: {whose}."))

# %% [markdown]
# The library's heads and loss, which the hand calculations below are checked against:

# %%
import torch
from torch.nn import functional
from transformers import LlamaConfig, LlamaModel

from pathmtl.model.multitask import MISSING, MultiTaskEncoder, inverse_frequency, split_logits
from pathmtl.training.train import targets

torch.manual_seed(seed)
given = targets(training, "given" if own else "oracle")[list(TASKS)]

# %% [markdown]
# ## One state, seven heads (Equation 5)
#
# The encoder turns a prompt into one hidden state per token. Attention is causal: a token sees those before it, so only the **last** one has seen the whole prompt. Its state $h_L$ is the
# summary. Each task has a linear head, a matrix and a bias, that turns the summary into one number per class; softmax makes probabilities of them:
#
# $$
# \hat{y}_t = \operatorname{softmax}\left(W_t\, h_L + b_t\right)
# $$


# %%
def tiny():
    """A random encoder of Llama's architecture."""
    return LlamaModel(
        LlamaConfig(
            vocab_size=128,
            hidden_size=hidden,
            intermediate_size=2 * hidden,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            use_cache=False,
        )
    ).eval()


model = MultiTaskEncoder(tiny(), hidden, TASKS)
h = torch.randn(hidden)
head = model.heads["HER2"]
by_hand = torch.exp(head.weight @ h + head.bias)
by_hand = by_hand / by_hand.sum()
assert torch.allclose(by_hand, functional.softmax(head(h), dim=0))
print(dict(zip(CLASSES["HER2"], [round(p, 3) for p in by_hand.tolist()], strict=True)))

# %% [markdown]
# An untrained head's opinion is chance. Note what it *cannot* do, trained or not. Its answers are these three words; no prompt can make it write "HER2 low" or "stage 2".

# %% tags=["hide-input"]
sizes = pd.DataFrame(
    {
        "Classes": [", ".join(CLASSES[t]) for t in TASKS],
        "Parameters, here": [f"{head_parameters(len(CLASSES[t]), hidden):,}" for t in TASKS],
        "with Llama-3-8B": [f"{head_parameters(len(CLASSES[t])):,}" for t in TASKS],
    },
    index=[task_title(t) for t in TASKS],
)
display(plain_table(sizes, "The heads. A head has (width + 1) parameters for each class."))
without_m = sum(head_parameters(len(CLASSES[t])) for t in PAPER_TASKS)
display(
    Markdown(
        f"Without M, Llama-3-8B's heads have **{without_m:,}** parameters; Table II prints {paper.TABLE_2.loc['frozen', 'trainable_parameters']:,} for the frozen model."
    )
)

# %% [markdown]
# ## The last token, and padding
#
# Prompts in a batch differ in length, so short ones are filled up. Fill on the right, and the last *position* is filler; take its state and you classify the padding. Fill on the left, and the last
# position is right, but positions shift. The mask says which tokens are real; the last real one is wanted either way.

# %%
encoder = tiny()
ids = torch.tensor([5, 6, 7, 8])
pad = torch.zeros(3, dtype=torch.long)
ones, zeros = torch.ones(4, dtype=torch.long), torch.zeros(3, dtype=torch.long)


@torch.no_grad()
def states(tokens, mask):
    return encoder(input_ids=tokens[None], attention_mask=mask[None]).last_hidden_state[0]


alone = states(ids, ones)[-1]
right, right_mask = (
    states(torch.cat([ids, pad]), torch.cat([ones, zeros])),
    torch.cat([ones, zeros]),
)
left, left_mask = states(torch.cat([pad, ids]), torch.cat([zeros, ones])), torch.cat([zeros, ones])


def last_real(state, mask):
    return state[mask.nonzero().max()]


rows = {
    "right padding, last real token": last_real(right, right_mask),
    "left padding, last real token": last_real(left, left_mask),
    "right padding, last position": right[-1],
}
gaps = {name: (state - alone).abs().max().item() for name, state in rows.items()}
assert (
    gaps["right padding, last real token"] < 1e-4 and gaps["left padding, last real token"] < 1e-4
)
plain_table(
    pd.DataFrame(
        {
            "Largest difference to the prompt alone": {
                name: f"{gap:.1e}" for name, gap in gaps.items()
            }
        }
    ),
    "The pooled state under padding. Llama's rotary positions only enter as differences, so a shift to the right changes nothing beyond rounding.",
)

# %% [markdown]
# The third row is the classic mistake. It raises no error, trains, and scores a little worse for no visible reason.

# %% [markdown]
# ## What a report teaches: the mask (Equation 6)
#
# No report states everything. A missing label is not a class: it is *no lesson*. In Equation 6 the mask $m_{i,t}$ sets its term to zero.

# %% tags=["hide-input"]
stated = given.notna()
display(
    plain_table(
        pd.DataFrame(
            {
                "Reports that state it": stated.sum().map("{:,}".format),
                "Share": stated.mean().map("{:.0%}".format),
            }
        ).rename(index=task_title),
        "Labels by task: everything else is masked.",
    )
)
display(
    Markdown(
        f"A report teaches **{stated.sum(axis=1).mean():.1f} of {len(TASKS)}** tasks on average; {(stated.sum(axis=1) == 0).mean():.0%} teach none."
    )
)

# %% [markdown]
# Four reports, three of the tasks, labels with holes, and the loss computed as the equation reads: for each stated label, minus the log of the probability given to the true class.

# %%
tasks = ("T", "ER", "HER2")
small = MultiTaskEncoder(tiny(), hidden, tasks)
weight = torch.tensor([3.0, 0.5, 1.0])
small.set_class_weights({"HER2": weight})
states_of_four = torch.randn(4, hidden)
logits = {t: small.heads[t](states_of_four) for t in tasks}
labels = torch.tensor(
    [[3, MISSING, MISSING], [MISSING, 1, MISSING], [2, MISSING, 0], [MISSING, 0, 1]]
)

total, count = 0.0, 0
for i in range(4):
    for column, t in enumerate(tasks):
        truth = labels[i, column].item()
        if truth == MISSING:
            continue  # m = 0
        y_hat = functional.softmax(logits[t][i], dim=0)
        w = weight[truth] if t == "HER2" else 1.0
        total = total - w * torch.log(y_hat[truth])
        count += 1
by_hand = total / count
library = small.joint_loss(logits, labels)
assert torch.allclose(by_hand, library)
print(
    f"{count} valid labels; by hand {by_hand.item():.5f}, pathmtl.model.multitask {library.item():.5f}"
)

# %% [markdown]
# Equation 6 is a sum. Divided by the number of *valid labels* in the batch, it no longer depends on how many reports happen to be complete; the paper does not say whether it divides. And what reaches the heads?
# A task without a label in the batch gets no gradient at all:

# %%
only_t = labels.clone()
only_t[:, 1:] = MISSING
small.zero_grad()
small.joint_loss({t: small.heads[t](states_of_four) for t in tasks}, only_t).backward()
print(
    {
        t: "no gradient"
        if small.heads[t].weight.grad is None or not small.heads[t].weight.grad.any()
        else "learns"
        for t in tasks
    }
)

# %% [markdown]
# ## A model that always says Negative
#
# HER2 is the task with few labels and a rare positive class. What would a model score that ignores the report?

# %% tags=["hide-input"]
her2 = given["HER2"].value_counts().reindex(CLASSES["HER2"]).fillna(0).astype(int)
share = paper.HER2_RATIO / (paper.HER2_RATIO + 1)
constant = {
    "paper, 6.4 : 1, three classes": (share, majority_macro_f1(share, 3)),
    "paper, 6.4 : 1, two classes": (share, majority_macro_f1(share, 2)),
}
if her2.sum():
    constant["these training labels"] = (
        her2.max() / her2.sum(),
        majority_macro_f1(her2.max() / her2.sum(), int((her2 > 0).sum())),
    )
display(
    plain_table(
        pd.DataFrame(
            {n: {"Accuracy": f"{a:.3f}", "Macro-F1": f"{f:.3f}"} for n, (a, f) in constant.items()}
        ).T,
        "Always the commonest HER2 class.",
    )
)
printed = paper.TABLE_3.loc["stl", "HER2"]
display(
    Markdown(
        f"Table III prints **{printed}** for the single-task model on HER2: {'exactly what this constant answer scores over three classes' if rounds_to(majority_macro_f1(share, 3), printed) else 'not a constant answer'}. "
        "Accuracy hides it; macro-F1 does not."
    )
)

# %% [markdown]
# [](paper_audit.ipynb) takes this further: it finds the HER2 test set behind the paper's numbers.

# %% [markdown]
# ## Weights against it (Equation 7)
#
# $w_c = N / (C\, n_c)$: a class that is seen half as often as its fair share counts double. Only HER2 is weighted in the paper.

# %%
encoded = torch.tensor([CLASSES["HER2"].index(v) for v in given["HER2"].dropna()], dtype=torch.long)
weights = inverse_frequency(encoded, 3)
paper_like = inverse_frequency(torch.tensor([1] * 64 + [0] * 10), 3)
plain_table(
    pd.DataFrame(
        {
            "Labels": [f"{n:,}" for n in her2],
            "Weight": [f"{w:.2f}" for w in weights],
            "Labels × weight": [f"{n * w:.1f}" for n, w in zip(her2, weights, strict=True)],
            "Weight at 6.4 : 1, no equivocals": [f"{w:.2f}" for w in paper_like],
        },
        index=list(CLASSES["HER2"]),
    ),
    "Weights of Equation 7. Each class that occurs has the same mass, N / C; one never seen has weight 1 and no say.",
)

# %% [markdown]
# What does that change? Let a head know nothing but its bias: it can only answer one thing for everybody. Without weights the loss is smallest where the bias matches the class frequencies, and the answer is *Negative*. With
# weights every class pulls equally hard:

# %% tags=["hide-input"]
pull = {}
for name, w in (("unweighted", torch.ones(3)), ("weighted, Eq. 7", weights)):
    bias = torch.zeros(3, requires_grad=True)
    if len(encoded):
        functional.cross_entropy(
            bias.expand(len(encoded), 3), encoded, weight=w, reduction="sum"
        ).div(len(encoded)).backward()
    pull[name] = (
        torch.zeros(3) if bias.grad is None else (-bias.grad).round(decimals=6) + 0.0
    )  # no "-0"
plain_table(
    pd.DataFrame(
        {n: [f"{v:+.3f}" for v in g] for n, g in pull.items()}, index=list(CLASSES["HER2"])
    ),
    "Where the first step pushes the bias of a head that knows nothing.",
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Bar chart of the first gradient step on three HER2 biases: unweighted, the step raises Negative and lowers the others; weighted, all three steps are near zero"}}
figure, axes = plt.subplots(figsize=(6.0, 2.8))
for offset, (name, g), colour in zip(
    (-0.2, 0.2), pull.items(), (COLOURS["orange"], COLOURS["blue"]), strict=True
):
    axes.bar([i + offset for i in range(3)], g.tolist(), width=0.38, color=colour, label=name)
axes.axhline(0, color="#333333", linewidth=0.8)
axes.set_xticks(range(3), CLASSES["HER2"])
axes.set_ylabel("push on the bias")
_ = axes.legend(fontsize=8.5)

# %% [markdown]
# Unweighted, the cheapest first lesson is "say Negative". Weighted, the shortcut is gone: only what the *report* says can lower the loss. The price is noise: a rare class's few reports
# speak as loudly as all the others together. Prediction changes too, since weighted probabilities are no longer calibrated to how common a class is.

# %% [markdown]
# ## Verdict
#
# Against the paper's sentences, from the cells above.

# %% tags=["hide-input"]
from pathmtl.experiments.evidence import keep_measured
from pathmtl.paper.claims import Evidence, Measured, on_page, verdict_table

weight = (paper_like[0] / paper_like[1]).item()
trivial = majority_macro_f1(share, 3)
measured = {
    "heads-parameters": Measured(
        f"{without_m:,}", float(without_m == paper.TABLE_2.loc["frozen", "trainable_parameters"])),
    "loss-by-hand": Measured(
        f"{by_hand.item():.5f} and {library.item():.5f}",
        float(torch.allclose(by_hand, library))),
    "loss-weights": Measured(f"{weight:.2f}", float(rounds_to(weight, paper.HER2_RATIO))),
    "loss-constant": Measured(
        f"{trivial:.3f} against {printed}", float(rounds_to(trivial, printed))),
}
if len(encoded) and (her2 > 0).sum() > 1:
    plain, weighted = abs(pull["unweighted"][1]), abs(pull["weighted, Eq. 7"][1])
    measured["loss-pull"] = Measured(
        f"push on Negative {pull['unweighted'][1]:+.2f} → {pull['weighted, Eq. 7'][1]:+.2f}",
        weighted / plain)

# %% tags=["hide-input"]
if reports == cohort.BUNDLED:
    keep_measured("heads_and_loss", measured)
judged = verdict_table(on_page("heads_and_loss"), {"Here": Evidence(measured=measured)})
plain_table(judged, "Equations 5 to 7, checked.")

# %% [markdown]
# The last line is worth a pause. If the single-task HER2 model was trained with the same weights ("identical hyperparameters", section V-C), a constant answer is *not* what its loss rewards. What else could have
# produced one is a question for its training curve, which the paper does not show.

# %% [markdown]
# ## Exercises
#
# **1.** Weight all tasks, not just HER2. Which classes would get the largest weights, and is that wise for T0 and T4?

# %% tags=["hide-cell", "solution"]
for t in TASKS:
    y = torch.tensor([CLASSES[t].index(v) for v in given[t].dropna()], dtype=torch.long)
    print(
        f"{t:6s}",
        {
            c: round(w, 1)
            for c, w in zip(CLASSES[t], inverse_frequency(y, len(CLASSES[t])).tolist(), strict=True)
        },
    )
print(
    "A class of a few reports would shout down hundreds: one mislabelled T0 could cost more than fifty T1s."
)

# %% [markdown]
# **2.** Show that dividing by the sum of the *weights* (PyTorch's default with `reduction="mean"`) is not the same as dividing by the number of labels. When does it matter?

# %% tags=["hide-cell", "solution"]
x, y = torch.randn(6, 3), torch.tensor([0, 1, 1, 1, 1, 1])
w = torch.tensor([3.0, 0.5, 1.0])
print("by weights:", functional.cross_entropy(x, y, weight=w).item())
print("by labels: ", (functional.cross_entropy(x, y, weight=w, reduction="sum") / len(y)).item())
print(
    "By weights, a batch of one rare report counts no more than a batch of one common report: with micro-batches of 2 most of the weighting is lost."
)

# %% [markdown]
# **3.** The heads are one stack of numbers in memory. Split the logits of a batch back into tasks and find each task's answer for a random state.

# %% tags=["hide-cell", "solution"]
flat = torch.cat([model.heads[t](h[None]) for t in TASKS], dim=1)
print({t: CLASSES[t][part.argmax().item()] for t, part in split_logits(flat, TASKS).items()})
