# %% [markdown]
# # LoRA from scratch
#
# **Reproduces** Equations 1 to 4 and Figure 2 (section III-B1): low-rank adaptation of the attention
# projections, in about twenty lines, checked against the PEFT library; and the 13,713,428 trainable
# parameters of Table II.
#
# **You will learn** why two thin matrices can replace a large one, why training starts exactly at
# the pretrained model, what the rank changes besides the number of parameters, why a merged adapter
# costs nothing at run time, and how to count parameters without owning the model.
#
# **Runtime and hardware**: about a minute on two CPU cores. The real backbone runs a few layers for a
# few steps; the 8-billion-parameter one is only a shape without numbers.
#
# **Numbers**: everything is computed here; the paper's are cited. No reports are needed.
# [](train_the_model.ipynb) trains the same adapters on reports.

# %% tags=["parameters"]
backbone = "smollm2-135m"  # real weights to adapt
layers = 2  # only this many of its first layers are loaded
rank = 16  # r of Equation 2 (the paper's, by its parameter count)
alpha = 16  # scaling of Equation 2 (assumed: the paper's value was lost)
steps = 8  # optimization steps of the comparison
seed = 42  # draws A

# %%
import copy
import warnings

import matplotlib.pyplot as plt
import pandas as pd
import torch
from accelerate import init_empty_weights
from IPython.display import Markdown, display
from peft import LoraConfig, get_peft_model
from torch import nn
from transformers import AutoModel, LlamaConfig, LlamaModel
from transformers.utils import logging

from pathmtl import paper
from pathmtl.model.backbone import load_tokenizer, locate
from pathmtl.notebook import check_parameters
from pathmtl.paper.arithmetic import head_parameters, lora_parameters
from pathmtl.schema import CLASSES, PAPER_TASKS
from pathmtl.viz.style import COLORS, use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()
logging.set_verbosity_error()  # it reports the layers that we leave out on purpose
logging.disable_progress_bar()

# %% [markdown]
# ## The idea (Figure 2)
#
# A projection in a transformer is a matrix $W_0$ with millions of numbers. Fine-tuning would change all
# of them. LoRA {cite:p}`hu2022` bets that the *change* is simple: of low rank. It leaves $W_0$ alone
# and learns the change as a product of two thin matrices:
#
# $$
# W = W_0 + \Delta W, \qquad \Delta W = \frac{\alpha}{r} B A, \qquad h' = W_0 h + \frac{\alpha}{r} B (A h)
# $$
#
# with $A$ of shape $r \times k$ and $B$ of shape $d \times r$. For $d = k = 4096$ and $r = 16$ that is
# 131,072 numbers in place of 16.8 million. The factor $\alpha / r$ is a fixed number, not trained; the
# section *Rank changes two things* shows what it does.
#
# :::{figure} ../book/figures/figure2.svg
# :alt: Two panels. On the left, an attention layer with four projections, query, key, value and output, each a gray frozen matrix with a thin orange pair beside it. On the right, one projection enlarged. The input h goes up two paths. One is the gray square W zero, frozen. The other is the orange thin matrix A, which narrows to rank r and starts random, then B, which widens again and starts at zero, then a scaling by alpha over r. A plus sign joins the paths to h prime.
# :width: 100%
# :name: fig-lora
#
# LoRA in the attention block, redrawn after Figure 2 of the paper. Gray is frozen, orange is trained. At the start $B$ is zero, so the orange path adds nothing.
# :::

# %% [markdown]
# ## Twenty lines
#
# The whole method. `LoRA` wraps one linear layer; `add_lora` puts it around every query, key, value and
# output projection of a model.


