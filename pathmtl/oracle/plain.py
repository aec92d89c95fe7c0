"""Reports as plain text: look-alike Unicode characters, markup and check boxes undone, with the way back to the report.

Nothing here knows a finding. Each step is a list of edits. A character of the result remembers the character of the report that
it came from, so that evidence is always quoted from the report itself. A plain ASCII report without markup passes at no cost.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

Edit = tuple[int, int, str]

_TAG = re.compile(
    r"</?(?P<tag>b|i|u|em|strong|sub|sup|span|font|small|a|p|br|div|tr|td|th|li|ul|ol|table|tbody|thead|h[1-6]|hr|pre|body|html)"
    r"(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
_INLINE = frozenset(("b", "i", "u", "em", "strong", "sub", "sup", "span", "font", "small", "a"))
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8}\d?);", re.IGNORECASE)
#: RTF: control words, hexadecimal characters and braces; "\par" and "\line" end a line (RTF 1.9 specification).
_RTF = re.compile(r"\\'(?P<code>[0-9a-f]{2})|\\(?P<word>[a-z]+)-?\d* ?|\\[^a-z]|[{}]", re.IGNORECASE)
_RTF_BREAKS = {"par": "\n", "line": "\n", "row": "\n", "tab": "\t", "cell": "\t"}
_BOLD = re.compile(r"(?<![*])\*\*(?![*])|\\\.br\\")
#: A check box, empty or marked (CAP protocols print "___", eCC exports "(_)" and "(x)", others "[ ]" and boxes).
_BOX = re.compile(
    r"(?P<empty>\([ ]?_{0,3}[ ]?\)|\[[ ]?_{0,3}[ ]?\]|[☐□◻❏❑○])|(?P<marked>[(\[][ ]?_?[xX✓✔√]_?[ ]?[)\]]|[☒☑■✓✔✗✘●])"
    r"|(?:^|(?<=\n)|(?<=\s\s))[ \t*+]*(?:(?P<line>_{2,})(?=[ \t]*[A-Za-z(])|(?P<crossed>_+[xX]_+)(?=[ \t]*[A-Za-z(]))"
)
#: What looks like an empty box, found faster.
_EMPTY = re.compile(r"__|\[(?: ?\]|_)|\((?: ?\)|_)")
#: Longest option, in characters, of a report without line breaks.
_LONGEST_OPTION = 120
_OPTION_END = re.compile(r"\n|[.;] (?=[A-Z])|[A-Za-z)]:(?=\s)|$")
#: Cyrillic letters that look like the Latin ones of a stage code.
_LOOKALIKE = dict(zip("АВЕКМНОРСТХаеорсх", "ABEKMHOPCTXaeopcx", strict=True))
_DASHES = "‐‑‒–—―−﹣－"
_KEPT = "№ªº™®©"


@dataclass(frozen=True, slots=True)
class Plain:
    """A report as plain text; ``origins`` holds one offset into the report per character, None where nothing moved."""

    text: str
    origins: tuple[int, ...] | None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the plain text stands in the report."""
        if self.origins is None:
            return start, end
        first = self.origins[start] if start < len(self.origins) else self.origins[-1] + 1
        return first, self.origins[end - 1] + 1 if end > start else first


def plain(text: str) -> Plain:
    """Undo markup, look-alike characters and check boxes.

    HTML and RTF tags and invisible characters go; full-width, superscript and ligature forms become plain letters (Unicode
    NFKC); dashes and minus signs become "-"; of a checklist with boxes only the marked options stay (CAP protocols: an option
    that nobody marked states nothing).

    Parameters
    ----------
    text : str
        The report.

    Returns
    -------
    Plain
        The plain text and, where characters moved, their offsets in the report.

    Examples
    --------
    >>> plain("Stage: ｐＴ２ [ ] pN0 [x] pN1").text
    'Stage: pT2   pN1'
    """
    origins: tuple[int, ...] | None = None
    for applies, edits in _STEPS:
        if applies(text) and (found := list(edits(text))):
            text, origins = _apply(text, origins, found)
    return Plain(text, origins)


def _apply(text: str, origins: Sequence[int] | None, edits: Sequence[Edit]) -> tuple[str, tuple[int, ...] | None]:
    if all(len(new) == end - start for start, end, new in edits) and origins is None:
        pieces, at = [], 0
        for start, end, new in edits:
            pieces += [text[at:start], new]
            at = end
        return "".join([*pieces, text[at:]]), None
    places = range(len(text)) if origins is None else origins
    pieces, moved, at = [], [], 0
    for start, end, new in edits:
        pieces += [text[at:start], new]
        moved += places[at:start]
        moved += [places[min(start + offset, end - 1)] for offset in range(len(new))]
        at = end
    return "".join([*pieces, text[at:]]), (*moved, *places[at:])


