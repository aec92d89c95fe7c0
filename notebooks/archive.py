# %% [markdown]
# # An archive of 285,033 reports
#
# **Reproduces** the size of the paper's source (section IV-A): 285,033 reports, of which 10,677 became the cohort.
#
# **You will learn** how long each step takes on one core, what ten or a hundred machines change, and how to run the same commands
# on a cluster.
#
# **Runtime and hardware**: seconds, any machine; nothing is measured here. The rates were recorded by
# `benchmarks/archive.py rates --record` and `benchmarks/ocr.py --record`.
#
# **Numbers**: measured on the bundled *synthetic* reports and scans, on one core of the machine that made this edition, which others
# used at the same time. Yours differ: run the two benchmarks before you plan.

# %% tags=["parameters"]
archive = 285_033  # reports
scanned_pages = 1.0  # scanned pages per report: 0 if all have native text
machines = 10  # of a cluster
cores = 16  # of each machine

# %%
import json
from pathlib import Path

import pandas as pd
from IPython.display import Markdown, display

import pathmtl
from pathmtl.notebook import check_parameters
from pathmtl.progress import duration_text
from pathmtl.viz.tables import plain_table

check_parameters()
results = Path(pathmtl.__file__).parents[1] / "book" / "results"
recorded = json.loads((results / "archive.json").read_text("utf-8"))
engines = pd.DataFrame(json.loads((results / "ocr_engines.json").read_text("utf-8")))

# %% [markdown]
# ## One core
#
# Reports per second of one core, and what the archive takes at that rate:

# %%
rates = dict(recorded["reports_per_core_second"])
synthetic = engines[engines["set"] == "bundled"].set_index("engine")
for engine, row in synthetic.iterrows():
    if scanned_pages:
        rates[f"extract, scans ({engine})"] = row["pages_per_core_second"] / scanned_pages


def seconds(step, workers=1):
    return archive / rates[step] / workers


rows = [
    {
        "Step": step,
        "Reports/s": f"{rate:,.3g}",
        "One core": duration_text(seconds(step)),
        f"{machines} machines of {cores} cores": duration_text(seconds(step, machines * cores)),
    }
    for step, rate in sorted(rates.items(), key=lambda pair: pair[1])
]
caption = (
    f"{archive:,} reports at the recorded rates. The last column divides by the number of cores."
)
plain_table(pd.DataFrame(rows), caption, index=False)

# %%
slowest, fastest = min(rates, key=rates.get), max(set(rates) - {"read and write"}, key=rates.get)
shown = [
    f"Of the steps, *{slowest}* takes longest: {duration_text(seconds(slowest))} on one core, "
    f"{rates[fastest] / rates[slowest]:,.0f} times as long as *{fastest}*."
]
if {"easyocr", "rapidocr"} <= set(synthetic.index):
    fast, slow = synthetic.loc["rapidocr"], synthetic.loc["easyocr"]
    ratio = fast["pages_per_core_second"] / slow["pages_per_core_second"]
    shown.append(
        f"Of the two OCR engines, `rapidocr` read {ratio:.1f} times as many pages per second as "
        f"`easyocr`, with a word F1 of {fast['word_f1']:.3f} (`easyocr`: {slow['word_f1']:.3f}) "
        "and "
        f"{fast['labels_kept']} of {fast['labels_stated']} labels found again "
        f"({slow['labels_kept']} of {slow['labels_stated']}). It is therefore the default for "
        "reports "
        "of your own; the chapter on extraction shows `easyocr`, the paper's."
    )
display(Markdown(" ".join(shown)))

# %% [markdown]
# The division by cores ends where one process must read and write every report: the one that hands out the chunks. A cluster of this
# many cores keeps it busy:

# %%
full = {
    step: rates["read and write"] / rate for step, rate in rates.items() if step != "read and write"
}
display(Markdown("; ".join(f"*{step}*: {count:,.0f} cores" for step, count in full.items()) + "."))

# %% [markdown]
# Beyond that, split the source into folders of Parquet partitions and give each to a command of its own. (Reports of one patient must
# stay together for `prepare`; the other steps look at one report at a time.)
#
# ## The same commands on more processes
#
# `extract`, `deidentify`, `label`, `predict` and `prepare` take `--dask`, which needs the extra `scale` (`pip install
# 'pathmtl[scale]'`; `make book` installs it):
#
# ```shell
# pathmtl label archive/ --out labels.parquet --dask local       # one process per core of this machine
# pathmtl label archive/ --out labels.parquet --dask tcp://host:8786
# ```
#
# - `archive/` is a folder of Parquet partitions, or any other source of reports. An output called `.parquet` is a folder of
#   partitions.
# - The result is that of one process, byte for byte, whatever the number of workers: chunks of 250 reports are worked on anywhere
#   and written in the order of the source.
# - A killed worker loses nothing: [Dask](https://docs.dask.org) gives its chunk to another one. If the command itself is stopped, run
#   it again: it resumes after the last chunk that was written.
# - Memory is bounded: each worker holds one chunk or two, and Dask restarts a worker that exceeds its share.
# - Whoever can reach the scheduler can run programs on its workers, and the reports travel between them. Keep the port inside of the
#   hospital's network, or give Dask its TLS certificates.
#
# ## SLURM
#
# [dask-jobqueue](https://jobqueue.dask.org) asks the batch system for workers. In a job that has network access to the nodes:
#
# ```python
# from dask_jobqueue import SLURMCluster
#
# cluster = SLURMCluster(cores=16, processes=16, memory="64GB", walltime="04:00:00", local_directory="/scratch")
# cluster.scale(jobs=10)          # ten nodes; adapt(maximum_jobs=10) takes them as they become free
# print(cluster.scheduler_address)   # for pathmtl … --dask ADDRESS, while this program runs
# input("Press Enter to end the cluster")
# ```
#
# ## Kubernetes
#
# [dask-kubernetes](https://kubernetes.dask.org) does the same with its operator, from an image in which pathmtl is installed:
#
# ```python
# from dask_kubernetes.operator import KubeCluster
#
# cluster = KubeCluster(name="pathmtl", image="registry.example.org/pathmtl:0.1", n_workers=10,
#                       resources={"requests": {"cpu": "1", "memory": "4Gi"}, "limits": {"memory": "4Gi"}})
# print(cluster.scheduler_address)
# input("Press Enter to end the cluster")
# ```
#
# Documents (`extract`) and models (`predict`) are read by the workers, so their folder must be mounted under the same path
# everywhere. Tables are read by the command alone. We have run the commands on two processes of one machine, and neither recipe on
# a real cluster.
#
# ## Exercises
#
# **1.** At which number of scanned pages per report does OCR take longer than everything else together?

# %% tags=["hide-cell", "solution"]
together = ("extract, native text", "deidentify", "label", "read and write")
others = sum(1 / rates[step] for step in together)
for engine, row in synthetic.iterrows():
    print(f"{engine}: {others * row['pages_per_core_second']:.3f} pages per report")

# %% [markdown]
# **2.** Half of the machines are taken away in the middle of the work. How much longer does it take?

# %% tags=["hide-cell", "solution"]
half = seconds(slowest, machines * cores) / 2
print(f"{duration_text(2 * half)} become {duration_text(half + 2 * half)}: half again as long")
