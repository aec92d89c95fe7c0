"""Parallel classification heads on one shared encoder, and their joint loss (paper, Eq. 5-7).

``p_t = softmax(W_t h + b_t)`` for each task t, with h the encoder's hidden state at the prompt's last token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import nn
from torch.nn import functional

from pathmtl.model.adapters import base_of, virtual_embeddings, virtual_keys_values
from pathmtl.model.packing import ATTENTION, put_before
from pathmtl.model.terminal import terminal_states
from pathmtl.schema import CLASSES

#: Label of a task that a report does not state; it adds nothing to the loss.
MISSING = -100


def inverse_frequency(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """Eq. 7: ``w_c = N / (C n_c)`` over the valid labels; a class never seen gets weight 1 (it never enters the loss).

    labels: (samples,) long, ``MISSING`` allowed. Returns (classes,) float.
    """
    counts = torch.bincount(labels[labels != MISSING], minlength=classes).float()
    return torch.where(counts > 0, counts.sum() / (classes * counts.clamp(min=1)), torch.ones(classes))


class MultiTaskEncoder(nn.Module):
    """Shared encoder, terminal-token pooling, one linear head per task.

    Args:
        encoder: a ``LlamaModel``, adapted or not (see ``adapters.adapt``).
        hidden_size: width of that state.
        tasks: names from ``schema.TASKS``; one head each, in this order.
    """

    #: The Trainer counts the valid labels of the effective batch and passes them on.
    accepts_loss_kwargs = True

    def __init__(self, encoder: nn.Module, hidden_size: int, tasks: Sequence[str]) -> None:
        super().__init__()
        self.encoder = encoder
        base_of(encoder).config._attn_implementation = ATTENTION
        self.hidden_size = hidden_size
        self.tasks = tuple(tasks)
        # fp32 whatever the backbone computes in: the heads are small, and their gradients are the finest.
        self.heads = nn.ModuleDict({task: nn.Linear(hidden_size, len(CLASSES[task])) for task in self.tasks})
        for task in self.tasks:
            self.register_buffer(f"weight_{task}", torch.ones(len(CLASSES[task])), persistent=False)

    def set_class_weights(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Weights of Eq. 7 for the tasks named; every other task keeps weight 1."""
        for task, weight in weights.items():
            getattr(self, f"weight_{task}").copy_(weight)

    def pooled(self, batch: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Hidden state at each sequence's last token, (batch, hidden) fp32. batch: see ``packing.pack``."""
        model, batch = base_of(self.encoder), dict(batch)
        virtual = virtual_keys_values(self.encoder)
        if virtual is not None:
            # Prefix tuning's keys carry no rotation: they stand where a sequence of their length would have ended.
            batch["position_ids"] = batch["position_ids"] + virtual.shape[3]
        if (prompt := virtual_embeddings(self.encoder)) is not None:
            batch = put_before(prompt, model.embed_tokens(batch["input_ids"]), batch)
        return terminal_states(model, batch, virtual).float()

    def forward(
        self,
        labels: torch.Tensor | None = None,
        features: torch.Tensor | None = None,
        num_items_in_batch: torch.Tensor | None = None,
        **batch: torch.Tensor,
    ) -> dict[str, torch.Tensor]:
        """``logits``: (batch, sum of class counts), the heads side by side; ``loss`` where labels (batch, tasks) are given.

        features: ``pooled`` states computed before, in place of ``batch``. num_items_in_batch: the valid labels of the whole
        effective batch, where this is one part of it.
        """
        hidden = self.pooled(batch) if features is None else features
        logits = {task: self.heads[task](hidden) for task in self.tasks}
        output = {"logits": torch.cat(list(logits.values()), dim=1)}
        if labels is not None:
            output = {"loss": self.joint_loss(logits, labels, num_items_in_batch), **output}
        return output

    def joint_loss(
        self, logits: Mapping[str, torch.Tensor], labels: torch.Tensor, valid: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Eq. 6: weighted cross-entropy summed over tasks and valid labels, divided by the number of valid labels.

        That number is taken over the whole effective batch, so that neither the micro-batch nor the number of processes
        changes the loss.
        """
        total = sum(
            functional.cross_entropy(
                logits[task], labels[:, column], weight=getattr(self, f"weight_{task}"), ignore_index=MISSING, reduction="sum"
            )
            for column, task in enumerate(self.tasks)
        )
        return total / ((labels != MISSING).sum() if valid is None else valid).clamp(min=1)

    def trainable_parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters() if parameter.requires_grad)


def split_logits(logits: torch.Tensor, tasks: Sequence[str]) -> dict[str, torch.Tensor]:
    """Undo the side-by-side layout of ``forward``: task -> (batch, classes)."""
    sizes = [len(CLASSES[task]) for task in tasks]
    return dict(zip(tasks, logits.split(sizes, dim=1), strict=True))
