"""How few parameters are trained: the adapter strategies of Table II, as PEFT configurations.

``W = W0 + (alpha / r) B A`` with A Gaussian and B zero at the start (Eq. 1-3): training begins at the pretrained solution.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from peft import IA3Config, LoraConfig, PeftConfig, PeftModel, PrefixTuningConfig, PromptTuningConfig, TaskType, get_peft_model

from pathmtl.model.names import PEFT_METHODS

#: Virtual tokens of the two readings of "prefix tuning" that have the parameter count of Table II, 131,072 with Llama-3-8B:
#: 2 keys and values in every layer, or 32 embeddings before the input.
PREFIX_TOKENS, PROMPT_TOKENS = 2, 32


def adapter_config(peft_method: str, *, rank: int = 16, alpha: int = 16, dropout: float = 0.05) -> PeftConfig | None:
    """PEFT configuration of a peft_method; None for ``linear_probe`` (a frozen backbone).

    LoRA acts on the four attention projections (section III-B1); (IA)3 on k, v and down, which is what its
    parameter count in Table II says; ``prefix`` (section IV-B) and ``prompt`` see ``PREFIX_TOKENS``.

    Raises:
        ValueError: no such peft_method.
    """
    if peft_method == "linear_probe":
        return None
    if peft_method == "lora":
        return LoraConfig(
            r=rank, lora_alpha=alpha, lora_dropout=dropout, bias="none", target_modules=["q_proj", "k_proj", "v_proj", "o_proj"]
        )
    if peft_method == "ia3":
        return IA3Config(target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"])
    if peft_method == "prefix":
        return PrefixTuningConfig(num_virtual_tokens=PREFIX_TOKENS, task_type=TaskType.FEATURE_EXTRACTION)
    if peft_method == "prompt":
        return PromptTuningConfig(num_virtual_tokens=PROMPT_TOKENS, task_type=TaskType.FEATURE_EXTRACTION)
    raise ValueError(f"peft_method {peft_method!r} is not one of {', '.join(PEFT_METHODS)}")


def adapt(encoder: torch.nn.Module, peft_method: str, **settings) -> torch.nn.Module:
    """The encoder with adapters of ``peft_method`` injected; only they require gradients."""
    config = adapter_config(peft_method, **settings)
    if config is None:
        return encoder.requires_grad_(False)
    with warnings.catch_warnings():
        # PEFT still asks transformers for an attribute by its old name.
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*", category=FutureWarning)
        return get_peft_model(encoder, config)


def base_of(encoder: torch.nn.Module) -> torch.nn.Module:
    """The transformers model inside, with the adapters that were injected into its modules."""
    return encoder.get_base_model() if isinstance(encoder, PeftModel) else encoder


def virtual_embeddings(encoder: torch.nn.Module) -> torch.Tensor | None:
    """The trained embeddings that prompt tuning puts before the input, (tokens, hidden); None for other strategies."""
    if not isinstance(encoder, PeftModel) or not isinstance(encoder.active_peft_config, PromptTuningConfig):
        return None
    return encoder.get_prompt(batch_size=1)[0]


def virtual_keys_values(encoder: torch.nn.Module) -> torch.Tensor | None:
    """What prefix tuning puts before every sequence, (layers, 2, kv heads, tokens, head dim); None for other strategies."""
    if not isinstance(encoder, PeftModel) or not isinstance(encoder.active_peft_config, PrefixTuningConfig):
        return None
    config = encoder.active_peft_config
    weight = encoder.prompt_encoder[encoder.active_adapter].embedding.weight
    shape = (config.num_virtual_tokens, config.num_layers, 2, config.num_attention_heads, -1)
    return weight.view(*shape).permute(1, 2, 3, 0, 4)


@contextmanager
def merged(encoder: torch.nn.Module) -> Iterator[None]:
    """LoRA folded into the weights (Eq. 1) for as long as the context lasts: inference without the adapter's extra products.

    Only in fp32: rounding a sum to bf16, or to four bits, would change what the model answers. (IA)3 divides to undo itself.
    """
    foldable = isinstance(encoder, PeftModel) and isinstance(encoder.active_peft_config, LoraConfig)
    if not foldable or any(p.dtype != torch.float32 for p in encoder.parameters()):
        yield
        return
    encoder.merge_adapter()
    try:
        yield
    finally:
        encoder.unmerge_adapter()