# %%
class LoRA(nn.Module):
    """h -> W0 h + (alpha / r) B A h, with W0 frozen (Eq. 3)."""

    def __init__(self, frozen: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        self.frozen = frozen.requires_grad_(False)
        self.A = nn.Parameter(torch.empty(rank, frozen.in_features))
        self.B = nn.Parameter(torch.zeros(frozen.out_features, rank))  # Delta W = 0 at the start
        nn.init.kaiming_uniform_(self.A, a=5**0.5)
        self.scale = alpha / rank

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        return self.frozen(h) + self.scale * (h @ self.A.T) @ self.B.T

    def delta(self) -> torch.Tensor:
        return self.scale * self.B @ self.A  # Eq. 2


def add_lora(model: nn.Module, rank: int, alpha: float) -> nn.Module:
    model.requires_grad_(False)
    for layer in model.layers:
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(layer.self_attn, name, LoRA(getattr(layer.self_attn, name), rank, alpha))
    return model


def lora_layers(model):
    return {name: module for name, module in model.named_modules() if isinstance(module, LoRA)}


# %% [markdown]
# ## It starts at the pretrained model
#
# $B = 0$, so $\Delta W = 0$: before the first step the adapted model *is* the pretrained one, bit for bit.

# %%
ids = load_tokenizer(backbone)(
    "Primary Tumor: pT2. Regional Lymph Nodes: pN1a.", return_tensors="pt"
)["input_ids"]
frozen = AutoModel.from_pretrained(
    locate(backbone), num_hidden_layers=layers, dtype=torch.float32, use_cache=False
)
frozen = frozen.requires_grad_(False).eval()
torch.manual_seed(seed)
ours = add_lora(copy.deepcopy(frozen), rank, alpha)
with torch.no_grad():
    before, after = frozen(input_ids=ids).last_hidden_state, ours(input_ids=ids).last_hidden_state
assert all(not layer.delta().any() for layer in lora_layers(ours).values())
assert torch.equal(before, after)
print(
    f"{len(lora_layers(ours))} projections wrapped; largest difference to the frozen model: "
    f"{(before - after).abs().max().item()}"
)

# %% [markdown]
# ## The same as PEFT
#
# PEFT is the library that the paper and this book train with. `LoraConfig` holds the rank, alpha and
# the names of the layers to wrap; `get_peft_model` wraps them. If twenty lines are all there is to
# LoRA, both must agree: give PEFT's adapters our $A$, train both for a few steps on the same task, and
# compare. The task is made up: move the last token's state toward a fixed random target. Fresh copies
# are made each time, so that the cell can be rerun.


# %%
def with_peft(model, rank, alpha):
    """PEFT's LoRA on the four attention projections of a copy of the model."""
    warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*")  # PEFT's own
    config = LoraConfig(
        r=rank,
        lora_alpha=alpha,
        lora_dropout=0.0,
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj"],
    )
    return get_peft_model(copy.deepcopy(model), config)


def pairs(ours, theirs):
    """Our LoRA layers beside PEFT's, by the name of the projection."""
    peft = dict(theirs.base_model.model.named_modules())
    return [(layer, peft[name]) for name, layer in lora_layers(ours).items()]


torch.manual_seed(seed)
target = torch.randn(frozen.config.hidden_size)
ours = add_lora(copy.deepcopy(frozen), rank, alpha)
theirs = with_peft(frozen, rank, alpha)
with torch.no_grad():
    for mine, library in pairs(ours, theirs):
        library.lora_A["default"].weight.copy_(mine.A)
theirs.print_trainable_parameters()

# %%


def train(model):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-2, weight_decay=0.01)
    losses = []
    for _ in range(steps):
        loss = (model(input_ids=ids).last_hidden_state[0, -1] - target).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


ours_trained, theirs_trained = copy.deepcopy(ours), copy.deepcopy(theirs)
curves = {"twenty lines": train(ours_trained), "PEFT": train(theirs_trained)}
plain_table(
    pd.DataFrame(curves, index=[f"step {i + 1}" for i in range(steps)]).map("{:.6f}".format),
    f"Loss of both on the real backbone ({layers} layers, rank {rank}).",
)

# %% [markdown]
# The losses agree; do the states and the weights?


# %%
def apart(gap):
    """A difference in words: rounding may leave one, and need not."""
    return "none, bit for bit" if gap == 0 else f"{gap:.0e}"


with torch.no_grad():
    h_ours = ours_trained(input_ids=ids).last_hidden_state
    h_theirs = theirs_trained(input_ids=ids).last_hidden_state
relative = (h_ours - h_theirs).abs().max().item() / h_theirs.abs().max().item()
weight_gap = max(
    (mine.delta() - library.get_delta_weight("default")).abs().max().item()
    for mine, library in pairs(ours_trained, theirs_trained)
)
moved = max(layer.delta().abs().max().item() for layer in lora_layers(ours_trained).values())
assert relative < 1e-3 and moved > 0
rounding = " (relative to the largest): rounding, from the same sums in another order"
display(
    Markdown(
        f"After {steps} steps weights have changed by up to {moved:.2f}. Difference between the "
        f"two implementations: in the change of a weight **{apart(weight_gap)}**, in the output "
        f"**{apart(relative)}**{rounding if relative else ''}."
    )
)

# %% [markdown]
# The same with a model small enough to check every number in double precision, where rounding all but vanishes:

# %%
torch.manual_seed(seed)
tiny = (
    LlamaModel(
        LlamaConfig(
            vocab_size=64,
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            use_cache=False,
        )
    )
    .double()
    .eval()
)
small, library = add_lora(copy.deepcopy(tiny), 4, 8).double(), with_peft(tiny, 4, 8).double()
modules = dict(library.base_model.model.named_modules())
with torch.no_grad():
    for name, layer in lora_layers(small).items():
        layer.B.normal_()
        modules[name].lora_A["default"].weight.copy_(layer.A)
        modules[name].lora_B["default"].weight.copy_(layer.B)
    tokens = torch.arange(12)[None]
    tiny_gap = (
        (small(input_ids=tokens).last_hidden_state - library(input_ids=tokens).last_hidden_state)
        .abs()
        .max()
        .item()
    )
