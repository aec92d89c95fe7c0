"""How few parameters are trained: the adapter strategies of Table II, as PEFT configurations.

``W = W0 + (alpha / r) B A`` with A Gaussian and B zero at the start (Eq. 1-3): training begins at the pretrained solution.
"""

from __future__ import annotations

import warnings

import torch
from peft import IA3Config, LoraConfig, PeftConfig, get_peft_model

STRATEGIES = ("frozen", "lora", "ia3")


def adapter_config(strategy: str, *, rank: int = 16, alpha: int = 16, dropout: float = 0.05) -> PeftConfig | None:
    """PEFT configuration of a strategy; None for ``frozen`` (linear probing).

    LoRA acts on the four attention projections (section III-B1); (IA)3 on k, v and down, which is what its
    parameter count in Table II says.
    """
    if strategy == "frozen":
        return None
    if strategy == "lora":
        return LoraConfig(
            r=rank, lora_alpha=alpha, lora_dropout=dropout, bias="none", target_modules=["q_proj", "k_proj", "v_proj", "o_proj"]
        )
    if strategy == "ia3":
        return IA3Config(target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"])
    raise ValueError(f"strategy {strategy!r} is not one of {', '.join(STRATEGIES)}")


def adapt(encoder: torch.nn.Module, strategy: str, **settings) -> torch.nn.Module:
    """The encoder with adapters of ``strategy`` injected; only they require gradients."""
    config = adapter_config(strategy, **settings)
    if config is None:
        return encoder.requires_grad_(False)
    with warnings.catch_warnings():
        # PEFT still asks transformers for an attribute by its old name.
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*", category=FutureWarning)
        return get_peft_model(encoder, config)
