"""Parallel classification heads on one shared encoder, and their joint loss (paper, Eq. 5-7).

``p_t = softmax(W_t h + b_t)`` for each task t, with h the encoder's hidden state at the prompt's last token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import nn
from torch.nn import functional

from pathmtl.schema import CLASSES

#: Label of a task that a report does not state: it adds nothing to the loss.
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
        encoder: anything that returns ``last_hidden_state`` of shape (batch, tokens, hidden).
        hidden_size: width of that state.
        tasks: names from ``schema.TASKS``; one head each, in this order.
    """

    def __init__(self, encoder: nn.Module, hidden_size: int, tasks: Sequence[str]) -> None:
        super().__init__()
        self.encoder = encoder
        self.tasks = tuple(tasks)
        # fp32 whatever the backbone computes in: the heads are small, and their gradients are the finest.
        self.heads = nn.ModuleDict({task: nn.Linear(hidden_size, len(CLASSES[task])) for task in self.tasks})
        for task in self.tasks:
            self.register_buffer(f"weight_{task}", torch.ones(len(CLASSES[task])), persistent=False)

    def set_class_weights(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Weights of Eq. 7 for the tasks named; every other task keeps weight 1."""
        for task, weight in weights.items():
            getattr(self, f"weight_{task}").copy_(weight)

    def pooled(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Hidden state at each sequence's last real token, (batch, hidden) fp32; either padding side."""
        state = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        positions = torch.arange(attention_mask.shape[1], device=attention_mask.device)
        last = (attention_mask * positions).argmax(dim=1)
        return state[torch.arange(len(state), device=state.device), last].float()

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, labels: torch.Tensor | None = None
    ) -> dict[str, torch.Tensor]:
        """``logits``: (batch, sum of class counts), the heads side by side; ``loss`` where labels (batch, tasks) are given."""
        hidden = self.pooled(input_ids, attention_mask)
        logits = {task: self.heads[task](hidden) for task in self.tasks}
        output = {"logits": torch.cat(list(logits.values()), dim=1)}
        if labels is not None:
            output = {"loss": self.joint_loss(logits, labels), **output}
        return output

    def joint_loss(self, logits: Mapping[str, torch.Tensor], labels: torch.Tensor) -> torch.Tensor:
        """Eq. 6: weighted cross-entropy summed over tasks and valid labels, divided by the number of valid labels."""
        total = sum(
            functional.cross_entropy(
                logits[task], labels[:, column], weight=getattr(self, f"weight_{task}"), ignore_index=MISSING, reduction="sum"
            )
            for column, task in enumerate(self.tasks)
        )
        return total / (labels != MISSING).sum().clamp(min=1)

    def trainable_parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters() if parameter.requires_grad)


def split_logits(logits: torch.Tensor, tasks: Sequence[str]) -> dict[str, torch.Tensor]:
    """Undo the side-by-side layout of ``forward``: task -> (batch, classes)."""
    sizes = [len(CLASSES[task]) for task in tasks]
    return dict(zip(tasks, logits.split(sizes, dim=1), strict=True))
