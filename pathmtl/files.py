"""Files that are either complete or absent: atomic replacement, and the SHA-256 of what a file holds."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

#: The table in a folder of extracted documents, without which the folder cannot be read.
MANIFEST = "manifest.csv"
_HUGE, _RATIO = 100_000_000, 200  # bytes of an unpacked part, and how many times its packed size


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


def unpacks_to_a_bomb(path: Path) -> bool:
    """Return True if a ZIP file (Word, Excel) states a part that is huge once unpacked, and not by being text.

    XML of reports is packed 5 to 30 times; nothing but repetition reaches 200. What a part states is the most that is unpacked.

    Raises
    ------
    zipfile.BadZipFile, OSError
        It cannot be read as a ZIP file.
    """
    with zipfile.ZipFile(path) as archive:
        return any(part.file_size > max(_HUGE, _RATIO * part.compress_size) for part in archive.infolist())


def check_output(out: Path, suffixes: Iterable[str], inputs: Iterable[str | Path] = ()) -> None:
    """Refuse, before any work, an output file that cannot be written as named or that would destroy an input.

    Parameters
    ----------
    out : Path
        File to write.
    suffixes : iterable of str
        What its name may end in, such as ``.csv``.
    inputs : iterable of str or Path
        Files and folders that are read; names that are no path (``"bundled"``) are ignored.

    Raises
    ------
    ValueError
        ``out`` is a folder, ends otherwise, lies under a file, is one of ``inputs`` (also by a link or another spelling), or is
        the manifest of an input folder.
    """
    suffixes = tuple(suffixes)
    if out.is_dir():
        raise ValueError(f"--out {out} is a folder; name a file in it, such as {out / f'result{suffixes[0]}'}")
    if not out.name.lower().endswith(suffixes):
        raise ValueError(
            f"--out {out}: only {' or '.join(suffixes)} can be written; name it {out.name.split('.')[0]}{suffixes[0]}"
        )
    above = next(parent for parent in out.absolute().parents if parent.exists())
    if not above.is_dir():
        raise ValueError(f"--out {out}: {above} is a file, not a folder; give another path")
    for source in map(Path, inputs):
        source = source.expanduser()
        if out.exists() and source.exists() and out.samefile(source):
            raise ValueError(f"--out {out} is the input itself, which would be overwritten; give another name")
        if out.exists() and source.is_dir() and out.name == MANIFEST and out.resolve().parent == source.resolve():
            raise ValueError(f"--out {out} is part of the input folder, which would be damaged; give another name")
