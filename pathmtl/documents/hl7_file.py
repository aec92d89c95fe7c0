"""HL7 version 2 messages: the text of a report from its OBX and NTE segments, and the ids of the report and the patient.

Parsed by the library ``hl7`` (HL7 v2.5.1, chapters 2 and 7). Names and numbers of the PID segment are not part of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import hl7

_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}\|")
_ENVELOPE = ("FHS", "BHS", "BTS", "FTS")
#: Escape sequences (chapter 2.7); a lone backslash is left as it is.
_ESCAPE = re.compile(r"\\(?:[FSTREHN]|\.[a-z]{2}[ +-]?\d*|X(?:[0-9A-Fa-f]{2})+|[CM][0-9A-Fa-f]{4,6}|Z\w*)\\")
_FORMATTING = {"H": "", "N": "", ".br": "\n", ".sp": "\n", ".ce": "\n", ".fi": "", ".nf": "", ".sk": " "}
#: Types of observation that are paragraphs of text, and those that are documents or pointers to one.
_PROSE, _ATTACHED = ("TX", "FT"), ("ED", "RP")
#: Withdrawn by the sender: deleted, or posted in error (table 0085).
_WITHDRAWN = ("D", "W")


@dataclass(frozen=True)
class Message:
    """One message: ids (empty if absent), date of the observation as written, text, and what is attached and not read."""

    report_id: str
    control_id: str
    patient_id: str
    date: str
    text: str
    attached: tuple[str, ...]


def is_hl7(head: str) -> bool:
    """Return True if a file that begins with ``head`` is an HL7 message or a batch of them."""
    return head.lstrip("\ufeff\x0b\r\n ").startswith(("MSH|", "BHS|", "FHS|"))


def parse_messages(text: str) -> list[Message]:
    """Return the messages of a file: one, or a batch (FHS, BHS), whatever ends their lines.

    Raises
    ------
    ValueError
        A message cannot be parsed; the text of the error is fixed and quotes nothing.
    """
    return [_message(block) for block in _blocks(text)]


def decoded(data: bytes) -> str:
    """The text of a message: UTF-8, or else Windows-1252."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _blocks(text: str) -> Iterator[str]:
    """The segments of each message; a line that begins no segment continues the one before."""
    block: list[str] = []
    for line in re.split(r"\r\n|\r|\n", text.replace("\x0b", "").replace("\x1c", "")):
        if line.lstrip()[:3] in _ENVELOPE or not line.strip():
            continue
        if line.lstrip().startswith("MSH|"):
            if block:
                yield "\r".join(block)
            block = [line.lstrip()]
        elif _SEGMENT.match(line) or not block:
            block.append(line)
        else:
            block[-1] += "\\.br\\" + line
    if block:
        yield "\r".join(block)


def _message(block: str) -> Message:
    try:
        message = hl7.parse(block)
    except Exception as error:  # the library raises several kinds, and may quote the message
        raise ValueError(f"HL7 message cannot be parsed ({type(error).__name__})") from None

    def field(segment: hl7.Segment, number: int) -> str:
        value = str(segment[number]) if len(segment) > number else ""
        return _ESCAPE.sub(lambda match: message.unescape(match[0], _FORMATTING), value).replace("\r", "\n")

    def component(segment: hl7.Segment, number: int, *parts: int) -> str:
        raw = str(segment[number]) if len(segment) > number else ""
        parts_of = raw.split("~")[0].split("^")
        value = next((parts_of[part] for part in parts if len(parts_of) > part and parts_of[part]), "")
        return _ESCAPE.sub(lambda match: message.unescape(match[0], _FORMATTING), value)

    lines: list[str] = []
    attached: list[str] = []
    about = {"OBR": None, "PID": None, "MSH": message[0]}
    topic = None
    for segment in message:
        name = str(segment[0])
        if name in about and about[name] is None:
            about[name] = segment
        if name == "NTE":
            lines.append(field(segment, 3).replace("~", "\n"))
        elif name == "OBX" and component(segment, 11, 0) not in _WITHDRAWN:
            kind, title = component(segment, 2, 0), component(segment, 3, 1, 0).removeprefix("Path report.")
            if kind in _ATTACHED:
                attached.append(f"OBX {component(segment, 1, 0)}")
            elif kind in _PROSE:
                if title and title != topic:
                    lines.append(f"{title[:1].upper()}{title[1:]}:")
                lines.append(field(segment, 5).replace("~", "\n"))
            else:
                values = [_coded(value) for value in field(segment, 5).split("~")]
                lines.append(f"{title}: {', '.join(values)} {component(segment, 6, 0)}".strip(" :"))
            topic = title
    order, patient, header = about["OBR"], about["PID"], about["MSH"]
    return Message(
        report_id=component(order, 3, 0) if order is not None else "",
        control_id=component(header, 10, 0),
        patient_id=component(patient, 3, 0) if patient is not None else "",
        date=component(order, 7, 0) if order is not None else "",
        text="\n".join(lines),
        attached=tuple(attached),
    )


def _coded(value: str) -> str:
    """The words of a coded value (``C50^Breast^ICD``); a number with comparator (``>^90``) as one."""
    parts = value.split("^")
    if len(parts) > 1 and parts[0].strip() in ("<", ">", "<=", ">=", "=", ""):
        return "".join(parts)
    return (parts[1] if len(parts) > 1 and parts[1] else parts[0]).strip()
