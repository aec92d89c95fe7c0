"""Plant invented identifiers into reports, independently of ``pathmtl_synthetic``: other names, other layouts, other sentences.

A second opinion: most given names are outside the de-identifier's list, and the carriers may be real reports. The rules were
fixed after misses seen here and on ``pathmtl_synthetic``, so both figures are for wordings that the rules know; use a fresh seed.
Telephone numbers use the 555-01xx block; nobody here exists.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

GIVEN = [
    "Marguerite",
    "Ottoline",
    "Zsofia",
    "Ngozi",
    "Anneliese",
    "Thandiwe",
    "Siobhan",
    "Xiomara",
    "Bronwyn",
    "Katarzyna",
    "Ludmila",
    "Perpetua",
    "Araceli",
    "Solveig",
    "Nkechi",
    "Mary",
    "Susan",
    "Linda",
    "Barbara",
    "Helen",
    "Janet",
    "Dolores",
    "Mildred",
    "Rosalind",
    "Cornelius",
    "Ezekiel",
    "Bartholomew",
    "Tadeusz",
    "Robert",
    "James",
    "Kwame",
    "Dmitri",
    "Horatio",
    "William",
]
FAMILY = [
    "Abernathy",
    "Ashgrove",
    "Balogun",
    "Castellanos",
    "Czerny",
    "Dellacroce",
    "Dunwoody",
    "Eisenhardt",
    "Featherstone",
    "Fitzgibbon",
    "Guttormsen",
    "Haverford",
    "Iwasaki",
    "Jankowski",
    "Kirkpatrick",
    "Lindgren",
    "Mbeki",
    "McAllister",
    "Montague",
    "Nwosu",
    "O'Rourke",
    "Oyelaran",
    "Pemberton",
    "Quarles",
    "Rasmussen",
    "Schwarzkopf",
    "Strickland",
    "Tolliver",
    "Ulrich",
    "Vandermeer",
    "Wojcik",
    "Yarborough",
    "Zielinski",
    "Baker",
    "Rice",
    "Bishop",
    "Price",
    "Lane",
    "Wood",
]
TOWNS = ["Ambleford", "Birchwood", "Coldwater", "Dunmere", "Elmsford", "Glenhaven", "Holloway", "Larkspur", "Marlow", "Thornbury"]
HOSPITALS = (
    "{t} General Hospital",
    "St. Bartholomew Hospital",
    "{t} Regional Cancer Center",
    "{t} University Medical Center",
    "Royal {t} Infirmary",
    "{t} Pathology Laboratories",
    "Mercy {t} Hospital",
    "University of {t} Hospital",
    "{t} Surgical Clinic",
)
MONTHS = ["January", "February", "March", "April", "June", "July", "August", "September", "October", "November", "December"]
STREETS = ("Juniper Street", "Old Mill Road", "Sycamore Avenue", "Rosewood Drive", "Elm Court", "Wharf Lane", "Prospect Blvd")


@dataclass(frozen=True)
class Planted:
    """A report with identifiers and where they are: (start, end, kind)."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


