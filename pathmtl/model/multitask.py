"""Parallel classification heads on one shared encoder, and their joint loss (paper, Eq. 5-7).

``p_t = softmax(W_t h + b_t)`` for each task t, with h the encoder's hidden state at the prompt's last token. The model is an
ordinary ``PreTrainedModel``, so PEFT wraps it, the Trainer trains it, and plain PEFT loads what was saved:

    base = MultiTaskModel.from_backbone("smollm2-135m", TASKS, layers=6)
    model = PeftModel.from_pretrained(base, "book/results/standard/lora-seed42")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional
from transformers import AutoConfig, AutoModel, LlamaModel, PreTrainedConfig, PreTrainedModel
from transformers.utils import ModelOutput

from pathmtl.model.backbone import load_encoder
from pathmtl.model.last_token import last_token_states
from pathmtl.model.packing import ATTENTION, pack, pad
from pathmtl.schema import CLASSES

#: Label of a task that a report does not state; it adds nothing to the loss.
MISSING = -100


def inverse_frequency(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """Class weights that give every class the same total weight (paper, Eq. 7): ``w_c = N / (C n_c)``.

    Parameters
    ----------
    labels
        ``(samples,)`` class indices; ``MISSING`` ones do not count.
    classes
        Number of classes, C.

    Returns
    -------
    torch.Tensor
        ``(classes,)`` float. A class that never occurs gets weight 1 (it never enters the loss).

    Examples
    --------
    >>> inverse_frequency(torch.tensor([0, 0, 0, 1, MISSING]), 2)
    tensor([0.6667, 2.0000])
    """
    counts = torch.bincount(labels[labels != MISSING], minlength=classes).float()
    return torch.where(counts > 0, counts.sum() / (classes * counts.clamp(min=1)), torch.ones(classes))


class MultiTaskConfig(PreTrainedConfig):
    """What a ``MultiTaskModel`` is made of.

    Attributes
    ----------
    text_config
        The encoder's own configuration.
    tasks
        Names from ``schema.TASKS``, one head each, in this order.
    class_weights
        Task -> weights of Eq. 7; a task that is absent has none.
    """

    model_type = "pathmtl"

    text_config: dict | PreTrainedConfig | None = None
    tasks: list[str] | tuple[str, ...] = ()
    class_weights: dict[str, list[float]] | None = None

    def __post_init__(self, **kwargs) -> None:
        if isinstance(self.text_config, dict):
            self.text_config = AutoConfig.for_model(**self.text_config)
        super().__post_init__(**kwargs)


@dataclass
class MultiTaskOutput(ModelOutput):
    """What ``MultiTaskModel.forward`` returns.

    Attributes
    ----------
    loss
        A scalar, where labels were given.
    logits
        ``(batch, sum of class counts)``, the heads side by side (see ``split_logits``).
    pooled
        ``(batch, hidden)`` fp32: the states that the heads read.
    """

    loss: torch.Tensor | None = None
    logits: torch.Tensor | None = None
    pooled: torch.Tensor | None = None


class MultiTaskModel(PreTrainedModel):
    """Shared encoder, pooling at the last token, one linear head per task (paper, section III-B).

    Parameters
    ----------
    config
        Which encoder and which tasks.
    encoder
        The loaded encoder; by default a random one is built from the configuration.
    """

    config_class = MultiTaskConfig
    base_model_prefix = "encoder"
    #: The heads stay in fp32 whatever the encoder computes in: they are small, and their gradients need the precision.
    _keep_in_fp32_modules_strict = ("heads",)
    _supports_sdpa = True
    #: The Trainer counts the valid labels of the effective batch and passes them on as ``num_items_in_batch``.
    accepts_loss_kwargs = True

    def __init__(self, config: MultiTaskConfig, encoder: PreTrainedModel | None = None) -> None:
        super().__init__(config)
        self.encoder = AutoModel.from_config(config.text_config) if encoder is None else encoder
        self.tasks = tuple(config.tasks)
        self.heads = nn.ModuleDict({task: nn.Linear(config.text_config.hidden_size, len(CLASSES[task])) for task in self.tasks})
        #: What PEFT asks for before it wraps a 4-bit layer.
        self.is_loaded_in_4bit = getattr(encoder, "is_loaded_in_4bit", False)
        #: The fast path is for Llama's architecture; every other decoder runs its own forward pass on padded batches.
        self.packs = type(self.encoder) is LlamaModel
        if self.packs:
            self.encoder.set_attn_implementation(ATTENTION)
        self.post_init()

    @classmethod
    def from_backbone(
        cls,
        name: str,
        tasks: Sequence[str],
        layers: int | None = None,
        dtype: torch.dtype | None = None,
        quantize: str | None = None,
    ) -> MultiTaskModel:
        """A pretrained backbone, frozen, with fresh heads: what PEFT adapts, or what a saved run is loaded onto.

        Parameters
        ----------
        name
            ``smollm2-135m``, a folder, or a hub name; any decoder that ``AutoModel`` loads from safetensors.
        tasks
            Names from ``schema.TASKS``; one head each, in this order.
        layers
            Use only the first ``layers`` transformer blocks; all of them by default.
        dtype
            Of the encoder; by default bf16 where the hardware multiplies it, else fp32.
        quantize
            ``"nf4"``: weights in four bits, as QLoRA (paper, S2).

        Raises
        ------
        BackboneError
            The weights are not here, ``layers`` is more than there are, or ``quantize`` is unknown.
        """
        encoder = load_encoder(name, layers=layers, dtype=dtype, quantize=quantize)
        return cls(MultiTaskConfig(text_config=encoder.config, tasks=list(tasks)), encoder)

    @property
    def is_gradient_checkpointing(self) -> bool:
        """PEFT still asks for this by its old name, about which transformers warns."""
        return self.is_activation_checkpointing

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            module.reset_parameters()

    def set_class_weights(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Set the class weights of the loss (paper, Eq. 7): task -> ``(classes,)``; every other task has none."""
        self.config.class_weights = {task: weight.tolist() for task, weight in weights.items()}

    def batch(self, sequences: Sequence[Sequence[int]]) -> dict[str, torch.Tensor]:
        """Lay token sequences out as this model reads them fastest: packed for Llama's architecture, else padded.

        See ``packing.pack`` and ``packing.pad``.
        """
        return pack(sequences) if self.packs else pad(sequences)

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        inputs_embeds: torch.Tensor | None = None,
        past_key_values=None,
        labels: torch.Tensor | None = None,
        features: torch.Tensor | None = None,
        num_items_in_batch: torch.Tensor | None = None,
        positions: torch.Tensor | None = None,
        rows: torch.Tensor | None = None,
        owner: torch.Tensor | None = None,
        lengths: torch.Tensor | None = None,
        **others,
    ) -> MultiTaskOutput:
        """Logits of every task (paper, Eq. 5), and their joint loss where labels are given (Eq. 6).

        Parameters
        ----------
        input_ids, attention_mask
            ``(batch, tokens)``, padded on either side.
        inputs_embeds, past_key_values
            In place of, and before, the tokens: what PEFT's prompt and prefix tuning pass on.
        labels
            ``(batch, tasks)`` class indices, or ``MISSING``.
        features
            ``(batch, hidden)``: pooled states computed before, in place of tokens.
        num_items_in_batch
            Number of valid labels of the whole effective batch, where this is one part of it.
        positions, rows, owner, lengths
            The layout of a packed batch (``packing.pack``), with ``input_ids`` of shape ``(1, nodes)``.
        """
        if features is not None:
            pooled = features
        elif rows is not None:
            layout = {"positions": positions, "rows": rows, "owner": owner, "lengths": lengths}
            pooled = last_token_states(self.encoder, input_ids, inputs_embeds, past_key_values, **layout)
        else:
            states = self.encoder(
                input_ids=input_ids,
                attention_mask=attention_mask,
                inputs_embeds=inputs_embeds,
                past_key_values=past_key_values,
                **others,
            ).last_hidden_state
            pooled = pool_last_token(states, attention_mask)
        pooled = pooled.float()
        logits = {task: self.heads[task](pooled) for task in self.tasks}
        loss = None if labels is None else self.joint_loss(logits, labels, num_items_in_batch)
        return MultiTaskOutput(loss, torch.cat(list(logits.values()), dim=1), pooled)

    def joint_loss(
        self, logits: Mapping[str, torch.Tensor], labels: torch.Tensor, valid: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Weighted cross-entropy summed over tasks and valid labels, divided by the number of valid labels (paper, Eq. 6).

        Parameters
        ----------
        logits
            Task -> ``(batch, classes)``.
        labels
            ``(batch, tasks)`` class indices, or ``MISSING``.
        valid
            Number of valid labels of the whole effective batch, where this is one part of it, so that neither the micro-batch
            nor the number of processes changes the loss; by default that of ``labels``.

        Returns
        -------
        torch.Tensor
            A scalar.
        """
        weights = self.config.class_weights or {}
        total = sum(
            functional.cross_entropy(
                logits[task],
                labels[:, column],
                weight=logits[task].new_tensor(weights[task]) if task in weights else None,
                ignore_index=MISSING,
                reduction="sum",
            )
            for column, task in enumerate(self.tasks)
        )
        return total / ((labels != MISSING).sum() if valid is None else valid).clamp(min=1)


def pool_last_token(states: torch.Tensor, attention_mask: torch.Tensor | None = None) -> torch.Tensor:
    """State at each sequence's last real token (paper, section III-B2).

    Parameters
    ----------
    states
        ``(batch, tokens, hidden)``.
    attention_mask
        ``(batch, tokens)``, or longer at the front, where a prefix has keys but no states; by default every token is real.

    Returns
    -------
    torch.Tensor
        ``(batch, hidden)``.
    """
    if attention_mask is None:
        return states[:, -1]
    mask = attention_mask[:, -states.shape[1] :].to(states.device)
    last = (mask * torch.arange(1, states.shape[1] + 1, device=states.device)).argmax(dim=1)
    return states[torch.arange(len(states), device=states.device), last]


def split_logits(logits: torch.Tensor, tasks: Sequence[str]) -> dict[str, torch.Tensor]:
    """Undo the side-by-side layout of ``MultiTaskModel.forward``.

    Parameters
    ----------
    logits
        ``(batch, sum of class counts)``.
    tasks
        The model's tasks, in its order.

    Returns
    -------
    dict
        Task -> ``(batch, classes)``.
    """
    sizes = [len(CLASSES[task]) for task in tasks]
    return dict(zip(tasks, logits.split(sizes, dim=1), strict=True))