assert tiny_gap < 1e-10
print(f"tiny model, double precision: largest difference {apart(tiny_gap)}")

# %% [markdown]
# ## Rank changes two things
#
# The scale of the update is $\alpha / r$. So a smaller rank does not only mean fewer parameters: if
# $\alpha$ stays at 16, rank 4 also multiplies the scale by four, and with it the effect of a step.
# To see what rank alone does, keep $\alpha / r$ fixed. Each row below trains a fresh copy with the
# same seed, learning rate and number of steps:

# %%
rows = {}
for r, a in ((rank, alpha), (max(1, rank // 4), alpha), (max(1, rank // 4), alpha / 4)):
    torch.manual_seed(seed)
    adapted = add_lora(copy.deepcopy(frozen), r, a)
    losses = train(adapted)
    largest = max(layer.delta().abs().max().item() for layer in lora_layers(adapted).values())
    rows[f"r = {r}, α = {a:g}"] = {
        "scale α / r": f"{a / r:g}",
        "parameters": f"{sum(p.numel() for p in adapted.parameters() if p.requires_grad):,}",
        "largest entry of ΔW": f"{largest:.3f}",
        "loss after the first step": f"{losses[min(1, steps - 1)]:.4f}",
        f"loss at step {steps}": f"{losses[-1]:.4f}",
    }
plain_table(pd.DataFrame(rows).T, "Rank with alpha fixed, and with alpha / r fixed.")

# %% [markdown]
# The second row changes both, the third only the rank. Whoever types `rank = 4` in
# [](table2_peft.ipynb) gets the second row unless `alpha` is changed too.

# %% [markdown]
# ## Merged equals unmerged
#
# $W_0 + \Delta W$ is a matrix of the old shape. Add it up once, and the adapted model runs exactly as
# fast as the original: no extra layer is left. (Prefix tuning cannot do that: its extra tokens stay.)


# %%
def merge(model):
    for layer in model.layers:
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            lora = getattr(layer.self_attn, name)
            lora.frozen.weight.data += lora.delta()
            setattr(layer.self_attn, name, lora.frozen)
    return model


with torch.no_grad():
    merged = merge(copy.deepcopy(ours_trained))
    merged_gap = (
        merged(input_ids=ids).last_hidden_state - h_ours
    ).abs().max().item() / h_ours.abs().max().item()
assert merged_gap < 1e-3 and not lora_layers(merged)
print(
    f"merged against unmerged: {merged_gap:.0e} of the largest state; "
    f"modules left over: {len(lora_layers(merged))}"
)

# %% [markdown]
# ## Is the change of low rank?
#
# By construction it has rank $r$ at most. How much of it do the first directions carry? The singular
# values of one trained $\Delta W$, largest first:

# %% tags=["hide-input"] mystnb={"image": {"alt": "Singular values of one trained Delta W on a logarithmic scale: they fall steadily over the first r directions and drop to rounding noise after them"}}
delta = next(iter(lora_layers(ours_trained).values())).delta().detach()
values = torch.linalg.svdvals(delta.double())
figure, axes = plt.subplots(figsize=(6.4, 2.9))
shown = min(3 * rank, len(values))
axes.semilogy(
    range(1, shown + 1), values[:shown].clamp(min=1e-16), "o", color=COLORS["blue"], markersize=4
)
axes.axvline(rank + 0.5, color=COLORS["vermilion"], linewidth=1.2)
axes.text(rank + 1, values[0].item(), f"r = {rank}", color=COLORS["vermilion"], va="top")
axes.set_xlabel("direction")
_ = axes.set_ylabel("singular value of ΔW")

# %% [markdown]
# ## Counting to 13,713,428
#
# A projection from $d_\text{in}$ to $d_\text{out}$ gets $r\,(d_\text{in} + d_\text{out})$ numbers.
# Llama-3-8B has 32 layers, width 4,096, and keys and values of width 1,024. We build it on PyTorch's
# *meta* device: shapes without numbers, so that 8 billion parameters take no memory, and wrap it with
# the twenty lines.

# %%
with init_empty_weights(), torch.device("meta"):
    llama3 = LlamaModel(
        LlamaConfig(
            vocab_size=128_256,
            hidden_size=4_096,
            intermediate_size=14_336,
            num_hidden_layers=32,
            num_attention_heads=32,
            num_key_value_heads=8,
        )
    )
    whole = sum(p.numel() for p in llama3.parameters())
    add_lora(llama3, 16, 16)
adapters = sum(p.numel() for p in llama3.parameters() if p.requires_grad)
heads = sum(head_parameters(len(CLASSES[t])) for t in PAPER_TASKS)
printed = int(paper.TABLE_2.loc["lora", "trainable_parameters"])
assert adapters == lora_parameters(16)
plain_table(
    pd.DataFrame(
        {
            "Parameters": [
                f"{whole:,}",
                f"{adapters:,}",
                f"{heads:,}",
                f"{adapters + heads:,}",
                f"{printed:,}",
            ],
            "of the frozen model": [
                f"{n / whole:.3%}" for n in (whole, adapters, heads, adapters + heads, printed)
            ],
        },
        index=[
            "Llama-3-8B without its language-modeling head, frozen",
            "LoRA, r = 16, on q, k, v, o",
            "six heads, 20 classes",
            "trained in all",
            "trained in all, Table II",
        ],
    ),
    "Counting parameters on the meta device.",
)

# %% [markdown]
# ## What is optimized (Equation 4)
#
# Training searches over $\theta$, all the $A$ and $B$ (and the heads), with the frozen weights $\Phi_0$
# held fixed: $\theta^{*} = \text{arg min}\; \mathcal{L}(\mathcal{D}; \Phi_0 + \Delta\Phi(\theta))$. So
# the frozen weights must be the same afterwards:

# %%
names = [name for name, _ in frozen.named_parameters()]
start = dict(frozen.named_parameters())
end = {name.replace(".frozen", ""): p for name, p in ours_trained.named_parameters()}
untouched = all(torch.equal(start[name], end[name]) for name in names)
assert untouched
print(f"{len(names)} frozen tensors, unchanged after training: {untouched}")

# %% [markdown]
# ## Verdict

# %% tags=["hide-input"]
from pathmtl.experiments.evidence import keep_measured
from pathmtl.paper.claims import Evidence, Measured, on_page, verdict_table

start_gap = (before - after).abs().max().item()
measured = {
    "lora-start": Measured(f"difference: {apart(start_gap)}", start_gap),
    "lora-peft": Measured(
        f"difference: {apart(relative)} in fp32; {apart(tiny_gap)} in fp64",
        max(relative / 1e-3, tiny_gap / 1e-10)),
    "lora-merge": Measured(f"difference: {apart(merged_gap)}", merged_gap),
    "lora-frozen": Measured(f"{len(names)} tensors equal", float(untouched)),
    "lora-parameters": Measured(f"{adapters + heads:,}", float(adapters + heads == printed)),
}
keep_measured("lora_from_scratch", measured)
judged = verdict_table(on_page("lora_from_scratch"), {"Here": Evidence(measured=measured)})
plain_table(judged, "Equations 1 to 4, checked.")

# %% [markdown]
# ## Exercises
#
# **1.** What if $B$ started random, drawn like $A$? Measure how far the adapted model is from the
# pretrained one before any training.

# %% tags=["hide-cell", "solution"]
torch.manual_seed(seed)
random_b = add_lora(copy.deepcopy(frozen), rank, alpha)
with torch.no_grad():
    for layer in lora_layers(random_b).values():
        nn.init.kaiming_uniform_(layer.B, a=5**0.5)
    drift = (random_b(input_ids=ids).last_hidden_state - before).norm() / before.norm()
print(f"{drift:.1%} away from what it had learned, before the first step")

# %% [markdown]
# **2.** Why not start both at zero? Look at the gradients of $A$ and $B$ in the first step, for $B = 0$
# and for both zero.

# %% tags=["hide-cell", "solution"]
for both in (False, True):
    model = add_lora(copy.deepcopy(frozen), rank, alpha)
    if both:
        with torch.no_grad():
            for layer in lora_layers(model).values():
                layer.A.zero_()
    (model(input_ids=ids).last_hidden_state[0, -1] - target).pow(2).mean().backward()
    layer = next(iter(lora_layers(model).values()))
    print(
        f"{'A = B = 0' if both else 'B = 0    '}: gradient of A {layer.A.grad.norm():.1e}, "
        f"of B {layer.B.grad.norm():.1e}"
    )
print("With B = 0 the first step moves B, and then A. With both at zero neither ever moves.")

# %% [markdown]
# **3.** Which rank would spend as many parameters as full fine-tuning of the four projections?

# %% tags=["hide-cell", "solution"]
full = 32 * (2 * 4096 * 4096 + 2 * 4096 * 1024)
print(
    f"full: {full:,}; LoRA spends {lora_parameters(1):,} for each unit of rank, "
    f"so r = {full / lora_parameters(1):,.0f}"
)