class _Writer:
    """Draws identifiers of one invented patient; ``{KIND:value}`` marks a planted identifier until the text is done."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.given, self.family = rng.choice(GIVEN), rng.choice(FAMILY)
        self.middle = rng.choice("ABCDEFGHJKLMPRSTW")
        self.mrn = self.number(rng.choice((7, 8)))

    def number(self, digits: int) -> str:
        return "".join(self.rng.choice("0123456789") for _ in range(digits))

    def mark(self, kind: str, value: str) -> str:
        return f"\ue000{kind}\ue001{value}\ue002"

    def date(self) -> str:
        r = self.rng
        y, m, d = r.randint(1998, 2024), r.randint(1, 11), r.randint(1, 28)
        name = MONTHS[m - 1]
        return self.mark(
            "DATE",
            r.choice(
                (
                    f"{m}/{d}/{y}",
                    f"{m:02d}/{d:02d}/{y % 100:02d}",
                    f"{d:02d}-{name[:3].upper()}-{y}",
                    f"{name} {d}, {y}",
                    f"{d} {name} {y}",
                    f"{y}-{m:02d}-{d:02d}",
                    f"{name[:3]} {d} {y}",
                    f"{m}-{d}-{y}",
                    f"{d}{name[:3].upper()}{y}",
                    f"{name} {d}th, {y}",
                )
            ),
        )

    def patient(self) -> str:
        r, g, f, m = self.rng, self.given, self.family, self.middle
        return self.mark(
            "NAME",
            r.choice(
                (
                    f"{f}, {g}",
                    f"{f.upper()}, {g.upper()}",
                    f"{f.upper()},{g.upper()} {m}",
                    f"{g} {f}",
                    f"{g} {m} {f}",
                    f"{g.upper()} {f.upper()}",
                )
            ),
        )

    def person(self) -> str:
        r = self.rng
        g, f, m = r.choice(GIVEN), r.choice(FAMILY), r.choice("ABDEGHJKLMRST")
        return self.mark("NAME", r.choice((f"{g} {m}. {f}", f"{g} {f}", f"{g[0]}. {m}. {f}", f"{g[0]}. {f}")))

    def doctor(self) -> str:
        r = self.rng
        return r.choice(
            (
                f"Dr. {self.person()}",
                f"{self.person()}, M.D.",
                f"{self.person()} MD",
                f"Dr. {self.mark('NAME', r.choice(FAMILY))}",
                f"{self.person()}, MD, PhD",
            )
        )

    def accession(self) -> str:
        r, y = self.rng, self.rng.randint(1, 24)
        return self.mark(
            "ACCESSION",
            r.choice(
                (
                    f"S{y:02d}-{self.number(5)}",
                    f"SP{y:02d}-{self.number(4)}",
                    f"{y:02d}-SP-{self.number(5)}",
                    f"20{y:02d}-S-{self.number(4)}",
                    f"HS-{y:02d}-{self.number(6)}",
                    f"C{y:02d}/{self.number(5)}",
                )
            ),
        )

    def phone(self, kind: str = "PHONE") -> str:
        a, n = self.rng.randint(212, 989), self.rng.randint(100, 199)
        return self.mark(
            kind, self.rng.choice((f"({a}) 555-0{n}", f"{a}-555-0{n}", f"{a}.555.0{n}", f"1-{a}-555-0{n}", f"({a})555-0{n}"))
        )

    def street(self) -> str:
        r = self.rng
        return f"{r.randint(10, 9000)} {r.choice(STREETS)}, {r.choice(TOWNS)}, {r.choice(('MA', 'IL', 'TN'))}"

    def hospital(self) -> str:
        name = self.rng.choice(HOSPITALS).format(t=self.rng.choice(TOWNS))
        return self.mark("HOSPITAL", name if self.rng.random() < 0.7 else name.upper())

    def head(self) -> list[str]:
        r, m = self.rng, self.mark
        rows = [
            f"Patient Name: {self.patient()}",
            f"Pt: {self.patient()}",
            f"PATIENT NAME {self.patient()}" if r.random() < 0.2 else f"NAME: {self.patient()}",
            f"MRN# {m('MRN', self.mrn)}",
            f"Medical Record No.: {m('MRN', self.mrn)}",
            f"Patient ID: {m('MRN', self.mrn)}",
            f"Birth Date: {self.date()} (Age: {r.randint(31, 88)})",
            f"DOB {self.date()}",
            f"Age/Sex: {m('AGE', str(r.randint(90, 99)))}/F",
            f"Case No: {self.accession()}",
            f"Pathology #: {self.accession()}",
            f"Date of Procedure: {self.date()}",
            f"Date Reported: {self.date()}",
            f"Attending: {self.doctor()}",
            f"Referring Physician: {self.doctor()}",
            f"Acct #: {m('ACCOUNT', self.number(9))}",
            f"Encounter No. {m('ACCOUNT', self.number(10))}",
            f"SSN {m('SSN', f'9{self.number(2)}-{self.number(2)}-{self.number(4)}')}",
            f"Ph: {self.phone()}   Fax: {self.phone('FAX')}",
            f"{m('ADDRESS', self.street())} {m('ZIP', self.number(5))}",
            f"e-mail: {m('EMAIL', f'{r.choice(FAMILY).lower()}.{self.number(2)}@example.org'.replace(chr(39), ''))}",
        ]
        return [self.hospital(), *r.sample(rows, r.randint(3, 8))]

    def sentences(self) -> list[str]:
        r, m = self.rng, self.mark
        said = [
            f'The specimen is received labeled "{m("NAME", f"{self.family}, {self.given}")}" and consists of fatty tissue.',
            f"These findings were discussed with {self.doctor()} by telephone on {self.date()}.",
            f"Intradepartmental consultation: {self.doctor()} concurs.",
            f"Slides from {self.hospital()} ({self.accession()}) were reviewed for comparison.",
            f"Prior biopsy {self.accession()} dated {self.date()} is noted.",
            f"Ms. {m('NAME', self.family)} is a {m('AGE', str(r.randint(90, 97)))} year old woman.",
            f"Mrs {m('NAME', self.family)} was seen at {self.hospital()}.",
            f"Results were faxed to {self.phone('FAX')}.",
            f"Grossed by {self.person()} PA(ASCP).",
            f"Outside block {m('BLOCK', f'S{r.randint(10, 24)}-{self.number(4)} A{r.randint(1, 9)}')} was received.",
            f"A port (serial number {m('DEVICE', f'PX{self.number(6)}')}) is identified.",
            f"See {m('URL', f'www.{r.choice(TOWNS).lower()}path.example.com/{self.number(3)}')} for the test catalogue.",
        ]
        return r.sample(said, r.randint(2, 5))

    def foot(self) -> list[str]:
        rows = [
            f"Electronically signed by: {self.doctor()} {self.date()}",
            f"** Report Electronically Signed Out By {self.person()}, MD **",
            f"Pathologist: {self.doctor()}",
            f"Copies to: {self.doctor()}",
            f"Resident: {self.person()}",
            f"Dictated by: {self.person()}",
        ]
        return self.rng.sample(rows, self.rng.randint(1, 3))


def plant(text: str, rng: random.Random) -> Planted:
    """``text`` with a head, a foot and a few sentences that hold identifiers; its own words stay in order."""
    write = _Writer(rng)
    lines = "\n" in text
    # Behind whole sentences only: between a field and its value ("ER Status." "Negative.") nobody writes one.
    stops = [match.end() for match in re.finditer(r"[^.\n]{25}\.\s+(?=[A-Z])", text)]
    where = sorted(rng.sample(stops, min(len(stops), 5)), reverse=True)
    for at, sentence in zip(where, write.sentences(), strict=False):
        text = text[:at] + sentence + (rng.choice(("\n", " ")) if lines else " ") + text[at:]
    joint = "\n" if lines else rng.choice((" ", ". ", "  "))
    return _unmark(joint.join([*write.head(), text, *write.foot()]))


def _unmark(marked: str) -> Planted:
    out, spans, at = [], [], 0
    for piece in re.split("(\ue000[A-Z]+\ue001[^\ue002]*\ue002)", marked):
        if piece.startswith("\ue000"):
            kind, value = piece[1:-1].split("\ue001")
            spans.append((at, at + len(value), kind))
            piece = value
        out.append(piece)
        at += len(piece)
    return Planted("".join(out), tuple(spans))
