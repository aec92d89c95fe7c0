# %% [markdown]
# # Train the model in the open
#
# **Reproduces** sections III-A1 to III-B2 of the paper (Equations 1 to 7) with public libraries only: the
# prompt, the adapted encoder, the seven heads, the loss, and the training loop, each in a cell that you can
# change.
#
# **You will learn** how a report becomes a training example, which numbers a training step changes, what the
# rank does when the scale is held fixed, and what it means to say that the model "reads" a report.
#
# **Runtime and hardware**: about three minutes and 3 GB of memory on two CPU cores, all in fp32; no GPU is
# used.
#
# **Numbers**: every report is *synthetic*, and the model is the first layers of a 135-million-parameter one,
# trained once on a small sample. Nothing here measures the paper's model.

# %% tags=["parameters"]
profile = "quick"  # smoke: a dozen reports, to see that every cell runs; others: as below
rank = 16  # r of Eq. 2, at least 1: how many directions an adapter may change
alpha = 16  # an adapter's output is multiplied by alpha / rank
n_train = 280  # reports to learn from
n_test = 100  # reports to score
layers = 3  # transformer blocks that are loaded, of 30
learning_rate = 4e-3  # the highest value of the schedule
batch_size = 8  # prompts per training step
max_length = 64  # tokens of a prompt, at most
window_lines = 1  # lines kept above and below a line that names the field
hints = "oracle"  # what fills the Hints block: oracle or none
resamples = 200  # bootstrap draws behind each interval
seed = 42  # draws reports, weights, and batches

# %% [markdown]
# From `pathmtl` come the reports, the rules that label them, the names of the tasks, and the look of the
# tables:

# %%
import pathmtl
from pathmtl import oracle
from pathmtl.cohort import read_reports, split
from pathmtl.model.backbone import load_tokenizer, locate
from pathmtl.notebook import check_parameters
from pathmtl.schema import CLASSES, TASK, TASKS
from pathmtl.viz.style import COLORS, use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()

# %% [markdown]
# Everything that does the work comes from public libraries:

# %%
import copy
import math
import re
import tempfile
import time
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from sklearn.metrics import accuracy_score, f1_score
from torch import nn
from torch.nn import functional as F
from transformers import AutoConfig, AutoModel, BitsAndBytesConfig
from transformers import get_cosine_schedule_with_warmup as cosine_with_warmup

# %% [markdown]
# Loading a few blocks of a larger model prints warnings that we expect. The smoke profile shrinks the numbers
# above; its scores mean nothing.

# %%
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*")
if profile == "smoke":
    n_train, n_test, layers, seed = 20, 10, 1, 30


def three_digits(frame):
    """The frame with every decimal number rounded for reading."""
    return frame.map(lambda value: f"{value:.3f}" if isinstance(value, float) else value)


# %% [markdown]
# ## Labels with holes
#
# The paper trains on answers that rules gave, not people. The rules are the [oracle](oracle.ipynb). Most
# reports answer only some of the seven questions; the rest of a row stays empty. (This is a plain random sample.
# Table I draws more reports and favors rare classes, so its scores are not comparable with those below.)

# %%
reports = read_reports("bundled", progress=False)
part = split(reports)
train_reports = reports[part == "train"].sample(n_train, random_state=seed)
test_reports = reports[part == "test"].sample(n_test, random_state=seed)

labels = pd.DataFrame([oracle.label(text) for text in train_reports["text"]])[list(TASKS)]
assert (labels.nunique() >= 2).all(), "a task has only one class here: raise n_train"
plain_table(labels.head(6).fillna("–"), "Labels of the first six training reports.")

# %% [markdown]
# How many labels does each task have, and how much of the table is empty?

# %%
stated = pd.DataFrame({"Labels": labels.notna().sum(), "Not stated": labels.isna().mean()})
stated["Not stated"] = stated["Not stated"].map("{:.0%}".format)
print(
    f"{labels.isna().to_numpy().mean():.0%} of {labels.size:,} (report, task) pairs have no label"
)
plain_table(stated, f"Labels of {n_train} training reports.")

# %% [markdown]
# ## A prompt by hand
#
# We use the example of [how to read a report](../book/reading_reports.md), whose seven answers you know.

# %%
page = (Path(pathmtl.__file__).parents[1] / "book" / "reading_reports.md").read_text(
    encoding="utf-8"
)
example = re.search(r":name: example-report\n(.*?)```", page, re.DOTALL)[1]
print(example)

# %% [markdown]
# One search finds the line to show and the hint to give. The model sees four blocks: which field is asked,
# which answers exist, a few lines of the report, and the hint.

# %%
match = re.search(r"^Primary Tumor: (pT\w+)", example, re.MULTILINE)
by_hand = f"""Field: {TASK["T"].title}
Classes: {", ".join(CLASSES["T"])}
Report: {match[0]}
Hints:
T_hint: {match[1]}"""
print(by_hand)

# %% [markdown]
# The search names the synoptic line on purpose. A plain `re.search(r"pT\w+", example)` finds the first code in
# the report, which is the tumor of 2011:

# %%
re.search(r"pT\w+", example)[0]

# %% [markdown]
# ## All seven prompts
#
# [The prompt page](prompt.ipynb) builds this step by step: `PromptBuilder` ranks the lines that name a field,
# keeps those that fit, and asks the oracle's candidates for the hint.

# %%
from pathmtl.prompt import PromptBuilder, Slicing

tokenizer = load_tokenizer("smollm2-135m")
tokenizer.padding_side = "right"
slicing = Slicing("window", window_lines=window_lines, max_length=max_length, hints=hints)
builder = PromptBuilder(tokenizer, slicing)
built = {prompt.task: prompt for prompt in builder.build(example, list(TASKS))}
assert by_hand.split("Report:")[0] == built["T"].text.split("Report:")[0]

# %% [markdown]
# This is exactly what the model reads, cut to the token limit. Two things are worth a look. M is not stated,
# so its hint is `none`, but the prompt is asked anyway. And at this length a value may be cut from the lines
# and survive **only in the hint**.

# %%
for task, prompt in built.items():
    print(tokenizer.decode(prompt.input_ids), f"\n--- {task}: {len(prompt.input_ids)} tokens\n")

