"""Recognizer of HL7 version 2 segments that were pasted into a report: PID, NK1, PV1 and others, field by field."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pathmtl.deid.spans import Span

_SEGMENT = re.compile(
    r"(?<![\w|])(MSH|PID|PD1|NK1|PV1|ORC|OBR|OBX|GT1|IN1)\|(?:(?!\s(?:PID|PD1|NK1|PV1|ORC|OBR|OBX|NTE)\|)[^\n\r])*"
)
#: Segment -> kind -> numbers of its fields (HL7 v2.5.1, chapters 2, 3, 4 and 6). MSH counts its separator as field 1.
_FIELDS: dict[str, dict[str, tuple[int, ...]]] = {
    "MSH": {"HOSPITAL": (4, 6), "DATE": (7,)},
    "PID": {
        "MRN": (2, 3, 4),
        "NAME": (5, 6, 9),
        "DATE": (7, 29),
        "ADDRESS": (11, 12, 23),
        "PHONE": (13, 14),
        "ACCOUNT": (18, 20, 21),
        "SSN": (19,),
    },
    "PD1": {"HOSPITAL": (3,), "NAME": (4,)},
    "NK1": {"NAME": (2, 30), "ADDRESS": (4, 32), "PHONE": (5, 6, 31), "HOSPITAL": (13,)},
    "PV1": {"NAME": (7, 8, 9, 17, 52), "ACCOUNT": (19, 50), "HOSPITAL": (3, 39), "DATE": (44, 45)},
    "ORC": {"ACCESSION": (2, 3), "DATE": (9, 15), "NAME": (10, 11, 12), "PHONE": (14,)},
    "OBR": {"ACCESSION": (2, 3), "DATE": (6, 7, 8, 14, 22), "NAME": (10, 16, 28, 32, 33, 34, 35), "PHONE": (17,)},
    "GT1": {"ACCOUNT": (2,), "NAME": (3, 4), "ADDRESS": (5,), "PHONE": (6, 7), "DATE": (8,), "SSN": (12,)},
    "IN1": {"ACCOUNT": (2, 3, 8, 36), "HOSPITAL": (4,), "ADDRESS": (5, 19), "PHONE": (7,), "NAME": (16,), "DATE": (18,)},
}
#: What the fifth field of OBX holds, by the type in its second.
_OBSERVED = {"XPN": "NAME", "XCN": "NAME", "PN": "NAME", "AD": "ADDRESS", "XAD": "ADDRESS",
             "TN": "PHONE", "XTN": "PHONE", "DT": "DATE"}
_KIND = {name: {n: kind for kind, numbers in fields.items() for n in numbers} for name, fields in _FIELDS.items()}


def hl7(text: str) -> Iterator[Span]:
    """Find the fields of HL7 segments that identify someone (HL7 v2.5.1); a field goes whole, with its components.

    Examples
    --------
    >>> [text[a:b] for text in ["PID|1||4471902^^^LAB||FIELDING^MARGOT||19510314|F"] for a, b, _ in hl7(text)]
    ['4471902^^^LAB', 'FIELDING^MARGOT', '19510314']
    """
    if "|" not in text:
        return
    for segment in _SEGMENT.finditer(text):
        kinds = _KIND.get(segment[1], {})
        number = 1 if segment[1] == "MSH" else 0
        at = segment.start(1)
        fields = segment[0].split("|")
        if segment[1] == "OBX" and len(fields) > 2 and fields[2] in _OBSERVED:
            kinds = {5: _OBSERVED[fields[2]]}
        for field in fields:
            kind = kinds.get(number)
            if kind and any(map(str.isalnum, field)) and not re.fullmatch(r"\[[A-Z]+\]", field):
                yield Span(at, at + len(field.rstrip()), kind)
            at += len(field) + 1
            number += 1
