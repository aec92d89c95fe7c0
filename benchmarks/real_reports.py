"""Score the naive rules, the oracle and the quick multi-task model on real reports with registry labels: aggregates for the book.

    python benchmarks/real_reports.py                  # the TCGA reports -> book/results/tcga_aggregates.json
    python benchmarks/real_reports.py my.csv --out private/mine.json --profile standard --train

The TCGA reports are found through PATHMTL_REAL (default: ../shared/real beside the repository). The model is used where the store
has its run (PATHMTL_RUNS); --train makes it. What is written holds counts, scores and intervals: no text, no id, no path.
The notebook real_reports shows it.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pathmtl import cohort  # noqa: E402
from pathmtl.analysis import registry  # noqa: E402
from pathmtl.experiments import store  # noqa: E402
from pathmtl.experiments.provenance import provenance  # noqa: E402
from pathmtl.experiments.recipes import TABLES  # noqa: E402
from pathmtl.experiments.runner import find, run_table  # noqa: E402
from pathmtl.review.coverage import named_tasks  # noqa: E402
from pathmtl.training.settings import settings  # noqa: E402

TCGA = Path(os.environ.get("PATHMTL_REAL", ROOT.parent / "shared" / "real")) / "tcga_test_dev.csv.gz"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="?", type=Path, default=TCGA, help="a table with text and label columns")
    parser.add_argument("--out", type=Path, default=store.results() / registry.RECORD)
    parser.add_argument("--profile", default="quick")
    parser.add_argument("--resamples", type=int, default=500)
    parser.add_argument("--train", action="store_true", help="train the model where the store has no run of it")
    arguments = parser.parse_args()
    if not arguments.reports.exists():
        sys.exit(f"{arguments.reports.name}: not found; give a table of reports, or set PATHMTL_REAL to the TCGA reports' folder")
    rows = list(TABLES["table1"])
    if not arguments.train and find(settings(arguments.profile), cohort.read_reports(cohort.BUNDLED), weights=True) is None:
        rows.remove("lora")
        print(
            f"no {arguments.profile} run of the model in the store: rules only "
            f"(--train, or pathmtl experiment table1 --row lora --profile {arguments.profile})",
            file=sys.stderr,
        )
    this_run = run_table("table1", arguments.profile, str(arguments.reports), rows=rows)
    record = registry.aggregates(
        this_run.reports,
        this_run.predictions() if this_run.labeled else {},
        named_tasks(this_run.reports),
        titles=this_run.titles,
        about={
            "source": arguments.reports.name,
            "profile": this_run.profile,
            "runs": {row: results[0].runs[0].record["key"] for row, results in this_run.outcomes.items() if results[0].runs},
            "commit": provenance()["commit"],
        },
        resamples=arguments.resamples,
    )
    path = registry.write(record, arguments.out)
    print(f"{len(record['scores'])} scores of {record['about']['reports']:,} reports -> {path}")


if __name__ == "__main__":
    main()
