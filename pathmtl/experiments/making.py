"""Making the rows of an experiment: which runs are missing, how long they will take, and one run after the other."""

from __future__ import annotations

import dataclasses
import json
import os
import time
from collections.abc import Mapping, Sequence

import pandas as pd

from pathmtl import cohort
from pathmtl.analysis.evaluate import with_labels
from pathmtl.baselines.zero_shot import ZeroShot
from pathmtl.experiments import runs, store
from pathmtl.experiments.store import Run
from pathmtl.experiments.tables import (
    LIVE_PROFILES,
    RECIPES,
    UNTRAINED,
    ZERO_SHOT,
    ExperimentError,
    combined,
    rule_predictions,
    run_names,
)
from pathmtl.progress import announce
from pathmtl.schema import PAPER_TASKS, TASKS
from pathmtl.training.data import oracle_labels
from pathmtl.training.settings import Settings, settings

#: Settings of a training run that a zero-shot run shares.
_SHARED = ("backbone", "precision")
#: Settings that change nothing in a row of another method: it is not made again for them.
_LORA_ONLY = ("rank", "alpha")


class Maker:
    """Makes or reads the runs of one profile on one set of reports; see ``tables.table`` for the parameters."""

    def __init__(
        self,
        profile: str,
        reports: str,
        train_reports: str,
        overrides: Mapping[str, object],
        *,
        fresh: bool = False,
        progress: bool = True,
    ) -> None:
        self.profile, self.overrides, self.fresh, self.progress = profile, dict(overrides), fresh, progress
        self.base = settings(profile, **overrides)
        table = cohort.read_reports(reports)
        self.held_out = str(reports) == str(train_reports)
        self.source = table if self.held_out else cohort.read_reports(train_reports)
        self.evaluated = (runs.test_reports(self.base, table) if self.held_out else table).reset_index(drop=True)
        self.labelled = cohort.has_labels(self.evaluated)
        # Only what anyone can make again from a row's name carries that name.
        self.named = {"train": self.base == settings(profile) and train_reports == cohort.BUNDLED}
        self.named["zero_shot"] = self.named["train"] and reports == cohort.BUNDLED
        self._missing: list[tuple[str, int]] = []
        self._total = 0
        self._measured: list[float] = []

    def settings_of(self, recipe: str, seed: int) -> list[Settings | ZeroShot]:
        """What each run of the recipe is made with; none for rules."""
        how = RECIPES[recipe]
        if how.kind == "rules":
            return []
        if how.kind == "zero_shot":
            shared = {name: getattr(self.base, name) for name in _SHARED}
            return [ZeroShot(**{**ZERO_SHOT[self.profile], **how.settings, **shared, "seed": seed})]
        changed = {**self.overrides, **how.settings, "seed": seed}
        if changed.get("peft_method", self.base.peft_method) != "lora":
            changed = {name: value for name, value in changed.items() if name not in _LORA_ONLY}
        one = settings(self.profile, **changed)
        return [dataclasses.replace(one, tasks=(task,)) for task in PAPER_TASKS] if how.single_task else [one]

    def plan(self, name: str, jobs: Sequence[tuple[str, str, int]]) -> None:
        """Say which of the (title, recipe, seed) are to be made and how long it takes, where that is over a minute or unknown.

        Raises:
            ExperimentError: something is to be made, and ``$PATHMTL_TRAIN`` is ``never``.
        """
        missing = {(recipe, seed): title for title, recipe, seed in jobs if not self._ready(recipe, seed)}
        self._missing, self._total = list(missing), len(missing)
        if missing and os.environ.get("PATHMTL_TRAIN") == "never":
            recipe, seed = self._missing[0]
            raise ExperimentError(
                f"{self.profile}/{run_names(recipe, seed)[0]} is not recorded, and {UNTRAINED} it. "
                f"To make it: pathmtl experiment {name} --profile {self.profile}"
            )
        if not missing or not self.progress:
            return
        known = {key: self._expected(*key) for key in missing}
        seconds = sum(value for value in known.values() if value is not None)
        new = [title for key, title in missing.items() if known[key] is None]
        if new:
            told = f"{span(seconds)} for those run before, " if len(new) < len(known) else ""
            told += f"unknown until the first is done for {', '.join(new)}"
        elif seconds > 60:
            told = span(seconds)
        else:
            return
        announce(f"{name}: {len(missing)} of {len(jobs)} rows are not in the store; to make them takes {told}")

    def make(self, recipe: str, seed: int, title: str, command: str) -> tuple[pd.DataFrame, tuple[Run, ...]]:
        """The row's predictions on the evaluated reports, with ``truth`` and ``oracle``, and its runs."""
        how = RECIPES[recipe]
        if how.kind == "rules":
            return rule_predictions(recipe, self.evaluated), ()
        started = time.monotonic()
        new = (recipe, seed) in self._missing
        if new:
            self._say_row(recipe, seed, title)
        chosen = self.settings_of(recipe, seed)
        made = tuple(
            self._obtain(how.kind, name, one, command) for name, one in zip(run_names(recipe, seed), chosen, strict=True)
        )
        predictions = combined(recipe, [self._predictions(how.kind, run) for run in made])
        if new:
            self._measured.append(time.monotonic() - started)
            self._missing.remove((recipe, seed))
        return predictions, made

    def _obtain(self, kind: str, name: str, chosen: Settings | ZeroShot, command: str) -> Run:
        kept = self._kept(kind, name, chosen)
        if kept is not None:
            return kept
        labels = {"name": name, "profile": self.profile, "command": command} if self.named[kind] else None
        return runs.obtain(chosen, self._data(kind), labels=labels, progress=self.progress)

    def _kept(self, kind: str, name: str, chosen: Settings | ZeroShot) -> Run | None:
        """The recorded run that stands in for making it, where the live store has none."""
        if self.fresh or self.profile in LIVE_PROFILES or runs.find(chosen, self._data(kind)):
            return None
        run = store.recorded_run(self.profile, name)
        if run is None or not (self.held_out or run.has_weights) or run.record["settings"] != json.loads(chosen.to_json()):
            return None
        return run if run.record["data"]["fingerprint"] == cohort.fingerprint(self._data(kind)) else None

    def _ready(self, recipe: str, seed: int) -> bool:
        kind = RECIPES[recipe].kind
        return all(
            runs.find(one, self._data(kind)) or self._kept(kind, name, one)
            for name, one in zip(run_names(recipe, seed), self.settings_of(recipe, seed), strict=True)
        )

    def _data(self, kind: str) -> pd.DataFrame:
        return self.source if kind == "train" else self.evaluated

    def _predictions(self, kind: str, run: Run) -> pd.DataFrame:
        if kind == "zero_shot" or self.held_out:
            return run.predictions
        # Unlabelled pairs cannot be scored, so with labels at hand only labelled ones are computed.
        wanted = self.evaluated[list(TASKS)].notna() if self.labelled else None
        predictions = run.predictions_on(self.evaluated, wanted, progress=self.progress)
        return with_labels(predictions, self.evaluated, oracle_labels(self.evaluated))

    def _say_row(self, recipe: str, seed: int, title: str) -> None:
        if not self.progress:
            return
        expected = self._expected(recipe, seed)
        about = f", about {span(expected)}" if expected else ""
        left = ""
        if self._measured:
            mean = sum(self._measured) / len(self._measured)
            rest = sum(self._expected(*key) or mean for key in self._missing)
            left = f"; all that is left: about {span(rest)}"
        count = self._total - len(self._missing) + 1
        announce(f"row {count} of {self._total}: {title}, seed {seed}{about}{left}")

    def _expected(self, recipe: str, seed: int) -> float | None:
        """Seconds that the recipe took before in this profile, whichever its seed; None where it never ran."""
        costs = []
        for name in run_names(recipe, seed):
            alike = name.rpartition("-seed")[0]
            before = [r for r in self._earlier if r.name.rpartition("-seed")[0] == alike]
            if not before:
                return None
            costs.append(before[-1].record["cost"])
        return sum(cost["train_seconds"] + cost["predict_seconds"] for cost in costs)

    @property
    def _earlier(self) -> list[Run]:
        live = [run for run in store.live_runs() if run.record.get("profile") == self.profile]
        return [*store.recorded_runs(self.profile), *live]


def span(seconds: float) -> str:
    """``95`` -> ``95 s``; ``300`` -> ``5 min``; ``9000`` -> ``2.5 h``."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
