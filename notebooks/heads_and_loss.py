# %% [markdown]
# # Heads and loss, by hand
#
# **Reproduces** Equations 5 to 7 (section III-B2): parallel classification heads, the joint loss with
# missing labels, and the class weights of HER2. It also computes the 0.309 of Table III.
#
# **You will learn** how one report becomes seven prompts and seven answers, what a report that states
# only two findings teaches, what a model scores that always says *Negative*, and what weighting does
# to the gradient.
#
# **Runtime and hardware**: about a minute on any machine. The encoder is the real backbone cut to its
# first layers; nothing is trained here. [](train_the_model.ipynb) trains it.
#
# **Numbers**: class counts are those of the *synthetic* bundled training split, unless `reports` is
# set; the paper's counts are cited where they are used.

# %% tags=["parameters"]
reports = "bundled"  # "bundled", a folder, or a table file: whose labels are counted
show_text = False  # show a report's prompt even if it is not bundled
labels_from = "given"  # given (the table's label columns) or oracle (the regex engine's answers)
profile = "quick"  # whose prompts are built: quick, standard, longer or paper
backbone = "smollm2-135m"  # real weights, untrained heads
layers = 2  # how many of its layers are loaded
seed = 42  # draws the heads' weights

# %%
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Markdown, display

from pathmtl import cohort, paper
from pathmtl.analysis.metrics import majority_macro_f1
from pathmtl.notebook import check_parameters
from pathmtl.paper.arithmetic import head_parameters, rounds_to
from pathmtl.schema import CLASSES, PAPER_TASKS, TASKS, task_title
from pathmtl.viz.style import COLORS, use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()
table = cohort.read_reports(reports, progress=False)
training = table[table["split"] == "train"] if "split" in table else table
own = cohort.has_labels(training) and labels_from == "given"
whose = "their own columns" if own else "the oracle"
display(Markdown(f"**{len(training):,} training reports** from `{reports}`; labels: {whose}."))

# %% [markdown]
# PyTorch and transformers do the work. From the library come only the prompts, which
# [](prompt.ipynb) takes apart, and the oracle's labels.

# %%
import torch
from torch import nn
from torch.nn import functional
from transformers import AutoModel
from transformers.utils import logging

from pathmtl import oracle
from pathmtl.model.backbone import load_tokenizer, locate
from pathmtl.prompt import PromptBuilder
from pathmtl.training.settings import PROFILES

MISSING = -100  # PyTorch's own "ignore this label"
public = reports == cohort.BUNDLED or show_text
given = training
if not own:
    given = pd.DataFrame([oracle.label(text) for text in training["text"]], index=training.index)
given = given[list(TASKS)]

# %% [markdown]
# ## One report, seven prompts
#
# The model is asked one question at a time. A report becomes **seven prompts**, one per task, each
# with its own classes, its own slice and its own hint. Take a report that states some of the seven and
# not others:

# %%
stated_here = given.notna().sum(axis=1)
one = (stated_here - 4).abs().idxmin()  # as near to four of the seven as there is
builder = PromptBuilder(load_tokenizer(backbone), PROFILES[profile].input)
prompts = builder.build(training.loc[one, "text"], list(TASKS))
if public:
    for prompt in prompts[:2]:
        print(builder.tokenizer.decode(prompt.input_ids), end="\n\n")  # as the budget cut it
print(
    f"{len(prompts)} prompts of {', '.join(str(len(p.input_ids)) for p in prompts)} tokens; "
    f"the report states {stated_here[one]} of {len(TASKS)} findings"
)

# %% [markdown]
# Where a report never mentions a task, there is no anchor: the prompt holds the report's first lines,
# and its hint is `none`. The model is asked all the same.

# %% [markdown]
# ## Seven prompts, seven states
#
# The prompts go through the encoder as one batch. They differ in length, so short ones are filled up;
# the *mask* says which tokens are real. The encoder returns one hidden state per token. Attention is
# causal: a token sees those before it, so only the **last real token** has seen its whole prompt. Its
# state $h_L$ is the summary of the prompt.

# %%
logging.set_verbosity_error()  # it reports the layers that we leave out on purpose
logging.disable_progress_bar()
encoder = AutoModel.from_pretrained(
    locate(backbone), num_hidden_layers=layers, dtype=torch.float32, use_cache=False
).eval()
width = encoder.config.hidden_size


@torch.no_grad()
def states(ids, mask):
    """The state of every token: (prompts, tokens, width)."""
    return encoder(input_ids=ids, attention_mask=mask).last_hidden_state


