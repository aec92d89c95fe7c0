"""The same functions on a Dask cluster: of this machine's processes (``local``), or of any number of machines (an address).

Dask schedules, moves and repeats: a chunk whose worker was killed is given to another. This module hands it chunks in order, no
more of them than the workers can take, and yields the results in the same order, so that whoever consumes them (``stream``,
``extract_folder``) writes what it would have written alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from distributed import Client

Item = TypeVar("Item")
Result = TypeVar("Result")

LOCAL = "local"
_WAIT = 60  # seconds for the first worker to join
_AHEAD = 2  # chunks in hand per thread of the cluster: one that is worked on, and the next


@contextmanager
def cluster(dask: str) -> Iterator[Client]:
    """Connect to a Dask cluster.

    Parameters
    ----------
    dask : str
        ``local`` (one process per core, each with its share of the memory, gone at the end), ``local:4`` (four processes), or
        the address of a scheduler (``tcp://host:8786``), whose workers must have pathmtl installed and, for documents and
        models, see the same files.

    Yields
    ------
    distributed.Client
        With at least one worker.

    Raises
    ------
    RuntimeError
        Dask is not installed.
    ValueError
        ``dask`` is neither.
    OSError
        There is no scheduler at the address, or no worker.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise RuntimeError(f"--dask needs the extra scale ({error.name} is missing): pip install 'pathmtl[scale]'") from None
    kind, _, count = dask.partition(":")
    if kind != LOCAL:
        if "://" not in dask:
            raise ValueError(f"--dask {dask}: use local, local:4 or the address of a scheduler, such as tcp://host:8786")
        with _connected(Client, dask) as client:
            yield client
        return
    if count and not (count.isdigit() and int(count)):
        raise ValueError(f"--dask {dask}: name a number of processes, as in local:4")
    with (
        LocalCluster(
            n_workers=int(count) if count else None,
            threads_per_worker=1,
            dashboard_address=None,
            host="127.0.0.1",
        ) as workers,
        Client(workers, set_as_default=False) as client,
    ):
        yield client


def _connected(connect: Callable[..., Client], address: str) -> Client:
    try:
        client = connect(address, timeout=_WAIT, set_as_default=False)
        client.wait_for_workers(1, timeout=_WAIT)
    except OSError:  # TimeoutError is one
        raise OSError(f"--dask {address}: no scheduler answers there, or it has no worker") from None
    return client


def mapped(function: Callable[[Item], Result], items: Iterable[Item], dask: str | None) -> Iterator[Result]:
    """Yield ``function(item)`` for each item, in order: here, or on a cluster.

    Parameters
    ----------
    function : callable
        Its result must depend on the item alone. It may be called twice for an item whose worker was killed.
    items : iterable
        Taken as the workers can take them, never all at once.
    dask : str or None
        As for ``cluster``; None calls ``function`` in this process.

    Raises
    ------
    RuntimeError
        One item killed several workers (too little memory, usually).
    Exception
        Whatever ``function`` or ``cluster`` raises.
    """
    if dask is None:
        yield from map(function, items)
        return
    with cluster(dask) as client:
        from distributed import KilledWorker

        waiting: deque = deque()
        try:
            for item in items:
                waiting.append(client.submit(function, item, pure=False))
                while len(waiting) >= _AHEAD * max(sum(client.nthreads().values()), 1):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except KilledWorker as error:
            raise RuntimeError(
                f"a worker died {error.allowed_failures + 1} times at the same chunk; give each worker more memory"
            ) from None
