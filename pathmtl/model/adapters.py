"""Which parameters are trained: the adaptation methods of Table II, as PEFT configurations.

``W = W0 + (alpha / r) B A`` (Eq. 1-3). B is zero at the start, so training begins at the pretrained solution; A is drawn from
PEFT's Kaiming uniform distribution (the paper says Gaussian).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import torch
from peft import IA3Config, LoraConfig, PeftConfig, PeftModel, PrefixTuningConfig, PromptTuningConfig, TaskType, get_peft_model
from peft.utils.constants import DUMMY_TARGET_MODULES

from pathmtl.model.multitask import MultiTaskModel
from pathmtl.model.names import PEFT_METHODS

#: Virtual tokens of the two readings of "prefix tuning" that have the parameter count of Table II, 131,072 with Llama-3-8B:
#: 2 keys and values in every layer, or 32 embeddings before the input.
PREFIX_TOKENS, PROMPT_TOKENS = 2, 32


class AdapterSettings(Protocol):
    """The part of ``training.settings.Settings`` that decides the adapter: the method, and LoRA's r, alpha, and dropout."""

    @property
    def peft_method(self) -> str: ...
    @property
    def rank(self) -> int: ...
    @property
    def alpha(self) -> int: ...
    @property
    def dropout(self) -> float: ...


def adapter_config(settings: AdapterSettings, tasks: Sequence[str] = ()) -> PeftConfig:
    """The PEFT configuration of a method.

    LoRA acts on the four attention projections (section III-B1); (IA)3 on k, v, and down, as its parameter count in Table II
    shows; ``prefix`` (section IV-B) and ``prompt``: see ``PREFIX_TOKENS``. ``linear_probe`` trains the heads alone: an adapter
    without modules, so that its runs are saved and loaded like all others.

    Parameters
    ----------
    settings
        ``peft_method``, and for LoRA ``rank``, ``alpha``, and ``dropout``.
    tasks
        Tasks whose heads are trained, and saved with the adapter.

    Returns
    -------
    peft.PeftConfig

    Raises
    ------
    ValueError
        There is no such ``peft_method``.
    """
    heads = [f"heads.{task}" for task in tasks] or None
    method = settings.peft_method
    if method == "linear_probe":
        return LoraConfig(target_modules=DUMMY_TARGET_MODULES, modules_to_save=heads)
    if method == "lora":
        return LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha,
            lora_dropout=settings.dropout,
            target_modules=["q_proj", "k_proj", "v_proj", "o_proj"],
            modules_to_save=heads,
        )
    if method == "ia3":
        projections = ["k_proj", "v_proj", "down_proj"]
        return IA3Config(target_modules=projections, feedforward_modules=["down_proj"], modules_to_save=heads)
    if method == "prefix":
        return PrefixTuningConfig(num_virtual_tokens=PREFIX_TOKENS, task_type=TaskType.FEATURE_EXTRACTION, modules_to_save=heads)
    if method == "prompt":
        return PromptTuningConfig(num_virtual_tokens=PROMPT_TOKENS, task_type=TaskType.FEATURE_EXTRACTION, modules_to_save=heads)
    raise ValueError(f"peft_method {method!r} is not one of {', '.join(PEFT_METHODS)}")


def adapt(model: MultiTaskModel, settings: AdapterSettings) -> PeftModel:
    """Wrap the model in PEFT: only adapters and heads require gradients, and only they are saved.

    Parameters
    ----------
    model
        Is changed in place.
    settings
        As for ``adapter_config``.

    Returns
    -------
    peft.PeftModel

    Raises
    ------
    ValueError
        There is no such ``peft_method``.
    """
    adapted = get_peft_model(model, adapter_config(settings, model.tasks))
    # Drawn again after the adapters: the recorded runs drew them in this order, and a repeated run must give the same numbers.
    for head in adapted.heads.values():
        head.reset_parameters()
    return adapted


@contextmanager
def merged(model: PeftModel) -> Iterator[None]:
    """A context in which LoRA is merged into the weights (Eq. 1): inference without the adapter's extra products.

    Only in fp32: rounding the sum to bf16, or to four bits, would change the model's answers. (IA)3 is never merged: it is undone
    by division, which does not restore the exact weights.

    Parameters
    ----------
    model
        Any method's; nothing happens unless it is LoRA in fp32.
    """
    if not isinstance(model.active_peft_config, LoraConfig) or any(p.dtype != torch.float32 for p in model.parameters()):
        yield
        return
    model.merge_adapter()
    try:
        yield
    finally:
        model.unmerge_adapter()
