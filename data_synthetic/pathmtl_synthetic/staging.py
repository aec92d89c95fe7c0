"""How a document states T, N and M: codes, labelled fields, sentences, node counts."""

from __future__ import annotations

from pathmtl_synthetic.case import BREAST, COLON, n_category, t_category
from pathmtl_synthetic.page import Page
from pathmtl_synthetic.wording import staging as W

Field = tuple[str, str]
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def words(number: int) -> str:
    return _WORDS[number] if number < len(_WORDS) else str(number)


def _prefix(page: Page, clinical: bool = False) -> str:
    if page.case.treated:
        page.note("y_prefix")
        return "yp"
    return "" if page.fires("t_without_prefix") else "p"


def _code(page: Page, letter: str, category: str) -> str:
    if page.fires("code_spaced"):
        prefix = _prefix(page)
        forms = (f"{prefix} {letter}{category}", f"{prefix}{letter} {category}")
        return page.write(forms if prefix else forms[1:])
    return f"{_prefix(page)}{letter}{category}"


def t_code(page: Page, i: int = 0) -> str:
    """``pT1c``, ``ypT2(m)``, ``pTis (DCIS)``; marked when it describes the index tumour."""
    tumour = page.case.tumours[i]
    category = t_category(tumour)
    text = _code(page, "T", category)
    if tumour.foci > 1 and page.fires("multifocal"):
        text += page.write("[(m)|(m)|(m{n})]", n=tumour.foci)
    return page.state("T", text, i)


def n_code(page: Page, i: int = 0, follows_t: bool = False) -> str:
    """The N code; behind a T code it often goes without prefix (``ypT2 N0``).

    ``pN0(sn)``, ``pN0(i+)``, ``pN1mi``, ``pN2a``; ``pNX`` where no node was submitted.
    """
    nodes = page.case.nodes[i]
    category = n_category(page.case.organ, nodes)
    if category is None or page.kind == "excision":
        return _code(page, "N", "X")
    bare = page.chance(0.65) if page.case.treated else follows_t and page.chance(0.25)
    text = f"N{category}" if bare else _code(page, "N", category)
    if category == "1mi":
        page.note("n1mi")
    if nodes.isolated_cells:
        page.note("itc")
        text += "(i+)"
    if nodes.sentinel and page.chance(0.6):
        text += page.write("[(sn)|(sn)| (sn)]")
    return page.state("N", text, i)


def m_text(page: Page) -> str | None:
    """The M code where M is stated, else now and then "not applicable" or an old ``MX``, else nothing.

    AJCC-8 knows cM0, cM1 and pM1 and neither pM0 nor MX; real reports write both all the same, so a few are kept as their habit.
    """
    if "M" in page.stated:
        if page.case.metastasis:
            return page.state("M", page.write("[pM1|pM1|M1]")) + page.write("[ ({site})|: {site}|]", site=page.case.metastasis)
        return page.state("M", page.write(W.M0))
    return page.write(W.M_NONE) if page.chance(0.3) else None


def shows_n(page: Page) -> bool:
    """Whether an N code is written at all: stated with a code, or pNX."""
    if "N" in page.stated:
        return not page.has("node_counts_without_code")
    return page.kind == "excision" and "T" in page.stated and page.fires("pnx_stated")


def combined_code(page: Page, i: int = 0) -> str:
    """``pT1c, pN0(sn), cM0``: every code the document states, on one line ("" if none)."""
    parts = []
    if "T" in page.stated:
        parts.append(t_code(page, i))
    if shows_n(page):
        parts.append(n_code(page, i, follows_t=bool(parts)))
    if not parts and "M" not in page.stated:
        return ""
    m = m_text(page) if i == 0 else None
    if m and ("M" in page.stated or m == "MX"):
        parts.append(m)
    return page.write("[, | |; | | ]").join(parts)


def meaning(page: Page, i: int = 0) -> str:
    table = W.T_MEANING[page.case.organ].get(t_category(page.case.tumours[i]))
    return page.rng.choice(table) if table else ""


