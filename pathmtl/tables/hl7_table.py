"""A file of HL7 messages as a table: one row per message."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pathmtl.documents.hl7_file import decoded, is_hl7, parse_messages
from pathmtl.tables.columns import ReportsError
from pathmtl.tables.delimited import Rows

HL7_COLUMNS = ("report_id", "patient_id", "date", "text")


def read_messages(path: Path) -> Rows:
    """Yield the messages of a file as rows of ``HL7_COLUMNS``, numbered from 1.

    A report's id is its filler order number (OBR-3), with the control id (MSH-10) where several messages carry the same.

    Raises
    ------
    ReportsError
        The file is not HL7, or a message carries a document instead of text.
    """
    data = path.read_bytes()
    text = decoded(data)
    if not is_hl7(text[:100]):
        raise ReportsError(f"reports: {path}, line 1, is no HL7 message (MSH|…); give the file the ending of its kind")
    messages = parse_messages(text)
    times = Counter(message.report_id for message in messages)
    for number, message in enumerate(messages, 1):
        if message.attached:
            raise ReportsError(
                f"reports: {path}, message {number}: {message.attached[0]} is a document, which is not read; "
                "save it as a file of its own (PDF, RTF) in a folder and give the folder"
            )
        own = message.report_id or message.control_id or f"message-{number}"
        unique = own if times[message.report_id] == 1 else f"{own}/{message.control_id or number}"
        yield number, [unique, message.patient_id, message.date, message.text]