# %% [markdown]
# ## Examples: one label per prompt
#
# A training example is a prompt and its label. A field without a label makes no example: nothing would be
# learned from it. The class is stored as its position in `CLASSES`.


# %%
def make_examples(table, answers):
    """One example per stated (report, task) pair: report, task, token ids, class index."""
    examples = []
    rows = zip(table["report_id"], table["text"], answers.to_dict("records"), strict=True)
    for report, text, row in rows:
        known = {task: value for task, value in row.items() if isinstance(value, str)}
        for prompt in builder.build(text, list(known)):
            label = CLASSES[prompt.task].index(known[prompt.task])
            examples.append((report, prompt.task, prompt.input_ids, label))
    return examples


train_examples = make_examples(train_reports, labels)
test_examples = make_examples(test_reports, test_reports[list(TASKS)])
print(f"{len(train_examples)} prompts to train on, {len(test_examples)} to test on")
print(train_examples[0])

# %% [markdown]
# The training labels are the oracle's. The test labels are the truth, which is known because the program that
# wrote the reports chose it.
#
# ## Padding
#
# A batch is a rectangle, and prompts differ in length, so short ones are filled up on the right. We take a
# batch of eight with every task in it: the first example of each, and one more of HER2.

# %%
first = {task: next(e for e in train_examples if e[1] == task) for task in TASKS}
second = [e for e in train_examples if e[1] == "HER2"][1]
eight = [*first.values(), second]
padded = tokenizer.pad({"input_ids": [ids for _, _, ids, _ in eight]}, return_tensors="pt")
padded["input_ids"].shape, padded["attention_mask"].sum(dim=1).tolist()

# %% [markdown]
# The attention mask marks the real tokens. The state that the heads will read is the one at the **last real
# token** (orange), because only that token has seen the whole prompt.

# %% tags=["hide-input"] mystnb={"image": {"alt": "The attention mask of eight prompts: each row is blue up to its last real token, which is marked by an orange square, and white where it is padding"}}
last = padded["attention_mask"].sum(dim=1) - 1
figure, axes = plt.subplots(figsize=(7.2, 2.2))
axes.imshow(padded["attention_mask"], cmap="Blues", vmin=0, vmax=1.6, aspect="auto")
axes.plot(last, range(len(last)), "s", color=COLORS["orange"], label="last real token")
axes.set_yticks(range(len(eight)), [task for _, task, _, _ in eight])
axes.set_xlabel("position in the batch")
axes.grid(visible=False)
_ = figure.legend(loc="outside upper right")

# %% [markdown]
# ## Labels of a batch: rows of -100
#
# The heads answer side by side, so a batch's labels form a table with one column per task. `-100` is PyTorch's
# word for "no label here". Each prompt asks about one field, so each row has **one** label. A report that
# states five fields becomes five rows.


# %%
def collate(examples):
    """Token ids and mask, (batch, longest), and labels, (batch, 7), of a list of examples."""
    batch = tokenizer.pad({"input_ids": [ids for _, _, ids, _ in examples]}, return_tensors="pt")
    y = torch.full((len(examples), len(TASKS)), -100)
    for row, (_, task, _, label) in enumerate(examples):
        y[row, TASKS.index(task)] = label
    return batch["input_ids"], batch["attention_mask"], y


ids, mask, y = collate(eight)
plain_table(pd.DataFrame(y.numpy(), columns=TASKS), "Labels of the batch of eight.")

# %% [markdown]
# ## The encoder
#
# A pretrained language model without its word-predicting head, loaded with `AutoModel` and frozen. We keep the
# first few of its blocks, which makes it fast and much weaker than the whole.

# %%
folder = locate("smollm2-135m")
config = AutoConfig.from_pretrained(folder, num_hidden_layers=layers)
encoder = AutoModel.from_pretrained(folder, config=config, dtype=torch.float32)
encoder.config.use_cache = False
encoder.requires_grad_(False)
print(encoder.layers[0].self_attn)

# %% [markdown]
# It turns a batch of tokens into one state per token:

# %%
with torch.no_grad():
    states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
tuple(ids.shape), tuple(states.shape)

# %% [markdown]
# ## The same encoder in four bits
#
# The paper stores its 8 billion weights as NF4, four bits each, and computes in bf16 (S2). One argument does
# that, and bitsandbytes runs on a CPU too.

# %%
in_four_bits = BitsAndBytesConfig(
    load_in_4bit=True,
    bnb_4bit_quant_type="nf4",
    bnb_4bit_use_double_quant=True,
    bnb_4bit_compute_dtype=torch.bfloat16,
)
config_nf4 = AutoConfig.from_pretrained(folder, num_hidden_layers=layers)
encoder_nf4 = AutoModel.from_pretrained(folder, config=config_nf4, quantization_config=in_four_bits)

# %% [markdown]
# How much memory do the blocks need, and how far are the states from those above?


# %%
def megabytes(module):
    return sum(p.numel() * p.element_size() for p in module.parameters()) / 1e6


with torch.no_grad():
    states_nf4 = encoder_nf4(input_ids=ids, attention_mask=mask).last_hidden_state.float()
rows = torch.arange(len(ids))
cosine = F.cosine_similarity(states[rows, last], states_nf4[rows, last])
print(
    f"blocks: {megabytes(encoder.layers):.1f} MB in fp32,",
    f"{megabytes(encoder_nf4.layers):.1f} MB in NF4",
)
print(f"embeddings, never quantized: {megabytes(encoder.embed_tokens):.1f} MB in fp32")
print(f"cosine between last states: {cosine.min():.3f} to {cosine.max():.3f}")

# %% [markdown]
# Close, and not equal: four bits cost precision. We continue in fp32, where every equality below can be
# checked to the last digits.
#
# ## LoRA
#
# [LoRA from scratch](lora_from_scratch.ipynb) wrote the adapter in twenty lines; `peft` puts the same pair of
# matrices beside the four attention projections. `get_peft_model` changes the model that it is given, so we
# hand it a copy.

# %%
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj"]
lora = LoraConfig(r=rank, lora_alpha=alpha, lora_dropout=0.0, target_modules=PROJECTIONS)
adapted = get_peft_model(copy.deepcopy(encoder), lora)
adapted.print_trainable_parameters()
print(adapted.base_model.model.layers[0].self_attn.q_proj)

