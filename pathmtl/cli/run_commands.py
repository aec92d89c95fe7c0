"""The command line of the run store and of the paper's experiments."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from pathmtl.cli.guard import command
from pathmtl.cli.options import Quiet

runs_app = typer.Typer(help="Runs: list, show, make one again, record one in the book.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="A run's name (lora-seed42, standard/lora-seed42), its key or its folder.")]


@command(runs_app, name="list", example="pathmtl runs list --profile quick")
def list_(
    profile: Annotated[str | None, typer.Option(help="Only runs of this profile.")] = None,
    recorded: Annotated[bool, typer.Option("--recorded", help="Only runs recorded in the book.")] = False,
) -> None:
    """The runs there are: those of this machine, the oldest first, then those recorded in the book."""
    import pandas as pd

    from pathmtl.experiments import store

    found = [*([] if recorded else store.live_runs()), *store.recorded_runs(profile)]
    rows = []
    for run in found:
        about = run.record
        if profile and about.get("profile") != profile:
            continue
        score = about.get("scores", {}).get("truth", {}).get("macro_f1")
        rows.append(
            {
                "store": "recorded" if run.recorded else "live",
                "name": about.get("name") or "-",
                "profile": about.get("profile") or _nearest_profile(run),
                "key": about["key"],
                "kind": run.kind,
                "macro-F1": "-" if score is None else f"{score:.3f}",
                "seconds": f"{about['cost']['train_seconds'] + about['cost']['predict_seconds']:,.0f}",
                "parameters": f"{about['cost']['trainable_parameters']:,}",
                "started": about["provenance"]["started"][:16],
            }
        )
    typer.echo(pd.DataFrame(rows).to_string(index=False) if rows else "no runs yet: pathmtl experiment table1 makes some")


def _nearest_profile(run) -> str:
    """``quick rank=8``: the profile from which an unnamed training run departs least, and by what."""
    from pathmtl.training.settings import PROFILES

    if run.kind != "train":
        return "-"
    own = run.record["settings"]
    apart = {
        name: [f"{key}={own[key]}" for key, value in json.loads(profile.to_json()).items() if key in own and own[key] != value]
        for name, profile in PROFILES.items()
    }
    name = min(apart, key=lambda name: len(apart[name]))
    return " ".join([name, *apart[name]])


@command(runs_app, example="pathmtl runs show lora-seed42")
def show(name: Name) -> None:
    """All that is known of a run (JSON): settings, what was assumed, data, cost, scores, provenance; no report, no id."""
    from pathmtl.experiments.store import open_run

    typer.echo(json.dumps(open_run(name).record, indent=2))


@command(runs_app, example="pathmtl runs verify quick/lora-seed42")
def verify(
    name: Name,
    reports: Annotated[str, typer.Option(help="The reports the run was made on.")] = "bundled",
    quiet: Quiet = False,
) -> None:
    """Make a run again and compare: the same to rounding, within the stated tolerance, or different (exit code 1)."""
    from pathmtl.cohort import read_reports
    from pathmtl.experiments.store import open_run
    from pathmtl.experiments.verify import METRIC_TOLERANCE, PROBABILITY_TOLERANCE
    from pathmtl.experiments.verify import verify as again
    from pathmtl.progress import duration_text

    run = open_run(name)
    cost = run.record["cost"]
    if not quiet:
        typer.echo(f"making {run.name} again; it took {duration_text(cost['train_seconds'] + cost['predict_seconds'])}", err=True)
    found = again(run, read_reports(reports, progress=not quiet), progress=not quiet)
    typer.echo(found.metrics.round(4).to_string())
    typer.echo(
        f"{run.name}: {found.outcome}. Probabilities differ by {found.largest_gap:.2g} at most, {found.mean_gap:.2g} on average; "
        f"{found.changed:.1%} of the answers changed. 'same' allows {PROBABILITY_TOLERANCE:g} on every probability, "
        f"'within tolerance' {METRIC_TOLERANCE:g} on every overall metric."
    )
    if found.outcome == "differs":
        raise typer.Exit(1)


@command(runs_app, example="pathmtl runs record standard/lora-seed42")
def record(
    names: Annotated[list[str], typer.Argument(help="Finished runs of this machine: names or keys.")],
    weights: Annotated[bool, typer.Option("--weights", help="Keep adapters and heads too, to predict with.")] = False,
    note: Annotated[str, typer.Option(help="What a reader of its costs must know, in a sentence.")] = "",
) -> None:
    """Copy finished runs into book/results/PROFILE/NAME: what the book shows as recorded."""
    from pathmtl.experiments import store

    for run in [store.open_run(name, recorded=False) for name in names]:
        folder = store.record(run, weights=weights, note=note)
        size = sum(path.stat().st_size for path in folder.iterdir())
        typer.echo(f"{run.name} ({size / 1000:,.0f} kB) -> {folder}", err=True)


def experiment(app: typer.Typer) -> None:
    """Add the command ``experiment`` to the program."""

    @command(app, name="experiment", example="pathmtl experiment table2 --row ia3 --profile quick")
    def run(
        table: Annotated[str | None, typer.Argument(help="table1 … table4, layouts or zero_shot; none lists them.")] = None,
        profile: Annotated[str, typer.Option(help="quick, standard or paper.")] = "quick",
        row: Annotated[list[str] | None, typer.Option("--row", help="Only this row; may be given again.")] = None,
        seed: Annotated[list[int] | None, typer.Option("--seed", help="Another seed than 42; several are averaged.")] = None,
        reports: Annotated[str, typer.Option(help="Reports to evaluate on.")] = "bundled",
        train_reports: Annotated[str | None, typer.Option(help="Reports to train on (default: the same).")] = None,
        set_: Annotated[list[str] | None, typer.Option("--set", help="Any setting, as name=value; may be given again.")] = None,
        resamples: Annotated[int, typer.Option(help="Bootstrap resamples behind each interval.")] = 1000,
        quiet: Quiet = False,
    ) -> None:
        """A table of the paper: train what is missing, print it beside the paper's. Stopped, it keeps the rows that are done."""
        from pathmtl.experiments import recipes

        if table is None:
            for name, rows in recipes.TABLES.items():
                for each in rows:
                    line = recipes.command(name, each, profile)
                    typer.echo(f"{line:72s}  # {recipes.title_of(name, each)}")
            return
        from pathmtl.experiments.evidence import sources_of
        from pathmtl.experiments.results import recorded
        from pathmtl.experiments.runner import run_table
        from pathmtl.paper.claims import CLAIMS, verdict_table
        from pathmtl.training.settings import parse_overrides
        from pathmtl.viz.comparison_tables import beside, score_tables
        from pathmtl.viz.cost_tables import costs

        this_run = run_table(
            table,
            profile,
            reports,
            train_reports or reports,
            rows=row,
            seeds=seed or [recipes.SEED],
            fresh=True,
            progress=not quiet,
            **parse_overrides(set_ or []),
        )
        recorded_run = recorded(table, rows=row)
        scores = score_tables(this_run, resamples=resamples)
        if not scores:
            typer.echo(f"{reports} carries no labels: nothing can be scored")
            return
        recorded_scores = score_tables(recorded_run, resamples=resamples)
        parts = [beside(table, scores, recorded_scores, html=False), costs(table, this_run, recorded_run)]
        if claims := [claim for claim in CLAIMS if claim.table == table]:
            parts.append(verdict_table(claims, sources_of(this_run, recorded_run, resamples=resamples)))
        typer.echo("\n\n".join(part.to_string() for part in parts if len(part)))
