"""Word lists of the de-identifier, from ``words.toml``, where each says what it is for."""

from __future__ import annotations

import tomllib
from importlib import resources


def words(text: str) -> frozenset[str]:
    """The words of a table written as text."""
    return frozenset(text.split())


_LISTS = {
    name: words(text)
    for name, text in tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8")).items()
}
GIVEN, NOT_NAMES, SITES = _LISTS["GIVEN"], _LISTS["NOT_NAMES"], _LISTS["SITES"]
NEVER_NAMES, COMMON, GENERIC = _LISTS["NEVER_NAMES"], _LISTS["COMMON"], _LISTS["GENERIC"]
EPONYMS, EPONYM_NOUNS = _LISTS["EPONYMS"], _LISTS["EPONYM_NOUNS"]
SURNAMES_AFTER_TITLE = _LISTS["SURNAMES_AFTER_TITLE"]
