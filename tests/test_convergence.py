"""Loss curves measured, and the paper's sentences on convergence judged."""

import json
import math
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from pathmtl.analysis.compare import HELD, NOT_HELD, TIE, UNTESTED
from pathmtl.analysis.convergence import convergence, curves, label_loss, prior_loss
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.results import RowResult, TableResult
from pathmtl.experiments.store import Run
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.viz.loss_curves import FREQUENCIES, curve_panels, curve_table, loss_on_reports


def history(watched, trained=((0.1, 2.0), (0.2, 1.0))):
    lines = [{"epoch": e, "loss": x, "eval_loss": np.nan} for e, x in trained]
    lines += [{"epoch": e, "loss": np.nan, "eval_loss": x} for e, x in watched]
    return pd.DataFrame(lines).sort_values("epoch", kind="stable")


LONG = history([(0.5, 1.0), (1.0, 0.42), (1.5, 0.40), (2.0, 0.50)])


def test_training_and_validation_losses_are_told_apart():
    trained, watched = curves(LONG)
    assert trained.to_dict() == {0.1: 2.0, 0.2: 1.0} and list(watched) == [1.0, 0.42, 0.40, 0.50]
    bare = LONG.dropna(subset="loss").drop(columns="eval_loss")
    assert curves(bare)[1].empty and convergence(bare, 2) is None


def test_a_curve_in_numbers():
    result = convergence(LONG, 3)
    assert (result.lowest, result.at, result.plateau, result.last, result.end) == (0.40, 1.5, 1.0, 0.50, 2.0)
    assert result.evaluations == 4 and result.stopped_early
    assert result.gain == pytest.approx(1 - 0.40 / 0.42) and result.rise == pytest.approx(0.25)
    whole = convergence(LONG, 2)
    assert not whole.stopped_early
    short = convergence(history([(0.5, 1.0), (1.0, 0.4)]), 1)
    assert math.isnan(short.gain) and not short.stopped_early and short.rise == 0


def test_the_loss_of_class_frequencies_alone():
    none = [None] * 4
    labels = pd.DataFrame({"ER": ["Positive"] * 2 + ["Negative"] * 2, "HER2": ["Positive", *["Negative"] * 3], "T": none})
    assert prior_loss(labels, ["ER"]) == pytest.approx(math.log(2))
    # Two of three classes occur, so their weights sum to two thirds of N, and both answers cost log 2.
    assert prior_loss(labels, ["HER2"]) == pytest.approx(2 / 3 * math.log(2))
    unweighted = prior_loss(labels, ["HER2"], weighted=())
    assert unweighted == pytest.approx(-0.25 * math.log(0.25) - 0.75 * math.log(0.75))
    assert prior_loss(labels, ["ER", "HER2", "T"]) == pytest.approx((4 * math.log(2) + 8 / 3 * math.log(2)) / 8)
    assert math.isnan(prior_loss(labels, ["T"]))


def test_the_loss_of_predictions_counts_each_label_once():
    her2 = [1 / 3, 1 / 3, 1 / 3]
    rows = [("ER", [0.5, 0.5], "Positive"), ("ER", [0.9, 0.1], None), ("HER2", her2, "Equivocal"), ("HER2", her2, "Negative")]
    frame = pd.DataFrame(rows, columns=["task", "probabilities", "truth"])
    assert label_loss(frame) == pytest.approx((math.log(2) + 2 * math.log(3)) / 3)
    sure = frame.iloc[:1].assign(probabilities=[[0.0, 1.0]])  # of four decimals: wrong for certain costs a lot, not everything
    wrong = {label_loss(sure.assign(truth=[each])) for each in ("Positive", "Negative")}
    assert min(wrong) < 1e-4 and 9 < max(wrong) < 11
    assert math.isnan(label_loss(frame.assign(truth=None)))


def test_it_is_the_least_loss_that_the_heads_can_reach_without_a_report():
    torch = pytest.importorskip("torch")
    from pathmtl.model.multitask import inverse_frequency

    codes = torch.tensor([0] * 2 + [1] * 9 + [2] * 3)
    bias = torch.zeros(3, requires_grad=True)
    optimiser = torch.optim.LBFGS([bias], max_iter=200)
    weights = inverse_frequency(codes, 3)

    def loss():
        optimiser.zero_grad()
        each = torch.nn.functional.cross_entropy(bias.expand(14, 3), codes, weight=weights, reduction="sum") / 14
        each.backward()
        return each

    optimiser.step(loss)
    labels = pd.DataFrame({"HER2": ["Positive"] * 2 + ["Negative"] * 9 + ["Equivocal"] * 3})
    assert prior_loss(labels, ["HER2"]) == pytest.approx(loss().item(), abs=1e-5)


@pytest.fixture
def table(tmp_path):
    def make(epochs=3, **rows):
        outcomes = {}
        for row, seeds in rows.items():
            made = []
            for seed, watched in enumerate(seeds):
                folder = tmp_path / f"{row}{seed}{len(list(tmp_path.iterdir()))}"
                folder.mkdir()
                history(watched).to_csv(folder / "history.csv", index=False)
                (folder / "run.json").write_text(json.dumps({"settings": {"epochs": epochs}}))
                made.append(RowResult(row, row.title(), seed, pd.DataFrame(), (Run(folder),)))
            outcomes[row] = made
        return TableResult("table2", "quick", pd.DataFrame(), True, True, outcomes)

    return make


