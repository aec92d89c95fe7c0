"""Invented people and institutions, and every type of identifier that a report may carry, marked with its gold type.

Nobody here exists: telephone numbers use the 555-01xx block, addresses invented streets, e-mail and web addresses the
reserved example domains (RFC 2606), social security numbers the never-issued 9xx area.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from pathmtl_synthetic.markup import mark
from pathmtl_synthetic.wording import names as N


@dataclass(frozen=True, slots=True)
class Identity:
    """A patient and the institution that wrote about them: plain strings, marked where they are written."""

    given: str
    family: str
    initial: str
    born: date
    female: bool
    mrn: str
    hospital: str
    town: str
    physician: str
    pathologist: str
    resident: str
    uk: bool


def digits(rng: random.Random, count: int) -> str:
    return "".join("0123456789"[int(rng.random() * 10)] for _ in range(count))


def _person(rng: random.Random) -> str:
    return f"{rng.choice((*N.GIVEN, *N.MALE))} {rng.choice('ABCDEFGHJKLMNPRSTW')}. {rng.choice(N.FAMILY)}"


def draw_identity(rng: random.Random, organ: str, when: date) -> Identity:
    """A patient whose age fits the disease; about 4 % are over 89 (whose age is itself an identifier)."""
    female = rng.random() < {"breast": 0.99, "prostate": 0.0}.get(organ, 0.5)
    age = rng.randint(90, 97) if rng.random() < 0.04 else int(min(89, max(27, rng.gauss(61, 12))))
    town = rng.choice(N.TOWN)
    return Identity(
        rng.choice(N.GIVEN if female else N.MALE),
        rng.choice(N.FAMILY),
        rng.choice("ABCDEFGHJKLMNPRST"),
        when - timedelta(days=int(age * 365.25) + rng.randint(1, 360)),
        female,
        digits(rng, rng.choice((6, 7, 8))),
        rng.choice(N.HOSPITAL).format(t=town, s=rng.choice(N.SAINT)),
        town,
        _person(rng),
        _person(rng),
        _person(rng),
        rng.random() < 0.12,
    )


def age(identity: Identity, when: date) -> int:
    return int((when - identity.born).days / 365.25)


def age_text(identity: Identity, when: date) -> str:
    """The age in years; marked when over 89, as the HIPAA safe-harbour rule asks (45 CFR 164.514(b)(2)(i)(C))."""
    years = age(identity, when)
    return mark("AGE", str(years)) if years >= 90 else str(years)


def date_text(rng: random.Random, when: date, style: int | None = None) -> str:
    """A marked date in one of seven notations."""
    style = rng.randrange(7) if style is None else style
    month = N.MONTH[when.month - 1]
    return mark(
        "DATE",
        (
            f"{when.month}/{when.day}/{when.year}",
            f"{when.month:02d}/{when.day:02d}/{when.year % 100:02d}",
            f"{when.day}-{month[:3]}-{when.year}",
            f"{month} {when.day}, {when.year}",
            when.isoformat(),
            f"{when.day} {month} {when.year}",
            f"{when.day:02d}.{when.month:02d}.{when.year}",
        )[style],
    )


def patient_name(rng: random.Random, who: Identity) -> str:
    return mark(
        "NAME",
        rng.choice(
            (
                f"{who.family.upper()}, {who.given.upper()} {who.initial}",
                f"{who.family}, {who.given}",
                f"{who.given} {who.family}",
                f"{who.given} {who.initial}. {who.family}",
                f"{who.family.upper()}, {who.given.upper()}",
            )
        ),
    )


def doctor(rng: random.Random, name: str, degree: bool = True) -> str:
    given, initial, family = name.split(" ", 2)
    form = rng.choice((f"{given} {initial} {family}", f"{given} {family}", f"{given[0]}. {family}"))
    if not degree or rng.random() < 0.25:
        return "Dr. " + mark("NAME", family if rng.random() < 0.5 else form)
    return mark("NAME", form) + ", " + rng.choice(N.DEGREE)


def accession(rng: random.Random, when: date) -> str:
    return mark(
        "ACCESSION",
        rng.choice(("S{y}-{n5}", "SP-{y}-{n6}", "{y}-S-{n5}", "SU{y}{n6}", "H{y}/{n5}", "BS{y}-{n4}", "S-{Y}-{n5}")).format(
            y=f"{when.year % 100:02d}", Y=when.year, n4=digits(rng, 4), n5=digits(rng, 5), n6=digits(rng, 6)
        ),
    )


def phone(rng: random.Random, kind: str = "PHONE") -> str:
    area, last = rng.randint(201, 989), rng.randint(100, 199)
    return mark(
        kind, rng.choice((f"({area}) 555-0{last}", f"{area}-555-0{last}", f"{area}.555.0{last}", f"+1 {area} 555 0{last}"))
    )


def address(rng: random.Random, who: Identity) -> str:
    street = f"{rng.randint(2, 9899)} {rng.choice(N.STREET)}" + rng.choice(
        ("", "", f", Apt {rng.randint(1, 40)}", f", Suite {rng.randint(100, 900)}")
    )
    return f"{mark('ADDRESS', f'{street}, {who.town}, {rng.choice(N.STATE)}')} {mark('ZIP', digits(rng, 5))}"


def email(rng: random.Random, name: str) -> str:
    given, _, family = name.split(" ", 2)
    local = "".join(c for c in f"{given[0]}.{family}".lower() if c.isalpha() or c == ".")
    return mark("EMAIL", f"{local}@example.{rng.choice(('org', 'com', 'net'))}")


def extra_lines(rng: random.Random, who: Identity, when: date) -> list[str]:
    """Rarer identifiers, one labelled line each: every type of ``IDENTIFIERS`` occurs somewhere in a large corpus."""
    slug = who.town.split()[0].lower()
    return [
        rng.choice(("Account #: ", "Acct No: ", "Billing account: ")) + mark("ACCOUNT", digits(rng, rng.choice((8, 9, 10)))),
        rng.choice(("SSN: ", "Social Security No.: ")) + mark("SSN", f"9{digits(rng, 2)}-{digits(rng, 2)}-{digits(rng, 4)}"),
        rng.choice(("Phone: ", "Tel: ", "Telephone ")) + phone(rng),
        rng.choice(("Fax: ", "FAX ")) + phone(rng, "FAX"),
        rng.choice(("E-mail: ", "Email: ", "Contact: ")) + email(rng, who.pathologist),
        rng.choice(("Address: ", "Patient address: ")) + address(rng, who),
        rng.choice(("Results online: ", "See ", "Web: "))
        + mark(
            "URL",
            rng.choice(
                (
                    f"https://www.example.org/{slug}/results",
                    f"www.{slug}-pathology.example.com",
                    f"http://portal.example.net/{digits(rng, 5)}",
                )
            ),
        ),
        rng.choice(("Expander serial number: ", "Port device S/N: ", "Breast implant serial no. "))
        + mark("DEVICE", f"{rng.choice('ABDKMS')}{rng.choice('NRTX')}{digits(rng, 7)}"),
        rng.choice(("Outside block number: ", "Block ID: ", "Representative block "))
        + mark("BLOCK", f"S{when.year % 100:02d}-{digits(rng, 4)} {rng.choice('ABCD')}{rng.randint(1, 9)}"),
    ]
