"""Streaming generation of the corpus: patients in order, each from its own seed, so that any prefix is the same for any ``n``."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
import json
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pathmtl.schema import TASKS
from pathmtl_synthetic import noise, phenomena, plan, sections
from pathmtl_synthetic.case import Case, labels
from pathmtl_synthetic.identities import draw_identity
from pathmtl_synthetic.markup import strip
from pathmtl_synthetic.page import Page
from pathmtl_synthetic.priors import draw_case
from pathmtl_synthetic.styles import STYLES

COLUMNS = (
    "report_id",
    "patient_id",
    "cancer_type",
    *TASKS,
    "text",
    "split",
    "style",
    "phenomena",
    "kind",
    "date",
    "side",
    "phi",
    "evidence",
)
#: Registry codes; lung and bowel are grouped with the code of their commonest form.
CANCER_TYPE = {"breast": "BRCA", "prostate": "PRAD"}
#: Of each stratum's patients, in order; eight to training, one to validation, one to test (a rare stratum gives two to each),
#: so that the split is stratified, streams, and never parts a patient.
_CYCLE = ("train", "train", "test", "train", "train", "train", "validation", "train", "train", "train")
_RARE_CYCLE = ("train", "test", "train", "train", "validation", "train", "test", "train", "train", "train")


#: Blanks that optional words leave before a comma or a line end.
_SPACES = re.compile(r" +([,\n])")


def cancer_type(case: Case) -> str:
    if case.organ == "lung":
        return "LUSC" if "squamous" in case.tumour.histology else "LUAD"
    if case.organ == "colon":
        return "READ" if case.tumour.site.startswith("rect") else "COAD"
    return CANCER_TYPE[case.organ]


def stratum(case: Case, pages: list[Page]) -> tuple[str, bool]:
    """Stratum of a patient, and whether it is rare: the rarest thing that its reports state decides."""
    stated = {(task, value) for page in pages for task, value in truth(page).items() if value}
    for rare in (
        ("M", "M1"),
        ("N", "N3"),
        ("T", "T4"),
        ("T", "T0"),
        ("N", "N2"),
        ("HER2", "Equivocal"),
        ("HER2", "Positive"),
        ("T", "T3"),
    ):
        if rare in stated:
            return "/".join(rare), rare not in (("HER2", "Positive"), ("T", "T3"))
    values = dict(sorted(stated))
    return f"{values.get('T', '')}/{values.get('N', '')}/{'HER2' if 'HER2' in values else ''}", False


def truth(page: Page) -> dict[str, str]:
    """The labels that the report states, "" where it does not."""
    known = labels(page.case)
    return {task: known[task] if task in page.stated else "" for task in TASKS}


def write_page(page: Page) -> str:
    """The whole document, marked and damaged."""
    head, foot = sections.identifiers(page)
    body = STYLES[page.style].write(page)
    marked = "\n\n".join(part for part in (head, body, foot) if part)
    return noise.damage(_SPACES.sub(r"\1", marked), page)


def open_patient(number: int, seed: int, rates: dict[str, float]) -> tuple[Case, list[Page]]:
    """Patient ``number`` (from 1): the case, and its documents, settled and not yet written. Depends on nothing else."""
    rng = random.Random(f"pathmtl/{seed}/{number}")  # a string seed is hashed with SHA-512: the same in every process
    while not phenomena.admits(rng, case := draw_case(rng), rates):
        pass
    todo = plan.documents(rng, case)
    identity = draw_identity(rng, case.organ, todo[0].when)
    return case, [plan.open_page(rng, document, case, identity, rates) for document in todo]


def generate(n: int, seed: int, rates: dict[str, float] | None = None, *, only: str | None = None) -> Iterator[dict]:
    """Yield ``n`` reports as rows of ``COLUMNS`` (all strings). The first k rows are the same for every n >= k.

    ``only`` names a split (train, validation, test): the others are planned, because the split depends on them, but neither
    written nor yielded, which takes a fifth of the time.

    Raises:
        ValueError: ``n`` is negative, or ``rates`` names an unknown phenomenon.
    """
    if n < 0:
        raise ValueError(f"{n} reports: give the number of reports, 0 or more")
    return _generate(n, seed, phenomena.resolve(rates), only)


def _generate(n: int, seed: int, rates: dict[str, float], only: str | None) -> Iterator[dict]:
    seen: Counter[str] = Counter()
    done, number = 0, 0
    while done < n:
        number += 1
        case, pages = open_patient(number, seed, rates)
        name, rare = stratum(case, pages)
        cycle = _RARE_CYCLE if rare else _CYCLE
        split = cycle[seen[name] % len(cycle)]
        seen[name] += 1
        if only in (None, split):
            for k, page in enumerate(pages[: n - done], start=1):
                yield _row(number, k, page, write_page(page), split)
        done += min(len(pages), n - done)


def _row(number: int, k: int, page: Page, marked: str, split: str) -> dict:
    text, spans = strip(marked)
    tumour = page.case.tumour
    return {
        "report_id": f"SYN-{number:06d}-{k}",
        "patient_id": f"SYN-{number:06d}",
        "cancer_type": cancer_type(page.case),
        **truth(page),
        "text": text,
        "split": split,
        "style": page.style,
        "phenomena": ";".join(page.phenomena),
        "kind": page.kind,
        "date": page.when.isoformat(),
        "side": tumour.side or "",
        "phi": json.dumps([list(span) for span in spans if span.tag not in TASKS]),
        "evidence": json.dumps([list(span) for span in spans if span.tag in TASKS]),
    }


def write_csv(rows: Iterable[dict], path: Path) -> int:
    """Write rows to a gzip CSV whose bytes depend on the rows alone; the file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    count = 0
    try:
        with (
            open(partial, "wb") as raw,
            gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=9) as packed,
            io.TextIOWrapper(packed, encoding="utf-8", newline="") as out,
        ):
            writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
            writer.writeheader()
            for row in rows:
                writer.writerow(row)
                count += 1
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)  # an interrupted run leaves nothing that looks like a corpus
    return count