def encode(prompts):
    """The state of each prompt's last real token: (prompts, width)."""
    batch = builder.tokenizer.pad(
        {"input_ids": [p.input_ids for p in prompts]}, padding_side="right", return_tensors="pt"
    )
    hidden = states(batch["input_ids"], batch["attention_mask"])
    last = batch["attention_mask"].sum(dim=1) - 1
    return hidden[torch.arange(len(prompts)), last]


h = encode(prompts)
print(tuple(h.shape), ": seven prompts, one state each")

# %% [markdown]
# ## One head read per prompt (Equation 5)
#
# Each task has a linear head, a matrix and a bias, that turns a state into one number per class;
# softmax makes probabilities of them:
#
# $$
# \hat{y}_t = \operatorname{softmax}\left(W_t\, h_L + b_t\right)
# $$
#
# The state of the T prompt goes to the T head, the state of the HER2 prompt to the HER2 head. Every
# head *could* read every state, and six of seven such readings are ignored.

# %%
torch.manual_seed(seed)
heads = nn.ModuleDict({t: nn.Linear(width, len(CLASSES[t])) for t in TASKS})
rows = {}
for state, prompt in zip(h, prompts, strict=True):
    head = heads[prompt.task]
    y_hat = torch.exp(head.weight @ state + head.bias)
    y_hat = (y_hat / y_hat.sum()).detach()
    assert torch.allclose(y_hat, functional.softmax(head(state), dim=0), atol=1e-5)
    answer = CLASSES[prompt.task][y_hat.argmax()]
    classes = zip(CLASSES[prompt.task], y_hat.tolist(), strict=True)
    rows[task_title(prompt.task)] = {
        "What its own head says": ", ".join(f"{name} {p:.2f}" for name, p in classes),
        "Answer": answer,
        "Label": (given.loc[one, prompt.task] or "not stated") if public else "(not shown)",
    }
plain_table(pd.DataFrame(rows).T, "Seven prompts, seven heads, before any training.")

# %% [markdown]
# An untrained head's opinion is chance. Note what it *cannot* do, trained or not. Its answers are these
# words; no prompt can make it write "HER2 low" or "stage 2".
#
# ## No head has a class for silence
#
# It cannot answer "not stated" either. Reports are silent about most of what they could be asked, and
# yet each head always names a class. In this book, as in the paper, such (report, task) pairs are left
# out of the loss *and* out of the scores. So no score says what the model does on a silent report; the
# oracle can be silent, the heads cannot. Once you have trained a model in [](train_the_model.ipynb),
# ask it about a field that a report does not mention, and look at its probability.

# %%
stated = given.notna()
display(
    Markdown(
        f"Of {stated.size:,} (report, task) pairs, **{1 - stated.to_numpy().mean():.0%} are not "
        f"stated**. A report states {stated.sum(axis=1).mean():.1f} of {len(TASKS)} tasks on "
        f"average; {stated.all(axis=1).sum():,} of {len(stated):,} reports state all of them, and "
        f"{(~stated.any(axis=1)).sum():,} none."
    )
)
plain_table(
    pd.DataFrame(
        {
            "Reports that state it": stated.sum().map("{:,}".format),
            "Share": stated.mean().map("{:.0%}".format),
        }
    ).rename(index=task_title),
    "Labels by task.",
)

# %% tags=["hide-input"]
sizes = pd.DataFrame(
    {
        "Classes": [", ".join(CLASSES[t]) for t in TASKS],
        "Parameters, here": [f"{head_parameters(len(CLASSES[t]), width):,}" for t in TASKS],
        "with Llama-3-8B": [f"{head_parameters(len(CLASSES[t])):,}" for t in TASKS],
    },
    index=[task_title(t) for t in TASKS],
)
display(plain_table(sizes, "The heads. A head has (width + 1) parameters for each class."))
without_m = sum(head_parameters(len(CLASSES[t])) for t in PAPER_TASKS)
display(
    Markdown(
        f"Without M, Llama-3-8B's heads have **{without_m:,}** parameters; Table II prints "
        f"{paper.TABLE_2.loc['frozen', 'trainable_parameters']:,} for the frozen model."
    )
)

# %% [markdown]
# ## The last token, and padding
#
# The library fills prompts up on the right. Then the last *position* of a short prompt is filler: take
# its state and you classify the padding. Filled on the left, the last position is right, but positions
# shift. Compare each way with the same prompt alone:

