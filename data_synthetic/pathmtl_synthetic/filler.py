"""What fills real reports: stains, gene tests, codes, notes on handling. None of it states a label."""

from __future__ import annotations

from datetime import timedelta

from pathmtl_synthetic import identities as ids
from pathmtl_synthetic.page import Page
from pathmtl_synthetic.wording import filler as W


def stains(page: Page) -> str:
    """A list of stains that are neither ER, PR nor HER2."""
    table = W.STAIN if page.breast else W.STAIN_OTHER
    chosen = page.rng.sample(table, min(len(table), page.rng.randint(2, 5 + page.facts.length)))
    ecad = "lost" if "lobular" in page.case.tumour.histology else "membranous staining retained"
    return page.write(W.STAIN_TITLE) + ":\n" + "\n".join(page.write(line, ki=page.facts.ki67, ecad=ecad) for line in chosen)


def stain_table(page: Page) -> str:
    """The same as a table of antibody, clone, block and control, as immunohistochemistry benches print it."""
    rng = page.rng
    heads = ("[Antibody|Marker|Stain]", "[Clone|Source]", "Block", "[Result|Interpretation]", "Control")
    rows = [[page.write(head) for head in heads]]
    for name, clone, result in rng.sample(W.PANEL, rng.randint(3, len(W.PANEL))):
        block = f"{page.facts.specimens[0].block if page.facts.specimens else 'A'}{rng.randint(1, 9)}"
        rows.append([name, clone, block, page.write(result), page.write("[adequate|reacts as expected|ok]")])
    gap = rng.choice((" / ", ", ", "  ", " | "))
    return page.write(W.STAIN_TITLE) + ":\n" + "\n".join(gap.join(row) for row in rows)


def handling(page: Page) -> str:
    """When each container was removed, fixed and received: the log that fixation guidelines ask for."""
    rng, rows = page.rng, []
    for specimen in page.facts.specimens:
        slots = {
            "h": rng.randint(8, 15),
            "m": rng.randint(10, 58),
            "n": rng.randint(4, 59),
            "f": rng.randint(7, 60),
            "k": specimen.mark,
        }
        rows.append(page.write(W.HANDLING, **slots))
    return page.write(W.HANDLING_TITLE) + ":\n" + "\n".join(rows) if rows else ""


def earlier_cases(page: Page) -> str:
    """Earlier accessions of the patient: benign or unrelated ones, so that nothing here competes with the diagnosis."""
    rng = page.rng
    rows, table = [], W.EARLIER if page.identity.female else W.EARLIER_EITHER
    for _ in range(rng.randint(1, 4)):
        when = page.when - timedelta(days=rng.randint(200, 3500))
        rows.append(f"{ids.accession(rng, when)}  {ids.date_text(rng, when)}  {page.write(table)}")
    return page.write(W.EARLIER_TITLE) + ":\n" + "\n".join(rows)


def codes(page: Page) -> str:
    rng = page.rng
    code, topography, morphology = W.CODE_OF[page.case.organ]
    return page.write(W.CODES, c=code, d=rng.randint(1, 9), n=rng.randint(2, 9), t=topography, m=morphology)


def molecular(page: Page) -> str:
    """Gene tests, by organ."""
    table = W.MOLECULAR[page.case.organ]
    if page.breast and page.case.er.status == "Negative":
        table = table[1:]  # recurrence assays are for hormone receptor positive cancer
    chosen = page.rng.sample(table, page.rng.randint(1, len(table)))
    return " ".join(page.write(line, n=page.rng.randint(2, 60), k="A", d=page.rng.randint(1, 9)) for line in chosen)


def procedural(page: Page) -> str:
    """Notes on handling, controls, archives and conferences: the longer the report, the more."""
    table = (*W.PROCEDURAL, *(W.PROCEDURAL_BREAST if page.breast else ()))
    chosen = page.rng.sample(table, page.rng.randint(*((1, 2), (1, 4), (2, 7), (4, 10))[page.facts.length]))
    return " ".join(
        page.write(line, ki=page.rng.choice((10, 20, 40, 60, 80)), k="A", n=page.rng.randint(1, 9)) for line in chosen
    )
