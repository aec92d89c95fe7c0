"""Files that are either complete or absent: atomic replacement, and the SHA-256 of what a file holds."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def atomic_writer(path: Path) -> Iterator[BinaryIO]:
    """Open a scratch file that replaces ``path`` when the block ends without an error, and is deleted when it does not.

    A reader therefore sees the old file or the complete new one, never half of it, even if the process is killed.

    Parameters
    ----------
    path : Path
        File to write. The scratch file ``<name>.tmp`` lies beside it, on the same disk.

    Yields
    ------
    BinaryIO
        The scratch file, open for writing bytes.
    """
    scratch = path.with_name(f"{path.name}.tmp")
    try:
        with scratch.open("wb") as file:
            yield file
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)


def atomic_write(path: Path, data: bytes | str) -> None:
    """Replace ``path`` by ``data`` (text as UTF-8) in one step; see ``atomic_writer``."""
    with atomic_writer(path) as file:
        file.write(data.encode("utf-8") if isinstance(data, str) else data)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits.

    Raises
    ------
    OSError
        The file is missing or cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
