"""T from the stated size of an invasive breast tumor (AJCC-8): an inference, never a statement."""

from __future__ import annotations

from collections.abc import Iterator

from pathmtl.oracle.canonical import breast_t_from_size
from pathmtl.oracle.common import Candidate
from pathmtl.oracle.extent import size_patterns as table
from pathmtl.oracle.nodes.candidates import site


def size_candidates(low: str) -> Iterator[Candidate]:
    """Infer T from sizes in a report about the breast (AJCC-8, breast chapter); none for other organs, which have other bounds.

    Parameters
    ----------
    low : str
        The folded report.
    """
    if site(low) != "breast":
        return
    for match in table.SIZE.finditer(low):
        millimeters = float(match["size"].replace(",", ".")) * (10 if match["unit"] == "cm" else 1)
        if 0 < millimeters <= 300:
            yield Candidate("T", breast_t_from_size(millimeters), match.start(), match.end(), "T from size", inferred=True)