# %%
short = torch.tensor(min((p.input_ids for p in prompts), key=len))
pad = torch.full((5,), builder.tokenizer.pad_token_id)
real, filler = torch.ones_like(short), torch.zeros_like(pad)
alone = states(short[None], real[None])[0, -1]
right = states(torch.cat([short, pad])[None], torch.cat([real, filler])[None])[0]
left = states(torch.cat([pad, short])[None], torch.cat([filler, real])[None])[0]
gaps = {
    "right padding, last real token": (right[len(short) - 1] - alone).abs().max().item(),
    "left padding, last real token": (left[-1] - alone).abs().max().item(),
    "right padding, last position": (right[-1] - alone).abs().max().item(),
}
scale = alone.abs().max().item()
assert gaps["right padding, last real token"] < 1e-3 * scale
assert gaps["left padding, last real token"] < 1e-3 * scale
plain_table(
    pd.DataFrame(
        {"Largest difference to the prompt alone": {n: f"{gap:.1e}" for n, gap in gaps.items()}}
    ),
    "The pooled state under padding. Llama's rotary positions enter only as differences, so a "
    "shift to the right changes nothing beyond rounding.",
)

# %% [markdown]
# The third row is the classic mistake. It raises no error, trains, and scores a little worse for no
# visible reason.

# %% [markdown]
# ## What a report teaches: one label per row
#
# A missing label is not a class: it is *no lesson*. In Equation 6 the mask $m_{i,t}$ sets its term to
# zero. So a training batch holds only the prompts of stated tasks, and each row of labels has **one**
# class number, in the column of its own task; everywhere else is -100, which PyTorch's loss skips.

# %%
batch = []  # (prompt, class number) of some reports; HER2 is rare, so the first has it
order = given["HER2"].isna().sort_values(kind="stable").index
for report in order[:3]:
    answers = given.loc[report].dropna()
    for prompt in builder.build(training.loc[report, "text"], list(answers.index)):
        batch.append((prompt, CLASSES[prompt.task].index(answers[prompt.task])))
labels = torch.full((len(batch), len(TASKS)), MISSING)
for row, (prompt, number) in enumerate(batch):
    labels[row, TASKS.index(prompt.task)] = number
plain_table(
    pd.DataFrame(labels.tolist(), columns=[task_title(t) for t in TASKS])
    .map(lambda number: "-100" if number == MISSING else f"{number}")
    .rename(index=lambda row: f"prompt {row + 1}: {batch[row][0].task}"),
    "The labels of a batch: the prompts of three reports.",
)

# %% [markdown]
# ## The loss, term by term (Equation 6)
#
# For each row: minus the log of the probability that its own head gives to the true class, times a
# weight. Weights are 1 but for HER2, where we take made-up ones for now; the next sections compute
# them.

# %%
weight = torch.tensor([3.0, 0.5, 1.0])  # of HER2's classes
state_of = encode([prompt for prompt, _ in batch])
total, count, terms = 0.0, 0, []
for state, (prompt, number) in zip(state_of, batch, strict=True):
    p = functional.softmax(heads[prompt.task](state), dim=0)[number]
    w = weight[number].item() if prompt.task == "HER2" else 1.0
    total = total - w * torch.log(p)
    count += 1
    terms.append((prompt.task, CLASSES[prompt.task][number], p.item(), w, -w * p.log().item()))
by_hand = total / count
plain_table(
    pd.DataFrame(terms, columns=["Task", "True class", "p", "Weight w", "−w log p"])
    .round(3)
    .astype(str),
    f"The {count} terms of the loss; their mean is {by_hand.item():.5f}.",
    index=False,
)

# %% [markdown]
# The same with PyTorch's cross-entropy, task by task, for a whole batch at once. And the same from the
# library, whose loss the models of the tables are trained with:

# %%
logits = {t: heads[t](state_of) for t in TASKS}  # every head reads every row …


def joint_loss(logits, labels):
    """Equation 6, divided by the number of valid labels."""
    summed = 0.0
    for column, t in enumerate(TASKS):  # … and -100 says which of these readings count
        w = weight if t == "HER2" else None
        summed = summed + functional.cross_entropy(
            logits[t], labels[:, column], weight=w, ignore_index=MISSING, reduction="sum"
        )
    return summed / (labels != MISSING).sum()


assert torch.allclose(by_hand, joint_loss(logits, labels))

# %%
import copy

