"""How much of the evidence an input still contains: by task, the share of stated findings whose wording is in the prompt."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path

from pathmtl.analysis.prompt_contents import evidence_survival
from pathmtl.experiments import store
from pathmtl.experiments.data import bundled_test
from pathmtl.model.names import DEFAULT
from pathmtl.prompt import PromptBuilder, Slicing

FILE = "evidence_shares.json"


@functools.cache
def evidence_shares(slicing: Slicing, backbone: str = DEFAULT) -> Mapping[str, float]:
    """The share of evidence that is whole in the Report block, on the bundled test split.

    It is read from ``book/results`` or from this machine's store, and else measured (3 seconds) and kept in the latter.

    Parameters
    ----------
    slicing : Slicing
        What the prompt takes of a report.
    backbone : str
        Whose tokens the prompt's length counts.

    Returns
    -------
    mapping of str to float
        Task -> share (0-1). Empty for one prompt for all tasks, whose evidence is not counted by task, and where the backbone's
        tokenizer is not on this machine.
    """
    name = f"{backbone.rpartition('/')[2]}: {slicing}"
    for folder in (store.results(), store.live()):
        known = _read(folder / FILE)
        if name in known:
            return known[name]
    if slicing.prompt_mode == "joint":
        return {}
    from pathmtl.model.backbone import BackboneError, load_tokenizer

    try:
        tokenizer = load_tokenizer(backbone)
    except (BackboneError, OSError):
        return {}
    found = evidence_survival(bundled_test(), PromptBuilder(tokenizer, slicing)).groupby("task")["report"].mean().round(3)
    keep(store.live(), {name: found.to_dict()})
    return found.to_dict()


def keep(folder: Path, shares: Mapping[str, Mapping[str, float]]) -> None:
    """Add shares, by name of the input, to those in a store (``store.live()`` or ``store.results()``)."""
    path = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{json.dumps(name)}: {json.dumps(each)}" for name, each in sorted({**_read(path), **shares}.items())]
    scratch = path.with_suffix(".partial")
    scratch.write_text("{\n " + ",\n ".join(lines) + "\n}\n", encoding="utf-8")
    scratch.replace(path)


def _read(path: Path) -> dict[str, dict[str, float]]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