def synthesize(
    n: int,
    seed: int,
    out: str | Path,
    rates: dict[str, float] | None = None,
    pdf: int = 0,
    *,
    overwrite: bool = False,
    step: Callable[[], None] = lambda: None,
) -> Path:
    """Write ``out/reports.csv.gz`` and ``out/settings.json``, and ``pdf`` documents under ``out/pdfs``; return the CSV's path.

    ``step`` is called after each report. Memory does not grow with ``n``.

    Raises:
        ValueError: ``n`` or a rate is out of range, a phenomenon is unknown, or more PDFs are asked for than there are reports.
        FileExistsError: there is a corpus in ``out`` already, and ``overwrite`` is False.
        RuntimeError: PDFs are asked for and reportlab is not installed.
    """
    out = Path(out)
    path = out / "reports.csv.gz"
    rows = generate(n, seed, rates)
    if n == 0 or not 0 <= pdf <= n:
        raise ValueError(f"{n} reports and {pdf} PDFs: give at least one report, and no more PDFs than reports")
    if path.exists() and not overwrite:
        raise FileExistsError(f"{path} exists: give another folder, or --overwrite to replace it")
    if pdf and importlib.util.find_spec("reportlab") is None:
        raise RuntimeError("drawing PDFs needs reportlab: pip install reportlab")

    def counted() -> Iterator[dict]:
        for row in rows:
            yield row
            step()

    write_csv(counted(), path)
    if pdf:
        from pathmtl_synthetic.pdf import render_corpus

        render_corpus(generate(n, seed, rates, only="test"), out / "pdfs", pdf, seed)
    settings = {"reports": n, "seed": seed, "pdf": pdf, "rates": phenomena.resolve(rates)}
    (out / "settings.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    return path