def test_the_loss_on_other_reports_stands_beside_class_frequencies(table):
    predictions = pd.DataFrame(
        {
            "report_id": ["a", "b"],
            "task": "ER",
            "probabilities": [[0.8, 0.2], [0.1, 0.9]],  # Positive, Negative
            "truth": ["Positive", "Negative"],
            "oracle": ["Positive", None],
        }
    )
    this_run = table(lora=[FAST], frozen=[FAST])
    this_run = replace(
        this_run, outcomes={row: [replace(each[0], predictions=predictions)] for row, each in this_run.outcomes.items()}
    )
    shown = loss_on_reports(this_run)
    assert list(shown.index) == ["Lora", "Frozen", FREQUENCIES]
    assert shown.loc["Lora"].tolist() == [f"{-(math.log(0.8) + math.log(0.9)) / 2:.4f}", f"{-math.log(0.8):.4f}"]
    assert shown.loc[FREQUENCIES].tolist() == [f"{math.log(2):.4f}", "0.0000"]
    assert list(loss_on_reports(replace(this_run, labeled=False))) == ["Oracle's answers"]


FAST = [(0.5, 0.5), (1.0, 0.30), (2.0, 0.29), (3.0, 0.30)]
RISES = [(0.5, 0.2), (1.0, 0.3), (2.0, 0.4), (3.0, 0.5)]
SLOW = [(0.5, 2.0), (1.0, 1.5), (2.0, 0.8), (3.0, 0.5)]


def convergence_verdicts(this_run, recorded=None):
    """The verdicts on the rows that the tests make: every claim but the one on a rise in several epochs."""
    asked = [c for c in on_page("fig_s2a_convergence") if c.id != "curve-late-rise"]
    rows = {*this_run.outcomes, *(recorded.outcomes if recorded else ())}
    own = [c for c in asked if c.id in ("curve-plateau", "curve-rise") or c.id.removeprefix("curve-") in rows]
    return verdict_table(own, sources_of(this_run, recorded))


def test_overfitting_takes_several_epochs_to_show(table):
    late = next(c for c in on_page("fig_s2a_convergence") if c.id == "curve-late-rise")
    words = [verdict_table([late], sources_of(table(lora=[each])))["Verdict, this run"].item() for each in (FAST, RISES)]
    assert words == [HELD, NOT_HELD]
    assert verdict_table([late], sources_of(table(epochs=1, lora=[FAST[:2]])))["Verdict, this run"].item() == UNTESTED


def test_the_papers_sentences_on_curves_that_bear_them_out_and_on_others(table):
    fits = convergence_verdicts(table(lora=[FAST], frozen=[SLOW], ia3=[SLOW], prompt=[SLOW]))
    assert fits["Verdict, this run"].tolist() == [HELD] * 5
    other = convergence_verdicts(table(lora=[SLOW], frozen=[FAST]))["Verdict, this run"]
    assert other.tolist() == [NOT_HELD, NOT_HELD, NOT_HELD, HELD]
    overfits = [(0.5, 0.2), (1.0, 0.3), (2.0, 0.4), (3.0, 0.5)]
    assert convergence_verdicts(table(lora=[overfits]))["Verdict, this run"].tolist() == [HELD, HELD, NOT_HELD]


def test_one_epoch_says_nothing_of_several_and_seeds_may_disagree(table):
    single = table(epochs=1, lora=[FAST[:2]], ia3=[SLOW[:2]])
    result = convergence_verdicts(single, table())["Verdict, this run"]
    assert result.tolist() == [UNTESTED, UNTESTED, UNTESTED, HELD]
    split = convergence_verdicts(single, table(lora=[FAST, SLOW]))
    assert split["Verdict, recorded"].tolist()[:2] == [NOT_HELD, TIE]
    assert "0% to" in "".join(split["Recorded"]) or "3% to" in "".join(split["Recorded"])


def test_the_table_leaves_out_runs_without_validation_and_counts_early_stops(table):
    shown = curve_table(table(lora=[FAST, FAST[:3]], ia3=[[]]))
    assert list(shown.index) == ["Lora"] and shown.loc["Lora", "Stopped early"] == "1 of 2"
    assert curve_table(table(epochs=1, lora=[FAST[:2]])).loc["Lora", "Gain after epoch 1"] == "–"


def test_panels_share_a_scale_ring_the_lowest_and_mark_the_first_epoch(table):
    made = table(lora=[FAST], ia3=[[]], frozen=[SLOW], prefix=[SLOW])
    before = plt.get_fignums()
    figure = curve_panels({row: made[row].runs[0] for row in made.titles}, prior=1.0)
    assert len(figure.axes) == 6 and plt.get_fignums() == before
    ring = next(line for line in figure.axes[0].lines if line.get_label() == "lowest validation loss")
    assert list(ring.get_xdata()) == [2.0] and list(ring.get_ydata()) == [0.29]
