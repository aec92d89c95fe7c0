"""On a Dask cluster of two processes of this machine: the same bytes as in one process, also when a worker is killed."""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
import time
from pathlib import Path

import extract_samples as samples
import pandas as pd
import pytest
from typer.testing import CliRunner

from pathmtl.cli.commands import app
from pathmtl.scale import mapped
from pathmtl.stream import stream
from pathmtl.tables.table_file import raw_chunks

distributed = pytest.importorskip("distributed", reason="the extra scale is not installed")

REPORT = (
    "FINAL DIAGNOSIS: Left breast, invasive carcinoma, grade {grade}.\nStage: pT{t} pN0\nSeen by Dr. John Smith on 03/04/2019."
)
ROWS = [
    {"report_id": f"r{i:03}", "patient_id": f"p{i // 2}", "text": REPORT.format(grade=i % 3 + 1, t=i % 4 + 1)} for i in range(40)
]


@pytest.fixture(scope="module")
def address():
    with distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("reports") / "reports.csv"
    pd.DataFrame(ROWS).to_csv(path, index=False)
    return path


def call(*arguments):
    result = CliRunner().invoke(app, [*map(str, arguments), "--quiet"])
    assert result.exit_code == 0, result.output
    return result


def shout(pids: Path, table: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    (pids / str(os.getpid())).touch()
    time.sleep(0.1)
    return table[["report_id"]].assign(loud=table["text"].str.upper()), len(table)


def kill_the_first(pids: Path, killed: list[int]) -> None:
    while not (seen := sorted(pids.iterdir())):
        time.sleep(0.01)
    killed.append(int(seen[0].name))
    os.kill(killed[0], signal.SIGKILL)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("chunk", [3, 7])
def test_a_killed_worker_loses_nothing(chunk, address, reports, tmp_path):
    def run(out, dask):
        pids = tmp_path / f"pids{out}"
        pids.mkdir()
        killed: list[int] = []
        if dask:
            killer = threading.Thread(target=kill_the_first, args=(pids, killed), daemon=True)
            killer.start()
        done = stream(reports, tmp_path / out, functools.partial(shout, pids), name="x", progress=False, chunk=chunk, dask=dask)
        if dask:
            killer.join(10)
        return done, {int(pid.name) for pid in pids.iterdir()}, killed

    alone, mine, _ = run("alone.csv", None)
    spread, pids, killed = run("spread.csv", address)
    assert mine == {os.getpid()} and os.getpid() not in pids and killed and len(pids) > 1, "a worker was killed, others worked"
    assert alone == spread and (tmp_path / "alone.csv").read_bytes() == (tmp_path / "spread.csv").read_bytes()


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.parquet"])
def test_label_and_deidentify_are_the_same_on_a_cluster(name, address, reports, tmp_path):
    for command in ("label", "deidentify"):
        for dask in ((), ("--dask", address)):
            call(command, reports, "--out", tmp_path / (f"{command}-dask" if dask else command) / name, *dask)
        alone, spread = tmp_path / command / name, tmp_path / f"{command}-dask" / name
        pairs = zip(sorted(alone.glob("*")) or [alone], sorted(spread.glob("*")) or [spread], strict=True)
        assert all(a.read_bytes() == b.read_bytes() for a, b in pairs)


def test_parquet_partitions_go_in_and_out(address, reports, tmp_path):
    parts = tmp_path / "parts"
    parts.mkdir()
    for number, start in enumerate(range(0, 40, 15)):
        pd.DataFrame(ROWS[start : start + 15]).to_parquet(parts / f"part-{number}.parquet", index=False)
    call("label", parts, "--out", tmp_path / "labels.parquet", "--dask", address)
    call("label", reports, "--out", tmp_path / "labels.csv")
    (labels,) = raw_chunks(tmp_path / "labels.parquet", None)
    (wanted,) = raw_chunks(tmp_path / "labels.csv", None)
    assert labels.fillna("").to_numpy().tolist() == wanted.to_numpy().tolist() and len(labels) == 40
    pd.DataFrame(ROWS[:1]).to_parquet(parts / "part-9.parquet", index=False)
    again = CliRunner().invoke(app, ["label", str(parts), "--out", str(tmp_path / "twice.csv")])
    assert again.exit_code == 2 and "occurs more than once" in again.stderr
    pd.DataFrame(ROWS[:1]).rename(columns={"patient_id": "other"}).to_parquet(parts / "part-9.parquet", index=False)
    again = CliRunner().invoke(app, ["label", str(parts), "--out", str(tmp_path / "other.csv")])
    assert again.exit_code == 2 and "other columns" in again.stderr


def test_prepare_and_extract_are_the_same_on_a_cluster(address, reports, tmp_path):
    for dask in ((), ("--dask", address)):
        call("prepare", reports, "--out", tmp_path / f"cohort{len(dask)}", *dask)
    for name in ("cohort.csv.gz", "flow.json"):
        assert (tmp_path / "cohort0" / name).read_bytes() == (tmp_path / "cohort2" / name).read_bytes()
    documents = samples.write(tmp_path / "in", {f"{i}.pdf": samples.pdf(1) for i in range(3)} | {"bad.pdf": b"%PDF-1.4 torn"})
    for dask in ((), ("--dask", address)):
        call("extract", documents, "--out", tmp_path / f"read{len(dask)}", *dask)
    assert (tmp_path / "read0" / "reports.jsonl.gz").read_bytes() == (tmp_path / "read2" / "reports.jsonl.gz").read_bytes()
    manifests = [pd.read_csv(tmp_path / f"read{i}" / "manifest.csv").drop(columns="seconds") for i in (0, 2)]
    pd.testing.assert_frame_equal(*manifests)


def test_predict_is_the_same_on_a_cluster(tiny_backbone, address, reports, tmp_path):
    options = [
        part for name in (f"backbone={tiny_backbone}", "layers=null", "tasks=[T]", "precision=fp32") for part in ("--set", name)
    ]
    call("train", "bundled", "--profile", "smoke", *options, "--out", tmp_path / "run")
    for dask in ((), ("--dask", address)):
        call("predict", reports, "--adapter", tmp_path / "run", "--out", tmp_path / f"{len(dask)}.csv", *dask)
    assert (tmp_path / "0.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


def dies(item: int) -> int:
    if item == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_an_item_that_kills_every_worker_ends_with_one_line(address):
    with pytest.raises(RuntimeError, match="died 4 times at the same chunk; give each worker more memory"):
        list(mapped(dies, range(6), address))


@pytest.mark.parametrize(
    ("dask", "error", "said"),
    [
        ("nowhere", ValueError, "use local, local:4 or the address"),
        ("local:none", ValueError, "name a number"),
        ("local:0", ValueError, "name a number"),
        ("tcp://127.0.0.1:9", OSError, "no scheduler answers"),
    ],
)
def test_a_wrong_cluster_is_refused(dask, error, said, monkeypatch):
    monkeypatch.setattr("pathmtl.scale._WAIT", 1)
    with pytest.raises(error, match=said):
        list(mapped(str, [1], dask))


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RuntimeError, match=r"pip install 'pathmtl\[scale\]'"):
        list(mapped(str, [1], "local"))


def test_local_starts_a_cluster_of_its_own_and_ends_it():
    pids = set(mapped(_pid, range(4), "local:1"))
    assert len(pids) == 1 and os.getpid() not in pids
    with pytest.raises(ProcessLookupError):
        os.kill(pids.pop(), 0)


def _pid(_: int) -> int:
    return os.getpid()
