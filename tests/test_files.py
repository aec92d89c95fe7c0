"""Files are replaced in one step, or not at all."""

import hashlib

import pytest

from pathmtl.files import atomic_write, atomic_writer, sha256_of


def test_a_file_is_replaced_when_the_block_ends_and_kept_when_it_fails(tmp_path):
    path = tmp_path / "a.txt"
    atomic_write(path, "old")
    with pytest.raises(KeyboardInterrupt), atomic_writer(path) as file:
        file.write(b"half")
        assert path.read_text() == "old", "nothing is visible before the end"
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    atomic_write(path, "näw")
    assert path.read_bytes() == "näw".encode()
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"], "no scratch file is left"


def test_the_digest_is_that_of_the_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()
    with pytest.raises(FileNotFoundError):
        sha256_of(tmp_path / "b")