# %% [markdown]
# Inside `q_proj` there are now three matrices: the frozen one, `lora_A`, and `lora_B`. B is zero, so the
# product is zero, and the adapted model still gives the pretrained states to the last bit.

# %%
q_proj = adapted.base_model.model.layers[0].self_attn.q_proj
a, b = q_proj.lora_A["default"].weight, q_proj.lora_B["default"].weight
with torch.no_grad():
    states_adapted = adapted(input_ids=ids, attention_mask=mask).last_hidden_state
start_gap = (states_adapted - states).abs().max().item()
print(
    f"A {tuple(a.shape)}, B {tuple(b.shape)}, B all zero: {not b.any()},",
    f"alpha / r = {alpha / rank:g}",
)
print(f"largest difference to the pretrained states: {start_gap}")

# %% [markdown]
# What will be trained? Only the names that require a gradient:

# %%
[name for name, p in adapted.named_parameters() if p.requires_grad][:4]

# %% [markdown]
# ## Seven heads (Equation 5)
#
# Each task has one linear layer from the state to its classes. Note what is missing: **no head has a class for
# "not stated"**. Every question gets an answer.

# %%
heads = nn.ModuleDict({task: nn.Linear(config.hidden_size, len(CLASSES[task])) for task in TASKS})
print({task: head.out_features for task, head in heads.items()})

# %% [markdown]
# Model, adapters, and heads together. A fresh one is needed for every run, so this is a function. The seed
# makes the heads the same each time, whatever the rank; rank 0 means no adapter at all.


# %%
def new_model(rank, alpha):
    torch.manual_seed(seed)
    heads = nn.ModuleDict(
        {task: nn.Linear(config.hidden_size, len(CLASSES[task])) for task in TASKS}
    )
    body = copy.deepcopy(encoder)
    if rank:
        body = get_peft_model(
            body, LoraConfig(r=rank, lora_alpha=alpha, target_modules=PROJECTIONS)
        )
    return nn.ModuleDict({"encoder": body, "heads": heads})


