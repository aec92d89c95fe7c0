"""RTF to plain text, by the library ``striprtf``."""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

#: Groups that a reader of the document does not see: hidden text, and text deleted with changes tracked.
_UNSEEN = re.compile(r"\{(?:\\[a-z]+-?\d* ?)*?\\(?:v|deleted)(?![a-z0-9])[^{}]*\}")


def is_rtf(head: str) -> bool:
    """Return True if a text that begins with ``head`` is RTF."""
    return head.lstrip("\ufeff \r\n").startswith("{\\rtf")


def from_rtf(text: str) -> str:
    """Return the text that a reader of an RTF document sees; table cells are parted by ``|``.

    Raises
    ------
    ValueError
        It cannot be parsed; the error quotes nothing.
    """
    try:
        return rtf_to_text(_UNSEEN.sub("", text.lstrip("\ufeff \r\n")), errors="replace")
    except Exception as error:  # the library raises whatever its parser stumbles over
        raise ValueError(f"RTF cannot be parsed ({type(error).__name__})") from None


def has_picture(text: str) -> bool:
    """Return True if an RTF document contains a picture, which is not read."""
    return "\\pict" in text
