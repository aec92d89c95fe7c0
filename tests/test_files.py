"""Files are replaced in one step, or not at all."""

import hashlib

import pytest

from pathmtl.files import atomic_write, atomic_writer, check_output, sha256_of


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


def test_an_output_that_would_lose_data_or_cannot_be_written_is_refused(tmp_path):
    source, folder = tmp_path / "r.csv", tmp_path / "batch"
    source.write_text("text\nx\n")
    folder.mkdir()
    (folder / "manifest.csv").write_text("path\n")
    (tmp_path / "link.csv").symlink_to(source)
    (tmp_path / "hard.csv").hardlink_to(source)
    cases = [
        (source, [source], "is the input itself"),
        (tmp_path / "batch" / ".." / "r.csv", [source], "is the input itself"),
        (tmp_path / "link.csv", [source], "is the input itself"),
        (tmp_path / "hard.csv", [source], "is the input itself"),
        (source, ["bundled", source], "is the input itself"),
        (folder / "manifest.csv", [folder], "is part of the input folder"),
        (folder, [source], "is a folder"),
        (tmp_path / "labels.xlsx", [source], "only .csv or .csv.gz can be written; name it labels.csv"),
        (tmp_path / "labels.jsonl", [source], "only .csv"),
        (tmp_path / "labels", [source], "only .csv"),
        (source / "labels.csv", [source], "is a file, not a folder"),
    ]
    for out, inputs, says in cases:
        with pytest.raises(ValueError, match=says):
            check_output(out, (".csv", ".csv.gz"), inputs)
    for out in (tmp_path / "new" / "labels.csv", tmp_path / "LABELS.CSV", tmp_path / "l.csv.gz", folder / "labels.csv"):
        check_output(out, (".csv", ".csv.gz"), [source, folder, "bundled"])
    (tmp_path / "old.csv").write_text("labels of yesterday")
    check_output(tmp_path / "old.csv", (".csv",), [source])
    assert source.read_text() == "text\nx\n" and not (tmp_path / "new").exists()
