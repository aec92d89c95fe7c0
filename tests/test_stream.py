"""Streaming a table: same rows whatever the chunk, the kind of file or the interruption; nothing worked on twice."""

import gzip

import pandas as pd
import pytest

from pathmtl.cohort import ReportsError
from pathmtl.stream import stream

ROWS = [{"report_id": f"{i:03d}", "text": f'report "{i}",\nof two lines', "site": "x"} for i in range(23)]
NAMES = ["r.csv", "r.tsv", "r.csv.gz", "r.jsonl", "r.jsonl.gz", "r.parquet"]


def written(path):
    table = pd.DataFrame(ROWS)
    name = path.name.removesuffix(".gz")
    if name.endswith(".parquet"):
        table.to_parquet(path)
    elif name.endswith(".jsonl"):
        table.to_json(path, orient="records", lines=True)
    else:
        table.to_csv(path, index=False, sep="\t" if name.endswith(".tsv") else ",")
    return path


class Work:
    """Upper-cases texts; remembers what it saw; stops before the chunk numbered ``stop``."""

    def __init__(self, stop=None):
        self.seen, self.sizes, self.stop = [], [], stop

    def __call__(self, table):
        if len(self.sizes) == self.stop:
            raise KeyboardInterrupt
        self.sizes.append(len(table))
        self.seen += table["report_id"].tolist()
        return table[["report_id"]].assign(loud=table["text"].str.upper()), len(table)


def run(source, out, work, **options):
    return stream(source, out, work, name="shouting", progress=False, chunk=5, **options)


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_table_gives_every_row_once_and_in_order(name, tmp_path):
    work = Work()
    done = run(written(tmp_path / name), tmp_path / "out.csv", work)
    out = pd.read_csv(tmp_path / "out.csv", dtype=str)
    assert out["report_id"].tolist() == [row["report_id"] for row in ROWS] == work.seen
    assert out["loud"].tolist() == [row["text"].upper() for row in ROWS]
    assert (done.rows, done.resumed, done.found) == (23, 0, 23)
    assert max(work.sizes) == 5, "never more than a chunk in memory"
    assert {p.name for p in tmp_path.iterdir()} == {name, "out.csv"}, "no partial file is left"


@pytest.mark.parametrize("stop", [0, 1, 3])
def test_interrupted_and_resumed_equals_unbroken(stop, tmp_path):
    source = written(tmp_path / "r.csv")
    run(source, tmp_path / "whole.csv", Work())
    first, second, lines = Work(stop), Work(), []
    with pytest.raises(KeyboardInterrupt):
        run(source, tmp_path / "out.csv", first, say=lines.append)
    assert not (tmp_path / "out.csv").exists(), "a file of the output's name is whole"
    assert f"{stop * 5} of 23" in lines[0]
    done = run(source, tmp_path / "out.csv", second)
    assert first.seen + second.seen == [row["report_id"] for row in ROWS], "no report is worked on twice"
    assert (done.rows, done.resumed, done.found) == (23, stop * 5, 23)
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_a_killed_run_leaves_no_torn_row(tmp_path):
    source = written(tmp_path / "r.csv")
    run(source, tmp_path / "whole.csv", Work())
    with pytest.raises(KeyboardInterrupt):
        run(source, tmp_path / "out.csv", Work(2))
    (partial,) = tmp_path.glob("out.csv.*.partial")
    partial.write_bytes(partial.read_bytes() + b'010,"REPORT half a')
    run(source, tmp_path / "out.csv", Work())
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_other_options_or_another_source_begin_anew(tmp_path):
    source = written(tmp_path / "r.csv")
    with pytest.raises(KeyboardInterrupt):
        run(source, tmp_path / "out.csv", Work(2), options={"infer": False})
    assert run(source, tmp_path / "out.csv", Work(), options={"infer": True}).resumed == 0
    (tmp_path / "r.csv").write_text("report_id,text\na,b\n")
    assert run(source, tmp_path / "out.csv", Work(), options={"infer": False}).rows == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("report_id,text\na,one\nb,two\na,three\n", "'a' occurs more than once"),
        ("report_id,words\na,secret\n", "no 'text' column"),
        ("report_id,text\n", "no rows"),
        ("", "is empty"),
        ("report_id,text,T\na,secret,T77\n", "T77"),
    ],
)
def test_bad_tables_are_refused_before_any_work(content, says, tmp_path):
    (tmp_path / "r.csv").write_text(content)
    work = Work()
    with pytest.raises(ReportsError, match=says) as error:
        run(tmp_path / "r.csv", tmp_path / "out.csv", work)
    assert not work.seen and "secret" not in str(error.value)
    assert {p.name for p in tmp_path.iterdir()} == {"r.csv"}


def test_semicolons_are_columns_too(tmp_path):
    (tmp_path / "r.csv").write_text("report_id;text\na;one\nb;two\n")
    assert run(tmp_path / "r.csv", tmp_path / "out.csv", Work()).rows == 2


def test_without_identifiers_rows_are_numbered_through(tmp_path):
    pd.DataFrame({"Text": ["x"] * 7}).to_csv(tmp_path / "r.csv", index=False)
    work = Work()
    run(tmp_path / "r.csv", tmp_path / "out.csv", work)
    assert work.seen == [f"row-{n}" for n in range(1, 8)]


def test_a_missing_source_is_named(tmp_path):
    with pytest.raises(ReportsError, match="nowhere"):
        run(tmp_path / "nowhere.csv", tmp_path / "out.csv", Work())


def test_an_output_named_gz_is_packed_and_the_same_bytes_every_time(tmp_path):
    source = written(tmp_path / "r.csv")
    run(source, tmp_path / "plain.csv", Work())
    for name in ("a.csv.gz", "b.csv.gz"):
        run(source, tmp_path / name, Work())
    assert gzip.decompress((tmp_path / "a.csv.gz").read_bytes()) == (tmp_path / "plain.csv").read_bytes()
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()
    assert not list(tmp_path.glob("*.partial*"))