def _t_field(page: Page, i: int) -> Field:
    label = page.write(W.T_LABEL)
    if i == 0 and page.fires("see_comment"):
        page.deferred.append(page.write(W.STAGE_SENTENCE, code=t_code(page, i)) + ".")
        return label, page.write("[see comment|See comment|(see comment)|see note]")
    text = meaning(page, i) if page.chance(0.35) else ""
    return label, t_code(page, i) + (page.write("[: {m}| ({m})| - {m}]", m=text) if text else "")


def _n_field(page: Page, i: int) -> Field:
    text = ""
    if page.breast and "N" in page.stated and page.chance(0.3):
        text = page.write(W.N_MEANING[n_category(page.case.organ, page.case.nodes[i])])
    return page.write(W.N_LABEL), n_code(page, i) + (f" ({text})" if text else "")


def stage_fields(page: Page, i: int = 0) -> list[Field]:
    """T, N and M as labelled fields, apart or on one line."""
    if page.chance(0.35):
        code = combined_code(page, i)
        return [(page.write(W.TNM_LABEL), code)] if code else []
    fields: list[Field] = []
    if "T" in page.stated:
        fields.append(_t_field(page, i))
    if shows_n(page):
        fields.append(_n_field(page, i))
    m = m_text(page) if i == 0 else None
    if m:
        fields.append((page.write(W.M_LABEL_CLINICAL if "cM" in m else W.M_LABEL), m))
    return fields


def node_sentence(page: Page, i: int = 0) -> str:
    """A node count in words; it carries the evidence of N where no code does."""
    nodes = page.case.nodes[i]
    kind = "some" if nodes.positive else "itc" if nodes.isolated_cells else "none"
    text = page.write(W.NODE_COUNT[kind], positive=nodes.positive, examined=nodes.examined, words=words(nodes.examined))
    if not page.breast:
        text = text.replace("axillary lymph", "regional lymph")
    if kind == "itc":
        page.note("itc")
    if page.has("node_counts_without_code"):
        text = page.state("N", text, i)
    if nodes.positive and nodes.largest:
        text += page.write(
            "[; [largest|size of largest] [deposit|metastasis|focus][ measures| is|:] {mm} mm|]", mm=f"{nodes.largest:g}"
        )
    if nodes.extranodal:
        text += page.write("[; extranodal extension [present|identified]|]")
    return text


def node_fields(page: Page, i: int = 0) -> list[Field]:
    nodes = page.case.nodes[i]
    examined, positive = page.rng.choice(W.NODE_FIELDS if page.breast else W.NODE_FIELDS[:-1])
    if n_category(page.case.organ, nodes) == "1mi":
        positive = positive.replace("Macrometastases", "Micrometastases")
    value = str(nodes.positive)
    if page.has("node_counts_without_code"):
        value = page.state("N", value, i)
    return [(page.write(examined), str(nodes.examined)), (page.write(positive), value)]


def counts_can_stand_alone(page: Page) -> bool:
    """Where AJCC-8 N follows from the counts that the text gives: breast and colon, no micrometastasis."""
    nodes = page.case.node
    if nodes is None or page.case.organ not in (BREAST, COLON):
        return False
    return nodes.positive == 0 or (nodes.largest > 2.0 or page.case.organ == COLON)


def prior_stage(page: Page) -> str:
    """An earlier cancer's stage, for the history: never this case's."""
    rng = page.rng
    code = rng.choice(W.PRIOR_CODE_TN if page.fires("prior_names_node") else W.PRIOR_CODE)
    other = page.case.tumour.side
    other = {"left": "right", "right": "left"}.get(other, "left") if page.chance(0.5) else other or "left"
    year = page.when.year - rng.randint(2, 15)
    table = W.PRIOR_STAGE if page.breast else W.PRIOR_STAGE_OTHER
    return page.write(table, other=other, year=year, ago=page.when.year - year, code=code)
