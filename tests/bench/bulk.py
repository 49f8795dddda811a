"""What is not a load of queries: bulk loading, writing, and the memory of a large answer."""

from __future__ import annotations

import http.client
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

from tests.bench.generator import BASE, SCHEMA
from tests.bench.results import Figures
from tests.engines import Engine, oxigraph, shuangma

LOADERS: dict[str, Callable[[Path, list[Path]], None]] = {
    shuangma.NAME: shuangma.load,
    oxigraph.NAME: oxigraph.load,
}
WRITES = 50
ANSWER_BYTES = 500_000_000
_SAMPLED = 20_000
_READ_BYTES = 1 << 20
_SAMPLE_S = 0.05
_TIMEOUT_S = 600
_MB = 1_000_000


def load(names: list[str], file: Path, figures: Figures) -> None:
    """Seconds that each command line takes to load a file into a new dataset, one round."""
    for name in names:
        if name not in LOADERS:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            begun = time.perf_counter()
            LOADERS[name](Path(scratch) / "store", [file])
            figures.add("load", name, time.perf_counter() - begun)


def write(engine: Engine, figures: Figures, first: int) -> None:
    """Median milliseconds until a small update is acknowledged, one round of 50."""
    if not engine.update_url:
        return
    parts = urlsplit(engine.update_url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_TIMEOUT_S)
    times = []
    try:
        for number in range(first, first + WRITES):
            update = (
                f"INSERT DATA {{ GRAPH <{BASE}graph/written> {{ <{BASE}id/Written{number}> "
                f'<{SCHEMA}name> "Written {number}"@en ; <{SCHEMA}position> {number} }} }}'
            )
            begun = time.perf_counter()
            connection.request(
                "POST",
                parts.path or "/",
                update.encode(),
                {"Content-Type": "application/sparql-update", **engine.write_headers},
            )
            response = connection.getresponse()
            said = response.read()
            times.append(time.perf_counter() - begun)
            if not 200 <= response.status < 300:
                raise RuntimeError(f"{engine.name} refused a write: {response.status} {said!r}")
    finally:
        connection.close()
    figures.add("write", engine.name, statistics.median(times) * 1000)


@contextmanager
def peak_of(memory_bytes: Callable[[], int]) -> Iterator[list[int]]:
    """A list of one number: the most that `memory_bytes` told meanwhile."""
    found, done = [memory_bytes()], threading.Event()

    def watch() -> None:
        while not done.wait(_SAMPLE_S):
            found[0] = max(found[0], memory_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        done.set()
        watcher.join()


def memory(engine: Engine, figures: Figures) -> str:
    """Megabytes that the engine's processes grow by while a client reads 500 MB; in words."""
    per_solution = (
        len(engine.query(_everything(_SAMPLED), "application/sparql-results+json")) / _SAMPLED
    )
    before = engine.process.memory_bytes()
    with peak_of(engine.process.memory_bytes) as peak:
        size = _read(engine, _everything(int(ANSWER_BYTES / per_solution)))
    after = engine.process.memory_bytes()
    figures.add("memory", engine.name, (peak[0] - before) / _MB)
    return (
        f"{engine.name}: {before / _MB:,.0f} MB before, {peak[0] / _MB:,.0f} MB at most, "
        f"{after / _MB:,.0f} MB after, for an answer of {size / _MB:,.0f} MB"
    )


def _everything(solutions: int) -> str:
    """A query of so many solutions, which repeats the data where they do not suffice."""
    copies = " ".join(map(str, range(100)))
    return f"SELECT * WHERE {{ VALUES ?copy {{ {copies} }} ?s ?p ?o }} LIMIT {solutions}"


def _read(engine: Engine, sparql: str) -> int:
    parts = urlsplit(engine.query_url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_TIMEOUT_S)
    try:
        connection.request(
            "GET",
            f"{parts.path or '/'}?query={quote(sparql)}",
            headers={"Accept": "application/sparql-results+json"},
        )
        response = connection.getresponse()
        size = 0
        while block := response.read(_READ_BYTES):
            size += len(block)
    finally:
        connection.close()
    if response.status != 200:
        raise RuntimeError(f"{engine.name} answered {response.status}")
    return size


def room(folder: Path, needed_bytes: int) -> bool:
    """Whether a folder's disk has so much space left."""
    return shutil.disk_usage(folder).free > needed_bytes
