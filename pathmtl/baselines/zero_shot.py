"""The zero-shot LLM, the abstract's comparator: the instruct backbone with its language-modelling head, asked field by field.

The paper prints neither its prompt nor a score for it; both are ours. Two ways to get an answer out of a language model:

- ``generate``: it writes (greedily), and a strict parser reads. What is not exactly one of the classes is a *schema violation*,
  the weakness that classification heads do away with (section I). Violations are counted by kind.
- ``likelihood``: each class is scored by the log-probability of its tokens after the question, so there is always an answer.

Prompts hold the same window of the report as the fine-tuned model reads; hints are left out unless asked for.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from pathmtl.analysis.metrics import NO_ANSWER
from pathmtl.model import backbone
from pathmtl.progress import Progress
from pathmtl.prompt import PromptBuilder, Slicing
from pathmtl.schema import CLASSES, TASK, TASKS

METHODS = ("generate", "likelihood")
#: Kinds of schema violation, in the order they are looked for.
VIOLATIONS = ("empty", "no class", "several classes", "extra words")
_SYSTEM = "You read pathology reports. Answer with exactly one of the classes you are given and nothing else."
_BATCH = 8


@dataclass(frozen=True)
class ZeroShot:
    """Everything that decides a zero-shot run.

    ``reports`` limits it to so many reports drawn at random (None: all of them); ``window_lines``, ``max_length`` and
    ``hints`` cut the report as ``prompt.Slicing`` does; ``normalise`` divides a class's log-probability by its number of tokens.
    """

    backbone: str = backbone.DEFAULT
    method: str = "generate"
    reports: int | None = None
    layers: int | None = None
    precision: str = "auto"
    window_lines: int = 5
    max_length: int = 256
    hints: str = "none"
    normalise: bool = False
    max_new_tokens: int = 12
    seed: int = 42

    def __post_init__(self) -> None:
        for name, known in (("method", METHODS), ("precision", ("auto", "bf16", "fp32"))):
            if getattr(self, name) not in known:
                raise ValueError(f"{name}={getattr(self, name)!r} is not one of {', '.join(known)}")
        for name in ("max_length", "max_new_tokens", "reports"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ValueError(f"{name}={value} must be above 0")

    @property
    def input(self) -> Slicing:
        return Slicing("window", self.window_lines, self.max_length, self.hints)

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), sort_keys=True)


def parse(answer: str, task: str) -> tuple[str | None, str]:
    """The class that a written answer names, and the kind of violation ('' for none).

    The parser is strict: the answer must be one class and nothing else, but for case, space around it and a full stop. The class
    is given also where the violation leaves no doubt which one was meant ("extra words"), for the lenient reading.

    >>> parse("T2", "T"), parse("The stage is T2", "T"), parse("Stage 2", "T")
    (('T2', ''), ('T2', 'extra words'), (None, 'no class'))
    """
    text = answer.strip()
    if not text:
        return None, "empty"
    found = {c for c in CLASSES[task] if re.search(rf"(?<!\w){re.escape(c)}(?!\w)", text, re.IGNORECASE)}
    if not found:
        return None, "no class"
    if len(found) > 1:
        return None, "several classes"
    label = found.pop()
    return label, "" if text.removesuffix(".").lower() == label.lower() else "extra words"


class Questioner:
    """A causal language model and the questions it is asked."""

    def __init__(self, settings: ZeroShot, model=None) -> None:
        self.settings = settings
        self.tokenizer = backbone.load_tokenizer(settings.backbone)
        self.tokenizer.padding_side = "left"
        self.model = (model or load_causal(settings)).eval()
        self.builder = PromptBuilder(self.tokenizer, settings.input)

    def questions(self, text: str, tasks: Sequence[str]) -> list[list[int]]:
        """Token ids of one question per task, up to where the assistant's answer begins."""
        return [self._chat(prompt.task, prompt.input_ids) for prompt in self.builder.build(text, tasks)]

    def _chat(self, task: str, block_ids: list[int]) -> list[int]:
        # Decoded from the ids, so that the model reads what the budget left of the report.
        block = self.tokenizer.decode(block_ids).removesuffix("\nHints:\nnone")
        ask = f"{block}\n\nWhat is the {TASK[task].title}? Answer with one of: {', '.join(CLASSES[task])}."
        messages = [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": ask}]
        if getattr(self.tokenizer, "chat_template", None):
            chat = self.tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        else:
            chat = f"{_SYSTEM}\n\n{ask}\nAnswer: "
        return self.tokenizer(chat, add_special_tokens=False)["input_ids"]

    @torch.inference_mode()
    def write(self, questions: Sequence[list[int]]) -> list[str]:
        """Greedy answers, as text."""
        ids, mask = self._left_padded(questions)
        output = self.model.generate(
            input_ids=ids,
            attention_mask=mask,
            do_sample=False,
            max_new_tokens=self.settings.max_new_tokens,
            pad_token_id=self.tokenizer.pad_token_id,
            eos_token_id=self._ends(),
        )
        return self.tokenizer.batch_decode(output[:, ids.shape[1] :], skip_special_tokens=True)

    @torch.inference_mode()
    def class_logprobs(self, question: list[int], classes: Sequence[str]) -> torch.Tensor:
        """Log-probability of each class's tokens after the question, (classes,) fp32; per token with ``normalise``.

        The question is computed once; its keys and values then serve all classes as one small batch.
        """
        device = self.model.device
        state = self.model(input_ids=torch.tensor([question], device=device), use_cache=True, logits_to_keep=1)
        options = [self.tokenizer(c, add_special_tokens=False)["input_ids"] for c in classes]
        longest = max(map(len, options))
        ids = torch.tensor([o + [self.tokenizer.pad_token_id] * (longest - len(o)) for o in options], device=device)
        cache = state.past_key_values
        cache.batch_repeat_interleave(len(options))
        # Padding comes after a class's tokens, so with causal attention none of them sees it.
        mask = torch.ones(len(options), len(question) + longest, dtype=torch.long, device=device)
        after = self.model(input_ids=ids, attention_mask=mask, past_key_values=cache).logits
        first = state.logits[:, -1:].expand(len(options), -1, -1)
        logits = torch.log_softmax(torch.cat([first, after[:, :-1]], dim=1).float(), dim=-1)
        each = logits.gather(2, ids.unsqueeze(2)).squeeze(2)
        lengths = torch.tensor([len(o) for o in options], device=device)
        total = (each * (torch.arange(longest, device=device) < lengths[:, None])).sum(dim=1)
        return total / lengths if self.settings.normalise else total

    def _left_padded(self, questions: Sequence[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        batch = self.tokenizer.pad({"input_ids": list(questions)}, return_tensors="pt").to(self.model.device)
        return batch["input_ids"], batch["attention_mask"]

    def _ends(self) -> list[int]:
        ends = getattr(self.model.generation_config, "eos_token_id", None)
        ends = ends if isinstance(ends, list) else [ends]
        return sorted({end for end in [*ends, self.tokenizer.eos_token_id] if end is not None})


def load_causal(settings: ZeroShot):
    """The backbone with its language-modelling head.

    Raises:
        BackboneError: weights are absent.
    """
    where = backbone.locate(settings.backbone)
    config = AutoConfig.from_pretrained(where)
    if settings.layers is not None:
        config.num_hidden_layers = settings.layers
    dtype = backbone.dtype_of(settings.precision)
    with backbone.quiet_loading():
        model = AutoModelForCausalLM.from_pretrained(where, config=config, dtype=dtype, use_safetensors=True)
    return model.to(backbone.auto_device())


def ask(
    questioner: Questioner, table: pd.DataFrame, wanted: pd.DataFrame | None = None, *, progress: bool = True
) -> pd.DataFrame:
    """Answers to every wanted (report, task) pair, in the long form of ``train.predict``, with two more columns.

    ``violation`` is the kind of schema violation ('' for none) and ``lenient`` the class a forgiving reader would take from the
    answer (None for none). What the model wrote is not kept: it may repeat the report.
    """
    rows, questions = [], []
    for i, (report, patient, text) in enumerate(zip(table["report_id"], table["patient_id"], table["text"], strict=True)):
        tasks = [task for task in TASKS if wanted is None or wanted[task].iloc[i]]
        for task, question in zip(tasks, questioner.questions(text, tasks), strict=True):
            rows.append({"report_id": report, "patient_id": patient, "task": task})
            questions.append(question)
    order = sorted(range(len(questions)), key=lambda i: len(questions[i]))
    method = questioner.settings.method
    with Progress(f"zero-shot ({method})", len(questions), unit="question", visible=progress) as bar:
        for start in range(0, len(order), _BATCH):
            chunk = order[start : start + _BATCH]
            if method == "generate":
                answers = questioner.write([questions[i] for i in chunk])
                found = [_written(answer, rows[i]["task"]) for i, answer in zip(chunk, answers, strict=True)]
            else:
                found = [_scored(questioner, questions[i], rows[i]["task"]) for i in chunk]
            for i, columns in zip(chunk, found, strict=True):
                rows[i] |= columns
            bar.step(len(chunk))
    columns = ["report_id", "patient_id", "task", "predicted", "probability", "probabilities", "violation", "lenient"]
    return pd.DataFrame(rows, columns=columns)


def _written(answer: str, task: str) -> dict[str, object]:
    label, violation = parse(answer, task)
    answered = label if not violation else None
    classes = CLASSES[task]
    probabilities = [float(answered == c) for c in classes] if answered else [1 / len(classes)] * len(classes)
    return {
        "predicted": answered or NO_ANSWER,
        "probability": 1.0 if answered else float("nan"),
        "probabilities": probabilities,
        "violation": violation,
        "lenient": label,
    }


def _scored(questioner: Questioner, question: list[int], task: str) -> dict[str, object]:
    probabilities = torch.softmax(questioner.class_logprobs(question, CLASSES[task]), dim=0).tolist()
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    label = CLASSES[task][best]
    return {
        "predicted": label,
        "probability": probabilities[best],
        "probabilities": probabilities,
        "violation": "",
        "lenient": label,
    }


def violations(predictions: pd.DataFrame) -> pd.DataFrame:
    """Schema violations by task (rows) and kind (columns, ``none`` first), as counts."""
    kinds = predictions["violation"].replace("", "none")
    counted = pd.crosstab(predictions["task"], kinds)
    return counted.reindex(index=[t for t in TASKS if t in counted.index], columns=["none", *VIOLATIONS], fill_value=0)
