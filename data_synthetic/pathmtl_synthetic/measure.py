"""How hard the corpus is for a labeller, task by task and phenomenon by phenomenon, and how often each phenomenon occurs.

The labeller is handed in, so that nothing here knows the baselines or the oracle.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from pathmtl.paper import TABLE_1
from pathmtl.schema import CLASSES, PAPER_TASKS
from pathmtl_synthetic.generate import open_patient, write_page
from pathmtl_synthetic.phenomena import PHENOMENA, resolve

Labeller = Callable[[str], Mapping[str, str | None]]


@dataclass
class Score:
    """Counts of one task over the reports that state it; a missing answer is wrong."""

    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)  # (truth, answer or "")

    @property
    def support(self) -> int:
        return sum(self.pairs.values())

    @property
    def accuracy(self) -> float:
        return sum(n for (truth, answer), n in self.pairs.items() if truth == answer) / max(1, self.support)

    @property
    def answered(self) -> float:
        return sum(n for (_, answer), n in self.pairs.items() if answer) / max(1, self.support)

    def macro_f1(self, classes: Iterable[str], missing_is_a_class: bool = False) -> float:
        """Mean F1 over ``classes``, those absent from truth and answers left out.

        ``missing_is_a_class`` adds "no answer" as a class of its own, which no truth holds: the dilution that the paper's ER
        and PR rows suggest (0.618 = 0.927 x 2/3).
        """
        values = []
        for name in (*classes, *(("",) if missing_is_a_class else ())):
            hit = self.pairs[name, name]
            truth = sum(n for (t, _), n in self.pairs.items() if t == name)
            answer = sum(n for (_, a), n in self.pairs.items() if a == name)
            if truth or answer:
                values.append(2 * hit / (truth + answer))
        return sum(values) / max(1, len(values))


def score(rows: Iterable[Mapping[str, str]], label: Labeller) -> dict[str, Score]:
    """Score a labeller against the truth of ``rows``, each task on the reports that state it."""
    scores = {task: Score() for task in PAPER_TASKS}
    for row in rows:
        answers = label(row["text"])
        for task, result in scores.items():
            if row[task]:
                result.pairs[row[task], answers.get(task) or ""] += 1
    return scores


def naive_row(rows: Iterable[Mapping[str, str]], label: Labeller) -> list[dict[str, object]]:
    """The naive row beside the paper's, one dict a task."""
    out = []
    for task, result in score(rows, label).items():
        accuracy, f1 = TABLE_1["naive"].loc[task, ["accuracy", "macro_f1"]].tolist()
        out.append(
            {
                "task": task,
                "support": result.support,
                "accuracy": result.accuracy,
                "paper_accuracy": accuracy,
                "difference": result.accuracy - accuracy,
                "macro_f1": result.macro_f1(CLASSES[task]),
                "macro_f1_missing": result.macro_f1(CLASSES[task], missing_is_a_class=True),
                "paper_macro_f1": f1,
                "answered": result.answered,
            }
        )
    return out


def rates_found(reports: int, seed: int, rates: Mapping[str, float] | None = None) -> list[dict[str, object]]:
    """Rate asked and rate found of every phenomenon, over about ``reports`` generated reports."""
    asked = resolve(dict(rates or {}))
    applied, fired, done, number = Counter(), Counter(), 0, 0
    while done < reports:
        number += 1
        for page in open_patient(number, seed, asked)[1]:
            write_page(page)
            done += 1
            applied.update(page.fired.keys())
            fired.update(page.phenomena)
    return [
        {
            "phenomenon": name,
            "tasks": " ".join(PHENOMENA[name].tasks),
            "applies": PHENOMENA[name].applies,
            "asked": asked[name],
            "found": fired[name] / applied[name] if applied[name] else 0.0,
            "applicable": applied[name],
            "reports": fired[name],
            "share": fired[name] / done,
        }
        for name in PHENOMENA
    ]


def by_phenomenon(rows: Iterable[Mapping[str, str]], labellers: Mapping[str, Labeller]) -> list[dict[str, object]]:
    """Accuracy of each labeller on the tasks that a phenomenon touches, in the reports where it fired."""
    right: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        answers = {name: label(row["text"]) for name, label in labellers.items()}
        for phenomenon in filter(None, row["phenomena"].split(";")):
            for task in PHENOMENA[phenomenon].tasks:
                if row[task]:
                    for name, answer in answers.items():
                        cell = right[phenomenon, name]
                        cell[0] += answer.get(task) == row[task]
                        cell[1] += 1
    return [
        {
            "phenomenon": phenomenon,
            "answers": max(right[phenomenon, name][1] for name in labellers),
            **{name: right[phenomenon, name][0] / max(1, right[phenomenon, name][1]) for name in labellers},
        }
        for phenomenon in PHENOMENA
        if any((phenomenon, name) in right for name in labellers)
    ]