def _markup(text: str) -> Iterator[Edit]:
    for match in _TAG.finditer(text):
        tag = match["tag"].lower()
        yield *match.span(), "" if tag in _INLINE else "  " if tag in ("td", "th") else "\n"


def _entities(text: str) -> Iterator[Edit]:
    for match in _ENTITY.finditer(text):
        yield *match.span(), html.unescape(match[0])


def _rtf(text: str) -> Iterator[Edit]:
    for match in _RTF.finditer(text):
        character = bytes.fromhex(match["code"]).decode("cp1252", "replace") if match["code"] else ""
        yield *match.span(), character or _RTF_BREAKS.get(match["word"] or "", "")


def _bold(text: str) -> Iterator[Edit]:
    for match in _BOLD.finditer(text):
        yield *match.span(), "" if match[0] == "**" else "\n"


def _json(text: str) -> Iterator[Edit]:
    for match in re.finditer(r'\\n|["{}]', text):
        yield *match.span(), "\n" if match[0] == "\\n" else ""


@lru_cache(maxsize=4096)
def _simple(character: str) -> str:
    """The plain form of one character beyond ASCII; itself where there is none."""
    if character in _LOOKALIKE:
        return _LOOKALIKE[character]
    if character in _DASHES:
        return "-"
    if character in _KEPT:
        return " "
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category in ("Zs", "Zl", "Zp") or character == "\x85":
        return " " if category == "Zs" else "\n"
    folded = unicodedata.normalize("NFKC", character).replace("⁄", "/").replace("−", "-")
    return folded if folded.isascii() else character


def _characters(text: str) -> Iterator[Edit]:
    for match in re.finditer(r"[^\x00-\x7f]", text):
        character, before = match[0], text[match.start() - 1 : match.start()]
        new = _simple(character)
        if character in "¹²³⁴⁵⁶⁷⁸⁹⁰" and not before.isupper():
            new = " "  # a footnote or a unit ("pT2¹", "mm²")
        if new != character:
            yield *match.span(), new


def _has_boxes(text: str) -> bool:
    if _EMPTY.search(text):
        return True
    return not text.isascii() and any(sign in text for sign in "☐□◻❏❑○")


def _boxes(text: str) -> Iterator[Edit]:
    boxes = list(_BOX.finditer(text))
    if not any(box["empty"] or box["line"] for box in boxes):
        return
    for index, box in enumerate(boxes):
        following = boxes[index + 1].start() if index + 1 < len(boxes) else len(text)
        stop = _OPTION_END.search(text, box.end(), min(following, box.end() + _LONGEST_OPTION))
        end = stop.start() if stop else min(following, box.end() + _LONGEST_OPTION)
        if box["marked"] or box["crossed"]:
            # The mark itself says nothing more.
            yield *box.span(), ""
        elif _behind(text, box, boxes):
            # "pT1 [ ]": the box closes its option.
            begin = max(text.rfind("\n", 0, box.start()) + 1, boxes[index - 1].end() if index else 0)
            begin = max(begin, text.rfind(": ", begin, box.start()) + 1)
            yield begin, box.end(), " "
        else:
            yield box.start(), end, " " if end < len(text) and text[end] != "\n" else ""


def _behind(text: str, box: re.Match, boxes: Sequence[re.Match]) -> bool:
    """Whether boxes stand behind their options: the line ends with one, and none stands first or behind its colon."""
    start = text.rfind("\n", 0, box.start()) + 1
    end = text.find("\n", box.end())
    end = len(text) if end < 0 else end
    own = [other for other in boxes if start <= other.start() < end]
    lead = text[start : own[0].start()].strip(" \t*+-")
    return bool(lead) and not lead.endswith((":", "(pt)", ")")) and not text[own[-1].end() : end].strip(" \t.")


_STEPS: tuple[tuple[Callable[[str], bool], Callable[[str], Iterator[Edit]]], ...] = (
    (lambda text: text.startswith("{\\rtf"), _rtf),
    (lambda text: text.startswith(('{"', '{ "', "{\n")), _json),
    (lambda text: "<" in text and ">" in text, _markup),
    (lambda text: "&" in text and ";" in text, _entities),
    (lambda text: ("*" in text and "**" in text) or ("\\" in text and "\\.br" in text), _bold),
    (lambda text: not text.isascii(), _characters),
    (_has_boxes, _boxes),
)
