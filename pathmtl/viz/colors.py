"""Colors of tasks and of identifiers, apart from every plotting library: the pages that run in a browser use them too."""

from __future__ import annotations

from pathmtl.schema import CLASSES

#: The palette of Okabe and Ito (2008), distinguishable under every common color vision deficiency and in grayscale.
COLORS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "gray": "#666666",
}
#: One color per task.
TASK_COLORS = dict(zip(CLASSES, COLORS.values(), strict=True))
#: One color per group of identifiers (``deid.patterns.KINDS``): people, times, numbers, ways to reach somebody, places.
IDENTIFIER_COLORS = {
    kind: COLORS[name]
    for name, kinds in {
        "blue": ("NAME",),
        "orange": ("DATE", "AGE"),
        "green": ("MRN", "ACCESSION", "ACCOUNT", "SSN", "BLOCK", "DEVICE"),
        "purple": ("PHONE", "FAX", "EMAIL", "URL"),
        "vermilion": ("HOSPITAL", "ADDRESS", "ZIP"),
    }.items()
    for kind in kinds
}