def count(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


untrained = new_model(rank, alpha)
print(f"{count(untrained):,} trained of {sum(p.numel() for p in untrained.parameters()):,}")

# %% [markdown]
# An adapter has `r × (inputs + outputs)` numbers, a head `(width + 1) × classes`:

# %%
block = encoder.layers[0].self_attn
sizes = [(getattr(block, p).in_features, getattr(block, p).out_features) for p in PROJECTIONS]
in_adapters = layers * sum(rank * (inputs + outputs) for inputs, outputs in sizes)
in_heads = (config.hidden_size + 1) * sum(len(CLASSES[task]) for task in TASKS)
print(f"{in_adapters:,} in adapters + {in_heads:,} in heads = {in_adapters + in_heads:,}")
assert in_adapters + in_heads == count(untrained)

# %% [markdown]
# ## From prompt to answer
#
# The state of the last real token goes to the heads.


# %%
def pooled(model, ids, mask):
    """The state at each row's last real token, (batch, width); ids and mask are integers."""
    states = model["encoder"](input_ids=ids, attention_mask=mask).last_hidden_state
    return states[torch.arange(len(ids)), mask.sum(dim=1) - 1]


def forward(model, ids, mask):
    """Task -> one number per class, (batch, classes)."""
    state = pooled(model, ids, mask)
    return {task: head(state) for task, head in model["heads"].items()}


# %% [markdown]
# Does padding disturb that state? Compare it with each prompt alone, without any padding. The last *position*
# of the batch is the classic mistake: it raises no error and reads the padding.

# %%
with torch.no_grad():
    alone = [encoder(input_ids=torch.tensor([e[2]])).last_hidden_state[0, -1] for e in eight]
    read = pooled(untrained, ids, mask)
right_gap = max((read[i] - alone[i]).abs().max().item() for i in range(len(eight)))
wrong_gap = max((states[i, -1] - alone[i]).abs().max().item() for i in range(len(eight)))
assert right_gap < 1e-3
print(f"last real token: {right_gap:.0e} from the prompt alone; last position: {wrong_gap:.0e}")

# %% [markdown]
# Now one prompt to one answer. The prompt asks for T, all seven heads have an opinion about its state, and
# **only the T row is read**. Before training the opinions are worthless: random heads on large states, and often
# surer than chance.


# %%
def opinions(model, ids, mask):
    """Each head's best class and its probability for the first prompt of a batch."""
    with torch.no_grad():
        shares = {t: x[0].softmax(dim=0) for t, x in forward(model, ids, mask).items()}
    best = {
        t: (CLASSES[t][p.argmax()], f"{p.max():.2f}", f"{1 / len(p):.2f}")
        for t, p in shares.items()
    }
    return pd.DataFrame(best, index=["Answer", "Probability", "By chance"]).T


plain_table(
    opinions(untrained, *collate([first["T"]])[:2]), "Seven opinions on one T prompt; T's is read."
)

# %% [markdown]
# ## Class weights (Equation 7)
#
# HER2 has few labels, most of them *Negative*. Its classes are weighted by $w_c = N / (C\, n_c)$, counted on
# *this* training set. `torch.bincount` does the counting.

# %%
her2 = torch.tensor(
    [label for _, task, _, label in train_examples if task == "HER2"], dtype=torch.long
)
n = torch.bincount(her2, minlength=3)
her2_weight = torch.where(n > 0, n.sum() / (3 * n.clamp(min=1)), torch.ones(3))
plain_table(
    three_digits(
        pd.DataFrame({"Labels": n, "Weight": her2_weight.tolist()}, index=CLASSES["HER2"])
    ),
    "HER2 in the training set, and its weights.",
)

# %% [markdown]
# Every other task has weight 1 for every class.

# %%
weights = {task: torch.ones(len(CLASSES[task])) for task in TASKS} | {"HER2": her2_weight}

# %% [markdown]
# ## One batch's loss, term by term (Equation 6)
#
# Each label contributes $-w \log p$, with $p$ the probability that its task's head gives to the true class.

# %%
with torch.no_grad():
    logits = forward(untrained, ids, mask)
terms = []
for row, (_, task, _, label) in enumerate(eight):
    p, w = logits[task][row].softmax(dim=0)[label].item(), weights[task][label].item()
    terms.append((task, CLASSES[task][label], p, w, -w * math.log(p)))
terms = pd.DataFrame(terms, columns=["Task", "Class", "p", "Weight", "-w log p"])
plain_table(three_digits(terms), "The loss of a batch.", index=False)

# %% [markdown]
# `F.cross_entropy` computes the same column by column, and skips every -100. We divide the sum by the number
# of labels, so that the loss does not depend on how many there are. (The paper does not say whether it
# divides.)


# %%
def label_losses(logits, y, weights):
    """-w log p summed over the labels of each row, (batch,)."""
    return sum(
        F.cross_entropy(
            logits[task], y[:, k], weight=weights[task], ignore_index=-100, reduction="none"
        )
        for k, task in enumerate(TASKS)
    )


def joint_loss(logits, y, weights):
    return label_losses(logits, y, weights).sum() / (y != -100).sum()


loss_by_hand, loss = terms["-w log p"].mean(), joint_loss(logits, y, weights).item()
assert math.isclose(loss_by_hand, loss, rel_tol=1e-5)
print(f"by hand {loss_by_hand:.6f}, F.cross_entropy {loss:.6f}")

# %% [markdown]
# Why not `reduction="mean"`? It divides by the sum of the *weights*. With one HER2 label in a batch the weight
# cancels, and Equation 7 has no effect:

# %%
row = [e[1] for e in eight].index("HER2")
task, target = eight[row][1], torch.tensor([eight[row][3]])
for reduction in ("sum", "mean"):
    value = F.cross_entropy(
        logits[task][row, None], target, weight=weights[task], reduction=reduction
    )
    print(f"reduction={reduction!r}: {value:.3f} with weight {weights[task][target].item():.2f}")

# %% [markdown]
# ## One backward pass
#
# Which tensors receive a gradient? B does. A does not, yet: its gradient passes through B, which is zero. The
# frozen matrix has none at all.


# %%
def size(gradient):
    return "none" if gradient is None else f"{gradient.norm():.1e}"


def first_q_proj(model):
    return model["encoder"].base_model.model.layers[0].self_attn.q_proj


stepping = new_model(rank, alpha)
joint_loss(forward(stepping, ids, mask), y, weights).backward()
q_proj = first_q_proj(stepping)
gradients = {
    "A of q_proj": size(q_proj.lora_A["default"].weight.grad),
    "B of q_proj": size(q_proj.lora_B["default"].weight.grad),
    "frozen matrix of q_proj": size(q_proj.base_layer.weight.grad),
    **{f"head {task}": size(head.weight.grad) for task, head in stepping["heads"].items()},
}
plain_table(pd.DataFrame({"Norm of the gradient": gradients}), "After one backward pass.")

# %% [markdown]
# ## One step
#
# Gradients are clipped to a norm of 1, so that no batch can throw the weights far, and AdamW takes a step.
# The clock shows what a whole run will cost.

# %%
trained = [p for p in stepping.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=learning_rate, weight_decay=0.01)
started = time.perf_counter()
before = joint_loss(forward(stepping, ids, mask), y, weights)
optimizer.zero_grad()
before.backward()
norm = nn.utils.clip_grad_norm_(trained, 1.0)
optimizer.step()
step_seconds = time.perf_counter() - started

# %% [markdown]
# B has left zero, and the same batch costs less. (Much less: the heads need only one step to fit eight labels.
# That says nothing about any other report.)

# %%
with torch.no_grad():
    after = joint_loss(forward(stepping, ids, mask), y, weights)
print(f"gradient norm {norm:.2f}, clipped to 1")
print(f"B all zero: {not q_proj.lora_B['default'].weight.any()}")
print(f"loss of this batch: {before:.3f} before the step, {after:.3f} after")

# %% [markdown]
# ## The training loop
#
# That step, repeated over all prompts once in random order. The learning rate warms up over the first 3 % of
# the steps and then falls along a cosine.


# %%
def fit(rank, alpha, examples, weights=weights):
    """Train a fresh model; returns it, and one row per label with its step, task, and loss."""
    model = new_model(rank, alpha)
    trained = [p for p in model.parameters() if p.requires_grad]
    steps = math.ceil(len(examples) / batch_size)
    optimizer = torch.optim.AdamW(trained, lr=learning_rate, weight_decay=0.01)
    schedule = cosine_with_warmup(optimizer, round(0.03 * steps), steps)
    order = torch.randperm(len(examples), generator=torch.Generator().manual_seed(seed)).tolist()
    history, started = [], time.perf_counter()
    for step in range(steps):
        batch = [examples[i] for i in order[step * batch_size :][:batch_size]]
        ids, mask, y = collate(batch)
        losses = label_losses(forward(model, ids, mask), y, weights)
        optimizer.zero_grad()
        (losses.sum() / (y != -100).sum()).backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        history += [(step, e[1], value) for e, value in zip(batch, losses.tolist(), strict=True)]
        if step % 10 == 0:
            recent = np.mean([value for _, _, value in history[-10 * batch_size :]])
            spent = time.perf_counter() - started
            print(f"step {step:3d} of {steps}: loss {recent:.3f}, {spent:.0f} s")
    return model.eval(), pd.DataFrame(history, columns=["step", "task", "loss"])


# %% [markdown]
# Run it. The time per run is stored for the comparison of ranks.

# %%
steps = math.ceil(len(train_examples) / batch_size)
print(f"{steps} steps of about {step_seconds:.2f} s: about {steps * step_seconds:.0f} s")
started = time.perf_counter()
model, history = fit(rank, alpha, train_examples)
seconds = {rank: time.perf_counter() - started}

# %% [markdown]
# Is that a good loss? A head that knows nothing but how often each class occurs pays the **entropy** of its
# labels. (For HER2, whose classes weigh the same after Equation 7, that is the logarithm of their number.) Only below that line does
# the model use the report.


# %%
def entropy(task):
    shares = np.bincount([e[3] for e in train_examples if e[1] == task]) / max(1, task_counts[task])
    shares = shares[shares > 0]
    return math.log(len(shares)) if task == "HER2" else (shares * np.log(1 / shares)).sum()


task_counts = pd.Series([e[1] for e in train_examples]).value_counts().reindex(TASKS, fill_value=0)
entropies = pd.Series({task: entropy(task) for task in TASKS})
six = [task for task in TASKS if task != "HER2"]
know_nothing = (entropies[six] * task_counts[six]).sum() / task_counts[six].sum()

# %% [markdown]
# A spike of the thin line is a label that was missed with confidence; one of HER2's rare classes is multiplied by
# its weight on top. The thick line is the mean of twenty batches and leaves HER2 out, as does the entropy.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Training loss by step. A thin line, one batch each, has spikes. A thick line, the mean of twenty batches without HER2, is compared with a dotted line, the entropy of the labels"}}
by_step = history.groupby("step")["loss"].mean()
without_her2 = history[history["task"] != "HER2"].groupby("step")["loss"].mean()
figure, axes = plt.subplots(figsize=(7.2, 2.9))
axes.plot(by_step, color=COLORS["sky"], linewidth=0.8, label="one batch")
smooth = without_her2.rolling(20, min_periods=1).mean()
axes.plot(smooth, color=COLORS["blue"], label="mean of 20, without HER2")
axes.axhline(know_nothing, color=COLORS["vermilion"], linestyle=":", label="entropy, without HER2")
axes.set_xlabel("step")
axes.set_ylabel("loss per label")
_ = axes.legend()

# %% [markdown]
# The same by task, in the last third of the steps:

# %%
late = history[history["step"] >= 2 * steps / 3].groupby("task")["loss"].mean().reindex(TASKS)
plain_table(
    three_digits(pd.DataFrame({"Labels": task_counts, "Loss": late, "Entropy": entropies})),
    "Loss per label in the last third of training.",
)

# %% [markdown]
# ## Scores
#
# Each test prompt is answered by its own task's head.


# %%
def answer(model, examples, pool=pooled):
    """One row per example: report, task, true class index, predicted class index, probability."""
    rows = []
    examples = sorted(examples, key=lambda e: len(e[2]))
    for start in range(0, len(examples), 32):
        batch = examples[start : start + 32]
        ids, mask, _ = collate(batch)
        with torch.inference_mode():
            states = pool(model, ids, mask)
            for (report, task, _, truth), state in zip(batch, states, strict=True):
                p, best = model["heads"][task](state).softmax(dim=0).max(dim=0)
                rows.append((report, task, truth, best.item(), p.item()))
    return pd.DataFrame(rows, columns=["report", "task", "truth", "predicted", "probability"])


scored = answer(model, test_examples)

# %% [markdown]
# A score means little without the lazy answer beside it: what does the commonest training class score?


# %%
def score(truth, predicted):
    return f1_score(truth, predicted, average="macro"), accuracy_score(truth, predicted)


commonest = {task: CLASSES[task].index(labels[task].mode()[0]) for task in TASKS}
scores = {}
for task, rows in scored.groupby("task"):
    lazy = np.full(len(rows), commonest[task])
    scores[task] = (
        len(rows),
        *score(rows["truth"], rows["predicted"]),
        *score(rows["truth"], lazy),
    )
columns = ["Labels", "Macro-F1", "Accuracy", "lazy Macro-F1", "lazy accuracy"]
scores = pd.DataFrame(scores, index=columns).T.reindex([t for t in TASKS if t in scores])
scores["Labels"] = scores["Labels"].astype(int)
plain_table(three_digits(scores), f"Scores on {n_test} test reports.")

# %% [markdown]
# HER2 is the field with a rare positive class. Where do its answers go?


# %%
def confusion(rows, task):
    names = dict(enumerate(CLASSES[task]))
    truth, answered = rows["truth"].map(names), rows["predicted"].map(names)
    return pd.crosstab(truth, answered).reindex(
        index=CLASSES[task], columns=CLASSES[task], fill_value=0
    )


her2_table = confusion(scored[scored["task"] == "HER2"], "HER2").rename_axis(
    index=None, columns=None
)
plain_table(her2_table, "HER2: true classes in rows, answers in columns.")

# %% [markdown]
# ## Ask it about one report
#
# All seven prompts of the example report, and the answers.


# %%
def ask(model, text):
    """The seven answers to a report, with their probabilities and the hints that the model saw."""
    rows = {}
    for prompt in builder.build(text, list(TASKS)):
        ids = torch.tensor([prompt.input_ids])
        with torch.no_grad():
            p = forward(model, ids, torch.ones_like(ids))[prompt.task][0].softmax(dim=0)
        hint = prompt.text.rsplit("\nHints:\n", 1)[1].split(": ", 1)[-1]
        rows[prompt.task] = (CLASSES[prompt.task][p.argmax()], f"{p.max():.2f}", hint)
    return pd.DataFrame(rows, index=["Answer", "Probability", "Hint"]).T


truth = pd.Series(oracle.label(example)).fillna("not stated")
example_answers = ask(model, example)
plain_table(example_answers.assign(Truth=truth), "Seven answers to the example report.")

# %% [markdown]
# The M head answers although the report says nothing about M. That is the missing class at work.
#
# Now a sentence of your own. Change it and run the cell again.

# %%
my_report = (
    "Right breast, lumpectomy: invasive carcinoma, 12 mm, grade 1. Two sentinel nodes, both free."
)
plain_table(
    ask(model, my_report).assign(Oracle=oracle.label(my_report)).fillna("not stated"),
    "Your report.",
)

# %% [markdown]
# ## How sure is it of what is not stated?
#
# We ask the model some questions that its test reports do not answer.


# %%
def unstated(table, answers, limit):
    """Examples for the fields that a report does not state; their class index is -1."""
    examples = []
    rows = zip(table["report_id"], table["text"], answers.to_dict("records"), strict=True)
    for report, text, row in rows:
        unanswered = [task for task, value in row.items() if not isinstance(value, str)]
        examples += [(report, p.task, p.input_ids, -1) for p in builder.build(text, unanswered)]
    chosen = np.random.default_rng(seed).permutation(len(examples))[:limit]
    return [examples[i] for i in chosen]


some = test_reports.head(30)
silent = answer(model, unstated(some, some[list(TASKS)], 60))
sure = (silent["probability"] >= 0.95).mean()
print(f"{len(silent)} questions without an answer: at least 95 % sure of {sure:.0%} of them")

# %% [markdown]
# ## What does it read?
#
# The prompt holds report lines and a hint. To see which of them the answer follows, we change the hint and
# leave the lines alone. The tokens of the hint are the end of the prompt.


# %%
def with_hint(token_ids, hint):
    """The same prompt with another hint."""
    old = tokenizer.decode(token_ids).rsplit("\nHints:\n", 1)[1]
    old_tail = tokenizer("\nHints:\n" + old, add_special_tokens=False)["input_ids"]
    assert token_ids[-len(old_tail) :] == old_tail
    return (
        token_ids[: -len(old_tail)]
        + tokenizer("\nHints:\n" + hint, add_special_tokens=False)["input_ids"]
    )


print(tokenizer.decode(with_hint(built["T"].input_ids, "T_hint: pT4b")))

# %% [markdown]
# Some T prompts of the test set: as they were built, then each with a hint for another stage, then with none.

# %%
HINT_OF = {"Tis": "pTis", "T0": "pT0", "T1": "pT1c", "T2": "pT2", "T3": "pT3", "T4": "pT4b"}
t_prompts = [e for e in test_examples if e[1] == "T"][:40]
others = [(e[3] + 1 + i % 5) % 6 for i, e in enumerate(t_prompts)]
swapped, without = [], []
for (report, task, token_ids, label), other in zip(t_prompts, others, strict=True):
    swapped.append(
        (report, task, with_hint(token_ids, f"T_hint: {HINT_OF[CLASSES['T'][other]]}"), other)
    )
    without.append((report, task, with_hint(token_ids, "T_hint: none"), label))

# %% [markdown]
# In the second row "right" means that the answer follows the *false* hint.


# %%
def share_right(examples):
    rows = answer(model, examples)
    return (rows["truth"] == rows["predicted"]).mean()


right_built, followed, right_without = map(share_right, (t_prompts, swapped, without))
reading = {
    "right, hint as built": right_built,
    "follows a swapped hint": followed,
    "right, hint `none`": right_without,
}
plain_table(pd.DataFrame({"Share": reading}).map("{:.0%}".format), f"{len(t_prompts)} T prompts.")

# %% [markdown]
# If most answers follow the swapped hint, then the model reads the *hint*, and little else. Remember where
# hints come from: the **oracle's own candidates**, the same rules that wrote the training labels. A model that
# copies the hint repeats its teacher. [Hints and circularity](hints_and_circularity.ipynb) measures that for
# the recorded models.
#
# ## Three ranks, one scale
#
# The rank is the width of the bottleneck. The scale is a second knob: the adapters are multiplied by
# `alpha / rank`. Changing only the rank would change both, so here alpha follows the rank. Rank 0 has no
# adapter: the heads learn on the frozen states (linear probing).

# %%
scale = alpha / rank
ranks = sorted({0, 2, rank})
print(f"about {1.6 * steps * step_seconds:.0f} s for the other two")
runs = {rank: (model, history)}
for r in ranks:
    if r not in runs:
        started = time.perf_counter()
        runs[r] = fit(r, scale * r, train_examples)
        seconds[r] = time.perf_counter() - started

# %% [markdown]
# The score of a model is one number now: macro-F1 of each task, averaged over the tasks. We will compute it
# hundreds of times, so it is worth a fast version: a class's F1 is twice its hits, divided by how often it is true
# plus how often it is answered.


# %%
def mean_f1(rows):
    """Macro-F1 of each task over the classes that occur, averaged over the tasks."""
    table = np.zeros((len(TASKS), 6, 6))
    np.add.at(table, (rows["task"].map(TASKS.index), rows["truth"], rows["predicted"]), 1)
    hits, both = table.diagonal(axis1=1, axis2=2), table.sum(axis=1) + table.sum(axis=2)
    f1 = np.divide(2 * hits, both, out=np.full(both.shape, np.nan), where=both > 0)
    return np.nanmean(f1[both.any(axis=1)], axis=1).mean()


assert np.isclose(mean_f1(scored), scores["Macro-F1"].mean())

# %% [markdown]
# Scores of each rank on the same test prompts:

# %%
answers = {r: scored if r == rank else answer(run[0], test_examples) for r, run in runs.items()}
f1 = {r: mean_f1(rows) for r, rows in answers.items()}

# %% [markdown]
# Is a difference more than luck? The **paired bootstrap** draws the test reports again, with replacement, and
# scores both models on the same draw. If nearly all draws favor one of them, the difference is real for reports
# like these.


# %%
def bootstrap(rows, baseline):
    """95 % interval of the difference in mean macro-F1 between two models on the same reports."""
    rng, ids, gaps = np.random.default_rng(seed), rows["report"].unique(), []
    for _ in range(resamples):
        draw = pd.DataFrame({"report": rng.choice(ids, len(ids))})
        gaps.append(mean_f1(draw.merge(rows)) - mean_f1(draw.merge(baseline)))
    return np.quantile(gaps, [0.025, 0.975])


intervals = {r: bootstrap(answers[rank], answers[r]) for r in ranks if r != rank}

# %% [markdown]
# Parameters, seconds, loss, score, and the difference to the rank that you chose. An interval that contains zero
# says that these test reports cannot separate the two.

# %%
by_rank = {}
for r in ranks:
    low, high = intervals.get(r, (0, 0))
    gap = "–" if r == rank else f"{f1[rank] - f1[r]:+.3f} ({low:+.3f} to {high:+.3f})"
    end = runs[r][1].query("step >= 2 * @steps / 3")["loss"].mean()
    by_rank[r] = (f"{count(runs[r][0]):,}", f"{seconds[r]:.0f}", f"{end:.3f}", f"{f1[r]:.3f}", gap)
columns = [
    "Trained parameters",
    "Seconds",
    "Loss, last third",
    "Macro-F1",
    f"Rank {rank} minus this",
]
by_rank = pd.DataFrame(by_rank, index=columns).T.rename_axis("Rank").reset_index()
plain_table(by_rank, f"alpha / rank = {scale:g}.", index=False)

# %% [markdown]
# ## How many directions does a change use?
#
# The change of one matrix is $\Delta W = (\alpha/r) B A$. Its singular values say how much it does in each
# direction. No more than $r$ of them can differ from zero.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Singular values of the trained change of one query projection on a logarithmic scale, for the small rank and for the large one: each curve has as many points as its rank"}}
figure, axes = plt.subplots(figsize=(7.2, 2.9))
for r, color in zip([r for r in ranks if r], (COLORS["orange"], COLORS["blue"]), strict=False):
    change = first_q_proj(runs[r][0]).get_delta_weight("default")
    values = torch.linalg.svdvals(change.detach())[:r]
    axes.semilogy(range(1, r + 1), values, "o-", color=color, markersize=4, label=f"rank {r}")
axes.set_xlabel("direction")
axes.set_ylabel("singular value of ΔW")
_ = axes.legend()

# %% [markdown]
# ## Save and load
#
# The adapters are a small file of their own; the backbone is not saved again. Plain `peft` puts them back on
# the encoder, and the heads are a dictionary of tensors.

# %%
with tempfile.TemporaryDirectory() as run_folder:
    model["encoder"].save_pretrained(run_folder)
    save_file(model["heads"].state_dict(), f"{run_folder}/heads.safetensors")
    files = {path.name: path.stat().st_size for path in sorted(Path(run_folder).iterdir())}
    loaded = nn.ModuleDict(
        {"encoder": PeftModel.from_pretrained(copy.deepcopy(encoder), run_folder)}
    )
    loaded["heads"] = copy.deepcopy(heads)
    loaded["heads"].load_state_dict(load_file(f"{run_folder}/heads.safetensors"))
print({name: f"{size / 1e3:.1f} kB" for name, size in files.items()})

# %% [markdown]
# The loaded model gives the same answers to the example report:

# %%
reloaded = ask(loaded.eval(), example)
assert reloaded.equals(ask(model, example))
reloaded["Answer"].to_dict()

# %% [markdown]
# And training did not touch the backbone. Every frozen tensor is what it was (Equation 4):

# %%
original = dict(encoder.named_parameters())
now = {
    n.replace(".base_layer", ""): p for n, p in model["encoder"].base_model.model.named_parameters()
}
untouched = all(torch.equal(p, now[name]) for name, p in original.items())
assert untouched
print(f"{len(original)} frozen tensors, all unchanged: {untouched}")

# %% [markdown]
# ## The library does this in one call
#
# The tables of this book train through `pathmtl`. The same numbers go in as settings; the reports are the same,
# and only the order of the batches differs. The library computes each batch faster (it skips padding, and
# beginnings that prompts share are computed once), which must not change any result.

# %%
from pathmtl.training.settings import settings
from pathmtl.training.train import train

same_numbers = settings(
    "quick",
    layers=layers,
    rank=rank,
    alpha=alpha,
    learning_rate=learning_rate,
    batch_size=batch_size,
    max_length=max_length,
    window_lines=window_lines,
    hints=hints,
    seed=seed,
    precision="fp32",
    n_evaluations=1,
    patience=0,
)
validation_reports = reports[part == "validation"].sample(min(60, n_train), random_state=seed)
by_library = train(same_numbers, train_reports, validation_reports.head(4))

# %% [markdown]
# We give the library's trained weights to a model of ours. There, PEFT wraps the encoder *and* the heads, so the
# names of the tensors differ:


# %%
def our_name(name):
    """The library's name of a tensor -> ours; None for the heads as they were before training."""
    if ".original_module." in name:
        return None
    name = name.removeprefix("base_model.model.").replace(".modules_to_save.default", "")
    return name.replace("encoder.", "encoder.base_model.model.", 1)


library = by_library.model.eval()
twin = new_model(rank, alpha)
renamed = {our_name(name): tensor for name, tensor in library.state_dict().items()}
renamed.pop(None, None)
twin.load_state_dict(renamed)

# %% [markdown]
# What can be equal must be: the number of trained parameters, and the loss of the same batch with the same
# weights.

# %%
with torch.no_grad():
    our_loss = joint_loss(forward(twin, ids, mask), y, weights).item()
    packed = library.get_base_model().batch([token_ids for _, _, token_ids, _ in eight])
    library_loss = library(labels=y, **packed)["loss"].item()
assert math.isclose(our_loss, library_loss, rel_tol=1e-4)
library_count, _ = library.get_nb_trainable_parameters()
assert count(twin) == library_count

# %% [markdown]
# Its scores differ from ours by the luck of another order of batches:

# %%
library_f1 = mean_f1(answer(twin.eval(), test_examples))
print(f"loss of the batch: ours {our_loss:.5f}, library {library_loss:.5f}")
print(f"trained parameters: {count(twin):,} and {library_count:,}")
print(f"mean macro-F1: in the open {f1[rank]:.3f}, library {library_f1:.3f}")

# %% [markdown]
# ## Verdict
#
# What of the paper's method was rebuilt here, each line checked by a cell above.

# %% tags=["hide-input"]
from pathmtl.experiments.evidence import keep_measured
from pathmtl.paper.claims import Evidence, Measured, on_page, verdict_table

low, high = intervals.get(0, (0, 0))
same_loss = math.isclose(loss_by_hand, loss, rel_tol=1e-5)
same_library_loss = math.isclose(our_loss, library_loss, rel_tol=1e-4)
checked_elsewhere = {
    "lora-start": Measured(f"difference {start_gap:g}", start_gap),
    "lora-frozen": Measured(f"{len(original)} tensors equal", float(untouched)),
    "loss-by-hand": Measured(
        f"by hand {loss_by_hand:.5f}, PyTorch {loss:.5f}; "
        f"ours {our_loss:.5f}, library {library_loss:.5f}",
        float(same_loss and same_library_loss),
    ),
    "table2-frozen": Measured(
        f"macro-F1 {f1[rank] - f1[0]:+.3f} ({low:+.3f} to {high:+.3f})", f1[rank] - f1[0], low, high
    ),
}

# %% [markdown]
# The last two claims are tested on this page only, so their numbers are stored for the
# [ledger](claims_ledger.ipynb).

# %% tags=["hide-input"]
checked_here = {
    "state-padding": Measured(
        f"difference {right_gap:.1e}; last position {wrong_gap:.1e}",
        max(right_gap / 1e-3, 1e-3 / max(wrong_gap, 1e-12)),
    ),
    "hints-constraint": Measured(
        f"{followed:.0%} of {len(t_prompts)} answers follow a false hint", followed
    ),
}
if profile != "smoke":
    keep_measured("train_the_model", checked_here)
evidence = Evidence(measured=checked_elsewhere | checked_here)
judged = verdict_table(on_page("train_the_model"), {"Here": evidence})
plain_table(judged, "The paper's method, rebuilt: synthetic reports, a small model, one seed.")

# %% [markdown]
# ## Exercises
#
# **1.** Keep alpha at 16 and set the rank to 2. What happens to the scale, and to the size of the change after
# the first quarter of the steps?

# %% tags=["hide-cell", "solution"]
quarter = train_examples[: len(train_examples) // 4]
for a in (2, 16):
    short, losses = fit(2, a, quarter)
    change = first_q_proj(short).get_delta_weight("default")
    late_loss = losses.query("step >= step.max() / 2")["loss"].mean()
    print(f"alpha {a}: scale {a / 2:g}, norm of the change {change.norm():.2f}")
    print(f"mean loss of the second half: {late_loss:.3f}\n")

# %% [markdown]
# **2.** Turn the HER2 weights off. To see the effect in seconds, train only a HER2 head on the frozen states:
# where do its answers go with and without weights?

# %% tags=["hide-cell", "solution"]
her2_train = [e for e in train_examples if e[1] == "HER2"]
her2_test = [e for e in test_examples if e[1] == "HER2"]
frozen = new_model(0, 0)
with torch.no_grad():
    x, x_test = (pooled(frozen, *collate(chosen)[:2]) for chosen in (her2_train, her2_test))
for name, weight in (("with weights", her2_weight), ("without", torch.ones(3))):
    head = nn.Linear(config.hidden_size, 3)
    optimizer = torch.optim.AdamW(head.parameters(), lr=0.01)
    for _ in range(100):
        optimizer.zero_grad()
        F.cross_entropy(head(x), her2, weight=weight).backward()
        optimizer.step()
    answered = torch.bincount(head(x_test).argmax(dim=1), minlength=3).tolist()
    print(f"{name}: answers {dict(zip(CLASSES['HER2'], answered, strict=True))}")
print(f"truth: {dict(zip(CLASSES['HER2'], her2_table.sum(axis=1), strict=True))}")

# %% [markdown]
# **3.** Ask all seven fields in **one** prompt. How many labels does a row of -100 then hold, what changes in
# the loss, and what does it cost in tokens?

# %% tags=["hide-cell", "solution"]
joint = PromptBuilder(tokenizer, Slicing("window", window_lines, 224, hints, "joint"))
fullest = labels.notna().sum(axis=1).argmax()  # the report that states most
text, answers_of_one = train_reports["text"].iloc[fullest], labels.iloc[fullest]
one = joint.build(text, list(TASKS))[0].input_ids
known = [CLASSES[t].index(v) if isinstance(v, str) else -100 for t, v in answers_of_one.items()]
one_row, one = torch.tensor([known]), torch.tensor([one])
with torch.no_grad():
    one_loss = joint_loss(forward(untrained, one, torch.ones_like(one)), one_row, weights)
separate = sum(len(p.input_ids) for p in builder.build(text, list(TASKS)))
print(f"labels in the row: {(one_row != -100).sum()}; the same loss function: {one_loss:.3f}")
print(f"one prompt: {one.numel()} tokens; seven prompts: {separate} tokens")
print("One state must now serve seven heads, and seven fields share one limit of tokens.")

# %% [markdown]
# **4.** Turn the hints off. First in the test prompts only: what is left of the score? Then in training too:
#
# ```{code-block} shell
# pathmtl notebook train_the_model -p hints none --out no_hints.ipynb
# ```

# %% tags=["hide-cell", "solution"]
bare = [
    (report, t, with_hint(token_ids, f"{t}_hint: none"), k)
    for report, t, token_ids, k in test_examples
]
print(f"mean macro-F1: {f1[rank]:.3f} with hints, {mean_f1(answer(model, bare)):.3f} without")
print(
    "A model trained with hints was never forced to read the lines. Trained without them it must."
)

# %% [markdown]
# **5.** Pool the last position instead of the last real token. Ask the same prompts once alone and once in
# a batch with a long one. How many answers change?


# %% tags=["hide-cell", "solution"]
def last_position(model, ids, mask):
    return model["encoder"](input_ids=ids, attention_mask=mask).last_hidden_state[:, -1]


short_prompts = sorted(test_examples, key=lambda e: len(e[2]))[:20]
longest = max(test_examples, key=lambda e: len(e[2]))
for pool in (pooled, last_position):
    single = pd.concat([answer(model, [e], pool) for e in short_prompts])
    together = answer(model, [*short_prompts, longest], pool).head(len(short_prompts))
    changed = (single["predicted"].to_numpy() != together["predicted"].to_numpy()).sum()
    print(
        f"{pool.__name__}: {changed} of {len(short_prompts)} answers",
        "depend on the rest of the batch",
    )

# %% [markdown]
# **6.** Let the model stay silent below a threshold. Choose the threshold on **validation** reports, so that
# 95 % of the answers given are right, then try it on the test reports and on fields that are not stated.

# %% tags=["hide-cell", "solution"]
checked = answer(model, make_examples(validation_reports, validation_reports[list(TASKS)]))
checked = checked.sort_values("probability", ascending=False)
accuracy = (checked["truth"] == checked["predicted"]).expanding().mean()
threshold = checked["probability"][accuracy >= 0.95].min()
given = scored[scored["probability"] >= threshold]
right = (given["truth"] == given["predicted"]).mean()
anyway = (silent["probability"] >= threshold).mean()
print(f"threshold {threshold:.3f}, chosen on {len(checked)} validation labels")
print(f"test: answers {len(given) / len(scored):.0%}, {right:.1%} of them right")
print(f"not stated: answers {anyway:.0%} of {len(silent)} questions anyway")