from pathmtl.model.multitask import MultiTaskConfig, MultiTaskModel, inverse_frequency

config = MultiTaskConfig(text_config=encoder.config, tasks=TASKS)
model = MultiTaskModel(config, copy.deepcopy(encoder))
model.set_class_weights({"HER2": weight})
library = model.joint_loss(logits, labels)
assert torch.allclose(by_hand, library)
print(f"{count} labels; by hand {by_hand.item():.5f}, the library {library.item():.5f}")

# %% [markdown]
# Equation 6 is a sum. Divided by the number of *valid labels* in the batch, it no longer depends on how
# many findings its reports happen to state; the paper does not say whether it divides. And what reaches
# the heads? A task without a label in the batch gets no gradient at all:

# %%
only_t = labels.clone()
only_t[:, 1:] = MISSING
heads.zero_grad()
if (only_t != MISSING).any():
    joint_loss({t: heads[t](state_of) for t in TASKS}, only_t).backward()
moved = {t: heads[t].weight.grad is not None and heads[t].weight.grad.any() for t in TASKS}
print({t: "learns" if learns else "no gradient" for t, learns in moved.items()})

# %% [markdown]
# ## The alternative: one joint prompt
#
# "Parallel heads" could also mean a single reading: **one** prompt that asks for everything, **one**
# state, and seven heads that all read it. Then a row of labels holds several classes at once, one per
# stated task, and the loss above needs no change. It is cheaper, and it asks one state to hold seven
# answers. [](layouts.ipynb) compares the two; all other pages use one prompt per task.

# %%
import dataclasses

one_prompt = dataclasses.replace(PROFILES[profile].input, prompt_mode="joint", max_length=512)
joint = PromptBuilder(builder.tokenizer, one_prompt).build(training.loc[one, "text"], list(TASKS))
joint_labels = torch.full((1, len(TASKS)), MISSING)
for t, answer in given.loc[one].dropna().items():
    joint_labels[0, TASKS.index(t)] = CLASSES[t].index(answer)
print("prompts:", len(joint), "of", len(joint[0].input_ids), "tokens")
print("labels of its one row:", joint_labels[0].tolist() if public else "(not shown)")

# %% [markdown]
# ## A model that always says Negative
#
# HER2 is the task with few labels and a rare positive class. What would a model score that ignores the
# report?

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
        "Always the most common HER2 class.",
    )
)
printed = paper.TABLE_3.loc["stl", "HER2"]
display(
    Markdown(
        f"Table III prints **{printed}** for the single-task model on HER2: "
        + (
            "exactly what this constant answer scores over three classes. "
            if rounds_to(majority_macro_f1(share, 3), printed)
            else "not a constant answer. "
        )
        + "Accuracy hides it; macro-F1 does not."
    )
)

# %% [markdown]
# [](paper_audit.ipynb) takes this further: it finds the HER2 test set behind the paper's numbers.

# %% [markdown]
# ## Weights against it (Equation 7)
#
# $w_c = N / (C\, n_c)$: a class that is seen half as often as its fair share counts double. Only
# HER2 is weighted in the paper.

# %%
def equation_7(numbers, classes):
    """N / (C n_c) for each class; 1 for a class that has no label."""
    n = torch.bincount(numbers, minlength=classes).float()
    return torch.where(n > 0, n.sum() / (classes * n.clamp(min=1)), torch.ones(classes))


encoded = torch.tensor(
    [CLASSES["HER2"].index(v) for v in given["HER2"].dropna()], dtype=torch.long
)
weights = equation_7(encoded, 3)
paper_like = equation_7(torch.tensor([1] * 64 + [0] * 10), 3)
assert torch.equal(weights, inverse_frequency(encoded, 3))  # the library's
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
    "Weights of Equation 7. Each class that occurs has the same mass, N / C; one that never occurs "
    "has weight 1 and no influence.",
)

# %% [markdown]
# These counts are of all training reports; a run that draws fewer has its own.
#
# What do weights change? Let a head know nothing but its bias: it can only give one answer for
# everybody. Without weights the loss is smallest where the bias matches the class frequencies, and
# the answer is *Negative*. With weights every class pulls equally hard:

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
for offset, (name, g), color in zip(
    (-0.2, 0.2), pull.items(), (COLORS["orange"], COLORS["blue"]), strict=True
):
    axes.bar([i + offset for i in range(3)], g.tolist(), width=0.38, color=color, label=name)
axes.axhline(0, color="#333333", linewidth=0.8)
axes.set_xticks(range(3), CLASSES["HER2"])
axes.set_ylabel("push on the bias")
_ = axes.legend(fontsize=8.5)

# %% [markdown]
# Unweighted, the cheapest first lesson is "say Negative". Weighted, the shortcut is gone: only what the
# *report* says can lower the loss. The price is noise: a rare class's few reports count as much as all
# the others together. Predictions change too, since weighted probabilities are no longer calibrated to
# how common a class is.

# %% [markdown]
# ## Verdict
#
# Against the paper's sentences, from the cells above.

# %% tags=["hide-input"]
from pathmtl.experiments.evidence import keep_measured
from pathmtl.paper.claims import Evidence, Measured, on_page, verdict_table

positive_weight = (paper_like[0] / paper_like[1]).item()
trivial = majority_macro_f1(share, 3)
measured = {
    "heads-parameters": Measured(
        f"{without_m:,}", float(without_m == paper.TABLE_2.loc["frozen", "trainable_parameters"])),
    "loss-by-hand": Measured(
        f"{by_hand.item():.5f} and {library.item():.5f}",
        float(torch.allclose(by_hand, library))),
    "loss-weights": Measured(
        f"{positive_weight:.2f}", float(rounds_to(positive_weight, paper.HER2_RATIO))),
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
# The last line is worth a pause. If the single-task HER2 model was trained with the same weights
# ("identical hyperparameters", section V-C), a constant answer is *not* what its loss rewards. What
# else could have produced one is a question for its training curve, which the paper does not show.
#
# Everything is in place now: prompts, states, heads, labels, loss. The next page,
# [](train_the_model.ipynb), puts LoRA into the encoder and lets the loss train it.

# %% [markdown]
# ## Exercises
#
# **1.** Weight all tasks, not just HER2. Which classes would get the largest weights, and is that
# wise for T0 and T4?

# %% tags=["hide-cell", "solution"]
for t in TASKS:
    y = torch.tensor([CLASSES[t].index(v) for v in given[t].dropna()], dtype=torch.long)
    w = equation_7(y, len(CLASSES[t])).tolist()
    print(f"{t:6s}", {c: round(value, 1) for c, value in zip(CLASSES[t], w, strict=True)})
    if t == "T":
        t0, t1 = w[CLASSES["T"].index("T0")], w[CLASSES["T"].index("T1")]
print(
    "A class of a few reports would drown out the common ones: "
    f"one mislabeled T0 costs as much as {t0 / t1:.0f} T1s."
)

# %% [markdown]
# **2.** Show that dividing by the sum of the *weights* (PyTorch's default with `reduction="mean"`)
# is not the same as dividing by the number of labels. When does it matter?

# %% tags=["hide-cell", "solution"]
torch.manual_seed(seed)
x, y = torch.randn(6, 3), torch.tensor([0, 1, 1, 1, 1, 1])
w = torch.tensor([3.0, 0.5, 1.0])
summed = functional.cross_entropy(x, y, weight=w, reduction="sum")
print("by weights:", functional.cross_entropy(x, y, weight=w).item())
print("by labels: ", (summed / len(y)).item())
print(
    "By weights, a batch of one rare report counts no more than a batch of one common report: "
    "with micro-batches of 2 most of the weighting is lost."
)

# %% [markdown]
# **3.** Does Equation 6 care about the layout? Run the joint prompt of the report above through the
# encoder, let all seven heads read its one state, and compute the loss of its one row of labels. How
# many passes and how many labels does each layout have, and why are the losses not equal?

# %% tags=["hide-cell", "solution"]
joint_logits = {t: heads[t](encode(joint)) for t in TASKS}
known = [p for p in prompts if pd.notna(given.loc[one, p.task])]
rows_of_seven = torch.full((len(known), len(TASKS)), MISSING)
for row, p in enumerate(known):
    column = TASKS.index(p.task)
    rows_of_seven[row, column] = joint_labels[0, column]
separate = encode(known) if known else h[:0]
for name, loss, passes, used in (
    ("joint", joint_loss(joint_logits, joint_labels), 1, joint_labels),
    (
        "per task",
        joint_loss({t: heads[t](separate) for t in TASKS}, rows_of_seven),
        len(known),
        rows_of_seven,
    ),
):
    print(f"{name:9s} {passes} passes, {(used != MISSING).sum()} labels, loss {loss.item():.4f}")
print("The same labels and the same heads; only the states differ: one prompt against one each.")
